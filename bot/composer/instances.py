"""Sentences that give an instance of what was told: 例如…, 以…为例, a place, a programme by its name.

The regular expressions are in `bot/question/rules/continuing.toml`.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Sequence
from typing import NamedTuple

from bot.answer import Citation
from bot.composer.around import section_of
from bot.composer.standing import NAMES_ONLY, standing
from bot.question.analysis import Question
from bot.question.continuing import RULES_FILE
from bot.reader.candidates import coverage, place_names
from corpus import Document, Passage
from corpus.document import Span
from corpus.language.text import Segmenter, fold
from index.snapshot import Snapshot

SAYS_SO, PLACE, NAME, COUNT = 3.0, 1.5, 1.0, 0.5
"""What a sentence gains that says that it gives an example, that names a place, that names a programme,
and that has a year or a count.
"""

LEAST = 2.0
"""Gains from which a sentence is an example: it says so, or has a place and what was done there."""

ELSEWHERE, SHARED = 1.0, 0.34
"""What a sentence of another section needs more, and the share of the question's words that it must
have there."""

_RULES = tomllib.loads(RULES_FILE.read_text("utf-8"))["instance"]
_SAYS_SO = re.compile("|".join(_RULES["says_so"]))
_NAMED = re.compile("|".join(_RULES["named"]))
_DEMANDS = re.compile("|".join(_RULES["demands"]))
_COUNTED = re.compile("|".join(_RULES["counted"]))


class Instance(NamedTuple):
    """A sentence that gives an instance, and how surely."""

    citation: Citation
    worth: float


def instances(
    focus: Sequence[Citation], told: Sequence[Citation], question: Question, snapshot: Snapshot
) -> list[Citation]:
    """The sentences near those of `focus` that give an instance, those of their section first.

    None of them is in `told`.
    """
    found: dict[Span, Instance] = {}
    documents = {cited.document.doc_id: cited.document for cited in focus}
    for document in documents.values():
        own = [cited for cited in focus if cited.document is document]
        sections = [section_of(cited) for cited in own]
        known = fold(document.title)
        for sentence, before in _sentences(document, snapshot):
            is_near = any(start <= sentence.start < end for start, end in sections)
            worth = _worth(sentence, known, snapshot.segmenter)
            around = fold(f"{before.text if before else ''}{sentence.text}")
            shared = coverage(question.terms, around, question.alike)
            if worth < LEAST + (0 if is_near else ELSEWHERE) or (not is_near and shared < SHARED):
                continue
            citation = standing(sentence, before)
            if citation is None or any(map(citation.overlaps, told)):
                continue
            near = min(abs(citation.start - one.start) for one in own) / len(document.text)
            rank = worth + 10 * is_near + shared - near
            found[Span(citation.start, citation.end)] = Instance(citation, rank)
    chosen: list[Citation] = []
    for one in sorted(found.values(), key=lambda one: -one.worth):
        if not any(map(one.citation.overlaps, chosen)):
            chosen.append(one.citation)
    return chosen


def _sentences(document: Document, snapshot: Snapshot) -> list[tuple[Passage, Passage | None]]:
    """The sentences of a document that say something, each with the one before it."""
    collection = snapshot.collection
    rows = collection.sentences_of_passages(collection.passages_in([document.doc_id])).tolist()
    found: list[tuple[Passage, Passage | None]] = []
    before: Passage | None = None
    for row in rows:
        sentence = collection.sentences[row]
        units = document.units_in(sentence.start, sentence.end)
        if not units or units[0].kind not in NAMES_ONLY:
            found.append((sentence, before))
        before = sentence
    return found


def _worth(sentence: Passage, title: str, segmenter: Segmenter) -> float:
    """How surely a sentence gives an instance; the place in a `title` (folded) is none."""
    folded = fold(sentence.text)
    if _SAYS_SO.search(folded):
        return SAYS_SO
    if folded.rstrip().endswith("?") or _DEMANDS.match(folded):
        return 0.0
    beside = NAME * bool(_NAMED.search(folded)) + COUNT * bool(_COUNTED.search(folded))
    if PLACE + beside < LEAST:
        return 0.0
    places = place_names(segmenter.search_words(folded))
    return PLACE * any(place not in title for place in places) + beside
