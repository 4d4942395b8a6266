"""Counts the automatic numbers of a Word file and writes them as printed: 第三条, （二）, 1.2."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any, NamedTuple

from corpus.intake.numerals import CHINESE, numeral
from corpus.intake.office.word_styles import Style, Styles, W, is_on, number, value

_LEVELS = 9
"""Levels of a list in Word."""

# "%1" in "第%1条"
_PLACE = re.compile(r"%([1-9])")
# The end of "一、" "（二）" "1．", after which nothing need stand between the number and the text
_CLOSED = re.compile(r"[、，．：）】」]$")
# 第一章, 第三条: parts of a law, which are no items
_PART_OF_LAW = re.compile(r"第.+[编篇章部节条]")


class Number(NamedTuple):
    """The number of a paragraph with what stands between it and the text, and its level, from 1.

    It is empty for a bullet. `is_item` is false for numbers of chapters, articles and paragraphs:
    第一章, 第三条, 一、, （二）.
    """

    text: str
    level: int
    is_item: bool


class _Level(NamedTuple):
    """A level of a list: where it starts, how it is written, and the level that restarts it."""

    start: int
    system: str
    text: str
    restart: int | None
    in_digits: bool
    suffix: str
    style: str


class Numbering:
    """The lists of a Word file, counted from its first paragraph to its last."""

    def __init__(self, root: Any, styles: Styles) -> None:
        """`root` is the root of the numbering, or None where the file has none."""
        self._styles = styles
        self._abstracts: dict[str, Any] = {}
        self._lists: dict[str, Any] = {}
        self._counts: dict[str, list[int | None]] = {}
        self._restarted: set[tuple[str, int]] = set()
        for element in root.iterchildren(f"{W}abstractNum") if root is not None else ():
            self._abstracts[element.get(f"{W}abstractNumId", "")] = element
        for element in root.iterchildren(f"{W}num") if root is not None else ():
            self._lists[element.get(f"{W}numId", "")] = element
        self._levels: dict[str, list[_Level]] = {}

    def next(self, paragraph: Any, chain: Sequence[Style]) -> Number | None:
        """The number of the next paragraph, or None where it has none."""
        place = self._place(paragraph, chain)
        if place is None:
            return None
        list_id, depth = place
        level = self._levels_of(list_id)[depth]
        self._count(list_id, depth)
        text = self._written(list_id, depth)
        is_chinese = level.system in CHINESE
        gap = "" if level.suffix == "nothing" or _CLOSED.search(text) else " "
        return Number(
            text + gap if text else "",
            depth + 1,
            not is_chinese and not _PART_OF_LAW.match(text),
        )

    def _place(self, paragraph: Any, chain: Sequence[Style]) -> tuple[str, int] | None:
        """The list of a paragraph and its level in it, from 0."""
        holders = [paragraph, *(style.element for style in chain)]
        properties = [holder.find(f"{W}pPr") for holder in holders]
        numbers = [each.find(f"{W}numPr") for each in properties if each is not None]
        numbers = [each for each in numbers if each is not None]
        list_id = next((found for each in numbers if (found := value(each, "numId"))), "")
        if not list_id or list_id == "0" or self._abstract_of(list_id) == "":
            return None
        depths = [depth for each in numbers if (depth := number(each, "ilvl")) is not None]
        depth = depths[0] if depths else self._depth_of_style(list_id, chain)
        return (list_id, depth) if 0 <= depth < len(self._levels_of(list_id)) else None

    def _depth_of_style(self, list_id: str, chain: Sequence[Style]) -> int:
        """The level that names the nearest style of the chain as its own, or the first."""
        owned = [level.style for level in self._levels_of(list_id)]
        named = [owned.index(style.style_id) for style in chain if style.style_id in owned]
        return named[0] if named else 0

    def _abstract_of(self, list_id: str) -> str:
        """The id of the definition of a list, by way of a style where it names one; or empty."""
        for _ in range(_LEVELS):
            abstract_id = value(self._lists.get(list_id), "abstractNumId")
            abstract = self._abstracts.get(abstract_id)
            style_id = value(abstract, "numStyleLink")
            if abstract is None or not style_id:
                return abstract_id if abstract is not None else ""
            properties = [style.element.find(f"{W}pPr") for style in self._styles.chain(style_id)]
            linked = [each.find(f"{W}numPr") for each in properties if each is not None]
            list_id = next((found for each in linked if (found := value(each, "numId"))), "")
        return ""

    def _levels_of(self, list_id: str) -> list[_Level]:
        """The levels of a list, those that it overrides in their place."""
        if list_id not in self._levels:
            elements = {
                element.get(f"{W}ilvl"): element
                for element in self._abstracts[self._abstract_of(list_id)].iterchildren(f"{W}lvl")
            }
            for override in self._lists[list_id].iterchildren(f"{W}lvlOverride"):
                for element in override.iterchildren(f"{W}lvl"):
                    elements[override.get(f"{W}ilvl")] = element
            self._levels[list_id] = [_level(elements.get(str(i))) for i in range(_LEVELS)]
        return self._levels[list_id]

    def _count(self, list_id: str, depth: int) -> None:
        """Counts a paragraph. Lists of one definition are counted together."""
        counts = self._counts.setdefault(self._abstract_of(list_id), [None] * _LEVELS)
        levels = self._levels_of(list_id)
        start = self._start_override(list_id, depth)
        previous = counts[depth]
        if start is not None and (list_id, depth) not in self._restarted:
            counts[depth] = start
        else:
            counts[depth] = levels[depth].start if previous is None else previous + 1
        self._restarted.add((list_id, depth))
        for deeper in range(depth + 1, _LEVELS):
            restart = levels[deeper].restart
            if restart is None or depth < restart:
                counts[deeper] = None

    def _start_override(self, list_id: str, depth: int) -> int | None:
        """The number at which a list starts a level anew, or None."""
        for override in self._lists[list_id].iterchildren(f"{W}lvlOverride"):
            if override.get(f"{W}ilvl") == str(depth):
                return number(override, "startOverride")
        return None

    def _written(self, list_id: str, depth: int) -> str:
        """The number that a level has reached, as printed."""
        counts = self._counts[self._abstract_of(list_id)]
        levels = self._levels_of(list_id)
        level = levels[depth]
        if level.system == "bullet":
            return ""

        def place(match: re.Match[str]) -> str:
            other = levels[int(match[1]) - 1]
            reached = counts[int(match[1]) - 1]
            system = "decimal" if level.in_digits else other.system
            return numeral(other.start if reached is None else reached, system)

        return _PLACE.sub(place, level.text).strip()


def _level(element: Any) -> _Level:
    """A level as its element says; one without an element prints nothing."""
    start = number(element, "start")
    restart = number(element, "lvlRestart")
    return _Level(
        1 if start is None else start,
        value(element, "numFmt") or "decimal",
        value(element, "lvlText"),
        restart,
        is_on(element, "isLgl"),
        value(element, "suff") or "tab",
        value(element, "pStyle"),
    )
