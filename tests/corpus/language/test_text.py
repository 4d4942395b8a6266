"""Normal form and words: identities over all of Unicode, worked examples, time, and quiet."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from support.growth import LINEAR, growth

from corpus.language.text import (
    MAINLAND_MARKS,
    Segmenter,
    fold,
    is_english,
    is_person,
    is_place,
    is_traditional,
    leads,
    lexicon,
    mainland,
    sentences,
    traditional,
)

ROOT = Path(__file__).parents[3]
EVERYTHING = "".join(map(chr, range(sys.maxunicode + 1)))
GENERAL = Segmenter()
anything = st.text(st.characters(exclude_categories=()), max_size=80)


@pytest.fixture(scope="module")
def segmenter() -> Segmenter:
    return Segmenter(["一网统管"])


@pytest.mark.parametrize(
    ("text", "folded"),
    [
        ("ＡＢＣ１２３", "abc123"),
        ("臺灣網格", "台湾网格"),
        ("（１＋８）％，：", "(1+8)%,:"),
        ("Covid-19…", "covid-19…"),
        ("㈠㌔ﬁß", "㈠㌔ﬁß"),
    ],
)
def test_fold(text: str, folded: str) -> None:
    assert fold(text) == folded


def test_fold_keeps_every_character_of_unicode_in_its_place() -> None:
    once = fold(EVERYTHING)
    assert len(once) == len(EVERYTHING) and fold(once) == once


@given(anything)
def test_fold_goes_character_by_character(text: str) -> None:
    assert fold(text) == "".join(map(fold, text))


@settings(max_examples=50, deadline=None)
@given(anything)
def test_nothing_stumbles_over_lone_surrogates(text: str) -> None:
    GENERAL.search_terms(text)
    sentences(text)
    assert not any("\ud800" <= char <= "\udfff" for char in mainland(text))


def test_mainland() -> None:
    assert mainland("資訊軟體") == "信息软件"
    assert mainland("\ud800網路") == "\ufffd网络"


def test_traditional() -> None:
    assert traditional("这里的“城市治理”，发布于后来") == "這裡的「城市治理」，發佈於後來"
    assert traditional("").translate(MAINLAND_MARKS) == ""
    assert "「『一』」".translate(MAINLAND_MARKS) == "“‘一’”"


def test_languages() -> None:
    assert is_english("What is GDP?") and not is_english("GDP是什么") and not is_english("60%")
    assert (
        is_traditional("城市治理現代化")
        and not is_traditional("城市治理现代化")
        and not is_traditional("ＡＢＣ")
    )


def test_kinds_of_words() -> None:
    assert all(map(is_place, ["杭州", "杭州市", "徐汇区", "徐汇"])) and not is_place("治理")
    assert (
        all(map(is_person, ["王明", "习近平", "张三丰"]))
        and not is_person("城市")
        and not is_person("王")
    )
    assert all(map(leads, ["推进", "由", "把"])) and not any(map(leads, ["城市", "建设"]))


def test_words(segmenter: Segmenter) -> None:
    assert segmenter.words("城市治理，靠一网统管！") == ["城市", "治理", "靠", "一网统管"]
    assert Segmenter().words("一网统管") == ["一网", "统管"]
    assert segmenter.words("提高到60.6%") == ["提高", "到", "60.6%"]
    assert segmenter.words("ＧＤＰ 1＋6") == ["gdp", "1", "+", "6"]


def test_search_words_come_with_the_shorter_ones_in_them(segmenter: Segmenter) -> None:
    found = segmenter.search_words("中华人民共和国")
    assert found[-1] == "中华人民共和国" and {"中华", "人民", "共和", "共和国"} <= set(found)


def test_search_terms_end_with_bigrams(segmenter: Segmenter) -> None:
    assert segmenter.search_terms("健康码，好") == ["健康", "码", "好", "健康", "康码", "好"]
    assert segmenter.search_terms("") == segmenter.search_terms("，。") == []


def test_terms_are_folded_sorted_and_make_the_cut() -> None:
    given_once = Segmenter(["網格員", "ＡＩ治理", "網格員"])
    again = Segmenter(reversed(given_once.terms))
    assert given_once.terms == again.terms == ("ai治理", "网格员")
    assert given_once.words("網格員到了") == again.words("网格员到了") == ["网格员", "到", "了"]
    assert given_once.is_word("网格员") and not Segmenter().is_word("网格员")


def test_rarity(segmenter: Segmenter) -> None:
    assert round(Segmenter().rarity("的"), 2) == 2.28
    assert segmenter.rarity("的") < segmenter.rarity("城市") < segmenter.rarity("健康码") < 8


def test_the_lexicon_is_that_of_jieba() -> None:
    """Every beginning of a word is known, which jieba's search for words depends on."""
    words = lexicon()
    assert (len(words.counts), words.total) == (498113, 60101967)
    assert all(
        word[:size] in words.counts
        for word in list(words.counts)[-2000:]
        for size in range(1, len(word))
    )
    assert words.counts["城市"] > 0 and words.leading & {"城市", "建设", "构建"} == {"构建"}


def test_time_grows_with_the_length_of_a_run() -> None:
    """jieba alone takes four times as long for a run twice as long."""
    assert len(GENERAL.search_terms("中" * 20_000)) > 20_000
    assert growth(lambda size: GENERAL.search_terms("中" * size), 2_000) < LINEAR


def test_time_grows_with_the_number_of_terms() -> None:
    def segmenter(count: int) -> Segmenter:
        return Segmenter(
            chr(0x4E00 + n // 100) + chr(0x5E00 + n % 100) + "治理" for n in range(count)
        )

    assert growth(segmenter, 2_500) < LINEAR


def test_no_cache_file_and_not_a_word(tmp_path: Path) -> None:
    """Nothing is written to, or trusted from, the folder of temporary files."""
    (tmp_path / "jieba.cache").write_bytes(b"not what jieba wrote")
    code = "from corpus.language.text import Segmenter, leads; assert Segmenter().words('城市治理') and leads('推进')"
    environment = {**os.environ, "TMPDIR": str(tmp_path), "PYTHONPATH": str(ROOT)}
    done = subprocess.run(
        [sys.executable, "-c", code], env=environment, capture_output=True, check=True
    )
    assert done.stdout == done.stderr == b""
    assert [path.name for path in tmp_path.iterdir()] == ["jieba.cache"]
