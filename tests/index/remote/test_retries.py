"""How often and how soon a call is made once more."""

from index.remote.retries import MOST, Allowance, seconds_before


def test_a_server_in_trouble_gets_a_tenth_more_calls_at_most() -> None:
    allowance = Allowance()
    retries = 0
    for _ in range(1000):
        allowance.call()
        for _ in range(MOST):
            retries += allowance.take()
    assert 1000 / 10 <= retries <= 1000 / 10 + 5


def test_a_single_question_has_its_retries() -> None:
    allowance = Allowance()
    allowance.call()
    assert [allowance.take() for _ in range(MOST)] == [True] * MOST


def test_waits_are_short_grow_and_differ() -> None:
    first = [seconds_before(1, None) for _ in range(100)]
    second = [seconds_before(2, None) for _ in range(100)]
    assert min(first) >= 0.15 and max(first) <= 0.45
    assert min(second) >= 0.3 and max(second) <= 0.9
    assert len(set(first)) > 50


def test_a_server_is_not_asked_before_it_wants_to_be() -> None:
    waits = [seconds_before(1, 7) for _ in range(100)]
    assert min(waits) > 7 and max(waits) < 7.3
