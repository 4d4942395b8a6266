"""What a made question must be, and how it is said."""

import pytest

from bot.training.makers.gate import is_whole_noun, reads_well
from bot.training.makers.wording import in_everyday_words, names_of, opening_of
from corpus import Document


@pytest.mark.parametrize(
    "question",
    [
        "犬只登记由谁负责？",
        "地铁票是多少钱？",
        "请问就业补贴怎么领？",
    ],
)
def test_whole_questions_read_well(question: str) -> None:
    assert reads_well(question)


@pytest.mark.parametrize(
    "question",
    [
        "其登记由谁负责？",
        "该场所由谁管理？",
        "本级人民政府负责什么？",
        "她说了什么？",
        "今年的产量是多少？",
        "的登记由谁负责？",
        "请问拒不改正的，会处多少罚款？",
        "登记和？",
        "《养犬条例是什么？",
        "违反第二款规定怎么办？",
        "谁？",
        "谁" * 70,
    ],
)
def test_halves_and_what_points_elsewhere_do_not(question: str) -> None:
    assert not reads_well(question)


@pytest.mark.parametrize(
    ("text", "is_whole"),
    [
        ("供热企业", True),
        ("供热专项规划的编制", True),
        ("推进供热改造", False),
        ("经批准的", False),
        ("连续不足三天", False),
        ("", False),
    ],
)
def test_whole_nouns(text: str, is_whole: bool) -> None:
    assert is_whole_noun(text) == is_whole


def test_everyday_words_stand_for_those_of_the_text() -> None:
    asked = "养犬人应当提交哪些材料？"
    assert in_everyday_words(asked, "seed") == "养犬人要交哪些材料？"
    assert in_everyday_words("谁是《ＡＢ》的作者？", "seed") == "谁是《ＡＢ》的作者？"


def test_what_a_document_is_called() -> None:
    regulation = Document("a", "济南市养犬管理条例", "")
    assert "济南" in names_of(regulation)[1]
    article = Document("b", "中华人民共和国森林法第七条", "")
    assert names_of(article) == ("《中华人民共和国森林法》", "森林法")
    assert names_of(Document("c", "便民收费表", "")) == ("《便民收费表》",)
    assert names_of(Document("d", "", "")) == ()


def test_an_opening_that_has_to_be_and_cannot_is_none() -> None:
    unnamed = Document("d", "", "")
    assert opening_of(unnamed, "seed") == ""
    assert opening_of(unnamed, "seed", is_named=True) is None
    fees = Document("c", "便民收费表", "")
    assert "《便民收费表》" in (opening_of(fees, "seed", is_named=True) or "")
