"""The gate: what passes, what does not, and what it leaves for other programs."""

from pathlib import Path
from xml.etree import ElementTree

import pytest
from support.made_runs import column

from bot.evals.compare import failed, gate, read_baseline, summary, write_baseline, write_junit
from corpus import UsageError

GOOD, BAD = [1, 1, 1, 0] * 25, [0, 1, 0, 0] * 25


def test_a_baseline_comes_back_with_what_a_gate_needs(tmp_path: Path) -> None:
    run = column("a", [1, 1 / 3])
    write_baseline(run, tmp_path / "b.jsonl")
    back = read_baseline(tmp_path / "b.jsonl")
    assert [(r.case_id, r.cluster, dict(r.scores)) for r in back.results] == [
        ("q0", "d0", {"R@1": 1}),
        ("q1", "d0", {"R@1": round(1 / 3, 12)}),
    ]
    assert (back.dataset, back.fingerprint) == ("set", {"settings": "a"})


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


def test_junit_has_a_case_a_measure_and_the_reason(tmp_path: Path) -> None:
    compared = gate(column("a", GOOD), column("b", BAD), 0.02)
    write_junit(compared, compared, tmp_path / "j.xml")
    suite = ElementTree.parse(tmp_path / "j.xml").getroot()
    assert (suite.get("tests"), suite.get("failures")) == ("1", "1")
    failure = suite.find("testcase/failure")
    assert failure is not None and "0.750 → 0.250" in (failure.get("message") or "")


@pytest.mark.parametrize(
    "text", ["", "{}", '{"form": 2, "dataset": "a"}', "no json", '{"form": 1}\n{"id": 1}', "[1]"]
)
def test_a_file_that_is_no_baseline(tmp_path: Path, text: str) -> None:
    (tmp_path / "b.jsonl").write_text(text)
    with pytest.raises(UsageError, match="不是可用的基线"):
        read_baseline(tmp_path / "b.jsonl")
