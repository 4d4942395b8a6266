"""Tells which lines of a web page are the article's, from what an extractor found."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from itertools import islice
from typing import Any, NamedTuple

from lxml.etree import iterwalk

from corpus.intake.page import Line, ends_sentence, tidy, width
from corpus.intake.portals import Role, role_of
from corpus.intake.web.lines import PlacedLine

SHORTEST_BODY = 60
"""Characters of an extracted article that is believed. A shorter one is a caption or a notice."""

_SURE = 10
"""Characters of a line that is the article's wherever it occurs in it.

A shorter one may occur by chance.
"""

_PROSE = 40
"""Columns of a sentence that shows where the article stands."""

_MOST = 0.85
"""Share of the prose that the element of the article holds at least: the rest are teasers and
comments, which an extractor takes for text now and then."""

_MISSED = 0.3
"""Share of the prose of a page from which the extractor has found the article: on pages of WeChat
it sometimes finds nothing but the notices around it, a tenth of the prose."""

_LONG_PARAGRAPH = 300
"""Characters from which a longer paragraph shows no more, so that one alone is not the article."""

_BOXES = frozenset(("div", "section", "article", "main", "td", "body", "html", "center"))
"""Elements that can hold an article."""

_PARAGRAPHS = frozenset(("p", "item", "cell", "quote", "head", "li", "blockquote"))
_BREAKS = frozenset(("lb", "br"))
"""Elements with lines of text, and what breaks a line: as the extractor calls them, and as a page does."""

_BLOCKS = (*_BOXES, *_PARAGRAPHS)

_LEAD_LINES, _LEAD_PARENTS = 12, 2
"""Lines between the title and the article among which an abstract may stand, and how many elements
around that of the article may hold it."""

_LONGEST_TEASER = 200
"""Characters below the title of a teaser: one or two sentences and a date."""

_NAMED = 0.5
"""Share of the prose of a page that an element named as the article holds at least."""

_MARKED = (Role.NOISE, Role.STOP, Role.TRAIL)
_LONGEST_MARK = 200
"""Characters of a notice, such as 免责声明：…, by which it is known."""

# The "1." of "1. 城市", which the browser sets
_NUMBER = re.compile(r"^[\w-]{1,6}\.")
_TEXT = ("heading", "header", "row", "question", "answer", "code")
"""Kinds of lines that are text even where they are short."""

# "有46人因参…" of a teaser, but not the six dots that an author writes: 说来话长……
_CUT_OFF = re.compile(r"[^….](?:…|\.{3})$")

_DEEPEST = 200
"""Elements around a line that are looked at."""


class Judged(NamedTuple):
    """The lines of a page, each marked as outside of the article or not, and the raw article.

    `raw` are the paragraphs that the extractor found, without those around the article.
    """

    lines: list[Line]
    raw: list[str]


def judged(placed: Sequence[PlacedLine], body: Any) -> Judged:
    """Marks the lines; those that a style hides stay only where they are inside.

    What a style hides is inside if the extractor counts a line of it to the article.

    `body` is what the extractor found, or None. Where it found no article, no line is marked.
    """
    inside = _Inside(body)
    teasers = _teasers(placed)
    found = [each.line.text in inside and each.node not in teasers for each in placed]
    home = _home(placed, found) if inside.size >= SHORTEST_BODY else None
    if home is None:
        return Judged([each.line for each in placed if each.veil is None], [])
    inner = [home in set(_around(each.node)) for each in placed]
    counted = {each.veil for each, is_found in zip(placed, found, strict=True) if is_found}
    start = inner.index(True)
    lead = _lead(placed, start, home)
    lines = []
    for i, (each, is_found, is_inner) in enumerate(zip(placed, found, inner, strict=True)):
        if is_inner:
            is_shown = each.veil is None or each.veil in counted
            is_inside = is_found or (is_shown and each.line.kind != "link")
        else:
            is_inside = i in lead or (is_found and _is_beside(each, home, i > start))
        if is_inside or each.veil is None:
            lines.append(replace(each.line, outside=not is_inside))
    own = [each.line for each, is_inner in zip(placed, inner, strict=True) if is_inner]
    raw = list(_paragraphs(body, home, own))
    # Of an article that the extractor has missed, its own elements tell what it holds.
    return Judged(lines, raw or list(_paragraphs(home, home, own)))


def _paragraphs(body: Any, home: Any, lines: Sequence[Line]) -> Iterator[str]:
    """The paragraphs, items and cells in `body`, what the extractor found, that are prose of the article.

    Below its editor line, one of `lines`, what is cut off is the beginning of another article.
    """
    whole = _squeezed("".join(home.itertext()))
    editors = [_squeezed(line.text) for line in lines if role_of(line) is Role.EDITOR]
    # Above the middle, editors are named at the top.
    foot = max([len(whole) // 2, *map(whole.rfind, editors)]) if editors else len(whole)
    cursor = 0
    for text in _prose_of(body):
        squeezed = _squeezed(text)
        # They stand mostly in order, so that the next one is near.
        at = whole.find(squeezed, cursor)
        is_inside = at >= 0 or squeezed in whole[:cursor]
        cursor = max(cursor, at)
        if at > foot and _CUT_OFF.search(squeezed):
            continue
        if is_inside and role_of(Line(text[:_LONGEST_MARK])) not in _MARKED:
            yield text


def _prose_of(body: Any) -> Iterator[str]:
    """The paragraphs, items and cells in an element of the extractor or of a page that are prose.

    Of one that is none as a whole, such as an article in one paragraph above a signature, the lines.
    """
    for element in body.iter(*_PARAGRAPHS, *_BOXES):
        # A box that holds others is none that holds lines.
        if element.tag in _BOXES and next(element.iterdescendants(*_BLOCKS), None) is not None:
            continue
        lines = [tidy(line) for line in _broken_text(element).split("\n")]
        whole = tidy("".join(lines))
        for text in (whole,) if _is_counted(whole) else lines:
            if _is_counted(text):
                yield text


def _is_counted(text: str) -> bool:
    return width(text) >= _PROSE and ends_sentence(text)


def _broken_text(element: Any) -> str:
    """The text of an element, a line break where it has one."""
    pieces: list[str] = []
    for event, node in iterwalk(element, events=("start", "end", "comment", "pi")):
        if event == "start":
            pieces.append("\n" if node.tag in _BREAKS else node.text or "")
        elif node is not element:
            pieces.append(node.tail or "")
    return "".join(pieces)


def _is_beside(placed: PlacedLine, home: Any, is_begun: bool) -> bool:
    """Whether a line beside the element of the article is a part of it, if the extractor says so."""
    if _is_named_article(home) or home.getparent() not in set(_around(placed.node)):
        return False
    line = placed.line
    if not is_begun:
        return line.kind == "" and ends_sentence(line.text)
    return _is_prose(line) or line.kind in _TEXT


def _lead(placed: Sequence[PlacedLine], start: int, home: Any) -> frozenset[int]:
    """The lines of an abstract: sentences between the last heading above the article and its first
    line, `start`.
    """
    found: set[int] = set()
    around = set(islice(home.iterancestors(), _LEAD_PARENTS))
    for i in range(start - 1, max(-1, start - 1 - _LEAD_LINES), -1):
        each = placed[i]
        if each.line.kind == "heading":
            return frozenset(found)
        is_text = each.line.kind == "" and _is_prose(each.line) and ends_sentence(each.line.text)
        if is_text and each.veil is None and around & set(_around(each.node)):
            found.add(i)
    return frozenset()


def _home(placed: Sequence[PlacedLine], found: Sequence[bool]) -> Any:
    """The element of the article, or None where nothing shows it.

    It is the one that the page names as such, or the innermost that holds most of the prose that
    the extractor found, or, where the extractor missed most prose, most of all.
    """
    proses = [each for each in placed if _is_prose(each.line)]
    total = _weight(proses)
    for node, size in _shares(proses).items():
        if _is_named_article(node) and size >= _NAMED * total:
            return node
    picked = [
        each
        for each, is_found in zip(placed, found, strict=True)
        if is_found and _is_prose(each.line)
    ]
    if _weight(picked) >= _MISSED * total:
        return _holder(picked)
    holder = _holder([each for each in proses if each.veil is None])
    return None if holder is None or holder.tag in ("body", "html") else holder


def _teasers(placed: Sequence[PlacedLine]) -> frozenset[Any]:
    """The elements of lines that stand in a short item of a list under a title with a link."""
    sizes: Counter[Any] = Counter()
    titled = set()
    for each in placed:
        item = _item(each.node)
        if each.line.kind == "link":
            titled.add(item)
        else:
            sizes[item] += len(each.line.text)
    short = {item for item in titled if item is not None and sizes[item] <= _LONGEST_TEASER}
    return frozenset(each.node for each in placed if _item(each.node) in short)


def _item(node: Any) -> Any:
    """The item of a list in which an element stands, or None."""
    return next((each for each in _around(node) if each.tag == "li"), None)


def _is_named_article(node: Any) -> bool:
    """Whether the page names an element as that of its article, as WeChat and schema.org do."""
    return bool(node.get("id") == "js_content" or node.get("itemprop") == "articleBody")


def _holder(proses: Sequence[PlacedLine]) -> Any:
    """The innermost element that holds most of the lines, by weight, or None.

    It is none that can only be a paragraph, but the one around that.
    """
    total = _weight(proses)
    holders = [node for node, size in _shares(proses).items() if size >= _MOST * total]
    holder = max(holders, key=lambda node: sum(1 for _ in node.iterancestors()), default=None)
    while holder is not None and holder.tag not in _BOXES and holder.getparent() is not None:
        holder = holder.getparent()
    return holder


def _shares(proses: Iterable[PlacedLine]) -> Counter[Any]:
    """The weight of the lines in each element that holds any."""
    found: Counter[Any] = Counter()
    for each in proses:
        for node in _around(each.node):
            found[node] += _weight([each])
    return found


def _weight(proses: Iterable[PlacedLine]) -> int:
    """How much lines show where the article is: paragraphs more than teasers and captions."""
    return sum(min(len(each.line.text), _LONG_PARAGRAPH) ** 2 for each in proses)


def _is_prose(line: Line) -> bool:
    return line.kind not in ("link", "heading") and (
        ends_sentence(line.text) or width(line.text) >= _PROSE
    )


def _around(node: Any) -> Iterator[Any]:
    """An element and those around it, the innermost first."""
    yield node
    yield from islice(node.iterancestors(), _DEEPEST)


class _Inside:
    """The text of an extracted article.

    `line in inside` tells whether a line of the page belongs to it.
    """

    def __init__(self, body: Any) -> None:
        pieces: set[str] = set()
        for element in () if body is None else body.iter():
            for piece in ("".join(element.itertext()), element.text, element.tail):
                if piece:
                    pieces.add(_squeezed(piece))
        self._pieces = pieces
        self._whole = "" if body is None else _squeezed("".join(body.itertext()))
        self.size = len(self._whole)

    def __contains__(self, line: str) -> bool:
        text = _squeezed(line)
        return self._holds(text) or self._holds(_NUMBER.sub("", text))

    def _holds(self, text: str) -> bool:
        return text in self._pieces or (len(text) >= _SURE and text in self._whole)


def _squeezed(text: str) -> str:
    """The text without white space and cell bars, by which two readings of a page are compared."""
    return re.sub(r"[\s|]+", "", tidy(text))
