"""Reads the front matter of Markdown: fields such as title and author, between rules at the top."""

from __future__ import annotations

import re

from corpus.intake.page import join

# The lines between --- and --- at the beginning of a file, or between +++ and +++
_FRONT = re.compile(
    r"\A\s*(?P<mark>---|\+\+\+)[ \t]*\n(?P<fields>.*?\n)(?:(?P=mark)|\.\.\.)[ \t]*(?:\n|\Z)",
    re.DOTALL,
)

# "title: 城市治理", "- 甲", "  甲: 乙", "# note": a line of front matter
_FRONT_LINE = re.compile(r"[\w .-]{1,40}\s*[:=：].*|\s+.*|-\s.*|[#\]}].*|")

# title: "城市治理", date = 2020-12-05, 作者：温如岚
_FIELD = re.compile(r"(?P<name>[\w-]+)\s*[:=：]\s*(?P<value>.*)")

# What stands for the value of a field whose text follows below
_BLOCKS = frozenset({">", ">-", ">+", "|", "|-", "|+"})

_FIELDS = {
    "title": "title",
    "标题": "title",
    "author": "author",
    "authors": "author",
    "作者": "author",
    "date": "date",
    "日期": "date",
    "source": "source",
    "来源": "source",
    "url": "url",
}


def front_matter(text: str) -> tuple[dict[str, str], str]:
    """The fields of the front matter, those of `_FIELDS`, and the text behind it.

    Text between two rules is none: each line of front matter is a field or belongs to one.
    """
    front = _FRONT.match(text)
    if not front:
        return {}, text
    lines = front["fields"].splitlines()
    names = [found["name"].lower() for found in map(_FIELD.match, lines) if found]
    # 注意：本周五前报到财政局 between two rules is text: its names are no field's.
    is_known = any(name in _FIELDS or name.isascii() for name in names)
    first = next((line for line in lines if line.strip()), "")
    if not (is_known and _FIELD.match(first) and all(map(_FRONT_LINE.fullmatch, lines))):
        return {}, text
    fields: dict[str, str] = {}
    name = ""
    for line in lines:
        found = _FIELD.match(line)
        if found:
            name = _FIELDS.get(found["name"].lower(), "")
            value = _value(found["value"])
            if name and name not in fields:
                fields[name] = "" if value in _BLOCKS else value
        elif name and line.strip():
            fields[name] = _continued(fields[name], line.strip())
    return fields, text[front.end() :]


def _continued(value: str, line: str) -> str:
    """A field with a further line: an author of a list, "- 温如岚", or text below a mark such as >-."""
    if line.startswith("-"):
        item = _FIELD.fullmatch(line[1:].strip())
        named = item["value"] if item else line[1:]
        return "、".join(filter(None, (value, _value(named))))
    return join(value, line) if value else _value(line)


def _value(text: str) -> str:
    """The value of a field without quotes; those of a list [甲, 乙] with 、 between them."""
    bare = text.strip()
    if bare.startswith("[") and bare.endswith("]"):
        return "、".join(part.strip().strip("\"'") for part in bare[1:-1].split(","))
    is_quoted = len(bare) > 1 and bare[0] == bare[-1] and bare[0] in "\"'"
    return bare[1:-1] if is_quoted else bare
