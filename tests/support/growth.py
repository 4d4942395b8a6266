"""How the time that some work takes grows with its size: in processor time, so that a busy machine changes nothing."""

import time
from collections.abc import Callable

FACTOR = 4
LINEAR = 8
"""More than FACTOR, which linear work takes, and less than its square, which quadratic work takes."""


def growth(work: Callable[[int], object], size: int) -> float:
    """Processor time of `work` at FACTOR times `size` over that at `size`. Each is the least of three runs."""
    return _seconds(work, FACTOR * size) / _seconds(work, size)


def _seconds(work: Callable[[int], object], size: int) -> float:
    taken = []
    for _ in range(3):
        begun = time.process_time()
        work(size)
        taken.append(time.process_time() - begun)
    return min(taken)
