"""Checks what is asked: the bounds of a question and of the turns before it."""

from __future__ import annotations

import re
import unicodedata

from bot.i18n import Pair
from corpus import UsageError

QUESTION_LIMIT = 500
"""Characters of a question."""

TURNS_LIMIT = 20
"""Turns of a history."""

HISTORY_LIMIT = 10_000
"""Characters of all turns of a history together."""

TURNS_SENT = 10
"""Turns that the chat page sends along with a question."""

ROLES = ("user", "assistant")

# Tabs, line ends and separators: "健康码\t是\n什么".
_SPACES = re.compile(r"[\t\n\v\f\r\x1c-\x1f\x85\u2028\u2029]+")
# Control and direction characters: "健康\u200b码", "\u202e码康健".
_INVISIBLE = re.compile(
    r"[\x00-\x08\x0e-\x1b\x7f-\x84\x86-\x9f\xad\u200b\u200e\u200f\u202a-\u202e\u2060-\u2069\ufeff]"
)
# Half of a pair, which JSON lets through: "\ud83d".
_SURROGATE = re.compile(r"[\ud800-\udfff]")


def check_question(question: object) -> str:
    """`question` in NFC on one line, without control and direction characters, 1 to 500 characters.

    Raises UsageError if it is not text, empty, too long or not valid Unicode.
    """
    text = _clean(question, ("问题", "the question"), QUESTION_LIMIT)
    if not text:
        raise UsageError(
            "问题是空的：请写出要问的内容。", "The question is empty: write what you want to know."
        )
    return text


def check_history(history: object) -> list[dict[str, str]]:
    """The turns before a question, oldest first: at most 20, of at most 10,000 characters together.

    Raises UsageError for anything other than a list of {"role": "user" or "assistant", "content":
    text}.
    """
    if not isinstance(history, list):
        raise UsageError(
            '对话历史应是数组：[{"role": "user", "content": "……"}, …]。',
            'The history must be an array: [{"role": "user", "content": "..."}, ...].',
        )
    if len(history) > TURNS_LIMIT:
        raise UsageError(
            f"对话历史有 {len(history)} 轮，最多 {TURNS_LIMIT} 轮：请去掉较早的。",
            f"The history has {len(history)} turns, at most {TURNS_LIMIT} are allowed: "
            "leave out the earliest.",
        )
    turns = [_turn(turn, number) for number, turn in enumerate(history, 1)]
    size = sum(len(turn["content"]) for turn in turns)
    if size > HISTORY_LIMIT:
        raise UsageError(
            f"对话历史共 {size} 字，最多 {HISTORY_LIMIT} 字：请去掉较早的。",
            f"The history has {size} characters, at most {HISTORY_LIMIT} are allowed: "
            "leave out the earliest.",
        )
    return turns


def _turn(turn: object, number: int) -> dict[str, str]:
    """The turn `number`, counted from 1, checked and cleaned."""
    if not isinstance(turn, dict) or turn.get("role") not in ROLES:
        raise UsageError(
            f"对话历史第 {number} 轮的 role 应是 user 或 assistant。",
            f"Turn {number} of the history needs a role, user or assistant.",
        )
    name = (f"对话历史第 {number} 轮的 content", f"the content of turn {number} of the history")
    return {"role": turn["role"], "content": _clean(turn.get("content"), name, HISTORY_LIMIT)}


def _clean(value: object, name: Pair, limit: int) -> str:
    """`value` as plain text of at most `limit` characters; `name` says in errors what it is."""
    zh, en = name
    # As the beginning of a sentence.
    capitalised = en[0].upper() + en[1:]
    if not isinstance(value, str):
        raise UsageError(f"{zh}应是文字。", f"{capitalised} must be text.")
    text = value.strip()
    if len(text) > limit:
        raise UsageError(
            f"{zh}有 {len(text)} 字，最多 {limit} 字：请缩短，或分几次问。",
            f"{capitalised} has {len(text)} characters, at most {limit} are allowed: "
            "shorten or split it.",
        )
    if _SURROGATE.search(text):
        raise UsageError(
            f"{zh}里有无法识别的字符：请改用 UTF-8 编码。",
            f"{capitalised} holds characters that are not valid Unicode: use UTF-8.",
        )
    return on_one_line(text)


def on_one_line(text: str) -> str:
    """`text` in NFC without line ends, control and direction characters, and space at its ends."""
    line = _SPACES.sub(" ", text)
    visible = _INVISIBLE.sub("", line)
    return unicodedata.normalize("NFC", visible).strip()
