"""Whether several documents state the fact that is asked for, and whether they agree.

四元 in the notice of 2020 and 六元 in that of 2024: the newest version answers, and the others stand
beside it with their dates. None is chosen in silence.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import NamedTuple

from bot.answer import CITED_AT_MOST, TEXT_LIMIT, Answer, Citation, extracted_text
from bot.composer.composition import Composition, Line, told
from bot.composer.sources import Material
from bot.i18n import Language, Pair, pick
from bot.question.analysis import Question
from bot.reader.by_rule import Reading
from bot.reader.candidates import Sentence, coverage
from bot.reader.mismatches import constraints, mismatches
from bot.reader.short_answer import short_answer, telling_clause
from bot.reader.versions import are_versions, frame, overlap
from corpus import Document, Passage
from corpus.intake.regulations import FORCE
from corpus.language.quantities import lacks_any, quantities
from corpus.language.text import Segmenter, fold

ALIKE = 0.5
"""Share of the pairs of characters, numbers aside, that two sentences that state one thing have in
common.
"""

SAME_FRAME = 0.75
"""Such a share from which another value in a document that is no version of the first stands in the
place of that: at less, fines for different things were taken for one.
"""

TELLING = 3
"""Characters, numbers aside, from which a value is found again as it is: 夜间每小时一元, not 一元."""

KNOWS_LESS = 0.1
"""How much less of the words of the question, by rarity, the other sentence may have."""

REPEALED = "已废止"

SAME: Pair = ("另有 {count} 篇说法相同。", "{count} more say the same.")
OTHERWISE: Pair = ("说法不一，以上出自{first}；", "They differ: the above is from {first}; ")
UNDATED: Pair = ("没有日期", "undated")
ENDED: Pair = ("已废止", "repealed")

# 4 at the end of notice-4: the copy of a name that was added fourth
_COPY = re.compile(r"-(\d{1,3})$")
_DIGIT = r"[\d.零〇一二两三四五六七八九十百千万亿]"
_NUMBER = re.compile(rf"{_DIGIT}+")
# 一千元〔以上五千元以下〕, 八点〔至十点〕
_RANGE = re.compile(r"(?:以上|[至到~—-])+[^，,。；;、]{0,10}")


class Stated(NamedTuple):
    """What a document states: the sentence, and the value, a piece of it."""

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
    """What several documents say of one fact: those that say what `first` does, and the others.

    Both lists have the newest first.
    """

    first: Stated
    same: tuple[Stated, ...]
    other: tuple[Stated, ...]


def agreement(reading: Reading, material: Material) -> Agreement | None:
    """Which other documents state the fact that is cited; None where none does.

    Of versions of one document the newest that is in force comes first, though another was cited.
    """
    if len(reading.citations) != 1 or not reading.short_answer:
        return None
    cited = reading.citations[0]
    if all(hit.passage.document is cited.document for hit in material.hits):
        return None
    first = Stated(Passage(cited.document, cited.start, cited.end), reading.short_answer)
    found = list(_stated_elsewhere(first, material))
    versions = [one for one in found if are_versions(one.sentence.document, cited.document)]
    newest = max([first, *versions], key=lambda one: _age(one.sentence.document))
    rest = sorted(
        (one for one in [first, *found] if one is not newest),
        key=lambda one: _age(one.sentence.document),
        reverse=True,
    )
    if not rest:
        return None
    same = tuple(one for one in rest if _is_same(newest.whole_value, one.whole_value))
    return Agreement(newest, same, tuple(one for one in rest if one not in same))


def _stated_elsewhere(first: Stated, material: Material) -> Iterator[Stated]:
    """What other documents state of the same: of each the sentence most like the first."""
    cited = first.sentence
    best: dict[str, tuple[float, Stated]] = {}
    question = material.scope.question_for(cited.document, material.question)
    framed = frame(cited.text)
    known = _known(question, cited, material)
    for sentence in _others(cited.document, material):
        alike = overlap(framed, frame(sentence.folded))
        if alike < ALIKE or coverage(question.terms, sentence.around, question.alike) < known:
            continue
        stated = _value_in(sentence, first, alike, question, material.sources.snapshot.segmenter)
        doc_id = sentence.span.document.doc_id
        if stated is not None and alike > best.get(doc_id, (0.0, stated))[0]:
            best[doc_id] = alike, stated
    for _, stated in best.values():
        yield stated


def _others(cited: Document, material: Material) -> Iterator[Sentence]:
    """The sentences of other documents that may state it too, those of other versions where one is named."""
    for candidate in material.candidates:
        document = candidate.sentence.span.document
        if document is cited:
            continue
        is_meant = material.scope.fit_of(document) >= 1 or are_versions(document, cited)
        if not material.scope.is_sure or is_meant:
            yield candidate.sentence


def _known(question: Question, cited: Passage, material: Material) -> float:
    """The least share of the words of a question that another sentence must have."""
    for candidate in material.candidates:
        span = candidate.sentence.span
        if span.document is cited.document and span.start <= cited.start < span.end:
            around = candidate.sentence.around
            return coverage(question.terms, around, question.alike) - KNOWS_LESS
    return 1.0


def _value_in(
    sentence: Sentence, first: Stated, alike: float, question: Question, segmenter: Segmenter
) -> Stated | None:
    """What another sentence states in place of the first value; None where it speaks of something else."""
    if mismatches(constraints(question), sentence, fold(sentence.span.document.text)):
        return None
    is_number = question.kind in ("number", "date")
    found = _by_rule(question, sentence.span, segmenter)
    is_ruled = _by_rule(question, first.sentence, segmenter) == first.value
    fits = _measures_alike(first.value, found) if is_number else alike >= SAME_FRAME
    if found and is_ruled and fits:
        stated = Stated(sentence.span, found)
        is_version = are_versions(sentence.span.document, first.sentence.document)
        is_same = _is_same(first.whole_value, stated.whole_value)
        return stated if is_same or is_version or alike >= SAME_FRAME else None
    says_more = len(_NUMBER.sub("", first.value)) >= TELLING and alike >= SAME_FRAME
    held = re.search(rf"(?<!{_DIGIT}){re.escape(fold(first.value))}", sentence.folded)
    if held is None or (is_number and not says_more):
        return None
    return Stated(sentence.span, sentence.span.text[slice(*held.span())])


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


def _is_same(one: str, other: str) -> bool:
    """Whether two values are the same, however their numbers are written."""
    if fold(one) == fold(other):
        return True
    held, others = quantities(fold(one)), quantities(fold(other))
    if not held or not others:
        return False
    return not lacks_any(held, others) and not lacks_any(others, held)


def _age(document: Document) -> tuple[bool, str, int]:
    """Orders documents from the repealed and the oldest to the newest; of copies by their number."""
    copy = _COPY.search(document.doc_id)
    number = int(copy[1]) if copy and not document.published else 0
    return not _is_repealed(document), document.published, number


def _is_repealed(document: Document) -> bool:
    return (FORCE, REPEALED) in document.details


def with_others(answer: Answer, found: Agreement) -> Answer:
    """An answer with what other documents state: a line behind the sentence, or where they differ and
    there is no room for that, a line for each.
    """
    first = found.first
    citation = _citation(first)
    if answer.citations[0].document is first.sentence.document:
        citation = answer.citations[0]
    beside = _beside(citation, found, answer.language)
    if beside is not None:
        text, citations = beside
        return replace(answer, text=text, citations=citations, short_answer=first.value)
    if not found.other:
        return answer
    lines = [Line(_named(first.sentence.document, answer.language), (citation,))]
    for one in found.other:
        lines.append(Line(_named(one.sentence.document, answer.language), (_citation(one),)))
    text, parts, citations = told(Composition("list", tuple(lines), answer.confidence))
    return replace(
        answer, form="list", text=text, parts=parts, citations=citations, short_answer=first.value
    )


def _beside(
    citation: Citation, found: Agreement, language: Language
) -> tuple[str, tuple[Citation, ...]] | None:
    """The sentence with a line behind it that says what others state; None where there is no room."""
    citations = [citation]
    lines = [extracted_text((citation,))]
    if found.other:
        pieces = []
        for one in found.other:
            citations.append(_citation(one))
            name = _named(one.sentence.document, language)
            pieces.append(f"{name}：{one.sentence.text.strip()}[{len(citations)}]")
        first = pick(OTHERWISE, language).format(first=_named(citation.document, language))
        lines.append(first + "".join(pieces))
    if found.same:
        room = CITED_AT_MOST - len(citations)
        marks = ""
        for one in found.same[: max(0, room)]:
            citations.append(_citation(one))
            marks += f"[{len(citations)}]"
        lines.append(pick(SAME, language).format(count=len(found.same)) + marks)
    text = "\n".join(lines)
    if len(text) > TEXT_LIMIT or len(citations) > CITED_AT_MOST:
        return None
    return text, tuple(citations)


def _citation(stated: Stated) -> Citation:
    return Citation(stated.sentence.document, stated.sentence.start, stated.sentence.end)


def _named(document: Document, language: Language) -> str:
    """The title of a document with its date, and whether it is repealed: 《公告》（2024-05-01，已废止）."""
    facts = [document.published] if document.published else [pick(UNDATED, language)]
    if _is_repealed(document):
        facts.append(pick(ENDED, language))
    title = document.title.strip("《》")
    if language == "en":
        return f"{title} ({', '.join(facts)})"
    return f"《{title}》（{'，'.join(facts)}）"
