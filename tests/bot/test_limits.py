"""The bounds of a question and of its history, at both sides of each bound."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.limits import HISTORY_LIMIT, QUESTION_LIMIT, TURNS_LIMIT, check_history, check_question
from corpus import UsageError


@pytest.mark.parametrize(
    ("asked", "kept"),
    [
        ("  谁写的？\n", "谁写的？"),
        ("谁\u0000写\u200b的\u202e？", "谁写的？"),
        ("谁\r\n写的\t？", "谁 写的 ？"),
        ("cafe\u0301", "café"),
        ("👩‍👩‍👧 <b>1 OR 1=1; --</b>", "👩‍👩‍👧 <b>1 OR 1=1; --</b>"),
        ("字" * QUESTION_LIMIT + " " * 9999, "字" * QUESTION_LIMIT),
    ],
)
def test_what_is_kept_of_a_question(asked: str, kept: str) -> None:
    assert check_question(asked) == kept


@pytest.mark.parametrize(
    ("asked", "zh", "en"),
    [
        ("", "问题是空的", "question is empty"),
        (" \n\u200b\0", "问题是空的", "question is empty"),
        ("字" * (QUESTION_LIMIT + 1), "501 字，最多 500 字", "501 characters, at most 500"),
        ("谁\udcff", "UTF-8", "UTF-8"),
        (None, "应是文字", "must be text"),
        (12, "应是文字", "must be text"),
    ],
)
def test_what_is_refused_as_a_question(asked: object, zh: str, en: str) -> None:
    with pytest.raises(UsageError) as caught:
        check_question(asked)
    assert zh in caught.value.zh and en in caught.value.en
    assert (caught.value.exit_code, caught.value.code) == (2, "usage")


@given(st.text())
def test_a_checked_question_can_be_printed_and_checked_again(text: str) -> None:
    try:
        checked = check_question(text)
    except UsageError:
        return
    assert checked.encode("utf-8") and "\n" not in checked
    assert check_question(checked) == checked


def turn(content: object = "好", role: object = "user") -> dict[str, object]:
    return {"role": role, "content": content}


def test_a_history_as_it_should_be() -> None:
    assert check_history([]) == []
    given = [turn(" 谁写的？ "), turn("张三。", "assistant") | {"metadata": None}]
    assert check_history(given) == [turn("谁写的？"), turn("张三。", "assistant")]
    assert (
        len(check_history([turn("字" * (HISTORY_LIMIT // TURNS_LIMIT))] * TURNS_LIMIT))
        == TURNS_LIMIT
    )


@pytest.mark.parametrize(
    "history",
    [
        None,
        "谁写的？",
        {"role": "user"},
        ["谁写的？"],
        [turn(role="system")],
        [turn(None)],
        [turn("谁\ud800")],
        [turn()] * (TURNS_LIMIT + 1),
        [turn("字" * HISTORY_LIMIT), turn()],
    ],
)
def test_what_is_refused_as_a_history(history: object) -> None:
    with pytest.raises(UsageError, match="历史"):
        check_history(history)
