"""Two runs side by side: what improved, what cannot be told, and runs that do not compare."""

import pytest
from support.made_runs import column, result, run

from bot.evals.compare import by_kind, clusters_of, compare, means, same_questions
from corpus import UsageError


def test_what_is_plainly_better_is_improved_and_the_reverse_regressed() -> None:
    worse, better = column("a", [0, 0, 0, 1] * 25), column("b", [1, 1, 1, 1] * 25)
    [found] = compare(worse, better)
    assert (found.measure, found.n, found.base, found.other) == ("R@1", 100, 0.25, 1.0)
    assert (found.paired.wins, found.paired.ties, found.paired.losses) == (75, 25, 0)
    assert found.paired.low > 0.5 and found.p < 0.001 and found.verdict == "improved"
    assert compare(better, worse)[0].verdict == "regressed"


def test_a_run_and_itself_show_nothing() -> None:
    one = column("a", [0, 1] * 40)
    [found] = compare(one, one)
    assert (found.paired.delta, found.p, found.verdict) == (0, 1, "no evidence")
    assert (found.paired.low, found.paired.high) == (0, 0)


def test_few_questions_are_underpowered() -> None:
    assert (
        compare(column("a", [0, 1, 0, 1]), column("b", [1, 0, 1, 1]))[0].verdict == "underpowered"
    )


def test_a_measure_counts_where_both_have_it_and_p_is_adjusted_for_all() -> None:
    a = run(
        "a", [result(f"q{n}", {"R@1": n % 2, **({"F1": 0.5} if n < 10 else {})}) for n in range(40)]
    )
    b = run(
        "b", [result(f"q{n}", {"R@1": 1.0, **({"F1": 0.75} if n < 10 else {})}) for n in range(40)]
    )
    found = {one.measure: one for one in compare(a, b)}
    assert (found["R@1"].n, found["F1"].n) == (40, 10)
    alone = {one.measure: one for one in compare(a, b, measures=["F1"])}
    assert found["F1"].p >= alone["F1"].p
    assert compare(a, b) == compare(a, b)


def test_questions_that_differ_do_not_compare() -> None:
    with pytest.raises(UsageError, match="b 缺 1 题，多 0 题（q3"):
        same_questions(column("a", [0] * 4), column("b", [0] * 3))
    with pytest.raises(UsageError, match="缺 0 题，多 1 题"):
        same_questions(column("a", [0] * 3), column("b", [0] * 4))


def test_means_have_intervals_that_know_of_documents() -> None:
    value, (low, high), n = means(column("a", [0, 0, 1, 1] * 20))["R@1"]
    assert (value, n) == (0.5, 80) and low < 0.5 < high
    _, (narrow_low, _), _ = means(column("a", [0, 1, 0, 1] * 20))["R@1"]
    assert low < narrow_low == 0.5
    assert clusters_of(column("a", [0] * 5).results).tolist() == [0, 0, 1, 1, 2]


def test_by_kind() -> None:
    one = run(
        "a",
        [result("q1", {"R@1": 1}, kind="list"), result("q2", {"R@1": 0}), result("q3", {"F1": 1})],
    )
    assert by_kind(one) == {"list": {"R@1": (1.0, 1)}, "fact": {"R@1": (0.0, 1), "F1": (1.0, 1)}}
