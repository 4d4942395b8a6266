"""Sentences of public texts, each with the sentence that it is taken from and others as candidates."""

from __future__ import annotations

import hashlib
import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal, get_args

from bot.answer import Citation
from corpus import Document
from corpus.intake.benchmarks import load_squad
from corpus.language.sentences import sentences
from corpus.language.text import bigrams
from corpus.load import read_corpus

TextKind = Literal["encyclopedia", "news", "regulations"]
TEXT_KINDS: tuple[TextKind, ...] = get_args(TextKind)
Half = Literal["fit", "report"]
HALVES: tuple[Half, ...] = get_args(Half)

SHORTEST, LONGEST = 16, 120
"""Characters of a sentence that is taken."""

NEAR, FAR = 5, 2
"""Candidates of the same document, those that share most with the sentence, and of others."""


@dataclass(frozen=True, slots=True)
class Taken:
    """A sentence of a document, with all sentences of that, and some of others."""

    kind: TextKind
    half: Half
    source: Citation
    siblings: Sequence[Citation]
    strangers: Sequence[Citation]

    @property
    def text(self) -> str:
        """The sentence as it is printed."""
        return self.source.quote

    @property
    def document(self) -> Document:
        """The document that the sentence is taken from."""
        return self.source.document

    @property
    def candidates(self) -> tuple[Citation, ...]:
        """The sentence itself, those of its document that share most with it, and some of others."""
        pairs = set(bigrams(self.text))
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
        for half in HALVES:
            chosen = [one for at, one in enumerate(documents) if half_of(kind, at, one) == half]
            taken = list(_taken(kind, half, chosen, random.Random(f"{seed} {kind} {half}")))
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
    if kind == "encyclopedia":
        return load_squad(folder / "cmrc2018_trial.json")
    if kind == "news":
        return load_squad(folder / "news_fit.json")
    return sorted(read_corpus(folder / "laws").documents, key=lambda document: document.title)


def _taken(
    kind: TextKind, half: Half, documents: Sequence[Document], choice: random.Random
) -> Iterator[Taken]:
    """The sentences of documents, each with its candidates."""
    spans = {document.doc_id: list(_sentences(document)) for document in documents}
    everything = [citation for citations in spans.values() for citation in citations]
    for citations in spans.values():
        for citation in citations:
            if not _is_fit(citation.quote):
                continue
            far = choice.sample(everything, min(FAR + 1, len(everything)))
            strangers = [one for one in far if one.document is not citation.document]
            yield Taken(kind, half, citation, citations, strangers[:FAR])


def _sentences(document: Document) -> Iterator[Citation]:
    for start, end in sentences(document.text):
        yield Citation(document, start, end)


def _is_fit(text: str) -> bool:
    return SHORTEST <= len(text) <= LONGEST and text[-1] in "。！？" and "\n" not in text
