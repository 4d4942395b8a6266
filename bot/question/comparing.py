"""Takes a question that compares apart: 甲和乙在收费上有什么不同 has the sides 甲 and 乙, and asks for 收费.

The regular expressions are in `rules/comparison.toml`.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

from bot.question.titles import places_in
from corpus.language.text import Segmenter, fold, is_english, is_place, leads

LONGEST_SIDE = 18
"""Characters of the name of a side; what is longer is a sentence."""

LONGEST_ENDING = 6
"""Characters in which the names of two sides may end alike: 新〔小区〕, 老〔小区〕."""

RULES_FILE = Path(__file__).parent / "rules/comparison.toml"

_RULES = tomllib.loads(RULES_FILE.read_text("utf-8"))
_OPENING = re.compile(_RULES["opening"])
_COMPARING = re.compile("|".join(_RULES["comparing"]))
_BETWEEN = frozenset(_RULES["between"])
_STOPS = frozenset(_RULES["stops"])
_MEASURES = frozenset(_RULES["measures"])
_NUMBERED = re.compile(_RULES["numbered"])
_EMPTY = re.compile(_RULES["empty"])
_DOCUMENTS = re.compile(_RULES["documents"])
_ENGLISH = [re.compile(pattern) for pattern in _RULES["english"]]
_CLAUSE = re.compile(r"[^,，。;；?？!！:：\n]+")
# The 哪 of 南侧与哪个省: what is asked for is no side
_ASKS = re.compile(r"哪|什么|谁|多少|怎")
# Stands where the words that compare were; no text that was typed has it.
_MARK = "\0"
# An ending of one character that tells where a name ends: 公家〔的〕和私人〔的〕
_ENDINGS = frozenset("的市省区县类期层级组人户者")
_MEASURING = frozenset(("比", "相比", "相较", "还是"))
_LOOSE = "的在对 、"
_AROUND = "的那这 、“”\"'《》"
# 与上海〔相比，〕北京…
_BESIDE = re.compile(r"^(?:与|和|跟|同|较|比起)([^,。?\0]{1,18})\0[,](?=[^,。?\0]{2})")
# 2019年 and 上年 are no sides of 比2019年多了多少
_TIME = re.compile(r"^(?:\d+|[上去前今同]一?)(?:年|月|季度?|期).{0,2}$|^同期|^以[前往]")
# 过去, 原来那样: a thing is held against its own past, 票价和过去相比
_WHEN = re.compile(rf"(?:{_RULES['when']})")
_NO_SIDES = re.compile(rf"(?:{'|'.join(_BETWEEN)})(?:{_RULES['when']})|{_RULES['most']}")
_WHEN_ALONE = re.compile(rf"(?:{_RULES['when']}).{{0,2}}$")


class Comparison(NamedTuple):
    """The `sides` that a question names, two at least, and `aspects`, the rest of it, maybe empty.

    Both are folded. Without sides, `by_document` says that the documents are compared.
    """

    sides: tuple[str, ...]
    aspects: str
    by_document: bool = False


class _Sides(NamedTuple):
    names: tuple[str, ...]
    rest: str


def comparison(asked: str, segmenter: Segmenter) -> Comparison | None:
    """What a question compares; None where it does not say."""
    folded = fold(asked).strip()
    if is_english(folded):
        return _in_english(folded)
    marked = _COMPARING.sub(_MARK, _OPENING.sub("", folded, count=1))
    marked = _BESIDE.sub(r"\1相比", marked)
    clauses = _CLAUSE.findall(marked)
    # The clause that compares comes first; in 配房标准，新区和老区差多少 it names the sides.
    order = sorted(range(len(clauses)), key=lambda number: _MARK not in clauses[number])
    for number in order:
        found = _sides_of(clauses, number, segmenter)
        if found is not None:
            others = [clause for at, clause in enumerate(clauses) if at != number]
            return Comparison(found.names, _aspects([*others, found.rest]))
    several = _DOCUMENTS.search(marked)
    if several is None:
        return None
    rest = marked[: several.start()] + " " + marked[several.end() :]
    return Comparison((), _aspects(_CLAUSE.findall(rest)), by_document=True)


def asks_no_sides(asked: str) -> bool:
    """Whether a question compares a thing with its own past, or all of a kind: 和过去比, 哪个最多."""
    return bool(_NO_SIDES.search(fold(asked)))


def _in_english(folded: str) -> Comparison | None:
    for pattern in _ENGLISH:
        found = pattern.search(folded)
        if found:
            rest = folded[: found.start()] + " " + folded[found.end() :]
            rest = re.sub(
                r"\b(?:what|is|are|the|main|differences?|please|differ|in|on|of)\b", " ", rest
            )
            return Comparison((found["one"], found["other"]), " ".join(rest.strip("?. ").split()))
    return None


def _aspects(clauses: Sequence[str]) -> str:
    """What is asked of the sides, without what says nothing: 怎么收费."""
    kept = []
    for clause in clauses:
        for piece in clause.split(_MARK):
            piece = _EMPTY.sub("", piece.strip()).strip(_LOOSE)
            if len(piece) > 1:
                kept.append(piece)
    return " ".join(kept)


def _sides_of(clauses: Sequence[str], number: int, segmenter: Segmenter) -> _Sides | None:
    """The sides that a clause names, and the rest of it."""
    clause = clauses[number]
    numbered = _NUMBERED.search(clause)
    if numbered and numbered["one"] != numbered["other"]:
        rest = clause[: numbered.start()] + " " + clause[numbered.end() :]
        return _Sides((numbered["one"], numbered["other"]), rest)
    best: tuple[int, _Sides] | None = None
    for start, end in _joints(clause, segmenter):
        found = _around(clause, start, end, segmenter)
        if found is not None and (best is None or found[0] > best[0]):
            best = found
    return best[1] if best else None


def _joints(clause: str, segmenter: Segmenter) -> Iterator[tuple[int, int]]:
    """Where the words stand that join two sides."""
    at = 0
    for word in segmenter.words(clause, guess=False):
        start = clause.find(word, at)
        at = start + len(word)
        if word in _BETWEEN and start > 0 and at < len(clause):
            yield start, at
    yield from ((found.start(), found.end()) for found in re.finditer("、", clause))


def _around(clause: str, start: int, end: int, segmenter: Segmenter) -> tuple[int, _Sides] | None:
    """The sides before and after a joint, the surer the higher the number before them."""
    left, right = clause[:start].strip(_MARK), clause[end:]
    context, left = _without_context(left, right, segmenter)
    is_measured = clause[start:end] in _MEASURING
    sureness, size = _end_of_second(left, right, is_measured or _MARK in right, segmenter)
    second, after = right[:size], right[size:]
    head, _, tail = left.partition("的")
    if tail and "的" not in second and is_place(head) and is_place(second):
        # 北京的罚款比上海高多少
        left, after = head, f"{tail} {after}"
    joint = "、" if clause[start:end] == "、" else "\n"
    names = _enumerated(f"{left}{joint}{second}", segmenter)
    sides = tuple(dict.fromkeys(name.strip(_AROUND) for name in names))
    if len(sides) < 2 or not all(_is_name(side) for side in sides):
        return None
    if is_measured and any(_TIME.match(side) for side in sides):
        return None
    if any(map(_WHEN_ALONE.match, sides)) and not all(map(_WHEN.match, sides)):
        return None
    return sureness, _Sides(sides, f"{context} {after}")


def _enumerated(names: str, segmenter: Segmenter) -> list[str]:
    """The names of an enumeration, in lines: 甲和乙、丙 are three, for 、 stands beside 和."""
    found: list[str] = []
    for line in names.split("\n"):
        pieces = line.split("、")
        for piece in pieces:
            joint = next(_joints(piece, segmenter), None) if len(pieces) > 1 else None
            found += [piece[: joint[0]], piece[joint[1] :]] if joint else [piece]
    return found


def _is_name(side: str) -> bool:
    is_short = 0 < len(side) <= LONGEST_SIDE and _MARK not in side
    return is_short and side[0].isalnum() and side not in _STOPS and not _ASKS.search(side)


def _without_context(left: str, right: str, segmenter: Segmenter) -> tuple[str, str]:
    """What stands before the first side, and the first side: 威海 | 新小区 before 老小区."""
    words = segmenter.words(left, guess=False)
    starts_with_place = bool(words) and is_place(words[0]) and left.startswith(words[0])
    rest = left[len(words[0]) :].lstrip("的") if starts_with_place else ""
    if len(rest) > 1 and not places_in(right):
        return words[0], rest
    return "", left


def _end_of_second(
    left: str, right: str, is_measured: bool, segmenter: Segmenter
) -> tuple[int, int]:
    """How sure it is where the second side ends, and how many characters it has."""
    alike = _ending_alike(left, right)
    first = next(iter(segmenter.words(right, guess=False)), "")
    last = next(reversed(segmenter.words(left, guess=False)), "")
    if is_place(first) and is_place(last) and right.startswith(first):
        if last == left and not alike:
            return 3, len(first)
        return (3, alike) if alike else (3, _up_to_stop(left, right, is_measured, segmenter))
    if alike:
        return 2, alike
    return 1, _up_to_stop(left, right, is_measured, segmenter)


def _ending_alike(left: str, right: str) -> int:
    """Where a second name ends that ends like the first: 公家的 | 私人的谁来护; 0 where none does."""
    for size in range(min(LONGEST_ENDING, len(left) - 1), 0, -1):
        ending = left[-size:]
        at = right.find(ending, 1)
        if 0 < at <= LONGEST_SIDE and (size > 1 or ending in _ENDINGS):
            return at + size
    return 0


def _up_to_stop(left: str, right: str, is_measured: bool, segmenter: Segmenter) -> int:
    """Where the second name ends by the first word that can be no part of it."""
    has_verb = any(map(leads, segmenter.words(left, guess=False)))
    size = 0
    for word in segmenter.words(right, guess=False):
        start = right.find(word, size)
        is_end = word in _STOPS or (word == "的" and "的" not in left)
        is_end |= size > 0 and not has_verb and leads(word)
        if is_end or _MARK in right[size:start] or (is_measured and word in _MEASURES):
            break
        size = start + len(word)
    is_cut = len(left) > 1 and (size == 1 or leads(right[:size]))
    return _described(right, segmenter) if is_cut and "的" in right[size:] else size


def _described(right: str, segmenter: Segmenter) -> int:
    """Where a second name ends that a verb describes: 〔只领补贴的老人〕每月交多少."""
    of = right.index("的") + 1
    noun = next(iter(segmenter.words(right[of:], guess=False)), "")
    return of + len(noun) if right.startswith(noun, of) else of
