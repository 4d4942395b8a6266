"""Whether a question carries the answer before it on: 详细说说第二点, 还有吗, 举个例子.

The regular expressions are in `rules/continuing.toml`.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Literal, NamedTuple

from bot.question.smalltalk import needed_no_document, without_courtesy
from corpus.language.quantities import numeral_value
from corpus.language.text import fold

Wish = Literal["detail", "more", "example"]

RULES_FILE = Path(__file__).parent / "rules/continuing.toml"

LONGEST = 40
"""Characters of a question that says nothing of its own."""

LAST = -1
"""The number of the last point."""

_RULES = tomllib.loads(RULES_FILE.read_text("utf-8"))
_ENGLISH = [
    "first",
    "second",
    "third",
    "fourth",
    "fifth",
    "sixth",
    "seventh",
    "eighth",
    "ninth",
    "tenth",
]
_ENGLISH_NUMBERS = ["one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten"]
_PARTS = frozenset("条段款篇则") | {"部分"}
# 第一个层面是什么 before 第二个呢
_COUNTS = re.compile(r"第[一二三四五六七八九十两\d]")
_END = " \t?？.。!！,，;；~…"


class Continuing(NamedTuple):
    """What is wanted of the answer before: of one of its points, or of all of it.

    `number` is that of a point from 1, LAST, or 0; `unit` what it is called (点, 条), or empty;
    `label` words that name a point (上海 in 上海那条), folded, or empty. `is_named` where a name is all
    that shows it (详细说说上海).
    """

    wish: Wish
    number: int = 0
    unit: str = ""
    label: str = ""
    is_named: bool = False
    is_loose: bool = False

    @property
    def may_stand_alone(self) -> bool:
        """Whether it may be asked of the documents themselves: 第三条是什么意思."""
        return bool(self.label) or self.unit in _PARTS or self.is_loose


class Continued(NamedTuple):
    """The turn whose answer is carried on (its number in the history, None without one), and how.

    `steps` are the latest last: 还有吗 after 还有吗 is two. `said` is what was answered since.
    """

    turn: int | None
    steps: tuple[Continuing, ...]
    said: str = ""


def _filled(pattern: str) -> re.Pattern[str]:
    words = _RULES["words"]
    while found := re.search(r"<([A-Z_]+)>", pattern):
        pattern = pattern.replace(found.group(), words[found[1].lower()])
    # A number has one of several units, whose groups may not share a name.
    for name in ("number", "unit"):
        parts = pattern.split(f"(?P<{name}>")
        pattern = parts[0] + "".join(
            f"(?P<{name}{at}>{part}" for at, part in enumerate(parts[1:], 1)
        )
    return re.compile(pattern)


_PATTERNS: Mapping[Wish, Sequence[re.Pattern[str]]] = {
    wish: [_filled(pattern) for pattern in _RULES[wish]["asked"]]
    for wish in ("example", "detail", "more")
}


def continuing(asked: str) -> Continuing | None:
    """What `asked` wants of the answer before it; None where it asks something of its own."""
    folded = fold(without_courtesy(asked)).strip(_END)
    if len(folded) > LONGEST:
        return None
    for wish, patterns in _PATTERNS.items():
        for pattern in patterns:
            if found := pattern.fullmatch(folded):
                return _wanted(wish, found.groupdict())
    return None


def _wanted(wish: Wish, groups: Mapping[str, str | None]) -> Continuing:
    held = {name.rstrip("0123456789"): text for name, text in groups.items() if text}
    number = _number(held["number"]) if "number" in held else 0
    if "last" in held:
        number = LAST
    if "first" in held:
        number = 1
    label = held.get("label") or held.get("named") or ""
    unit = held.get("unit", "")
    return Continuing(wish, number, unit, label.strip(), "named" in held, "loose" in held)


def _number(written: str) -> int:
    for words in (_ENGLISH, _ENGLISH_NUMBERS):
        if written in words:
            return words.index(written) + 1
    return numeral_value(written) or 0


def continued(asked: str, history: Sequence[Mapping[str, str]]) -> Continued | None:
    """The answer that `asked` carries on after the turns of `history`, oldest first.

    None where it asks something of its own.
    """
    step = _step(asked, history)
    if step is None:
        return None
    steps = [step]
    for number in range(len(history) - 1, -1, -1):
        turn = history[number]
        if turn["role"] != "user" or needed_no_document(number, history):
            continue
        before = _step(turn["content"], history[:number])
        if before is None:
            if step.is_loose and _COUNTS.search(fold(turn["content"])):
                return None
            return Continued(number, tuple(reversed(steps)), _answers(history[number:]))
        steps.append(before)
    return None if step.may_stand_alone else Continued(None, tuple(reversed(steps)))


def _step(asked: str, history: Sequence[Mapping[str, str]]) -> Continuing | None:
    """What `asked` wants of the answer before it, if the point that is named was told."""
    step = continuing(asked)
    if step is None or not step.label:
        return step
    told = fold(_answers(history))
    if not told:
        return None if step.is_named else step
    if step.is_named:
        names = [line.partition(":")[0] for line in told.splitlines() if ":" in line]
        return step if any(step.label in name for name in names) else None
    return step if step.label in told else None


def _answers(history: Sequence[Mapping[str, str]]) -> str:
    """All that was answered in some turns."""
    return "\n".join(turn["content"] for turn in history if turn["role"] == "assistant")
