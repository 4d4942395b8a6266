"""Runs as files: TREC run, CSV, Markdown, and one HTML page that needs nothing else."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Callable, Sequence
from pathlib import Path

from bot.evals.figures import (
    Figure,
    by_question,
    figure,
    is_right,
    kinds,
    measures,
    set_measures,
    worst,
)
from bot.evals.plots import SERIES, Words, plots
from bot.evals.runs import Result, Run
from bot.i18n import TAGS, texts
from bot.web.templates import render
from corpus import UsageError

WORST = 20
"""Questions that a report lists."""

ANSWER_COLUMNS = (
    "outcome",
    "right",
    "text",
    "short_answer",
    "citations",
    "confidence",
    "milliseconds",
)
"""Columns of the CSV about an answer, before those of the measures."""

# "=1+1", "@SUM(A1)", "－1".
_FORMULA = re.compile(r"^[=+\-@\t\r\n＝＋－＠]")
# The blank in "甲 一".
_SPACE = re.compile(r"\s+")
# "|" in "a|b", "]" in "[1](x)".
_ESCAPED = re.compile(r"([\\`*_{}<>|#]|](?=\())")


def export(runs: Sequence[Run], path: Path, language: str = "zh") -> None:
    """Writes `runs` to `path` in the format of its suffix: .trec, .csv, .md or .html; the last two
    in `language`.

    Raises UsageError for another suffix, and OSError.
    """
    path.write_bytes(exported(runs, path, language))


def exported(runs: Sequence[Run], path: Path, language: str = "zh") -> bytes:
    """What `export` writes. Raises UsageError for another suffix, or without runs."""
    write = _FORMATS.get(path.suffix.lower())
    if write is None or not runs:
        raise UsageError(
            f"无法导出到 {path.name}：请给出运行记录，文件名以 {'、'.join(_FORMATS)} 结尾。",
            f"Cannot export to {path.name}: give runs, "
            f"and a file name that ends with {', '.join(_FORMATS)}.",
        )
    return write(runs, language).encode("utf-8")


def trec(runs: Sequence[Run], language: str = "zh") -> str:
    """Lines of `question Q0 passage rank score run`; white space inside a name becomes _."""
    lines = []
    for run in runs:
        name = _word(run.name)
        for result in run.results:
            query_id = _word(result.case_id)
            for rank, hit in enumerate(result.hits, 1):
                passage_id = _word(hit.passage_id)
                lines.append(f"{query_id} Q0 {passage_id} {rank} {hit.score:.6f} {name}\n")
    return "".join(lines)


def table(runs: Sequence[Run], language: str = "zh") -> str:
    """CSV with a row a question, for a spreadsheet.

    It begins with a byte order mark, and no cell is a formula.
    """
    names = measures(runs)
    out = io.StringIO()
    rows = csv.writer(out)
    head = ["id", "kind", "question"]
    for run in runs:
        prefix = f"{run.name}: " if len(runs) > 1 else ""
        head += [prefix + name for name in (*ANSWER_COLUMNS, *names)]
    rows.writerow([safe(cell) for cell in head])
    results = [by_question(run) for run in runs]
    for case_id, first in _questions(runs).items():
        cells: list[object] = [case_id, first.kind, first.question]
        for of_run in results:
            cells += _cells(of_run.get(case_id), names)
        rows.writerow([safe(cell) for cell in cells])
    return "\ufeff" + out.getvalue()


def safe(cell: object) -> object:
    """`cell`, with an apostrophe before text that a spreadsheet would take for a formula."""
    return f"'{cell}" if isinstance(cell, str) and _FORMULA.match(cell) else cell


def markdown(runs: Sequence[Run], language: str = "zh") -> str:
    """Tables of every measure, in all and by kind, with intervals.

    The fingerprints of the runs, and what was left out of them, follow.
    """
    words = texts("report", language)
    lines = [f"# {words['title']}", "", words["interval_note"], ""]
    head = [words["measure"], *(run.name for run in runs)]
    lines += _measure_table(head, [run.results for run in runs], measures(runs))
    overall = []
    for name in set_measures(runs):
        overall.append([name, *(_overall(run, name) for run in runs)])
    lines += _markdown_table(head, overall)
    for kind in kinds(runs):
        of_kind = [_of_kind(run, kind) for run in runs]
        lines += [f"## {_escaped(kind)}", ""]
        lines += _measure_table(head, of_kind, measures(runs))
    for run in runs:
        lines += _run_section(run, words, language)
    return "\n".join(lines)


def page(runs: Sequence[Run], language: str = "zh") -> str:
    """A whole HTML page with style and drawings inside."""
    words = texts("report", language)
    figures = []
    for name in measures(runs):
        figures.append((name, [figure(run.results, name) for run in runs]))
    overall = []
    for name in set_measures(runs):
        overall.append((name, [_overall(run, name) for run in runs]))
    sets = {(run.dataset, run.fingerprint.get("questions")) for run in runs}
    return render(
        "report.html",
        runs=runs,
        words=words,
        tag=TAGS[language],
        at=_index(language),
        measures=figures,
        set_measures=overall,
        plots=plots(runs, words),
        worst=worst(runs, WORST),
        is_right=is_right,
        series=SERIES,
        alike=len(sets) == 1,
    )


_FORMATS: dict[str, Callable[[Sequence[Run], str], str]] = {
    ".trec": trec,
    ".csv": table,
    ".md": markdown,
    ".html": page,
}


def _of_kind(run: Run, kind: str) -> list[Result]:
    return [result for result in run.results if result.kind == kind]


def _questions(runs: Sequence[Run]) -> dict[str, Result]:
    """Case id → the result of the first run that has the question."""
    found: dict[str, Result] = {}
    for run in reversed(runs):
        found |= by_question(run)
    return found


def _cells(result: Result | None, names: Sequence[str]) -> list[object]:
    """The cells of one run for a question; empty where it has not asked it."""
    if result is None:
        return [""] * (len(ANSWER_COLUMNS) + len(names))
    answer = result.answer
    citations = []
    for citation in answer["citations"]:
        citations.append(f"{citation['doc_id']}.{citation['start']}-{citation['end']}")
    return [
        answer["outcome"],
        int(is_right(result)),
        answer["text"],
        answer["short_answer"] or "",
        " ".join(citations),
        answer["confidence"],
        answer["milliseconds"].get("total", ""),
        *(result.scores.get(name, "") for name in names),
    ]


def _measure_table(
    head: Sequence[str], columns: Sequence[Sequence[Result]], names: Sequence[str]
) -> list[str]:
    """A Markdown table with a row a measure that any of the columns has."""
    rows = []
    for name in names:
        figures = [figure(results, name) for results in columns]
        if any(figures):
            rows.append([name, *(_with_count(one) for one in figures)])
    return _markdown_table(head, rows)


def _with_count(one: Figure | None) -> str:
    return f"{one} n={one.n}" if one else ""


def _run_section(run: Run, words: Words, language: str) -> list[str]:
    lines = [f"## {_escaped(run.name)}", ""]
    lines.append(f"- {words['run']}: `{run.run_id}`")
    lines.append(f"- {words['made']}: {run.made}")
    lines.append(f"- {words['dataset']}: {_escaped(run.dataset)} (n = {len(run.results)})")
    for name, value in run.fingerprint.items():
        lines.append(f"- {name}: `{value}`")
    lines.append(f"- {words['left_out']}: {len(run.left_out)}")
    for reasons in run.left_out:
        lines.append(f"    - {_escaped(reasons[_index(language)])}")
    return [*lines, ""]


def _overall(run: Run, name: str) -> str:
    return f"{run.overall[name]:.3f}" if name in run.overall else ""


def _markdown_table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> list[str]:
    """The lines of a table, numbers to the right, and an empty line; nothing without rows."""
    if not rows:
        return []
    rule = "|---|" + "---:|" * (len(head) - 1)
    return [_row(head), rule, *(_row(row) for row in rows), ""]


def _row(cells: Sequence[str]) -> str:
    return f"| {' | '.join(_escaped(cell) for cell in cells)} |"


def _escaped(text: str) -> str:
    return _ESCAPED.sub(r"\\\1", _SPACE.sub(" ", text))


def _word(text: str) -> str:
    return _SPACE.sub("_", text) or "_"


def _index(language: str) -> int:
    """The place of `language` in a pair of texts."""
    return 1 if language == "en" else 0
