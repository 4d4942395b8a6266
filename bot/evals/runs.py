"""Runs: what a service made of every question of a set, kept in SQLite with all that the figures depend on."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from bot.storage.database import Database, DatabaseUnavailable, Schema
from corpus import UsageError

FILE = "runs.sqlite3"
WAIT_SECONDS = 10

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
    """A passage as it was ranked: its score, and what each half of the search gave it."""

    passage_id: str
    score: float
    stages: Mapping[str, float] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Result:
    """What one question got.

    `cluster` is the document of its gold, so that questions on one document are not taken for independent; `scores` has
    only the measures that apply; `answer` the outcome, text, short_answer, citations, milliseconds and confidence, and
    the question's own row of the set as `case`.
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
    """`fingerprint` names all that the figures depend on; `overall` are measures of the whole set, such as AUROC.

    `left_out` says of each question of the file that was not asked why, in Chinese and English.
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
    """The runs in one SQLite file, made on the first write."""

    def __init__(self, path: Path) -> None:
        self._database = Database(
            path,
            _SCHEMA,
            failure=("无法读写运行记录", "Cannot use the runs in"),
            unavailable=RunsUnavailable,
            locked=RunsUnavailable,
        )

    def add(self, run: Run) -> None:
        """Keeps `run`, in place of one with the same id. Raises RunsUnavailable."""
        about = {k: v for k, v in asdict(run).items() if k not in ("results", "run_id", "made")}
        rows = [(run.run_id, n, r.case_id, _json(asdict(r))) for n, r in enumerate(run.results)]
        with self._database.connect(WAIT_SECONDS, make=True) as database:
            database.execute("DELETE FROM runs WHERE run_id = ?", (run.run_id,))
            database.execute(
                "INSERT INTO runs VALUES (?, ?, ?)", (run.run_id, run.made, _json(about))
            )
            database.executemany("INSERT INTO results VALUES (?, ?, ?, ?)", rows)

    def all(self) -> list[Run]:
        """Every run without its results, the latest first. Raises RunsUnavailable."""
        with self._database.connect(WAIT_SECONDS) as database:
            return [
                _run(*row)
                for row in database.execute("SELECT * FROM runs ORDER BY made DESC, rowid DESC")
            ]

    def get(self, wanted: str) -> Run:
        """The run whose id begins with `wanted`, or the latest of that name, with its results.

        Raises UsageError where there is none, or several, and RunsUnavailable.
        """
        runs = self.all()
        found = [r for r in runs if r.run_id.startswith(wanted)] or [
            r for r in runs if r.name == wanted
        ][:1]
        if len(found) != 1:
            raise UsageError(
                f"没有编号或名称为 {wanted} 的运行记录，或不止一个：请用 chengwen eval list 查看。",
                f"No single run has the id or name {wanted}: see `chengwen eval list`.",
            )
        with self._database.connect(WAIT_SECONDS) as database:
            rows = database.execute(
                "SELECT result FROM results WHERE run_id = ? ORDER BY place", (found[0].run_id,)
            )
            return _whole(found[0], [json.loads(row) for (row,) in rows])

    def same(self, fingerprint: Mapping[str, str]) -> Run | None:
        """The latest run with that fingerprint, without its results, or None."""
        return next((run for run in self.all() if dict(run.fingerprint) == dict(fingerprint)), None)


def _json(value: object) -> str:
    return json.dumps(value, ensure_ascii=False, allow_nan=False, separators=(",", ":"))


def _run(run_id: str, made: str, about: str) -> Run:
    fields = json.loads(about)
    left_out = tuple((zh, en) for zh, en in fields.pop("left_out"))
    return Run(run_id=run_id, made=made, left_out=left_out, **fields)


def _whole(run: Run, rows: Sequence[Mapping[str, Any]]) -> Run:
    results = (
        Result(**{**row, "hits": tuple(Scored(**hit) for hit in row["hits"])}) for row in rows
    )
    fields = {name: getattr(run, name) for name in Run.__slots__ if name != "results"}
    return Run(**fields, results=tuple(results))
