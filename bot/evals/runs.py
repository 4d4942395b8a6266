"""Runs: what a service made of every question of a set, kept in SQLite with all that the figures depend on."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from corpus import ChengwenError, UsageError
from corpus.intake.decode import shown

FILE = "runs.sqlite3"
SCHEMA = 1
WAIT_SECONDS = 10

_TABLES = """
CREATE TABLE IF NOT EXISTS runs (run_id TEXT PRIMARY KEY, made TEXT NOT NULL, about TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS results (
    run_id TEXT NOT NULL REFERENCES runs ON DELETE CASCADE, place INTEGER NOT NULL, case_id TEXT NOT NULL,
    result TEXT NOT NULL, PRIMARY KEY (run_id, place)) WITHOUT ROWID;
"""


class RunsUnavailable(ChengwenError):
    """The file of runs cannot be read or written."""

    code = "runs_unavailable"


@dataclass(frozen=True, slots=True)
class Scored:
    """A passage of a ranking, and its score."""

    passage_id: str
    score: float


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
        self._path = path

    def add(self, run: Run) -> None:
        """Keeps `run`, in place of one with the same id. Raises RunsUnavailable."""
        about = {k: v for k, v in asdict(run).items() if k not in ("results", "run_id", "made")}
        rows = [(run.run_id, n, r.case_id, _json(asdict(r))) for n, r in enumerate(run.results)]
        with self._open() as database, database:
            database.execute("DELETE FROM runs WHERE run_id = ?", (run.run_id,))
            database.execute(
                "INSERT INTO runs VALUES (?, ?, ?)", (run.run_id, run.made, _json(about))
            )
            database.executemany("INSERT INTO results VALUES (?, ?, ?, ?)", rows)

    def all(self) -> list[Run]:
        """Every run without its results, the latest first. Raises RunsUnavailable."""
        if not self._path.exists():
            return []
        with self._open() as database:
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
        with self._open() as database:
            rows = database.execute(
                "SELECT result FROM results WHERE run_id = ? ORDER BY place", (found[0].run_id,)
            )
            return _whole(found[0], [json.loads(row) for (row,) in rows])

    def same(self, fingerprint: Mapping[str, str]) -> Run | None:
        """The latest run with that fingerprint, without its results, or None."""
        return next((run for run in self.all() if dict(run.fingerprint) == dict(fingerprint)), None)

    @contextmanager
    def _open(self) -> Iterator[sqlite3.Connection]:
        try:
            self._path.parent.mkdir(parents=True, exist_ok=True)
            with closing(sqlite3.connect(self._path, timeout=WAIT_SECONDS)) as database:
                database.execute("PRAGMA foreign_keys = ON")
                (schema,) = database.execute("PRAGMA user_version").fetchone()
                if schema not in (0, SCHEMA):
                    raise sqlite3.DatabaseError(f"schema {schema}")
                database.executescript(f"{_TABLES} PRAGMA user_version = {SCHEMA};")
                yield database
        except (OSError, sqlite3.Error) as error:
            where = shown(self._path)
            raise RunsUnavailable(
                f"无法读写运行记录 {where}：{error}。请检查磁盘和权限；文件若已损坏，把它移开后会新建一个。",
                f"Cannot use the runs in {where}: {error}. Check the disk and its permissions; if the file is damaged, "
                "move it away and a new one is made.",
            ) from error


def _json(value: object) -> str:
    return json.dumps(value, ensure_ascii=False, allow_nan=False, separators=(",", ":"))


def _run(run_id: str, made: str, about: str) -> Run:
    fields = json.loads(about)
    left_out = tuple((zh, en) for zh, en in fields.pop("left_out"))
    return Run(run_id=run_id, made=made, left_out=left_out, **fields)


def _whole(run: Run, rows: Sequence[Mapping[str, Any]]) -> Run:
    results = (Result(**{**row, "hits": tuple(map(_scored, row["hits"]))}) for row in rows)
    fields = {name: getattr(run, name) for name in Run.__slots__ if name != "results"}
    return Run(**fields, results=tuple(results))


def _scored(hit: Mapping[str, Any]) -> Scored:
    # Only these two: runs kept by earlier versions have a third field, `stages`.
    return Scored(hit["passage_id"], hit["score"])
