"""The lines of a web page as a browser shows them, each with the element that holds it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import islice
from typing import Any, NamedTuple

from corpus.intake.numerals import numeral
from corpus.intake.page import Line, ends_sentence, fold, is_wide, tidy, width
from corpus.intake.table import table_lines
from corpus.intake.web.table import table_rows

# Elements whose text is not read: <nav>, <script>.
NOT_READ = re.compile(
    "head|title|meta|link|script|style|noscript|template|nav|aside|footer|form|button|select|option"
    "|datalist|textarea|iframe|frame|object|embed|svg|canvas|map|video|audio|dialog"
)
# Elements that do not begin a new line: <b>, <span>.
_INLINE = re.compile(
    "a|abbr|acronym|b|bdi|bdo|big|cite|code|data|del|dfn|em|font|i|img|input|ins|kbd|label|mark|nobr"
    "|q|rb|rp|rt|ruby|s|samp|small|span|strike|strong|sub|sup|time|tt|u|var|wbr"
)
_HEADINGS = frozenset(("h1", "h2", "h3", "h4", "h5", "h6"))
_LISTS = frozenset(("ul", "ol", "dl", "menu"))
# "1. 城市", "(一)城市", "第三条 城市", "①城市": the author typed the number.
_TYPED_NUMBER = re.compile(
    r"[(\[]?(?:\d{1,4}|[一二三四五六七八九十百]{1,4}|[A-Za-z])[.、)\]:]|第[一二三四五六七八九十百\d]{1,5}|[①-⑳⒈-⒛]"
)
# style="list-style: none"
_UNMARKED = re.compile(r"list-style(?:-type)?\s*:[^;]*none", re.IGNORECASE)
# class="rich_media_meta_list", id="article-info", class="post_time_source": lines about the article
_ABOUT = re.compile(r"meta|info|source|author|byline|pub(?:time|date)|post_time", re.IGNORECASE)
# U+E600 of a font of the page's own, which a browser shows as a picture or as any character
_ICONS = re.compile(r"\s*[\ue000-\uf8ff][\ue000-\uf8ff\s]*")
# class="iconfont icon-user", "fa fa-tags", "glyphicon", "ico": what shows a picture
_ICON_CLASS = re.compile(r"icon|glyph|\b(?:ico|fa[bdlrs]?|mui|arrow|btn)\b", re.IGNORECASE)
_LONGEST_ABOUT = 160
"""Characters of a line that names source, author and date, with the spaces around them."""

_SYSTEMS = {"a": "lowerLetter", "A": "upperLetter", "i": "lowerRoman", "I": "upperRoman"}
"""The numbers that `type` of an <ol> asks for, by the names of `corpus.intake.numerals`."""

_FIRST_PIECES = 12
"""Pieces of text at the beginning of an item in which a number that was typed can stand."""

_LONGEST_HEADING = 80
"""Columns of a bold line that may be a heading."""

_SUMMARY_LEVEL = 6
"""Level of the heading of a part that can be folded: under all headings of the page."""


class PlacedLine(NamedTuple):
    """A line, the element in which it stands, and the element around it that a style hides, if any."""

    line: Line
    node: Any
    veil: Any = None


class _Style(NamedTuple):
    """How a run of characters is set."""

    kind: str = ""
    level: int = 0
    depth: int = 0
    linked: bool = False
    bold: bool = False
    veil: Any = None
    number: str = ""
    answers: bool = False
    item: Any = None


class _Run(NamedTuple):
    """Characters of one style, or None for the end of a line."""

    text: str | None
    style: _Style
    node: Any


def visible_lines(tree: Any, unveiled: frozenset[Any] = frozenset()) -> Iterator[PlacedLine]:
    """The lines that a reader sees, cut at block elements and breaks.

    A row of a table is one line, and so is all of a piece of code. `unveiled` are the
    elements that a style hides and whose lines are given all the same.
    """
    line: list[_Run] = []
    begun: set[Any] = set()
    for part in _runs(tree, unveiled):
        if isinstance(part, PlacedLine):
            yield part
        elif part.text is not None:
            line.append(part._replace(text="") if _is_picture(part) else part)
        elif _is_shown(line, is_cell=tree.tag in ("td", "th")):
            yield _line(line, begun)
            line = []
        else:
            # A number waits for the paragraph of its item.
            line = [run for run in line if run.style.number]


def _is_picture(run: _Run) -> bool:
    """Whether a run is an icon: of a link, in the element that pages use for icons, or named so.

    Characters of a font of the page's own elsewhere are text that this font hides.
    """
    if not _ICONS.fullmatch(run.text or ""):
        return False
    around = run.node.getparent()
    names = [run.node.get("class") or "", "" if around is None else around.get("class") or ""]
    is_named = any(map(_ICON_CLASS.search, names))
    return run.style.linked or run.node.tag == "i" or is_named


def _is_shown(line: list[_Run], is_cell: bool) -> bool:
    """Whether the runs of a line, but for a number that the browser sets, are any text.

    Only in a cell are characters of a font of the page's own text by themselves.
    """
    text = "".join(run.text or "" for run in line if not run.style.number)
    return bool(text.strip()) and (is_cell or not _ICONS.fullmatch(text))


def _runs(tree: Any, unveiled: frozenset[Any]) -> Iterator[_Run | PlacedLine]:
    """Runs of characters in reading order, with None at every break, and ready lines.

    Not recursive: nesting has no bound.
    """
    end = _Run(None, _Style(), tree)
    stack: list[tuple[Any, _Style]] = [(end, _Style()), (tree, _Style())]
    while stack:
        node, style = stack.pop()
        if isinstance(node, (_Run, PlacedLine)):
            yield node
            continue
        tag = node.tag if isinstance(node.tag, str) else ""
        if style.veil is None and node in unveiled:
            style = style._replace(veil=node)
        # A comment has no tag and breaks no line.
        breaks = [] if not tag or _INLINE.fullmatch(tag) else [(_Run(None, style, node), style)]
        stack += reversed([*breaks, *_inner(node, tag, style), *breaks])


def _inner(node: Any, tag: str, style: _Style) -> list[tuple[Any, _Style]]:
    """What an element holds: runs, elements and ready lines, in order; none where it is not shown."""
    if not tag or NOT_READ.fullmatch(tag) or is_hidden(node):
        return []
    if tag == "table":
        ready = _table(node, style)
        return ready if ready else _contents(node, style)
    if tag == "pre":
        return _preformatted(node, style)
    style = _styled(node, tag, style)
    if tag == "ol":
        return _numbered(node, style)
    if tag in ("dl", "details") or (tag == "div" and node.find("dt") is not None):
        return _defined(node, style)
    return _contents(node, style)


def _contents(node: Any, style: _Style) -> list[tuple[Any, _Style]]:
    """The text and the elements inside an element, in order."""
    number = [(_Run(style.number, style, node), style)] if style.number else []
    style = style._replace(number="")
    contents = [*number, (_Run(node.text or "", style, node), style)]
    gap = " " if _is_about(node) else ""
    for child in node:
        contents += [(child, style), (_Run(child.tail or gap, style, node), style)]
    return contents


def _is_about(node: Any) -> bool:
    """Whether an element is a line about the article, whose parts the style of a page sets apart.

    <p class="meta"><span>沈怀远</span><span>江城日报</span></p>
    """
    names = f"{node.get('class') or ''} {node.get('id') or ''}"
    return bool(_ABOUT.search(names)) and len("".join(node.itertext())) <= _LONGEST_ABOUT


def _styled(node: Any, tag: str, style: _Style) -> _Style:
    """The style inside an element."""
    if tag in _HEADINGS:
        style = style._replace(kind="heading", level=int(tag[1]))
    elif tag in _LISTS:
        style = style._replace(depth=style.depth + 1)
    elif tag == "li":
        style = style._replace(kind="item", level=max(1, style.depth), item=node)
    elif tag == "a":
        style = style._replace(linked=True)
    elif tag in ("b", "strong"):
        style = style._replace(bold=True)
    return _with_question(node, style)


def _with_question(node: Any, style: _Style) -> _Style:
    """The style, with what schema.org says: a question, or the answer to one."""
    kind = (node.get("itemtype") or "").rpartition("/")[2]
    if kind == "Question":
        return style._replace(answers=True)
    if style.answers and kind == "Answer":
        return style._replace(kind="answer", level=0)
    is_name = style.answers and node.get("itemprop") == "name" and style.kind != "answer"
    return style._replace(kind="question", level=0) if is_name else style


def _numbered(node: Any, style: _Style) -> list[tuple[Any, _Style]]:
    """What an <ol> holds, its items with their numbers as a browser shows them."""
    start = _whole_number(node.get("start"), 1)
    system = _SYSTEMS.get(node.get("type") or "", "decimal")
    shows_numbers = not _UNMARKED.search(node.get("style") or "")
    contents: list[tuple[Any, _Style]] = []
    for child in node:
        own = style
        if child.tag == "li":
            start = _whole_number(child.get("value"), start)
            if shows_numbers and not _begins_with_number(child):
                own = style._replace(number=f"{numeral(start, system)}. ")
            start += 1
        contents.append((child, own))
    return contents


def _whole_number(text: str | None, otherwise: int) -> int:
    """The number of an attribute, of six digits at most."""
    return int(text) if text and re.fullmatch(r"\s*-?\d{1,6}\s*", text) else otherwise


def _begins_with_number(item: Any) -> bool:
    """Whether the author typed a number at the beginning of an item."""
    beginning = "".join(islice(item.itertext(), _FIRST_PIECES)).strip()
    return bool(_TYPED_NUMBER.match(fold(beginning[:10])))


def _defined(node: Any, style: _Style) -> list[tuple[Any, _Style]]:
    """What a <dl> or <details> holds: a term leads to what explains it, a question to its answer."""
    contents: list[tuple[Any, _Style]] = [(_Run(node.text or "", style, node), style)]
    below = style
    for child in node:
        own = style
        if child.tag in ("dt", "summary"):
            own, below = _term(child, style)
        elif child.tag != "div" or node.tag == "details":
            own = below
        contents += [(child, own), (_Run(child.tail or "", below, node), below)]
    return contents


def _term(node: Any, style: _Style) -> tuple[_Style, _Style]:
    """The styles of a term and of what stands below it."""
    if fold(tidy("".join(node.itertext())))[-1:] == "?":
        return style._replace(kind="question", level=0), style._replace(kind="answer", level=0)
    if node.tag == "summary":
        return style._replace(kind="heading", level=_SUMMARY_LEVEL), style
    level = max(1, style.depth)
    return style._replace(kind="item", level=level), style._replace(kind="item", level=level + 1)


def _table(node: Any, style: _Style) -> list[tuple[Any, _Style]]:
    """The lines of a table of data, each ready; none for a table that lays out a page."""
    rows = table_rows(node, _cell_text)
    if not rows:
        return []
    captions = [_cell_text(child) for child in node if child.tag == "caption"]
    lines = [Line(text) for text in captions if text]
    lines += table_lines(rows)
    return [(PlacedLine(line, node, style.veil), style) for line in lines]


def _cell_text(cell: Any) -> str:
    """The text of a cell as one line: its paragraphs joined by spaces."""
    if len(cell) == 0:
        return "" if is_hidden(cell) else _collapsed(cell.text or "")
    found: list[str] = []
    for placed in visible_lines(cell):
        line = placed.line
        found.append(line.text.replace("\n", " "))
    return " ".join(found)


def _preformatted(node: Any, style: _Style) -> list[tuple[Any, _Style]]:
    """Code as one ready line with its line ends; prose line by line."""
    for child in list(node.iter("br")):
        child.tail = "\n" + (child.tail or "")
    text = "".join(node.itertext())
    if sum(map(is_wide, text)) * 2 > len("".join(text.split())):
        lines = [Line(line) for piece in text.split("\n") if (line := tidy(piece))]
    else:
        rows = [row.rstrip() for row in text.expandtabs(4).strip("\n").split("\n")]
        code = "\n".join(row for row in rows if row.strip())
        lines = [Line(code, "code")] if code.strip() else []
    return [(PlacedLine(line, node, style.veil), style) for line in lines]


# style="display:none"
_UNSHOWN = re.compile(r"display\s*:\s*none|visibility\s*:\s*(?:hidden|collapse)", re.IGNORECASE)


def is_hidden(node: Any) -> bool:
    """Whether a style or an attribute hides an element."""
    if node.get("hidden") is not None or node.get("aria-hidden") == "true":
        return True
    return bool(_UNSHOWN.search(node.get("style") or ""))


def show(node: Any) -> None:
    """Takes from an element what hides it."""
    for name in ("hidden", "aria-hidden"):
        node.attrib.pop(name, None)
    if node.get("style"):
        node.set("style", _UNSHOWN.sub("", node.get("style")))


def _line(run: list[_Run], begun: set[Any]) -> PlacedLine:
    """One line of the page from its runs.

    Mostly linked, it is a link; short and all bold, it is a heading. A later paragraph of an item,
    one of those `begun`, stands one level below its first.
    """
    printed = [part for part in run if part.text and part.text.strip()]
    own = [part for part in printed if not part.style.number]
    text = _collapsed("".join(part.text or "" for part in run if not part.style.number))
    linked = sum(len((part.text or "").strip()) for part in own if part.style.linked)
    first = own[0]
    kind, level = first.style.kind, first.style.level
    if 2 * linked > len(text):
        return PlacedLine(Line(text, "link"), first.node, first.style.veil)
    if kind == "item" and first.style.item is not None:
        level += first.style.item in begun
        begun.add(first.style.item)
    bold = all(part.style.bold for part in own) and width(text) <= _LONGEST_HEADING
    if not kind and bold and not ends_sentence(text):
        kind = "heading"
    numbers = [part.text or "" for part in printed if part.style.number]
    return PlacedLine(
        Line(tidy("".join(numbers[-1:]) + text), kind, level=level), first.node, first.style.veil
    )


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
