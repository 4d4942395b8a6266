"""The things that a question asks about each: 上海、杭州和北京分别怎么做.

How a question sets them side by side tells them: joined by 、 and 和, each in a clause that asks
(一班去哪，二班去哪，三班呢), or all ending alike (大车小车摩托车). The regular expressions are in
`rules/things.toml`.
"""

from __future__ import annotations

import re
import tomllib
from collections import Counter
from collections.abc import Sequence
from itertools import takewhile
from pathlib import Path

from bot.question.analysis import Question
from bot.question.titles import words_of_the_language
from corpus.language.text import fold, is_english

RULES_FILE = Path(__file__).parent / "rules/things.toml"

LONGEST_NAME = 16
"""Characters of the name of a thing."""

MOST = 12
"""Things that a question asks about at most."""

_RULES = tomllib.loads(RULES_FILE.read_text("utf-8"))
_SEVERAL = {name: re.compile(pattern) for name, pattern in _RULES["several"].items()}
_ORDER = re.compile("|".join(_RULES["order"].values()))
_PLACES = re.compile("|".join(_RULES["places"].values()))
_NUMBER = re.compile(r"多少|几[个项元块倍]|\bhow (?:many|much)\b")
_NAME = r"[A-Z0-9][\w-]*(?: [A-Z][\w-]*)*"
# Shanghai, Chengdu and Hangzhou; for the library, the pool and the gym
_ENGLISH = re.compile(
    rf"{_NAME}(?:, (?:and )?{_NAME})*,? and {_NAME}|\w+(?:, (?:the )?\w+)+,? and (?:the )?\w+"
)
_ENGLISH_JOINT = re.compile(r",? and |, ")
_GAP = "\0"
_GAPS = re.compile(
    rf"(?:[、,和与跟及的年]|还有|以及|\s)*{_GAP}(?:[、,和与跟及的年]|还有|以及|\s|{_GAP})*"
)
_EDGE = " “”\"'"


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
        return _several([fold(n) for n in _ENGLISH_JOINT.split(found.group())] if found else [])
    folded = fold(question.asked).strip(_EDGE)
    alike = _ending_alike(folded)
    ways = (_years(folded), alike if len(alike) > 2 else [], _joined(folded))
    for way in (*ways, _asked_apart(folded), alike, _spaced(folded)):
        names = _several(way)
        if len(names) > 1:
            return names
    return ()


def _several(names: Sequence[str]) -> tuple[str, ...]:
    """Names, each once, without marks; none where one is too long to be a name."""
    bare = [name.strip(_EDGE).removeprefix("《").removesuffix("》") for name in names]
    if any(len(name) > LONGEST_NAME and not name.isascii() for name in bare):
        return ()
    bare = [name for name in bare if not _SEVERAL["unnamed"].search(name)]
    return tuple(dict.fromkeys(name for name in bare if name))[:MOST]


def _years(folded: str) -> list[str]:
    """The years that a question names, and those between 2021到2024年."""
    between = _SEVERAL["range"].search(folded)
    if between:
        first, last = int(between["first"]), int(between["last"])
        return [str(year) for year in range(first, last + 1)]
    return _SEVERAL["years"].findall(folded)


def _joined(folded: str) -> list[str]:
    """The longest run that 、 or a conjunction joins, its ends cut to what is like the others."""
    runs = []
    *inside, end = _SEVERAL["stop"].split(folded)
    for stretch, is_end in [*((stretch, False) for stretch in inside), (end, True)]:
        run = [piece for piece in _split(stretch) if piece.strip(_EDGE)]
        asking = [at for at, piece in enumerate(run) if at and _SEVERAL["apart"].search(piece)]
        run = run[: asking[0] + 1] if len(asking) == 1 else run
        # 啥时候不再点赞、换成抽签: what is asked once, before them, is no list of names.
        asks = [bool(_SEVERAL["asks"].search(piece)) for piece in run]
        if len(run) > 1 and (sum(asks) > 1 or not asks[0]):
            runs.append((run, is_end))
    return _trimmed(*max(runs, key=lambda one: len(one[0]))) if runs else []


def _split(stretch: str) -> list[str]:
    """A stretch in pieces at 、 and at conjunctions that are words: not at 和 in 和平街."""
    inside: set[int] = set()
    at = 0
    for word in words_of_the_language().words(stretch, guess=False):
        at = stretch.find(word, at)
        inside.update(range(at + 1, at + len(word)))
        at += len(word)
    pieces, start = [], 0
    for found in _SEVERAL["joint"].finditer(stretch):
        if found.start() not in inside and found.end() not in inside:
            pieces.append(stretch[start : found.start()])
            start = found.end()
    return [*pieces, stretch[start:]]


def _trimmed(run: list[str], is_end: bool) -> list[str]:
    """The pieces of a run as names: without what stands before the first and behind the last.

    What is asked follows the last name, `is_end`, or a comma.
    """
    if sum(bool(_SEVERAL["asks"].search(piece)) for piece in run) > 1:
        return _asked_apart("，".join(run))
    inner = [_SEVERAL["head"].sub("", _SEVERAL["of"].sub("", piece)) for piece in run[1:-1]]
    first = _SEVERAL["of"].sub("", _SEVERAL["head"].sub("", run[0]))
    last = _without_tail(_SEVERAL["head"].sub("", run[-1]), inner or [first], is_end)
    names = [_without_head(first, [*inner, last]), *inner, last]
    shared = len(_shared_end(names))
    if shared > 1 and all(len(name) > shared + 1 for name in names):
        names = [name[:-shared] for name in names]
    return names


def _shared_end(names: Sequence[str]) -> str:
    """What all of some names end with: 闭馆日 of A馆闭馆日、B馆闭馆日."""
    ends = zip(*(name[::-1] for name in names), strict=False)
    return "".join(one[0] for one in takewhile(lambda one: len(set(one)) == 1, ends))[::-1]


def _without_tail(last: str, others: Sequence[str], is_end: bool) -> str:
    """The last of several names without what is asked of them all."""
    cut = _SEVERAL["tail"].search(last, 1)
    name = last[: cut.start()] if cut else last
    if cut is None and not is_end:
        return last
    for other in others:
        end = name.find(other[-1], 1) if len(other) > 1 else -1
        if 0 < end < len(name) - 1 and len(name) > len(other) + 1:
            return name[: end + 1]
    size = max(map(len, others))
    return _words_up_to(name, size) if len(name) > size + 1 else name


def _words_up_to(text: str, size: int) -> str:
    """The words at the beginning of a text, as many as `size` characters take."""
    end = 0
    for word in words_of_the_language().words(text, guess=False):
        if end >= size:
            break
        end = text.find(word, end) + len(word)
    return text[:end] or text


def _without_head(first: str, others: Sequence[str]) -> str:
    """The first of several names without what stands before it.

    居住证满1年、满2年、满3年: 居住证 is no part of the first, as all others begin alike.
    """
    begins = {name[:1] for name in others}
    at = first.rfind(begins.pop()) if len(begins) == 1 and len(others) > 1 else -1
    if 0 < at < len(first) - 1:
        return first[at:]
    size = max(map(len, others))
    if len(first) <= size + 1:
        return first
    cut = [found.end() for found in _SEVERAL["before"].finditer(first[:-1])]
    if cut:
        return first[cut[-1] :]
    kept = ""
    for word in reversed(words_of_the_language().words(first, guess=False)):
        if len(kept) >= size:
            break
        kept = first[first.rfind(word, 0, len(first) - len(kept)) :]
    return kept or first


def _asked_apart(folded: str) -> list[str]:
    """The names of clauses that ask the same of each: 一班去哪，二班去哪，三班呢."""
    clauses = [clause.strip(_EDGE) for clause in _SEVERAL["clause"].split(folded)]
    ends = Counter(clause[-2:] for clause in clauses)
    asking = []
    for clause in clauses:
        if len(clause) > 1 and (_SEVERAL["asks"].search(clause) or ends[clause[-2:]] > 1):
            asking.append(clause)
    if len(asking) < 2:
        return []
    asking = [_SEVERAL["head"].sub("", clause) for clause in asking]
    return [_own_words(clause, asking) for clause in asking]


def _own_words(clause: str, clauses: Sequence[str]) -> str:
    """The beginning of a clause up to what it shares with another, or what it asks."""
    cut = _SEVERAL["predicate"].search(clause, 1)
    ends = [cut.start() if cut else len(clause)]
    at = 0
    for word in words_of_the_language().words(clause, guess=False):
        at = clause.find(word, at)
        is_shared = any(word in other for other in clauses if other != clause)
        if at and len(word) > 1 and is_shared:
            ends.append(max(at, 2))
        at += len(word)
    return _SEVERAL["of"].sub("", clause[: min(ends)])


def _ending_alike(folded: str) -> list[str]:
    """Names that stand side by side without a mark and end alike: 大车小车摩托车."""
    found = _SEVERAL["alike"].search(folded)
    if not found:
        return []
    end = found["end"]
    first, *others = [part + end for part in found.group().split(end) if part]
    return [_without_head(first, others), *others]


def _spaced(folded: str) -> list[str]:
    """Names with spaces between them, before what is asked: 普通号 专家号 价格."""
    pieces = folded.split()
    while pieces and _SEVERAL["asked"].search(pieces[-1]):
        pieces.pop()
    return pieces if len(pieces) > 1 and not any(map(is_english, pieces)) else []


def only_about(asked: str, name: str, names: Sequence[str]) -> str:
    """What a question asks, folded, without the names of its other things and what joins them."""
    rest = fold(asked)
    for other in names:
        if other != name and other not in name:
            rest = rest.replace(other, _GAP)
    return _GAPS.sub(" ", rest).strip()
