"""When a server is left alone, and how it comes back."""

import threading

from hypothesis import given
from hypothesis import strategies as st

from index.remote.breaker import FAILURES, PAUSE, Breaker, Call


class Clock:
    """Seconds as a test sets them."""

    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        return self.now


def begun(breaker: Breaker) -> Call:
    call = breaker.begin()
    assert call is not None
    return call


def opened(clock: Clock) -> Breaker:
    breaker = Breaker(clock)
    news = [begun(breaker).failed() for _ in range(FAILURES)]
    # It says so once, at the failure that opens it.
    assert news == [False] * (FAILURES - 1) + [True]
    return breaker


def test_it_opens_after_five_failures_in_a_row() -> None:
    breaker = Breaker(Clock())
    for _ in range(FAILURES - 1):
        begun(breaker).failed()
    begun(breaker).succeeded()
    for _ in range(FAILURES):
        assert not breaker.is_open
        begun(breaker).failed()
    assert breaker.is_open and breaker.begin() is None


def test_a_single_trial_closes_it() -> None:
    clock = Clock()
    breaker = opened(clock)
    clock.now = PAUSE - 0.1
    assert breaker.begin() is None
    clock.now = PAUSE
    trial = begun(breaker)
    assert breaker.begin() is None
    trial.succeeded()
    assert not breaker.is_open
    begun(breaker)
    begun(breaker)


def test_a_trial_that_fails_leaves_it_alone_for_another_pause() -> None:
    clock = Clock()
    breaker = opened(clock)
    clock.now = PAUSE
    assert not begun(breaker).failed()
    clock.now = 2 * PAUSE - 0.1
    assert breaker.begin() is None
    clock.now = 2 * PAUSE
    begun(breaker).succeeded()
    assert not breaker.is_open


def test_a_trial_that_is_left_makes_room_for_the_next() -> None:
    clock = Clock()
    breaker = opened(clock)
    clock.now = PAUSE
    begun(breaker).left()
    assert breaker.is_open
    begun(breaker).succeeded()
    assert not breaker.is_open


def test_what_began_before_it_opened_does_not_keep_it_open_longer() -> None:
    clock = Clock()
    breaker = Breaker(clock)
    late = [begun(breaker) for _ in range(3)]
    for _ in range(FAILURES):
        begun(breaker).failed()
    clock.now = PAUSE - 1
    assert not late[0].failed()
    clock.now = PAUSE
    trial = begun(breaker)
    # Nor does it take the place of the trial.
    late[1].left()
    assert breaker.begin() is None
    # That it succeeded is news all the same.
    late[2].succeeded()
    assert not breaker.is_open
    trial.left()


def test_a_call_ends_once() -> None:
    breaker = Breaker(Clock())
    call = begun(breaker)
    call.succeeded()
    for _ in range(2 * FAILURES):
        call.failed()
    assert not breaker.is_open


@given(st.lists(st.sampled_from(["succeeded", "failed", "left", "wait"]), max_size=60))
def test_a_server_that_is_well_again_is_always_asked_again(ends: list[str]) -> None:
    clock = Clock()
    breaker = Breaker(clock)
    for end in ends:
        call = breaker.begin()
        if end == "wait" or call is None:
            clock.now += PAUSE / 2
        if call is not None:
            getattr(call, "left" if end == "wait" else end)()
    clock.now += PAUSE
    begun(breaker).succeeded()
    assert not breaker.is_open


def test_threads_get_one_trial_between_them() -> None:
    clock = Clock()
    breaker = opened(clock)
    clock.now = PAUSE
    allowed: list[Call] = []
    ready = threading.Barrier(16)

    def ask() -> None:
        ready.wait()
        call = breaker.begin()
        if call is not None:
            allowed.append(call)

    threads = [threading.Thread(target=ask) for _ in range(16)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(allowed) == 1
