"""The command line: results on standard output and nothing else, errors as one line and an exit code."""

import fcntl
import io
import json
import os
import signal
import subprocess
import sys
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from bot.answer import Answer, Citation
from bot.cli.__main__ import main
from bot.cli.address import bind_socket
from bot.cli.ask import format_answer
from bot.cli.output import language_for
from bot.i18n import language_of_locale
from corpus import Document, Section, UsageError

ROOT = Path(__file__).parents[3]
WORDS = ("--set", "encoder.name=none-such")
QUESTION = "城市大脑指挥什么？"


def two_articles(corpus: Path) -> Path:
    corpus.mkdir()
    (corpus / "a.txt").write_text("垃圾分类\n\n垃圾分类要靠居民自觉，也要靠社区引导。\n", "utf-8")
    (corpus / "b.txt").write_text("城市大脑\n\n城市大脑指挥交通，车流更加顺畅。\n", "utf-8")
    return corpus


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return two_articles(tmp_path / "corpus")


@pytest.fixture(scope="module", autouse=True)
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator["subprocess.Popen[str]"]:
    """`app.py`, started before the first test: the seconds that it takes to answer pass during the others."""
    place = tmp_path_factory.mktemp("served")
    argv = [sys.executable, "app.py", "--corpus", str(two_articles(place / "corpus")), *WORDS]
    environment = os.environ | {"CHENGWEN_HOME": str(place / "home"), "HOST": "", "PORT": "0"}
    with subprocess.Popen(
        argv, cwd=ROOT, stdout=subprocess.PIPE, text=True, env=environment
    ) as server:
        yield server
        server.kill()


def said(capsys: pytest.CaptureFixture[str], *argv: str | Path) -> tuple[int, str, str]:
    """Exit code, standard output and standard error of a command."""
    code = main([str(part) for part in argv])
    captured = capsys.readouterr()
    return code, captured.out, captured.err


def said_json(capsys: pytest.CaptureFixture[str], *argv: str | Path) -> Any:
    code, out, _ = said(capsys, *argv, "--json")
    assert code == 0 and out.count("\n") == 1
    return json.loads(out)


def test_ask_prints_the_answer_object_and_nothing_else(
    capsys: pytest.CaptureFixture[str], folder: Path
) -> None:
    answer = said_json(capsys, "ask", f"  {QUESTION}\n", "--corpus", folder, *WORDS)
    assert answer["question"] == QUESTION
    assert answer["hits"][0]["doc_id"] == "b"
    assert answer["index"]["generation"] == "gen-000001"
    assert "none-such" in answer["notices"][0]
    for citation in answer["citations"]:
        assert citation["quote"] in (folder / f"{citation['doc_id']}.txt").read_text("utf-8")


def test_an_answer_as_a_person_reads_it() -> None:
    document = Document("a", "标题", "小节\n投入15个亿。", sections=(Section("小节", 0, 10),))
    citation = Citation(document, 3, 10)
    answer = Answer(
        "多少？",
        "answered",
        "投入15个亿。[1]",
        (),
        (citation,),
        "15个亿",
        True,
        notices=("只按词语检索。",),
    )
    assert (
        format_answer(answer)
        == "投入15个亿。[1]\n\n[1] 标题 · 小节: 投入15个亿。\n提示：只按词语检索。"
    )
    assert format_answer(answer, bold=True).startswith("投入\033[1m15个亿\033[0m。[1]\n")


def test_ask_searches_only_the_articles_that_are_named(
    capsys: pytest.CaptureFixture[str], folder: Path, tmp_path: Path
) -> None:
    (folder / "a.toml").write_text('tags = ["垃圾"]', "utf-8")
    asked = ("ask", "靠什么？", "--corpus", folder, *WORDS)

    def found(*options: str) -> tuple[set[str], dict[str, Any]]:
        answer = said_json(capsys, *asked, *options)
        return {hit["doc_id"] for hit in answer["hits"]}, answer["scope"]

    assert found()[1]["by"] is None
    assert found("--tag", "垃圾") == ({"a"}, {"doc_ids": ["a"], "by": "request", "missing": None})
    assert found("--doc", "b", "--doc", "a")[1]["doc_ids"] == ["a", "b"]
    assert found("--doc", "b", "--tag", "垃圾")[0] == set()
    assert found("--doc", "none") == (set(), {"doc_ids": [], "by": "request", "missing": None})
    batch = tmp_path / "batch.jsonl"
    batch.write_text('{"id": 1, "question": "靠什么？"}\n', "utf-8")
    row = said_json(capsys, "ask", "--batch", batch, "--tag", "垃圾", "--corpus", folder, *WORDS)
    assert row["scope"]["doc_ids"] == ["a"]


def test_follow_up_from_a_file(
    capsys: pytest.CaptureFixture[str], folder: Path, tmp_path: Path
) -> None:
    history = tmp_path / "history.json"
    history.write_text(json.dumps([{"role": "user", "content": QUESTION}]), "utf-8-sig")
    answer = said_json(capsys, "ask", "车流呢？", "--history", history, "--corpus", folder, *WORDS)
    assert answer["hits"][0]["doc_id"] == "b"
    for bad in ("{}", "[NaN]", '[{"role": "system", "content": "x"}]', "[", "[" * 100_000):
        history.write_text(bad)
        code, out, err = said(
            capsys, "ask", "车流呢？", "--history", history, "--corpus", folder, *WORDS
        )
        assert (code, out, err.count("\n")) == (2, "", 1)


ROWS = [
    b'\xef\xbb\xbf{"id": "q1", "question": "%s"}' % QUESTION.encode(),
    b"not json",
    b'{"id": "q3"}',
    b'{"id": "q4", "question": "%s"}' % ("字" * 501).encode(),
    b'{"id": NaN, "question": "?"}',
    b'{"id": 1e999, "question": "?"}',
    b'["q7"]',
    b'{"id": "q8", "question": "\xff"}',
    b'{"id": "q9", "question": "\\ud800"}',
    b"[" * 100_000,
    b'{"id": "q11\\ud800", "question": "What is it?", "history": 5}',
    b"  ",
    b'{"id": 13, "question": "\xe8\xbd\xa6\xe6\xb5\x81\xe5\x91\xa2\xef\xbc\x9f", '
    b'"history": [{"role": "user", "content": "%s"}]}' % QUESTION.encode(),
]


def test_batch_answers_in_order_and_goes_on_after_bad_rows(
    capsys: pytest.CaptureFixture[str], folder: Path, tmp_path: Path
) -> None:
    batch = tmp_path / "batch.jsonl"
    batch.write_bytes(b"\n".join(ROWS))
    code, out, _ = said(capsys, "ask", "--batch", batch, "--json", "--corpus", folder, *WORDS)
    rows = [json.loads(line) for line in out.splitlines()]
    assert code == 0
    ids = ["q1", None, "q3", "q4", None, None, None, None, "q9", None, "q11?", 13]
    assert [row["id"] for row in rows] == ids
    assert all(next(iter(row)) == "id" for row in rows)
    assert ["error" in row for row in rows] == [False, *[True] * 10, False]
    assert all(set(row["error"]) == {"code", "message"} for row in rows if "error" in row)
    assert "501" in rows[3]["error"]["message"] and "第 2 行" in rows[1]["error"]["message"]
    assert "array" in rows[10]["error"]["message"]
    assert rows[0]["hits"][0]["doc_id"] == rows[11]["hits"][0]["doc_id"] == "b"


def test_batch_from_standard_input(
    capsys: pytest.CaptureFixture[str], folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(ROWS[2] + b"\n")))
    code, out, _ = said(capsys, "ask", "--batch", "-", "--json", "--corpus", folder, *WORDS)
    assert code == 0 and json.loads(out)["id"] == "q3"


@pytest.mark.parametrize(
    "argv",
    [
        (),
        ("nonsense",),
        ("ask",),
        ("ask", ""),
        ("ask", "谁\udcff"),
        ("ask", "字" * 501),
        ("ask", "谁", "--batch", "x"),
        ("ask", "谁", "--nonsense"),
        ("ask", "谁", "--set", "no.such=1"),
        ("ask", "谁", "--set", "retrieval.k=0"),
        ("ask", "谁", "--history", "none.json"),
        ("ask", "--batch", "none.jsonl"),
        ("ask", "谁", "--corpus", "none"),
        ("ask", "谁", "--corpus", ""),
        ("ask", "谁", "--corpus", "no\udcffne"),
        ("index",),
        ("index", "push"),
    ],
)
def test_a_wrong_command_is_one_line_and_2(
    capsys: pytest.CaptureFixture[str], argv: tuple[str, ...]
) -> None:
    code, out, err = said(capsys, *argv)
    assert (code, out, err.count("\n")) == (2, "", 1)
    assert "Traceback" not in err


@pytest.mark.parametrize("argv", [("add", "none.txt"), ("remove", "none")])
def test_what_is_not_there_is_neither_added_nor_removed(
    capsys: pytest.CaptureFixture[str], argv: tuple[str, ...]
) -> None:
    code, out, err = said(capsys, *argv, *WORDS)
    assert (code, out) == (2, "") and "none" in err
    assert "Traceback" not in err


def test_errors_are_in_the_language_of_the_user(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    for asked, words in (("字" * 501, "最多 500 字"), ("word " * 101, "at most 500")):
        assert words in said(capsys, "ask", asked)[2]
    monkeypatch.setenv("LANG", "en_GB.UTF-8")
    assert "at most 500" in said(capsys, "ask", "字" * 501)[2]
    assert "Wrong command" in said(capsys, "nonsense")[2]


@pytest.mark.parametrize(
    ("environment", "language"),
    [
        ({}, "zh"),
        ({"LANG": "C.UTF-8"}, "zh"),
        ({"LANG": "en_US.UTF-8"}, "en"),
        ({"LANG": "en_US.UTF-8", "LC_ALL": "zh_CN.UTF-8"}, "zh"),
        ({"LANG": "zh_CN", "LC_ALL": "", "LC_MESSAGES": "en_US"}, "en"),
    ],
)
def test_the_language_of_a_locale(environment: dict[str, str], language: str) -> None:
    assert language_of_locale(environment) == language


def test_the_language_of_a_question() -> None:
    assert [language_for(q) for q in (None, 5, "谁", "Who?", "谁 is it", "12")] == [
        "zh",
        "zh",
        "zh",
        "en",
        "zh",
        "zh",
    ]


def test_articles_are_added_listed_asked_and_removed(
    capsys: pytest.CaptureFixture[str], folder: Path, tmp_path: Path
) -> None:
    new = tmp_path / "物业.txt"
    new.write_text("物业公开\n\n2021年起，物业公司每月公开收支。\n", "utf-8")
    on = ("--corpus", folder, *WORDS)
    code, out, err = said(capsys, "add", new, "--url", "https://example.org/w", *on)
    assert code == 0 and "物业公开" in out and "3 篇" in err
    assert "没有重复收录" in said(capsys, "add", new, *on)[1]
    rows = said_json(capsys, "list", *on)
    assert [row["title"] for row in rows] == ["垃圾分类", "城市大脑", "物业公开"]
    assert rows[2] | {"doc_id": "", "file": ""} == {
        "details": {},
        "notes": [],
        "doc_id": "",
        "title": "物业公开",
        "published": "",
        "url": "https://example.org/w",
        "characters": 23,
        "passages": 2,
        "file": "",
    }
    doc_id = rows[2]["doc_id"]
    assert said_json(capsys, "ask", "物业公司多久公开收支？", *on)["hits"][0]["doc_id"] == doc_id
    assert said(capsys, "remove", doc_id, *on)[0] == 0
    left = sorted(path.name for path in folder.iterdir() if path.name != ".lock")
    assert left == ["a.txt", "b.txt"]
    assert said(capsys, "list", *on)[1].splitlines()[0] == "a  垃圾分类  24 字，2 段"
    for row in ("a", "b"):
        assert said(capsys, "remove", row, *on)[0] == 0
    assert said(capsys, "list", *on)[0] == 2


def test_index_build_verify_and_info(
    capsys: pytest.CaptureFixture[str], folder: Path, tmp_path: Path
) -> None:
    index = tmp_path / "index"
    on = ("--corpus", folder, "--index", index, *WORDS)
    for action in ("verify", "info"):
        code, out, err = said(capsys, "index", action, *on)
        assert (code, out) == (
            3,
            "",
        ) and f"chengwen index build --corpus {folder} --index {index}" in err
    built = said_json(capsys, "index", "build", *on)
    assert (built["generation"], built["documents"], built["passages"]) == ("gen-000001", 2, 4)
    assert said_json(capsys, "index", "verify", *on)["generations"] == ["gen-000001"]
    assert said_json(capsys, "index", "info", *on) == built | {"fresh": True}
    (folder / "a.txt").unlink()
    assert said_json(capsys, "index", "info", *on)["fresh"] is False
    assert said_json(capsys, "index", "info", "--index", index)["documents"] == 2


def test_a_damaged_index_is_3_and_a_build_heals_it(
    capsys: pytest.CaptureFixture[str], folder: Path
) -> None:
    on = ("--corpus", folder, *WORDS)
    generation = Path(said_json(capsys, "index", "build", *on)["index"])
    (generation / "words.json").write_bytes(b"{}")
    for command in (("index", "verify"), ("ask", QUESTION), ("index", "info")):
        code, out, err = said(capsys, *command, *on)
        assert (code, out) == (3, "") and "chengwen index build" in err and "words.json" in err
    assert said(capsys, "index", "build", *on)[0] == 0
    assert said(capsys, "index", "verify", *on)[0] == 0
    assert said(capsys, "ask", QUESTION, *on)[0] == 0


def test_a_locked_index_is_4(capsys: pytest.CaptureFixture[str], folder: Path) -> None:
    on = ("--corpus", folder, *WORDS)
    generation = Path(said_json(capsys, "index", "build", *on)["index"])
    with (generation.parent / "lock").open("ab") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        assert said(capsys, "index", "build", *on)[0] == 4
        assert said(capsys, "ask", QUESTION, *on)[0] == 0


def test_doctor_says_what_is_wrong_and_what_to_do(
    capsys: pytest.CaptureFixture[str], folder: Path
) -> None:
    """Without the encoder it is not well; what can be checked all the same is checked."""
    code, out, _ = said(capsys, "doctor", "--json", "--corpus", folder, *WORDS)
    report = json.loads(out)
    checks = {check["name"]: check for check in report["checks"]}
    assert (code, report["ok"]) == (3, False)
    assert list(checks) == [
        "python",
        "packages",
        "home",
        "encoder",
        "index",
        "documents",
        "lexical",
        "reader",
        "speed",
    ]
    assert not checks["encoder"]["ok"] and "encoder.name" in checks["encoder"]["zh"]
    assert all(checks[name]["ok"] for name in ("python", "home", "index", "lexical", "speed"))


@pytest.mark.encoder
def test_doctor_finds_the_default_installation_well(capsys: pytest.CaptureFixture[str]) -> None:
    code, out, _ = said(capsys, "doctor", "--json")
    assert (code, [c for c in json.loads(out)["checks"] if not c["ok"]]) == (0, [])


def test_help_needs_nothing_heavy() -> None:
    """It comes at once, in either language, and an output that closes early is no failure."""
    script = "import sys, bot.cli.__main__ as m\ntry: m.main(['ask', '--help'])\nfinally: print(sorted(sys.modules))"
    done = subprocess.run(
        [sys.executable, "-c", script], cwd=ROOT, capture_output=True, text=True, check=True
    )
    assert "--history" in done.stdout
    assert not {"torch", "faiss", "jieba", "numpy", "gradio"} & set(done.stdout.split("'"))


@pytest.mark.slow
def test_bytes_that_are_no_text_are_refused() -> None:
    argv = [os.fsencode(sys.executable), b"-m", b"bot.cli", b"ask", b"\xff\xfe"]
    done = subprocess.run(
        argv, cwd=ROOT, capture_output=True, check=False, env=os.environ | {"LC_ALL": "C"}
    )
    assert (done.returncode, done.stdout) == (2, b"")
    assert "UTF-8" in done.stderr.decode() and b"Traceback" not in done.stderr


def test_an_unusable_address_is_named() -> None:
    """One in use is another case: see test_address.py."""
    for environment in ({"PORT": "70000"}, {"PORT": "x"}, {"HOST": "no such host"}):
        with pytest.raises(UsageError, match="PORT=7861"):
            bind_socket(environment)


@pytest.mark.slow
def test_served_and_stopped(server: "subprocess.Popen[str]") -> None:
    """The address is printed when it answers; SIGTERM is an orderly end."""
    assert server.stdout
    address = server.stdout.readline().strip()
    with urllib.request.urlopen(f"{address}/healthz", timeout=10) as response:
        assert response.status == 200
    server.send_signal(signal.SIGTERM)
    assert server.wait(timeout=30) == 0
    assert server.stdout.read() == ""
