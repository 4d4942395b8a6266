from __future__ import annotations

from datetime import date

import pytest

from corpus.intake.article import clean
from corpus.intake.byline import find_date, is_dated, without_date
from corpus.intake.plain_text import read_text


@pytest.mark.parametrize(
    "text",
    [
        "2020-12-05",
        "光明网-理论频道2020-12-05 10:00",
        "2020/12/5",
        "2020.12.05 08:00",
        "２０２０年１２月５日",
        "2020年12月05日08:12",
        "二〇二〇年十二月五日",
        "December 5, 2020",
        "Dec. 5, 2020 10:30 AM",
        "5 December 2020",
        "5th Dec 2020",
        "Updated: 2020-12-05, first 2021-01-01",
        "2020-12-5",
        "2020/12/05",
        "2020.12.5",
        "2020年12月5日",
        "2020 年 12 月 5 日",
        "2020年12月5号",
        "二○二○年十二月五日",
        "二〇二〇年十二月五号",
        "20201205",
        "发布日期：20201205",
        "Dec 5, 2020",
        "Dec. 5th, 2020",
        "5 Dec, 2020",
        "05-Dec-2020",
        "5th of December 2020",
        "2020-12-05T10:00:00Z",
        "2020-12-05T10:00:00.000+08:00",
        "2020-12-05T23:59:00+08:00",
        "2020-12-04T16:00:00Z",
        "2020-12-04T20:00:00-05:00",
        "Fri, 04 Dec 2020 20:00:00 GMT",
        "2020-12-05 10:00 GMT+8",
        "2020-12-05 20:00-22:00",
        "2020-12-05 20:00:00-22:00:00",
    ],
)
def test_a_date_is_found(text: str) -> None:
    assert find_date(text) == date(2020, 12, 5)


def test_numerals_of_two_and_three_characters() -> None:
    assert find_date("二〇二一年十月二十五日") == date(2021, 10, 25)
    assert find_date("二〇二一年十一月三十日") == date(2021, 11, 30)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "2020年12月",
        "《求是》2020/23",
        "2020-13-45",
        "12-05 10:00",
        "3小时前",
        "2020",
        "12月5日",
        "电话20201205",
        "20201305",
    ],
)
def test_no_date_is_made_up(text: str) -> None:
    assert find_date(text) is None


def test_what_is_left_without_the_date() -> None:
    assert without_date("光明日报 2020-12-05 10:00") == "光明日报"
    assert without_date("2020年12月5日 08:12 | ") == ""
    assert without_date("12 May 2021 | The Urban Review") == "The Urban Review"


def test_marks_of_age_are_dates_too() -> None:
    assert is_dated("3小时前") and is_dated("2 hours ago") and is_dated("05-12 08:30")
    assert not is_dated("三步走")


@pytest.mark.parametrize(
    ("lines", "published"),
    [
        (
            ["街角的变化", "发布时间：2020-12-05 成文日期：2020-11-20", "2019年3月1日，工程开工。"],
            "2020-12-05",
        ),
        (["街角的变化", "2019年3月1日，工程开工。", "江城市规划局", "2020年12月5日"], "2020-12-05"),
        (
            ["街角的变化", "2019年3月1日，工程开工。", "江城市规划局 二〇二〇年十二月五日"],
            "2020-12-05",
        ),
        (["街角的变化", "2019年3月1日，工程开工。", "后来又有两次，都在12月5日。"], ""),
        (["街角的变化（2020年）", "12月5日，工程开工。"], ""),
    ],
)
def test_a_text_is_dated_by_its_page_or_signature(lines: list[str], published: str) -> None:
    assert clean(read_text("\n\n".join(lines))).published == published
