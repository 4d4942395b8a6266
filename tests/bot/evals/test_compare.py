"""Two runs side by side: what improved, what cannot be told, and runs that do not compare."""

import numpy as np
import pytest
from support.made_runs import column, result, run

from bot.evals.compare import EFFECT, compare, same_questions
from bot.evals.figures import by_kind, clusters_of, figure, figures
from bot.evals.intervals import holm, paired
from bot.evals.measures import COMPARED
from corpus import UsageError


def test_what_is_plainly_better_is_improved_and_the_reverse_regressed() -> None:
    worse, better = column("a", [0, 0, 0, 1] * 25), column("b", [1, 1, 1, 1] * 25)
    [found] = compare(worse, better)
    assert (found.measure, found.n, found.base, found.other) == ("R@1", 100, 0.25, 1.0)
    assert (found.paired.wins, found.paired.ties, found.paired.losses) == (75, 25, 0)
    assert found.paired.low > 0.5 and found.p < 0.001 and found.verdict == "improved"
    assert found.paired.unit == "document"
    assert compare(better, worse)[0].verdict == "regressed"


def test_a_run_and_itself_cannot_be_told_apart() -> None:
    one = column("a", [0, 1] * 40)
    [found] = compare(one, one)
    assert (found.paired.delta, found.p, found.verdict) == (0, 1, "underpowered")
    assert (found.paired.low, found.paired.high, found.paired.mde) == (0, 0, None)


def test_few_questions_are_underpowered() -> None:
    [found] = compare(column("a", [0, 1, 0, 1]), column("b", [1, 0, 1, 1]))
    assert (found.verdict, found.paired.mde) == ("underpowered", None)


def test_the_stated_effect_decides_between_no_evidence_and_underpowered() -> None:
    """One of 100 questions differs: sd 0.1, so 2.8 * 0.1 / 10 = 0.028 could be found."""
    a, b = column("a", [1] * 100), column("b", [0] + [1] * 99)
    [found] = compare(a, b)
    assert found.n == 100 and found.paired.mde == pytest.approx(0.028, abs=0.001)
    assert EFFECT == 0.02 and found.verdict == "underpowered"
    assert compare(a, b, effect=0.03)[0].verdict == "no evidence"


def test_a_measure_counts_where_both_have_it_and_p_is_adjusted_for_all() -> None:
    """R@1 of 40 questions, F1 of those of the first ten that both runs have: q0 to q8."""
    before, after = [], []
    for n in range(40):
        before.append(result(f"q{n}", {"R@1": n % 2, **({"F1": 0.5} if n < 10 else {})}))
        after.append(result(f"q{n}", {"R@1": 1.0, **({"F1": 0.75} if n < 9 else {})}))
    a, b = run("a", before), run("b", after)
    found = {one.measure: one for one in compare(a, b)}
    assert list(found) == ["R@1", "F1"]
    assert (found["R@1"].n, found["F1"].n) == (40, 9)
    assert (found["F1"].base, found["F1"].other) == (0.5, 0.75)
    unadjusted = [found["R@1"].paired.p, found["F1"].paired.p]
    assert [found["R@1"].p, found["F1"].p] == holm(unadjusted)
    assert found["F1"].p > found["F1"].paired.p or found["R@1"].p > found["R@1"].paired.p
    [alone] = compare(a, b, measures=["F1"])
    assert alone.p == alone.paired.p == found["F1"].paired.p
    assert compare(a, b) == compare(a, b)


def test_measures_are_compared_by_the_documents_of_the_base_run() -> None:
    values, others = [0.0, 0.0, 1.0, 1.0] * 6, [1.0, 0.0] * 12
    [found] = compare(column("a", values), column("b", others))
    documents = np.arange(24) // 2
    assert found.paired == paired(np.array(values), np.array(others), documents)


def test_measures_that_are_not_for_comparison_are_left_out() -> None:
    assert "R@3" not in COMPARED
    assert compare(column("a", [0, 1], "R@3"), column("b", [0, 1], "R@3")) == []


def test_questions_that_differ_do_not_compare() -> None:
    with pytest.raises(UsageError, match="b 缺 1 题，多 0 题（q3 等"):
        same_questions(column("a", [0] * 4), column("b", [0] * 3))
    with pytest.raises(UsageError, match="缺 0 题，多 1 题（q3 等"):
        same_questions(column("a", [0] * 3), column("b", [0] * 4))
    with pytest.raises(UsageError, match=r"缺 9 题.*（q0, q1, q2, q3, q4 等"):
        same_questions(column("a", [0] * 9), run("b", []))


def test_questions_pair_by_id_in_the_order_of_the_base() -> None:
    a = column("a", [0, 1, 0])
    turned = run("b", a.results[::-1])
    assert same_questions(a, turned) == [(one, one) for one in a.results]


def test_figures_have_intervals_that_know_of_documents() -> None:
    wide = figures(column("a", [0, 0, 1, 1] * 20))["R@1"]
    assert (wide.value, wide.n, wide.unit) == (0.5, 80, "document")
    assert wide.low < 0.5 < wide.high
    narrow = figures(column("a", [0, 1, 0, 1] * 20))["R@1"]
    assert wide.low < narrow.low == 0.5 == narrow.high


def test_figures_are_in_the_order_of_the_measures_and_of_the_questions_that_have_them() -> None:
    one = run("a", [result("q0", {"F1": 0.5, "own": 1.0}), result("q1", {"R@1": 1.0, "F1": 1.0})])
    found = figures(one)
    assert [(name, each.value, each.n) for name, each in found.items()] == [
        ("R@1", 1.0, 1),
        ("F1", 0.75, 2),
        ("own", 1.0, 1),
    ]
    assert figure(one.results, "EM") is None


def test_clusters_are_documents() -> None:
    assert clusters_of(column("a", [0] * 5).results).tolist() == [0, 0, 1, 1, 2]


def test_questions_about_one_document_are_drawn_alone_and_so_are_those_about_none() -> None:
    about_one = [result(f"q{n}", {"R@1": n % 2}, cluster="d") for n in range(6)]
    unanswerable = [result(f"n{n}", {"R@1": 1.0}) for n in range(3)]
    assert clusters_of([*about_one, *unanswerable]).tolist() == list(range(9))
    one = figure([*about_one, *unanswerable], "R@1")
    assert one is not None and one.unit == "question"
    about_two = [*about_one, result("x", {"R@1": 0.0}, cluster="e"), *unanswerable]
    assert clusters_of(about_two).tolist() == [0, 0, 0, 0, 0, 0, 1, 2, 3, 4]


def test_means_by_kind() -> None:
    results = [
        result("q1", {"R@1": 1}, kind="list"),
        result("q2", {"R@1": 0}),
        result("q3", {"R@1": 1, "F1": 1}),
    ]
    assert by_kind(results) == {
        "list": {"R@1": (1.0, 1)},
        "fact": {"R@1": (0.5, 2), "F1": (1.0, 1)},
    }
