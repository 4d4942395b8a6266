"""Runs on disk: what comes back, what is found by which name, and files that are no runs."""

import sqlite3
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest
from support.made_runs import column, run

from bot.evals.runs import Runs, RunsUnavailable
from corpus import UsageError


def test_a_run_comes_back_as_it_was(tmp_path: Path) -> None:
    runs, kept = Runs(tmp_path / "home/runs.sqlite3"), column("a", [1, 0.5])
    assert runs.all() == [] and not (tmp_path / "home").exists()
    runs.add(kept)
    assert runs.get("a") == kept
    assert runs.get("20261124-100000-a") == kept
    assert runs.all() == [run("a", [])]


def test_a_run_kept_with_the_scores_of_each_stage_is_still_read(tmp_path: Path) -> None:
    runs, kept = Runs(tmp_path / "r"), column("a", [1])
    runs.add(kept)
    with sqlite3.connect(tmp_path / "r") as database:
        database.execute(
            """UPDATE results SET result = replace(result, '"score":0.5', '"score":0.5,"stages":{}')"""
        )
        (row,) = database.execute("SELECT result FROM results").fetchone()
    assert '"stages":{}' in row
    assert runs.get("a") == kept


def test_the_latest_of_a_name_is_meant_and_the_same_id_is_replaced(tmp_path: Path) -> None:
    runs = Runs(tmp_path / "r")
    runs.add(column("a", [0]))
    runs.add(column("b", [1]))
    runs.add(column("a", [1, 1]))
    assert len(runs.get("a").results) == 2 and len(runs.all()) == 2


def test_a_run_in_place_of_another_has_its_own_results_only(tmp_path: Path) -> None:
    runs = Runs(tmp_path / "r")
    runs.add(column("a", [0, 0, 0]))
    runs.add(column("a", [1]))
    assert runs.get("a") == column("a", [1])


def test_runs_are_listed_from_the_latest_to_the_first(tmp_path: Path) -> None:
    """By the time they were made; of one time, by the order they were kept in."""
    runs = Runs(tmp_path / "r")
    for name, minute in (("a", 1), ("b", 3), ("c", 2), ("d", 3)):
        runs.add(run(name, [], made=f"2026-11-24T10:0{minute}:00+00:00"))
    assert [one.name for one in runs.all()] == ["d", "b", "c", "a"]


def test_results_come_back_in_their_order(tmp_path: Path) -> None:
    runs, kept = Runs(tmp_path / "r"), column("a", [n / 30 for n in range(30)])
    runs.add(kept)
    assert [result.case_id for result in runs.get("a").results] == [f"q{n}" for n in range(30)]


def test_an_id_goes_before_a_name_and_a_name_means_its_latest_run(tmp_path: Path) -> None:
    runs = Runs(tmp_path / "r")
    for run_id, name, minute in (("x1", "y", 1), ("x2", "z", 2), ("y3", "z", 3)):
        made = f"2026-11-24T10:0{minute}:00+00:00"
        runs.add(replace(run(name, [], made=made), run_id=run_id))
    assert [runs.get(wanted).run_id for wanted in ("x1", "y", "z")] == ["x1", "y3", "y3"]
    with pytest.raises(UsageError, match="不止一个"):
        runs.get("x")


@pytest.mark.parametrize("wanted", ["nothing", "2026", ""])
def test_a_name_that_none_or_several_have(tmp_path: Path, wanted: str) -> None:
    runs = Runs(tmp_path / "r")
    for name in "ab":
        runs.add(column(name, [0]))
    with pytest.raises(UsageError, match="eval list"):
        runs.get(wanted)


def test_a_run_is_found_by_all_it_depends_on(tmp_path: Path) -> None:
    runs = Runs(tmp_path / "r")
    runs.add(column("a", [0]))
    assert runs.same({"settings": "a"}) == run("a", [])
    assert runs.same({"settings": "b"}) is None
    latest = run("later", [], fingerprint={"settings": "a"}, made="2026-11-24T11:00:00+00:00")
    runs.add(latest)
    assert runs.same({"settings": "a"}) == latest


def test_not_a_number_is_not_kept(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="not JSON compliant"):
        Runs(tmp_path / "r").add(column("a", [float("nan")]))
    assert Runs(tmp_path / "r").all() == []


@pytest.mark.parametrize("damage", ["text", "later"])
def test_a_file_that_cannot_be_used_is_explained_and_left_alone(
    tmp_path: Path, damage: str
) -> None:
    path = tmp_path / "r"
    if damage == "text":
        path.write_text("no database, but long enough to be read as the head of one " * 20)
    else:
        with sqlite3.connect(path) as database:
            database.execute("PRAGMA user_version = 99")
    before = path.read_bytes()
    with pytest.raises(RunsUnavailable, match="无法读写运行记录"):
        Runs(path).all()
    assert path.read_bytes() == before


def damaged(path: Path, statement: str, *values: object) -> None:
    with closing(sqlite3.connect(path)) as database, database:
        database.execute(statement, values)


DAMAGES = [
    "substr(about, 1, length(about) / 2)",
    "''",
    "'[]'",
    "'{}'",
    "'1'",
    "CAST(x'ff00' AS TEXT)",
    "json_remove(about, '$.left_out')",
    "json_set(about, '$.overall', '')",
    "json_set(about, '$.left_out', 5)",
    "json_set(about, '$.more', 5)",
]


@pytest.mark.parametrize("damage", [*DAMAGES, "deep", "blob"])
def test_a_damaged_run_is_named_and_the_others_are_served(tmp_path: Path, damage: str) -> None:
    path = tmp_path / "r"
    runs = Runs(path)
    for name in "abc":
        runs.add(column(name, [1]))
    statement = "UPDATE runs SET about = {} WHERE run_id LIKE '%-b'"
    if damage == "deep":
        damaged(path, statement.format("?"), "[" * 200_000)
    elif damage == "blob":
        damaged(path, "UPDATE runs SET made = x'00' WHERE run_id LIKE '%-b'")
    else:
        damaged(path, statement.format(damage))
    if damage.startswith("CAST"):
        # Text that is not UTF-8: SQLite itself is told that the file is damaged.
        with pytest.raises(RunsUnavailable, match="已损坏"):
            runs.all()
        return
    assert sorted(one.name for one in runs.all()) == ["a", "c"]
    (error,) = runs.damages()
    assert isinstance(error, RunsUnavailable)
    for part in (str(path), "20261124-100000-b"):
        assert part in error.zh and part in error.en
    assert "备份" in error.zh and "backup" in error.en
    with pytest.raises(RunsUnavailable, match="20261124-100000-b"):
        runs.get("20261124-100000-b")
    assert runs.get("20261124-100000-a") == column("a", [1])
    assert runs.same({"settings": "b"}) is None
    runs.add(column("b", [0]))
    assert runs.damages() == [] and runs.get("b") == column("b", [0])


def test_an_older_run_is_not_taken_for_a_damaged_one_of_its_name(tmp_path: Path) -> None:
    path = tmp_path / "r"
    runs = Runs(path)
    for run_id, minute in (("x1", 1), ("x2", 2), ("x3", 3)):
        made = f"2026-11-24T10:0{minute}:00+00:00"
        runs.add(replace(run("y", [], made=made), run_id=run_id))
    damaged(path, "UPDATE runs SET about = '{' WHERE run_id = 'x2'")
    assert runs.get("y").run_id == "x3"
    damaged(path, "DELETE FROM runs WHERE run_id = 'x3'")
    with pytest.raises(RunsUnavailable, match="x2"):
        runs.get("y")
    assert runs.get("x1").run_id == "x1"
    with pytest.raises(UsageError, match="eval list"):
        runs.get("z")


@pytest.mark.parametrize(
    "damage",
    [
        "substr(result, 1, length(result) / 2)",
        "json_remove(result, '$.scores')",
        "json_set(result, '$.answer', '')",
        "json_set(result, '$.hits', json('[1]'))",
        "'['",
    ],
)
def test_a_run_with_a_damaged_result_has_no_figures(tmp_path: Path, damage: str) -> None:
    path = tmp_path / "r"
    runs = Runs(path)
    for name in "ab":
        runs.add(column(name, [1, 0]))
    damaged(
        path, f"UPDATE results SET result = {damage} WHERE run_id LIKE '%-b' AND case_id = 'q1'"
    )
    with pytest.raises(RunsUnavailable, match="20261124-100000-b"):
        runs.get("b")
    assert runs.get("a") == column("a", [1, 0])
    assert len(runs.all()) == 2
