"""Links the lines of an article into units: each with what it is not understood without.

An item is linked to its lead line, a row to its column names and its caption, an answer to its
question, a later paragraph of an article of a law to the first, and all of them to their headings.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from itertools import pairwise
from typing import NamedTuple

from corpus.document import CELL_BAR, Kind, Span, UnitSpan
from corpus.intake.line_shapes import COUNT
from corpus.intake.page import fold, introduces, width
from corpus.intake.regulations import articles_within
from corpus.language.sentences import ends_with_question, sentences

# The numbers of an outline, the higher first: 第一编, 第二章, 第三节, 一、, (一), 1., (1), ①, a.
_STYLES = tuple(
    re.compile(pattern)
    for pattern in (
        rf"第{COUNT}[编篇]",
        rf"第{COUNT}[章部]",
        rf"第{COUNT}节",
        rf"第{COUNT}条",
        r"[一二三四五六七八九十]{1,3}、",
        r"\([一二三四五六七八九十]{1,3}\)",
        r"\d{1,3}[.、)](?!\d)",
        r"\(\d{1,3}\)",
        r"[①-⑳]",
        r"[a-zA-Z][.)](?!\w)",
        r"[-*•·●▪◆■○–—]\s*\S",
    )
)
_ARTICLE_OF_LAW = 3
"""The style 第三条: what follows until the next one belongs to it."""

_UNNUMBERED = len(_STYLES)
# 一、, (一), 1., (1), ①, a., -: the first item of a list, or one that may be
_FIRST = re.compile(r"\(?(?:[一1a]|①)[、.)]|①|[-*•·●▪◆■○–—]")

# 下列条件, 如下: a line that leads to what follows it, with or without a colon
_LEADING = re.compile(r"(?:下列|以下|如下)[^。]{0,12}[:：]?$|[:：]$")
# 单位：万元, 表1 各街道床位, 见下表
_CAPTION = re.compile(r"表\s?\d|[附下如]表|单位\s?[:：]|统计表|一览表|情况表|明细表")
# 1,234.5, 60%, -3, 12元, an empty cell or a dash; 2020年 names a column
_VALUE = re.compile(r"[-+−]?[\d,]*\.?\d+\s?(?:%|‰|(?![年月日])[\u4e00-\u9fff]{1,2})?|[-—/]?")
_SHORT_LINE = 80
"""Columns of an item that no mark shows to be one, or of a line above a table that names it."""

_LONG_QUESTION = 80
"""Characters of a question from which what it tells before it asks is a paragraph by itself."""

_SHORT_NAME = 40
"""Columns of a line that names the value on the line below it: 光明街道办事处路灯管理所 has 24."""

_ENDS = frozenset("。!?;")

_CAPTION_LINES = 2
"""Lines above a table that may be its caption: 表1 各街道床位, then 单位：张."""


class Part(NamedTuple):
    """A line of the article.

    `part` is a role, such as 出处, or empty for text; `kind`, `level` and `page` are those of a
    `Line`.
    """

    text: str
    part: str = ""
    kind: str = ""
    level: int = 0
    page: int | None = None


def link(parts: Sequence[Part], headings: Sequence[bool], title: str) -> tuple[UnitSpan, ...]:
    """The units of the text that the parts make, one a line; a line with several articles of a law
    gives one for each.

    `headings` tells which parts are headings, `title` is the role of a title.
    """
    linker = _Linker()
    titles = [i for i, part in enumerate(parts) if part.part == title]
    start = 0
    for i, part in enumerate(parts):
        span = Span(start, start + len(part.text))
        start = span.end + 1
        if part.part:
            linker.label(part, span, is_title=i in titles[:1])
        elif headings[i]:
            linker.heading(part, span)
        elif part.kind in ("row", "header"):
            linker.row(part, span)
        else:
            for piece in _pieces(part, span):
                linker.text(*piece)
    return tuple(linker.finished())


def _pieces(part: Part, span: Span) -> Iterator[tuple[Part, Span]]:
    """A line, cut where another article of a law begins in it, or behind what a long question tells
    before it asks.
    """
    starts = articles_within(fold(part.text)) if not part.kind else []
    if part.kind == "question" and len(part.text) > _LONG_QUESTION:
        starts = _first_asking(part.text)
    ends = [*starts, len(part.text)]
    for start, end in pairwise([0, *ends]):
        text = part.text[start:end].rstrip()
        is_told = part.kind == "question" and end < ends[-1]
        kind = "remark" if is_told else part.kind
        piece = part._replace(text=text, kind=kind)
        yield piece, Span(span.start + start, span.start + start + len(text))


def _first_asking(text: str) -> list[int]:
    """Where the first sentence with a question mark begins, unless the text begins with it.

    A sentence is whole, however long, with all its clauses between semicolons.
    """
    first, before = 0, ""
    for start, end in sentences(text, limit=len(text)):
        if before != ";":
            first = start
        if ends_with_question(text[start:end]):
            return [first] if first else []
        before = fold(text[end - 1])
    return []


class _Lead(NamedTuple):
    """A line that leads to items, and the style and level of these once the first is known."""

    span: Span
    inner: int | None
    level: int = 0


class _Row(NamedTuple):
    part: Part
    span: Span


class _Linker:
    """Goes through the lines from top to bottom and remembers what may still lead to the next."""

    def __init__(self) -> None:
        self._units: list[UnitSpan] = []
        self._headings: list[tuple[int, Span]] = []
        self._leads: list[_Lead] = []
        self._interrupted: list[_Lead] = []
        self._article_of_law: Span | None = None
        self._question: Span | None = None
        self._table: list[_Row] = []
        self._above: list[_Row] = []

    def finished(self) -> list[UnitSpan]:
        """The units of all lines given."""
        self._end_table()
        return self._units

    def label(self, part: Part, span: Span, is_title: bool) -> None:
        """A line about the article."""
        self._end_table()
        self._end_block()
        self._add(part, span, "heading" if is_title else "label", linked=False)

    def heading(self, part: Part, span: Span) -> None:
        """A heading: it ends those of its level and below."""
        self._end_table()
        self._end_block()
        level = part.level or 10 + _style(part.text)
        while self._headings and self._headings[-1][0] >= level:
            self._headings.pop()
        self._add(part, span, "heading")
        self._headings.append((level, span))

    def row(self, part: Part, span: Span) -> None:
        """A row of a table; the rows are linked at its end, when all are known."""
        if part.kind == "header" and self._table and self._table[-1].part.kind != "header":
            self._end_table()
        self._table.append(_Row(part, span))

    def text(self, part: Part, span: Span) -> None:
        """A line that is no heading and no row."""
        self._end_table()
        style = _style(part.text)
        if part.kind == "question":
            self._end_block()
            self._add(part, span, "question")
            self._question = span
        elif part.kind == "remark":
            self._end_block()
            self._add(part, span, "paragraph")
            self._question = _last_sentence(part.text, span)
        elif part.kind == "turn":
            self._end_block()
            self._add(part, span, "paragraph")
        elif part.kind == "answer":
            self._add(part, span, "answer", self._of_question())
        elif part.kind == "code":
            self._add(part, span, "code", self._of_leads())
        elif style == _ARTICLE_OF_LAW:
            self._end_block()
            self._add(part, span, "paragraph")
            self._article_of_law = span
        elif self._is_item(part, style):
            self._add(part, span, "item", self._of_item(part, style))
        else:
            named = self._name_above(part)
            self._interrupted, self._leads = self._leads or self._interrupted, []
            self._add(part, span, "paragraph", (*named, *self._of_question(), *self._of_law()))
        if part.kind not in ("question", "code") and _leads_on(part.text):
            self._leads.append(_Lead(_last_sentence(part.text, span), None))

    def _name_above(self, part: Part) -> tuple[Span, ...]:
        """The line above a line that is a value alone: it says of what. 光明街, then 904."""
        if not self._above or not _is_value(part.text):
            return ()
        above = self._above[-1]
        is_name = width(above.part.text) <= _SHORT_NAME and not _is_value(above.part.text)
        ends = fold(above.part.text)[-1:] in _ENDS
        return () if above.part.part or not is_name or ends else (above.span,)

    def _is_item(self, part: Part, style: int) -> bool:
        """Whether a line is an item: it is marked as one, or it stands below a line that leads to it."""
        if not self._leads and self._goes_on(part, style):
            self._leads = self._interrupted
        if part.kind == "item" or (style < _UNNUMBERED and self._leads):
            return True
        if not self._leads or width(part.text) > _SHORT_LINE:
            return False
        above = self._units[-1]
        below_lead = self._leads[-1].span.end == above.end
        previous = self._above[-1].part.text if self._above else ""
        goes_on = above.kind == "item" and fold(previous[-1:]) in ";,、"
        return goes_on or (below_lead and not fold(part.text).endswith("。"))

    def _goes_on(self, part: Part, style: int) -> bool:
        """Whether a line is a later item of a list in which a paragraph stands: (二) below it."""
        is_later = style < _UNNUMBERED and not _FIRST.match(fold(part.text[:12]))
        return is_later and any(lead.inner == style for lead in self._interrupted)

    def _of_item(self, part: Part, style: int) -> tuple[Span, ...]:
        """The lead lines of an item, nearest first."""
        key = style if style < _UNNUMBERED else _UNNUMBERED + part.level
        for depth, lead in enumerate(self._leads):
            if lead.inner == key and (not part.level or lead.level in (0, part.level)):
                del self._leads[depth + 1 :]
                break
        else:
            self._open_list(part, key)
        return (*self._of_leads(), *self._of_law(), *self._of_question())

    def _open_list(self, part: Part, key: int) -> None:
        """Takes an item as the first of its list: the last line that leads on is its lead.

        Of a list inside an item it is that item.
        """
        if self._is_nested(part):
            self._leads.append(_Lead(self._above[-1].span, key, part.level))
            return
        while self._leads and self._leads[-1].inner not in (None, key):
            self._leads.pop()
        if self._leads:
            self._leads[-1] = self._leads[-1]._replace(inner=key, level=part.level)
        elif part.kind == "item" and self._units and self._units[-1].kind == "paragraph":
            above = self._above[-1]
            self._leads.append(_Lead(_last_sentence(above.part.text, above.span), key, part.level))

    def _is_nested(self, part: Part) -> bool:
        """Whether the format sets an item deeper than the item above it, which does not lead on."""
        if not self._above or self._units[-1].kind != "item":
            return False
        above = self._above[-1].part
        return 0 < above.level < part.level and not _leads_on(above.text)

    def _of_leads(self) -> tuple[Span, ...]:
        return tuple(lead.span for lead in reversed(self._leads))

    def _of_law(self) -> tuple[Span, ...]:
        """The first line of the article of a law that is open, unless a lead is a part of it."""
        first = self._article_of_law
        if first is None or any(first.start <= lead.span.start < first.end for lead in self._leads):
            return ()
        return (first,)

    def _of_question(self) -> tuple[Span, ...]:
        return (self._question,) if self._question else ()

    def _end_block(self) -> None:
        """Ends lists, the article of a law, and the answer that are open."""
        self._leads = []
        self._interrupted = []
        self._article_of_law = None
        self._question = None

    def _end_table(self) -> None:
        """Links the rows of the table above, if there is one."""
        rows, self._table = self._table, []
        if not rows:
            return
        headers = _headers(rows)
        caption = self._caption()
        names = tuple(row.span for row in reversed(rows[:headers]))
        for i, row in enumerate(rows):
            if i < headers:
                self._add(row.part, row.span, "header", caption)
            else:
                self._add(row.part, row.span, "row", (*names, *caption))
        self._leads = []

    def _caption(self) -> tuple[Span, ...]:
        """The lines above a table that say what it is, nearest first."""
        found: list[Span] = []
        for row, unit in zip(
            self._above[: -_CAPTION_LINES - 1 : -1], self._units[::-1], strict=False
        ):
            text = row.part.text
            names_table = bool(_CAPTION.search(text)) or bool(_LEADING.search(text))
            is_title_of_table = not found and width(text) <= _SHORT_LINE and fold(text)[-1] != "。"
            if unit.kind not in ("paragraph", "label") or row.part.part:
                break
            if not names_table and not is_title_of_table:
                break
            found.append(_last_sentence(text, row.span) if len(text) > _SHORT_LINE else row.span)
        return tuple(found)

    def _add(
        self,
        part: Part,
        span: Span,
        kind: Kind,
        context: tuple[Span, ...] = (),
        linked: bool = True,
    ) -> None:
        headings = tuple(span for _, span in reversed(self._headings)) if linked else ()
        self._units.append(UnitSpan(*span, kind, (*context, *headings), part.page))
        self._above.append(_Row(part, span))
        del self._above[:-_CAPTION_LINES]


def _is_value(text: str) -> bool:
    """Whether a line is a number with its unit, and nothing else."""
    folded = fold(text).strip()
    return bool(folded) and any(map(str.isdigit, folded)) and bool(_VALUE.fullmatch(folded))


def _style(text: str) -> int:
    """The number of the first of `_STYLES` with which a line begins, or `_UNNUMBERED`."""
    head = fold(text[:12])
    for number, pattern in enumerate(_STYLES):
        if pattern.match(head):
            return number
    return _UNNUMBERED


def _leads_on(text: str) -> bool:
    """Whether a line leads to what follows: it ends with a colon, or with 如下 and the like."""
    return introduces(text) or bool(_LEADING.search(text))


def _last_sentence(text: str, span: Span) -> Span:
    """The span of the last sentence of a line."""
    start, end = list(_sentences(text))[-1]
    return Span(span.start + start, span.start + end)


def _sentences(text: str) -> Iterator[tuple[int, int]]:
    yield from sentences(text) or [(0, len(text))]


def _headers(rows: Sequence[_Row]) -> int:
    """How many rows at the top of a table hold the names of its columns.

    Where the format does not say, it is one if its cells are words and those below are values.
    """
    marked = 0
    while marked < len(rows) and rows[marked].part.kind == "header":
        marked += 1
    if marked or len(rows) < 2:
        return marked if marked < len(rows) else 0
    first, *others = [_values(row.part.text) for row in rows]
    return int(not first and any(others))


def _values(text: str) -> int:
    """How many cells of a row are values and no words."""
    cells = [cell.strip() for cell in text.split(CELL_BAR)]
    return sum(bool(cell and _VALUE.fullmatch(cell)) for cell in cells)
