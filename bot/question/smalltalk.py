"""Greetings, thanks and questions about the bot, told by patterns, and what is said to these and to
requests that no quote serves, which `bot.question.forms` tells.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Literal

from bot.i18n import Language, Pair, pick
from corpus.language.text import fold

SmalltalkKind = Literal["greeting", "thanks", "self", "request"]

RULES_FILE = Path(__file__).parent / "rules/smalltalk.toml"

# Any letter, character or digit: the 码 of 健康码.
_WORD = re.compile(r"\w")

_REPLIES: dict[SmalltalkKind, Pair] = {
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
    "request": (
        "我只摘引文章原文，不会改写、翻译、创作，也不发表看法；可以换成请我概括一篇文章、列出要点，或比较两处说法。",
        "This program only quotes the documents; it does not rewrite, translate, compose or hold opinions. It can "
        "sum up a document, list its points or compare what two of them say.",
    ),
}


def _alternatives(rules: Mapping[str, list[str]], name: str) -> str:
    """A pattern for the entries under `name`: expressions, words, and English whole words."""
    # The longest word first: an alternation takes the first word that matches.
    words = sorted(rules.get(f"{name}_words", ()), key=len, reverse=True)
    # (?!) matches nothing, for a name without English words.
    english = "|".join(rules.get(f"{name}_english", ["(?!)"]))
    patterns = [*rules.get(name, ()), *words, rf"\b(?:{english})\b"]
    return f"(?:{'|'.join(patterns)})"


def _about_the_bot(name: str) -> re.Pattern[str]:
    """A pattern about the bot, with its placeholders such as <YOU> filled in."""
    parts = {
        "<YOU>": _alternatives(_SELF, "you"),
        "<BETWEEN>": f"{_alternatives(_SELF, 'between')}{{0,3}}",
        "<BOT>": _alternatives(_SELF, "bot"),
    }
    template = _alternatives(_SELF, name)
    return re.compile(re.sub("<[A-Z]+>", lambda placeholder: parts[placeholder.group()], template))


_RULES = tomllib.loads(RULES_FILE.read_text("utf-8"))
_COURTESY = _RULES["courtesy"]
_SELF = _RULES["self"]

# 你好, hello
_GREETING = re.compile(_alternatives(_COURTESY, "greeting"))
# 谢谢你, thanks a lot
_THANKS = re.compile(_alternatives(_COURTESY, "thanks"))
_GREETING_OR_THANKS = f"(?:{_GREETING.pattern}|{_THANKS.pattern})"
# What may stand beside a greeting that is the whole question: 你好〔呀，小助手〕
_BESIDE = re.compile(f"{_GREETING_OR_THANKS}|{_alternatives(_COURTESY, 'beside')}|_")
# The courtesy before a question: 〔你好，城问！〕健康码是什么？
_BEFORE = re.compile(
    rf"(?:{_GREETING_OR_THANKS}(?:呀|啊|哦|城问|小助手| there)*\s*"
    rf"(?:[^\w\s]+\s*|(?={_alternatives(_COURTESY, 'asks')})))+"
)
# 你是谁？
_IDENTITY = _about_the_bot("plain")
# 你能做什么？
_ABILITY = _about_the_bot("able")
# Words that may stand in a question about the bot itself: 人工智能, 机器人, 模型
_TALK = re.compile(_alternatives(_SELF, "talk"))
# 这篇文章, 原文: then the question is about the documents
_DOCUMENT = re.compile(_alternatives(_SELF, "document"))


def smalltalk_kind(question: str) -> SmalltalkKind | None:
    """The kind of small talk that `question` is, or None if it asks about the documents."""
    folded = fold(question).strip()
    thanks = _THANKS.search(_GREETING.sub(" ", folded))
    if thanks or _GREETING.search(folded):
        courtesy_only = not _WORD.search(_BESIDE.sub(" ", folded))
        if courtesy_only:
            return "thanks" if thanks else "greeting"
    asked = without_courtesy(folded)
    if _IDENTITY.search(asked) and not _DOCUMENT.search(asked):
        return "self"
    if _ABILITY.search(asked):
        rest = _TALK.sub(" ", _ABILITY.sub(" ", asked))
        if not _WORD.search(rest):
            return "self"
    return None


def needed_no_document(turn: int, history: Sequence[Mapping[str, str]]) -> bool:
    """Whether what was said in a turn of `history` was small talk, or a request that was turned down."""
    if smalltalk_kind(history[turn]["content"]):
        return True
    replies = history[turn + 1 : turn + 2]
    return any(refusal in reply["content"] for reply in replies for refusal in _REPLIES["request"])


def without_courtesy(question: str) -> str:
    """`question` without the courtesy before it, unless it is all: 你好，〔健康码是什么？〕."""
    courtesy = _BEFORE.match(fold(question))
    if courtesy is None:
        return question
    return question[courtesy.end() :] or question


def smalltalk_reply(kind: SmalltalkKind, language: Language) -> str:
    """What the bot says of itself, in `language`."""
    return pick(_REPLIES[kind], language)
