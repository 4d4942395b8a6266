"""What a person puts right of a document: checked, and written into its NAME.toml."""

from __future__ import annotations

import json
import re
import unicodedata
from collections.abc import Mapping
from typing import Any, NamedTuple

from corpus import Document, UsageError
from corpus.intake.dates import is_published
from corpus.load import LARGEST_EXTRAS

# https://www.example.org/a?b=%22c%22
ADDRESS = re.compile(r"https?://[^\s\"\\\x00-\x1f\x7f\ud800-\udfff]+")


class Fields(NamedTuple):
    """What of a document a person may put right; each may be empty. `published` is an ISO date or
    month.
    """

    title: str = ""
    source: str = ""
    published: str = ""
    url: str = ""
    tags: tuple[str, ...] = ()


def fields_of(document: Document) -> Fields:
    """The fields as they are now."""
    return Fields(document.title, document.source, document.published, document.url, document.tags)


def checked(wanted: Fields) -> Fields:
    """The fields on one line each, without what cannot be printed.

    Raises UsageError for a date that is none, an address that is not of http or https, and fields
    that are too long for a NAME.toml.
    """
    fields = Fields(
        title=_line(wanted.title),
        source=_line(wanted.source),
        published=_line(wanted.published),
        url=_line(wanted.url),
        tags=tuple(dict.fromkeys(filter(None, map(_line, wanted.tags)))),
    )
    if fields.published and not is_published(fields.published):
        raise UsageError(
            f"日期 {fields.published} 不对：应写作 2020-12-05，只知道月份的写作 2020-12。",
            f"The date {fields.published} is none: write it as 2020-12-05, or as 2020-12 where only the "
            "month is known.",
        )
    if fields.url and not ADDRESS.fullmatch(fields.url):
        raise UsageError(
            "网址不对：应以 http:// 或 https:// 开头，中间没有空格和引号。",
            "The address is wrong: it begins with http:// or https:// and has no space or quote.",
        )
    # Every character may take three bytes, and a quote is written as two.
    if len(as_toml(fields._asdict()).encode()) > LARGEST_EXTRAS:
        raise UsageError("填写的内容太长，请缩短。", "What was filled in is too long: shorten it.")
    return fields


def put_right(document: Document, notes: Mapping[str, Any], wanted: Fields) -> dict[str, Any]:
    """What NAME.toml is to say so that a document has the fields `wanted`; `notes` is what it says.

    Only what differs from the document is written, so that a better reading of the rest is taken.
    A field that was emptied is again as it is read.
    """
    values = dict(notes)
    for name, now in fields_of(document)._asdict().items():
        value = getattr(wanted, name)
        if value == now:
            continue
        values.pop(name, None)
        if name == "tags":
            # Read as the tag site:NAME, which is among the tags.
            values.pop("site", None)
        if value:
            values[name] = value
    return values


def as_toml(values: Mapping[str, Any]) -> str:
    """Strings, lists of strings and dates as the lines of a TOML file."""
    # A JSON string, or list of strings, is a TOML one.
    lines = [
        f"{name} = {json.dumps(value, ensure_ascii=False, default=str)}\n"
        for name, value in values.items()
    ]
    return "".join(lines)


def _line(text: str) -> str:
    """A text on one line, without control characters and halves of characters."""
    kept = [" " if char.isspace() else char for char in text if not _is_unprintable(char)]
    return " ".join("".join(kept).split())


def _is_unprintable(char: str) -> bool:
    return not char.isspace() and unicodedata.category(char) in ("Cc", "Cs", "Cn")
