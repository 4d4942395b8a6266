"""Runs as files: what other programs read back is what the runs hold, and the page needs nothing but itself."""

import csv
import io
import re
from dataclasses import replace
from pathlib import Path
from xml.etree import ElementTree

import pytest
from support.made_runs import result, run

from bot.evals.figures import Figure, figure, is_right, latencies, risk, worst
from bot.evals.plots import HEIGHT, WIDTH, plots
from bot.evals.report import export, exported, safe
from bot.evals.runs import Result, Run
from bot.i18n import texts
from corpus import UsageError

HOSTILE = '=cmd|" /C calc"!A0'
SCORES = [
    {"R@1": 1.0, "R@3": 1.0, "RR@10": 1.0, "cited": 1.0},
    {"R@1": 0.0, "R@3": 1.0, "RR@10": 0.5, "cited": 0.0},
    {"R@1": 0.0, "R@3": 0.0, "RR@10": 0.0, "cited": 0.0},
    {"refused": 1.0},
]


def made(name: str = "甲 一", right: int = 1) -> Run:
    scores = [SCORES[0] if n < right else one for n, one in enumerate(SCORES)]
    results = [
        result(f"q{n}", one, kind="fact" if n < 2 else "why") for n, one in enumerate(scores)
    ]
    answers = [
        {**r.answer, "confidence": 0.9 - n / 10, "text": f"第{n}|答"} for n, r in enumerate(results)
    ]
    answers[3] = {**answers[3], "outcome": "absent"}
    return run(name, [replace(r, answer=a) for r, a in zip(results, answers, strict=True)])


def rows_of(runs: list[Run]) -> list[dict[str, str]]:
    content = exported(runs, Path("x.csv"))
    assert content.startswith(b"\xef\xbb\xbf")
    return list(csv.DictReader(io.StringIO(content.decode("utf-8-sig"), newline="")))


def test_trec_is_what_the_run_ranked() -> None:
    lines = exported([made(), made("乙")], Path("x.trec")).decode().splitlines()
    assert len(lines) == 2 * 4 * 2
    assert lines[0].split(" ") == ["q0", "Q0", "d.0-9", "1", "0.500000", "甲_一"]
    assert lines[9].split(" ") == ["q0", "Q0", "d.9-20", "2", "0.250000", "乙"]
    assert all(len(line.split()) == 6 for line in lines)


def test_csv_has_a_row_a_question() -> None:
    rows = rows_of([made()])
    assert [row["id"] for row in rows] == ["q0", "q1", "q2", "q3"]
    assert (rows[1]["R@3"], rows[1]["cited"], rows[1]["right"], rows[3]["cited"]) == (
        "1.0",
        "0.0",
        "0",
        "",
    )
    assert rows[3]["outcome"] == "absent" and rows[0]["text"] == "第0|答"
    both = rows_of([made(), replace(made("乙", 2), results=made("乙", 2).results[:3])])
    assert len(both) == 4 and both[1]["甲 一: R@1"] == "0.0" and both[1]["乙: R@1"] == "1.0"
    assert both[3]["乙: outcome"] == "" and both[3]["甲 一: outcome"] == "absent"


@pytest.mark.parametrize(
    "cell", ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", HOSTILE, "＝1", "－1"]
)
def test_no_cell_is_a_formula(cell: str) -> None:
    assert safe(cell) == f"'{cell}"
    of = made()
    odd = replace(
        of.results[0], case_id=cell, question=cell, answer={**of.results[0].answer, "text": cell}
    )
    row = rows_of([replace(of, name=cell, results=(odd,))])[0]
    assert (row["id"], row["question"], row["text"]) == (f"'{cell}",) * 3


@pytest.mark.parametrize("cell", ["1-1", "答", "", " =1", 0.5, -1])
def test_other_cells_stay(cell: object) -> None:
    assert safe(cell) == cell


def test_markdown_has_every_measure_with_its_interval() -> None:
    text = exported([made(), made("a|b")], Path("x.md"), "en").decode()
    assert "| Measure | 甲 一 | a\\|b |" in text
    assert re.search(r"\| R@3 \| 0\.667 \[\d\.\d{3}, \d\.\d{3}\]† n=3 \|", text)
    assert "## fact" in text and "## why" in text and "| AUROC | 0.900 | 0.900 |" in text
    assert "one lacks" in text and "- settings: `甲 一`" in text
    tables = re.findall(r"(?:^\|.*\|\n)+", text, re.MULTILINE)
    for table in tables:
        assert len({len(re.findall(r"(?<!\\)\|", line)) for line in table.splitlines()}) == 1


def test_the_page_is_whole_and_asks_for_nothing(tmp_path: Path) -> None:
    odd = replace(made().results[2], question="<script>alert(1)</script>&")
    export(
        [replace(made(), results=(*made().results[:2], odd)), made("乙", 2)], tmp_path / "x.html"
    )
    page = (tmp_path / "x.html").read_text("utf-8")
    assert not re.search(
        r"""<script|(?:src|href)\s*=\s*["'](?!data:|#)|url\(|@import|https?://""", page
    )
    assert "&lt;script&gt;alert(1)&lt;/script&gt;&amp;" in page
    assert "default-src 'none'" in page and 'lang="zh-CN"' in page and "某题缺" in page
    assert "prefers-color-scheme: dark" in page and "0.667" in page
    drawn = [
        ElementTree.fromstring(svg)
        for svg in re.findall(r"<svg(?:(?!</svg>).)*?<title.*?</svg>", page, re.DOTALL)
    ]
    assert len(drawn) == 5 and all(
        svg[0].tag == "title" and svg[1].tag == "desc" and svg[1].text for svg in drawn
    )
    assert page.count("<figure>") == 5 and page.count("</table>") >= 7
    assert 'lang="en"' in exported([made()], Path("x.html"), "en").decode()


def test_a_format_that_is_not_known_is_refused(tmp_path: Path) -> None:
    for runs, name in (([made()], "x.pdf"), ([made()], "x"), ([], "x.csv")):
        with pytest.raises(UsageError, match=name):
            export(runs, tmp_path / name)
    assert list(tmp_path.iterdir()) == []


def test_figures_by_hand() -> None:
    of = made()
    one = figure(of.results, "R@3")
    assert (
        isinstance(one, Figure)
        and one.n == 3
        and one.value == pytest.approx(2 / 3)
        and one.low <= one.value <= one.high
    )
    assert figure(of.results, "F1") is None
    assert [is_right(r) for r in of.results] == [True, False, False, True]
    assert risk(of) == [(0.25, 0.0), (0.5, 0.5), (0.75, pytest.approx(2 / 3))]
    assert latencies(of) == [10.0] * 4
    assert [first.case_id for first, _ in worst([of, made("乙", 2)], 9)] == ["q2", "q1"]
    assert [row for _, row in worst([of, replace(of, results=())], 1)] == [[of.results[2], None]]


def test_plots_lie_inside_their_drawing() -> None:
    for runs in ([made()], [made(), made("乙", 2), made("丙", 3)]):
        found = plots(runs, texts("report", "zh"))
        assert [plot.name for plot in found] == [
            "recall",
            "risk",
            "kind-R-1",
            "kind-cited",
            "latency",
        ]
        for plot in found:
            places = [p for mark in plot.marks for p in mark.points]
            places += [(m.box[0] + m.box[2], m.box[1] + m.box[3]) for m in plot.marks if m.box]
            places += [
                (m.whisker[at], m.whisker[at + 1]) for m in plot.marks if m.whisker for at in (0, 2)
            ]
            assert places and all(
                0 <= x <= WIDTH and 0 <= y <= max(HEIGHT, plot.height) for x, y in places
            )
            assert all(len(row) == len(plot.head) for row in plot.rows)


def test_a_recall_is_where_it_should_be() -> None:
    recall = plots([made()], texts("report", "en"))[0]
    line = next(mark.points for mark in recall.marks if mark.points)
    assert [label for _, label in recall.ticks] == ["1", "3"]
    level = {label: y for y, label in recall.levels}
    assert line[0][1] == pytest.approx(level["0"] + (level["1"] - level["0"]) / 3, abs=0.1)


def test_runs_without_answers_have_no_curves() -> None:
    silent: list[Result] = [
        replace(r, answer={**r.answer, "outcome": "absent"}) for r in made().results
    ]
    names = [
        plot.name for plot in plots([replace(made(), results=tuple(silent))], texts("report", "zh"))
    ]
    assert "risk" not in names and "recall" in names
