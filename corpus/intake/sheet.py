"""A page with the part of each line known, and the signs that a page is a portal's and not bare prose."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property
from itertools import accumulate

from corpus.intake.byline import names_office
from corpus.intake.page import Line, Page, fold, width
from corpus.intake.portals import META, Role, is_menu, marks, role_of

COUNT = r"[一二三四五六七八九十\d]{1,3}"
_NUMBERED = re.compile(
    rf"[一二三四五六七八九十]+、|\({COUNT}\)|第{COUNT}[章节条部编]|\d{{1,3}}[.、)]\s?\D|附件?\d*\s*:"
)
_BULLET = re.compile(r"[•·●▪◆■○*-]\s*\S")
LINKS = 4
LINK_WIDTH = 18
_NEAR = 12
_SOLID = 60
_LONGEST_BYLINE = 120
LEFT_OUT = frozenset({Role.NOISE, Role.TRAIL, Role.STOP})


@dataclass(frozen=True)
class Sheet:
    """Lines and their roles, of equal length."""

    lines: tuple[Line, ...]
    roles: tuple[Role, ...]
    judged: bool

    def __len__(self) -> int:
        return len(self.lines)

    def text(self, i: int) -> str:
        """The text of line `i`, folded: what patterns are matched with."""
        return self._folded[i]

    @cached_property
    def _folded(self) -> tuple[str, ...]:
        return tuple(fold(line.text) for line in self.lines)

    @cached_property
    def stamps(self) -> frozenset[int]:
        """Lines that date what stands before them, as each abstract in a side column is dated: one form, repeated."""
        dated = {i: _form(self.text(i)) for i, role in enumerate(self.roles) if role in (Role.STAMP, Role.SOURCE)}
        count = Counter(dated.values())
        return frozenset(i for i, form in dated.items() if form and count[form] > 1)

    @cached_property
    def weight(self) -> int:
        """How much there is of a portal: 2 and more is one."""
        count = Counter(self.roles)
        headed = sum(
            role is Role.STOP and line.kind == "heading" for role, line in zip(self.roles, self.lines, strict=True)
        )
        sure = count[Role.TRAIL] + count[Role.STOP] + sum(bool(marks().prefix.match(text)) for text in self._folded)
        top = [i for i, role in enumerate(self.roles[:_NEAR]) if role is Role.STAMP]
        hints = (
            Role.SOURCE in count or self._is_clocked(top, 1),
            Role.EDITOR in count,
            len(self.stamps) > 1,
            self._is_clocked(self.stamps, 2),
            self._trails_off(),
        )
        other = 2 * sure - headed + sum(hints)
        return other + (count[Role.NOISE] if other or count[Role.NOISE] > 2 else 0)

    @property
    def portal(self) -> bool:
        """True if the page is a portal's."""
        return self.judged or self.furnished

    @property
    def furnished(self) -> bool:
        """True if the page shows a portal's furniture, so that shape alone may cut a tail."""
        return self.weight >= 2

    @cached_property
    def last_foot(self) -> int:
        """The last line that is a byline or an editor line, or -1."""
        return max((i for i, role in enumerate(self.roles) if role in (Role.BYLINE, Role.EDITOR)), default=-1)

    def solids(self, start: int, end: int) -> int:
        """How many lines from `start` to `end`, exclusive, are solid."""
        return self._solids[max(start, end)] - self._solids[start]

    @cached_property
    def _solids(self) -> tuple[int, ...]:
        return tuple(accumulate((self.is_solid(i) for i in range(len(self))), initial=0))

    def has_prose(self, start: int, end: int) -> bool:
        """True if a line from `start` to `end`, exclusive, is prose of any length."""
        return self._proses[end] > self._proses[start]

    @cached_property
    def _proses(self) -> tuple[int, ...]:
        return tuple(accumulate((role is Role.PROSE for role in self.roles), initial=0))

    def until(self, i: int) -> int:
        """The first line from `i` on that is an editor line or begins furniture, or the number of lines."""
        return self._breaks[i]

    @cached_property
    def _breaks(self) -> tuple[int, ...]:
        breaks = [len(self)] * (len(self) + 1)
        for i in range(len(self) - 1, -1, -1):
            breaks[i] = i if self.roles[i] in (Role.STOP, Role.EDITOR) else breaks[i + 1]
        return tuple(breaks)

    def _is_clocked(self, stamps: Iterable[int], least: int) -> bool:
        return sum(bool(re.search(r"\d:\d\d", self.text(i))) for i in stamps) >= least

    def _trails_off(self) -> bool:
        """True if the page ends in titles of some length, below a paragraph that does not announce them."""
        end = len(self)
        while end and self.is_link(end - 1):
            end -= 1
        columns = sum(width(self.text(i)) for i in range(end, len(self)))
        announced = not end or not self.is_solid(end - 1) or self.text(end - 1).endswith(":")
        return not announced and len(self) - end >= LINKS and columns >= LINK_WIDTH * (len(self) - end)

    def is_dated(self, i: int) -> bool:
        """True of a line with a stamp below it."""
        return i + 1 in self.stamps and i not in self.stamps

    def is_solid(self, i: int) -> bool:
        """True of a paragraph that is surely text: prose of some length with no stamp below it."""
        return self.roles[i] is Role.PROSE and width(self.text(i)) >= _SOLID and not self.is_dated(i)

    def is_link(self, i: int) -> bool:
        """True of a short line with no end, number or bullet, as titles in a list of links are."""
        line = self.lines[i]
        if line.kind in ("row", "heading") or _NUMBERED.match(self.text(i)) or _BULLET.match(self.text(i)):
            return False
        return self.roles[i] is Role.SHORT or self._calls_out(i)

    def is_tail(self, i: int) -> bool:
        """True of a line that may stand below an article and not be of it."""
        if self.roles[i] in LEFT_OUT or self.roles[i] is Role.STAMP or i in self.stamps or self.is_dated(i):
            return True
        if self.lines[i].kind == "row" or (self.judged and self.lines[i].kind == "item"):
            return False
        return not _NUMBERED.match(self.text(i)) and (self.roles[i] is Role.SHORT or self._calls_out(i))

    def _calls_out(self, i: int) -> bool:
        """True of a short question or exclamation among titles: a title, not a paragraph."""
        calls = self.roles[i] is Role.PROSE and self.text(i)[-1] in "?!" and width(self.text(i)) < _SOLID
        return calls and i > 0 and self.roles[i - 1] in LEFT_OUT | {Role.SHORT, Role.STAMP}


def read_sheet(page: Page) -> Sheet:
    """The page's lines with their roles; of a page that an extractor judged, only what it kept and the lines that name
    author, source, date and editor near to it."""
    roles = _with_bylines_whole(page.lines, list(map(role_of, page.lines)))
    inside = [i for i, line in enumerate(page.lines) if not line.outside]
    judged = len(inside) < len(page.lines)
    if not judged or not inside:
        return Sheet(page.lines, roles, judged=False)
    kept = [
        i for i in range(len(roles)) if not page.lines[i].outside or _belongs(page, roles, i, (inside[0], inside[-1]))
    ]
    return Sheet(tuple(page.lines[i] for i in kept), tuple(roles[i] for i in kept), judged=True)


def _with_bylines_whole(lines: tuple[Line, ...], roles: list[Role]) -> tuple[Role, ...]:
    """The roles, with lines that carry on a byline made bylines too: a second author, or a bracket still open."""
    for i in range(1, len(lines)):
        if roles[i - 1] is Role.BYLINE and roles[i] in (Role.SHORT, Role.PROSE):
            above, text = fold(lines[i - 1].text), fold(lines[i].text)
            still_open = above.startswith("(") and "(" not in text and above.count("(") > above.count(")")
            if (still_open and len(text) <= _LONGEST_BYLINE) or names_office(text):
                roles[i] = Role.BYLINE
    return tuple(roles)


def _belongs(page: Page, roles: tuple[Role, ...], i: int, body: tuple[int, int]) -> bool:
    """True of a line outside the extractor's article, which spans `body`, that yet belongs to it."""
    line, role = page.lines[i], roles[i]
    if body[0] - _NEAR <= i < body[0]:
        titled = line.kind == "heading" and line.text in page.title
        return titled or role in META | {Role.NOTE, Role.STAMP} or bool(marks().prefix.match(fold(line.text)))
    if i > body[1]:
        return i <= body[1] + _NEAR and role in META and Role.STOP not in roles[body[1] : i]
    return line.kind != "link" and i > body[0] and (role in META or role is Role.PROSE or line.kind == "heading")


def is_numbered(text: str) -> bool:
    """True of a line that begins with a number of an outline."""
    return bool(_NUMBERED.match(fold(text)))


def is_title(line: Line, role: Role) -> bool:
    """True of a line shaped as a title is."""
    text = fold(line.text)
    shaped = role in (Role.SHORT, Role.PROSE) and 4 <= width(text) <= 130 and text[-1] not in "。,、;:.…"
    listed = is_numbered(text) or is_menu(text) or _BULLET.match(text)
    return shaped and line.kind in ("", "heading") and not listed


def _form(text: str) -> str:
    """The form of a date: "9-9-9 9:9" of "2024-10-10 16:04"."""
    return re.sub(r"\d+", "9", re.sub(r"[^\d\-/.年月日: ]", "", text)).strip(" :")
