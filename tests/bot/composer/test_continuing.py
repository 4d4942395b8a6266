"""An answer that is carried on: more on a point, what comes next, an example; by words alone."""

from functools import cache

import pytest
from support.documents import units_of

from bot.answer import Answer
from bot.composer.composition import CITED_AT_MOST, TEXT_LIMIT
from bot.composer.continuing import (
    ASK_FIRST,
    NO_EXAMPLE,
    NO_MORE,
    NO_MORE_EXAMPLES,
    NOTHING_AROUND,
    TOO_LONG_AGO,
    UNANSWERED,
)
from bot.service import Service
from bot.settings import Settings
from corpus import Document
from corpus.document import Section
from index.snapshot import build

RULES = """河畔公园管理办法
第一条 进入河畔公园的游客，禁止下列行为：
（一）采摘花草果实；
（二）攀爬雕塑护栏；
（三）携带烈性犬只。
第二条 河畔公园每天六点开门。
冬季推迟一小时。
第三条 违反第一条规定的，处五十元罚款。
"""

CITIES = """海城的社区食堂由街道出钱建设，每餐补贴三元。钱从街道的公共经费里出，每年审计一次。
老人凭卡用餐，不收押金。
山城的社区食堂交给餐饮公司经营，每餐补贴五元。公司每季度公开账目。
例如，南湖街道的“暖胃工程”一年送出九万份饭。
有的城市还没有社区食堂。
"""

Turn = dict[str, str]


def notice(number: int) -> Document:
    text = f"东山停车场第{number}号通知。\n东山停车场的自行车棚由{number}号门卫看管。钥匙放在传达室。\n"
    return Document(f"notice{number}", f"通知{number}", text)


@cache
def service() -> Service:
    documents = [
        Document("rules", "河畔公园管理办法", RULES, unit_spans=units_of(RULES)),
        Document("cities", "几座城市的社区食堂", CITIES, sections=(Section("", 0, len(CITIES)),)),
    ]
    return Service(build(documents, None), None, Settings(refusal="off"))


def talk(*questions: str, by: Service | None = None) -> Answer:
    """The last answer of a conversation."""
    history: list[Turn] = []
    for question in questions:
        answer = (by or service()).answer(question, history)
        history.append({"role": "user", "content": question})
        history.append({"role": "assistant", "content": answer.text})
        for cited in answer.citations:
            assert cited.quote == cited.document.text[cited.start : cited.end]
        assert len(answer.citations) <= CITED_AT_MOST
        assert len(answer.text) <= TEXT_LIMIT
    return answer


BANNED = "河畔公园的游客禁止哪些行为？"
BOTH = "海城和山城的社区食堂分别怎么办？"


def test_a_point_is_told_with_what_stands_around_it_up_to_the_next_point() -> None:
    answer = talk(BOTH, "第一点详细说说")
    assert [tuple(part) for part in answer.parts] == [
        (
            "海城",
            "海城的社区食堂由街道出钱建设，每餐补贴三元。[1]钱从街道的公共经费里出，每年审计一次。[2]",
        ),
        ("", "老人凭卡用餐，不收押金。[3]"),
    ]
    assert talk(BOTH, "海城那条再说详细点").parts == answer.parts


def test_an_item_is_carried_on_by_what_names_its_article() -> None:
    answer = talk(BANNED, "第二项是什么意思")
    assert [part.text for part in answer.parts] == ["第三条 违反第一条规定的，处五十元罚款。[1]"]


def test_a_fact_is_told_with_the_rest_of_its_article() -> None:
    answer = talk("河畔公园每天几点开门？", "再说详细点")
    assert [part.text for part in answer.parts] == [
        "第二条 河畔公园每天六点开门。[1]",
        "冬季推迟一小时。[2]",
    ]


@pytest.mark.parametrize("asked", ["第九点详细说说", "第九点举个例子"])
def test_a_point_that_is_not_there_is_said_not_to_be(asked: str) -> None:
    answer = talk(BANNED, asked)
    assert (answer.outcome, answer.citations) == ("absent", ())
    assert answer.text == "上面的回答里没有第 9 点，只有 3 点。"


def test_an_article_that_the_answer_does_not_have_is_told() -> None:
    answer = talk("河畔公园每天几点开门？", "展开讲讲第一条")
    assert answer.parts[0].text.startswith("第一条 进入河畔公园的游客")
    assert talk("河畔公园每天几点开门？", "展开讲讲第七条").outcome == "absent"


def test_an_example_says_that_it_is_one_and_is_not_repeated() -> None:
    answer = talk(BOTH, "举个例子")
    assert answer.text == "公司每季度公开账目。 例如，南湖街道的“暖胃工程”一年送出九万份饭。[1]"
    assert talk(BOTH, "举个例子", "还有吗").text == NO_MORE_EXAMPLES[0]
    assert talk(BANNED, "有例子吗").text == NO_EXAMPLE[0]


def test_what_had_no_room_comes_next_and_then_nothing() -> None:
    many = Service(build([notice(n) for n in range(1, 18)], None), None, Settings())
    asked = "哪些文章讲到东山停车场的自行车棚？"
    first, second = talk(asked, by=many), talk(asked, "还有吗", by=many)
    assert (len(first.citations), len(second.citations)) == (12, 5)
    told = {cited.document.doc_id for cited in (*first.citations, *second.citations)}
    assert len(told) == 17
    assert talk(asked, "还有吗", "还有吗", by=many).text == NO_MORE[0]
    second_of_the_second = talk(asked, "还有吗", "第二篇详细说说", by=many)
    assert second_of_the_second.citations[0].document is second.citations[1].document


def test_more_of_a_fact_is_the_rest_of_its_list() -> None:
    """Those behind it come first; after them what its section says."""
    asked = "河畔公园里能不能攀爬雕塑护栏？"
    first = talk(asked)
    assert [one.quote for one in first.citations] == ["（二）攀爬雕塑护栏；"]
    second = talk(asked, "还有呢？")
    assert [one.quote for one in second.citations] == [
        "（三）携带烈性犬只。",
        "（一）采摘花草果实；",
    ]
    third = talk(asked, "还有呢？", "还有吗")
    told = {one.start for one in (*first.citations, *second.citations)}
    assert not told & {one.start for one in third.citations}


def test_more_of_what_a_list_is_called_is_the_rest_of_it() -> None:
    asked = "河畔公园里能不能攀爬雕塑护栏？"
    answer = talk(asked, "还有别的行为吗？")
    assert [one.quote for one in answer.citations] == [
        "（三）携带烈性犬只。",
        "（一）采摘花草果实；",
    ]


def test_without_an_answer_before_it_is_said_what_can_be_asked() -> None:
    assert (talk("举个例子").outcome, talk("举个例子").text) == ("about", ASK_FIRST[0])
    assert talk("tell me more").text == ASK_FIRST[1]
    assert talk("还有吗", "还有吗").text == TOO_LONG_AGO[0]
    strict = Service(service().snapshot, None, Settings())
    assert talk("火星上有几座火山？", "还有吗", by=strict).text == UNANSWERED[0]


def test_nothing_more_on_a_point_is_said() -> None:
    alone = Document("alone", "一句话", "东山停车场的月租是一百元。\n")
    by = Service(build([alone], None), None, Settings(refusal="off"))
    assert talk("东山停车场的月租是多少？", "详细说说", by=by).text == NOTHING_AROUND[0]
    assert talk("东山停车场的月租是多少？", "anything else", by=by).text == NO_MORE[1]


def test_what_another_has_answered_is_answered_here_first() -> None:
    asked = "河畔公园每天几点开门？"
    history = [{"role": "user", "content": asked}, {"role": "assistant", "content": "早上。"}]
    answer = service().answer("还有吗", history)
    assert (answer.question, answer.text) == ("还有吗", talk(asked).text)


def test_an_ordinary_question_after_it_leans_on_the_one_before() -> None:
    answer = talk("海城的社区食堂怎么办？", "详细说说", "那山城呢")
    assert answer.citations[0].quote.startswith("山城")
