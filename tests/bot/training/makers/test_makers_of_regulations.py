"""Questions made from a regulation: what they ask, and which words answer."""

import pytest
from support.documents import document_of

from bot.training.makers.amounts_and_dates import amounts_and_dates
from bot.training.makers.conditions import conditions
from bot.training.makers.definitions import definitions
from bot.training.makers.duties import duties
from bot.training.makers.exceptions import exceptions
from bot.training.makers.fines import fines
from bot.training.makers.lists import lists
from bot.training.makers.made import Made
from bot.training.makers.making import Maker, made_from, with_swaps
from bot.training.makers.reasons import reasons
from corpus import Document

LINES = (
    "第一条 为了加强养犬管理，维护公共秩序，根据有关法律，结合本市实际，制定本条例。",
    "第二条 本条例所称大型犬，是指成年体高超过四十五厘米的犬只。",
    "第三条 公安机关负责犬只登记工作。",
    "第四条 养犬人应当在二十日内办理登记。",
    "第五条 犬只在登记后死亡的，养犬人应当到原登记机关办理注销登记。",
    "第六条 禁止携带犬只进入医院，但导盲犬除外。",
    "第七条 申请登记应当提交下列材料：",
    "（一）养犬人的身份证明；",
    "（二）犬只的免疫证明。",
    "第八条 违反本条例规定，擅自经营犬只养殖的，由公安机关责令改正，并处五百元以上二千元以下罚款。",
    "第九条 开设犬只寄养场所，应当经公安机关批准。",
    "第十条 本条例自2020年5月1日起施行。",
)
REGULATION = document_of(*LINES, title="济南市养犬管理条例")

ANSWERS = [
    (definitions, "大型犬", "text", "成年体高超过四十五厘米的犬只"),
    (duties, "登记工作", "organisation", "公安机关"),
    (duties, "养殖", "organisation", "公安机关"),
    (duties, "批准", "organisation", "公安机关"),
    (conditions, "死亡", "text", "养犬人应当到原登记机关办理注销登记"),
    (exceptions, "医院", "text", "导盲犬"),
    (reasons, "制定", "reason", "加强养犬管理，维护公共秩序"),
    (fines, "罚多少", "number", "五百元以上二千元以下"),
    (lists, "材料", "list", "（一）养犬人的身份证明；\n（二）犬只的免疫证明。"),
    (amounts_and_dates, "登记", "number", "二十日内"),
    (amounts_and_dates, "施行", "date", "2020年5月1日"),
]


def regulation(*lines: str) -> Document:
    return document_of(*lines, title="济南市养犬管理条例")


@pytest.mark.parametrize(("maker", "word", "kind", "answer"), ANSWERS)
def test_each_kind_of_article_is_asked_for_what_it_says(
    maker: Maker, word: str, kind: str, answer: str
) -> None:
    found = [made for made in maker(REGULATION) if word in made.question]
    assert found
    assert {(made.kind, made.answer_text) for made in found} == {(kind, answer)}


def test_an_answer_stands_in_what_is_cited() -> None:
    made = made_from(REGULATION)
    assert len(made) > 15
    for one in made:
        assert one.answer is not None and one.gold is not None
        assert one.cited.start <= one.answer.start < one.answer.end <= one.cited.end
        assert (
            REGULATION.text[one.answer.start : one.answer.end] == one.answer_text == one.gold.text
        )


def test_questions_are_made_in_several_wordings_and_alike_each_time() -> None:
    questions = [made.question for made in made_from(REGULATION)]
    assert questions == [made.question for made in made_from(REGULATION)]
    assert len(questions) == len(set(questions))
    assert len([question for question in questions if "大型犬" in question]) == 3
    # Everyday words for 擅自 and 应当, which the text alone has.
    assert any("私自" in question for question in questions)
    assert any("要" in question and "提交" not in question for question in questions)


def test_a_fine_that_depends_on_who_does_it_is_not_asked_for() -> None:
    line = "第八条 擅自经营犬只养殖的，对单位处五百元以上二千元以下罚款，对个人处五十元罚款。"
    assert not list(fines(regulation(line)))


@pytest.mark.parametrize(
    "line",
    [
        "拒不改正的，处五百元以上二千元以下罚款。",
        "第三条 主要负责人参加会议。",
        "具体办法由市人民政府制定。",
        "第三条 局、大队负责同志参加会议。",
        "除本条例另有规定外，犬只应当登记。",
        "1000总吨以上的海上机动船舶，但船长驾驶同一类型船舶的除外。",
        "有下列情形之一的，应当登记。",
    ],
)
def test_what_is_no_whole_statement_is_not_asked_for(line: str) -> None:
    assert made_from(regulation(line)) == []


def test_a_definition_that_goes_on_below_is_left_out() -> None:
    assert not list(definitions(regulation("本条例所称养犬人，是指下列人员：", "（一）个人；")))


@pytest.mark.parametrize(
    ("lead", "question"),
    [
        ("养犬人有下列情形之一的，公安机关应当注销登记：", "注销登记"),
        ("养犬人不得有下列行为：", "养犬人"),
    ],
)
def test_lead_lines_with_items_are_asked_for_all_of_them(lead: str, question: str) -> None:
    items = ("（一）遗弃犬只的；", "（二）虐待犬只的。")
    found = list(lists(regulation(f"第九条 {lead}", *items)))
    assert found and all(question in made.question for made in found)
    assert {made.answer_text for made in found} == {"\n".join(items)}


def test_a_word_that_two_articles_define_differently_is_not_asked_for() -> None:
    lines = [
        "第一条 本条例自2020年5月1日起施行。",
        "第二条 大型犬，是指体高超过四十五厘米的犬只。",
        "第三条 大型犬，是指体重超过三十公斤的犬只。",
    ]
    assert not [made for made in made_from(regulation(*lines)) if "大型犬" in made.question]


def test_swaps_of_a_regulation_name_another_city_and_are_not_answered() -> None:
    both: list[Made] = list(with_swaps(made_from(REGULATION)))
    swapped = [made for made in both if made.maker == "swaps"]
    named = [made for made in both if "济南" in made.question]
    assert len(swapped) == len(named) > 5
    assert all(made.answer is None and made.gold is None for made in swapped)
    assert not any("济南" in made.question for made in swapped)
