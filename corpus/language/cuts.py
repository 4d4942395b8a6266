"""How texts were cut into words before, so that none is cut twice: cutting takes the longest.

The words of a run depend on nothing but the run and on the terms of a corpus that stand in it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from itertools import pairwise


@dataclass(frozen=True, slots=True)
class Cuts:
    """Runs of characters, each with its words, parted by spaces.

    `earlier` are those of before, `used` those that were asked for since. `searched` has what a
    search of a run looks for: its words, and the shorter words in them.
    """

    earlier: Mapping[str, str] = field(default_factory=dict)
    used: dict[str, str] = field(default_factory=dict)
    searched: dict[str, list[str]] = field(default_factory=dict)

    def words(self, run: str, cut: Callable[[str], Iterable[str]]) -> list[str]:
        """Returns the words of `run`; `cut` finds them where they are not known."""
        known = self.used.get(run)
        if known is None:
            known = self.earlier.get(run) or " ".join(cut(run))
            self.used[run] = known
        return known.split(" ")


def without(cuts: Mapping[str, str], terms: Iterable[str]) -> dict[str, str]:
    """Returns the runs in which none of `terms` begins, and so none stands."""
    beginnings = {term[:2] for term in terms}
    characters = {beginning for beginning in beginnings if len(beginning) == 1}
    return {
        run: words
        for run, words in cuts.items()
        if beginnings.isdisjoint(map("".join, pairwise(run))) and characters.isdisjoint(run)
    }
