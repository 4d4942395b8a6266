"""Runs: what a service answered to each question of a set, and all that the figures depend on."""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

from bot.storage.database import Database, DatabaseUnavailable, Schema
from corpus import UsageError

FILE = "runs.sqlite3"
"""The name of the file in CHENGWEN_HOME."""

WAIT_SECONDS = 10
"""How long to wait for another process that has the file: what is lost took minutes to make."""

_SCHEMA = Schema(
    version=1,
    tables="""
CREATE TABLE IF NOT EXISTS runs (run_id TEXT PRIMARY KEY, made TEXT NOT NULL, about TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS results (
    run_id TEXT NOT NULL REFERENCES runs ON DELETE CASCADE, place INTEGER NOT NULL,
    case_id TEXT NOT NULL, result TEXT NOT NULL, PRIMARY KEY (run_id, place)) WITHOUT ROWID;
""",
    # Deleted text is overwritten with zeros.
    pragmas=("foreign_keys = ON", "secure_delete = ON"),
)


FORGOTTEN = "…"
"""The question of a result whose words were deleted."""


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


@dataclass(frozen=True, slots=True)
class _DamagedRun:
    """A run whose row is not as it was written."""

    run_id: str
    error: DatabaseUnavailable


_NOT_AS_WRITTEN = (ValueError, KeyError, TypeError, RecursionError)
"""What reading a row raises that this program did not write, such as half of one."""


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
        """All runs that are whole, without their results, the latest first; see `damages`."""
        return [run for run in self._rows() if isinstance(run, Run)]

    def damages(self) -> list[DatabaseUnavailable]:
        """What is wrong with each run that `all` leaves out, the latest first."""
        return [run.error for run in self._rows() if isinstance(run, _DamagedRun)]

    def get(self, wanted: str) -> Run:
        """The run whose id begins with `wanted`, or else the latest of that name, with its results.

        Raises UsageError if there is none, or if several ids begin so.
        """
        rows = self._rows()
        found = [run for run in rows if run.run_id.startswith(wanted)]
        if not found:
            found = _latest_named(wanted, rows)
        if len(found) != 1:
            raise UsageError(
                f"没有编号或名称为 {wanted} 的运行记录，或不止一个：请用 chengwen eval list 查看。",
                f"No single run has the id or name {wanted}: see `chengwen eval list`.",
            )
        (run,) = found
        if isinstance(run, _DamagedRun):
            raise run.error
        return replace(run, results=self._results(run.run_id))

    def same(self, fingerprint: Mapping[str, str]) -> Run | None:
        """The latest run with that fingerprint, without its results, or None."""
        for run in self.all():
            if run.fingerprint == fingerprint:
                return run
        return None

    def forget(self, doc_ids: Collection[str]) -> int:
        """Deletes the words of results that a document is cited in or was to be, without a trace.

        Their scores stay. Gives how many. What is damaged counts as citing it.
        """
        if not doc_ids:
            return 0
        changed = []
        with self._database.connect(WAIT_SECONDS) as connection:
            for run_id, place, text in connection.execute(
                "SELECT run_id, place, result FROM results"
            ):
                shortened = _without_words(text, doc_ids)
                if shortened != text:
                    changed.append((shortened, run_id, place))
            connection.executemany(
                "UPDATE results SET result = ? WHERE run_id = ? AND place = ?", changed
            )
            self._database.erase(connection)
        return len(changed)

    def _rows(self) -> list[Run | _DamagedRun]:
        """Every run without its results, the latest first."""
        with self._database.connect(WAIT_SECONDS) as connection:
            rows = connection.execute(
                "SELECT run_id, made, about FROM runs ORDER BY made DESC, rowid DESC"
            ).fetchall()
        found: list[Run | _DamagedRun] = []
        for run_id, made, about in rows:
            try:
                found.append(_run(run_id, made, about))
            except _NOT_AS_WRITTEN as error:
                found.append(_DamagedRun(str(run_id), self._damage(run_id, error)))
        return found

    def _results(self, run_id: str) -> tuple[Result, ...]:
        with self._database.connect(WAIT_SECONDS) as connection:
            rows = connection.execute(
                "SELECT result FROM results WHERE run_id = ? ORDER BY place", (run_id,)
            ).fetchall()
        try:
            return tuple(_result(text) for (text,) in rows)
        except _NOT_AS_WRITTEN as error:
            raise self._damage(run_id, error) from error

    def _damage(self, run_id: str, error: Exception) -> DatabaseUnavailable:
        zh = f"运行记录 {run_id} 已损坏（{error}）。请从备份恢复文件，或重新评测；其他记录仍可使用"
        en = (
            f"the run {run_id} is damaged ({error}). Restore the file from a backup, or evaluate "
            "again; the other runs can still be used"
        )
        return self._database.error((zh, en))


def _latest_named(name: str, rows: Sequence[Run | _DamagedRun]) -> list[Run | _DamagedRun]:
    """The latest run of a name, or a damaged one that is later and may have had it; or none."""
    damaged = None
    for row in rows:
        if isinstance(row, _DamagedRun):
            damaged = damaged or row
        elif row.name == name:
            return [damaged or row]
    return []


def _without_words(text: object, doc_ids: Collection[str]) -> str:
    """The JSON of a result, without its words where they are of one of these documents.

    A refusal may name the document that was found nearest. Empty for what is no result.
    """
    try:
        result = _result(str(text))
        cited = {str(citation["doc_id"]) for citation in result.answer["citations"]}
        gold = result.answer.get("case", {}).get("gold", [])
        cited |= {str(item["doc_id"]) for group in gold for item in group}
        found = {hit.passage_id.rpartition(".")[0] for hit in result.hits}
        is_refusal = result.answer["outcome"] != "answered"
    except (*_NOT_AS_WRITTEN, AttributeError):
        return ""
    if not cited.isdisjoint(doc_ids):
        answer = {**result.answer, "text": "", "short_answer": None, "case": {}}
        return _json(asdict(replace(result, question=FORGOTTEN, answer=answer)))
    if is_refusal and not found.isdisjoint(doc_ids):
        return _json(asdict(replace(result, answer={**result.answer, "text": ""})))
    return str(text)


def _json(value: object) -> str:
    return json.dumps(value, ensure_ascii=False, allow_nan=False, separators=(",", ":"))


def _run(run_id: str, made: str, about: str) -> Run:
    fields = _fields(about, "fingerprint", "overall")
    if not isinstance(made, str):
        raise TypeError("made is no text")
    fields["left_out"] = tuple((zh, en) for zh, en in fields["left_out"])
    return Run(run_id=run_id, made=made, **fields)


def _result(text: str) -> Result:
    fields = _fields(text, "scores", "answer")
    fields["hits"] = tuple(map(_scored, fields["hits"]))
    return Result(**fields)


def _fields(text: str, *objects: str) -> dict[str, Any]:
    """The JSON object `text`, in which those of these names are objects too.

    Raises one of _NOT_AS_WRITTEN otherwise.
    """
    fields: dict[str, Any] = json.loads(text)
    for name in objects:
        if not isinstance(fields[name], dict):
            raise TypeError(f"{name} is no object")
    return fields


def _scored(hit: Mapping[str, Any]) -> Scored:
    # Only these two: runs kept by earlier versions have a third field, `stages`.
    return Scored(hit["passage_id"], hit["score"])
