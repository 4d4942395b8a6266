"""The things that a question asks about each."""

import pytest

from bot.question.analysis import analyse
from bot.question.forms import asked_form
from bot.question.things import asks_order, only_about, things_named
from corpus.language.text import Segmenter

SEGMENTER = Segmenter()


@pytest.mark.parametrize(
    ("asked", "names"),
    [
        ("青岛、烟台和威海分别怎么做？", ("青岛", "烟台", "威海")),
        ("分别介绍一下青岛和烟台的做法", ("青岛", "烟台")),
        ("车站的保护区，地下、地面、出入口各划多宽", ("地下", "地面", "出入口")),
        ("宏观、中观、微观三个层面各要做什么", ("宏观", "中观", "微观")),
        ("甲类、乙类停车场的收费标准分别是多少", ("甲类", "乙类")),
        ("A+B里，A是啥，B又是啥", ("a", "b")),
        ("2018到2020年每年有多少人", ("2018", "2019", "2020")),
        ("居住证满1年、满2年、满3年分别能办什么", ("满1年", "满2年", "满3年")),
        ("What did Qingdao, Yantai and Weihai each do?", ("qingdao", "yantai", "weihai")),
        ("各种理由分别占多少", ()),
        ("青岛做了什么？", ()),
        ("青岛、烟台各出了什么文件和办法", ("青岛", "烟台")),
        ("一号线几点收车？二号线呢？五号线呢？", ("一号线", "二号线", "五号线")),
        ("红队去哪，蓝队去哪，白队又去哪", ("红队", "蓝队", "白队")),
        ("红牌黄牌绿牌分别罚多少", ("红牌", "黄牌", "绿牌")),
        ("和平街、湖滨街还有港口街几点收垃圾", ("和平街", "湖滨街", "港口街")),
    ],
)
def test_the_names_in_their_order(asked: str, names: tuple[str, ...]) -> None:
    assert things_named(analyse(asked, SEGMENTER)) == names


def test_the_question_about_one_thing_is_without_the_others() -> None:
    names = ("青岛", "烟台", "威海")
    asked = "青岛、烟台和威海分别有多少座公园？"
    assert only_about(asked, "烟台", names) == "烟台 分别有多少座公园?"


@pytest.mark.parametrize(
    ("asked", "form"),
    [
        ("青岛、烟台各想了什么办法", "each"),
        ("三家食堂现在各是什么情况，一家说一句", "each"),
        ("办理流程是什么", "list"),
        ("有哪些条件", "list"),
        ("八十岁以上每个月发多少", "fact"),
        ("平摊到每个人头上花几块", "fact"),
        ("构成要素各要素的名称", "fact"),
    ],
)
def test_the_form_that_is_asked_for(asked: str, form: str) -> None:
    assert asked_form(analyse(asked, SEGMENTER)) == form


def test_an_order_is_asked_for() -> None:
    assert asks_order(analyse("要过哪几关，按先后说", SEGMENTER))
    assert not asks_order(analyse("有哪些条件", SEGMENTER))
