from __future__ import annotations

from datetime import date

import pytest

from corpus.intake.article import clean
from corpus.intake.dates import find_date, find_month, is_dated, is_published, without_date
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


TOLD = "渡口七月一日停航，两岸的居民改由新桥通行，老码头改成河边公园。"


@pytest.mark.parametrize(
    ("lines", "published"),
    [
        # an appendix below the signature
        (
            [
                "渡口停航的通知",
                TOLD,
                "江城市港航处",
                "2020年12月5日",
                "附件",
                "一、停航的渡口",
                TOLD,
                TOLD,
            ],
            "2020-12-05",
        ),
        # the record of a meeting
        (
            [
                "渡口会议纪要",
                "时间：2020年12月1日 14:00",
                "地点：码头",
                TOLD,
                "江城市港航处",
                "2020年12月5日",
            ],
            "2020-12-05",
        ),
        (["渡口会议纪要", "时间：2020年12月1日 14:00", "地点：码头", TOLD], "2020-12-01"),
        # what a page says of itself counts before a signature
        (
            ["渡口停航", "时间：2020-12-01 来源：江城网", TOLD, "江城市港航处", "2020年11月5日"],
            "2020-12-01",
        ),
        # a month
        (["渡口调研报告", "江城大学水运研究所　2020年9月", TOLD], "2020-09"),
        (["渡口纪事", TOLD, TOLD, "（2020年4月写于江城）"], "2020-04"),
        (["渡口纪事", "2020年9月，渡口停航。", TOLD], ""),
        # a chronicle
        (
            [
                "渡口大事",
                TOLD,
                "停航",
                "2020年1月5日",
                "通车",
                "2020年2月5日",
                "改造",
                "2020年3月5日",
                TOLD,
                TOLD,
                TOLD,
            ],
            "",
        ),
    ],
)
def test_a_notice_a_record_and_a_report_have_their_own_dates(
    lines: list[str], published: str
) -> None:
    assert clean(read_text("\n\n".join(lines))).published == published


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("江城大学水运研究所　2020年9月", ("2020-09", "江城大学水运研究所")),
        ("（2020年4月写于江城）", ("2020-04", "")),
        ("2020年13月", ("", "")),
        ("调查于2020年3月至5月进行", ("", "")),
        ("2020年9月5日", ("", "")),
    ],
)
def test_a_line_that_gives_a_month(line: str, expected: tuple[str, str]) -> None:
    assert find_month(line) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("2020-12-05", True),
        ("2020-12", True),
        ("2020-13", False),
        ("2020-02-30", False),
        ("20201205", False),
        ("2020", False),
        ("", False),
    ],
)
def test_a_day_or_a_month_of_the_calendar(text: str, expected: bool) -> None:
    assert is_published(text) is expected
