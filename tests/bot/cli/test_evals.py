"""`chengwen eval` from end to end on a set of a few questions, by words alone."""

import json
import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from support.made_runs import column

from bot.cli.__main__ import main
from bot.evals.runs import FILE, Runs

PARAGRAPHS = {
    "上海市有两张网，一张叫一网通办，一张叫一网统管。": ("上海的两张网叫什么？", "一网通办"),
    "成都市每年投入十五亿元社区资金。": ("成都市每年投入多少社区资金？", "十五亿元"),
    "杭州健康码日最高使用量超过两千万次。": ("杭州健康码日最高使用量是多少？", "两千万次"),
    "北京市的街道有吹哨权，部门要报到。": ("北京市的街道有什么权？", "吹哨权"),
}
BY_WORDS = ("--set", "encoder.name=none-such")


@pytest.fixture
def squad(tmp_path: Path) -> Path:
    def paragraph(n: int, text: str, question: str, answer: str) -> dict[str, Any]:
        start = text.index(answer)
        qas = [
            {
                "id": f"q{n}",
                "question": question,
                "answers": [{"text": answer, "answer_start": start}],
            }
        ]
        return {"context": text, "qas": qas}

    asked = [paragraph(n, text, *said) for n, (text, said) in enumerate(PARAGRAPHS.items())]
    empty = {"id": "q9", "question": " ", "answers": [{"text": "街道", "answer_start": 4}]}
    asked[-1]["qas"].append(empty)
    path = tmp_path / "small.json"
    path.write_text(json.dumps({"data": [{"title": "", "paragraphs": asked}]}), encoding="utf-8")
    return path


def said(capsys: pytest.CaptureFixture[str], *arguments: object) -> tuple[int, str, str]:
    code = main(["eval", *map(str, arguments)])
    out, err = capsys.readouterr()
    return code, out, err


def ran(capsys: pytest.CaptureFixture[str], squad: Path, *more: object) -> dict[str, Any]:
    code, out, _ = said(capsys, "run", squad, "--json", *BY_WORDS, *more)
    assert code == 0
    made: dict[str, Any] = json.loads(out)
    return made


def test_a_run_prints_its_measures_and_what_it_left_out(
    capsys: pytest.CaptureFixture[str], squad: Path
) -> None:
    made = ran(capsys, squad, "--name", "by words")
    assert (made["name"], made["dataset"], made["n"], made["left_out"]) == (
        "by words",
        "small",
        4,
        1,
    )
    assert made["measures"]["R@1"] == {
        "value": 1.0,
        "ci": [1.0, 1.0],
        "unit": "question",
        "n": 4,
    }
    assert set(made["fingerprint"]) == {
        "dataset",
        "questions",
        "corpus",
        "recipe",
        "encoder",
        "settings",
        "version",
    }
    assert made["by_kind"]["question"]["cited"]["n"] == 4
    code, out, err = said(capsys, "run", squad, *BY_WORDS)
    assert code == 0 and "nDCG@10" in out and "n 4, 未计入 1" in out and "未计入：" in err
    drawn = next(line for line in out.splitlines() if line.startswith("抽样单位"))
    assert set(drawn.split()[1:]) == {"题"}


def test_runs_compare_by_name(capsys: pytest.CaptureFixture[str], squad: Path) -> None:
    ran(capsys, squad, "--name", "a")
    ran(capsys, squad, "--name", "b", "--set", "retrieval.k=1")
    code, out, _ = said(capsys, "compare", "a", "b")
    assert (
        code == 0
        and out.split("\n")[1].startswith("可检出的最小差异: R@1 —")
        and "underpowered" in out
    )
    assert out.split("\n")[2].split()[5:7] == ["high", "抽样单位"]
    assert out.split("\n")[3].split()[7] == "题"
    found = json.loads(said(capsys, "compare", "a", "b", "--json")[1])[0]
    recall = found["measures"]["R@1"]
    assert (recall["p"], recall["delta"], recall["mde"]) == (1, 0, None)
    assert (recall["unit"], recall["verdict"]) == ("question", "underpowered")
    assert said(capsys, "list")[1].count("\n") == 2
    few = ran(capsys, squad, "--name", "few", "--sample", 2)
    assert few["n"] == 2
    code, _, err = said(capsys, "compare", "a", "few")
    assert code == 2 and "few 缺 2 题" in err
    assert said(capsys, "compare", "a")[0] == 2 and said(capsys, "compare", "a", "nothing")[0] == 2


@pytest.mark.slow
def test_a_sweep_runs_every_combination_once(
    capsys: pytest.CaptureFixture[str], squad: Path
) -> None:
    grid = ("--grid", "retrieval.k=1,2", "--grid", "refusal=on,off", *BY_WORDS)
    first = json.loads(said(capsys, "sweep", squad, *grid, "--json")[1])
    assert [one["name"] for one in first] == [
        f"retrieval.k={k} refusal={r}" for k in (1, 2) for r in ("on", "off")
    ]
    again = json.loads(said(capsys, "sweep", squad, *grid, "--json")[1])
    assert [one["run"] for one in again] == [one["run"] for one in first]
    assert "refusal=off" in said(capsys, "sweep", squad, *grid)[1]


def test_a_gate_passes_what_is_the_same_and_stops_what_is_worse(
    capsys: pytest.CaptureFixture[str], squad: Path, tmp_path: Path
) -> None:
    baseline, junit = tmp_path / "baseline.jsonl", tmp_path / "junit.xml"
    gated = ("gate", squad, "--baseline", baseline, *BY_WORDS)
    assert said(capsys, *gated, "--write")[0] == 0
    code, out, _ = said(capsys, *gated, "--junit", junit)
    assert code == 0 and out.endswith("通过。\n") and 'failures="0"' in junit.read_text("utf-8")
    lines = (
        baseline.read_text("utf-8")
        .replace('"cited": 0', '"cited": 1')
        .replace('"answered": 0', '"answered": 1')
    )
    baseline.write_text(lines, encoding="utf-8")
    assert said(capsys, *gated, "--json")[0] == 0
    # Without any word of the question nothing is found.
    emptied = json.loads(squad.read_text("utf-8"))
    for paragraph in emptied["data"][0]["paragraphs"]:
        for asked in paragraph["qas"]:
            asked["question"] = asked["question"].strip() and "zzzz"
    squad.write_text(json.dumps(emptied), encoding="utf-8")
    code, out, _ = said(capsys, *gated, "--json")
    assert code == 1 and json.loads(out)["passed"] is False


def test_runs_are_exported(capsys: pytest.CaptureFixture[str], squad: Path, tmp_path: Path) -> None:
    ran(capsys, squad, "--name", "a")
    for suffix in ("trec", "csv", "md", "html"):
        target = tmp_path / f"out.{suffix}"
        assert said(capsys, "export", "a", "--to", target)[0] == 0
        assert ("q0" if suffix in ("trec", "csv") else "R@1") in target.read_text("utf-8-sig")
    assert said(capsys, "export", "a", "--to", tmp_path / "out.xyz")[0] == 2


def test_a_beir_folder_is_its_own_corpus(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    folder = tmp_path / "beir"
    (folder / "qrels").mkdir(parents=True)
    documents = [{"_id": f"d{n}", "title": "", "text": text} for n, text in enumerate(PARAGRAPHS)]
    asked = [
        {"_id": f"q{n}", "text": question} for n, (question, _) in enumerate(PARAGRAPHS.values())
    ]
    for name, rows in (("corpus", documents), ("queries", asked)):
        (folder / f"{name}.jsonl").write_text("\n".join(map(json.dumps, rows)), encoding="utf-8")
    judged = "".join(f"q{n}\td{n}\t1\n" for n in range(4))
    (folder / "qrels/test.tsv").write_text(
        "query-id\tcorpus-id\tscore\n" + judged, encoding="utf-8"
    )
    code, out, _ = said(capsys, "run", folder, "--json", *BY_WORDS)
    assert code == 0 and json.loads(out)["measures"]["nDCG@10"]["value"] == 1


@pytest.mark.parametrize(
    "arguments", [("run", "none.jsonl"), ("run", "none.json"), ("sweep", "s.json", "--grid", "x")]
)
def test_what_cannot_be_run_is_said(
    capsys: pytest.CaptureFixture[str],
    arguments: tuple[str, ...],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.chdir(tmp_path)
    code, out, err = said(capsys, *arguments, *BY_WORDS)
    assert code == 2 and out == "" and err


def test_a_damaged_run_is_named_and_the_others_are_listed(
    capsys: pytest.CaptureFixture[str], home: Path
) -> None:
    runs = Runs(home / FILE)
    for name in "ab":
        runs.add(column(name, [1, 0]))
    with closing(sqlite3.connect(home / FILE)) as database, database:
        database.execute("UPDATE runs SET about = '{' WHERE run_id LIKE '%-b'")
    code, out, err = said(capsys, "list", "--json")
    assert code == 0 and [row["name"] for row in json.loads(out)] == ["a"]
    assert "20261124-100000-b 已损坏" in err and err.count("\n") == 1
    code, out, err = said(capsys, "compare", "a", "20261124-100000-b")
    assert (code, out) == (2, "") and "已损坏" in err
