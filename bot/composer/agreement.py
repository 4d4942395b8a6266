"""Which other sentences state the fact that is asked for, in other documents or elsewhere in the same.

四元 in the notice of 2020 and 六元 in that of 2024: the newest version answers, and the others stand
beside it with their dates. None is chosen in silence. `others.py` tells them.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from bot.answer import Citation
from bot.composer.restating import fit_of, load_restating, restating
from bot.composer.sources import Material
from bot.question.analysis import Question
from bot.reader.by_rule import Reading, read_by_rule
from bot.reader.extractive import ELSEWHERE
from bot.reader.short_answer import short_answer, telling_clause
from bot.reader.versions import age, are_versions, frame, overlap
from corpus import Document, Passage
from corpus.language.quantities import lacks_any, quantities
from corpus.language.text import Segmenter, fold

SAME_FRAME = 0.75
"""Share of the pairs of characters, numbers aside, that two sentences have in common whose values stand
in the same place: at less, fines for different things were taken for one.
"""

OTHERS_AT_MOST = 8
"""Other sentences, at most."""

# 一千元〔以上五千元以下〕, 八点〔至十点〕
_RANGE = re.compile(r"(?:以上|[至到~—-])+[^，,。；;、]{0,10}")


class Stated(NamedTuple):
    """What a document states: the sentence, and the value, a piece of it, or nothing."""

    sentence: Passage
    value: str

    @property
    def whole_value(self) -> str:
        """The value with the end of the range that it begins: 一千元以上五千元以下."""
        text = self.sentence.text
        start = text.find(self.value)
        rest = _RANGE.match(text, start + len(self.value)) if start >= 0 else None
        return self.value + (rest.group() if rest else "")


@dataclass(frozen=True, slots=True)
class Agreement:
    """What is said of one fact in several places: the value that `first` has, another, or more of it.

    Each has the newest first.
    """

    first: Stated
    same: tuple[Stated, ...]
    other: tuple[Stated, ...]
    further: tuple[Stated, ...] = ()


def agreement(reading: Reading, material: Material) -> Agreement | None:
    """Where else the fact is stated that is cited; None where it is nowhere, or a rule has read it: what a
    document says of itself, or a cell of a table, is its own.

    Of versions of one document the newest that is in force comes first, though another was cited.
    """
    by_rule = read_by_rule(material.question, material.hits, material.scope)
    if not reading.citations or by_rule is not None:
        return None
    cited = reading.citations[0]
    number = _number_of(cited, material)
    if number is None:
        return None
    first = Stated(Passage(cited.document, cited.start, cited.end), reading.short_answer or "")
    found = list(_stated_elsewhere(number, first, reading, material))
    versions = [one for one in found if are_versions(one.sentence.document, cited.document)]
    newest = max([first, *versions], key=lambda one: age(one.sentence.document))
    rest = sorted(
        (one for one in [first, *found] if one is not newest),
        key=lambda one: age(one.sentence.document),
        reverse=True,
    )
    return _told_apart(newest, rest) if rest else None


def _told_apart(first: Stated, rest: list[Stated]) -> Agreement | None:
    """Those with the value of the first, those with another in its place, and the others."""
    same, other, further = [], [], []
    for one in rest:
        is_elsewhere = one.sentence.document is not first.sentence.document
        if _states_same(first, one):
            # That the document says it twice is no news.
            if is_elsewhere:
                same.append(one)
        elif is_elsewhere and _states_other(first, one):
            other.append(one)
        else:
            further.append(one)
    if not (same or other or further):
        return None
    return Agreement(first, tuple(same), tuple(other), tuple(further))


def _states_same(first: Stated, one: Stated) -> bool:
    if first.value and one.value and is_same(first.whole_value, one.whole_value):
        return True
    return _in_same_frame(first, one) and is_same(first.sentence.text, one.sentence.text)


def _states_other(first: Stated, one: Stated) -> bool:
    """Whether both have a value of the same kind in the same place."""
    is_version = are_versions(first.sentence.document, one.sentence.document)
    is_alike = is_version or _in_same_frame(first, one)
    return bool(first.value and one.value) and is_alike


def _in_same_frame(first: Stated, one: Stated) -> bool:
    return overlap(frame(first.sentence.text), frame(one.sentence.text)) >= SAME_FRAME


def _number_of(cited: Citation, material: Material) -> int | None:
    """The number of the candidate that is cited."""
    for number, candidate in enumerate(material.candidates):
        span = candidate.sentence.span
        if span.document is cited.document and cited.start <= span.start < cited.end:
            return number
    return None


def _stated_elsewhere(
    number: int, first: Stated, reading: Reading, material: Material
) -> Iterator[Stated]:
    """The sentences that likely state what candidate `number` does, the likeliest first."""
    likely = restating(number, material)
    least = load_restating(fit_of(material)).least
    seen = {(cited.document.doc_id, cited.start) for cited in reading.citations}
    count = 0
    for other in map(int, np.argsort(-likely, kind="stable")):
        span = material.candidates[other].sentence.span
        key = (span.document.doc_id, span.start)
        if likely[other] < least or count == OTHERS_AT_MOST:
            return
        is_elsewhere = ELSEWHERE.intersection(material.evidence.against[other])
        is_meant = _is_meant(span.document, first.sentence.document, material)
        if key in seen or is_elsewhere or not is_meant:
            continue
        seen.add(key)
        count += 1
        question = material.scope.question_for(span.document, material.question)
        segmenter = material.sources.snapshot.segmenter
        yield Stated(span, _value_in(span, first, question, segmenter))


def _is_meant(document: Document, cited: Document, material: Material) -> bool:
    """Whether the question may mean a document: any, or those that it names and their versions."""
    if document is cited or not material.scope.is_sure:
        return True
    return material.scope.fit_of(document) >= 1 or are_versions(document, cited)


def _value_in(sentence: Passage, first: Stated, question: Question, segmenter: Segmenter) -> str:
    """What a sentence has in place of the first value; empty where no rule finds it."""
    if _by_rule(question, first.sentence, segmenter) != first.value:
        return first.value if first.value and first.value in sentence.text else ""
    found = _by_rule(question, sentence, segmenter)
    is_number = question.kind in ("number", "date")
    return found if not is_number or _measures_alike(first.value, found) else ""


def _by_rule(question: Question, sentence: Passage, segmenter: Segmenter) -> str:
    """The value that a rule finds in a sentence, in the clause that tells; empty where none does."""
    start, end = telling_clause(question, sentence) or (0, len(sentence.text))
    part = Passage(sentence.document, sentence.start + start, sentence.start + end)
    found = short_answer(question, part, segmenter)
    return part.text[slice(*found)] if found else ""


def _measures_alike(one: str, other: str) -> bool:
    """Whether two values have numbers of the same units: 四元 and 六元, not 四元 and 三小时."""
    units = _units(one)
    return bool(units) and units == _units(other)


def _units(text: str) -> set[str]:
    return {quantity.unit for quantity in quantities(fold(text))}


def is_same(one: str, other: str) -> bool:
    """Whether two values are the same, however their numbers are written."""
    if fold(one) == fold(other):
        return True
    held, others = quantities(fold(one)), quantities(fold(other))
    if not held or not others:
        return False
    return not lacks_any(held, others) and not lacks_any(others, held)
