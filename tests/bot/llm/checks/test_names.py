"""Every name of a claim must stand in what it cites, its context or title."""

import pytest
from support.claims import read, segmenter

from bot.llm.checks.names import lacks_name


@pytest.mark.parametrize(
    ("claim", "source", "title"),
    [
        ("杭州建成。", "杭州市建成。", ""),
        ("上海市的绿地。", "绿地。", "上海市绿化条例"),
        ("由城市管理部门责令改正。", "由城市管理部门责令改正。", ""),
        ("张小明表示同意。", "张小明同意。", ""),
        ("《绿化条例》规定。", "规定。", "绿化条例"),
        ("中国代表团。", "我国代表团。", ""),
        ("ＧＩＳ平台。", "gis平台。", ""),
        ("占50%，共2.7万户两人。", "占百分之五十，共27000户2人。", ""),
        ("5000元至10000元。", "五千元以上一万元以下。", ""),
    ],
)
def test_a_name_that_stands_there(claim: str, source: str, title: str) -> None:
    assert not lacks_name(*read(claim, source, title), segmenter())


@pytest.mark.parametrize(
    ("claim", "source"),
    [
        ("南京建成。", "杭州市建成。"),
        ("李志强表示同意。", "张小明表示同意。"),
        ("由公安机关责令改正。", "由城市管理部门责令改正。"),
        ("由绿化管理部门负责。", "由交通运输部门负责。"),
        ("由供热企业负责。", "由建设单位负责。"),
        ("《湖泊条例》规定。", "《绿化条例》规定。"),
        ("BIM平台。", "GIS平台。"),
        ("斯蒂芬·戈登说。", "约翰·史密斯说。"),
    ],
)
def test_a_name_that_does_not(claim: str, source: str) -> None:
    assert lacks_name(*read(claim, source), segmenter())
