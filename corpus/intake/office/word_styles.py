"""What the styles of a Word file say of a paragraph: that it is a heading, or hidden, or numbered."""

from __future__ import annotations

import re
from typing import Any, NamedTuple

W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
"""Begins the names of Word's elements."""

_OFF = ("0", "false", "off")
# "heading 1", "Heading 2", "标题 3"
_HEADING = re.compile(r"(?:heading|标题)\s*([1-9])(?!\d)", re.IGNORECASE)
# "Title", "标题"
_TITLE = re.compile(r"title|标题", re.IGNORECASE)
# "toc 1", "TOC Heading", "目录 2", "table of figures"
_CONTENTS = re.compile(r"(?:toc|目录)\s*(?:\d|heading|标题)|table of figures", re.IGNORECASE)
# "List Bullet", "List Number 2"; "List Paragraph" is the style of any indented paragraph
_LIST = re.compile(r"list (?:bullet|number|continue)\b", re.IGNORECASE)
_BODY = 9
"""The outline level of a paragraph that is no heading; those of headings are 0 to 8."""


class Style(NamedTuple):
    """A style: its id, its name, the id of that on which it is based, and its element.

    `hides` says whether its text is hidden, None where the style does not say.
    """

    style_id: str
    name: str
    based_on: str
    element: Any
    hides: bool | None


class Styles:
    """The styles of a Word file, by id."""

    def __init__(self, root: Any) -> None:
        """`root` is the root of the styles, or None where the file has none."""
        self._styles: dict[str, Style] = {}
        self._usual = ""
        for element in root.iterchildren(f"{W}style") if root is not None else ():
            style = Style(
                element.get(f"{W}styleId", ""),
                value(element, "name"),
                value(element, "basedOn"),
                element,
                _hides(element.find(f"{W}rPr")),
            )
            self._styles[style.style_id] = style
            is_usual = element.get(f"{W}default") in ("1", "true", "on")
            if is_usual and element.get(f"{W}type") == "paragraph":
                self._usual = style.style_id

    def chain(self, style_id: str) -> tuple[Style, ...]:
        """The style and those on which it is based, nearest first."""
        found: dict[str, Style] = {}
        while style_id in self._styles and style_id not in found:
            found[style_id] = self._styles[style_id]
            style_id = found[style_id].based_on
        return tuple(found.values())

    def of_paragraph(self, paragraph: Any) -> tuple[Style, ...]:
        """The styles of a paragraph, nearest first."""
        return self.chain(value(paragraph.find(f"{W}pPr"), "pStyle") or self._usual)

    def hides(self, run: Any, of_paragraph: tuple[Style, ...]) -> bool:
        """Whether a run is hidden: by itself, by its style, or by those of its paragraph."""
        properties = run.find(f"{W}rPr")
        by_itself = _hides(properties)
        if by_itself is not None:
            return by_itself
        chain = (*self.chain(value(properties, "rStyle")), *of_paragraph)
        return next((style.hides for style in chain if style.hides is not None), False)


def _hides(properties: Any) -> bool | None:
    """Whether the properties of a run hide it; None where they do not say."""
    if properties is None or properties.find(f"{W}vanish") is None:
        return None
    return is_on(properties, "vanish")


def value(parent: Any, name: str) -> str:
    """The value of the child `name` of an element, or empty."""
    child = parent.find(f"{W}{name}") if parent is not None else None
    return child.get(f"{W}val", "") if child is not None else ""


def number(parent: Any, name: str) -> int | None:
    """The value of the child `name` of an element as a number, or None."""
    text = value(parent, name)
    return int(text) if re.fullmatch(r"-?\d{1,9}", text) else None


def is_on(parent: Any, name: str) -> bool:
    """Whether the property `name` is set: <w:vanish/>, but not <w:vanish w:val="0"/>."""
    child = parent.find(f"{W}{name}") if parent is not None else None
    return child is not None and child.get(f"{W}val", "1") not in _OFF


def heading_level(paragraph: Any, chain: tuple[Style, ...]) -> int:
    """The level of a heading, from 1, or 0 for any other paragraph: by its outline, or its style."""
    holders = [paragraph, *(style.element for style in chain)]
    for holder in holders:
        outline = number(holder.find(f"{W}pPr"), "outlineLvl")
        if outline is not None:
            return outline + 1 if 0 <= outline < _BODY else 0
    named = [match for style in chain if (match := _HEADING.match(style.name))]
    return int(named[0][1]) if named else 0


def is_title(chain: tuple[Style, ...]) -> bool:
    """Whether a style is that of the title of a document."""
    return any(_TITLE.fullmatch(style.name) for style in chain)


def is_contents(chain: tuple[Style, ...]) -> bool:
    """Whether a style is that of a line of a table of contents."""
    return any(_CONTENTS.match(style.name) for style in chain)


def is_list(chain: tuple[Style, ...]) -> bool:
    """Whether a style is that of an item of a list."""
    return any(_LIST.match(style.name) for style in chain)
