"""The gate: what passes, what does not, and what it leaves for other programs."""

from pathlib import Path
from xml.etree import ElementTree

import pytest
from support.made_runs import column, result, run

from bot.evals.compare import (
    Compared,
    failed,
    gate,
    read_baseline,
    summary,
    write_baseline,
    write_junit,
)
from bot.evals.intervals import Paired
from bot.evals.measures import GATED
from corpus import UsageError

GOOD, BAD = [1, 1, 1, 0] * 25, [0, 1, 0, 0] * 25


def test_a_baseline_comes_back_with_what_a_gate_needs(tmp_path: Path) -> None:
    write_baseline(column("a", [1, 1 / 3]), tmp_path / "b.jsonl")
    back = read_baseline(tmp_path / "b.jsonl")
    assert [(r.case_id, r.cluster, dict(r.scores)) for r in back.results] == [
        ("q0", "d0", {"R@1": 1}),
        ("q1", "d0", {"R@1": round(1 / 3, 12)}),
    ]
    assert (back.dataset, back.fingerprint) == ("set", {"settings": "a"})


def test_a_baseline_can_be_read_by_people(tmp_path: Path) -> None:
    """One question a line, its words as they are."""
    write_baseline(run("a", [result("q", {"R@1": 1}, kind="数字")]), tmp_path / "b.jsonl")
    head, row = (tmp_path / "b.jsonl").read_text("utf-8").splitlines()
    assert '"form": 1' in head
    assert '"kind": "数字"' in row


@pytest.mark.parametrize("name", ["baseline-questions.jsonl", "baseline-trial.jsonl"])
def test_the_committed_baselines_can_be_read(name: str) -> None:
    baseline = read_baseline(Path(__file__).parents[2] / "data" / name)
    assert len(baseline.results) >= 200 and set(baseline.results[0].scores) <= set(GATED)


def test_the_same_passes_and_so_does_a_better_one() -> None:
    for now in (GOOD, [1] * 100, [value - 1e-13 for value in GOOD]):
        assert failed(gate(column("a", GOOD), column("b", now), 0.02), 0.02) == []


def test_a_loss_beyond_chance_and_beyond_the_effect_fails() -> None:
    compared = gate(column("a", GOOD), column("b", BAD), 0.02)
    assert failed(compared, 0.02) == compared and summary(compared[0]).startswith(
        "R@1 0.750 → 0.250 (-0.500, 95 % "
    )
    assert failed(compared, 0.6) == []


def test_a_loss_that_may_be_chance_passes() -> None:
    compared = gate(column("a", [1, 0] * 6), column("b", [1, 0] * 5 + [0, 0]), 0.02)
    assert compared[0].paired.delta < -0.02 and failed(compared, 0.02) == []


def changed(delta: float, low: float, high: float) -> Compared:
    pair = Paired(delta, 0.01, low, high, "document", 0.1, 1, 2, 3)
    return Compared("R@1", 6, 0.5, 0.5 + delta, pair, 0.02, "regressed")


@pytest.mark.parametrize(
    ("one", "fails"),
    [
        (changed(-0.25, -0.5, -0.1), True),
        (changed(-0.125, -0.5, -0.1), False),  # the effect itself is not more than it
        (changed(-0.25, -0.5, 0.0), False),
        (changed(0.25, 0.1, 0.5), False),
    ],
)
def test_a_gate_fails_on_a_sure_loss_that_is_more_than_the_effect(
    one: Compared, fails: bool
) -> None:
    assert failed([one], 0.125) == [one] * fails


def test_a_line_says_what_changed_and_what_was_drawn() -> None:
    assert summary(changed(-0.25, -0.5, -0.1)) == (
        "R@1 0.500 → 0.250 (-0.250, 95 % -0.500 … -0.100 by document, p 0.0200, regressed)"
    )


def test_a_gate_looks_at_its_own_measures_only(tmp_path: Path) -> None:
    several = {"R@1": 1.0, "R@5": 1.0, "refused": 0.0}
    one = run("a", [result("q", several, kind="list")])
    write_baseline(one, tmp_path / "b.jsonl")
    (back,) = read_baseline(tmp_path / "b.jsonl").results
    assert (dict(back.scores), back.kind) == ({"R@1": 1.0, "refused": 0.0}, "list")
    assert [each.measure for each in gate(one, one, 0.02)] == ["R@1", "refused"]


def test_junit_has_a_case_a_measure_and_the_reason(tmp_path: Path) -> None:
    compared = gate(column("a", GOOD), column("b", BAD), 0.02)
    passed = changed(0.25, 0.1, 0.5)
    write_junit([*compared, passed], compared, tmp_path / "j.xml")
    suite = ElementTree.parse(tmp_path / "j.xml").getroot()
    assert (suite.get("tests"), suite.get("failures")) == ("2", "1")
    assert [len(list(case)) for case in suite] == [1, 0]
    failure = suite.find("testcase/failure")
    assert failure is not None and "0.750 → 0.250" in (failure.get("message") or "")


@pytest.mark.parametrize(
    "text", ["", "{}", '{"form": 2, "dataset": "a"}', "no json", '{"form": 1}\n{"id": 1}', "[1]"]
)
def test_a_file_that_is_no_baseline(tmp_path: Path, text: str) -> None:
    (tmp_path / "b.jsonl").write_text(text)
    with pytest.raises(UsageError, match="不是可用的基线"):
        read_baseline(tmp_path / "b.jsonl")
