"""The HTML inside Markdown: blocks as lines and rows, tags inside a line, comments."""

from __future__ import annotations

import html
import re
from collections.abc import Iterator

from corpus.intake.page import Line, row_text, tidy

# Elements that begin a line of their own, in a block of HTML: <p>, </div>
_HTML_BLOCK = re.compile(
    r"</?(?:p|div|section|article|center|blockquote|pre|ul|ol|li|dl|dt|dd|h[1-6]|table|thead|tbody"
    r"|tr|details|summary|figure|figcaption|hr)\b[^<>]*>",
    re.IGNORECASE,
)

# </td>; </th> of a column's name
_HTML_CELL = re.compile(r"</td\s*>", re.IGNORECASE)
_HTML_NAME = re.compile(r"</th\s*>", re.IGNORECASE)

# <script>…</script>
_HTML_UNSEEN = re.compile(r"<(script|style)\b[\s\S]*?(?:</\1\s*>|\Z)", re.IGNORECASE)

# <!-- note -->, and the code in which it is no comment: ``` … ```, `code`
_CODE_OR_COMMENT = re.compile(
    r"(?P<code>^[ >]*(?P<fence>`{3,}|~{3,})[\s\S]*?(?:\n[ >]*(?P=fence)|\Z)|`[^`\n]+`)|<!--[\s\S]*?-->",
    re.MULTILINE,
)

# <br/>
_BREAK = re.compile(r"<br\s*/?>", re.IGNORECASE)

# <b>, </span>, <img src="a.png">; not <name>, which no browser knows and an author wrote as text
_TAG = re.compile(
    r"</?(?:a|abbr|b|bdi|bdo|big|cite|code|col|colgroup|caption|del|dfn|em|font|i|iframe|img|input|ins"
    r"|kbd|label|mark|meta|nobr|o:p|q|ruby|rb|rp|rt|s|samp|small|source|span|strike|strong|sub|sup|t[dh]"
    r"|tfoot|time|tt|u|var|video|audio|wbr)\b[^<>]*>",
    re.IGNORECASE,
)

_CELL_END, _NAME_END = "\x1f", "\x1e"
"""Stand for the end of a cell and of a column's name while a block of HTML is taken apart."""


def without_comments(text: str) -> str:
    """The text without <!-- comments -->; one that is never closed, or stands in code, stays."""
    end = text.rfind("-->") + len("-->") if "-->" in text else 0
    return _CODE_OR_COMMENT.sub(lambda match: match["code"] or "", text[:end]) + text[end:]


def block_lines(content: str) -> Iterator[Line]:
    """The lines of a block of HTML without its tags; the cells of a table are a row."""
    text = _one_line_rows(_HTML_UNSEEN.sub("", content))
    text = _HTML_NAME.sub(_NAME_END, _HTML_CELL.sub(_CELL_END, _BREAK.sub(" ", text)))
    for line in _HTML_BLOCK.sub("\n", text).split("\n"):
        is_header = _NAME_END in line and _CELL_END not in line
        bare = _TAG.sub("", line).replace(_NAME_END, _CELL_END)
        *cells, rest = html.unescape(bare).split(_CELL_END)
        if cells:
            cells += [rest] if rest.strip() else []
            yield Line(row_text(cells), "header" if is_header else "row")
        elif tidy(rest):
            yield Line(tidy(rest))


def inline_text(tag: str) -> str:
    """What is printed of a tag inside a line."""
    if _BREAK.fullmatch(tag):
        return " "
    return _HTML_BLOCK.sub(" ", _TAG.sub("", tag))


def _one_line_rows(content: str) -> str:
    """HTML with line ends inside a row of a table as spaces."""
    parts = re.split(r"(</?tr\b[^<>]*>)", content, flags=re.IGNORECASE)
    is_inside = False
    kept = []
    for part in parts:
        if part[:3].lower() == "<tr":
            is_inside = True
        elif part[:4].lower() == "</tr":
            is_inside = False
        kept.append(_flat_cells(part) if is_inside and part[:3].lower() != "<tr" else part)
    return "".join(kept)


def _flat_cells(part: str) -> str:
    return _HTML_BLOCK.sub(" ", part.replace("\n", " "))
