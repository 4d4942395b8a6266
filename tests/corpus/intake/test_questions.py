"""Questions and what answers them, whatever the format of the file."""

from dataclasses import replace
from pathlib import Path

import pytest

from corpus.intake.page import Line, Page
from corpus.intake.questions import with_questions
from corpus.load import load

NUMBERED = (
    "1、图书馆几点开门？",
    "每天九点开门，周一闭馆。",
    "2、怎么办借书证？",
    "带身份证到总台办理。当场可取。",
    "未成年人由家长陪同。",
    "3、能借几本？",
    "每人八本，借期三十天。",
)


def kinds(*texts: str) -> list[str]:
    return [line.kind for line in with_questions(Page(tuple(map(Line, texts)))).lines]


def test_numbered_questions_are_answered_by_what_stands_below_them() -> None:
    of_three = ["question", "answer", "question", "answer", "answer", "question", "answer"]
    assert kinds(*NUMBERED) == of_three
    in_brackets = [text.replace(f"{n}、", f"（{n}）") for n, text in enumerate(NUMBERED, 1)]
    assert (
        kinds(
            "（一）几点开门？", "九点。", "（二）几点关门？", "十点。", "（三）收费吗？", "不收。"
        )
        == [
            "question",
            "answer",
        ]
        * 3
    )
    assert kinds(*in_brackets[:2]) == ["", ""]


def test_two_questions_that_an_essay_asks_are_none() -> None:
    assert kinds(*NUMBERED[:5]) == [""] * 5


def test_a_list_of_questions_has_no_answers() -> None:
    assert (
        kinds("1、几点开门？", "2、在哪里？", "3、要钱吗？", "4、能带狗吗？", "请来电。")
        == [""] * 5
    )


def test_numbered_questions_beside_marked_ones_have_answers_of_their_own(tmp_path: Path) -> None:
    marked = ("问：周日开门吗？", "答：上午开。")
    of_each = ["question", "answer"]
    assert kinds(*marked, *NUMBERED) == [*of_each, *kinds(*NUMBERED)]
    assert kinds(*NUMBERED, *marked) == [*kinds(*NUMBERED), *of_each]
    path = tmp_path / "faq.txt"
    path.write_text("\n".join(["图书馆", "", *marked, *NUMBERED]), "utf-8")
    document = load(path)
    answer = document.units[-1]
    assert answer.text == NUMBERED[-1]
    assert [document.text[slice(*lead)] for lead in answer.leads] == [NUMBERED[-2]]


def test_what_goes_on_below_a_marked_question_is_no_answer() -> None:
    asked = ("1、问：几点开门？", "2、问：几点关门？", "3、问：收费吗？")
    lines = [line for one in asked for line in (one, "请说详细些。", "答：见门口。")]
    assert kinds(*lines) == ["question", "", "answer"] * 3


def test_pages_of_a_pdf_are_kept() -> None:
    lines = tuple(replace(Line(text), page=2) for text in NUMBERED)
    assert {line.page for line in with_questions(Page(lines)).lines} == {2}


@pytest.mark.parametrize("mark", [("问：", "答："), ("Q1: ", "A1: ")])
def test_marks_in_markdown_are_read_as_in_plain_text(tmp_path: Path, mark: tuple[str, str]) -> None:
    asked, told = mark
    path = tmp_path / "faq.md"
    path.write_text(f"# 借书\n\n{asked}几点开门？\n\n{told}九点开门。\n", "utf-8")
    units = [(unit.kind, unit.text, unit.leads) for unit in load(path).units]
    (_, question, answer) = units
    assert question[:2] == ("question", f"{asked}几点开门？")
    assert answer[:2] == ("answer", f"{told}九点开门。")
