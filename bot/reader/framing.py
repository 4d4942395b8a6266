"""Lines that frame what a document says: its letterhead and number, who was there, who signed it and when.

They answer who issued it, who was present, and from when it is; nothing that is asked of its subject.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from functools import lru_cache

from bot.question.analysis import Question
from corpus import Document, Passage, Unit
from corpus.document import Span
from corpus.intake.dates import without_date
from corpus.intake.page import ends_sentence, introduces
from corpus.intake.portals import is_stamp
from corpus.intake.regulations import is_above_title, is_letterhead
from corpus.language.text import fold

REMEMBERED = 256
"""Documents whose framing lines are kept."""

# Kinds of units that may be such lines, or stand between them
_LINES = frozenset({"paragraph", "label"})
# 主持人：陆建平, 抄送：县财政局
_LABELLED = re.compile(r"(?P<label>[^\W\d_]{2,6})\s*:\s*\S")
# 南屏县教育局, 某市公安局  某市司法局, 市住房保障服务中心  修订 without its date
_NAME = re.compile(r"[\u4e00-\u9fff（）() ]{4,40}")
# 哪个单位, 谁发的: what a name alone answers
_ASKS_NAME = re.compile(r"单位|机构|部门|机关|谁|哪[个家位]|什么人|哪些人")
# The end of a sentence inside a line: 各位邻居：……照此执行。某某社区居民委员会
_END = re.compile("[。!?]")
_DIGIT = re.compile(r"\d")


def is_framing(line: Passage, question: Question) -> bool:
    """Whether a line only frames its document, and is not what the question asks for.

    Such a line may itself say who, where, when and what; 哪些, 怎么 and 为什么 only where the question
    has a word of its label, or asks for a body.
    """
    if question.kind not in ("list", "how", "why"):
        return False
    if not any(span.start <= line.start < span.end for span in framing_lines(line.document)):
        return False
    text = fold(line.text)
    asked = fold(question.asked)
    labelled = _LABELLED.match(text)
    if labelled is None:
        return not _ASKS_NAME.search(asked)
    label = labelled["label"]
    is_named = any(label[at : at + 2] in asked for at in range(len(label) - 1))
    # 有疑问怎么办 may be answered by a telephone number.
    may_tell = question.kind == "how" and bool(_DIGIT.search(text))
    return not (is_named or may_tell)


@lru_cache(REMEMBERED)
def bodies_in(document: Document) -> str:
    """The letterhead and the signature of a document, folded: they name the place that it is of."""
    lines = [fold(document.text[slice(*span)]) for span in framing_lines(document)]
    return "\n".join(line for line in lines if _NAME.fullmatch(line.strip()))


@lru_cache(REMEMBERED)
def framing_lines(document: Document) -> tuple[Span, ...]:
    """The framing lines of a document, in order: those before its first sentence, and those that stand
    with a date that is a line by itself.
    """
    # A document without a sentence is made of such lines.
    if not any(ends_sentence(unit.text) for unit in document.units):
        return ()
    first = _first_said(document)
    found: list[Span] = []
    for run in _runs(document.units):
        if run[0].start < first or any(is_stamp(unit.text) for unit in run):
            found += [Span(unit.start, unit.end) for unit in run if _frames(unit)]
    return tuple(found)


def _first_said(document: Document) -> int:
    """Where the first sentence, or whatever else is no line and no title, begins."""
    for unit in document.units:
        if not _is_line(unit) and not _is_title(unit):
            return unit.start
    return len(document.text)


def _runs(units: Sequence[Unit]) -> Iterator[list[Unit]]:
    """Lines that stand one after the other and say nothing."""
    run: list[Unit] = []
    for unit in units:
        if _is_line(unit):
            run.append(unit)
        elif run:
            yield run
            run = []
    if run:
        yield run


def _is_line(unit: Unit) -> bool:
    return unit.kind in _LINES and not unit.leads and not ends_sentence(unit.text)


def _is_title(unit: Unit) -> bool:
    """Whether a unit is the title of its document; the headings of its parts stand above what it says."""
    return unit.kind == "heading" and unit.text.strip() == unit.document.title.strip()


def _frames(unit: Unit) -> bool:
    """Whether a line names a body, people, a number or a date, and nothing else.

    Where the reader of the file has labelled it, it is known to be about the document.
    """
    folded = fold(unit.text).strip()
    if unit.kind == "label" or introduces(unit.text) or _END.search(folded):
        return False
    if is_stamp(unit.text) or is_letterhead(folded) or is_above_title(folded):
        return True
    return bool(_LABELLED.match(folded) or _NAME.fullmatch(without_date(folded).strip()))
