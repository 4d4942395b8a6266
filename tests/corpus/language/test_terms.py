"""The domain dictionary: the file that is given, and terms mined from a collection made by hand."""

from pathlib import Path

import pytest

from corpus import Document
from corpus.language.terms import TERMS_FILE, given_terms, mined_terms
from corpus.language.text import Segmenter, fold


def mined(*texts: str, least: int = 3) -> list[str]:
    return mined_terms([Document(str(n), "", text) for n, text in enumerate(texts)], least)


def test_a_file(tmp_path: Path) -> None:
    path = tmp_path / "terms.txt"
    path.write_text("# 注释\n\n健康码  health code; code # 又一注释\n行程码\n", encoding="utf-8")
    assert given_terms(path) == {"健康码": "health code; code", "行程码": ""}


def test_our_own_file() -> None:
    terms = given_terms()
    assert terms["健康码"] == "health code; health qr code" and terms["接诉即办"] == ""
    assert all(fold(term) == term and fold(english) == english for term, english in terms.items())
    entries = [
        line for line in TERMS_FILE.read_text("utf-8").splitlines() if not line.startswith("#")
    ]
    assert len(entries) == len(terms) and not any(
        english and ";;" in english for english in terms.values()
    )


@pytest.mark.parametrize("marks", ["“”", "「」", "『』", "‘’", "《》", '""'])
def test_what_stands_in_marks(marks: str) -> None:
    assert "智治通" in mined(f"推出{marks[0]}智治通{marks[1]}平台。")


def test_a_word_of_the_dictionary_is_not_mined() -> None:
    assert mined("这是“城市”。") == []


def test_neighbours_that_stay_together() -> None:
    """网格 and 党建 stand side by side three times, and never apart; twice is not enough."""
    text = "推行网格党建。加强网格党建。"
    assert "网格党建" not in mined(text)
    assert "网格党建" in mined(text, "坚持网格党建。")
    assert "网格党建" in mined(text, least=2)


def test_neighbours_that_mostly_stand_apart() -> None:
    apart = "网格。党建。" * 4
    assert "网格党建" not in mined("推行网格党建。" * 3 + apart)


def test_grammar_joins_nothing() -> None:
    assert not any("我们" in term for term in mined("我们网格。" * 5))


def test_names_of_people() -> None:
    assert not Segmenter().is_word("龚维斌")
    assert "龚维斌" in mined("龚维斌说，治理要靠大家。")


def test_traditional_text_gives_the_same_terms() -> None:
    assert mined("推出「智治通」平台。") == mined("推出“智治通”平臺。") == ["智治通"]


def test_the_most_frequent_are_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("corpus.language.terms.MINED_AT_MOST", 2)
    assert mined("“丙治通”“丙治通”“甲治通”“乙治通”“乙治通”") == ["丙治通", "乙治通"]
