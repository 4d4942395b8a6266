"""The text of composed answers: labels, marks, and what there is room for."""

from bot.answer import AnswerPart, Citation
from bot.composer.composition import CITED_AT_MOST, TEXT_LIMIT, Composition, Line, told
from corpus import Document
from corpus.document import Span, UnitSpan

TEXT = "上海设立社区委员会。杭州建成城市大脑。\n成都发布了文件。"
DOCUMENT = Document("cities", "三座城市", TEXT)


def cited(words: str) -> Citation:
    start = TEXT.index(words)
    return Citation(DOCUMENT, start, start + len(words))


SHANGHAI, HANGZHOU = cited("上海设立社区委员会。"), cited("杭州建成城市大脑。")


def test_each_line_is_a_part_with_its_label_and_marks() -> None:
    lines = (Line("上海", (SHANGHAI,)), Line("杭州", (HANGZHOU,)))
    text, parts, citations, _ = told(Composition("comparison", lines, 0.8))
    assert text == "上海：上海设立社区委员会。[1]\n杭州：杭州建成城市大脑。[2]"
    assert parts[1] == AnswerPart("杭州", "杭州建成城市大脑。[2]")
    assert citations == (SHANGHAI, HANGZHOU)


def test_a_line_may_say_that_the_documents_do_not() -> None:
    lines = (Line("上海", (SHANGHAI,)), Line("北京", (), "文中没有提到"))
    text, _, citations, _ = told(Composition("list", lines, 0.8))
    assert text.endswith("\n北京：文中没有提到") and citations == (SHANGHAI,)


def test_an_opening_stands_before_the_first_sentence() -> None:
    found = told(Composition("yes_no", (Line("", (SHANGHAI,)),), 0.8, "是。"))
    assert found.text == "是。上海设立社区委员会。[1]"
    assert found.parts == (AnswerPart("", found.text),)


def test_a_sentence_that_two_lines_cite_has_one_mark() -> None:
    lines = (Line("一", (SHANGHAI,)), Line("二", (SHANGHAI, HANGZHOU)))
    found = told(Composition("list", lines, 0.8))
    assert found.text.count("[1]") == 2 and len(found.citations) == 2


def test_a_sentence_that_stands_in_one_cited_before_is_not_cited_again() -> None:
    both = Citation(DOCUMENT, 0, HANGZHOU.end)
    lines = (Line("", (both, SHANGHAI)), Line("", (HANGZHOU,)), Line("杭州", (HANGZHOU,)))
    found = told(Composition("list", lines, 0.8))
    assert found.citations == (both, HANGZHOU)
    assert [part.label for part in found.parts] == ["", "杭州"]


def test_lines_beyond_the_room_are_left_out_whole() -> None:
    long = Document("long", "", "，".join(f"第{n}件事" + "很长" * 80 for n in range(20)))
    lines = [Line(str(n), (Citation(long, n * 150, n * 150 + 150),)) for n in range(20)]
    found = told(Composition("list", tuple(lines), 0.8))
    assert len(found.text) <= TEXT_LIMIT and len(found.parts) == len(found.citations) == 7
    short = [Line("", (Citation(long, n * 10, n * 10 + 10),)) for n in range(20)]
    assert len(told(Composition("list", tuple(short), 0.8)).citations) == CITED_AT_MOST


def test_a_cited_list_stays_on_its_line() -> None:
    both = Citation(DOCUMENT, 0, len(TEXT))
    assert told(Composition("list", (Line("", (both,)),), 0.8)).text.count("\n") == 0


def test_what_the_label_of_a_line_says_is_not_said_behind_its_sentence() -> None:
    text = "2031年，甲市修了桥。同年乙市修了路。"
    document = Document("works", "工程", text)
    road = Citation(document, text.index("同年"), len(text))
    assert told(Composition("list", (Line("2031年", (road,)),), 0.8)).text == (
        "2031年：同年乙市修了路。[1]"
    )
    assert told(Composition("list", (Line("乙市", (road,)),), 0.8)).text == (
        "乙市：同年乙市修了路。（2031年）[1]"
    )


def test_a_label_with_less_than_what_a_sentence_needs_does_not_stand_for_it() -> None:
    text = "符合下列申请条件之一的，免收工本费：\n年满六十周岁。\n8、要带什么材料？\n身份证。"
    starts = [text.index(words) for words in ("年满", "8、", "身份证")]
    lead, question = Span(0, starts[0] - 1), Span(starts[1], starts[2] - 1)
    units = (
        UnitSpan(*lead, "paragraph"),
        UnitSpan(starts[0], starts[1] - 1, "item", (lead,)),
        UnitSpan(*question, "question"),
        UnitSpan(starts[2], len(text), "paragraph", (question,)),
    )
    document = Document("fee", "收费", text, unit_spans=units)
    age = Citation(document, starts[0], starts[1] - 1)
    papers = Citation(document, starts[2], len(text))
    lines = (Line("申请条件", (age,)), Line("要带什么材料", (papers,)))
    assert told(Composition("list", lines, 0.8)).text == (
        "申请条件：年满六十周岁。（符合下列申请条件之一的，免收工本费：）[1]\n要带什么材料：身份证。[2]"
    )


def test_a_lead_line_and_the_first_item_are_two_parts_of_one_citation() -> None:
    both = Citation(DOCUMENT, 0, len(TEXT))
    lines = (Line("", (both,), keeps_lines=True), Line("", (SHANGHAI,)))
    found = told(Composition("list", lines, 0.8))
    assert [part.text for part in found.parts] == [f"{line}[1]" for line in TEXT.splitlines()]
    assert found.citations == (both,) and found.lines == 1
