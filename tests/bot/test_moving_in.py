"""What earlier versions kept inside the program's folder is moved out once, and nothing is replaced."""

from pathlib import Path

import pytest

from bot.moving_in import move_in


@pytest.fixture
def old(tmp_path: Path) -> tuple[Path, Path]:
    """The folders that 0.1.0 used: ./var and corpus/articles."""
    var, articles = tmp_path / "var", tmp_path / "articles"
    (var / "index/gen-000001").mkdir(parents=True)
    (var / "index/CURRENT").write_text("gen-000001")
    (var / "feedback.sqlite3").write_bytes(b"judgements")
    (var / "notes-of-mine.txt").write_text("not ours")
    articles.mkdir()
    (articles / "gmw-2020-12-05-chengshi-zhili.txt").write_text("随程序附带", "utf-8")
    (articles / "_terms.toml").write_text("[terms]\n")
    (articles / "报告.txt").write_text("我的报告。", "utf-8")
    (articles / "报告.toml").write_text('url = "https://example.org/r"\n')
    return var, articles


def test_state_and_documents_are_moved_and_said_once(
    old: tuple[Path, Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("CHENGWEN_HOME")
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "data"))
    said = move_in(*old)
    here = tmp_path / "data/chengwen"
    assert (here / "index/CURRENT").read_text() == "gen-000001"
    assert (here / "feedback.sqlite3").read_bytes() == b"judgements"
    assert (here / "documents/报告.txt").read_text("utf-8") == "我的报告。"
    assert (here / "documents/报告.toml").exists()
    var, articles = old
    assert [path.name for path in var.iterdir()] == ["notes-of-mine.txt"]
    assert sorted(path.name for path in articles.iterdir()) == [
        "_terms.toml",
        "gmw-2020-12-05-chengshi-zhili.txt",
    ]
    assert len(said) == 2 and "feedback.sqlite3" in said[0][0] and "报告.txt" in said[1][1]
    assert move_in(*old) == []


def test_what_is_there_is_not_replaced(old: tuple[Path, Path], home: Path) -> None:
    (home / "documents").mkdir(parents=True)
    (home / "documents/报告.txt").write_text("另一份。", "utf-8")
    assert move_in(*old) == []
    assert (home / "documents/报告.txt").read_text("utf-8") == "另一份。"
    assert (old[1] / "报告.txt").exists()


def test_a_home_of_its_own_takes_documents_but_no_state(old: tuple[Path, Path], home: Path) -> None:
    [said] = move_in(*old)
    assert "报告.txt" in said[0] and (home / "documents/报告.txt").exists()
    assert (old[0] / "feedback.sqlite3").exists()
