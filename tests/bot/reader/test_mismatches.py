"""Each mismatch on sentences made for it, and none where the sentence answers."""

from pathlib import Path

import pytest

from bot.question.analysis import analyse
from bot.question.followup import resolve
from bot.reader.candidates import read_sentences
from bot.reader.mismatches import Constraints, Mismatch, constraints, lacks_kind, mismatches
from bot.reader.spans import typed_spans
from corpus import Document, Passage
from corpus.language.text import Segmenter, fold, sentences
from corpus.load import load

SEGMENTER = Segmenter(["健康码", "吴晓林"])


def asked(question: str) -> Constraints:
    return constraints(analyse(question, SEGMENTER))


def against(
    question: str, text: str, title: str = "", published: str = "2020-12-05"
) -> list[Mismatch]:
    """The mismatches to the last sentence of `text`."""
    document = Document("d", title, text, published=published)
    found = read_sentences([Passage(document, a, b) for a, b in sentences(text)], SEGMENTER)
    return mismatches(asked(question), found[-1], fold(text))


@pytest.mark.parametrize(
    ("question", "text", "expected"),
    [
        ("杭州健康码日最高使用量是多少？", "“杭州健康码”日最高使用量超过2685万次。", []),
        ("北京健康码日最高使用量是多少？", "“杭州健康码”日最高使用量超过2685万次。", ["place"]),
        ("2016年上海出台了什么文件？", "2015年,上海市出台意见。", ["year"]),
        ("2020年上海出台了什么文件？", "上海市出台意见。", []),
        ("去年上海出台了什么文件？", "2015年,上海市出台意见。", ["year"]),
        ("去年上海出台了什么文件？", "2019年,上海市出台意见。", []),
        ("前年上海出台了什么文件？", "2019年,上海市出台意见。", ["year"]),
        ("明年要修几条路？", "计划2021年修路3条。", []),
        ("奶奶72了坐车要钱吗？", "65至74岁的乘客凭卡半价。", []),
        ("奶奶77了坐车要钱吗？", "65至74岁的乘客凭卡半价。", ["number"]),
        ("有两位馆员请假，为什么？", "馆员钱进出差，馆员孙立生病。", []),
        ("六十岁的馆员为什么请假？", "馆员钱进出差，馆员孙立生病。", ["number"]),
        ("修一座亭子最多补多少钱一座？", "亭子补助5万元，最高不超过8万元。", []),
        ("门票要几块钱？", "门票每张三十元。", []),
        ("7号线几点收车？", "8号线23:00收车。", ["number", "ordinal"]),
        ("8号线几点收车？", "8号线23:00收车。", []),
        ("工程要做几个月？", "第3标段，工程12月31日完工。", ["kind"]),
        ("工程要做几个月？", "工程为期半年。", []),
        ("风刮到多大就停运？", "预计风力8级以上，缆车不开。", []),
        ("多久检查一次？", "每季度检查一次。", []),
        ("健康码是哪一天上线的？", "近年来,杭州市首创“健康码”。", ["date"]),
        ("健康码是哪一天上线的？", "2020年2月11日,杭州市首创“健康码”。", []),
        ("健康码是哪一年上线的？", "“杭州健康码”日最高使用量超过2685万次。", ["kind", "date"]),
        ("成都从哪一年开始投入社区资金？", "成都市年投入15个亿的社区资金。", ["kind", "date"]),
        ("“1+8”政策体系是什么？", "形成“1+6”城乡社区政策体系。", ["number"]),
        ("第三条讲了什么？", "第二条讲了治理,全文3条。", ["ordinal"]),
        ("中观层面要形成什么？", "推动宏观、中观和微观联动。微观层面要形成行动体系。", ["rival"]),
        ("宏观层面要形成什么？", "推动宏观、中观和微观联动。微观层面要形成行动体系。", ["rival"]),
        ("微观层面要形成什么？", "推动宏观、中观和微观联动。微观层面要形成行动体系。", []),
        ("爱因斯坦是怎么看城市的？", "城市让生活美好。", ["name"]),
        ("“数字丝路”是什么？", "城市治理要推动科技赋能。", ["name"]),
        ("有多少个小区？", "实现对辖区内的精准管控。", ["kind"]),
        ("社会组织里有多少家是基金会？", "社会组织数量突破86万个。", ["kind"]),
        ("徐汇区的区长是谁？", "徐汇区的居民参与治理。", ["kind"]),
        ("徐汇区的区长是谁？", "徐汇区区长王明参与治理。", []),
        ("健康码的用户有多少？", "健康码使用量超过2685万次。", ["kind"]),
        ("健康码的使用次数是多少？", "健康码使用量超过2685万次。", []),
        ("民间团体有多少家？", "社会组织突破86万个。", []),  # in other words throughout
        ("健康码是哪位发起人提出的？", "健康码由杭州居民提出。", ["kind"]),
        ("健康码是哪位专家提出的？", "健康码由杭州居民提出。", []),
        ("健康码是哪家公司开发的？", "杭州首创“企业复工数字平台”和“健康码”。", ["kind"]),
        ("深圳房价今年涨了多少？", "深圳经济特区建立40周年。", ["name"]),
        ("杭州的房租贵吗？", "杭州首创“健康码”。", ["name"]),
        ("杭州有什么亮点？", "杭州首创“健康码”。", []),  # 亮点 only asks
        ("吴晓林的房产和邮箱是什么？", "研究员吴晓林。", ["name"]),
        (
            "日本发生什么天灾？",
            "日本关东大地震。",
            [],
        ),  # a kind of thing, which the text need not name
        ("穆斯林占人口的多少百分比？", "穆斯林约占人口的10%。", []),
        ("杭州的人口有多少？", "杭州总体布局了八个方面。", ["name", "kind"]),
        ("成都有多少个社区？", "成都投入15个亿的社区资金。", ["kind"]),  # 个亿 counts no community
        ("谁提出的三社联动？", "要推动居民三社联动。", ["kind"]),
        ("谁提出的三社联动？", "专家提出三社联动。", []),
        ("泵房由谁维护？", "供水企业负责维护泵房，每月一次。", []),
        ("泵房由谁维护？", "泵房每月维护一次。", ["kind"]),
        ("四个全面是什么？", "总体布局了八个方面。", ["number", "name"]),
        ("八个方面是什么？", "总体布局了八个方面。", []),
        ("吴晓林是哪里人？", "吴晓林是南开大学研究员。", ["kind"]),
        ("吴晓林是哪里人？", "吴晓林是湖北省人。", []),
    ],
)
def test_what_speaks_against_a_sentence(question: str, text: str, expected: list[Mismatch]) -> None:
    assert against(question, text) == expected


def test_a_place_that_is_the_title_is_in_force() -> None:
    assert against("北京的健康码是什么？", "健康码是凭证。", title="北京市") == []
    assert against("北京的健康码是什么？", "健康码是凭证。") == ["place"]


def test_a_document_is_of_the_place_of_its_letterhead() -> None:
    sent = "兰溪市供水服务中心\n关于停水的通知\n缴费请打电话，号码在水费单上。"
    assert against("兰溪的水费怎么缴？", sent) == []
    assert against("义乌的水费怎么缴？", sent) == ["place"]


def test_a_comparison_is_answered_by_a_sentence_for_each_place() -> None:
    assert against("上海和成都有什么区别？", "成都市设立委员会。") == []
    assert against("上海和成都有什么区别？", "广州市设立中心。") == ["place"]


@pytest.mark.parametrize(
    ("question", "expected"), [("2031年修了多少座桥？", []), ("2032年修了多少座桥？", ["year"])]
)
def test_the_year_of_a_heading_says_more_than_that_of_the_title(
    question: str, expected: list[Mismatch], tmp_path: Path
) -> None:
    file = tmp_path / "report.md"
    file.write_text("# 某县2032年工作报告\n\n## 一、2031年工作回顾\n\n修桥九座。\n", "utf-8")
    document = load(file)
    start = document.text.index("修桥")
    span = Passage(document, start, document.text.index("。") + 1)
    (found,) = read_sentences([span], SEGMENTER)
    assert mismatches(asked(question), found, fold(document.text)) == expected


def test_the_year_of_a_lead_line_says_more_than_that_of_the_heading(tmp_path: Path) -> None:
    file = tmp_path / "report.md"
    file.write_text(
        "# 报告\n\n## 2031年回顾\n\n2030年完成的工作如下：\n\n- 修桥九座。\n- 修路。\n", "utf-8"
    )
    document = load(file)
    start = document.text.index("修桥")
    (found,) = read_sentences([Passage(document, start, start + 5)], SEGMENTER)
    assert mismatches(asked("2030年修了多少座桥？"), found, fold(document.text)) == []
    assert mismatches(asked("2029年修了多少座桥？"), found, fold(document.text)) == ["year"]


def test_a_year_without_any_in_the_paragraph_is_that_of_publication() -> None:
    assert against("2019年出台了什么？", "出台了意见。", published="2019-03-01") == []
    assert against("2019年出台了什么？", "出台了意见。", published="") == ["year"]


@pytest.mark.parametrize(
    ("question", "folded", "lacks"),
    [
        ("什么时候出台的？", "2015年出台意见。", False),
        ("什么时候出台的？", "疫情防控期间出台。", False),
        ("什么时候出台的？", "出台意见。", True),
        ("是谁出台的？", "上海市委、市政府出台。", False),
        ("是谁出台的？", "系统自动运行。", True),
        ("分别是什么？", "宏观、微观", False),
        ("分别是什么？", "城市", True),
        ("由什么公司运营？", "由数字集团运营。", False),
        ("由什么公司运营？", "由大家运营。", True),
        ("为什么要治理？", "城市", False),
    ],
)
def test_a_sentence_has_what_is_asked_for(question: str, folded: str, lacks: bool) -> None:
    assert lacks_kind(asked(question), folded) is lacks


@pytest.mark.parametrize(
    ("question", "missing"),
    [
        ("成都地铁有几条线？", True),
        ("杭州的房价是多少？", True),
        ("使用量是多少？", False),
        ("还有别的吗？", False),
        ("杭州后来怎么做的？", False),
        ("他们是怎么做的？", False),
        ("能详细说说吗？", False),
    ],
)
def test_what_a_follow_up_asks_for_is_no_thing_of_the_question_before(
    question: str, missing: bool
) -> None:
    before = [{"role": "user", "content": "杭州健康码日最高使用量是多少？"}]
    text = "“杭州健康码”日最高使用量超过2685万次。"
    found = read_sentences([Passage(Document("d", "", text), 0, len(text))], SEGMENTER)
    against = mismatches(constraints(resolve(question, before, SEGMENTER)), found[0], fold(text))
    assert ("name" in against) is missing


@pytest.mark.parametrize(
    ("question", "folded", "expected"),
    [
        ("涉及多少个小区？", "数据70万条,957个小区", ["957个"]),
        ("涉及多少条数据？", "数据70万条,957个小区", ["70万条", "957个"]),
        ("投入多少钱？", "投入15个亿,30条", ["15个亿"]),
        ("2019年的城镇化率是多少？", "2019年的60.6%", ["60.6%"]),
        ("哪一年出台的？", "2015年出台6个文件", ["2015年"]),
        ("2015年之后是哪一年？", "2015年出台", []),
    ],
)
def test_numbers_and_dates_of_the_sort_asked_for(
    question: str, folded: str, expected: list[str]
) -> None:
    assert typed_spans(analyse(question, SEGMENTER), folded) == expected


@pytest.mark.parametrize("question", ["", "？！。", "😀😀", "城" * 500])
def test_strange_questions_demand_nothing(question: str) -> None:
    found = asked(question)
    assert not (found.places or found.years or found.numbers or found.ordinals)
    assert against(question, "城市治理。") == []
