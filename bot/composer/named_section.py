"""The list, table or short text of the section that is called what is asked for: 三、申请材料.

要带哪些材料 asks for all that stands there, and has no need of other words that stand there too.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

import numpy as np

from bot.answer import Citation
from bot.composer.composition import CITED_AT_MOST, Composition, Line
from bot.composer.gathering import coverage_of, is_covered
from bot.composer.lists import lines_of
from bot.composer.parts import reach
from bot.composer.rows import column_names, row_citation
from bot.composer.series import series_in
from bot.composer.sources import Material
from bot.composer.steps import asks_what_to_bring
from bot.question.analysis import GENERAL, Kind, Question
from bot.question.metadata import LINES
from bot.reader.candidates import coverage
from bot.reader.tables import Table
from corpus import Document, Passage
from corpus.document import Span
from corpus.language.text import fold
from corpus.split import sentences_in

SHORT = 300
"""Characters of a section that is told whole where it lists nothing."""

MOSTLY = 0.5
"""Share of the characters of a section that its list or table must have to be what it says."""

ABOUT = 0.5
"""Share of the other words of the question, by rarity, that the document must have: a guide to registering dogs
has .73 of 办狗证要带, and one to a reader's card .39 of 办营业执照要.
"""

HEAD = 2
"""Characters at the end of a noun that say what it is: 材料 of 申请材料, as of 所需材料."""

OF_KIND: Mapping[Kind, tuple[str, ...]] = {
    "place": ("地点", "地址", "窗口", "场所"),
    "date": ("时间", "日期"),
}
"""What 去哪里办 and 几点办 ask for."""

BROUGHT = ("材料", "资料", "证件")
"""What 要带什么 and 提交哪些东西 ask for."""

# 时间〔和〕地点
_JOINED = re.compile("[和与及、]")
# 三、, （二）, 第一章, 2.
_NUMBER = re.compile(
    r"\s*(?:第[一二三四五六七八九十百\d]+[编章节]|[(]?[一二三四五六七八九十\d]{1,3}[)]?[、.．)]?)\s*"
)


def named_list(material: Material) -> Composition | None:
    """What the section says that is called what the question asks for all of; None where none is, or the
    documents hardly speak of what is asked.

    It is looked for in the document of the sentence that answers best.
    """
    if not material.candidates or not is_covered(material):
        return None
    best = material.candidates[int(np.argmax(material.evidence.scores))].sentence.span
    about = material.scope.question_for(best.document, material.question)
    section = named_section(best.document, about)
    share = _share_spoken_of(best.document, about)
    if section is None or share < ABOUT:
        return None
    lines = _told(best.document, section)
    # 给猫办登记 of a guide to registering dogs is less sure than the words of its heading are.
    return Composition("list", lines, min(share, coverage_of(material))) if lines else None


def _share_spoken_of(document: Document, question: Question) -> float:
    """The share of what the noun is asked of that a document has, 0 to 1: of 营业执照, where its 材料 are
    asked for.
    """
    nouns = asked_nouns(question)
    own = {term: rarity for term, rarity in question.terms.items() if not term.endswith(nouns)}
    said = fold(f"{document.title}\n{document.text}")
    return coverage(own, said, question.alike) if own else 1.0


def named_section(document: Document, question: Question) -> Span | None:
    """The section of a document whose heading, or a part of it, ends with the noun that is asked for all of; None where
    none does, where several do, or where the question asks for some of them (哪些材料可以邮寄).
    """
    nouns = asked_nouns(question)
    if not nouns:
        return None
    found = []
    for number, section in enumerate(document.sections):
        heading = _NUMBER.sub("", fold(section.heading), count=1).rstrip("?:。 ")
        is_called = any(part.endswith(nouns) for part in _JOINED.split(heading))
        if section.heading not in LINES and is_called:
            found.append(number)
    return reach(document.sections, found[0]) if len(found) == 1 else None


def asked_nouns(question: Question) -> tuple[str, ...]:
    """The noun that a question asks for all of, without what tells which: 材料 of 申请材料, and others that
    mean the same; what 哪里 and 几点 ask for; or empty.

    Empty too where more is said of it behind (哪些材料要盖章), which asks for some of them.
    """
    if question.language != "zh" or question.kind not in ("list", "what"):
        return OF_KIND.get(question.kind, ()) if question.language == "zh" else ()
    # 要带哪些材料, 材料有哪些
    if not question.focus and asks_what_to_bring(question):
        return BROUGHT
    noun = question.focus or _last_word(question)
    is_some = any(term in question.behind for term in question.terms if term not in noun)
    if len(noun) < HEAD or noun in GENERAL or is_some:
        return ()
    return (noun[-HEAD:], *question.alike.get(noun, ()))


def _last_word(question: Question) -> str:
    """The word before 有哪些; empty where more follows."""
    said = question.before.rstrip()
    return next((term for term in question.terms if said.endswith(term)), "")


def _told(document: Document, section: Span) -> tuple[Line, ...]:
    """The rows of a section's table, the items of its list, or all of its sentences where these are few;
    empty where it is longer.
    """
    units = document.units_in(*section)
    least = MOSTLY * (section.end - section.start)
    rows = tuple(unit for unit in units if unit.kind == "row")
    if sum(row.end - row.start for row in rows) >= least:
        headers = tuple(unit for unit in units if unit.kind == "header")
        names = column_names(Table(document, headers, rows)) if headers else ()
        return (*names, *(Line("", (row_citation(row),)) for row in rows))
    within = [one for one in series_in(document) if _stands_in(section, one.spans)]
    longest = max(within, key=lambda one: _size(one.spans), default=None)
    if longest is not None and _size(longest.spans) >= least:
        return lines_of(longest)
    if section.end - section.start > SHORT:
        return ()
    said = [unit for unit in units if unit.kind != "heading"]
    sentences = [
        one for unit in said for one in sentences_in(Passage(document, unit.start, unit.end))
    ]
    label = document.text[units[0].start : units[0].end]
    cited = tuple(Citation(document, one.start, one.end) for one in sentences)
    return (Line(label, cited[:CITED_AT_MOST]),) if cited else ()


def _stands_in(section: Span, spans: Sequence[Span]) -> bool:
    return all(section.start <= span.start and span.end <= section.end for span in spans)


def _size(spans: Sequence[Span]) -> int:
    """Characters in spans."""
    return sum(span.end - span.start for span in spans)
