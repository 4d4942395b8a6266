"""Matrices of PDF pages: how a point of one frame lies in another."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

Matrix = tuple[float, float, float, float, float, float]

IDENTITY: Matrix = (1.0, 0.0, 0.0, 1.0, 0.0, 0.0)


def multiply(first: Matrix, second: Matrix) -> Matrix:
    """The matrix that does `first` and then `second`."""
    a, b, c, d, e, f = first
    p, q, r, s, t, u = second
    return (
        a * p + b * r,
        a * q + b * s,
        c * p + d * r,
        c * q + d * s,
        e * p + f * r + t,
        e * q + f * s + u,
    )


def moved(matrix: Matrix, right: float, up: float) -> Matrix:
    """The matrix with its origin moved in its own frame."""
    a, b, c, d, e, f = matrix
    return (a, b, c, d, right * a + up * c + e, right * b + up * d + f)


def matrix_of(operands: Sequence[Any]) -> Matrix:
    """The matrix that six operands give."""
    a, b, c, d, e, f = (float(operand) for operand in operands[:6])
    return (a, b, c, d, e, f)


def turned(x: float, y: float, turn: int) -> tuple[float, float]:
    """A point in the frame in which text that runs in direction `turn` runs to the right."""
    if turn == 0:
        return x, y
    cosine, sine = math.cos(math.radians(turn)), math.sin(math.radians(turn))
    return x * cosine + y * sine, y * cosine - x * sine
