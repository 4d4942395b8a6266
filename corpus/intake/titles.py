"""Finds the title of a page among its lines, and judges which line fits best."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from typing import NamedTuple

from corpus.intake.labelled_page import LabelledPage
from corpus.intake.line_shapes import is_bulleted, is_numbered
from corpus.intake.page import Line, Page, fold, width
from corpus.intake.portals import LEFT_OUT, META, Role, is_menu, marks
from corpus.intake.regulations import (
    is_above_title,
    is_letterhead,
    names_law,
    names_office,
    names_official,
)

# 某市政府, 光明网, 理论频道
_NAME_OF_SITE = re.compile(r"(?:政府|[网局委厅报]|委员会|频道|客户端)$")
# 某省人民政府网站, 某某门户: no title, even where the format names it as one
_SITE = re.compile(r"(?:网站|门户|官网|首页|主页)$")
# 图为街景, 街景。张三 摄, 图1 街景; 违法和不良信息举报; 问:几点开门?; top top top
_NO_TITLE = re.compile(
    r"图为|[上下左右]图|图\s?\d|.*(?:[。\s(][^。\s]{0,6}摄|[摄供制配]图)\)?$|"
    r".*(?:举报|投诉|纠错|侵权)(?:电话|邮箱|热线|平台|中心|专区|入口)$|(?:(?:违法|不良|信息|和|与|我要|在线|网上|点击|内容|版权|投诉|纠错|侵权)+)?(?:举报|投诉|纠错)$|"
    r"[问答QA]\d*\s*[:.、]|(\w+)(?:\s+\1)+$",
    re.IGNORECASE,
)
# 数字赋能社区治理的: goes on in the next line
_UNFINISHED = re.compile(r"[的和与及暨]$")

_HEAD_LINES = 15
"""Lines of the head of a page that has no paragraph."""

_TRAIL_LINES = 40
"""Lines from the top in which a breadcrumb may stand."""

_NEAR_DATE = 4
"""Lines between the title and a line with source or date, at most."""

_TITLE_LINES = 3
"""Lines over which a title is set, at most."""

_TITLE_WIDTH = 40
"""Width from which a longer title fits no better."""


class Title(NamedTuple):
    """A title as printed, and the line where it first stands by itself; None where the page does
    not print it. `lines` is over how many lines it is set.
    """

    text: str
    line: int | None
    lines: int = 1


def find_title(labelled: LabelledPage, page: Page) -> Title:
    """Finds the title: the name of a law, repeated, named by the format, near the source line, or
    the first line with such a shape.
    """
    top = _head_end(labelled)
    shaped = [i for i in range(top) if _is_title(labelled.lines[i], labelled.roles[i])]
    for i in range(top):
        prefix = marks().prefix.match(labelled.text(i))
        named = labelled.lines[i].text[prefix.end() :].strip() if prefix else ""
        if named:
            alone = (j for j in shaped if labelled.text(j) == fold(named))
            return Title(named, next(alone, i))
    laws = [i for i in shaped if labelled.law and names_law(labelled.text(i))]
    if laws:
        return _set_title(labelled, laws[0])
    named_by_format = [
        i
        for i in shaped
        if page.title and width(labelled.text(i)) >= 8 and labelled.text(i) in fold(page.title)
    ]
    if named_by_format:
        best = max(named_by_format, key=lambda i: (len(labelled.text(i)), -i))
        return Title(labelled.lines[best].text, best)
    if page.title.strip() and not (shaped and _SITE.search(page.title)):
        standing = [i for i in range(top) if labelled.text(i) == fold(page.title)]
        longer = [i for i in shaped if _is_longer_form(labelled, i, fold(page.title))]
        if longer and not standing:
            return Title(labelled.lines[longer[0]].text, longer[0])
        return Title(page.title, standing[0] if standing else None)
    line = _guess_title(labelled, shaped) if labelled.portal else _first_title(labelled, shaped)
    return Title("", None) if line is None else _set_title(labelled, line)


def _is_title(line: Line, role: Role) -> bool:
    """Whether a line has the shape of a title."""
    text = fold(line.text)
    shaped = (
        role in (Role.SHORT, Role.PROSE) and 4 <= width(text) <= 130 and text[-1] not in "。,、;:.…"
    )
    listed = is_numbered(text) or is_menu(text) or is_bulleted(text)
    other = _NO_TITLE.match(text) or is_above_title(text)
    return shaped and line.kind in ("", "heading") and not listed and not other


def _is_longer_form(labelled: LabelledPage, i: int, named: str) -> bool:
    """Whether heading `i` has all characters of the title that the format names, in their order:
    枫香社区三月活动安排 of 社区活动安排.
    """
    text = labelled.text(i)
    rest = iter(text)
    is_near = width(named) >= 8 and len(named) < len(text) <= 2 * len(named)
    return labelled.lines[i].kind == "heading" and is_near and all(char in rest for char in named)


def _first_title(labelled: LabelledPage, shaped: list[int]) -> int | None:
    """The title of a text that no portal surrounds: its first line, below a letterhead and lines
    such as secrecy, number and date, where it has the shape of one.
    """
    official = next((i for i in shaped if names_official(labelled.text(i))), None)
    for i, role in enumerate(labelled.roles):
        text = labelled.text(i)
        if role in LEFT_OUT or role is Role.STAMP or role in META or is_above_title(text):
            continue
        heads = official is not None and i < official and is_letterhead(text)
        if not heads:
            return i if i in shaped else None
    return None


def _set_title(labelled: LabelledPage, line: int) -> Title:
    """The title that begins with line `line`, with those in which it goes on."""
    texts = [labelled.lines[line].text]
    for i in range(line + 1, min(line + _TITLE_LINES, len(labelled))):
        if not _is_title(labelled.lines[i], labelled.roles[i]):
            break
        texts.append(labelled.lines[i].text)
    count = _lines_of_title([fold(text) for text in texts])
    return Title("".join(texts[:count]), line, count)


def _lines_of_title(texts: Sequence[str]) -> int:
    """Over how many of the first lines `texts` a title is set: 某市政府 / 关于加强养犬管理 / 的通知."""
    first = texts[0]
    if len(texts) == 1 or names_official(first):
        return 1
    if "关于" in first or (names_office(first) and texts[1].startswith("关于")):
        for count in range(2, len(texts) + 1):
            if names_official("".join(texts[:count])):
                return count
    return 2 if _UNFINISHED.search(first) else 1


def _guess_title(labelled: LabelledPage, shaped: list[int]) -> int | None:
    """The line of a portal's page that is most likely the title, among those that have the shape of
    one.
    """
    count = Counter(labelled.text(i) for i in shaped)
    repeated = [i for i in shaped if count[labelled.text(i)] > 1 and width(labelled.text(i)) >= 12]
    headings = [i for i in shaped if labelled.lines[i].kind == "heading"]
    dated = [
        i for i in range(_head_end(labelled)) if labelled.roles[i] in (Role.SOURCE, Role.STAMP)
    ]
    near = [
        i
        for i in shaped
        if dated
        and dated[0] - _NEAR_DATE <= i <= dated[-1] + _NEAR_DATE
        and not is_subtitle(labelled.text(i))
    ]
    near.sort(key=lambda i: _fitness(labelled, i, dated[0]), reverse=True)
    long = [
        i for i in shaped if width(labelled.text(i)) >= 14 and not is_subtitle(labelled.text(i))
    ]
    return next(iter([*repeated, *headings, *near, *long, *shaped]), None)


def _fitness(labelled: LabelledPage, i: int, source: int) -> int:
    """How well line `i` fits as the title beside the line `source`, in columns."""
    text = labelled.text(i)
    fitness = min(width(text), _TITLE_WIDTH) - 2 * abs(i - source)
    fitness += _TITLE_WIDTH if names_official(text) else 0
    fitness -= _TITLE_WIDTH // 2 if _NAME_OF_SITE.search(text) else 0
    above_text = i > source and i + 1 < len(labelled) and labelled.is_paragraph(i + 1)
    return fitness - (_TITLE_WIDTH // 2 if above_text else _TITLE_WIDTH // 4 if i > source else 0)


def _head_end(labelled: LabelledPage) -> int:
    """The first line below the head of the page, in which the title stands."""
    trails = [i for i, role in enumerate(labelled.roles[:_TRAIL_LINES]) if role is Role.TRAIL]
    below = range(trails[-1] if trails else 0, len(labelled))
    paragraph = next(
        (i for i in below if labelled.is_paragraph(i)), min(len(labelled), _HEAD_LINES)
    )
    return max(paragraph, 1) if len(labelled) > 1 else 0


def is_subtitle(text: str) -> bool:
    """Whether a line is a subtitle: ——以杭州为例."""
    return text.startswith(("—", "--", "——"))
