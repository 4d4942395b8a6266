"""What a request for a summary is about: 潍坊供热条例第五章概括一下 is about a chapter, 三句话说完 asks for three.

The regular expressions are in `rules/summaries.toml`.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable
from pathlib import Path
from typing import NamedTuple

from corpus.language.quantities import numeral_value
from corpus.language.text import MAINLAND_MARKS, fold

RULES_FILE = Path(__file__).parent / "rules/summaries.toml"

LAST = -1
"""The number of the last part."""

SOME = 0
"""More documents than one, and not said how many."""

LONGEST_ASPECT = 12
"""Characters of the name of an aspect; what is longer is a clause."""

_RULES = tomllib.loads(RULES_FILE.read_text("utf-8"))


def _any(patterns: Iterable[str]) -> re.Pattern[str]:
    return re.compile("|".join(patterns))


_AGENDA = _any(_RULES["agenda"]["asked"])
_EMPTY = [
    _AGENDA,
    *(_any(_RULES["empty"][name]) for name in ("telling", "polite", "count", "request")),
]
_REQUEST = _any([*_RULES["empty"]["count"], *_RULES["empty"]["request"]])
_TELLS = _any(_RULES["empty"]["telling"])
_BESIDE = _any(_RULES["empty"]["beside"])
_COUNT = _any(_RULES["count"]["asked"])
_NUMBERED = [re.compile(pattern) for pattern in _RULES["part"]["numbered"]]
_LAST = _any(_RULES["part"]["last"])
_FIRST = _any(_RULES["part"]["first"])
_NAMED = _any(_RULES["part"]["named"])
_QUOTED_PART = _any(_RULES["part"]["quoted"])
_SEVERAL = _any(_RULES["documents"]["several"])
_ASKS_HOW = re.compile(_RULES["asks"]["how"])
_ASKS = _any(_RULES["asks"]["words"])
_RUN = re.compile(_RULES["aspects"]["run"])
_JOINT = re.compile(_RULES["aspects"]["joint"])
_BEFORE = re.compile(_RULES["aspects"]["before"])
_BEHIND = re.compile(_RULES["aspects"]["behind"])
_SUBJECT = _any(_RULES["documents"]["subject"])
_LEANS = _any(_RULES["sentence"]["leans"])
_SUMS_UP = _any(_RULES["sentence"]["sums_up"])
_COURTESY = _any(_RULES["sentence"]["courtesy"])
_DRAWS_SUM = re.compile(_RULES["sentence"]["draws_sum"])
_ENGLISH = ["one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten"]
_ENGLISH_UNITS = {
    "chapter": "章",
    "section": "节",
    "part": "部分",
    "article": "条",
    "paragraph": "段",
}
# 《社区食堂为什么留不住年轻人》 asks nothing
_QUOTED = re.compile("《[^》]*》")
_MARKS = re.compile(r"[\s,。.?!:;、《》“”\"'()]+")


class Place(NamedTuple):
    """The part of a document with a number from 1, or LAST; `unit` is 章, 节, 条, 段, 部分 or empty."""

    number: int
    unit: str


class AskedSummary(NamedTuple):
    """What is to be summed up.

    `size`: how many sentences are asked for, 0 where that is not said. `place`: a part by its
    number. `name`: the words that name a part, a document or a subject, folded; empty where only
    这篇文章 is said. `is_part`: they name a part (法律责任那一章). `subject`: what is asked of the
    documents (关于停车), or empty. `asks`: more is asked than what they say (钱从哪来). `several`: how
    many documents are meant, SOME where that is not said; 1 where it is one. `names_aspects`: things
    are enumerated in which what one document says is told (在经费、档案上). `is_request`: a summary is
    asked for by name (概括, 要点), not only what is said (讲了什么). `tells`: it is asked what they say.
    `asks_how`: what is asked is told at length (怎么回应的).
    """

    size: int
    place: Place | None
    name: str
    is_part: bool
    subject: str
    asks: bool
    several: int
    names_aspects: bool
    is_request: bool
    tells: bool
    asks_how: bool


def asked_summary(text: str) -> AskedSummary:
    """What `text`, a request for a summary, asks for."""
    folded = fold(text)
    place, rest = _place(folded)
    for pattern in _EMPTY:
        rest = pattern.sub(",", rest)
    subject = _subject(rest)
    several = _several(rest)
    rest = _SEVERAL.sub(" ", rest)
    words = _MARKS.sub(" ", rest).strip()
    is_part = bool(_NAMED.search(words)) and place is None
    if is_part:
        words = _NAMED.sub(" ", words)
    asks = bool(_ASKS.search(_QUOTED.sub(" ", rest)))
    name = _MARKS.sub(" ", _BESIDE.sub(" ", words)).strip()
    names_aspects = several == 1 and bool(aspects(_QUOTED.sub(" ", folded))[0])
    is_part = is_part and bool(name)
    is_request = bool(_REQUEST.search(_QUOTED.sub(" ", folded)))
    return AskedSummary(
        size=_count(folded),
        place=place,
        name=name,
        is_part=is_part,
        subject=subject,
        asks=asks,
        several=several,
        names_aspects=names_aspects,
        is_request=is_request,
        asks_how=bool(_ASKS_HOW.search(_QUOTED.sub(" ", rest))),
        tells=bool(_TELLS.search(_QUOTED.sub(" ", folded))),
    )


def asks_quoted_part(text: str) -> bool:
    """Whether a question asks what a section says that it quotes the heading of: 概括“施工进度”这一节."""
    return bool(_QUOTED_PART.search(fold(text.translate(MAINLAND_MARKS))))


def asks_agenda(text: str) -> bool:
    """Whether a question asks for all that a meeting dealt with: 讨论了哪些事."""
    return bool(_AGENDA.search(fold(text.translate(MAINLAND_MARKS))))


def aspects(text: str) -> tuple[tuple[str, ...], str]:
    """The aspects that a question names, folded, and the rest of it; none where it names no two.

    在经费、记录档案上做了什么保障 names 经费 and 记录档案.
    """
    folded = fold(text)
    runs = sorted(_RUN.finditer(folded), key=lambda run: -run.group().count("、"))
    for run in runs:
        before = _BEFORE.match(run.group().partition("、")[0])
        start = run.start() + (before.end() if before else 0)
        names = _JOINT.split(folded[start : run.end()])
        last = _BEHIND.sub("", names[-1])
        end = run.end() - len(names[-1]) + len(last)
        names[-1] = last
        if all(0 < len(name) <= LONGEST_ASPECT for name in names):
            return tuple(names), without_request(f"{folded[:start]} {folded[end:]}")
    return (), without_request(folded)


def without_request(text: str) -> str:
    """A question, folded, without the words that ask for a summary: 概括一下, 整合一段话."""
    folded = fold(text)
    for pattern in (*_EMPTY, _SEVERAL):
        folded = pattern.sub(" ", folded)
    return " ".join(folded.split())


def leans(sentence: str) -> bool:
    """Whether a sentence is understood only with the one before it: 同年杭州市……"""
    return bool(_LEANS.match(fold(sentence)))


def is_courtesy(sentence: str) -> bool:
    """Whether a sentence greets, thanks or takes leave, and says no more: 各位来宾，上午好。"""
    return bool(_COURTESY.match(fold(sentence).strip(" 。.!?")))


def sums_up(sentence: str) -> bool:
    """Whether a sentence says that it sums up: 总之, 关键在于, 必须."""
    return draws_sum(sentence) or bool(_SUMS_UP.search(fold(sentence)))


def draws_sum(sentence: str) -> bool:
    """Whether a sentence begins by drawing the sum of all before it: 总之, 由此可见."""
    return bool(_DRAWS_SUM.match(fold(sentence)))


def _count(folded: str) -> int:
    found = _COUNT.search(folded)
    if found is None:
        return 0
    return _number(next(filter(None, found.groups())))


def _number(written: str) -> int:
    if written in _ENGLISH:
        return _ENGLISH.index(written) + 1
    return numeral_value(written) or 0


def _place(folded: str) -> tuple[Place | None, str]:
    """The numbered part that is asked for, and the text without it."""
    for pattern in _NUMBERED:
        if found := pattern.search(folded):
            unit = _ENGLISH_UNITS.get(found["unit"], found["unit"])
            place = Place(_number(found["number"]), unit.removeprefix("小"))
            return place, folded[: found.start()] + folded[found.end() :]
    for pattern, number in ((_LAST, LAST), (_FIRST, 1)):
        if found := pattern.search(folded):
            unit = (found["unit"] or "").removeprefix("小")
            return Place(number, unit), folded[: found.start()] + folded[found.end() :]
    return None, folded


def _several(rest: str) -> int:
    """How many documents are meant."""
    found = _SEVERAL.search(rest)
    if found is None:
        return 1
    return _number(found["number"]) if found["number"] else SOME


def _subject(rest: str) -> str:
    """What is asked of the documents: the 停车 of 关于停车."""
    found = _SUBJECT.search(rest.strip(" ,?"))
    if found is None:
        return ""
    words = next(filter(None, found.groups()))
    return _MARKS.sub(" ", words).strip()
