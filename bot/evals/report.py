"""Runs as files for other programs and people: TREC run, CSV, Markdown, and one HTML page that needs nothing else."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Callable, Sequence
from pathlib import Path

from bot.evals.figures import SERIES, figure, is_right, kinds, measures, plots, worst
from bot.evals.runs import Result, Run
from bot.i18n import TAGS, texts
from bot.web.templates import render
from corpus import UsageError

WORST = 20
"""Questions that a report lists."""

_FORMULA = re.compile(r"^[=+\-@\t\r\n＝＋－＠]")
_SPACE = re.compile(r"\s+")
_ESCAPED = re.compile(r"([\\`*_{}<>|#]|](?=\())")


def export(runs: Sequence[Run], path: Path, language: str = "zh") -> None:
    """Writes `runs` to `path` in the format of its suffix: .trec, .csv, .md or .html; the last two in `language`.

    Raises UsageError for another suffix, and OSError.
    """
    path.write_bytes(exported(runs, path, language))


def exported(runs: Sequence[Run], path: Path, language: str = "zh") -> bytes:
    """What `export` writes."""
    write = _FORMATS.get(path.suffix.lower())
    if write is None or not runs:
        raise UsageError(
            f"无法导出到 {path.name}：请给出运行记录，文件名以 {'、'.join(_FORMATS)} 结尾。",
            f"Cannot export to {path.name}: give runs, and a file name that ends with {', '.join(_FORMATS)}.",
        )
    return write(runs, language).encode("utf-8")


def trec(runs: Sequence[Run], language: str = "zh") -> str:
    """Lines of `question Q0 passage rank score run`; white space inside a name becomes _."""
    lines = (
        f"{_word(result.case_id)} Q0 {_word(hit.passage_id)} {rank} {hit.score:.6f} {_word(run.name)}\n"
        for run in runs
        for result in run.results
        for rank, hit in enumerate(result.hits, 1)
    )
    return "".join(lines)


def table(runs: Sequence[Run], language: str = "zh") -> str:
    """CSV with a row a question, for a spreadsheet: begins with a byte order mark, and no cell is a formula."""
    names, out = measures(runs), io.StringIO()
    rows = csv.writer(out)
    answer = ("outcome", "right", "text", "short_answer", "citations", "confidence", "milliseconds")
    marks = [f"{run.name}: " if len(runs) > 1 else "" for run in runs]
    head = [
        "id",
        "kind",
        "question",
        *(mark + name for mark in marks for name in (*answer, *names)),
    ]
    rows.writerow(map(safe, head))
    found = [{result.case_id: result for result in run.results} for run in runs]
    for case_id, first in {r.case_id: r for run in reversed(runs) for r in run.results}.items():
        cells = [cell for of in found for cell in _cells(of.get(case_id), names, len(answer))]
        rows.writerow(map(safe, (case_id, first.kind, first.question, *cells)))
    return "\ufeff" + out.getvalue()


def safe(cell: object) -> object:
    """`cell`, with an apostrophe before text that a spreadsheet would take for a formula."""
    return f"'{cell}" if isinstance(cell, str) and _FORMULA.match(cell) else cell


def markdown(runs: Sequence[Run], language: str = "zh") -> str:
    """Tables of every measure, in all and by kind, with intervals; the fingerprints; what was left out."""
    words = texts("report", language)
    lines = [f"# {words['title']}", "", words["interval_note"], ""]
    head = [words["measure"], *(run.name for run in runs)]
    lines += _rows(
        head, [[name, *(_said(run.results, name) for run in runs)] for name in measures(runs)]
    )
    lines += _rows(
        head, [[name, *(_overall(run, name) for run in runs)] for name in _set_measures(runs)]
    )
    for kind in kinds(runs):
        of = [[result for result in run.results if result.kind == kind] for run in runs]
        names = [
            name
            for name in measures(runs)
            if any(name in result.scores for some in of for result in some)
        ]
        lines += [f"## {_md(kind)}", ""]
        lines += _rows(head, [[name, *(_said(some, name) for some in of)] for name in names])
    for run in runs:
        lines += [
            f"## {_md(run.name)}",
            "",
            f"- {words['run']}: `{run.run_id}`",
            f"- {words['made']}: {run.made}",
        ]
        lines += [f"- {words['dataset']}: {_md(run.dataset)} (n = {len(run.results)})"]
        lines += [f"- {name}: `{value}`" for name, value in run.fingerprint.items()]
        lines += [
            f"- {words['left_out']}: {len(run.left_out)}",
            *(f"    - {_md(one[_at(language)])}" for one in run.left_out),
        ]
        lines.append("")
    return "\n".join(lines)


def page(runs: Sequence[Run], language: str = "zh") -> str:
    """A whole HTML page with style and drawings inside."""
    words = texts("report", language)
    return render(
        "report.html",
        runs=runs,
        words=words,
        tag=TAGS[language],
        at=_at(language),
        measures=[(name, [figure(run.results, name) for run in runs]) for name in measures(runs)],
        set_measures=[
            (name, [_overall(run, name) for run in runs]) for name in _set_measures(runs)
        ],
        plots=plots(runs, words),
        worst=worst(runs, WORST),
        is_right=is_right,
        series=SERIES,
        alike=len({(run.dataset, run.fingerprint.get("questions")) for run in runs}) == 1,
    )


_FORMATS: dict[str, Callable[[Sequence[Run], str], str]] = {
    ".trec": trec,
    ".csv": table,
    ".md": markdown,
    ".html": page,
}


def _cells(result: Result | None, names: Sequence[str], width: int) -> list[object]:
    if result is None:
        return [""] * (width + len(names))
    answer = result.answer
    cited = " ".join(f"{c['doc_id']}.{c['start']}-{c['end']}" for c in answer["citations"])
    said = [
        answer["outcome"],
        int(is_right(result)),
        answer["text"],
        answer["short_answer"] or "",
        cited,
    ]
    spent = [answer["confidence"], answer["milliseconds"].get("total", "")]
    return [*said, *spent, *(result.scores.get(name, "") for name in names)]


def _set_measures(runs: Sequence[Run]) -> list[str]:
    return list(dict.fromkeys(name for run in runs for name in run.overall))


def _overall(run: Run, name: str) -> str:
    return f"{run.overall[name]:.3f}" if name in run.overall else ""


def _said(results: Sequence[Result], name: str) -> str:
    one = figure(results, name)
    return f"{one} n={one.n}" if one else ""


def _rows(head: Sequence[str], rows: Sequence[Sequence[str]]) -> list[str]:
    if not rows:
        return []
    written = [f"| {' | '.join(map(_md, line))} |" for line in (head, *rows)]
    return [written[0], "|---|" + "---:|" * (len(head) - 1), *written[1:], ""]


def _md(text: str) -> str:
    return _ESCAPED.sub(r"\\\1", _SPACE.sub(" ", text))


def _word(text: str) -> str:
    return _SPACE.sub("_", text) or "_"


def _at(language: str) -> int:
    """The place of `language` in a pair of texts."""
    return 1 if language == "en" else 0
