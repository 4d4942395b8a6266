"""Which documents a question names: by title, short or broken title, number; and which it does not."""

import pytest

from bot.question.titles import Naming, Titles
from corpus import Document

TITLES = (
    "济南市历史文化名城保护条例",
    "河南省历史文化名城保护条例",
    "宁波市停车场规划建设和管理条例",
    "宁波市城市绿化条例",
    "青岛市供热条例",
    "潍坊市供热条例",
    "老小区加装电梯办法解读",
    "磨坊街四十年",
)


def library(*titles: str) -> Titles:
    documents = [Document(f"d{n}", title, "") for n, title in enumerate(titles or TITLES)]
    return Titles(documents)


def sure(asked: str) -> list[Naming]:
    return [naming for naming in library().named(asked) if naming.is_sure]


@pytest.mark.parametrize(
    ("asked", "title", "name"),
    [
        ("《青岛市供热条例》从哪天起施行？", "青岛市供热条例", "《青岛市供热条例》"),
        ("青岛市供热条例从哪天起施行？", "青岛市供热条例", "青岛市供热条例"),
        (
            "济南的名城保护条例里，历史建筑指什么？",
            "济南市历史文化名城保护条例",
            "济南的名城保护条例",
        ),
        ("宁波那个停车规定罚多少？", "宁波市停车场规划建设和管理条例", "宁波那个停车规定"),
        ("潍坊供热的办法谁来管？", "潍坊市供热条例", "潍坊供热的办法"),
    ],
)
def test_a_question_names_a_document(asked: str, title: str, name: str) -> None:
    found = sure(asked)
    assert [naming.document.title for naming in found] == [title]
    assert asked[found[0].start : found[0].end] == name


def test_two_documents_are_named() -> None:
    found = sure("《青岛市供热条例》和《潍坊市供热条例》的供热期一样吗？")
    assert {naming.document.title for naming in found} == {"青岛市供热条例", "潍坊市供热条例"}


@pytest.mark.parametrize(
    "asked",
    ["扬州市养犬管理条例什么时候施行？", "停车场是什么意思？", "暖气不热找谁？", "青岛有多少人？"],
)
def test_a_question_that_names_no_document(asked: str) -> None:
    assert sure(asked) == []


def test_the_document_of_another_place_is_not_meant() -> None:
    found = library().named("济南的历史文化名城保护条例")
    assert [naming.document.title for naming in found] == ["济南市历史文化名城保护条例"]


def test_the_first_words_of_another_work_in_title_marks_name_nothing() -> None:
    titles = library("中华人民共和国人权", "青岛市供热条例")
    found = titles.named("《中华人民共和国和俄罗斯联邦关于国界西段的协定》何年签订？")
    assert not [naming for naming in found if naming.is_sure]


def test_a_number_names_its_document() -> None:
    document = Document("d", "关于供热的通知", "", details=(("文号", "青政发〔2021〕15号"),))
    (naming,) = Titles([document]).named("青政发〔2021〕15号里怎么说的？")
    assert naming.document is document and naming.is_sure


def test_a_document_calls_itself_what_its_title_ends_with() -> None:
    titles = library()
    assert titles.own_name(Document("a", "青岛市供热条例", "")) == "本条例"
    assert titles.own_name(Document("b", "公租房管理办法（试行）", "")) == "本办法"
    assert titles.own_name(Document("c", "磨坊街四十年", "")) == ""


def test_what_is_held_and_what_is_nearest() -> None:
    titles = library()
    assert titles.is_held("青岛市供热条例") and titles.is_held("供热条例")
    assert not titles.is_held("青岛市供水条例实施细则办法")
    nearest = titles.nearest("烟台市供热条例")
    assert nearest is not None and nearest.title.endswith("供热条例")
    assert titles.nearest("红楼梦") is None


def test_an_empty_library_names_nothing() -> None:
    assert Titles([]).named("青岛市供热条例") == []


@pytest.mark.parametrize(
    ("asked", "found"),
    [
        ("国发[2020]1号什么时候印发的？", ["a"]),
        ("国发〔2020〕1号什么时候印发的？", ["a"]),
        ("济政字(2021)15号里说了什么？", ["b", "c"]),
        ("国发〔2020〕11号讲什么？", []),
        ("第15号楼第5号房怎么走？", []),
    ],
)
def test_a_document_is_named_by_its_number(asked: str, found: list[str]) -> None:
    numbers = {
        "a": "国发〔2020〕1号",
        "b": "济政字〔2021〕15号",
        "c": "济政字[2021]15号",
        "d": "第5号",
    }
    held = Titles(
        [Document(name, f"关于{name}", "", details=(("文号", n),)) for name, n in numbers.items()]
    )
    sure = [naming for naming in held.named(asked) if naming.is_sure]
    assert sorted(naming.document.doc_id for naming in sure) == found
