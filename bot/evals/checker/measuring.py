"""What the checks say of the examples, counted by kind, by kind of text and by half."""

from __future__ import annotations

import time
from collections.abc import Iterable, Sequence
from typing import NamedTuple

import numpy as np

from bot.evals.checker.examples import Example
from bot.evals.checker.material import HALVES, TEXT_KINDS
from bot.llm.checks import Checked, Checker


class Outcome(NamedTuple):
    """An example, whether the checks are right about it, what they say, and how long they took.

    `milliseconds` are of the processor, that of this thread; `reading` those that reading the candidates
    took before, once for all sentences of an answer.
    A faithful sentence keeps the mark of its source; a corrupt one is caught: it has no support, and
    a wrong mark does not stay.
    """

    example: Example
    is_right: bool
    checked: Checked
    milliseconds: float
    reading: float


def measure(checker: Checker, examples: Iterable[Example]) -> list[Outcome]:
    """Checks all examples. What they cite is read before, as it is once for all sentences of an answer."""
    found = []
    for example in examples:
        begin = time.thread_time()
        checker.prepare(example.candidates)
        start = time.thread_time()
        checked = checker.check(example.sentence, example.candidates, "")
        spent = 1000 * (time.thread_time() - start)
        reading = 1000 * (start - begin)
        found.append(Outcome(example, is_right(example, checked), checked, spent, reading))
    return found


def is_right(example: Example, checked: Checked) -> bool:
    """Whether the checks judge an example rightly."""
    if example.is_faithful:
        return checked.is_supported and 1 in checked.sentence.marks
    if example.kind == "wrong mark":
        return example.sentence.marks[0] not in checked.sentence.marks
    return not checked.is_supported


def table(outcomes: Sequence[Outcome]) -> str:
    """A Markdown table: a row a kind, a column a half and a kind of text, each right of all."""
    heads = [f"{half}: {kind}" for half in HALVES for kind in ("all", *TEXT_KINDS)]
    lines = ["| | " + " | ".join(heads) + " |", "|---" * (len(heads) + 1) + "|"]
    kinds = list(dict.fromkeys(one.example.kind for one in outcomes))
    for is_faithful in (True, False):
        own = [one for one in outcomes if one.example.is_faithful == is_faithful]
        for kind in kinds:
            of_kind = [one for one in own if one.example.kind == kind]
            if of_kind:
                lines.append(_row(kind, of_kind))
        name = "faithful, kept" if is_faithful else "corrupt, caught"
        lines.append(_row(f"**{name}**", own))
        for group in () if is_faithful else ("wrong", "swapped:"):
            of_group = [one for one in own if one.example.kind.startswith(group)]
            lines.append(_row(f"**{group}**", of_group))
    spent = np.percentile([one.milliseconds for one in outcomes], [50, 95])
    reading = np.percentile([one.reading for one in outcomes], [50, 95])
    lines.append(f"\nms a sentence: p50 {spent[0]:.1f}, p95 {spent[1]:.1f}")
    lines.append(f"ms to read its candidates: p50 {reading[0]:.1f}, p95 {reading[1]:.1f}")
    return "\n".join(lines) + "\n"


def _row(name: str, outcomes: Sequence[Outcome]) -> str:
    cells = []
    for half in HALVES:
        of_half = [one for one in outcomes if one.example.half == half]
        cells.append(_cell(of_half))
        for kind in TEXT_KINDS:
            cells.append(_cell([one for one in of_half if one.example.text_kind == kind]))
    return f"| {name} | " + " | ".join(cells) + " |"


def _cell(outcomes: Sequence[Outcome]) -> str:
    right = sum(one.is_right for one in outcomes)
    return f"{right}/{len(outcomes)}" if outcomes else ""
