"""Lists, and a line for each of several things, of small documents and by words alone."""

from functools import cache

from support.documents import units_of

from bot.answer import Answer
from bot.service import Service
from bot.settings import Settings
from corpus import Document
from index.snapshot import build

RULES = """河畔公园管理办法
第一条 进入河畔公园的游客，禁止下列行为：
（一）采摘花草果实；
（二）攀爬雕塑护栏；
（三）携带烈性犬只。
第二条 河畔公园每天六点开门。
"""

PLACES = """海城的社区食堂由街道出钱建设，每餐补贴三元。
山城的社区食堂交给餐饮公司经营，每餐补贴五元。
湖城还在修建体育馆。
"""


@cache
def service() -> Service:
    documents = [
        Document("rules", "河畔公园管理办法", RULES, unit_spans=units_of(RULES)),
        Document("places", "三座城市", PLACES),
        Document("north", "北京市河道管理办法", "本市河道由水务部门管理。河道里禁止游泳。"),
        Document("south", "上海市河道管理办法", "本市河道由河长办管理。河道里可以划船。"),
    ]
    return Service(build(documents, None), None, Settings(refusal="off"))


def ask(question: str) -> Answer:
    return service().answer(question)


def test_a_list_has_its_lead_line_and_its_items_one_a_line() -> None:
    answer = ask("河畔公园的游客禁止哪些行为？")
    assert answer.form == "list"
    assert [part.text for part in answer.parts] == [
        "第一条 进入河畔公园的游客，禁止下列行为：[1]",
        "（一）采摘花草果实；[1]",
        "（二）攀爬雕塑护栏；[2]",
        "（三）携带烈性犬只。[3]",
    ]
    assert all(c.quote == RULES[c.start : c.end] for c in answer.citations)


def test_each_thing_has_its_sentence_and_what_is_not_said_of_one_is_told() -> None:
    answer = ask("海城、山城和雪城的社区食堂分别怎么办？")
    assert answer.form == "list"
    assert [tuple(part) for part in answer.parts] == [
        ("海城", "海城的社区食堂由街道出钱建设，每餐补贴三元。[1]"),
        ("山城", "山城的社区食堂交给餐饮公司经营，每餐补贴五元。[2]"),
        ("雪城", "文中没有提到"),
    ]


def test_each_place_is_answered_from_its_own_document() -> None:
    answer = ask("北京、上海的河道各由谁管理？")
    assert [tuple(part) for part in answer.parts] == [
        ("北京", "本市河道由水务部门管理。[1]"),
        ("上海", "本市河道由河长办管理。[2]"),
    ]


def test_what_none_of_the_documents_speaks_of_is_not_put_together() -> None:
    assert ask("火星、木星和土星分别有几颗卫星？").form == "fact"


def test_a_single_fact_stays_one() -> None:
    assert ask("河畔公园每天几点开门？").form == "fact"
