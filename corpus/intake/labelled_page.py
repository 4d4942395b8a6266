"""The lines of a page with their roles, and what roles, shapes and widths say together: which lines
are paragraphs and which are titles in a list of links, and whether the page is a portal's.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property
from itertools import accumulate

from corpus.intake.law_lines import law_lines
from corpus.intake.line_shapes import (
    announces_list,
    is_about_the_site,
    is_bulleted,
    is_entry,
    is_numbered,
)
from corpus.intake.page import Line, fold, width
from corpus.intake.portals import LEFT_OUT, Role, marks

_TOP_LINES = 12
"""Lines from the top of a page in which a time of day is the article's."""

_LINKS = 4
"""Titles in a row that make a list of links at the end of a page."""

RUN = 6
"""Titles in a row that make a list of links inside an article."""

_GOING_ON = 3
"""Sentences in a row, each surely text, with which an article goes on below a stop: teasers and
comments stand alone or in pairs.
"""

# Widths, in columns
LINK_WIDTH = 18
"""Average width from which lines are titles in a list of links rather than verse or a table."""

PARAGRAPH_WIDTH = 60
"""Width from which a sentence is surely text."""

_LONGEST_LINK = 300
"""Characters of a title in a list of links, at most. A longer line is text, and would cost time."""


@dataclass(frozen=True)
class LabelledPage:
    """The lines of a page and their roles, in order, one role a line.

    `judged` tells that an extractor judged the lines and that those outside its article are gone.
    `whole` tells that there is surely nothing around the article, so that nothing is dropped.
    """

    lines: tuple[Line, ...]
    roles: tuple[Role, ...]
    judged: bool
    whole: bool = False

    def __len__(self) -> int:
        return len(self.lines)

    def text(self, i: int) -> str:
        """The text of line `i`, folded, in which patterns are looked for."""
        return self._folded[i]

    @cached_property
    def _folded(self) -> tuple[str, ...]:
        return tuple(fold(line.text) for line in self.lines)

    @cached_property
    def stamps(self) -> frozenset[int]:
        """Lines that date the line before them, as in a list of dated titles: their dates have one
        form, repeated.
        """
        dated = {
            i: _date_form(self.text(i))
            for i, role in enumerate(self.roles)
            if role in (Role.STAMP, Role.SOURCE)
        }
        count = Counter(dated.values())
        return frozenset(i for i, form in dated.items() if form and count[form] > 1)

    @cached_property
    def weight(self) -> int:
        """How strongly the page looks like a portal's, in signs; from 2 on it is one."""
        count = Counter(self.roles)
        stops = [i for i in range(len(self)) if self._is_sign(i)]
        headed = sum(self.lines[i].kind == "heading" for i in stops)
        sure = count[Role.TRAIL] + sum(bool(marks().prefix.match(text)) for text in self._folded)
        top = [i for i, role in enumerate(self.roles[:_TOP_LINES]) if role is Role.STAMP]
        hints = (
            Role.EDITOR in count,
            len(self.stamps) > 1,
            self._is_clocked(self.stamps, 2),
        )
        sourced = Role.SOURCE in count or self._is_clocked(top, 1)
        other = 2 * sure + len(stops) - headed + sum(hints)
        listed = self._trails_off()
        # A button or two stand in articles too, and so do a source and a list at the end.
        if other or count[Role.NOISE] + sourced + listed > 2 or (sourced and count[Role.NOISE]):
            other += count[Role.NOISE]
        return other + sourced + (listed if other else 0)

    def _is_sign(self, i: int) -> bool:
        """Whether line `i` is a stop that shows a portal: no text goes on below it, and articles
        have no such line.
        """
        if self.roles[i] is not Role.STOP or marks().feet.match(self.text(i)):
            return False
        below = (j for j in range(i, len(self)) if self.roles[j] is Role.PROSE)
        return not self.count_paragraphs(0, i) or not self.goes_on(next(below, len(self)))

    def goes_on(self, i: int) -> bool:
        """Whether an article goes on with line `i`: several sentences in a row, none on the site,
        and above them no more than an inset of titles.
        """
        if i + _GOING_ON > len(self) or Role.PROSE not in self.roles[max(0, i - RUN) : i]:
            return False
        return all(
            self.is_paragraph(j) and not is_about_the_site(self.text(j))
            for j in range(i, i + _GOING_ON)
        )

    @cached_property
    def law(self) -> frozenset[int]:
        """The lines of a law, from the notes on its enactment to its last article; often none."""
        return law_lines(self._folded, self.roles, self.lines)

    @property
    def portal(self) -> bool:
        """Whether the page is a portal's, and not bare prose."""
        return self.judged or (self.furnished and not self.whole)

    @property
    def furnished(self) -> bool:
        """Whether the page shows enough of a portal that the shape of lines alone may end the
        article.
        """
        return self.weight >= 2

    @cached_property
    def last_foot(self) -> int:
        """The last line that is a byline or an editor line, or -1."""
        return max(
            (i for i, role in enumerate(self.roles) if role in (Role.BYLINE, Role.EDITOR)),
            default=-1,
        )

    def count_paragraphs(self, start: int, end: int) -> int:
        """How many lines from `start` to `end`, exclusive, are paragraphs."""
        return self._paragraph_counts[max(start, end)] - self._paragraph_counts[start]

    @cached_property
    def _paragraph_counts(self) -> tuple[int, ...]:
        return tuple(accumulate((self.is_paragraph(i) for i in range(len(self))), initial=0))

    def has_prose(self, start: int, end: int) -> bool:
        """Whether a line from `start` to `end`, exclusive, is prose of any length."""
        return self._prose_counts[end] > self._prose_counts[start]

    @cached_property
    def _prose_counts(self) -> tuple[int, ...]:
        return tuple(accumulate((role is Role.PROSE for role in self.roles), initial=0))

    def until(self, i: int) -> int:
        """The first line from `i` on that is an editor line or begins boilerplate, or the number of
        lines.
        """
        return self._breaks[i]

    @cached_property
    def _breaks(self) -> tuple[int, ...]:
        breaks = [len(self)] * (len(self) + 1)
        for i in range(len(self) - 1, -1, -1):
            breaks[i] = i if self.roles[i] in (Role.STOP, Role.EDITOR) else breaks[i + 1]
        return tuple(breaks)

    def _is_clocked(self, stamps: Iterable[int], least: int) -> bool:
        """Whether at least `least` of the lines `stamps` have a time of day: 10:00."""
        return sum(bool(re.search(r"\d:\d\d", self.text(i))) for i in stamps) >= least

    def _trails_off(self) -> bool:
        """Whether the page ends in a list of titles that the paragraph above does not announce."""
        end = len(self)
        while end and self.is_link(end - 1):
            end -= 1
        columns = sum(width(self.text(i)) for i in range(end, len(self)))
        announced = not end or not self.is_paragraph(end - 1) or self.announces(end - 1)
        return (
            not announced
            and len(self) - end >= _LINKS
            and columns >= LINK_WIDTH * (len(self) - end)
        )

    def announces(self, i: int) -> bool:
        """Whether line `i` says that a list follows, which is the author's."""
        return announces_list(self.text(i))

    def is_dated(self, i: int) -> bool:
        """Whether a date stands below line `i`."""
        return i + 1 in self.stamps and i not in self.stamps

    def is_paragraph(self, i: int) -> bool:
        """Whether line `i` is surely text: prose of some length with no date below it."""
        return (
            self.roles[i] is Role.PROSE
            and width(self.text(i)) >= PARAGRAPH_WIDTH
            and not self.is_dated(i)
        )

    def is_link(self, i: int) -> bool:
        """Whether line `i` has no end, number or bullet, as titles in a list of links have none."""
        line = self.lines[i]
        if (
            line.kind in ("row", "heading")
            or len(line.text) > _LONGEST_LINK
            or is_numbered(self.text(i))
            or is_bulleted(self.text(i))
            or is_entry(self.text(i))
            or self.announces(i)
        ):
            return False
        return self.roles[i] is Role.SHORT or self._calls_out(i)

    def is_tail(self, i: int) -> bool:
        """Whether line `i` may stand below an article without being part of it."""
        if (
            self.roles[i] in LEFT_OUT
            or self.roles[i] is Role.STAMP
            or i in self.stamps
            or self.is_dated(i)
        ):
            return True
        if self.lines[i].kind == "row" or (self.judged and self.lines[i].kind == "item"):
            return False
        if is_entry(self.text(i)) or self.announces(i):
            return False
        return not is_numbered(self.text(i)) and (self.roles[i] is Role.SHORT or self._calls_out(i))

    def _calls_out(self, i: int) -> bool:
        """Whether line `i` is a short question or exclamation among titles, and so a title."""
        calls = (
            self.roles[i] is Role.PROSE
            and self.text(i)[-1] in "?!"
            and width(self.text(i)) < PARAGRAPH_WIDTH
        )
        return calls and i > 0 and self.roles[i - 1] in LEFT_OUT | {Role.SHORT, Role.STAMP}


def _date_form(text: str) -> str:
    """The form of a date: "2024-10-10 16:04" has the form "9-9-9 9:9"."""
    return re.sub(r"\d+", "9", re.sub(r"[^\d\-/.年月日: ]", "", text)).strip(" :")
