"""Punctuation as it is shown, by examples worked by hand, and what holds of any text."""

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from bot.web.punctuation import full_width
from corpus import Document


@pytest.mark.parametrize(
    ("written", "shown"),
    [
        ("2015年,上海市委出台《意见》,并且", "2015年，上海市委出台《意见》，并且"),
        ("“两张网”(政务服务“一网通办”),让数据", "“两张网”（政务服务“一网通办”），让数据"),
        ("日最高使用量是多少?真多!", "日最高使用量是多少？真多！"),
        ("时间:12:30,比分3:2", "时间：12:30，比分3:2"),
        ("1,000人;2,000人", "1,000人；2,000人"),
        ("包括“1+6”,“2+N”,并", "包括“1+6”，“2+N”，并"),
        ("成都(Chengdu)是", "成都（Chengdu）是"),
        ("浓度(PM2.5)不高,占50%,同比", "浓度（PM2.5）不高，占50%，同比"),
        ("(1)城市治理", "（1）城市治理"),
        ("1)城市治理", "1）城市治理"),
        ("函数f(x)的值", "函数f(x)的值"),
        ("5(A)级", "5(A)级"),
        ("支持Word, Excel等", "支持Word, Excel等"),
        ("见http://a.cn/b?c=1,然后", "见http://a.cn/b?c=1，然后"),
        ("2020 年, 12 月", "2020 年， 12 月"),
        ("东城街道 | 112 (人)", "东城街道 | 112 （人）"),
    ],
)
def test_marks_are_full_width_next_to_chinese_alone(written: str, shown: str) -> None:
    assert full_width(written) == shown


@pytest.mark.parametrize(
    "text",
    [
        "",
        ",",
        "(1)",
        "What is it? Nothing, really (so far).",
        "The peak daily use in the city of Hangzhou, 杭州, was high: 26.85 million.",
        "1,000:2,000 (3)",
        "“Hello, world”, he said!",
        "已经是全角的，不变。",
    ],
)
def test_what_is_not_next_to_chinese_stays(text: str) -> None:
    assert full_width(text) == text


def test_lines_are_looked_at_one_by_one() -> None:
    assert full_width("甲,\nA, B\n,乙") == "甲，\nA, B\n，乙"


@example(":(1)、")
@given(st.text(alphabet="城市,;:?!()（），a1 “”\n[]|、.", max_size=60))
def test_every_offset_holds_and_showing_twice_changes_nothing(text: str) -> None:
    shown = full_width(text)
    assert len(shown) == len(text)
    assert all(a == b or a in ",;:?!()" for a, b in zip(text, shown, strict=True))
    assert full_width(shown) == shown


def test_of_an_article_no_offset_changes(article: Document) -> None:
    shown = full_width(article.text)
    assert len(shown) == len(article.text) and ",上海市" not in shown
