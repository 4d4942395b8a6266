"""Two things that stand each where the source has the other are a reversal; another order is none."""

import pytest
from support.claims import aligned

from bot.llm.checks.roles import is_swapped

SWAPPED = [
    ("韩国队击败日本队。", "日本队击败韩国队。"),
    ("日本队被韩国队击败。", "韩国队被日本队击败。"),
    ("韩国队被日本队击败。", "韩国队击败日本队。"),
    ("该游戏由盛大授予Nexon运营权。", "该游戏由Nexon授予盛大运营权。"),
    ("公司从北京迁往上海。", "公司从上海迁往北京。"),
    ("上海比北京冷。", "北京比上海冷。"),
    ("会议结束之后公布。", "会议结束之前公布。"),
    ("收入低于支出。", "收入高于支出。"),
    ("甲公司起诉乙公司。", "乙公司起诉甲公司。"),
    ("市政府向区政府报告。", "区政府向市政府报告。"),
    ("东城区三家，西城区五家。", "东城区五家，西城区三家。"),
]
SAME = [
    ("韩国队被日本队击败。", "日本队击败韩国队。"),
    ("北京是中国的首都。", "中国的首都是北京。"),
    ("李明和王芳出席。", "王芳和李明出席。"),
    ("销量下降，价格上涨。", "价格上涨，销量下降。"),
    ("王明于2019年5月在北京创办公司。", "2019年5月，王明在北京创办公司。"),
    ("包括食堂、诊所和书房。", "包括诊所、食堂和书房。"),
    ("会议结束之前公布。", "会议结束以前公布。"),
    (
        "擅自批准的，对单位处5万元以下罚款。",
        "擅自批准的，对擅自批准砍伐的人员处以1000元以下罚款，对擅自批准砍伐的单位处以5万元以下罚款。",
    ),
]


@pytest.mark.parametrize(("claim", "source"), SWAPPED)
def test_swapped(claim: str, source: str) -> None:
    assert is_swapped(aligned(claim, source))


@pytest.mark.parametrize(("claim", "source"), SAME)
def test_not_swapped(claim: str, source: str) -> None:
    assert not is_swapped(aligned(claim, source))
