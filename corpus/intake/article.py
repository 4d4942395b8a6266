"""Makes an article of a page: drops what surrounds it, and parses the rest into sections and fields."""

from __future__ import annotations

import re
from itertools import groupby, pairwise
from typing import NamedTuple

from corpus.document import Section, UnitSpan
from corpus.intake.boilerplate import article_lines
from corpus.intake.byline import authors_in, authors_in_dateline, source_in
from corpus.intake.dates import find_date, find_month, without_date
from corpus.intake.heading_sequence import in_sequence
from corpus.intake.labelled_page import LabelledPage
from corpus.intake.line_roles import label_page
from corpus.intake.line_shapes import COUNT, is_numbered
from corpus.intake.page import Page, ends_sentence, fold, width
from corpus.intake.portals import META, Role, is_prose, is_stamp, marks
from corpus.intake.regulations import details, is_above_title, is_enactment, law_date
from corpus.intake.titles import Title, find_title
from corpus.intake.units import Part, link

TITLE = "标题"
_LABEL_WIDTH = 16
"""Columns of an editor's note that is only its label, so that the note itself is the next line."""

_PARAGRAPH = 90
"""Columns from which a line is a paragraph, under which a heading may stand."""

_SHORTEST_HEADING, _LONGEST_HEADING = 4, 80
"""Columns of a heading that no format marks: two characters to forty."""

_LEAST_BELOW, _WIDER_BELOW = 24, 1.3
"""A paragraph below a heading has so many columns, and is so many times as wide as the heading."""

_LEADS = 2
"""Paragraphs that may stand before the source line."""

# 发布时间 of "成文日期:2020-11-20 发布时间:2020-12-05"
_ISSUED = re.compile(r"(?:发布|发表|公开|印发)(?:时间|日期|于)?|Published|Posted", re.IGNORECASE)
# 时间:周五, 会议时间:周五
_TIME = re.compile(r"[\u4e00-\u9fff]{0,2}(?:时\s?间|日\s?期)\s?:")
_LONGEST_SIGNATURE = 60
"""Columns of the name of who signs: 某市住房和城乡建设局办公室 has 24."""

_DATED_TITLES = 3
"""Dates, each below a short line, from which they are a list of titles."""

_LONGEST_NAME = 4
"""Characters of a person's name; a body has more."""

# 来源:光明网, 转自某报, "Source: China Daily"
_SOURCE_LABEL = re.compile(r"来\s?源|出处|转自|摘自|Source|发布机构|发布单位|发文机关")
# 一、总则, 第三章 附则
_NUMBERED_HEADING = re.compile(r"[一二三四五六七八九十]+、|第[一二三四五六七八九十\d]+[章节编]")
# 地点:码头, below 时间:周五
_FIELD = re.compile(r"[\u4e00-\u9fff]{2,6}\s?:\s?\S")
# The bullet of "• 城市" and the bracket of "(见图)", but not that of "(一)城市"
_NO_HEADING = re.compile(rf"[•·●▪◆*-]|\((?!{COUNT}\))")


class Article(NamedTuple):
    """The article of a page: its title, text, sections and units, and the fields parsed from them."""

    title: str
    text: str
    sections: tuple[Section, ...]
    units: tuple[UnitSpan, ...]
    authors: tuple[str, ...]
    published: str
    source: str
    details: tuple[tuple[str, str], ...] = ()


def clean(page: Page) -> Article:
    """Cleans a page. Bare prose is kept whole; of a portal's page only the article is kept."""
    labelled = label_page(page)
    title = find_title(labelled, page)
    parts = _parts(labelled, title, article_lines(labelled, title))
    authors = (
        _authors(parts) or authors_in(f"作者:{page.author}") or authors_in(f"By {page.author}")
    )
    headings = _headings(parts)
    facts = details([fold(part.text) for part in parts], is_law=bool(labelled.law))
    enacted = law_date(facts) if labelled.law else ""
    return Article(
        title=title.text,
        text="\n".join(part.text for part in parts),
        sections=_sections(parts, headings),
        units=link(parts, headings, TITLE),
        authors=authors,
        published=enacted or _published(parts) or page.date or _month(parts)[0],
        source=_source(parts, authors) or page.site or _month(parts)[1],
        details=facts,
    )


def _parts(labelled: LabelledPage, title: Title, kept: list[int]) -> list[Part]:
    """The parts of the article from the lines `kept` of the page, in order."""
    prose = [i for i in kept if labelled.roles[i] is Role.PROSE and i != title.line]
    first, last = (prose[0], prose[-1]) if prose else (len(labelled), -1)
    parts: list[Part] = []
    has_source = False
    for i in kept:
        line, role = labelled.lines[i], labelled.roles[i]
        previous = parts[-1] if parts else Part("", "")
        is_subtitle = previous.part == TITLE and line.text.startswith(("—", "--"))
        is_dateline = role is Role.STAMP and i < first and not has_source
        if title.line is not None and title.line <= i < title.line + title.lines:
            part = Part(title.text if title.lines == 1 else line.text, TITLE)
        elif is_subtitle and role is Role.SHORT:
            part = Part(line.text, TITLE)
        elif role is Role.SOURCE or is_dateline:
            is_outside_body = not first <= i <= last
            if is_outside_body or (
                not has_source and labelled.count_paragraphs(first, i) <= _LEADS
            ):
                has_source = True
                part = Part(_without_buttons(line.text), Role.SOURCE)
            else:
                part = Part(line.text, "")
        elif role in META or role is Role.ABSTRACT:
            part = Part(line.text, role)
        elif role is Role.NOTE or _is_note_label(previous):
            part = Part(line.text, Role.NOTE)
        elif labelled.portal:
            text = marks().glued.sub("", line.text).strip()
            part = Part(text, "", line.kind, line.level, line.page)
        else:
            part = Part(line.text, "", line.kind, line.level, line.page)
        parts.append(part)
    return [part for part in parts if part.text]


def _is_note_label(part: Part) -> bool:
    """Whether a part is only the label of an editor's note, so that the note follows."""
    return part.part == Role.NOTE and width(part.text) < _LABEL_WIDTH


def _without_buttons(text: str) -> str:
    """A source line without the buttons behind it."""
    found = marks().cuts.search(fold(text))
    return text[: found.start()].strip() if found else text


def _headings(parts: list[Part]) -> list[bool]:
    """Whether each part is a heading."""
    found: list[bool] = []
    for i, part in enumerate(parts):
        below_heading = bool(found) and found[-1]
        found.append(not part.part and _is_heading(parts, i, below_heading))
    texts = ["" if part.part else part.text for part in parts]
    for i in range(len(parts)):
        if not found[i] and _may_be_heading(parts, i) and in_sequence(texts, found, i):
            found[i] = True
    return found


def _may_be_heading(parts: list[Part], i: int) -> bool:
    """Whether a part of no kind is as short as a heading, is no statement, and has text below it."""
    text = parts[i].text
    if parts[i].part or parts[i].kind or not _SHORTEST_HEADING <= width(text) <= _LONGEST_HEADING:
        return False
    has_text = i + 1 < len(parts) and not parts[i + 1].part
    return has_text and fold(text.rstrip("”’》")[-1:]) not in "。.,、;:…"


def _sections(parts: list[Part], headings: list[bool]) -> tuple[Section, ...]:
    """The sections of the text that the parts make, one a line."""
    keys: list[tuple[str, int]] = []
    heading = ""
    number = 0
    for part, is_heading in zip(parts, headings, strict=True):
        if is_heading:
            heading = part.text
            number += 1
        if part.part == Role.BYLINE:
            heading = ""
        if part.part:
            keys.append((str(part.part), 0))
        else:
            keys.append((heading, number))
    sections = []
    start = 0
    for (heading, _), group in groupby(zip(keys, parts, strict=True), key=lambda pair: pair[0]):
        length = sum(len(part.text) + 1 for _, part in group)
        sections.append(Section(heading, start, start + length - 1))
        start += length
    return tuple(sections)


def _is_heading(parts: list[Part], i: int, below_heading: bool) -> bool:
    """Whether a part is a heading: the format says so, or it is short and a paragraph follows it.

    `below_heading` says whether the part before it is one.
    """
    text, kind = parts[i].text, parts[i].kind
    if kind:
        return kind == "heading"
    below = parts[i + 1] if i + 1 < len(parts) else Part("", "", "none")
    is_above_text = not below.part and below.kind in ("", "heading", "question", "remark", "turn")
    if not is_above_text or not _SHORTEST_HEADING <= width(text) <= _LONGEST_HEADING:
        return False
    if fold(text[-1]) in "。,、;:.…" or ends_sentence(text) or is_enactment(fold(text)):
        return False
    if _NUMBERED_HEADING.match(text):
        return width(below.text) > width(text) or is_numbered(fold(below.text))
    above = parts[i - 1] if i else Part("", TITLE)
    if _FIELD.match(fold(text)) and _FIELD.match(fold(above.text)):
        return False
    if not below_heading and not _ends_part(above):
        return False
    least = max(_LEAST_BELOW, _WIDER_BELOW * width(text))
    is_above_paragraph = is_prose(below.text) and width(below.text) >= least
    return is_above_paragraph and not _NO_HEADING.match(fold(text))


def _ends_part(part: Part) -> bool:
    """Whether a heading may follow a part: it is no line that goes on in the next."""
    if part.part or part.kind:
        return True
    return ends_sentence(part.text) or width(part.text) > _PARAGRAPH


def _authors(parts: list[Part]) -> tuple[str, ...]:
    """The authors named in source lines and bylines, or else in the dateline of a report."""
    labelled: list[str] = []
    unlabelled: list[str] = []
    for part in parts:
        if part.part == Role.SOURCE or (part.part == Role.BYLINE and _is_labelled(part.text)):
            labelled.append(part.text)
        elif part.part == Role.BYLINE:
            unlabelled.append(f"作者:{part.text}")
    authors: list[str] = []
    for line in (*labelled, *unlabelled):
        authors += authors_in(line)
    if not authors:
        paragraphs = [part.text for part in parts if not part.part]
        for paragraph in paragraphs[:2]:
            authors += authors_in_dateline(paragraph)
    return tuple(dict.fromkeys(authors))


def _is_labelled(byline: str) -> bool:
    """Whether a byline begins with a label such as 作者."""
    return marks().byline.match(fold(byline)) is not None


def _published(parts: list[Part]) -> str:
    """The date of the source lines, of the signature, or of the meeting that is recorded; ISO, or
    empty.
    """
    lines: list[str] = []
    events: list[str] = []
    for part, below in pairwise([*parts, Part("", "")]):
        if part.part == Role.SOURCE:
            (events if _is_of_event(part, below) else lines).append(part.text)
    issued = []
    for line in lines:
        label = _ISSUED.search(line)
        if label:
            issued.append(line[label.start() :])
    for line in (*issued, *lines, *_signed(parts), *events):
        day = find_date(line)
        if day:
            return day.isoformat()
    return ""


def _is_of_event(part: Part, below: Part) -> bool:
    """Whether a line gives the time of what is recorded, and not of the record: above 地点:码头."""
    is_record = not below.part and bool(_FIELD.match(fold(below.text)))
    return is_record and bool(_TIME.match(fold(part.text)))


def _signed(parts: list[Part]) -> list[str]:
    """The dates below the name of who signs, wherever an appendix follows, and those of the last
    lines. Many of such lines are a list of titles and dates.
    """
    signed = []
    for above, part in pairwise(parts):
        is_plain = not (part.part or part.kind or above.part or above.kind)
        is_date = is_stamp(part.text) and not without_date(part.text)
        if is_plain and is_date and _may_sign(fold(above.text)):
            signed.append(part.text)
    last = [part.text for part in parts[-3:] if not part.part and is_stamp(part.text)]
    return (signed if len(signed) < _DATED_TITLES else []) + last


def _may_sign(text: str) -> bool:
    """Whether a line may be the name of a body: short, no sentence, no field and no item."""
    is_short = _SHORTEST_HEADING <= width(text) <= _LONGEST_SIGNATURE
    return is_short and not (ends_sentence(text) or ":" in text or "," in text or is_numbered(text))


def _month(parts: list[Part]) -> tuple[str, str]:
    """The month and the body in a line below the title or at the end that gives no day; may be empty."""
    head = [i for i, part in enumerate(parts) if part.part == TITLE]
    top = parts[head[-1] + 1 : head[-1] + 2] if head else []
    for part in (*top, *parts[-1:]):
        month, before = find_month(part.text)
        if month and part.kind == "":
            is_body = part in top and len(before) > _LONGEST_NAME and " " not in before
            return month, before if is_body else ""
    return "", ""


def _source(parts: list[Part], authors: tuple[str, ...]) -> str:
    """The publisher in the source lines, those with a label first, or empty."""
    lines = [part.text for part in parts if part.part == Role.SOURCE]
    labelled = [line for line in lines if _SOURCE_LABEL.search(line)]
    # 2012年1月1日 施行 of a law names no publisher
    dated = [line for line in lines if find_date(line) and not is_above_title(fold(line))]
    for line in (*labelled, *dated):
        name = source_in(line, authors)
        if name:
            return name
    return ""
