"""Which documents may be asked, and what the command writes."""

import gzip
import json
from pathlib import Path

import pytest

from bot.training.makers.__main__ import main
from bot.training.makers.sources import documents_in, fitted, unlike
from corpus import Document, UsageError

LAW = "# {title}\n\n第一条 本条例所称大型犬，是指体高超过四十五厘米的犬只。\n\n第二条 本条例自2020年5月1日起施行。\n"
CITIES = ("丙州市", "乙州市", "甲州市", "丁州市", "戊州市", "己州市")
SHARED = "主办方表示，本届展会面积达到三万平方米，来自四十个国家的企业参加了这一盛会，并展出新品。"


@pytest.fixture
def data(tmp_path: Path) -> Path:
    """A folder with a set of each kind, as $CHENGWEN_DATA has them."""
    laws = tmp_path / "laws"
    laws.mkdir()
    for city in CITIES:
        title = f"{city}养犬管理条例"
        (laws / f"{title}.md").write_text(LAW.format(title=title), "utf-8")
    paragraphs = [f"第{number}篇新闻。{SHARED if number == 1 else ''}" for number in range(7)]
    news = [{"title": "", "paragraphs": [{"context": text, "qas": []}]} for text in paragraphs]
    (tmp_path / "news_fit.json").write_text(json.dumps({"data": news}), "utf-8")
    _packed(tmp_path / "news_corpus.jsonl.gz", {"n0": f"转载：{SHARED}", "n1": "另一条新闻。"})
    stard = tmp_path / "stard"
    (stard / "qrels").mkdir(parents=True)
    _packed(stard / "corpus.jsonl.gz", {"a0": "第一条。", "a1": "第二条。", "a2": "第三条。"})
    queries = [
        {"_id": "q0", "text": "?", "part": "fit"},
        {"_id": "q1", "text": "?", "part": "report"},
    ]
    (stard / "queries.jsonl").write_text("\n".join(map(json.dumps, queries)), "utf-8")
    (stard / "qrels/test.tsv").write_text("query-id\tcorpus-id\tscore\nq0\ta0\t1\nq1\ta1\t1\n")
    return tmp_path


def _packed(path: Path, texts: dict[str, str]) -> None:
    lines = [json.dumps({"_id": name, "title": "", "text": text}) for name, text in texts.items()]
    path.write_bytes(gzip.compress("\n".join(lines).encode()))


def texts_of(path: Path, source: str) -> list[str]:
    return [document.text for name, document in documents_in(path) if name == source]


def test_every_third_law_by_file_name_is_never_read(data: Path) -> None:
    titles = [document.title for name, document in documents_in(data) if name == "laws"]
    ordered = sorted(f"{city}养犬管理条例" for city in CITIES)
    assert titles == [*ordered[:2], *ordered[3:5]]
    # The folder by itself is known by its name.
    assert [document.title for _, document in documents_in(data / "laws")] == titles


def test_every_third_news_in_the_order_of_the_file_is_left_out(data: Path) -> None:
    numbers = [text[1] for text in texts_of(data, "news_fit")]
    assert numbers == ["0", "1", "3", "4", "6"]


def test_articles_that_answer_a_question_for_reporting_are_left_out(data: Path) -> None:
    assert texts_of(data, "stard") == ["第一条。", "第三条。"]


def test_news_that_tells_what_a_news_of_the_set_does_is_left_out(data: Path) -> None:
    assert texts_of(data, "news_corpus") == ["另一条新闻。"]


def test_texts_without_a_shared_run_are_unlike() -> None:
    one, other = Document("a", "", SHARED), Document("b", "", SHARED[:19])
    assert unlike([one, other], [one]) == [other]


def test_every_third_is_for_reporting() -> None:
    assert fitted("abcdefg") == ["a", "b", "d", "e", "g"]


def test_the_command_writes_questions_and_counts(
    data: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    output, sample = tmp_path / "made.jsonl", tmp_path / "sample.txt"
    arguments = [str(data), "--output", str(output), "--sample", str(sample), "--tables", "2"]
    assert main(arguments) == 0
    rows = [json.loads(line) for line in output.read_text("utf-8").splitlines()]
    reported = sorted(CITIES)[2::3]
    assert not [one for one in rows if any(city in one["title"] for city in reported)]
    assert {one["source"] for one in rows} >= {"laws", "written"}
    assert all((one["answer"] is None) == (one["maker"] == "swaps") for one in rows)
    counted = capsys.readouterr().out
    assert sum(int(line.split()[-1]) for line in counted.splitlines()) == len(rows)
    assert "== definitions\n" in sample.read_text("utf-8")


def test_a_folder_that_gives_no_question_is_refused(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text("没有什么可问。", "utf-8")
    with pytest.raises(UsageError, match="出不了题"):
        main([str(tmp_path), "--output", str(tmp_path / "made.jsonl")])
