"""Fits when a short answer is sure: `python -m bot.training.fit_sure FOLDER`, with the public sets.

Questions of every kind of text are asked of their library as the service is; those whose answer is
given with a short one are learned from. The figures printed are of the reporting questions, each kind
by weights and a threshold fitted on the other kinds, and of the fit to all.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt
from tqdm import tqdm

from bot.evals.text_measures import exact_match
from bot.reader.logistic import Logistic
from bot.reader.network_reading import read_passages
from bot.reader.sureness import SIGNS, SURE, Signs
from bot.reader.translated import with_short_answer
from bot.service import PASSAGES_SEARCHED, Service
from bot.settings import Settings
from bot.training.kinds import Asked, Part, TextKind, family, read_kinds
from bot.training.logistic import Mask, fit_logistic
from corpus.errors import ended
from corpus.language.quantities import quantities
from corpus.language.text import fold
from index import Vectors

RIGHT = 0.91
"""Share of the sure short answers of kinds left out that are right by the golden ones. Of 27 sure ones
that these call wrong a person calls eight right (岸田 for 首相岸田文雄). From .93 on half as many are
sure, and of the reporting ones .942 are right in place of .935.
"""

SHORTEST = 3
"""Characters of a right short answer that is less than the golden one, at least."""

_RULED = SIGNS.index("ruled")

PROMISED = ("number", "date", "person", "place")
"""The kinds of questions of which half should be sure."""

MORE = 4
"""Characters that a right short answer has more or less than the golden one, at most."""


Floats = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Given:
    """A short answer that was given: what is known of it, and whether it is right.

    `asks` is the kind of question.
    """

    kind: str
    part: Part
    asks: str
    signs: Signs
    is_right: bool
    shown: str


def is_right(short: str, answers: Sequence[str]) -> bool:
    """Whether a short answer is a golden one, or has all of its numbers and at most MORE characters
    more or less: 第五代 of 第五代老板, 广州市天河区 of 天河区.
    """
    return any(exact_match(short, gold) or _is_nearly(short, gold) for gold in answers)


def _is_nearly(short: str, gold: str) -> bool:
    said, wanted = fold(short), fold(gold)
    held = {(one.value, one.unit) for one in quantities(said)}
    needed = {(one.value, one.unit) for one in quantities(wanted)}
    if abs(len(said) - len(wanted)) > MORE or not needed <= held:
        return False
    is_amount = bool(needed) and needed == held
    return is_amount or wanted in said or (len(said) >= SHORTEST and said in wanted)


def short_answers(kind: TextKind) -> Iterator[Given]:
    """The short answers that are given to the questions of a kind.

    Those that nothing answers are asked too: whatever is given then is wrong.
    """
    for asked in kind.questions:
        if asked.gold and not asked.answers:
            continue
        given = _asked(kind.service, asked)
        if given is not None:
            asks, short, signs = given
            right = is_right(short, asked.answers)
            shown = f"{asked.question} | {short} | {asked.answers}"
            yield Given(kind.name, asked.part, asks, signs, right, shown)


def _asked(service: Service, asked: Asked) -> tuple[str, str, Signs] | None:
    """The kind of a question, its short answer and the signs of that; None where none is given."""
    question = service.understand(asked.question)
    scope = service.scope_of(question)
    if scope.missing is not None:
        return None
    hits = service.search(question, PASSAGES_SEARCHED, scope)
    scores = read_passages(service.network, question, hits, scope)
    reading = service.reader.read(question, hits, scores, scope)
    segmenter = service.snapshot.segmenter
    reading = with_short_answer(reading, question, hits, service.network, segmenter)
    if not reading.short_answer or reading.signs[_RULED]:
        return None
    return question.kind, reading.short_answer, reading.signs


def fit_sure(given: Sequence[Given]) -> Logistic:
    """The regression, and the least probability from which RIGHT are right where each kind is left out."""
    sure: list[Floats] = []
    right: list[Mask] = []
    for kind in sorted({family(one.kind) for one in given}):
        others = [one for one in given if family(one.kind) != kind]
        own = [one for one in given if family(one.kind) == kind]
        if others:
            sure.append(_regression(others).probabilities(_matrix(own)).astype(np.float64))
            right.append(np.array([one.is_right for one in own], bool))
    least = least_probability(np.concatenate(sure), np.concatenate(right))
    whole = _regression(given)
    return Logistic(whole.weights, whole.bias, round(least, 4))


def least_probability(sure: Floats, right: Mask) -> float:
    """The lowest of (n,) probabilities from which RIGHT of the answers are right; 1 where none is."""
    order = np.argsort(-sure, kind="stable")
    shares = np.cumsum(right[order]) / np.arange(1, len(order) + 1)
    enough = np.flatnonzero(shares >= RIGHT)
    return float(sure[order][enough[-1]]) if len(enough) else 1.0


def _regression(given: Sequence[Given]) -> Logistic:
    right = np.array([one.is_right for one in given], bool)
    return fit_logistic(_matrix(given), right, 0.0)


def _matrix(given: Sequence[Given]) -> Vectors:
    """(n, len(SIGNS)) of n short answers."""
    return np.array([one.signs for one in given], np.float32).reshape(-1, len(SIGNS))


def table(given: Sequence[Given], fit: Callable[[str], Logistic]) -> str:
    """A line for each kind: its reporting short answers by the fit that `fit` gives for it."""
    lines = [
        "| kind | given | right | promised kinds: sure | sure ones right | all: sure | right |"
    ]
    lines.append("|---|---|---|---|---|---|---|")
    for kind in dict.fromkeys(one.kind for one in given):
        own = [one for one in given if one.kind == kind and one.part == "report"]
        if own:
            lines.append(_line(kind, own, fit(kind)))
    return "\n".join(lines) + "\n"


def _line(kind: str, own: Sequence[Given], one: Logistic) -> str:
    right = np.array([given.is_right for given in own], bool)
    sure = one.probabilities(_matrix(own)) >= one.least
    promised = np.array([given.asks in PROMISED for given in own], bool)
    cells = [f"{len(own)}", _share(right), _share(sure[promised]), _share(right[sure & promised])]
    cells += [_share(sure), _share(right[sure])]
    return f"| {kind} | " + " | ".join(cells) + " |"


def _share(of: Mask) -> str:
    return f"{of.mean():.3f} ({of.sum()} of {len(of)})" if len(of) else ""


def main(arguments: Sequence[str] | None = None) -> int:
    """Fits, prints the figures and writes the weights."""
    parser = argparse.ArgumentParser(prog="python -m bot.training.fit_sure", description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--sample", type=int, default=0, help="questions of each part of a kind")
    parser.add_argument(
        "--wrong", action="store_true", help="the sure ones of the fit that are wrong"
    )
    options = parser.parse_args(arguments)
    given: list[Given] = []
    for kind in tqdm(read_kinds(options.folder, Settings(reader="neural"), options.sample)):
        given += short_answers(kind)
    fitting = [one for one in given if one.part == "fit"]
    whole = fit_sure(fitting)

    def without(kind: str) -> Logistic:
        return fit_sure([one for one in fitting if family(one.kind) != family(kind)])

    sys.stdout.write("left out\n" + table(given, without) + "fitted on all\n")
    sys.stdout.write(table(given, lambda kind: whole))
    if options.wrong:
        sure = whole.probabilities(_matrix(fitting)) >= whole.least
        for one, is_sure in zip(fitting, sure.tolist(), strict=True):
            if is_sure and not one.is_right:
                sys.stdout.write(f"{one.kind}: {one.shown}\n")
    SURE.write_text(json.dumps(whole.by_name(SIGNS), indent=1) + "\n", encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(ended(main))
