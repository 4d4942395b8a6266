"""What is denied on one side only is a reversal, in whatever words both deny it."""

import pytest
from support.claims import aligned

from bot.llm.checks.negation import denied, is_reversed
from bot.llm.checks.opposites import PREDICATES, has_opposite

REVERSED = [
    ("楼道内可以停放电动车。", "不得在楼道内停放电动自行车。"),
    ("该市不是省会。", "该市是省会。"),
    ("球队成功晋级决赛。", "球队未能晋级决赛。"),
    ("经批准不得施工。", "未经批准不得施工。"),
    ("烈性犬可以饲养。", "禁止饲养烈性犬。"),
    ("会议没有通过决议。", "会议通过了决议。"),
    ("该公司有分店。", "该公司没有分店。"),
    ("单位应当拒绝提供资料。", "单位不得拒绝提供资料。"),
    ("应当不向社会公布。", "应当向社会公布。"),
    ("没有说明其不会参加。", "没有说明其会参加。"),
    ("他不得不离开。", "他不得离开。"),
    ("不收取费用。", "收取费用。"),
]
SAME = [
    ("楼道内禁止停放电动车。", "不得在楼道内停放电动自行车。"),
    ("本市不得饲养烈性犬。", "本市禁止饲养烈性犬。"),
    ("烈性犬禁止饲养。", "禁止饲养烈性犬。"),
    ("取得许可证后方可经营。", "未取得许可证的不得经营。"),
    ("室温不低于18度。", "室温不低于18度。"),
    ("未来将不断完善。", "未来将完善。"),
    ("是不是省会，由国务院决定。", "是否省会，由国务院决定。"),
    ("不得擅自施工。", "未经批准，不得擅自施工。"),
    ("还没有公布结果。", "尚未公布结果。"),
    ("财产被没收。", "没收财产。"),
    ("无论大小都要登记。", "大小都要登记。"),
]


@pytest.mark.parametrize(("claim", "source"), REVERSED)
def test_denied_on_one_side(claim: str, source: str) -> None:
    assert is_reversed(aligned(claim, source))


@pytest.mark.parametrize(("claim", "source"), SAME)
def test_denied_on_both_or_neither(claim: str, source: str) -> None:
    assert not is_reversed(aligned(claim, source))


def test_two_denials_make_none() -> None:
    text = "单位不得拒绝提供"
    assert not denied(text).is_odd[text.index("提供")]
    assert denied(text).is_odd[text.index("拒绝")]


@pytest.mark.parametrize(
    ("claim", "source"),
    [
        ("利润下降三成。", "利润增长三成。"),
        ("多数居民反对加装电梯。", "多数居民支持加装电梯。"),
        ("委员会否决了方案。", "委员会批准了方案。"),
        ("单位可以办理登记。", "单位应当办理登记。"),
        ("符合条件的应当减免。", "符合条件的可以减免。"),
        ("单位可以办理登记。", "单位应当办理登记，也可以委托他人。"),
    ],
)
def test_the_opposite_predicate(claim: str, source: str) -> None:
    assert has_opposite(aligned(claim, source), PREDICATES)


@pytest.mark.parametrize(
    ("claim", "source"),
    [
        ("利润没有下降。", "利润增长了。"),
        ("价格上涨，销量下降。", "销量下降，价格上涨。"),
        ("利润增长三成。", "利润增长三成，成本下降一成。"),
        ("不允许停车。", "禁止停车。"),
        ("单位应当办理登记。", "单位必须办理登记。"),
    ],
)
def test_no_opposite(claim: str, source: str) -> None:
    assert not has_opposite(aligned(claim, source), PREDICATES)
