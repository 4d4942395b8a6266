"""Yes and no: where a stated value agrees with a sentence, differs from it, or settles nothing."""

from pathlib import Path

import pytest

from bot.answer import Answer
from bot.composer.amounts import plain, stated_values
from bot.composer.verdict import agrees, agrees_on_name
from bot.service import Service
from bot.settings import Settings
from corpus import Document
from corpus.load import load
from index.snapshot import build

WORDS = {"报名": 5.0, "费": 4.0, "一次": 3.0, "赔": 4.0, "停": 3.0}


@pytest.mark.parametrize(
    ("statement", "sentence", "expected"),
    [
        ("报名费200元", "报名费为200元。", True),
        ("报名费200元", "报名费为二百元。", True),
        ("报名费200元", "报名费为300元。", False),
        ("报名费200元", "报名费不是200元。", None),
        ("报名费200元", "报名费120元，材料费80元。", None),
        ("报名费200元", "押金200元，报名费300元。", None),
        ("报名费200元", "报名费300元，押金100元。", False),
        ("报名费超过100元", "报名费为120元。", True),
        ("报名费超过200元", "报名费为120元。", False),
        ("报名费超过120元", "报名费为120元。", None),
        ("报名超过2000人", "报名的超过2685人。", True),
        ("报名超过3000人", "报名的超过2685人。", None),
        ("室温不低于16度", "室温不低于18度。", False),
        ("室温不低于18度", "室温不低于18度。", True),
        ("报名超过300人", "报名不得超过200人。", False),
        ("室温18度", "室温不低于18度。", None),
        ("室温16度", "室温不低于18度。", False),
        ("室温20度", "室温不低于18度。", None),
        ("15个工作日答复", "应当自受理之日起十个工作日内答复。", False),
        ("3日内登记", "应当在三日内登记。", True),
        ("最多赔两万", "一次最高赔2万元，其中医疗费最高1万元。", True),
        ("发动50万人", "发动了近50万人。", None),
        ("每年拿15亿", "年投入15个亿的资金。", True),
        ("有300张床", "设五百张床位。", False),
        ("是2017年出的", "2015年出台意见。", False),
        ("是2017年出的", "同年出台意见，2019年修改。", None),
        ("能借8册", "每证可借10册。", None),
        ("能借12册", "每证可借10册。", False),
        ("能借8册", "每证最多借10册。", True),
        ("20点以后卖票", "卖票是9:00到17:30。", False),
        ("16点以后卖票", "卖票是9:00到17:30。", None),
        ("报名费提到3元", "报名费暂不同意提到3元。", None),
        ("3月1日停", "2025年3月1日停，6月1日开。", True),
        ("6月1日停", "2025年3月1日停，6月1日开。", None),
    ],
)
def test_a_value(statement: str, sentence: str, expected: bool | None) -> None:
    value = stated_values(statement)[-1]
    assert agrees(value, plain(statement), plain(sentence), WORDS) is expected


def test_a_name() -> None:
    assert agrees_on_name("杭州", "2017年,成都市首设委员会。", ["成都"]) is False
    assert agrees_on_name("成都", "2017年,成都市首设委员会。", []) is True
    assert agrees_on_name("东方航空", "阿尔航空在此开航。", []) is False
    assert agrees_on_name("城管部门", "由城市管理部门负责。", []) is None
    assert agrees_on_name("杭州", "委员会不设在成都。", ["成都"]) is None


def test_there_is_no_no_where_another_document_states_the_value() -> None:
    minutes = Document("minutes", "议事会纪要", "电梯的财政补助每台最高16万元。\n下次会议在五月。")
    guide = Document("guide", "办事指南", "电梯的财政补助每台最高15万元。\n材料交到窗口。")
    settings = Settings(reader="rules", retrieval={"mode": "lexical"})
    asked = "电梯的财政补助每台最高是15万元吗？"
    alone = Service(build([minutes], None), None, settings).answer(asked)
    assert alone.text.startswith("不是。")
    both = Service(build([minutes, guide], None), None, settings).answer(asked)
    assert not both.text.startswith("不是。")


PARK = """云栖公园游客问答
问：可以带宠物狗进公园吗？
答：不可以。导盲犬不受此限。
问：老人可以免费入园吗？
答：可以，凭老年证免费。
问：露营的帐篷在哪里租？
答：南门。帐篷租金每天四十元，押金二百元。
"""


@pytest.fixture
def park(tmp_path: Path) -> Service:
    path = tmp_path / "云栖公园游客问答.txt"
    path.write_text(PARK, encoding="utf-8")
    return Service(build([load(path)], None), None, Settings(reader="rules"))


def quotes(answer: Answer) -> list[str]:
    return [one.quote for one in answer.citations]


def test_the_yes_or_no_of_the_document_leads(park: Service) -> None:
    answer = park.answer("可以带宠物狗进公园吗？")
    assert quotes(answer) == ["不可以。", "导盲犬不受此限。"]
    assert answer.text == "不可以。[1]导盲犬不受此限。（问：可以带宠物狗进公园吗？）[2]"


def test_a_sentence_with_yes_and_how_is_left_as_it_is(park: Service) -> None:
    assert quotes(park.answer("老人可以免费入园吗？")) == ["可以，凭老年证免费。"]


def test_the_answer_to_another_question_is_told_as_such(park: Service) -> None:
    answer = park.answer("猎犬和宠物狗可以进公园散步吗？")
    assert answer.text.startswith("原文是这样说的：不可以。[1]")


def test_the_answer_to_no_yes_no_question_does_not_lead(park: Service) -> None:
    assert "南门" not in quotes(park.answer("帐篷租金每天四十元，押金要付吗？"))


POOL = """城东泳池须知
一张会员卡最多可以借给3人使用。
售票时间是9:00到17:30，其余时间不卖票。
入场押金为50元，出场时退还。
理事会研究后没有同意把押金提高到80元。
"""


@pytest.fixture(scope="module")
def pool(tmp_path_factory: pytest.TempPathFactory) -> Service:
    path = tmp_path_factory.mktemp("pool") / "城东泳池须知.txt"
    path.write_text(POOL, encoding="utf-8")
    return Service(build([load(path)], None), None, Settings(reader="rules"))


@pytest.mark.parametrize(
    ("asked", "opening"),
    [
        ("入场押金是50元吗？", "是。"),
        ("入场押金是60元吗？", "不是。"),
        ("会员卡可以借给5人使用吗？", "不可以。"),
        ("会员卡可以借给5人使用，对吧？", "不是。"),
        ("会员卡可以借给5人使用，是这样吗？", "不是。"),
        ("会员卡能借给3人使用吗？", "能。"),
        ("会员卡可以借给2人使用吗？", "可以。"),
        ("晚上六点以后还卖票吗？", "原文是这样说的："),
        ("晚上六点以后售票处还能卖票吗？", "不能。"),
        ("下午四点以后还能卖票吗？", "原文是这样说的："),
        ("理事会同意把押金提高到80元了吗？", "没有。"),
        ("研究后押金是80元吗？", "原文是这样说的："),
    ],
)
def test_a_verdict_is_said_by_the_verb_of_the_question(
    pool: Service, asked: str, opening: str
) -> None:
    assert pool.answer(asked).text.startswith(opening)


def test_a_tenth_is_told_behind_its_whole() -> None:
    assert plain("涨到2块1") == "涨到2.1" and plain("2块1毛") == "2.1元"
    assert plain("2块地") == "2块地" and plain("2块钱") == "2元钱"
