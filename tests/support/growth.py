"""How the time that some work takes grows with its size: in processor time, whatever else the machine does."""

import gc
import time
from collections.abc import Callable

FACTOR = 4
LINEAR = 8
"""Linear work takes about FACTOR times as long, quadratic work its square."""

RUNS = 3


def growth(work: Callable[[int], object], size: int) -> float:
    """Processor time of `work` at FACTOR times `size` over that at `size`. Each is the least of RUNS.

    `size` must be large enough that its work fills the caches, a few milliseconds.
    """
    # The collector would go through all that other tests left behind, the more often the larger the work.
    gc.collect()
    gc.disable()
    try:
        return _seconds(work, FACTOR * size) / _seconds(work, size)
    finally:
        gc.enable()


def _seconds(work: Callable[[int], object], size: int) -> float:
    taken = []
    for _ in range(RUNS):
        begun = time.process_time()
        work(size)
        taken.append(time.process_time() - begun)
    return min(taken)
