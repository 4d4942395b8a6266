"""Every number with its unit and every date of a claim must stand in what it cites."""

import pytest
from support.claims import read

from bot.llm.checks.values import lacks_value


@pytest.mark.parametrize(
    ("claim", "source"),
    [
        ("共有三家。", "共有3家。"),
        ("投入1万元。", "投入10000元。"),
        ("投入１万元。", "投入一万元。"),
        ("占百分之十。", "占10%。"),
        ("三十天内答复。", "应当在30日内答复。"),
        ("等候60分钟。", "等候一小时。"),
        ("2019年5月成立。", "2019年5月3日成立。"),
        ("罚款五百元以上。", "处五百元以上二千元以下罚款。"),
        ("最多二千元。", "处五百元以上二千元以下罚款。"),
        ("共1,200人。", "共1200人。"),
        ("一次通过。", "通过了。"),
        ("依照第23条。", "依照第二十三条。"),
        ("首先，第一，要公开。", "要公开。"),
        ("两个国家。", "两国。"),
        ("三大举措。", "3大举措。"),
        ("提高2个百分点。", "提高2个百分点。"),
        ("晚上9点关门。", "21:00关门。"),
    ],
)
def test_a_value_that_stands_there(claim: str, source: str) -> None:
    assert not lacks_value(*read(claim, source))


@pytest.mark.parametrize(
    ("claim", "source"),
    [
        ("共有4家。", "共有3家。"),
        ("投入10万元。", "投入一万元。"),
        ("投入3万美元。", "投入3万元。"),
        ("投入3万元。", "投入3万美元。"),
        ("占10‰。", "占10%。"),
        ("提高2%。", "提高2个百分点。"),
        ("2018年成立。", "2019年成立。"),
        ("5月4日成立。", "5月3日成立。"),
        ("5年内建成。", "5个月内建成。"),
        ("长5公里。", "长5米。"),
        ("依照第24条。", "依照第二十三条。"),
        ("第3届。", "第四届。"),
        ("五大举措。", "三大举措。"),
        ("共5亿人。", "共5万人。"),
    ],
)
def test_a_value_that_does_not(claim: str, source: str) -> None:
    assert lacks_value(*read(claim, source))


def test_the_year_may_stand_in_the_title() -> None:
    assert not lacks_value(*read("2023年5月3日开馆。", "5月3日开馆。", "2023年工作总结"))
    assert lacks_value(*read("2022年5月3日开馆。", "5月3日开馆。", "2023年工作总结"))
