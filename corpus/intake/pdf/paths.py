"""The path that is being drawn on a PDF page: the ruled lines among its strokes and boxes."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from corpus.intake.pdf.drawing import Rule
from corpus.intake.pdf.matrices import Matrix

_THIN = 3.0
"""Points across which a filled rectangle is a ruled line: Word draws its borders so, at 0.5 to 3."""


class Path:
    """The ruled lines of a path that is not painted yet, on the page."""

    def __init__(self) -> None:
        self.rules: list[Rule] = []
        self._point = (0.0, 0.0)

    def rectangle(self, operands: Sequence[Any], matrix: Matrix) -> None:
        """Adds a rectangle: a ruled line where it is thin, else its four edges."""
        x, y, width, height = (float(operand) for operand in operands[:4])
        left, bottom, right, top = _box((x, y), (x + width, y + height), matrix)
        if top - bottom <= _THIN:
            middle = (top + bottom) / 2
            self.rules.append(Rule(left, middle, right, middle))
        elif right - left <= _THIN:
            middle = (left + right) / 2
            self.rules.append(Rule(middle, bottom, middle, top))
        else:
            self.rules += [Rule(left, y, right, y) for y in (bottom, top)]
            self.rules += [Rule(x, bottom, x, top) for x in (left, right)]

    def move_to(self, operands: Sequence[Any]) -> None:
        """Begins a stroke."""
        self._point = (float(operands[0]), float(operands[1]))

    def line_to(self, operands: Sequence[Any], matrix: Matrix) -> None:
        """Adds a stroke, where it is upright or level."""
        start, self._point = self._point, (float(operands[0]), float(operands[1]))
        left, bottom, right, top = _box(start, self._point, matrix)
        if top - bottom <= 1 < right - left:
            self.rules.append(Rule(left, top, right, top))
        elif right - left <= 1 < top - bottom:
            self.rules.append(Rule(left, bottom, left, top))

    def clear(self) -> None:
        """Forgets the path."""
        self.rules.clear()


def _box(corner: tuple[float, float], other: tuple[float, float], matrix: Matrix) -> Rule:
    """The box between two corners, on the page."""
    a, b, c, d, e, f = matrix
    (x, y), (other_x, other_y) = corner, other
    xs = sorted((a * x + c * y + e, a * other_x + c * other_y + e))
    ys = sorted((b * x + d * y + f, b * other_x + d * other_y + f))
    return Rule(xs[0], ys[0], xs[1], ys[1])
