"""Which of the two languages is spoken, and the texts of the pages in both."""

import pytest

from bot.i18n import LANGUAGES, language_of_header, language_of_parameter, pick, texts


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
    ],
)
def test_a_header_asks_for_the_language_it_weighs_most(header: str, language: str) -> None:
    assert language_of_header(header) == language


@pytest.mark.parametrize(
    ("value", "language"),
    [(None, "zh"), ("", "zh"), ("en", "en"), ("EN-us", "en"), ("zh-CN", "zh"), ("fr", "zh")],
)
def test_a_parameter_asks_for_english_or_gets_chinese(value: str | None, language: str) -> None:
    assert language_of_parameter(value) == language


def test_a_pair_has_a_text_in_each_language() -> None:
    assert [pick(("停止", "Stop"), language) for language in LANGUAGES] == ["停止", "Stop"]
    assert [texts("chat", language)["stop"] for language in LANGUAGES] == ["停止", "Stop"]
    with pytest.raises(KeyError):
        texts("none-such", "zh")
