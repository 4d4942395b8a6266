"""Short answers in sentences of the article and in others, by kind."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.question.analysis import analyse
from bot.reader import spans
from bot.reader.short_answer import (
    byline_answer,
    short_answer,
    telling_clause,
)
from bot.reader.short_answer_choice import choose, whole_value
from corpus import Document, Passage
from corpus.language.text import Segmenter, fold

SEGMENTER = Segmenter(["健康码", "两张网", "一网统管", "党员代表", "居民代表"])
RATE = "城镇化率由17.9%提高到2019年的60.6%。"
NETS = (
    "上海市编织成型“两张网”(政务服务“一网通办”、城市运行“一网统管”),"
    "让数据在交换中“活”起来,让政务服务像网购一样方便。"
)


def short(question: str, text: str, authors: tuple[str, ...] = ()) -> str | None:
    cited = Passage(Document("d", "", text, authors=authors), 0, len(text))
    span = short_answer(analyse(question, SEGMENTER), cited, SEGMENTER)
    return text[slice(*span)] if span else None


@pytest.mark.parametrize(
    ("question", "text", "expected"),
    [
        ("杭州健康码日最高使用量是多少？", "“杭州健康码”日最高使用量超过2685万次。", "2685万次"),
        ("给出多少个小区的风险分值？", "累计归集数据70万条,给出全区957个小区的风险分值。", "957个"),
        ("城镇化率后来达到多少？", RATE, "60.6%"),
        ("城镇化率提高到了多少？", RATE, "60.6%"),
        ("城镇化率是多少？", RATE, "60.6%"),
        ("2019年城镇化率是多少？", RATE, "60.6%"),
        ("城镇化率原来是多少？", RATE, "17.9%"),
        ("城镇化率由多少提高到2019年的60.6%？", RATE, "17.9%"),
        ("城镇化率从多少提高到多少？", RATE, "17.9%提高到2019年的60.6%"),
        ("人口增至多少？", "人口从12万人增至30万人,增加了18万人。", "30万人"),
        ("人口增加了多少？", "人口从12万人增至30万人,增加了18万人。", "18万人"),
        ("谁推动重心下移？", "要推动重心下移。", None),
        ("上海怎么防疫？", "上海市徐汇区用数据防疫。", None),
        ("哪一年出台的？", "2015年,上海市委、市政府出台意见。", "2015年"),
        ("《意见》是谁出台的？", "2015年,上海市委、市政府出台《意见》。", "上海市委、市政府"),
        ("小说是谁写的？", "小说由鲁迅完成。", "鲁迅"),
        ("在哪个省考察？", "今年3月底在浙江考察时指出。", "浙江"),
        ("哪个街道引入的？", "湖南省岳阳楼区奇家岭街道引入“群英断是非”。", "奇家岭街道"),
        (
            "有哪些短板？",
            "城市治理过程中还存在职责交叉、社会失灵、风险性加剧等短板。",
            "职责交叉、社会失灵、风险性加剧",
        ),
        (
            "设了什么委员会？",
            "在全国首设党委序列的“城乡社区发展治理委员会”。",
            "城乡社区发展治理委员会",
        ),
        ("出台了什么文件？", "出台《关于加强基层建设的意见》。", "《关于加强基层建设的意见》"),
        (
            "“1”代表什么？",
            "“1”代表各地城市治理的总纲领,“N”则是在总纲领的指引下涉及方方面面。",
            "各地城市治理的总纲领",
        ),
        (
            "“N”指什么？",
            "“1”代表总纲领,“N”则是在总纲领的指引下涉及方方面面。",
            "在总纲领的指引下涉及方方面面",
        ),
        ("政府引入什么组织？", "政府引入专业社工组织来承担公共服务;", "专业社工组织"),
        ("如何组织群众？", "通过“开门搞党建”,组织好群众;", "开门搞党建"),
        ("为什么要治理？", "由于职责交叉。", None),
        ("有没有健康码？", "杭州有健康码。", None),
    ],
)
def test_by_kind(question: str, text: str, expected: str | None) -> None:
    assert short(question, text) == expected


@pytest.mark.parametrize(
    "question", ["上海的“两张网”分别指什么？", "上海的“两张网”分别叫什么", "上海的两张网是什么？"]
)
def test_what_stands_in_brackets_explains_the_name(question: str) -> None:
    assert short(question, NETS) == "政务服务“一网通办”、城市运行“一网统管”"


@pytest.mark.parametrize(
    ("question", "expected"),
    [
        ("城市因什么而生动？", "人"),
        ("城市因什么而生动、因什么而续航、又因什么而美好？", None),
        ("要培育什么、提升什么？", None),
    ],
)
def test_a_half_answer_is_none(question: str, expected: str | None) -> None:
    assert (
        short(question, "城市因人而生动,因治理而续航,因精细而美好,要培育社会组织,提升能力。")
        == expected
    )


@pytest.mark.parametrize(
    ("question", "text", "seen", "expected"),
    [
        ("城镇化率提高到了多少？", RATE, "17.9%提高到2019年的60.6%", "60.6%"),
        ("城镇化率以前是多少？", RATE, "17.9%提高到2019年的60.6%", "17.9%"),
        ("城镇化率从多少提高到多少？", RATE, "17.9%", "17.9%提高到2019年的60.6%"),
        ("城镇化率提高到了多少？", RATE, "60.6%", "60.6%"),
        ("有多少枚鳍条？", "鳍条由24至26枚组成。", "24至26枚", "24至26枚"),
        ("谁推动重心下移？", "各地推动重心下移。", "各地", "各地"),
        (
            "有哪些短板？",
            "还存在职责交叉、社会失灵、风险性加剧等短板。",
            "职责交叉",
            "职责交叉、社会失灵、风险性加剧",
        ),
    ],
)
def test_a_network_finds_the_answer_but_for_lists_and_changes(
    question: str, text: str, seen: str, expected: str
) -> None:
    cited = Passage(Document("d", "", text), 0, len(text))
    asked, start = analyse(question, SEGMENTER), text.index(seen)
    by_rule = short_answer(asked, cited, SEGMENTER)
    span = choose(asked, cited, by_rule, (start, start + len(seen)))
    assert span and text[slice(*span)] == expected
    assert choose(asked, cited, by_rule, None) == by_rule


def test_what_the_question_says_itself_is_no_answer() -> None:
    assert short("957个小区里有多少个达标？", "给出957个小区的风险分值。") is None


def test_an_enumeration_far_from_the_question_is_none() -> None:
    text = (
        "推进用创新理论武装头脑、指导实践、推动工作,把制度优势转化为治理效能,光明日报社组织专栏。"
    )
    assert short("专栏有哪几家主办方？", text) is None


def test_one_author_is_the_person_and_several_are_not_told_apart() -> None:
    line = "(作者:某大学研究员 吴晓林)"
    assert short("文章是谁写的？", line, ("吴晓林",)) == "吴晓林"
    assert short("文章是谁写的？", "作者:吴晓林 岳庆磊", ("吴晓林", "岳庆磊")) is None


@pytest.mark.parametrize(
    ("question", "line", "expected"),
    [
        ("责编是谁？", "[ 责编:李澍 ]", "李澍"),
        ("动图是谁制作的？", "(动图:耿楠楠)", "耿楠楠"),
        ("在哪里发表？", "来源:光明网-理论频道2020-12-05 10:00", "光明网-理论频道"),
        ("什么时候发表？", "来源:光明网-理论频道2020-12-05 10:00", "2020-12-05 10:00"),
        ("几点发表？", "来源:光明网-理论频道2020-12-05 10:00", "10:00"),
        ("标题是什么？", "城市之治", "城市之治"),
        ("什么时候发表？", "来源:光明网", None),
    ],
)
def test_lines_about_the_article(question: str, line: str, expected: str | None) -> None:
    document = Document(
        "d", "城市之治", line, source="光明网-理论频道", authors=("吴晓林", "岳庆磊")
    )
    span = byline_answer(analyse(question, SEGMENTER), Passage(document, 0, len(line)))
    assert (line[slice(*span)] if span else None) == expected


@given(
    st.sampled_from(
        [
            "多少个小区？",
            "谁出台的？",
            "哪个区？",
            "有哪些网？",
            "怎么做？",
            "“网”是什么？",
            "引入什么？",
            "何时？",
        ]
    ),
    st.text("“”《》()的是、,;上海区张王网引入通过出台年月12个", max_size=60),
)
def test_a_short_answer_is_a_whole_slice_that_the_question_does_not_have(
    question: str, text: str
) -> None:
    found = short(question, text)
    assert found is None or (
        found in text and spans.is_whole(fold(found)) and fold(found) not in fold(question)
    )


def test_a_comma_between_digits_ends_no_clause() -> None:
    text = "一级医院报销1,500元,三级医院报销2,300元。"
    span = telling_clause(
        analyse("三级医院报销多少元？", SEGMENTER), Passage(Document("d", "", text), 0, len(text))
    )
    assert span is not None and text[slice(*span)] == "三级医院报销2,300元"


def test_what_time_is_asked_in_any_case() -> None:
    text = "来源:光明网 2020-12-05 08:30"
    line = Passage(Document("d", "", text), 0, len(text))
    for question in ("What time was it published?", "what time was it published?"):
        span = byline_answer(analyse(question, SEGMENTER), line)
        assert span is not None and text[slice(*span)] == "08:30"


@pytest.mark.parametrize(
    ("question", "text", "seen", "whole"),
    [
        ("哪天起施行？", "本条例自2018年1月1日起施行。", "2018年", "2018年1月1日"),
        ("何时施行？", "自2024年3月1日起施行，有效期五年。", "2024年3月1日起施行", "2024年3月1日"),
        ("哪一年施行？", "本条例自2018年1月1日起施行。", "2018年", "2018年"),
        ("罚多少钱？", "处二百元以上二千元以下罚款。", "二百元", "二百元以上二千元以下"),
        ("有几枚鳍条？", "鳍条由24至26枚组成。", "26枚", "24至26枚"),
        ("罚多少钱？", "处二百元以上二千元以下罚款。", "处二百元", "处二百元"),
        (
            "营收多少？",
            "实现营收410.62亿元和利润50.80亿元。",
            "410.62亿元和利润50.80亿元",
            "410.62亿元",
        ),
        ("谁来罚？", "由城管部门处二百元罚款。", "城管", "城管"),
    ],
)
def test_a_part_of_a_value_stands_for_all_of_it(
    question: str, text: str, seen: str, whole: str
) -> None:
    cited = Passage(Document("d", "", text), 0, len(text))
    start = text.index(seen)
    span = whole_value(analyse(question, SEGMENTER), cited, (start, start + len(seen)))
    assert text[slice(*span)] == whole
