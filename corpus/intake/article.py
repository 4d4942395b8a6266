"""Makes an article of a page: drops what surrounds it, and turns what belongs to it into sections
and fields.
"""

from __future__ import annotations

import re
from itertools import groupby
from typing import NamedTuple

from corpus.document import Section
from corpus.intake.boilerplate import (
    COUNT,
    Sheet,
    Title,
    article_lines,
    find_title,
    is_numbered,
    read_sheet,
)
from corpus.intake.byline import authors_in, authors_in_dateline, find_date, source_in
from corpus.intake.page import Page, ends_sentence, fold, width
from corpus.intake.portals import META, Role, is_prose, is_stamp, marks

TITLE = "标题"
_LABEL_WIDTH = 16
"""Columns of an editor's note that is only its label, so that the note itself is the next line."""

_PARAGRAPH = 90
"""Columns from which a line is a paragraph, under which a heading may stand."""

_LEADS = 2
"""Paragraphs that may stand before the source line."""

# 发布时间 of "成文日期:2020-11-20 发布时间:2020-12-05"
_ISSUED = re.compile(r"(?:发布|发表|公开|印发)(?:时间|日期|于)?|Published|Posted", re.IGNORECASE)


class Article(NamedTuple):
    """The article of a page: its title, text and sections, and the fields parsed from them."""

    title: str
    text: str
    sections: tuple[Section, ...]
    authors: tuple[str, ...]
    published: str
    source: str


class _Part(NamedTuple):
    """A line of the article, and its part: a role, TITLE, or empty for text."""

    text: str
    part: str
    kind: str = ""


def clean(page: Page) -> Article:
    """Cleans a page. Bare prose is kept whole; of a portal's page only the article is kept."""
    sheet = read_sheet(page)
    title = find_title(sheet, page)
    parts = _parts(sheet, title, article_lines(sheet, title))
    return Article(
        title.text,
        "\n".join(part.text for part in parts),
        _sections(parts),
        _authors(parts) or authors_in(f"作者:{page.author}") or authors_in(f"By {page.author}"),
        _published(parts) or page.date,
        _source(parts) or page.site,
    )


def _parts(sheet: Sheet, title: Title, kept: list[int]) -> list[_Part]:
    """The parts of the article from the lines `kept` of the page, in order."""
    prose = [i for i in kept if sheet.roles[i] is Role.PROSE and i != title.line]
    first, last = (prose[0], prose[-1]) if prose else (len(sheet), -1)
    parts: list[_Part] = []
    sourced = False
    for i in kept:
        line, role = sheet.lines[i], sheet.roles[i]
        previous = parts[-1] if parts else _Part("", "")
        if i == title.line:
            parts.append(_Part(title.text, TITLE))
        elif previous.part == TITLE and line.text.startswith(("—", "--")) and role is Role.SHORT:
            parts.append(_Part(line.text, TITLE))
        elif role is Role.SOURCE or (role is Role.STAMP and i < first and not sourced):
            outer = not first <= i <= last or (not sourced and sheet.solids(first, i) <= _LEADS)
            sourced = sourced or outer
            parts.append(
                _Part(
                    _without_buttons(line.text) if outer else line.text,
                    Role.SOURCE if outer else "",
                )
            )
        elif role in META | {Role.NOTE} or (
            previous.part == Role.NOTE and width(previous.text) < _LABEL_WIDTH
        ):
            parts.append(_Part(line.text, role if role in META else Role.NOTE))
        else:
            text = marks().glued.sub("", line.text).strip() if sheet.portal else line.text
            parts.append(_Part(text, "", line.kind))
    return [part for part in parts if part.text]


def _without_buttons(text: str) -> str:
    """A source line without the buttons behind it."""
    found = marks().cuts.search(fold(text))
    return text[: found.start()].strip() if found else text


def _sections(parts: list[_Part]) -> tuple[Section, ...]:
    """The sections of the text that the parts make, one a line."""
    keys: list[tuple[str, int]] = []
    heading, number, headed = "", 0, False
    for i, part in enumerate(parts):
        headed = not part.part and _is_heading(parts, i, headed)
        if headed:
            heading, number = part.text, number + 1
        if part.part == Role.BYLINE:
            heading = ""
        keys.append((str(part.part or heading), 0 if part.part else number))
    sections, start = [], 0
    for (heading, _), group in groupby(zip(keys, parts, strict=True), key=lambda pair: pair[0]):
        length = sum(len(part.text) + 1 for _, part in group)
        sections.append(Section(heading, start, start + length - 1))
        start += length
    return tuple(sections)


def _is_heading(parts: list[_Part], i: int, below_heading: bool) -> bool:
    """Whether a part is a heading: marked so by the format, or a short line with a paragraph under
    it.
    """
    text, _, kind = parts[i]
    below = parts[i + 1] if i + 1 < len(parts) else _Part("", "", "none")
    if kind:
        return kind == "heading"
    if (
        below.part
        or below.kind not in ("", "heading")
        or not 4 <= width(text) <= 80
        or fold(text[-1]) in "。,、;:.…"
    ):
        return False
    if re.match(
        r"[一二三四五六七八九十]+、|第[一二三四五六七八九十\d]+[章节编]", text
    ) and not ends_sentence(text):
        return width(below.text) > width(text) or is_numbered(below.text)
    above = parts[i - 1] if i else _Part("", TITLE)
    led = (
        below_heading
        or bool(above.part)
        or ends_sentence(above.text)
        or bool(above.kind)
        or width(above.text) > _PARAGRAPH
    )
    paragraph = is_prose(below.text) and width(below.text) >= max(24, 1.3 * width(text))
    return (
        led
        and paragraph
        and not ends_sentence(text)
        and not re.match(rf"[•·●▪◆*-]|\((?!{COUNT}\))", fold(text))
    )


def _authors(parts: list[_Part]) -> tuple[str, ...]:
    """The authors named in source lines and bylines, or else in the dateline of a report."""
    lines = [
        p.text
        for p in parts
        if p.part == Role.SOURCE or (p.part == Role.BYLINE and _is_labelled(p.text))
    ]
    more = [f"作者:{p.text}" for p in parts if p.part == Role.BYLINE and not _is_labelled(p.text)]
    named: list[str] = []
    for line in (*lines, *more):
        named += authors_in(line)
    if not named:
        paragraphs = [part.text for part in parts if not part.part]
        for paragraph in paragraphs[:2]:
            named += authors_in_dateline(paragraph)
    return tuple(dict.fromkeys(named))


def _is_labelled(byline: str) -> bool:
    """Whether a byline begins with a label such as 作者."""
    return marks().byline.match(fold(byline)) is not None


def _published(parts: list[_Part]) -> str:
    """The date of the source lines, or of the signature at the end; ISO, or empty."""
    lines = [p.text for p in parts if p.part == Role.SOURCE]
    issued = [line[found.start() :] for line in lines if (found := _ISSUED.search(line))]
    signed = [p.text for p in parts[-3:] if not p.part and is_stamp(p.text)]
    days = [day for line in (*issued, *lines, *signed) if (day := find_date(line))]
    return days[0].isoformat() if days else ""


def _source(parts: list[_Part]) -> str:
    """The publisher in the source lines, those with a label first, or empty."""
    lines = [p.text for p in parts if p.part == Role.SOURCE]
    labelled = [
        line
        for line in lines
        if re.search(r"来\s?源|出处|转自|摘自|Source|发布机构|发布单位|发文机关", line)
    ]
    dated = [line for line in lines if find_date(line)]
    return next((name for line in (*labelled, *dated) if (name := source_in(line))), "")
