"""Reads web pages: every visible line in order, and whether trafilatura counts it to the article."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

import trafilatura

from corpus.intake.decode import decode
from corpus.intake.page import Line, Page, ends_sentence, is_wide, tidy, width

# Elements whose text is not read: <nav>, <script>.
_HIDDEN = re.compile(
    "head|script|style|noscript|template|nav|aside|footer|form|button|select|textarea|iframe|svg|video|audio"
)
# Elements that do not begin a new line: <b>, <span>.
_INLINE = re.compile(
    "a|abbr|b|bdi|bdo|big|cite|code|del|dfn|em|font|i|ins|kbd|label|mark|q|s|samp|small|span|strong|sub|sup|time|tt|u|var"
)
_HEADINGS = frozenset(("h1", "h2", "h3", "h4", "h5", "h6"))
# style="display:none"
_UNSHOWN = re.compile(r"display\s*:\s*none|visibility\s*:\s*hidden", re.IGNORECASE)
_LONGEST_CELL = 200
"""Characters of a table cell.

A longer one shows that the table lays out the page and holds no data.
"""

_LONGEST_HEADING = 80
"""Columns of a bold line that may be a heading."""

_SHORTEST_BODY = 60
"""Characters of an extracted article that is believed. A shorter one is a caption or a notice."""

_SURE = 10
"""Characters of a line that is the article's wherever it occurs in it.

A shorter one may occur by chance.
"""


def read_html(path: Path) -> Page:
    """Reads an HTML file.

    Where trafilatura finds no article, no line is marked as outside of it.
    """
    text = decode(path.read_bytes(), str(path))
    tree = trafilatura.load_html(text)
    if tree is None:
        return Page(())
    lines = list(_visible_lines(tree))
    found: Any = trafilatura.bare_extraction(
        text,
        include_comments=False,
        with_metadata=True,
        date_extraction_params={"extensive_search": False, "original_date": True},
    )
    if found is None:
        return Page(tuple(lines))
    inside = _Inside(found.body)
    if inside.size >= _SHORTEST_BODY:
        lines = [Line(line.text, line.kind, line.text not in inside) for line in lines]
    author = "".join(tree.xpath("//meta[@name='author'][1]/@content"))
    return Page(
        tuple(lines),
        tidy(found.title or ""),
        tidy(author),
        found.date or "",
        tidy(found.sitename or ""),
    )


class _Inside:
    """The text of an extracted article.

    `line in inside` tells whether a line of the page belongs to it.
    """

    def __init__(self, body: Any) -> None:
        pieces: set[str] = set()
        for element in body.iter():
            for piece in ("".join(element.itertext()), element.text, element.tail):
                if piece:
                    pieces.add(_squeezed(piece))
        self._pieces = pieces
        self._whole = _squeezed("".join(body.itertext()))
        self.size = len(self._whole)

    def __contains__(self, line: str) -> bool:
        text = _squeezed(line)
        return text in self._pieces or (len(text) >= _SURE and text in self._whole)


def _squeezed(text: str) -> str:
    """The text without white space and cell bars, by which two readings of a page are compared."""
    return re.sub(r"[\s|]+", "", tidy(text))


class _Style(NamedTuple):
    """How a run of characters is set: in a heading, item or row, in a link, in bold."""

    kind: str = ""
    linked: bool = False
    bold: bool = False


def _visible_lines(tree: Any) -> Iterator[Line]:
    """The lines that a reader sees, cut at block elements and breaks.

    A row of a table is one line.
    """
    run: list[tuple[str, _Style]] = []
    for text, style in _runs(tree):
        if text is not None:
            run.append((text, style))
            continue
        line = _line(run)
        run = []
        if line.text:
            yield line


def _runs(tree: Any) -> Iterator[tuple[str | None, _Style]]:
    """Runs of characters in reading order, with None at every break.

    Not recursive: nesting has no bound.
    """
    stack: list[tuple[Any, _Style]] = [(None, _Style()), (tree, _Style())]
    while stack:
        node, style = stack.pop()
        if node is None or isinstance(node, str):
            yield node, style
            continue
        tag = node.tag if isinstance(node.tag, str) else ""
        breaks = [] if not tag or _INLINE.fullmatch(tag) else [(None, style)]
        row = _row(node) if tag == "tr" else ""
        inner = [(row, _Style("row"))] if row else _contents(node, tag, style)
        stack += reversed([*breaks, *inner, *breaks])


def _contents(node: Any, tag: str, style: _Style) -> list[tuple[Any, _Style]]:
    """The text and the elements inside an element, in order; none where it is not shown."""
    # Comments and processing instructions have no tag.
    if not tag or _is_hidden(node, tag):
        return []
    kind = style.kind
    if tag in _HEADINGS:
        kind = "heading"
    elif tag == "li":
        kind = "item"
    style = _Style(kind, style.linked or tag == "a", style.bold or tag in ("b", "strong"))
    contents: list[tuple[Any, _Style]] = [(node.text or "", style)]
    for child in node:
        contents += [(child, style), (child.tail or "", style)]
    return contents


def _is_hidden(node: Any, tag: str) -> bool:
    """Whether an element is not shown, or is of a kind that is not read."""
    if node.get("hidden") is not None or node.get("aria-hidden") == "true":
        return True
    style = node.get("style") or ""
    return bool(_HIDDEN.fullmatch(tag) or _UNSHOWN.search(style))


def _row(node: Any) -> str:
    """The cells of a row of data, joined; empty for a row that lays out a page."""
    cells = [_collapsed("".join(cell.itertext())) for cell in node if cell.tag in ("td", "th")]
    has_table = node.find(".//table") is not None
    if has_table or len(cells) < 2 or max(map(len, cells)) > _LONGEST_CELL:
        return ""
    return " | ".join(filter(None, cells))


def _line(run: list[tuple[str, _Style]]) -> Line:
    """One line of the page from its runs.

    Mostly linked, it is a link; short and all bold, it is a heading.
    """
    text = _collapsed("".join(part for part, _ in run))
    styles = [style for part, style in run if part.strip()]
    linked = sum(len(part.strip()) for part, style in run if style.linked)
    kind = styles[0].kind if styles else ""
    if 2 * linked > len(text):
        kind = "link"
    elif not kind and styles and all(s.bold for s in styles) and width(text) <= _LONGEST_HEADING:
        kind = "" if ends_sentence(text) else "heading"
    return Line(text, kind)


def _collapsed(text: str) -> str:
    """The text with white space as a browser shows it.

    Between wide characters a break in the source is no space.
    """
    text = re.sub(r"[ \t\r\f]*\n\s*", "\n", text)
    # 城 and 市 in two lines of the source
    text = re.sub(r"(.)\n(?=(.))", _joined, text)
    return tidy(re.sub(r"[ \t\r\n\f]+", " ", text))


def _joined(ends: re.Match[str]) -> str:
    """The last character of a line, with a space unless it and the next one are wide."""
    last, following = ends.groups()
    return last if is_wide(last) and is_wide(following) else f"{last} "
