"""How long a model may be silent, by a clock that is set by hand."""

import pytest

from bot.llm.deadlines import AFTERWARDS, Deadlines
from bot.settings import LlmSettings


class Clock:
    """Seconds as a test sets them."""

    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def deadlines(clock: Clock) -> Deadlines:
    return Deadlines(LlmSettings(first_seconds=15, gap_seconds=10, whole_seconds=60), clock)


def test_the_first_words_then_each_further_ones_then_the_whole(
    clock: Clock, deadlines: Deadlines
) -> None:
    assert deadlines.left == 15
    clock.now += 14
    assert deadlines.left == 1
    deadlines.heard("杭州")
    for _ in range(4):
        assert deadlines.left == 10
        clock.now += 9
        deadlines.heard("杭州")
    # 50 of 60 seconds are gone.
    assert deadlines.left == 10
    clock.now += 9
    deadlines.heard("杭州")
    assert deadlines.left == 1
    clock.now += 3
    assert deadlines.left == -2


def test_behind_the_end_there_is_a_moment_for_the_count(clock: Clock, deadlines: Deadlines) -> None:
    afterwards = deadlines.afterwards()
    assert afterwards.left == AFTERWARDS
    clock.now += AFTERWARDS
    assert afterwards.left == 0
    # Another call of the same question has the time that the question has.
    assert deadlines.left == 15 - AFTERWARDS


def test_blanks_are_no_words(clock: Clock, deadlines: Deadlines) -> None:
    clock.now += 14
    deadlines.heard(" \n")
    assert deadlines.left == 1
