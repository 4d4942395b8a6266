"""What is drawn on a page of a PDF: pieces of text and ruled lines.

Lengths are in points (1/72 inch). Positions are in the frame in which the text reads from left to
right: `left` and `right` grow along the line, `base` is the height of its baseline and grows
upwards.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from corpus.intake.pdf.matrices import turned


class Fragment(NamedTuple):
    """A piece of text in one font, on one baseline, without a wide gap in it; or a blank shown alone.

    `left` and `right` are the ends of its characters without blanks around them; `size` is that of
    the font as drawn. `turn` is the direction of the text in degrees against the page.
    """

    text: str
    left: float
    right: float
    base: float
    size: float
    turn: int


class Rule(NamedTuple):
    """A ruled line or the edge of a box: horizontal where top equals bottom, else vertical."""

    left: float
    bottom: float
    right: float
    top: float


@dataclass
class Drawing:
    """The pieces of text of a page in the order drawn, its ruled lines, and how many characters are
    set in a font that does not say which characters they are.
    """

    fragments: list[Fragment] = field(default_factory=list)
    rules: list[Rule] = field(default_factory=list)
    unreadable: int = 0


def turned_rules(rules: Sequence[Rule], turn: int) -> list[Rule]:
    """The ruled lines in the frame of text that runs in direction `turn`; none where that is
    slanting.
    """
    if turn % 90:
        return []
    found = []
    for rule in rules:
        ends = (turned(rule.left, rule.bottom, turn), turned(rule.right, rule.top, turn))
        xs, ys = sorted(x for x, _ in ends), sorted(y for _, y in ends)
        found.append(Rule(xs[0], ys[0], xs[1], ys[1]))
    return found


def main_turn(fragments: Sequence[Fragment]) -> int:
    """The direction of most of the text, in degrees."""
    count: Counter[int] = Counter()
    for fragment in fragments:
        count[fragment.turn] += len(fragment.text)
    return count.most_common(1)[0][0] if count else 0
