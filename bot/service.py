"""The one service behind every door: a question in, an answer out."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from time import perf_counter
from typing import Any

from bot.about import about, about_text
from bot.answer import ABSENT, Answer, extracted_text
from bot.followup import resolve
from bot.question import Question
from bot.readers.extractive import ExtractiveReader
from bot.readers.model import load_model
from bot.settings import RetrievalSettings, Settings
from bot.typos import Typos
from corpus.glossary import look_up, numbers, synonyms
from corpus.text import fold, is_english, is_traditional, mainland
from index import Encoder, Retriever
from index.fusion import FusedRetriever
from index.snapshot import Snapshot

_ORDER = re.compile(
    r"忽略|无视|忘掉|忘记(?:之前|以上|你)|不要?理会|指令|提示词|开发者模式|越狱|没有任何限制|不受.{0,4}限制|(?:限制|规则|设定)(?:全部|都)?(?:删|去|取消|解除)|扮演|口吻|假装|你现在是|系统[:：]|system\s*:|"
    r"不许|禁止引用|ignore|disregard|jailbreak|pretend|you are now|developer mode|system prompt"
)
_CLAUSES = re.compile(r"(?<=[。！!；;\n])|(?<=[.])\s+|(?<=，)(?=然后|接着|并|再|另外)")


UNKNOWN = 2.0
"""Weight of an English word that the glossary does not have: little, for it is mostly grammar."""


class Service:
    """Answers from one snapshot of the index; safe to call from several threads.

    `index` is what every answer says of the index, `notices` what it adds for the reader ((Chinese, English) each).
    """

    def __init__(
        self,
        snapshot: Snapshot,
        encoder: Encoder | None,
        settings: Settings,
        index: Mapping[str, Any] = {},
        notices: Sequence[tuple[str, str]] = (),
    ) -> None:
        self.snapshot = snapshot
        self.settings = settings
        self.index = index
        self.notices = notices
        self.retriever = choose_retriever(snapshot, settings.retrieval)
        self._reader = ExtractiveReader(snapshot, encoder, load_model(), refuse=settings.refusal == "on")
        self._words = snapshot.words
        self._typos = Typos([*self._words, *snapshot.segmenter.terms], snapshot.segmenter)

    def understand(self, asked: str, history: Sequence[Mapping[str, str]] = ()) -> Question:
        """`asked` as it is searched: without orders to the bot, in mainland wording, typos mended, standing by itself."""
        text = self._wording(_without_orders(asked))
        if is_english(text):
            return self._translated(resolve(text, history, self.snapshot.segmenter), text)
        return self._enriched(resolve(self._typos.mend(text), history, self.snapshot.segmenter))

    def _translated(self, question: Question, text: str) -> Question:
        """An English question with the Chinese words of the collection that it may mean."""
        found = look_up(" ".join([text, *question.terms]), self.snapshot.glossary)
        rarity = self.snapshot.segmenter.rarity
        terms = {
            chinese[0] if len(chinese) == 1 else english: max(map(rarity, chinese), default=UNKNOWN)
            for english, chinese in found.items()
        }
        alike = {english: chinese for english, chinese in found.items() if len(chinese) > 1}
        words = dict.fromkeys(w for chinese in found.values() for w in chinese[:2])
        return replace(
            question, text=" ".join([question.text, *words]), terms=terms, alike=alike, numbers=numbers(text)
        )

    def _enriched(self, question: Question) -> Question:
        """`question` with words of the collection for those it does not have."""
        strange = [t for t in question.terms if len(t) > 1 and t not in self._words]
        alike = {t: tuple(synonyms(t, self.snapshot.glossary, self._words)) for t in strange}
        return replace(question, alike=alike, text=" ".join([question.text, *(w for t in strange for w in alike[t])]))

    def _wording(self, text: str) -> str:
        """Traditional `text` in simplified characters, or in mainland wording where the collection knows more of that."""
        if not is_traditional(text):
            return text
        return max(
            fold(text),
            mainland(text),
            key=lambda t: sum(len(w) for w in self._words & set(self.snapshot.segmenter.words(t))),
        )

    def ask(self, asked: str, history: Sequence[Mapping[str, str]] = ()) -> Answer:
        """The answer to `asked`, after the turns in `history`."""
        started = perf_counter()
        language = "en" if is_english(asked) else "zh"
        notices = tuple(en if language == "en" else zh for zh, en in self.notices)
        kind = about(asked)
        if kind:
            return Answer(asked, "about", about_text(kind, language), notices=notices, index=self.index)
        question = self.understand(asked, history)
        hits = self.retriever.search(question.text, self.settings.retrieval.k)
        found = perf_counter()
        reading = self._reader.read(question, hits)
        done = perf_counter()
        spent = {"total": done - started, "retrieve": found - started, "rerank": 0.0, "read": done - found}
        answered = bool(reading.citations)
        return Answer(
            question=asked,
            outcome="answered" if answered else "absent",
            text=extracted_text(reading.citations) if answered else ABSENT[language],
            hits=tuple(hits),
            citations=reading.citations,
            short_answer=reading.short_answer,
            notices=notices,
            milliseconds={stage: round(1000 * seconds, 1) for stage, seconds in spent.items()},
            index=self.index,
        )


def choose_retriever(snapshot: Snapshot, settings: RetrievalSettings) -> Retriever:
    """The half of the search the settings name, or both; the lexical one alone where there is no encoder."""
    if snapshot.dense is None or settings.mode == "lexical":
        return snapshot.lexical
    if settings.mode == "dense":
        return snapshot.dense
    return FusedRetriever(snapshot.dense, snapshot.lexical, settings.weight, settings.candidates)


def _without_orders(asked: str) -> str:
    """`asked` without the clauses that give the bot orders; empty where nothing else is left."""
    clauses = [c for c in _CLAUSES.split(asked) if c]
    if not any(_ORDER.search(fold(c)) for c in clauses):
        return asked
    return "".join(c for c in clauses if not _ORDER.search(fold(c)))
