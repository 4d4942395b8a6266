"""Words typed by sound, and the many that are none."""

from functools import cache
from pathlib import Path

import pytest
from conftest import ARTICLE
from hypothesis import given, settings
from hypothesis import strategies as st
from support.asking import VOCABULARY

from bot.question.spelling import ERROR, LONGEST, Spelling
from bot.question.understand import SearchVocabulary
from corpus.language.text import Segmenter
from corpus.load import load
from index.snapshot import build

ORDINARY = Path(__file__).parents[2] / "data/ordinary.txt"


@cache
def spelling() -> Spelling:
    snapshot = build([load(ARTICLE)], None, vocabulary=VOCABULARY)
    return SearchVocabulary.of(snapshot).spelling


def nowhere(pair: str) -> bool:
    return False


def of_words(*words: str) -> Spelling:
    """That of a collection in which each word stands once."""
    return Spelling(dict.fromkeys(words, 1), nowhere, Segmenter())


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("建康码最早是哪座城市首创的", "健康码最早是哪座城市首创的"),
        ("上海一网同办是什么？", "上海一网通办是什么？"),
        ("成督市公共财政年投入15个亿", "成都市公共财政年投入15个亿"),
        ("岳扬楼区在哪里", "岳阳楼区在哪里"),
        ("城市大恼里能一键货取什么", "城市大脑里能一键获取什么"),
        ("吴小林是哪所大学的？", "吴晓林是哪所大学的？"),
        ("杭洲的“1+8”是哪方面的正策体系？", "杭州的“1+8”是哪方面的政策体系？"),
        ("奇佳岭街道", "奇家岭街道"),
        ("徐惠区有多少小区", "徐汇区有多少小区"),
        ("城真化率", "城镇化率"),  # zh and z, ng and n are mixed up
        ("习近平总书计", "习近平总书记"),
        ("三社连动", "三社联动"),
        ("九龙制水", "九龙治水"),
        ("智惠城市", "智慧城市"),
        ("ＡＢＣ建康碼？", "ＡＢＣ健康码？"),
    ],
)
def test_misspelt_words_are_corrected(typed: str, meant: str) -> None:
    assert spelling().correct(typed) == meant
    assert spelling().correct(meant) == meant


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
    words = of_words("失养犬", "失养", "过程", "全过城", "国城市", "成市")
    assert words.correct(text) == text


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("全国城市", ("全过程式", "国城")),
        ("南开大雪", ("南开大学",)),
        ("12345热线一网转派", ("网专", "一万转派", "网转牌")),
        ("城市大脑里念什么", ("理念",)),
    ],
)
def test_no_two_known_words_are_made_another(text: str, words: tuple[str, ...]) -> None:
    collection = {**dict.fromkeys(words, 1), **dict.fromkeys(Segmenter().words(text), 100)}
    collection |= {"转派": 100, "里": 100, "念": 100}
    assert Spelling(collection, nowhere, Segmenter()).correct(text) == text


def test_a_known_word_of_the_collection_is_never_wrong() -> None:
    """建康 is Nanjing of old: where the collection speaks of it, it may be meant."""
    assert of_words("健康码").correct("建康码") == "健康码"
    assert of_words("健康码", "建康").correct("建康码") == "建康码"


@pytest.mark.parametrize("count", [1, 10, 100, 1000, 10_000])
def test_the_likelier_reading_is_taken(count: int) -> None:
    """教受 as two characters, which the collection lacks, or as 教授 with one of them wrong."""
    rarity = Segmenter().rarity
    typed = 0.5 * 10 ** -rarity("教") * 0.5 * 10 ** -rarity("受")
    meant = 0.5 * count / 10_000 + 0.5 * 10 ** -rarity("教授")
    is_meant = meant * 10**-ERROR > typed
    collection = {"教授": count, "城市": 10_000 - count}
    assert Spelling(collection, nowhere, Segmenter()).correct("教受") == (
        "教授" if is_meant else "教受"
    )
    assert is_meant == (count >= 100)


def test_ordinary_sentences_are_left_alone() -> None:
    sentences = ORDINARY.read_text("utf-8").splitlines()
    assert len(set(sentences)) >= 200
    assert [(s, corrected) for s in sentences if (corrected := spelling().correct(s)) != s] == []


def test_the_article_is_left_alone() -> None:
    text = load(ARTICLE).text
    assert spelling().correct(text) == text


def test_neighbours_as_in_the_collection_make_a_word_likelier() -> None:
    """教授 is too rare to be meant by 教受, but for a question that ends as a sentence there does."""
    collection = {"教授": 12, "城市": 9_988}
    made = Spelling(collection, nowhere, Segmenter())
    assert made.correct("教受吗") == "教受吗"
    made = Spelling(collection, {"授吗"}.__contains__, Segmenter())
    assert made.correct("教受吗") == "教授吗"
    made = Spelling(collection, {"授吗", "受吗"}.__contains__, Segmenter())
    assert made.correct("教受吗") == "教受吗"


def test_of_several_the_longest_is_corrected() -> None:
    assert of_words("健康", "健康码", "码").correct("建康码") == "健康码"


def test_readings_of_one_character_meet() -> None:
    """长 is zhǎng and cháng, so 常 and 掌 may both stand for it, and 乐 is lè and yuè."""
    made = of_words("校长群", "长效制", "音乐厅")
    assert made.correct("校掌群，常效制，音阅厅") == "校长群，长效制，音乐厅"


def test_half_of_the_characters_must_be_there() -> None:
    assert of_words("联动机制").correct("连洞机制") == "联动机制"
    assert of_words("联动机制").correct("连洞鸡制") == "连洞鸡制"


def test_words_too_short_or_long_are_not_kept() -> None:
    long = "城市治理政策体系一"
    assert len(long) == LONGEST + 1
    typed = "马，城市治理政策提系一"
    assert of_words("码", long).correct(typed) == typed
    assert of_words().correct("建康码") == "建康码"


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
