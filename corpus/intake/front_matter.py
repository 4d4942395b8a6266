"""Reads the front matter of Markdown: fields such as title and author, between rules at the top."""

from __future__ import annotations

import re

# The lines between --- and --- at the beginning of a file, or between +++ and +++
_FRONT = re.compile(
    r"\A\s*(?P<mark>---|\+\+\+)[ \t]*\n(?P<fields>.*?\n)(?:(?P=mark)|\.\.\.)[ \t]*(?:\n|\Z)",
    re.DOTALL,
)

# "title: 城市治理", "- 甲", "  甲: 乙", "# note": a line of front matter
_FRONT_LINE = re.compile(r"[\w .-]{1,40}\s*[:=：].*|\s+.*|-\s.*|[#\]}].*|")

# title: "城市治理", date = 2020-12-05, 作者：温如岚
_FIELD = re.compile(r"(?P<name>[\w-]+)\s*[:=：]\s*(?P<value>.*)")

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
    first = next((line for line in lines if line.strip()), "")
    if not _FIELD.match(first) or not all(map(_FRONT_LINE.fullmatch, lines)):
        return {}, text
    fields: dict[str, str] = {}
    name = ""
    for line in lines:
        found = _FIELD.match(line)
        if found:
            name = _FIELDS.get(found["name"].lower(), "")
            fields.setdefault(name, _value(found["value"]))
        elif line.strip().startswith("-"):
            # An author of a list: "  - 温如岚"
            fields[name] = "、".join(filter(None, (fields.get(name, ""), _value(line.strip()[1:]))))
    return fields, text[front.end() :]


def _value(text: str) -> str:
    """The value of a field without quotes; those of a list [甲, 乙] with 、 between them."""
    bare = text.strip()
    if bare.startswith("[") and bare.endswith("]"):
        return "、".join(part.strip().strip("\"'") for part in bare[1:-1].split(","))
    return bare.strip("\"'")
