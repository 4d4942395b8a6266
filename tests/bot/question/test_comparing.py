"""What a question compares, and what it asks of the sides."""

import pytest

from bot.question.analysis import analyse
from bot.question.comparing import comparison
from bot.question.forms import asked_form
from corpus.language.text import Segmenter

SEGMENTER = Segmenter()


@pytest.mark.parametrize(
    ("asked", "sides", "aspects"),
    [
        ("上海和杭州在停车收费上有什么不同", ("上海", "杭州"), "停车收费"),
        ("厦门和泉州的停课安排有什么区别？", ("厦门", "泉州"), "停课安排"),
        ("北京、上海和杭州的垃圾分类有何异同", ("北京", "上海", "杭州"), "垃圾分类"),
        ("退费标准，烟台和威海有啥差别", ("烟台", "威海"), "退费标准"),
        ("与上海相比，北京的罚款有什么不同", ("上海", "北京"), "罚款"),
        ("北京的罚款比上海高多少", ("北京", "上海"), "罚款 高多少"),
        ("公家的和私人的谁来修", ("公家", "私人"), "谁来修"),
        ("新小区跟老小区，配房标准差多少", ("新小区", "老小区"), "配房标准"),
        ("甲类区乙类区白天停车差多少", ("甲类区", "乙类区"), "白天停车"),
        (
            "返聘教师和只带一门课的教师，每月课时费差多少",
            ("返聘教师", "只带一门课的教师"),
            "每月课时费",
        ),
        ("老会员和新来的会员押金差多少", ("老会员", "新来的会员"), "押金"),
        ("以前和现在的门票有什么不同", ("以前", "现在"), "门票"),
        ("二级医院和三级医院报销比例差多少", ("二级医院", "三级医院"), "报销比例"),
        (
            "《柳州市养犬条例》和《桂林市养犬条例》有何不同",
            ("柳州市养犬条例", "桂林市养犬条例"),
            "",
        ),
    ],
)
def test_the_sides_and_the_aspects(asked: str, sides: tuple[str, ...], aspects: str) -> None:
    found = comparison(asked, SEGMENTER)
    assert found is not None
    assert (found.sides, found.aspects) == (sides, aspects)


@pytest.mark.parametrize(
    "asked",
    ["馆里排队的情况和过去比有什么变化？", "票价跟去年相比有什么不同", "押金和原来有什么不一样"],
)
def test_a_thing_beside_its_past_is_no_comparison_of_two(asked: str) -> None:
    assert comparison(asked, SEGMENTER) is None


def test_the_documents_are_the_sides() -> None:
    found = comparison("遛狗要不要牵绳，几个条例说得一样吗", SEGMENTER)
    assert found is not None and found.by_document and found.aspects == "遛狗要不要牵绳"


def test_in_english() -> None:
    asked = "What is the difference between Shanghai and Hangzhou in parking fees?"
    found = comparison(asked, SEGMENTER)
    assert found is not None
    assert (found.sides, found.aspects) == (("shanghai", "hangzhou"), "parking fees")


@pytest.mark.parametrize(
    "asked", ["与2019年相比，2020年增长了多少", "不同年龄段的补贴是多少", "两者的区别是什么"]
)
def test_no_sides_are_named(asked: str) -> None:
    assert comparison(asked, SEGMENTER) is None


@pytest.mark.parametrize(
    ("asked", "form"),
    [
        ("上海和杭州的做法有什么不同", "comparison"),
        ("济南和青岛哪个罚得更重", "comparison"),
        ("不同类型的停车场怎么收费", "fact"),
        ("不同年龄段分别补贴多少", "each"),
        ("为什么要区别对待老旧小区", "fact"),
        ("最高的楼有多少层", "fact"),
    ],
)
def test_what_asks_for_a_comparison(asked: str, form: str) -> None:
    assert asked_form(analyse(asked, SEGMENTER)) == form
