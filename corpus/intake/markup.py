"""Plain text and Markdown into a page: marks are taken away, so that the text reads as it is printed."""

from __future__ import annotations

import re

from corpus.intake.byline import find_date
from corpus.intake.page import Line, Page, join_filled, tidy, unwrap, wrap_width

_TABBED = re.compile(r"\s*[^\t\u3002]{1,60}(?:\t+[^\t\u3002]{1,60})+\s*")
_FRONT = re.compile(r"\A---[ \t]*\n(?P<fields>.*?\n)(?:---|\.\.\.)[ \t]*(?:\n|\Z)", re.DOTALL)
_FIELD = re.compile(
    r"^(title|author|date|source)\s*:\s*[\"']?(.*?)[\"']?\s*$", re.MULTILINE | re.IGNORECASE
)
_HEADING = re.compile(r" {0,3}(#{1,6})[ \t\u3000]+(.*?)(?:[ \t]+#+)?[ \t]*$")
_UNDERLINE = re.compile(r" {0,3}(=+|-{2,})[ \t]*$")
_RULE = re.compile(r" {0,3}(?:(?:\*[ \t]*){3,}|(?:-[ \t]*){3,}|(?:_[ \t]*){3,})$")
_FENCE = re.compile(r" {0,3}(?:```|~~~)")
_BULLET = re.compile(r"\s*[-*+][ \t]+(?:\[[ xX]\][ \t]+)?(?=\S)")
_NUMBER = re.compile(r"\s*\d{1,3}[.)][ \t]+(?=\S)")
_QUOTE = re.compile(r"^\s{0,3}(?:>[ \t]?)+")
_ROW = re.compile(r"\s*\|.*\|\s*$")
_RULED_ROW = re.compile(r"[\s|:\-]+$")
_DEFINITION = re.compile(r" {0,3}\[[^\]]+\]:\s*\S+.*$")
_TARGET = r"\((?:[^()]|\([^()]{0,100}\)){0,500}\)"
_LONGEST = 1000
_INLINE = (
    (re.compile(rf"!\[[^\[\]]*\]{_TARGET}"), ""),
    (re.compile(rf"\[([^\[\]]+)\](?:{_TARGET}|\[[^\[\]]*\])"), r"\1"),
    (re.compile(r"<((?:https?|mailto):[^>\s]+)>"), r"\1"),
    (re.compile(r"<br\s*/?>", re.IGNORECASE), " "),
    (re.compile(r"(?<!`)`([^`]+)`(?!`)"), r"\1"),
    (re.compile(r"(?<!\\)(\*\*|__|~~)(?=\S)(.{1,500}?)(?<=\S)\1"), r"\2"),
    (re.compile(r"(?<![\d*\\])\*(?=[^\s*])([^*]+?)(?<=[^\s*\\])\*(?![\d*])"), r"\1"),
    (re.compile(r"(?<![\w\\])_(?=\S)([^_]+?)(?<=\S)_(?!\w)"), r"\1"),
    (re.compile(r"\\([\\`*_{}\[\]()#+\-.!|>~])"), r"\1"),
)


def read_text(text: str) -> Page:
    """A page of plain text; cells parted by tabs are rows."""
    lines = text.splitlines()
    tabbed = [line for line in lines if len(line) <= _LONGEST and _TABBED.fullmatch(line)]
    if len(tabbed) < 2:
        return Page(tuple(map(Line, unwrap(lines))))
    rows = {
        line: " | ".join(cell for part in line.split("\t") if (cell := tidy(part)))
        for line in tabbed
    }
    drawn = frozenset(rows.values())
    return Page(
        tuple(
            Line(line, "row" if line in drawn else "")
            for line in unwrap([rows.get(x, x) for x in lines])
        )
    )


def read_markdown(text: str) -> Page:
    """A page of Markdown. Its title is the front matter's, or the heading it begins with."""
    text = _without_comments("\n".join(text.splitlines()))
    front = _FRONT.match(text)
    fields = (
        {name.lower(): value for name, value in _FIELD.findall(front["fields"][:_LONGEST])}
        if front
        else {}
    )
    lines = _lines(text[front.end() :] if front else text)
    day = find_date(fields.get("date", ""))
    return Page(
        tuple(lines),
        title=tidy(fields.get("title", ""))
        or (lines[0].text if lines and lines[0].kind == "heading" else ""),
        author=fields.get("author", ""),
        date=day.isoformat() if day else "",
        site=fields.get("source", ""),
    )


def _without_comments(text: str) -> str:
    first, *rest = text.split("<!--")
    return first + "".join(
        part.partition("-->")[2] if "-->" in part else f"<!--{part}" for part in rest
    )


def _lines(text: str) -> list[Line]:
    raw = _unfold_headings(
        ["" if _FENCE.match(line) else _QUOTE.sub("", line) for line in text.splitlines()]
    )
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
    """Headings underlined with = or - as headings marked with #."""
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
    """A heading, item or row without its marks; an empty line for a rule; None for plain text."""
    if _RULE.match(line) or _DEFINITION.match(line):
        return Line("")
    if len(line) <= _LONGEST and (heading := _HEADING.match(line)):
        return Line(_bare(heading[2]), "heading")
    if _BULLET.match(line):
        return Line(_bare(_BULLET.sub("", line, count=1)), "item")
    if _NUMBER.match(line):
        return Line(_bare(line), "item")
    if _ROW.match(line):
        cells = re.split(r"(?<!\\)\|", line.strip().strip("|"))
        ruled = _RULED_ROW.fullmatch(line)
        return Line("" if ruled else " | ".join(c for cell in cells if (c := _bare(cell))), "row")
    return None


def _bare(text: str) -> str:
    for pattern, plain in _INLINE:
        text = pattern.sub(plain, text)
    return tidy(text)
