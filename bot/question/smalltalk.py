"""Greetings, thanks and questions about the bot itself: short true answers that need no document."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Literal

from corpus.language.text import fold

About = Literal["greeting", "thanks", "self"]

RULES_FILE = Path(__file__).parent / "rules/smalltalk.toml"

_WORD = re.compile(r"\w")

_ABOUT: dict[About, tuple[str, str]] = {
    "greeting": (
        "您好，我是城问，回答关于已收录文章的问题。每句回答都摘自原文并注明出处；文章没有写到的，我会直说。请问您想了解什么？",
        "Hello, this is Chengwen. It answers questions about the articles it holds, quoting and citing every sentence, "
        "and says so when they do not cover something.",
    ),
    "thanks": (
        "不客气。还有其他关于文章的问题，可以继续问。",
        "You are welcome. Ask on if there is more about the articles.",
    ),
    "self": (
        "我是城问，一个自动问答程序，不是真人。我只在已收录的文章里查找，从原文摘出句子作答并逐句注明出处；文章没有写到的不作回答。"
        "可以问人物、数字、时间、做法、原因等，也可以接着上一个问题追问。",
        "This is Chengwen, a question-answering program, not a person. It searches only the articles it holds, answers "
        "in sentences quoted from them, cites each one, and does not answer what they do not say.",
    ),
}


def _any(rules: Mapping[str, list[str]], name: str) -> str:
    """A pattern for what stands under `name`: plain words (the longest first), expressions, and English whole words."""
    words = sorted(rules.get(f"{name}_words", ()), key=len, reverse=True)
    english = rf"\b(?:{'|'.join(rules.get(f'{name}_english', ['(?!)']))})\b"
    return f"(?:{'|'.join([*rules.get(name, ()), *words, english])})"


def _of_the_bot(name: str) -> re.Pattern[str]:
    parts = {
        "<YOU>": _any(_SELF, "you"),
        "<BETWEEN>": f"{_any(_SELF, 'between')}{{0,3}}",
        "<BOT>": _any(_SELF, "bot"),
    }
    return re.compile(re.sub("<[A-Z]+>", lambda part: parts[part.group()], _any(_SELF, name)))


_RULES = tomllib.loads(RULES_FILE.read_text("utf-8"))
_COURTESY, _SELF = _RULES["courtesy"], _RULES["self"]

_GREETING, _THANKS = re.compile(_any(_COURTESY, "greeting")), re.compile(_any(_COURTESY, "thanks"))
_KIND = f"(?:{_GREETING.pattern}|{_THANKS.pattern})"
_BESIDE = re.compile(f"{_KIND}|{_any(_COURTESY, 'beside')}|_")
_BEFORE = re.compile(
    rf"(?:{_KIND}(?:呀|啊|哦|城问|小助手| there)*\s*(?:[^\w\s]+\s*|(?={_any(_COURTESY, 'asks')})))+"
)
_PLAIN, _ABLE = _of_the_bot("plain"), _of_the_bot("able")
_TALK, _DOCUMENT = re.compile(_any(_SELF, "talk")), re.compile(_any(_SELF, "document"))


def about(question: str) -> About | None:
    """Which of the three `question` is, or None for a question of the documents, even one after a greeting."""
    folded = fold(question).strip()
    greets, thanks = _GREETING.search(folded), _THANKS.search(_GREETING.sub(" ", folded))
    if (greets or thanks) and not _WORD.search(_BESIDE.sub(" ", folded)):
        return "thanks" if thanks else "greeting"
    asked = without_courtesy(folded)
    if _PLAIN.search(asked) and not _DOCUMENT.search(asked):
        return "self"
    return (
        "self"
        if _ABLE.search(asked) and not _WORD.search(_TALK.sub(" ", _ABLE.sub(" ", asked)))
        else None
    )


def without_courtesy(question: str) -> str:
    """`question` without the greeting or thanks before it: 你好，〔健康码是什么？〕. All of it if that is all."""
    before = _BEFORE.match(fold(question))
    return (question[before.end() :] if before else "") or question


def about_text(kind: About, language: str) -> str:
    """What the bot says of itself, in `language` ("en", else Chinese)."""
    zh, en = _ABOUT[kind]
    return en if language == "en" else zh
