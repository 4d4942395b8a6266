"""Words typed by sound, and the many that are none."""

from functools import cache
from pathlib import Path

import pytest
from conftest import ARTICLE
from hypothesis import given, settings
from hypothesis import strategies as st
from support.asking import VOCABULARY

from bot.question.spelling import LONGEST, Spelling
from corpus.language.text import Segmenter
from corpus.load import load
from index.snapshot import build

ORDINARY = Path(__file__).parents[2] / "data/ordinary.txt"


@cache
def spelling() -> Spelling:
    snapshot = build([load(ARTICLE)], None, vocabulary=VOCABULARY)
    return Spelling([*snapshot.words, *snapshot.segmenter.terms], snapshot.segmenter)


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("建康码最早是哪座城市首创的", "健康码最早是哪座城市首创的"),
        ("上海一网同办是什么？", "上海一网通办是什么？"),
        ("成督市公共财政年投入15个亿", "成都市公共财政年投入15个亿"),
        ("岳扬楼区在哪里", "岳阳楼区在哪里"),
        ("城市大恼里能一键货取什么", "城市大脑里能一键获取什么"),
        ("吴小林是哪所大学的教受？", "吴晓林是哪所大学的教授？"),
        ("杭洲的“1+8”是哪方面的正策体系？", "杭州的“1+8”是哪方面的政策体系？"),
        ("奇佳岭街道", "奇家岭街道"),
        ("徐惠区有多少小区", "徐汇区有多少小区"),
        ("城真化率", "城镇化率"),  # zh and z, ng and n are mixed up
        ("南开大雪", "南开大学"),
        ("习近平总书计", "习近平总书记"),
        ("三社连动", "三社联动"),
        ("九龙制水", "九龙治水"),
        ("形动体系", "行动体系"),  # 行 is read háng and xíng
        ("智惠城市", "智慧城市"),
        ("ＡＢＣ建康碼？", "ＡＢＣ健康码？"),
    ],
)
def test_misspelt_words_are_corrected(typed: str, meant: str) -> None:
    assert spelling().correct(typed) == meant


@pytest.mark.parametrize(
    "text",
    ["银行", "重复", "单独", "会计", "长乐", "健康", "時代", "健康碼", "1+N", "it is", "的吗"],
)
def test_words_are_left_alone(text: str) -> None:
    assert spelling().correct(text) == text


@pytest.mark.parametrize(
    "text",
    [
        "她每周练三次瑜伽",
        "老人在树下乘凉",
        "手机支付无处不在",
        "那俩系统",
        "安全过滤",
        "哪种共同体",
    ],
)
def test_a_piece_of_another_word_is_no_broken_word(text: str) -> None:
    assert spelling().correct(text) == text


@pytest.mark.parametrize(
    "text", ["三亚市养犬管理条例什么时候施行？", "全国城市有多少", "老城市政设施"]
)
def test_no_word_is_cut_to_make_another(text: str) -> None:
    words = Spelling(["失养犬", "失养", "过程", "全过城", "国城市", "成市"], Segmenter())
    assert words.correct(text) == text


def test_ordinary_sentences_are_left_alone() -> None:
    sentences = ORDINARY.read_text("utf-8").splitlines()
    assert len(set(sentences)) >= 200
    assert [(s, corrected) for s in sentences if (corrected := spelling().correct(s)) != s] == []


def test_the_article_is_left_alone() -> None:
    text = load(ARTICLE).text
    assert spelling().correct(text) == text


def test_of_several_the_longest_is_corrected() -> None:
    made = Spelling(["健康", "健康码", "码"], Segmenter(["健康码"]))
    assert made.correct("建康码") == "健康码"


def test_readings_of_one_character_meet() -> None:
    """长 is zhǎng and cháng, so 常 and 掌 may both stand for it, and 乐 is lè and yuè."""
    made = Spelling(["校长群", "长效制", "音乐厅"], Segmenter())
    assert made.correct("校掌群，常效制，音阅厅") == "校长群，长效制，音乐厅"


def test_half_of_the_characters_must_be_there() -> None:
    assert Spelling(["联动机制"], Segmenter()).correct("连洞机制") == "联动机制"
    assert Spelling(["联动机制"], Segmenter()).correct("连洞鸡制") == "连洞鸡制"


def test_words_too_short_or_long_are_not_kept() -> None:
    long = "城市治理政策体系一"
    assert len(long) == LONGEST + 1
    assert (
        Spelling(["码", long], Segmenter()).correct("马，城市治理政策提系一")
        == "马，城市治理政策提系一"
    )
    assert Spelling([], Segmenter()).correct("建康码") == "建康码"


@pytest.mark.parametrize(
    "text",
    [
        "",
        " ",
        "？！",
        "👍👍",
        "a" * 500,
        "，" * 500,
        "重行乐长都会" * 83,
        "ｆｕｌｌ　ｗｉｄｔｈ",
        "mixed混合ミックス",
    ],
)
def test_odd_texts(text: str) -> None:
    assert len(spelling().correct(text)) == len(text)


@settings(deadline=None, max_examples=50)
@given(st.text(max_size=500) | st.text("建健康码马城成市是治制里理a，👍", max_size=100))
def test_any_text_stays_as_long(text: str) -> None:
    assert len(spelling().correct(text)) == len(text)


@settings(deadline=None, max_examples=50)
@given(st.text("abXY 19%.+-？，👍Ａ\n", max_size=100))
def test_what_is_not_chinese_is_left_alone(text: str) -> None:
    assert spelling().correct(text) == text
