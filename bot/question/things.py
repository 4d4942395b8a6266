"""The things that a question asks about each: 上海、杭州和北京分别怎么做.

The regular expressions are in `rules/things.toml`.
"""

from __future__ import annotations

import re
import tomllib
from dataclasses import replace
from pathlib import Path

from bot.question.analysis import Question
from corpus.language.text import fold

RULES_FILE = Path(__file__).parent / "rules/things.toml"

LONGEST_NAME = 14
"""Characters of the name of a thing."""

MOST = 12
"""Things that a question asks about at most."""

_RULES = tomllib.loads(RULES_FILE.read_text("utf-8"))
_SEVERAL = {name: re.compile(pattern) for name, pattern in _RULES["several"].items()}
_ORDER = re.compile("|".join(_RULES["order"].values()))
_PLACES = re.compile("|".join(_RULES["places"].values()))
_NUMBER = re.compile(r"多少|几[个项元块倍]|\bhow (?:many|much)\b")
_NAME = r"[A-Z0-9][\w-]*(?: [A-Z][\w-]*)*"
# Shanghai, Chengdu and Hangzhou
_ENGLISH = re.compile(rf"{_NAME}(?:, (?:and )?{_NAME})*,? and {_NAME}")
_ENGLISH_JOINT = re.compile(r",? and |, ")


def asks_order(question: Question) -> bool:
    """Whether a question asks for steps one after the other: 怎么办理, 流程是什么."""
    return bool(_ORDER.search(fold(question.asked)))


def asks_places(question: Question) -> bool:
    """Whether a question asks for each of the places that there are: 哪些城市, 各个城市."""
    return bool(_PLACES.search(fold(question.asked)))


def asks_number(question: Question) -> bool:
    """Whether a number is asked for, of one thing or of each: 分别是多少."""
    return question.kind == "number" or bool(_NUMBER.search(fold(question.asked)))


def things_named(question: Question) -> tuple[str, ...]:
    """The things that a question asks about each, folded, in its order; none where it names no two."""
    if question.language == "en":
        found = _ENGLISH.search(question.asked)
        return _names([fold(name) for name in _ENGLISH_JOINT.split(found.group())] if found else [])
    folded = fold(question.asked)
    years = _years(folded)
    if len(years) > 1:
        return years
    pair = _SEVERAL["pair"].search(folded)
    if pair:
        return _names([pair["one"], pair["other"]])
    for way in ("after", "before"):
        found = _SEVERAL[way].search(folded)
        if found:
            names = _names(_SEVERAL["joint"].split(found["things"]))
            if len(names) > 1:
                return names
    return ()


def _years(folded: str) -> tuple[str, ...]:
    """The years that a question names, and those between 2021到2024年."""
    between = _SEVERAL["range"].search(folded)
    if between:
        first, last = int(between["first"]), int(between["last"])
        return tuple(str(year) for year in range(first, last + 1))[:MOST]
    return tuple(dict.fromkeys(_SEVERAL["years"].findall(folded)))[:MOST]


def _names(parts: list[str]) -> tuple[str, ...]:
    """The names among parts of a question; none where one is too long to be a name."""
    names = []
    for part in parts:
        name = _SEVERAL["tail"].sub("", _SEVERAL["head"].sub("", part.strip())).strip(" “”\"'《》")
        if name:
            names.append(name)
    names = _without_head(names)
    if any(len(name) > LONGEST_NAME and not name.isascii() for name in names):
        return ()
    return tuple(dict.fromkeys(names))[:MOST]


def _without_head(names: list[str]) -> list[str]:
    """The names, the first without what stands before it where all others begin alike.

    居住证满1年、满2年、满3年: 居住证 is no part of the first.
    """
    begins = {name[0] for name in names[1:]}
    if len(names) < 3 or len(begins) != 1:
        return names
    at = names[0].rfind(begins.pop())
    return [names[0][at:], *names[1:]] if at > 0 else names


def about_one(question: Question, name: str, names: tuple[str, ...]) -> Question:
    """The question as it asks about one of its things: without the names of the others.

    What is searched for stays the same.
    """
    asked = fold(question.asked)
    for other in names:
        if other != name and other not in name:
            asked = asked.replace(other, " ")
    others = [other for other in names if other != name]
    terms = {
        term: weight
        for term, weight in question.terms.items()
        if not any(term in other for other in others) or term in name
    }
    numbers = question.numbers - frozenset(others)
    return replace(question, asked=asked, whole=asked, terms=terms, numbers=numbers)
