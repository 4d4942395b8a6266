"""Every number with its unit and every date of a claim must stand in what it cites."""

import pytest
from support.claims import read, segmenter

from bot.answer import Citation
from bot.llm.checks.statement import cited_statement, statement
from bot.llm.checks.values import lacks_value
from corpus import Document

DATED = Document("dated", "办法", "罚款10元。", published="2021-05-15")


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
        ("2018年3月1日起施行。", "2018-03-01起施行。"),
        ("2018/3/1起施行。", "二○一八年三月一日起施行。"),
        ("零下5度。", "气温-5℃。"),
        ("零下五度。", "气温-5℃。"),
        ("共5家。", "- 5家"),
        ("5至10万元。", "5-10万元。"),
        ("每星期一次。", "每周一次。"),
        ("每人200元。", "人均200元。"),
        ("每年一次。", "一年一次。"),
        ("数百家。", "几百家。"),
        ("千多家。", "千余家。"),
        ("户数百分之五。", "户数的5%。"),
        ("一年半。", "18个月。"),
        ("至少提前15日通知。", "十五日前通知。"),
        ("不超过2000元。", "处五百元以上二千元以下罚款。"),
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
        # Parts of other numbers and of dates are no numbers of their own.
        ("罚款200元。", "罚款200万元。"),
        ("罚款15元。", "3月15日起，罚款10元。"),
        ("罚款18元。", "2018-03-18起，罚款10元。"),
        ("2018年1月3日。", "2018年3月1日。"),
        ("2018/1/3起施行。", "2018年3月1日起施行。"),
        ("不低于-18℃。", "不低于18℃。"),
        ("气温5度。", "气温零下5度。"),
        ("每日一次。", "每周一次。"),
        ("每月一次。", "每年一次，三个月前通知。"),
        ("每户200元。", "人均200元。"),
        ("数百家。", "几十家。"),
        ("千余家。", "百余家。"),
        ("一年半。", "一年。"),
        ("距离一厘米。", "距离一米。"),
        ("不超过30%。", "30%以上。"),
        ("五百元以下罚款。", "处五百元以上二千元以下罚款。"),
        ("十五日后通知。", "十五日前通知。"),
        ("3月1日后通知。", "3月1日前通知。"),
    ],
)
def test_a_value_that_does_not(claim: str, source: str) -> None:
    assert lacks_value(*read(claim, source))


def test_the_year_may_stand_in_the_title() -> None:
    assert not lacks_value(*read("2023年5月3日开馆。", "5月3日开馆。", "2023年工作总结"))
    assert lacks_value(*read("2022年5月3日开馆。", "5月3日开馆。", "2023年工作总结"))


def test_the_day_that_a_document_appeared_is_a_date_and_no_number() -> None:
    cited = cited_statement(Citation(DATED, 0, len(DATED.text)), segmenter())
    assert not lacks_value(statement("2021年5月15日发布。", segmenter()), cited)
    assert lacks_value(statement("罚款15元。", segmenter()), cited)
