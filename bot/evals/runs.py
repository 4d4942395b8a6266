"""Runs: what a service answered to each question of a set, kept in SQLite with all that the figures depend on."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

from bot.storage.database import Database, DatabaseUnavailable, Schema
from corpus import UsageError

FILE = "runs.sqlite3"
"""The name of the file in CHENGWEN_HOME."""

WAIT_SECONDS = 10
"""How long to wait for another process that has the file: an evaluation took minutes to make what is written."""

_SCHEMA = Schema(
    version=1,
    tables="""
CREATE TABLE IF NOT EXISTS runs (run_id TEXT PRIMARY KEY, made TEXT NOT NULL, about TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS results (
    run_id TEXT NOT NULL REFERENCES runs ON DELETE CASCADE, place INTEGER NOT NULL, case_id TEXT NOT NULL,
    result TEXT NOT NULL, PRIMARY KEY (run_id, place)) WITHOUT ROWID;
""",
    pragmas=("foreign_keys = ON",),
)


class RunsUnavailable(DatabaseUnavailable):
    """The file of runs cannot be read or written."""

    code = "runs_unavailable"


@dataclass(frozen=True, slots=True)
class Scored:
    """A passage of a ranking, and its score."""

    passage_id: str
    score: float


@dataclass(frozen=True, slots=True)
class Result:
    """What one question was answered with, and the scores of that.

    `cluster` is the document of its gold: questions about one document are not independent. `scores`
    holds only the measures that apply. `answer` holds outcome, text, short_answer, citations,
    milliseconds and confidence of the answer, and as `case` the question's row of the set.
    """

    case_id: str
    kind: str
    cluster: str
    question: str
    scores: Mapping[str, float]
    hits: tuple[Scored, ...]
    answer: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Run:
    """One evaluation of a question set.

    `made` is an ISO 8601 time. `fingerprint` names all that the figures depend on. `overall` are
    measures of the whole set, such as AUROC. `left_out` says for each question of the file that was
    not asked why not, in Chinese and English.
    """

    run_id: str
    name: str
    dataset: str
    made: str
    seconds: float
    fingerprint: Mapping[str, str]
    overall: Mapping[str, float]
    left_out: tuple[tuple[str, str], ...]
    results: tuple[Result, ...] = ()


class Runs:
    """The runs in one SQLite file, made by the first write. Every method raises RunsUnavailable."""

    def __init__(self, path: Path) -> None:
        self._database = Database(
            path,
            _SCHEMA,
            failure=("无法读写运行记录", "Cannot use the runs in"),
            unavailable=RunsUnavailable,
            locked=RunsUnavailable,
        )

    def add(self, run: Run) -> None:
        """Keeps `run`, in place of one with the same id."""
        about = asdict(run)
        # They have a table and columns of their own.
        for name in ("results", "run_id", "made"):
            del about[name]
        rows = []
        for place, result in enumerate(run.results):
            rows.append((run.run_id, place, result.case_id, _json(asdict(result))))
        with self._database.connect(WAIT_SECONDS, make=True) as connection:
            connection.execute("DELETE FROM runs WHERE run_id = ?", (run.run_id,))
            connection.execute(
                "INSERT INTO runs VALUES (?, ?, ?)", (run.run_id, run.made, _json(about))
            )
            connection.executemany("INSERT INTO results VALUES (?, ?, ?, ?)", rows)

    def all(self) -> list[Run]:
        """All runs without their results, the latest first."""
        with self._database.connect(WAIT_SECONDS) as connection:
            rows = connection.execute("SELECT * FROM runs ORDER BY made DESC, rowid DESC")
            return [_run(*row) for row in rows]

    def get(self, wanted: str) -> Run:
        """The run whose id begins with `wanted`, or else the latest of that name, with its results.

        Raises UsageError if there is none, or if several ids begin so.
        """
        runs = self.all()
        found = [run for run in runs if run.run_id.startswith(wanted)]
        if not found:
            found = [run for run in runs if run.name == wanted][:1]
        if len(found) != 1:
            raise UsageError(
                f"没有编号或名称为 {wanted} 的运行记录，或不止一个：请用 chengwen eval list 查看。",
                f"No single run has the id or name {wanted}: see `chengwen eval list`.",
            )
        (run,) = found
        return replace(run, results=self._results(run.run_id))

    def same(self, fingerprint: Mapping[str, str]) -> Run | None:
        """The latest run with that fingerprint, without its results, or None."""
        for run in self.all():
            if run.fingerprint == fingerprint:
                return run
        return None

    def _results(self, run_id: str) -> tuple[Result, ...]:
        with self._database.connect(WAIT_SECONDS) as connection:
            rows = connection.execute(
                "SELECT result FROM results WHERE run_id = ? ORDER BY place", (run_id,)
            )
            return tuple(_result(text) for (text,) in rows)


def _json(value: object) -> str:
    return json.dumps(value, ensure_ascii=False, allow_nan=False, separators=(",", ":"))


def _run(run_id: str, made: str, about: str) -> Run:
    fields = json.loads(about)
    fields["left_out"] = tuple(tuple(pair) for pair in fields["left_out"])
    return Run(run_id=run_id, made=made, **fields)


def _result(text: str) -> Result:
    fields = json.loads(text)
    fields["hits"] = tuple(_scored(hit) for hit in fields["hits"])
    return Result(**fields)


def _scored(hit: Mapping[str, Any]) -> Scored:
    # Only these two: runs kept by earlier versions have a third field, `stages`.
    return Scored(hit["passage_id"], hit["score"])
