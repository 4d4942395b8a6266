"""Claims in free words on sentences of regulations: which are kept, which are caught, and which pass."""

import pytest
from support.claims import cited, segmenter

from bot.llm.checks import Checker
from bot.llm.sentences import MarkedSentence

FELLING = "砍伐前款规定以外的树木，应当向区绿化管理部门提出申请。"
FACILITIES = "第六十一条 禁止任何单位和个人占用、损毁环境卫生设施。"
OLD = (
    "老旧小区未实施物业管理的，街道办事处、乡镇人民政府或者居（村）民委员会应当提供卫生保洁、秩序维护等必要的物业服务，"
    "所需费用由业主承担。"
)
PLANTS = (
    "遮盖交通信号灯、交通标志或者妨碍安全视距的绿化植物，园林绿化管理单位应当及时修剪或者更换。"
)
DANGERS = "第二十七条 任何单位和个人有权向人民政府及其有关部门报告突发公共卫生事件隐患。"
SEWAGE = (
    "新建、改建、扩建、迁建工业项目应当严格执行雨水、污水分流排放制度，不得将污水直接排入城市河道。"
)
DECISIONS = "联合执法中的行政执法决定，由城管执法部门和相关行政管理部门在各自职权范围内依法作出，并承担相应的法律责任。"
BLOOD = "第三十二条 鼓励无偿献血和自愿捐献遗体、人体器官、组织。"
CLOSED = "该馆周一闭馆，周二至周日免费开放。"

KEPT = [
    ("砍伐其他树木的，须向区绿化管理部门申请。", FELLING),
    ("任何单位和个人都不得占用或者损毁环境卫生设施。", FACILITIES),
    ("单位和个人均不能占用环境卫生设施。", FACILITIES),
    ("没有物业管理的老旧小区，由街道办事处、乡镇人民政府或者居委会提供必要的物业服务。", OLD),
    ("老旧小区未实施物业管理时，必要的物业服务费用由业主承担。", OLD),
    ("园林绿化管理单位应当及时修剪遮盖交通信号灯的绿化植物。", PLANTS),
    ("对遮盖交通标志的绿化植物，园林绿化管理单位要及时修剪或更换。", PLANTS),
    ("单位和个人都可以向人民政府及其有关部门报告突发公共卫生事件隐患。", DANGERS),
    ("工业项目应当执行雨污分流排放制度，禁止把污水直接排入城市河道。", SEWAGE),
    ("污水不得直接排入城市河道。", SEWAGE),
    ("联合执法的行政执法决定由城管执法部门和相关部门依法作出。", DECISIONS),
    ("国家鼓励无偿献血。", BLOOD),
    ("该馆除周一外免费开放。", CLOSED),
]
CAUGHT = [
    ("砍伐前款规定以外的树木，不用向区绿化管理部门提出申请。", FELLING),
    ("任何单位和个人都可以占用环境卫生设施。", FACILITIES),
    ("单位和个人占用、损毁环境卫生设施是允许的。", FACILITIES),
    ("老旧小区未实施物业管理的，所需费用由街道办事处承担。", OLD),
    ("老旧小区已实施物业管理的，街道办事处应当提供必要的物业服务。", OLD),
    ("所需费用不由业主承担。", OLD),
    ("园林绿化管理单位不得修剪遮盖交通信号灯的绿化植物。", PLANTS),
    ("遮盖交通信号灯的绿化植物可以暂不修剪。", PLANTS),
    ("单位和个人无权向人民政府报告突发公共卫生事件隐患。", DANGERS),
    ("人民政府有权向任何单位和个人报告突发公共卫生事件隐患。", DANGERS),
    ("污水可以直接排入城市河道。", SEWAGE),
    ("工业项目不必执行雨水、污水分流排放制度。", SEWAGE),
    ("联合执法中的行政执法决定，由城管执法部门单独作出，不承担法律责任。", DECISIONS),
    ("不鼓励无偿献血和捐献遗体。", BLOOD),
    ("鼓励有偿献血。", BLOOD),
    ("该馆周二至周日收费开放。", CLOSED),
]
PASSING = [
    # A pronoun stands for one of the two.
    ("砍伐前款规定以外的树木，区绿化管理部门应当向其提出申请。", FELLING),
    # 闭馆 is the opposite of 开放, and stands in the other clause.
    ("该馆周一免费开放。", CLOSED),
]


def is_kept(claim: str, source: str) -> bool:
    checker = Checker(segmenter(), None)
    return checker.check(MarkedSentence(claim, (1,)), [cited(source)], "").is_supported


@pytest.mark.parametrize(("claim", "source"), KEPT)
def test_what_the_source_says_is_kept(claim: str, source: str) -> None:
    assert is_kept(claim, source)


@pytest.mark.parametrize(("claim", "source"), CAUGHT)
def test_the_opposite_is_caught(claim: str, source: str) -> None:
    assert not is_kept(claim, source)


@pytest.mark.xfail(strict=True, reason="reversals of meaning may pass: docs/benchmarks.md")
@pytest.mark.parametrize(("claim", "source"), PASSING)
def test_reversals_that_pass(claim: str, source: str) -> None:
    assert not is_kept(claim, source)
