"""The one service behind every door: a question in, an answer out."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from functools import partial
from threading import Lock
from time import perf_counter
from typing import Any, Literal

from bot.answer import ABSENT, Answer, Citation, extracted_text
from bot.question.analysis import Question, as_written
from bot.question.followup import resolve
from bot.question.metadata import lines_asked
from bot.question.smalltalk import about, about_text
from bot.question.spelling import Spelling
from bot.question.suggest import Suggestions
from bot.reader.decision import ExtractiveReader, lines_about_document
from bot.reader.network import SpanReader, SpanScores
from bot.reader.scorer import load_mixture, load_model
from bot.settings import RetrievalSettings, Settings
from corpus import Passage
from corpus.language.glossary import look_up, numbers, synonyms
from corpus.language.text import fold, is_english, is_traditional, mainland
from index import Encoder, Hit, Retriever
from index.fusion import FusedRetriever
from index.snapshot import Snapshot

HURRIED = (
    "现在提问的人多，这次没有用阅读模型，答案由规则摘出。",
    "Many are asking now: this answer was found by rules, without the reading network.",
)
AHEAD = 0.03
"""Score by which the best hit is ahead of what is cited where it stays first: measured on two sets for fitting."""

READ = 5
"""Passages that the network reads."""

UNKNOWN = 2.0
"""Weight of an English word that the glossary does not have: little, for it is mostly grammar."""

_ORDER = re.compile(
    r"忽略|无视|忘掉|忘记(?:之前|以上|你)|不要?理会|指令|提示词|开发者模式|越狱|没有任何限制|不受.{0,4}限制|"
    r"(?:限制|规则|设定)(?:全部|都)?(?:删|去|取消|解除)|扮演|口吻|假装|你现在是|系统[:：]|system\s*:|不许|禁止引用|"
    r"ignore|disregard|jailbreak|pretend|you are now|developer mode|system prompt"
)
_CLAUSES = re.compile(r"(?<=[。！!；;\n])|(?<=[.])\s+|(?<=，)(?=然后|接着|并|再|另外)")


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
        network: SpanReader | None = None,
    ) -> None:
        self.snapshot = snapshot
        self.settings = settings
        self.index = index
        self.notices = notices
        self.retriever = choose_retriever(snapshot, settings.retrieval)
        self.network = network
        models = load_model(), load_mixture()
        least = settings.confidence if settings.refusal == "on" else None
        self.reader = ExtractiveReader(snapshot, encoder, *models, least)
        self._typos = Spelling([*snapshot.words, *snapshot.segmenter.terms], snapshot.segmenter)
        self._suggestions: Suggestions | None = None
        self._suggesting = Lock()

    @property
    def suggestions(self) -> Suggestions:
        """Questions that this service answers by rules; tried out on the first call, which takes about a second."""
        with self._suggesting:
            if self._suggestions is None:
                quickly = partial(self.answer, hurried=True)
                self._suggestions = Suggestions(quickly, self.snapshot.collection.documents)
            return self._suggestions

    def ask(
        self, asked: str, history: Sequence[Mapping[str, str]] = (), hurried: bool = False
    ) -> Answer:
        """The answer to `asked`, after the turns in `history`, with questions that may follow.

        A `hurried` one is by rules alone, and says so where a network would have read.
        """
        answer = self.answer(asked, history, hurried)
        return replace(answer, suggestions=tuple(self.suggestions.after(answer)))

    def understand(self, asked: str, history: Sequence[Mapping[str, str]] = ()) -> Question:
        """`asked` as it is searched: no orders to the bot, mainland wording, typos mended, standing by itself."""
        text = self._wording(_without_orders(asked))
        if is_english(text):
            return self._translated(resolve(text, history, self.snapshot.segmenter), text)
        return self._enriched(resolve(self._typos.mend(text), history, self.snapshot.segmenter))

    def look(self, question: Question, hits: Sequence[Hit]) -> list[SpanScores]:
        """What the network sees in the first of `hits`; nothing where there is none, or where rules answer.

        They do for questions about the article itself, and for those in English, of which the network has seen none.
        """
        if (
            self.network is None
            or language_of(question.whole) == "en"
            or lines_about_document(question, hits)
        ):
            return []
        passages = [hit.passage for hit in hits[:READ]]
        seen = self.network.read(question.whole, [(p.context, p.text) for p in passages])
        return [
            scores.shifted(passage.start) for passage, scores in zip(passages, seen, strict=True)
        ]

    def answer(
        self, asked: str, history: Sequence[Mapping[str, str]] = (), hurried: bool = False
    ) -> Answer:
        """What `ask` gives, without what may follow."""
        started = perf_counter()
        answer = self._absent(asked, hurried)
        if kind := about(asked):
            text, spent = about_text(kind, language_of(asked)), _milliseconds(*[started] * 4)
            return replace(answer, outcome="about", text=text, milliseconds=spent)
        question = self.understand(asked, history)
        hits = tuple(self.retriever.search(question.text, self.settings.retrieval.k))
        retrieved = perf_counter()
        seen = [] if hurried else self.look(question, hits)
        looked = perf_counter()
        reading = self.reader.read(question, hits, seen)
        if reading.citations and self.settings.rerank == "on":
            hits = _led_by(reading.citations, hits, self.snapshot.collection.passages)
        spent = _milliseconds(started, retrieved, looked, perf_counter())
        reader: Literal["neural", "rules"] = "neural" if seen else "rules"
        answer = replace(
            answer, hits=hits, milliseconds=spent, confidence=reading.confidence, reader=reader
        )
        if not reading.citations:
            return answer
        return replace(
            answer,
            outcome="answered",
            text=extracted_text(reading.citations),
            citations=reading.citations,
            short_answer=reading.short_answer,
        )

    def _absent(self, asked: str, hurried: bool) -> Answer:
        """That the documents do not say, with what every answer tells."""
        language = language_of(asked)
        missed = hurried and self.network is not None and language == "zh"
        notices = (*self.notices, HURRIED) if missed else self.notices
        return Answer(
            question=asked,
            outcome="absent",
            text=ABSENT[language],
            notices=tuple(en if language == "en" else zh for zh, en in notices),
            reader="rules",
            index=self.index,
        )

    def _translated(self, question: Question, text: str) -> Question:
        """An English question with the Chinese words of the collection that it may mean."""
        known = self.snapshot.words
        found = look_up(" ".join([text, *question.terms]), self.snapshot.glossary)
        rarity = self.snapshot.segmenter.rarity
        terms = {
            chinese[0] if len(chinese) == 1 else english: max(map(rarity, chinese), default=UNKNOWN)
            for english, chinese in found.items()
            # A stray letter says nothing: "><b>x.
            if chinese or len(english) > 1 or english in known
        }
        alike = {english: chinese for english, chinese in found.items() if len(chinese) > 1}
        words = dict.fromkeys(word for chinese in found.values() for word in chinese[:2])
        searched = " ".join([question.text, *words, *lines_asked(question)])
        return replace(question, text=searched, terms=terms, alike=alike, numbers=numbers(text))

    def _enriched(self, question: Question) -> Question:
        """`question` with words of the collection for those it does not have, or the headings of what it asks for."""
        if headings := lines_asked(question):
            return replace(question, text=" ".join([question.text, *headings]))
        known, glossary = self.snapshot.words, self.snapshot.glossary
        strange = [term for term in question.terms if len(term) > 1 and term not in known]
        alike = {term: tuple(synonyms(term, glossary, known)) for term in strange}
        words = [word for term in strange for word in alike[term]]
        for spoken, written in as_written(question.asked).items():
            in_it = tuple(word for word in written if word in known and spoken not in known)
            words += in_it
            if spoken in question.terms:
                alike[spoken] = (*alike.get(spoken, ()), *in_it)
        return replace(question, alike=alike, text=" ".join([question.text, *dict.fromkeys(words)]))

    def _wording(self, text: str) -> str:
        """Traditional `text` in simplified characters, or in mainland wording if the collection knows more of that."""
        if not is_traditional(text):
            return text

        def known(wording: str) -> int:
            return sum(map(len, self.snapshot.words & set(self.snapshot.segmenter.words(wording))))

        return max(fold(text), mainland(text), key=known)


def choose_retriever(snapshot: Snapshot, settings: RetrievalSettings) -> Retriever:
    """The half of the search the settings name, or both; the lexical one alone where there is no encoder."""
    if snapshot.dense is None or settings.mode == "lexical":
        return snapshot.lexical
    if settings.mode == "dense":
        return snapshot.dense
    return FusedRetriever(snapshot.dense, snapshot.lexical, settings.weight, settings.candidates)


def _led_by(
    cited: Sequence[Citation], hits: tuple[Hit, ...], passages: Iterable[Passage]
) -> tuple[Hit, ...]:
    """`hits` with the passages that hold what is cited, which are among all `passages`, first.

    Only the best hit stays before them, where it is ahead of all of them by more than AHEAD.
    """
    leading = [
        hit.passage for hit in hits if any(_holds(hit.passage, citation) for citation in cited)
    ]
    best = hits[0]
    # Lines about an article are found by their place in it, not by the search.
    unfound = [
        citation for citation in cited if not any(_holds(passage, citation) for passage in leading)
    ]
    if unfound:
        leading += [
            passage
            for passage in passages
            if any(_holds(passage, citation) for citation in unfound)
        ]
    elif max(hit.score for hit in hits if hit.passage in leading) < best.score - AHEAD:
        leading.insert(0, best.passage)
    rest = [hit for hit in hits if hit.passage not in leading]
    return (*(Hit(passage, best.score) for passage in leading), *rest)[: len(hits)]


def _holds(passage: Passage, cited: Citation) -> bool:
    return (
        passage.document is cited.document
        and passage.start < cited.end
        and cited.start < passage.end
    )


def _without_orders(asked: str) -> str:
    """`asked` without the clauses that give the bot orders; empty where nothing else is left."""
    clauses = [clause for clause in _CLAUSES.split(asked) if clause]
    if not any(_ORDER.search(fold(clause)) for clause in clauses):
        return asked
    return "".join(clause for clause in clauses if not _ORDER.search(fold(clause)))


def language_of(asked: str) -> Literal["zh", "en"]:
    """The language that a question is answered in."""
    return "en" if is_english(asked) else "zh"


def _milliseconds(started: float, retrieved: float, looked: float, done: float) -> dict[str, float]:
    """Milliseconds in all and by stage, from four readings of the clock in seconds."""
    stages = {"retrieve": retrieved - started, "rerank": looked - retrieved, "read": done - looked}
    seconds = {"total": done - started, **stages}
    return {stage: round(1000 * spent, 1) for stage, spent in seconds.items()}
