"""Sentences of public texts, each with the sentence that it is taken from and others as candidates."""

from __future__ import annotations

import hashlib
import random
import re
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal, get_args

from bot.answer import Citation
from bot.evals.datasets.cases import Case
from bot.evals.datasets.squad import read_squad
from corpus import Document
from corpus.intake.benchmarks import load_squad
from corpus.language.sentences import sentences
from corpus.language.text import bigrams
from corpus.load import read_corpus

TextKind = Literal["encyclopedia", "news", "regulations"]
TEXT_KINDS: tuple[TextKind, ...] = get_args(TextKind)
Half = Literal["fit", "report"]
HALVES: tuple[Half, ...] = get_args(Half)

ALIKE = 0.5
"""Share of the pairs of characters of a question with its answer that the sentence has."""

_SETS = {"encyclopedia": "cmrc2018_trial.json", "news": "news_fit.json"}
# 是〔什么〕, 〔哪一年〕成立: what the answer stands for
_ASKED = re.compile(
    r"(?:百分之)?多少(?=[^\u4e00-\u9fff]|$|个|名|人|元|万|年|家|米)|几(?=个|名|家|年|人|次|座|种)|哪一?年|哪一?天|什么时候|何时|哪里|哪儿|何处|谁|哪个|哪家|什么(?!样|时)"
)
_END = re.compile(r"[，。；？?]")
LONGEST_ANSWER = 16
"""Characters of an answer that is put into its question: a longer one is a sentence."""

SHORTEST, LONGEST = 16, 120
"""Characters of a sentence that is taken."""

NEAR, FAR = 5, 2
"""Candidates of the same document, those that share most with the sentence, and of others."""


@dataclass(frozen=True, slots=True)
class Taken:
    """A sentence of a document, with all sentences of that, and some of others.

    `said` is what is made of it, empty for the sentence itself. `worded` are claims that the sentence
    supports in the words of people: questions with their answers.
    """

    kind: TextKind
    half: Half
    source: Citation
    siblings: Sequence[Citation]
    strangers: Sequence[Citation]
    worded: tuple[str, ...] = ()
    said: str = ""

    @property
    def text(self) -> str:
        """The sentence as it is printed, or what was made of it."""
        return self.said or self.source.quote

    @property
    def document(self) -> Document:
        """The document that the sentence is taken from."""
        return self.source.document

    @property
    def candidates(self) -> tuple[Citation, ...]:
        """The sentence itself, those of its document that share most with it, and some of others."""
        pairs = set(bigrams(self.source.quote))
        others = [other for other in self.siblings if other is not self.source]
        others.sort(key=lambda other: -len(pairs.intersection(bigrams(other.quote))))
        return (self.source, *others[:NEAR], *self.strangers)


def read_material(folder: Path, seed: int) -> list[Taken]:
    """The sentences of CMRC trial, news and regulations in a data folder, in an order by the seed.

    Raises DocumentError where a file is missing or has another layout.
    """
    found: list[Taken] = []
    for kind in TEXT_KINDS:
        documents = _documents(folder, kind)
        answered = _answered(folder, kind)
        for half in HALVES:
            chosen = [one for at, one in enumerate(documents) if half_of(kind, at, one) == half]
            choice = random.Random(f"{seed} {kind} {half}")
            taken = list(_taken(kind, half, chosen, answered, choice))
            random.Random(f"{seed} {kind} {half} order").shuffle(taken)
            found += taken
    return found


def half_of(kind: TextKind, number: int, document: Document) -> Half:
    """The half of a document: by a hash of its text.

    Every third document of news and of regulations is for reports only, here as elsewhere.
    """
    if kind != "encyclopedia" and number % 3 == 2:
        return "report"
    digest = hashlib.sha256(document.text.encode("utf-8")).digest()
    return "report" if digest[0] % 2 else "fit"


def _documents(folder: Path, kind: TextKind) -> Sequence[Document]:
    if kind in _SETS:
        return load_squad(folder / _SETS[kind])
    return sorted(read_corpus(folder / "laws").documents, key=lambda document: document.title)


def _answered(folder: Path, kind: TextKind) -> Mapping[str, Sequence[Case]]:
    """Document → the questions of the set that it answers; none of regulations."""
    found: defaultdict[str, list[Case]] = defaultdict(list)
    if kind != "regulations":
        for case in read_squad(folder / _SETS[kind]).cases:
            for span in case.gold[0][:1] if case.gold else ():
                found[span.document.doc_id].append(case)
    return found


def _taken(
    kind: TextKind,
    half: Half,
    documents: Sequence[Document],
    answered: Mapping[str, Sequence[Case]],
    choice: random.Random,
) -> Iterator[Taken]:
    """The sentences of documents."""
    spans = {document.doc_id: list(_sentences(document)) for document in documents}
    everything = [citation for citations in spans.values() for citation in citations]
    for doc_id, citations in spans.items():
        for citation in citations:
            if not _is_fit(citation.quote):
                continue
            far = choice.sample(everything, min(FAR + 1, len(everything)))
            strangers = [one for one in far if one.document is not citation.document]
            worded = tuple(_worded(citation, answered.get(doc_id, ())))
            yield Taken(kind, half, citation, citations, strangers[:FAR], worded)


def _worded(citation: Citation, cases: Sequence[Case]) -> Iterator[str]:
    """The questions that a sentence answers with their answers put in: 共有几家？ is 共有三家。

    Only those of which the sentence has half of the pairs of characters: what others ask is told by
    sentences around it too.
    """
    pairs = set(bigrams(citation.quote))
    for case in cases:
        place = case.gold[0][0]
        is_here = citation.start <= place.start and place.end <= citation.end
        asked = _ASKED.findall(case.question)
        if not is_here or len(asked) != 1 or not case.answers:
            continue
        answer = case.answers[0].strip("。，；")
        if len(answer) > LONGEST_ANSWER or _END.search(answer):
            continue
        before, _, behind = case.question.partition(asked[0])
        if any(pair in case.question for pair in bigrams(answer)):
            # What is asked about stands in the answer again.
            continue
        behind = behind[behind.startswith(answer[-1]) :]
        claim = before + answer + behind.rstrip("？?。 ") + "。"
        own = bigrams(claim)
        if sum(pair in pairs for pair in own) >= ALIKE * len(own):
            yield claim


def _sentences(document: Document) -> Iterator[Citation]:
    for start, end in sentences(document.text):
        yield Citation(document, start, end)


def _is_fit(text: str) -> bool:
    return SHORTEST <= len(text) <= LONGEST and text[-1] in "。！？" and "\n" not in text
