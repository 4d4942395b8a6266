"""Writes an answer in prose: the extract first, then a language model, each sentence checked.

Nothing that the model does is worse than the extract, which stays wherever the prose is not good
enough. Of a stream that breaks off, the sentences already sent stay, with a notice.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Callable, Mapping, Sequence
from contextlib import aclosing
from dataclasses import dataclass, replace
from time import perf_counter
from typing import Literal, Protocol

from bot.answer import Answer, Citation
from bot.extract import Extract
from bot.i18n import Language
from bot.llm.chat_server import Message
from bot.llm.checks import Checked
from bot.llm.draft import Draft
from bot.llm.failures import ModelFailed
from bot.llm.plain import is_in, leads_elsewhere, plain
from bot.llm.prompt import Prompt, prompt_for, without_label
from bot.llm.refusal import is_refusal
from bot.llm.sentences import MarkedSentence, SentenceStream
from bot.llm.verdict import ABROAD, Verdict, answer_of, is_sure, told, verdict
from bot.settings import LlmSettings

SHORTEST_SECRET = 8
"""Characters of a key that is looked for in what a model writes: shorter ones are words, such as the
"ollama" that a server without keys is given.
"""


Ending = Literal["prose", "extract", "absent", "left"]
"""What became of an answer; "left" where whoever asked did not wait for it."""


@dataclass(frozen=True, slots=True)
class WriterReport:
    """What became of one call of the model.

    `why` is the reason of an extract, a refusal or a cut: a kind of failure, or a word of
    `bot.llm.verdict`; else empty. `kept` and `dropped` count sentences, `failed` the checks that those
    dropped did not pass, by name; `marks_dropped` counts marks. Tokens are in `ChatModel.figures`.
    """

    ending: Ending
    why: str
    kept: int
    dropped: int
    failed: Mapping[str, int]
    marks_dropped: int


class Model(Protocol):
    """What writes: `bot.llm.client.ChatModel`."""

    def stream(self, messages: Sequence[Message], owner: str = "") -> AsyncGenerator[str, None]:
        """The text in pieces. Raises ModelFailed where it does not end as it should."""


class SentenceChecker(Protocol):
    """What holds a sentence against its sources: `bot.llm.checks.Checker`."""

    def check(
        self, sentence: MarkedSentence, candidates: Sequence[Citation], asked: str
    ) -> Checked:
        """What a sentence is worth; mark n names `candidates[n - 1]`."""


class Writer:
    """Has a model write, and sends what is checked. Any number of answers at once may share one.

    `report` is told of every call of the model.
    """

    def __init__(
        self,
        model: Model,
        checker: SentenceChecker,
        settings: LlmSettings,
        report: Callable[[WriterReport], object] = lambda _: None,
    ) -> None:
        self._model = model
        self._checker = checker
        self._settings = settings
        self._report = report

    async def write(self, extract: Extract, owner: str = "") -> AsyncGenerator[str | Answer, None]:
        """The answer to an extract: its checked sentences as they come, and last the one that counts.

        The texts joined are the beginning of the answer's where that is prose, and all of it where
        nothing more is said. Where the answer is the extract it takes their place. `owner` is the
        site whose budget is used. Closed early, it ends the model's call at once; it never raises
        ModelFailed.
        """
        if not extract.candidates:
            yield extract.answer
            return
        if not _can_be_checked(extract):
            yield told(extract.answer, ABROAD)
            return
        started = perf_counter()
        prompt = prompt_for(extract)
        draft = self._draft(extract.answer, prompt)
        found: Verdict | None = None
        try:
            async with aclosing(self._pieces(extract, prompt, draft, owner)) as pieces:
                async for piece in pieces:
                    yield piece
            found = verdict(extract, draft)
            answer = answer_of(extract.answer, draft, found, self._settings.model)
            yield _timed(answer, perf_counter() - started)
        finally:
            self._report(_report(found, draft))

    def _draft(self, answer: Answer, prompt: Prompt) -> Draft:
        own = answer.citations if is_sure(answer) else ()
        numbered = enumerate(prompt.candidates, 1)
        anchors = frozenset(number for number, candidate in numbered if candidate in own)
        shows_unsupported = self._settings.unsupported == "mark"
        return Draft(prompt.candidates, anchors, answer.language, shows_unsupported)

    async def _pieces(
        self, extract: Extract, prompt: Prompt, draft: Draft, owner: str
    ) -> AsyncGenerator[str, None]:
        """What may be sent, as it comes. It adds to `draft`."""
        async with aclosing(self._sentences(prompt, draft, owner)) as sentences:
            async for said in sentences:
                sentence = said._replace(text=without_label(said.text, prompt.candidates))
                if not any(map(str.isalnum, sentence.text)):
                    continue
                checked = await self._checked(sentence, extract, prompt.candidates)
                piece = draft.take(checked, sentence)
                if piece:
                    yield piece
                if draft.stopped:
                    return

    async def _sentences(
        self, prompt: Prompt, draft: Draft, owner: str
    ) -> AsyncGenerator[MarkedSentence, None]:
        """What the model writes, sentence by sentence."""
        stream = SentenceStream()
        async with aclosing(self._deltas(prompt, draft, owner)) as deltas:
            async for delta in deltas:
                for sentence in _completed(stream, delta, draft):
                    yield sentence
                if draft.stopped:
                    return
        failure = draft.failure
        # What is cut at its length is whole up to there; else only what was sent stays.
        if failure is not None and failure.kind != "length":
            return
        for sentence in stream.finish(is_cut=failure is not None):
            yield sentence

    async def _deltas(self, prompt: Prompt, draft: Draft, owner: str) -> AsyncGenerator[str, None]:
        """What the model writes, as it comes; where it fails `draft` has the failure."""
        try:
            async with aclosing(self._model.stream(prompt.messages, owner)) as deltas:
                async for delta in deltas:
                    yield delta
        except ModelFailed as failed:
            draft.failure = failed

    async def _checked(
        self, sentence: MarkedSentence, extract: Extract, candidates: Sequence[Citation]
    ) -> Checked:
        """What a sentence is worth, its text without markup."""
        refused = self._never_shown(sentence.text, extract.answer.language)
        if refused:
            return Checked(sentence, refused, False)
        bare = sentence._replace(text=plain(sentence.text))
        says_nothing = is_refusal(bare.text)
        # Without a mark it says so of its own, though a document may have the same words.
        if says_nothing and not bare.marks:
            return Checked(bare, ("refusal",), False)
        # In a thread: where the network reads, it takes some 30 ms.
        checked = await asyncio.to_thread(self._checker.check, bare, candidates, extract.asked)
        if says_nothing and not checked.is_supported:
            return checked._replace(failed=(*checked.failed, "refusal"))
        return checked

    def _never_shown(self, text: str, language: Language) -> tuple[str, ...]:
        """Why a sentence is left out whatever it cites, or nothing."""
        key = self._settings.key.get_secret_value()
        if leads_elsewhere(text):
            return ("address",)
        if len(key) >= SHORTEST_SECRET and key in text:
            return ("secret",)
        return () if is_in(language, text) else ("language",)


def _completed(stream: SentenceStream, delta: str, draft: Draft) -> list[MarkedSentence]:
    """The sentences that a piece completes, in a draft that knows of it."""
    had_reasoned = stream.was_reasoning
    sentences = stream.feed(delta)
    if stream.was_reasoning and not had_reasoned:
        draft.forget_reasoning()
    if stream.is_rambling:
        draft.stopped = "rambling"
    return sentences


def _can_be_checked(extract: Extract) -> bool:
    """Whether any candidate is of the language in which the answer has to be."""
    language = extract.answer.language
    return any(is_in(language, candidate.quote) for candidate in extract.candidates)


def _timed(answer: Answer, seconds: float) -> Answer:
    """An answer with the time that the writing took."""
    spent = dict(answer.milliseconds)
    spent["write"] = round(1000 * seconds, 1)
    spent["total"] = round(spent.get("total", 0.0) + spent["write"], 1)
    return replace(answer, milliseconds=spent)


def _report(found: Verdict | None, draft: Draft) -> WriterReport:
    """What became of a call; without a verdict nobody waited for it."""
    return WriterReport(
        ending=found.ending if found else "left",
        why=found.why if found else "",
        kept=draft.kept,
        dropped=draft.gone,
        failed=dict(draft.failed),
        marks_dropped=draft.marks_gone,
    )
