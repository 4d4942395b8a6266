"""Messages with prose: the extract beside it, who wrote it, and what is left of one that ends early."""

from dataclasses import replace
from typing import Any

import pytest

from bot.answer import ABSENT, Answer, Citation, extracted_text
from bot.web.chat import end_early
from bot.web.messages import answer_message, plain_text, safe_message, writing_message
from corpus import Document, Passage
from index import Hit

TEXT = "甲<b>5</b>万。\n乙&丙，丁。戊"
SOURCE = Document("文/d", "题<i>", TEXT)
FIRST, SECOND = Citation(SOURCE, 0, 11), Citation(SOURCE, 12, 18)
MODEL = "m<7b>"
ATTACK = '<img src=x onerror="document.title=1"> ![](http://evil.test/x)'

EXTRACT = Answer(
    "问？",
    "answered",
    extracted_text((FIRST,)),
    hits=(Hit(Passage(SOURCE, 0, 18), 1.0),),
    citations=(FIRST,),
    milliseconds={"total": 12.4},
)


def prose(**fields: Any) -> Answer:
    given = {
        "text": "乙和丙都在。[1]甲有5万。[2]",
        "citations": (SECOND, FIRST),
        "form": "prose",
        "reader": "llm",
        "extract": EXTRACT,
        "written_by": MODEL,
        "milliseconds": {"total": 2012.4},
    }
    return replace(EXTRACT, **{**given, **fields})


def sides(message: str) -> list[str]:
    """The prose and the extract of a message, as they stand in it."""
    return [part.split("</div>")[0] for part in message.split('<div class="cw-side">')[1:]]


def test_prose_stands_beside_the_extract_each_with_its_own_sources() -> None:
    message = answer_message(prose(), "zh", "0" * 32)
    written, quoted = sides(message)
    assert "人工智能生成 · m&lt;7b&gt;" in written and "出处 2" in written
    assert written.index("乙&amp;丙，丁。") < written.index("<q>甲&lt;b&gt;5")
    assert "原文摘录" in quoted and "出处 1" in quoted and "乙和丙" not in quoted
    assert plain_text(message) == "乙和丙都在。甲有5万。"
    assert safe_message(message) == message and "\n" not in message


def test_an_answer_without_prose_has_no_sides() -> None:
    absent = replace(
        EXTRACT,
        outcome="absent",
        text=ABSENT["zh"],
        citations=(),
        short_answer=None,
        extract=EXTRACT,
    )
    for answer in (EXTRACT, absent):
        assert not sides(answer_message(answer, "zh", "0" * 32))


def test_while_a_model_writes_its_marks_lead_nowhere_yet() -> None:
    waiting = writing_message(EXTRACT, "", "zh", MODEL)
    assert "正在撰写" in sides(waiting)[0] and "cw-text" not in sides(waiting)[0]
    begun = writing_message(EXTRACT, "乙在。[1]丙在。[2]", "zh", MODEL)
    written, quoted = sides(begun)
    assert written.count("<sup><span") == 2 and "<a" not in written and "<a" in quoted
    assert plain_text(begun) == "乙在。丙在。" and "cw-waiting" in begun
    for message in (waiting, begun):
        assert safe_message(message) == message


def test_what_a_model_writes_stays_text() -> None:
    message = writing_message(EXTRACT, f"{ATTACK}[1]", "zh", ATTACK)
    assert "<img" not in message and safe_message(message) == message
    whole = answer_message(prose(text=f"{ATTACK}[1]"), "zh", "0" * 32)
    assert "<img" not in whole and safe_message(whole) == whole


def chat(message: str) -> list[dict[str, Any]]:
    return [{"role": "user", "content": "问？"}, {"role": "assistant", "content": message}]


@pytest.mark.parametrize(("written", "left"), [("乙在。[1]", 2), ("", 1)])
def test_of_what_ends_early_both_sides_stay_as_far_as_they_have_words(
    written: str, left: int
) -> None:
    begun = chat(writing_message(EXTRACT, written, "zh", MODEL))
    stopped = end_early(begun, "stopped")
    message = stopped[-1]["content"]
    assert len(sides(message)) == left and "原文摘录" in message and "已停止。" in message
    assert "cw-waiting" not in message and "正在撰写" not in message
    assert safe_message(message) == message
    assert end_early(stopped, "failed") == stopped


def test_a_whole_answer_does_not_end_early() -> None:
    whole = chat(answer_message(prose(), "zh", "0" * 32))
    assert end_early(whole, "failed") == whole


def test_a_forged_message_that_ends_early_is_text() -> None:
    forged = '<div class="cw-message cw-waiting"><div class="cw-pair"><div class="cw-side">'
    forged += '<p class="cw-text">x<img src=x onerror=alert(1)></p></div></div></div>'
    assert "<img" not in end_early(chat(forged), "stopped")[-1]["content"]
