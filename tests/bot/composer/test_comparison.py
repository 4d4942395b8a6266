"""Two sides, each with what is said of it: in two documents, in one, and where one is not spoken of."""

from functools import cache

from conftest import BigramEncoder

from bot.answer import Answer
from bot.service import Service
from bot.settings import Settings
from corpus import Document
from index.snapshot import build

PAPERS = {
    "柳州市供暖条例": """第一条 本条例适用于柳州的供暖活动。
第二条 供暖期自每年十一月十五日至次年三月十五日。
第三条 室温低于十八摄氏度的，供暖单位应当按日退还热费的百分之三十。
第四条 用户不得擅自改动供暖设施，违者处五百元罚款。""",
    "桂林市供暖条例": """第一条 本条例适用于桂林的供暖活动。
第二条 供暖期自每年十二月一日至次年二月底。
第三条 室温低于十六摄氏度的，供暖单位应当按日退还热费的百分之五十。
第四条 用户不得擅自改动供暖设施，违者处一千元罚款。""",
    "两座茶场": """2015年青岩茶场的采茶工资每斤十二元，工人来自本村。同年白石茶场的采茶工资每斤九元，工人来自外县。
茶叶每年春天上市。""",
    "两个院子": """东篱院住着四十户人家，院墙是青砖砌的。
物业费每平方米四角，收缴率只有三成。
西篱院住着六十户人家，院墙是红砖砌的。
物业费每平方米六角，收缴率达到九成。""",
}


@cache
def library(encoder: bool = True) -> Service:
    papers = [Document(f"d{n}", title, text) for n, (title, text) in enumerate(PAPERS.items())]
    bigrams = BigramEncoder() if encoder else None
    return Service(build(papers, bigrams), bigrams, Settings())


def lines(answer: Answer) -> dict[str, str]:
    assert answer.form == "comparison"
    for citation in answer.citations:
        assert citation.quote == citation.document.text[citation.start : citation.end]
    return {part.label: part.text for part in answer.parts}


def test_two_documents_on_one_aspect() -> None:
    found = lines(library().answer("室温低于标准按日退还热费，柳州和桂林有什么不同"))
    assert "百分之三十" in found["柳州"] and "百分之五十" in found["桂林"]


def test_by_words_alone() -> None:
    found = lines(library(encoder=False).answer("柳州和桂林擅自改动供暖设施的罚款差多少"))
    assert "五百元" in found["柳州"] and "一千元" in found["桂林"]


def test_two_places_in_one_document() -> None:
    found = lines(library().answer("东篱院和西篱院的物业费收缴率有什么区别"))
    assert "三成" in found["东篱院"] and "九成" not in found["东篱院"]
    assert "九成" in found["西篱院"] and "三成" not in found["西篱院"]


def test_what_is_said_of_one_side_is_not_told_of_the_other_that_follows_it() -> None:
    found = lines(library().answer("青岩茶场和白石茶场的采茶工资有什么不同"))
    assert "十二元" in found["青岩茶场"] and "九元" not in found["青岩茶场"]
    assert "九元" in found["白石茶场"] and "十二元" not in found["白石茶场"]
    assert "（2015年）" in found["白石茶场"]


def test_a_side_that_is_not_spoken_of() -> None:
    found = lines(library().answer("柳州和昆明擅自改动供暖设施的罚款有什么不同"))
    assert "五百元" in found["柳州"]
    assert found["昆明"] == "文中没有提到"


def test_neither_side_is_spoken_of() -> None:
    assert library().answer("昆明和拉萨的高考录取线有什么不同").form == "fact"


def test_the_documents_that_speak_of_it_are_the_sides() -> None:
    found = lines(library().answer("用户擅自改动供暖设施罚多少，几个条例说得一样吗"))
    assert "五百元" in found["《柳州市供暖条例》（没有日期）"]
    assert "一千元" in found["《桂林市供暖条例》（没有日期）"]
