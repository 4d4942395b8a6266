"""Which language is spoken, and the texts of the pages in each."""

import re
import tomllib

import pytest

from bot.i18n import (
    LANGUAGES,
    TEXTS_FILE,
    language_of_header,
    language_of_locale,
    language_of_parameter,
    pick,
    texts,
)


@pytest.mark.parametrize(
    ("header", "language"),
    [
        ("", "zh"),
        ("*", "zh"),
        ("fr-FR,fr;q=0.9", "zh"),
        ("en-GB,en;q=0.9,zh;q=0.8", "en"),
        ("zh-CN,zh;q=0.9,en;q=0.8", "zh"),
        ("zh;q=0.5, EN ; q=0.7", "en"),
        ("en;q=0.5,zh;q=0.5", "zh"),
        ("en;q=1.2.3", "zh"),
        ("zh-TW,zh;q=0.9,en-US;q=0.8,en;q=0.7", "zh-Hant"),
        ("zh-HK", "zh-Hant"),
        ("en;q=0.9, zh-Hant-MO", "zh-Hant"),
        ("zh-Hans-HK,zh;q=0.9", "zh"),
        ("zh-TW;q=0.5,zh-CN", "zh"),
    ],
)
def test_a_header_asks_for_the_language_it_weighs_most(header: str, language: str) -> None:
    assert language_of_header(header) == language


@pytest.mark.parametrize(
    ("value", "language"),
    [
        (None, "zh"),
        ("", "zh"),
        ("en", "en"),
        ("EN-us", "en"),
        ("zh-CN", "zh"),
        ("fr", "zh"),
        ("zh-Hant", "zh-Hant"),
        ("zh-tw", "zh-Hant"),
        ("zhuang", "zh"),
    ],
)
def test_a_parameter_asks_for_a_language_or_gets_chinese(value: str | None, language: str) -> None:
    assert language_of_parameter(value) == language


def test_where_none_is_asked_for_it_is_what_it_would_be() -> None:
    assert language_of_parameter(None, "zh-Hant") == "zh-Hant"
    assert language_of_parameter("zh", "zh-Hant") == "zh"


@pytest.mark.parametrize(
    ("locale", "language"),
    [("C.UTF-8", "zh"), ("zh_TW.UTF-8", "zh-Hant"), ("zh_CN.UTF-8", "zh"), ("en_GB", "en")],
)
def test_the_locale_asks_for_a_language(locale: str, language: str) -> None:
    assert language_of_locale({"LANG": locale}) == language


def test_a_pair_has_a_text_in_each_language() -> None:
    pair = ("这个问题", "This question")
    assert [pick(pair, language) for language in LANGUAGES] == [
        "这个问题",
        "這個問題",
        "This question",
    ]
    sent = [texts("chat", language)["send"] for language in LANGUAGES]
    assert sent == ["发送", "發送", "Send"]


def test_every_text_fills_in_the_same_in_each_language() -> None:
    for section in tomllib.loads(TEXTS_FILE.read_text("utf-8")):
        chinese, traditional = (texts(section, language) for language in ("zh", "zh-Hant"))
        for name, text in chinese.items():
            assert re.findall(r"{\w*}", traditional[name]) == re.findall(r"{\w*}", text), name


def test_texts_belong_to_who_asks_for_them() -> None:
    texts("chat", "zh")["send"] = "改了"
    assert texts("chat", "zh")["send"] == "发送"
    with pytest.raises(KeyError):
        texts("none-such", "zh")
