"""The word lists beside a corpus, and terms mined from a collection made by hand."""

from pathlib import Path

import pytest
from conftest import ARTICLE

from corpus import Document, DocumentError
from corpus.language.terms import (
    LARGEST_LIST,
    LONGEST_WORD,
    SYNONYMS_FILE,
    TERMS_FILE,
    Vocabulary,
    mined_terms,
    read_vocabulary,
    vocabulary_files,
)
from corpus.language.text import Segmenter


def mined(*texts: str, least: int = 3) -> list[str]:
    return mined_terms([Document(str(n), "", text) for n, text in enumerate(texts)], least)


def write(path: Path, content: str) -> Path:
    path.write_text(content, encoding="utf-8")
    return path


def test_the_word_lists_of_a_folder_are_those_of_each_file_in_it(tmp_path: Path) -> None:
    document = write(tmp_path / "a.txt", "读者凭借阅证外借。")
    assert read_vocabulary([tmp_path]) == read_vocabulary([document]) == Vocabulary()
    write(tmp_path / TERMS_FILE, '# 注释\n[terms]\n"借閱證" = "Library card; ticket"\n"架位" = ""')
    write(
        tmp_path / SYNONYMS_FILE,
        '[synonyms]\n"借书卡 Ic卡" = "借阅证"\n"罚钱" = "滞纳金"\n"罚钱 赔钱" = "赔偿 滞纳金"',
    )
    assert read_vocabulary([tmp_path]) == Vocabulary(
        terms={"借阅证": "library card; ticket", "架位": ""},
        synonyms={
            "借书卡": ("借阅证",),
            "ic卡": ("借阅证",),
            "罚钱": ("滞纳金", "赔偿"),
            "赔钱": ("赔偿", "滞纳金"),
        },
    )
    assert read_vocabulary([document]) == read_vocabulary([tmp_path])


def test_one_list_may_be_missing_or_empty(tmp_path: Path) -> None:
    write(tmp_path / SYNONYMS_FILE, "")
    assert vocabulary_files(tmp_path) == [tmp_path / SYNONYMS_FILE]
    assert read_vocabulary([tmp_path]) == Vocabulary()
    write(tmp_path / TERMS_FILE, "[terms]")
    assert read_vocabulary([tmp_path]) == Vocabulary()


@pytest.mark.parametrize(
    ("file", "content", "name"),
    [
        (TERMS_FILE, '"借阅证" = "library card"', "借阅证"),
        (TERMS_FILE, "terms = 3", "terms"),
        (TERMS_FILE, '[terms]\n"借阅证" = 3', "借阅证"),
        (TERMS_FILE, '[terms]\n"借阅证" = ["library card"]', "借阅证"),
        (TERMS_FILE, '[terms]\n" " = "nothing"', " "),
        (TERMS_FILE, f'[terms]\n"{"长" * (LONGEST_WORD + 1)}" = ""', "长" * LONGEST_WORD),
        (TERMS_FILE, '[terms]\n[synonyms]\n"罚钱" = "滞纳金"', "synonyms"),
        (SYNONYMS_FILE, '[synonyms]\n"罚钱" = ["滞纳金"]', "罚钱"),
        (SYNONYMS_FILE, f'[synonyms]\n"罚钱 {"长" * (LONGEST_WORD + 1)}" = "滞纳金"', "罚钱"),
        (SYNONYMS_FILE, '[synonym]\n"罚钱" = "滞纳金"', "synonym"),
    ],
)
def test_a_wrong_entry_is_named(tmp_path: Path, file: str, content: str, name: str) -> None:
    path = write(tmp_path / file, content)
    with pytest.raises(DocumentError) as caught:
        read_vocabulary([tmp_path])
    error = caught.value
    assert str(path) in error.zh and f"“{name}" in error.zh and "每行是" in error.zh
    assert str(path) in error.en and f'"{name}' in error.en and "It holds one table" in error.en


def test_a_list_that_cannot_be_read_says_what_to_do(tmp_path: Path) -> None:
    path = write(tmp_path / TERMS_FILE, "[terms]\n借阅证 = library card")
    with pytest.raises(DocumentError, match="不是有效的 TOML") as caught:
        read_vocabulary([tmp_path])
    assert str(path) in caught.value.en and "Correct it" in caught.value.en
    write(path, "#" * (LARGEST_LIST + 1))
    with pytest.raises(DocumentError, match="超过 1 MB"):
        read_vocabulary([tmp_path])


def test_a_long_row_of_everyday_words_is_no_long_word(tmp_path: Path) -> None:
    words = [f"说法{n}" for n in range(LONGEST_WORD)]
    write(tmp_path / SYNONYMS_FILE, f'[synonyms]\n"{" ".join(words)}" = "写法"')
    assert read_vocabulary([tmp_path]).synonyms == dict.fromkeys(words, ("写法",))


def test_the_lists_beside_the_bundled_article() -> None:
    vocabulary = read_vocabulary([ARTICLE])
    assert vocabulary.terms["健康码"] == "health code; health qr code"
    assert vocabulary.terms["接诉即办"] == ""
    assert vocabulary.synonyms["老百姓"] == ("群众", "居民", "市民")
    assert not any(";;" in english for english in vocabulary.terms.values())


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
