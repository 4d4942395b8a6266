"""Answers a yes-no question: the sentence that settles it, and 是 or 不是 where a stated value shows it.

The value (a number with its unit, a date, a name) is taken out of the question, and what is left is
read as a question for it: 报名费是200元吗 as 报名费是多少元. The regular expressions are in
`bot/question/rules/yes_no.toml`.
"""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from dataclasses import replace
from typing import NamedTuple

import numpy as np

from bot.answer import Citation
from bot.composer.amounts import (
    Value,
    plain,
)
from bot.composer.asked_statement import Slot, Statement, slot_of, stated
from bot.composer.composition import Composition, Line
from bot.composer.own_words import in_own_words
from bot.composer.sources import Material
from bot.composer.standing import standing
from bot.composer.verdict import (
    agrees,
    agrees_on_name,
    comparable_values,
    consents,
    refuses,
)
from bot.composer.verdict_words import said_by
from bot.i18n import Pair, pick
from bot.question.analysis import Question
from bot.question.scope import Scope
from bot.reader.by_rule import read_by_rule
from bot.reader.candidates import Sentence, place_names
from bot.reader.decision import DECIDING, UNLIKELY, deciding
from bot.reader.extractive import Candidate, is_unrelated
from bot.reader.features import FEATURES
from bot.reader.new_words import is_asked_beside
from corpus import Passage
from corpus.language.text import fold
from index import Hit, Vectors

SAYS: Pair = ("原文是这样说的：", "The text says: ")

HELD = 1.0
"""What a sentence is ahead by, in the score of the ranking, that has a value of the unit stated: of 212
questions 161 then had the right sentence first, 147 without, and no more with a larger one.
"""

WORDS = 3.0
"""What the share of the words asked for adds to the log-odds that a sentence settles a question."""

LEAST = 0.17
"""Likelihood from which a sentence settles a question. With these two 94 % of the right sentences of
212 questions were cited, and 5 % of the questions whose document was taken away were answered; a
single fact must be likelier: there it were 69 % and 2 %.
"""

NEAR, AS_STATED = 0.3, 1.5
"""How far behind the best a sentence may be that is cited beside it, and one that has the very value."""

SHOWN = 2
"""Most sentences cited."""

SEARCHED = 20
"""Passages that are searched for what the question asks without its value."""

LEAST_OF_WORDS = 0.3
"""The same where no value is stated, so that no unit speaks for a sentence: at LEAST 12 of 19 questions
that nothing answers were answered, so 4. Below it a single fact may still answer.
"""

LEAST_TO_DENY = 0.25
"""Likelihood from which a sentence is sure enough for a no: its value may be that of something else."""

AS_MANY = 0.8
"""Share of the words that the best sentence has of the question from which another that states the very
value speaks of the same: then there is no no.
"""

_CONTEXT = DECIDING.index("context")
_WORDS = FEATURES.index("context")
# What the stated value, which may be wrong, has to do with.
_OF_VALUE = [DECIDING.index(name) for name in UNLIKELY]
# 2,520, 18.3
_NUMBER = re.compile(r"\d[\d,]*(?:\.\d+)?")
# N5 in N5路
_CODE = re.compile(r"[a-z]+-?\d+")
_SCALE = re.compile("[百千万亿]")


class Found(NamedTuple):
    """What the documents say to `asking`: the sentence that says it best, and others as near.

    `sentences` are those of `citations`; none where a rule has found them, with a `short_answer`.
    `is_said` is whether any sentence that has as many words of the question states the very value,
    `refusing` the citation of one beside the best that says that it is not agreed to.
    """

    asking: Question
    citations: tuple[Citation, ...]
    sentences: Sequence[Sentence]
    short_answer: str | None
    confidence: float
    is_said: bool
    refusing: tuple[Citation, ...] = ()


def settle(material: Material) -> Composition | None:
    """The sentence that settles a yes-no question, and what it makes of it; None where none does."""
    question = material.question
    statement = stated(question)
    slot = slot_of(statement, question)
    found = _found(material, slot) if slot else None
    if slot and found:
        composition = _judged(statement, slot, found, question)
        if composition is not None:
            return composition
    found = found or _found(material, None)
    if found is None:
        return None
    own = in_own_words(found.citations, material)
    if own is None:
        return _composition(pick(SAYS, question.language), found.citations, found.confidence)
    opening = "" if own.is_of_question else pick(SAYS, question.language)
    return _composition(opening, own.citations, found.confidence)


def _judged(
    statement: Statement, slot: Slot, found: Found, question: Question
) -> Composition | None:
    """A verdict with what shows it; None where nothing does.

    Where no word says it that fits the verb of the question, 晚上九点以后还收费吗, what shows it stands alone.
    """
    refused = found.refusing if consents(statement.text) else ()
    verdict = False if refused else _verdict(statement, slot, found)
    if verdict is None:
        return None
    asked = fold(question.asked)
    opening = said_by(verdict, statement.text, slot.value, asked, question.language)
    opening = opening or pick(SAYS, question.language)
    return _composition(opening, refused or found.citations[:1], found.confidence)


def _refusing(
    slot: Slot | None, candidates: Sequence[Candidate], best: int
) -> tuple[Citation, ...]:
    """The citation of what the paragraph of the best candidate says of the value stated: 暂不同意调到2元."""
    if slot is None or slot.value is None:
        return ()
    span = candidates[best].sentence.span
    paragraph = span.document.units_in(span.start, span.end)[0]
    for number, candidate in enumerate(candidates):
        other = candidate.sentence.span
        is_beside = other.document is span.document and paragraph.start <= other.start
        if is_beside and other.end <= paragraph.end and refuses(slot.value, plain(other.text)):
            return (_citation(candidates, number),)
    return ()


def _found(material: Material, slot: Slot | None) -> Found | None:
    """What the documents say to the question that `slot` leaves, or to the question as it is asked."""
    reader = material.sources.reader
    asking, scope, hits = _asked_without(material, slot)
    ruled = read_by_rule(asking, hits, scope)
    if ruled is not None and ruled.citations:
        return Found(asking, ruled.citations, (), ruled.short_answer, ruled.confidence, False)
    candidates = reader.candidates_for(hits, material.question)
    if not candidates:
        return None
    evidence = reader.weigh(asking, candidates, material.scores, scope)
    held = [_values_in(slot, candidate.sentence.span) for candidate in candidates]
    says = [any(_is_as_stated(value, slot) for value in values) for values in held]
    scores = evidence.scores + HELD * np.array(list(map(bool, held)), np.float32)
    documents = [candidate.sentence.span.document.doc_id for candidate in candidates]
    row = deciding(evidence.features, scores, documents)
    if slot is not None:
        row[_OF_VALUE] = 0
    confidence = _likely(reader.fits[bool(material.scores)].decision.probability(row), row)
    if confidence < (LEAST if slot and slot.value else LEAST_OF_WORDS):
        return None
    if slot is None and is_unrelated(evidence, int(np.argmax(scores)), confidence):
        return None
    best = scores.max()
    order = [n for n in np.argsort(-scores) if best - scores[n] < (AS_STATED if says[n] else NEAR)]
    first = candidates[order[0]].sentence
    order = [n for n in order if is_asked_beside(asking, first, candidates[n].sentence)][:SHOWN]
    sentences = [candidates[number].sentence for number in order]
    citations = _apart([_citation(candidates, number) for number in order])
    words = evidence.features[:, _WORDS]
    enough = words >= AS_MANY * words[order[0]]
    is_said = any(says[number] and enough[number] for number in range(len(says)))
    refusing = _refusing(slot, candidates, order[0])
    return Found(asking, citations, sentences, None, confidence, is_said, refusing)


def _asked_without(material: Material, slot: Slot | None) -> tuple[Question, Scope, list[Hit]]:
    """A question without the value that it states, its scope, and what is found for it beside the hits."""
    if slot is None:
        return material.question, material.scope, list(material.hits)
    sources = material.sources
    asking = replace(sources.understand(slot.asking), language=material.question.language)
    scope = _without_value(material.scope, slot, material)
    held = {hit.passage.passage_id for hit in material.hits}
    more = [
        hit for hit in sources.search(asking, SEARCHED, scope) if hit.passage.passage_id not in held
    ]
    return asking, scope, [*material.hits, *more]


def _without_value(scope: Scope, slot: Slot, material: Material) -> Scope:
    """`scope` with what is asked of each of its documents as `slot` asks it."""
    aims = []
    for aim in scope.aims:
        own = Statement(stated(replace(aim.question, asked=aim.question.whole)).text, True)
        same = slot_of(own, aim.question)
        if same is not None and _are_same(same, slot):
            aim = aim._replace(question=material.sources.understand(same.asking))
        aims.append(aim)
    return replace(scope, aims=tuple(aims))


def _are_same(one: Slot, other: Slot) -> bool:
    if one.value is None or other.value is None:
        return one.value is other.value and one.written == other.written
    return one.value[:4] == other.value[:4]


def _is_as_stated(value: Value, slot: Slot | None) -> bool:
    return slot is not None and slot.value is not None and value[:4] == slot.value[:4]


def _values_in(slot: Slot | None, span: Passage) -> Sequence[Value]:
    """The values of a sentence that the stated one may be held against."""
    return comparable_values(slot.value, plain(span.text)) if slot and slot.value else ()


def _likely(probability: float, row: Vectors) -> float:
    """How likely a sentence settles a question, 0 to 1; 0 where it cannot."""
    if not probability:
        return 0.0
    odds = math.log(probability / (1 - probability)) + WORDS * float(row[_CONTEXT])
    return 1 / (1 + math.exp(-odds))


def _citation(candidates: Sequence[Candidate], number: int) -> Citation:
    """A sentence, with the one before it where it is not understood without."""
    span = candidates[number].sentence.span
    before = candidates[number - 1].sentence.span if number else None
    return standing(span, before) or Citation(span.document, span.start, span.end)


def _apart(citations: Sequence[Citation]) -> tuple[Citation, ...]:
    """The citations without those that stand in one before."""
    kept: list[Citation] = []
    for one in citations:
        if not any(
            one.document is other.document and other.start <= one.start and one.end <= other.end
            for other in kept
        ):
            kept.append(one)
    return tuple(kept)


def _verdict(statement: Statement, slot: Slot, found: Found) -> bool | None:
    """Whether what is found agrees with what is stated; None where it is not sure.

    Two sentences that say different things are not sure.
    """
    if not found.sentences:
        return _verdict_by_cell(slot, found)
    verdicts = {_verdict_by(statement, slot, found, told) for told in _paragraphs(found)} - {None}
    first = _verdict_by(statement, slot, found, _paragraphs(found)[0])
    codes = set(_CODE.findall(statement.text))
    is_about = all(code in found.sentences[0].around for code in codes)
    is_range = slot.value is not None and slot.value.to is not None
    is_likely = is_range or found.confidence >= LEAST_TO_DENY
    if first is False and (found.is_said or not (is_about and is_likely)):
        return None
    return first if len(verdicts) == 1 else None


def _paragraphs(found: Found) -> list[Passage]:
    """The sentences found, those of a paragraph as one with what stands between them."""
    joined: list[Passage] = []
    for sentence in found.sentences:
        span = sentence.span
        for number, other in enumerate(joined):
            start, end = min(span.start, other.start), max(span.end, other.end)
            if other.document is span.document and "\n" not in span.document.text[start:end]:
                joined[number] = Passage(span.document, start, end)
                break
        else:
            joined.append(span)
    return joined


def _verdict_by_cell(slot: Slot, found: Found) -> bool | None:
    """The same of the cell of a table, whose unit may stand in the name of its column."""
    cell = found.short_answer
    if slot.value is None or not cell:
        return None
    said = comparable_values(slot.value, plain(cell))
    if _written(slot.written) == _written(cell) or any(v[:4] == slot.value[:4] for v in said):
        return True
    row = found.citations[0]
    has_scale = _SCALE.search(f"{slot.written}{row.shown}")
    is_elsewhere = _written(slot.written) in plain(row.quote).replace(",", "")
    return False if said and not has_scale and not is_elsewhere else None


def _verdict_by(statement: Statement, slot: Slot, found: Found, span: Passage) -> bool | None:
    """The same of a sentence, or of a row that has the very value, and in no more than one cell."""
    terms = found.asking.terms
    units = span.document.units_in(span.start, span.end)
    if any(unit.kind == "row" for unit in units):
        cells = [span.document.text[slice(*cell)] for unit in units for cell in unit.cells[1:]]
        same = [cell for cell in cells if _written(cell) == _written(slot.written)]
        return True if slot.value is not None and len(same) == 1 else None
    if slot.value is not None:
        return agrees(slot.value, plain(statement.text), plain(span.text), terms)
    others = found.sentences[0].places - place_names(terms) - place_names([slot.written])
    return agrees_on_name(slot.written, fold(span.text), others)


def _written(text: str) -> str:
    """The number at the beginning of a text as it is written: 2520 of 2,520个."""
    found = _NUMBER.match(fold(text).strip())
    return found.group().replace(",", "") if found else text


def _composition(opening: str, citations: tuple[Citation, ...], confidence: float) -> Composition:
    return Composition("yes_no", (Line("", citations),), confidence, opening)
