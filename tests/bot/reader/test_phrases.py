"""Each kind of phrase on sentences made for it."""

import pytest

from bot.question.analysis import Question, analyse
from bot.reader import phrases
from corpus.language.text import Segmenter

SEGMENTER = Segmenter(["两张网", "健康码"])


def question(text: str) -> Question:
    return analyse(text, SEGMENTER)


@pytest.mark.parametrize(
    ("asked", "expected"),
    [
        ("上海的“两张网”是什么？", ["通办和统管"]),
        ("上海的“两张网”是哪两张？", ["通办和统管"]),
        ("“两张网”让什么活起来？", []),
        ("上海的云是什么？", []),
    ],
)
def test_gloss_only_where_the_name_itself_is_asked(asked: str, expected: list[str]) -> None:
    folded = "上海“两张网”(通办和统管),让数据活起来。"
    assert [folded[a:b] for a, b in phrases.gloss(question(asked), folded)] == expected


@pytest.mark.parametrize(
    ("asked", "expected"),
    [("哪份文件？", ["《办法》"]), ("什么委员会？", ["治理委员会"]), ("什么平台？", [])],
)
def test_called(asked: str, expected: list[str]) -> None:
    folded = "依《办法》设“治理委员会”。"
    assert [folded[a:b] for a, b in phrases.called(question(asked), folded)] == expected


@pytest.mark.parametrize(
    ("folded", "expected"),
    [
        ("健康码是通行凭证,人人都有。", ["通行凭证"]),
        ("有了健康码,健康码是指凭证。", ["凭证"]),
        ("“健康码”,即是指凭证;", ["凭证"]),
        ("“健康码”,即指凭证;", ["凭证"]),
        ("健康码很好。", []),
        ("健康码是", [""]),
    ],
)
def test_said_of(folded: str, expected: list[str]) -> None:
    assert [folded[a:b] for a, b in phrases.said_of(question("健康码是什么？"), folded)] == expected


@pytest.mark.parametrize(
    ("asked", "folded", "expected"),
    [
        ("政府引入什么组织？", "政府引入专业社工组织来承担服务;", ["专业社工组织"]),
        ("政府引入什么？", "政府引入专业社工组织,承担服务;", ["专业社工组织"]),
        ("城市因什么而生动？", "城市因人而生动,", ["人"]),
        ("要培育什么、提升什么？", "要培育组织,提升能力", []),
        ("什么引入了组织？", "政府引入组织", []),
        ("谁都不提什么？", "城市", []),
    ],
)
def test_in_place(asked: str, folded: str, expected: list[str]) -> None:
    assert [
        folded[a:b] for a, b in phrases.in_place(question(asked), folded, SEGMENTER)
    ] == expected


def test_subject_is_what_stands_before_the_verb_and_short() -> None:
    folded = "2015年,市委、市政府出台意见。"
    assert [
        folded[a:b] for a, b in phrases.subject(question("谁出台意见？"), folded, SEGMENTER)
    ] == ["市委、市政府"]
    assert phrases.subject(question("谁出台意见？"), "城" * 21 + "出台意见", SEGMENTER) == []
    assert phrases.subject(question("谁出台意见？"), "同时在全国出台意见", SEGMENTER) == []
    assert phrases.subject(question("作者是谁？"), folded, SEGMENTER) == []


@pytest.mark.parametrize(
    ("asked", "expected"),
    [
        ("怎么组织群众？", ["开门搞党建", "群众基础"]),
        ("效果怎么样？", []),
        ("how does it work", ["开门搞党建", "群众基础"]),
    ],
)
def test_ways_where_a_way_is_asked(asked: str, expected: list[str]) -> None:
    folded = "通过“开门搞党建”,依靠群众基础,引入“导向”机制,利用数据"
    assert [folded[a:b] for a, b in phrases.ways(question(asked), folded)] == expected


@pytest.mark.parametrize(
    ("asked", "expected"),
    [("那里叫什么？", True), ("形成了什么局面？", True), ("形成什么？", False)],
)
def test_asks_name(asked: str, expected: bool) -> None:
    assert phrases.asks_name(question(asked)) is expected
