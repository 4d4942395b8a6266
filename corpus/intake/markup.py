"""Reads plain text and Markdown into pages.

Markup is taken away, so that the text is as it would be printed.
"""

from __future__ import annotations

import re

from corpus.intake.byline import find_date
from corpus.intake.page import Line, Page, join_filled, tidy, unwrap, wrap_width

# 年份<tab>人数<tab>比例: two cells or more, and no sentence
_TABBED = re.compile(r"\s*[^\t\u3002]{1,60}(?:\t+[^\t\u3002]{1,60})+\s*")
# The lines between --- and --- at the beginning of a file
_FRONT = re.compile(r"\A---[ \t]*\n(?P<fields>.*?\n)(?:---|\.\.\.)[ \t]*(?:\n|\Z)", re.DOTALL)
# title: "城市治理", date: 2020-12-05
_FIELD = re.compile(
    r"^(title|author|date|source)\s*:\s*[\"']?(.*?)[\"']?\s*$", re.MULTILINE | re.IGNORECASE
)
# ## 第一节 ##
_HEADING = re.compile(r" {0,3}(#{1,6})[ \t\u3000]+(.*?)(?:[ \t]+#+)?[ \t]*$")
# ==== or ---- below a heading
_UNDERLINE = re.compile(r" {0,3}(=+|-{2,})[ \t]*$")
# ***, - - -, ___
_RULE = re.compile(r" {0,3}(?:(?:\*[ \t]*){3,}|(?:-[ \t]*){3,}|(?:_[ \t]*){3,})$")
# ```python
_FENCE = re.compile(r" {0,3}(?:```|~~~)")
# "- 第一项", "* [x] done"
_BULLET = re.compile(r"\s*[-*+][ \t]+(?:\[[ xX]\][ \t]+)?(?=\S)")
# "1. 第一项", "2) second"
_NUMBER = re.compile(r"\s*\d{1,3}[.)][ \t]+(?=\S)")
# "> 引文", "> > 引文中的引文"
_QUOTE = re.compile(r"^\s{0,3}(?:>[ \t]?)+")
# | 甲 | 乙 |
_ROW = re.compile(r"\s*\|.*\|\s*$")
# |---|:-:|
_RULED_ROW = re.compile(r"[\s|:\-]+$")
# [1]: https://example.org "title"
_DEFINITION = re.compile(r" {0,3}\[[^\]]+\]:\s*\S+.*$")
# (https://example.org/a_(b)): the address of a link
_TARGET = r"\((?:[^()]|\([^()]{0,100}\)){0,500}\)"
_LONGEST = 1000
"""Characters of a line, or of front matter, that are looked at: longer ones are text, and would
cost time.
"""

# Markup inside a line, and what stays of it.
_INLINE = (
    # ![图](a.png)
    (re.compile(rf"!\[[^\[\]]*\]{_TARGET}"), ""),
    # [城市](https://example.org), [城市][1]
    (re.compile(rf"\[([^\[\]]+)\](?:{_TARGET}|\[[^\[\]]*\])"), r"\1"),
    # <https://example.org>
    (re.compile(r"<((?:https?|mailto):[^>\s]+)>"), r"\1"),
    # <br/>
    (re.compile(r"<br\s*/?>", re.IGNORECASE), " "),
    # `code`
    (re.compile(r"(?<!`)`([^`]+)`(?!`)"), r"\1"),
    # **bold**, __bold__, ~~struck~~
    (re.compile(r"(?<!\\)(\*\*|__|~~)(?=\S)(.{1,500}?)(?<=\S)\1"), r"\2"),
    # *italic*, but not 2*3*4
    (re.compile(r"(?<![\d*\\])\*(?=[^\s*])([^*]+?)(?<=[^\s*\\])\*(?![\d*])"), r"\1"),
    # _italic_, but not a_b_c
    (re.compile(r"(?<![\w\\])_(?=\S)([^_]+?)(?<=\S)_(?!\w)"), r"\1"),
    # \* for a plain asterisk
    (re.compile(r"\\([\\`*_{}\[\]()#+\-.!|>~])"), r"\1"),
)


def read_text(text: str) -> Page:
    """Reads plain text.

    Lines with cells between tabs become table rows, where there are two or more.
    """
    lines = text.splitlines()
    tabbed = [line for line in lines if len(line) <= _LONGEST and _TABBED.fullmatch(line)]
    if len(tabbed) < 2:
        return Page(tuple(map(Line, unwrap(lines))))
    rows: dict[str, str] = {}
    for line in tabbed:
        rows[line] = " | ".join(filter(None, map(tidy, line.split("\t"))))
    drawn = frozenset(rows.values())
    unwrapped = unwrap([rows.get(line, line) for line in lines])
    return Page(tuple(Line(line, "row" if line in drawn else "") for line in unwrapped))


def read_markdown(text: str) -> Page:
    """Reads Markdown.

    The title is that of the front matter, or the heading with which the text begins.
    """
    text = _without_comments("\n".join(text.splitlines()))
    front = _FRONT.match(text)
    fields: dict[str, str] = {}
    if front:
        for name, value in _FIELD.findall(front["fields"][:_LONGEST]):
            fields[name.lower()] = value
        text = text[front.end() :]
    lines = _lines(text)
    title = tidy(fields.get("title", ""))
    if not title and lines and lines[0].kind == "heading":
        title = lines[0].text
    day = find_date(fields.get("date", ""))
    return Page(
        tuple(lines),
        title=title,
        author=fields.get("author", ""),
        date=day.isoformat() if day else "",
        site=fields.get("source", ""),
    )


def _without_comments(text: str) -> str:
    """The text without <!-- comments -->; one that is never closed stays."""
    first, *rest = text.split("<!--")
    kept = [first]
    for part in rest:
        kept.append(part.partition("-->")[2] if "-->" in part else f"<!--{part}")
    return "".join(kept)


def _lines(text: str) -> list[Line]:
    """The headings, items, rows and paragraphs of a Markdown text without front matter."""
    unquoted = []
    for line in text.splitlines():
        unquoted.append("" if _FENCE.match(line) else _QUOTE.sub("", line))
    raw = _unfold_headings(unquoted)
    full = wrap_width([line for line in raw if not _marked(line)])
    lines: list[Line] = []
    plain: list[str] = []
    for line in raw:
        mark = _marked(line)
        if mark is None:
            plain.append(line)
            continue
        lines += [Line(_bare(part)) for part in join_filled(plain, full)]
        lines.append(mark)
        plain = []
    lines += [Line(_bare(part)) for part in join_filled(plain, full)]
    return [line for line in lines if line.text]


def _unfold_headings(raw: list[str]) -> list[str]:
    """The lines, with headings that are underlined with = or - written as headings with #."""
    lines: list[str] = []
    for line in raw:
        above = lines[-1] if lines else ""
        alone = len(lines) < 2 or not lines[-2].strip()
        if _UNDERLINE.match(line) and above.strip() and alone and _marked(above) is None:
            lines[-1:] = ["# " + above.strip(), ""]
        else:
            lines.append(line)
    return lines


def _marked(line: str) -> Line | None:
    """A heading, item or row without its markup; an empty line for a rule; None for plain text."""
    if _RULE.match(line) or _DEFINITION.match(line):
        return Line("")
    heading = _HEADING.match(line) if len(line) <= _LONGEST else None
    if heading:
        return Line(_bare(heading[2]), "heading")
    if _BULLET.match(line):
        return Line(_bare(_BULLET.sub("", line, count=1)), "item")
    if _NUMBER.match(line):
        return Line(_bare(line), "item")
    if _ROW.match(line):
        if _RULED_ROW.fullmatch(line):
            return Line("", "row")
        # Not at the bar of 甲\|乙
        cells = re.split(r"(?<!\\)\|", line.strip().strip("|"))
        return Line(" | ".join(filter(None, map(_bare, cells))), "row")
    return None


def _bare(text: str) -> str:
    """The text without the markup inside a line."""
    for pattern, plain in _INLINE:
        text = pattern.sub(plain, text)
    return tidy(text)
