"""Fits what orders the sentences of a question and what decides: `python -m bot.training.fit FOLDER`.

FOLDER has the public sets (docs/data.md). Both fits are written with and without the network's
columns, into ranking.json and decision.json. `bot.training.leave_out` says what they are worth on a
kind of text that they have not seen.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
from scipy.optimize import minimize

from bot.reader.decision import DECIDING, DECISION, Decision, deciding, is_impossible
from bot.reader.features import FEATURES
from bot.reader.network import SpanReader
from bot.reader.network_weights import WEIGHTS, reader_folder
from bot.reader.ranking import OF_NETWORK, RANKING, FitName, Ranking, in_order
from bot.settings import Settings, home
from bot.training.examples import Example, examples_of, load_examples, save_examples
from bot.training.kinds import TextKind, family, read_kinds
from corpus.errors import ended
from index import Vectors
from index.disk import file_sha256
from index.e5.convert import default_cache

Floats = npt.NDArray[np.float64]
Mask = npt.NDArray[np.bool_]

RANKING_PENALTY = 0.1
"""Weight of the squares of the standardised weights against the mean loss of a question."""

DECISION_PENALTY = 0.01
"""The same of the decision."""

Bound = tuple[float | None, float | None]

FREE: Bound = (None, None)
FOR: Bound = (0, None)
AGAINST: Bound = (None, 0)
BOUNDS: Mapping[str, Bound] = dict.fromkeys(
    ("span", "answer", "margin", "passage", "scope", "context", "defines", "lead", "lead_document"),
    FOR,
) | dict.fromkeys(("place", "year", "number", "ordinal", "name", "kind", "date", "rival"), AGAINST)
"""What a feature may count. Questions that were written with few words of their answer would else
teach that shared words speak against a sentence.
"""

OVER_REFUSED = 0.01
"""Share of the questions whose best sentence is right that may be refused: the threshold lies there."""

_OF_NETWORK = [FEATURES.index(name) for name in sorted(OF_NETWORK)]

SMALLEST_DEVIATION = 1e-6
"""Added to the deviation of a feature, so that one that never differs divides by no 0."""


@dataclass(frozen=True, slots=True)
class Fit:
    """A ranking and the decision about its best."""

    ranking: Ranking
    decision: Decision

    def probability(self, example: Example) -> tuple[int, float]:
        """The number of the best sentence of an example, and how likely it answers."""
        scores = self.ranking.scores(example.features)
        row = deciding(example.features, scores, example.documents.tolist())
        return int(np.argmax(scores)), self.decision.probability(row)


def fit(examples: Sequence[Example], name: FitName, without: Iterable[str] = ()) -> Fit:
    """Both fits to the examples that no rule has answered; features in `without` get no weight."""
    left_out = frozenset(without) | (OF_NETWORK if name == "rules" else frozenset())
    weighed = [e for e in as_read_by(name, examples) if not e.ruled and len(e.right)]
    if name == "neural":
        weighed = [e for e in weighed if e.is_read]
    ranking = fit_ranking(weighed, left_out)
    return Fit(ranking, fit_decision(weighed, ranking, left_out))


def as_read_by(name: FitName, examples: Sequence[Example]) -> Sequence[Example]:
    """The examples as a reader sees them: by rules no network has read any."""
    if name == "neural":
        return examples
    unread = []
    for example in examples:
        features = example.features.copy()
        features[:, _OF_NETWORK] = 0
        unread.append(replace(example, features=features))
    return unread


def fit_ranking(examples: Sequence[Example], left_out: frozenset[str]) -> Ranking:
    """Weights with which the right sentences of a question come first: listwise.

    The loss of a question is -log of the share of its right sentences in a softmax over all of them
    (Cao et al. 2007, "Learning to Rank: From Pairwise Approach to Listwise Approach", with several
    right ones). Every kind of text counts the same.
    """
    used = [e for e in examples if e.right.any() and not e.right.all()]
    columns = [at for at, name in enumerate(FEATURES) if name not in left_out]
    matrix = np.concatenate([e.features for e in used])[:, columns].astype(np.float64)
    deviation = matrix.std(axis=0) + SMALLEST_DEVIATION
    matrix /= deviation
    right = np.concatenate([e.right for e in used])
    starts = np.cumsum([0, *(len(e.right) for e in used)])[:-1]
    weights = _weights_by_kind(used)

    def loss(weights_of: Floats) -> tuple[float, Floats]:
        scores = matrix @ weights_of
        scores -= np.repeat(np.maximum.reduceat(scores, starts), np.diff([*starts, len(scores)]))
        mass = np.exp(scores)
        whole = np.add.reduceat(mass, starts)
        good = np.add.reduceat(mass * right, starts)
        sizes = np.diff([*starts, len(scores)])
        of_all = mass / np.repeat(whole, sizes)
        of_good = mass * right / np.repeat(good, sizes)
        each = np.log(whole) - np.log(good)
        slope = matrix.T @ ((of_all - of_good) * np.repeat(weights, sizes))
        penalty = RANKING_PENALTY * weights_of
        return float(weights @ each + penalty @ weights_of / 2), slope + penalty

    names = [FEATURES[column] for column in columns]
    bounds = [BOUNDS.get(name, FREE) for name in names]
    start = np.zeros(len(columns))
    found = minimize(loss, start, jac=True, method="L-BFGS-B", bounds=bounds).x / deviation
    return Ranking({name: round(float(w), 4) for name, w in zip(names, found, strict=True)})


def fit_decision(
    examples: Sequence[Example], ranking: Ranking, left_out: frozenset[str]
) -> Decision:
    """A logistic regression with one row a question, those that are impossible left out: whether the
    best sentence answers.

    Every kind of text counts the same.
    """
    rows, right = deciding_rows(examples, ranking)
    possible = [at for at, row in enumerate(rows) if not is_impossible(row)]
    examples = [examples[at] for at in possible]
    rows, right = rows[possible], right[possible]
    columns = [at for at, name in enumerate(DECIDING) if name not in left_out]
    names = [DECIDING[column] for column in columns]
    matrix = rows[:, columns].astype(np.float64)
    mean, deviation = matrix.mean(axis=0), matrix.std(axis=0) + SMALLEST_DEVIATION
    standard = np.column_stack([(matrix - mean) / deviation, np.ones(len(matrix))])
    weight = _weights_by_kind(examples)
    signs = np.where(right, 1.0, -1.0)

    def loss(weights_of: Floats) -> tuple[float, Floats]:
        odds = signs * (standard @ weights_of)
        each = np.logaddexp(0, -odds)
        slope = standard.T @ (-signs * weight / (1 + np.exp(odds)))
        penalty = DECISION_PENALTY * np.append(weights_of[:-1], 0)
        return float(weight @ each + penalty @ weights_of / 2), slope + penalty

    bounds = [*(BOUNDS.get(name, FREE) for name in names), FREE]
    start = np.zeros(len(names) + 1)
    solution = minimize(loss, start, jac=True, method="L-BFGS-B", bounds=bounds).x
    found = solution[:-1] / deviation
    bias = float(solution[-1] - found @ mean)
    weights = {name: round(float(w), 4) for name, w in zip(names, found, strict=True)}
    odds = rows @ in_order(weights, DECIDING) + bias
    threshold = _threshold(examples, right, 1 / (1 + np.exp(-odds)))
    return Decision(weights, round(bias, 4), round(threshold, 4))


def deciding_rows(examples: Sequence[Example], ranking: Ranking) -> tuple[Vectors, Mask]:
    """(n, len(DECIDING)) of n examples, and (n,) whether the best sentence is right."""
    rows: list[Vectors] = []
    right: list[bool] = []
    for example in examples:
        scores = ranking.scores(example.features)
        rows.append(deciding(example.features, scores, example.documents.tolist()))
        right.append(bool(example.right[int(np.argmax(scores))]))
    return np.stack(rows), np.array(right, bool)


def _threshold(examples: Sequence[Example], right: Mask, probabilities: Floats) -> float:
    """The probability below which OVER_REFUSED of the right answers lie, the mean of the kinds."""
    by_kind: dict[str, list[float]] = {}
    for example, is_right, sure in zip(examples, right, probabilities.tolist(), strict=True):
        if is_right:
            by_kind.setdefault(family(example.kind), []).append(sure)
    return float(np.mean([np.quantile(found, OVER_REFUSED) for found in by_kind.values()]))


def _weights_by_kind(examples: Sequence[Example]) -> Floats:
    """(n,) that add to 1: every kind of text counts the same, and so does every example of a kind, but
    that the two deletions of a question count half each.
    """
    sizes: dict[str, float] = {}
    for example in examples:
        kind = family(example.kind)
        sizes[kind] = sizes.get(kind, 0.0) + _size(example)
    each = [_size(one) / (len(sizes) * sizes[family(one.kind)]) for one in examples]
    return np.array(each)


def _size(example: Example) -> float:
    return 1.0 if example.deletion == "nothing" else 0.5


def read_examples(
    folder: Path,
    settings: Settings,
    sample: int = 0,
    make: Callable[[TextKind], Iterable[Example]] = examples_of,
    weights: Path = WEIGHTS,
) -> list[Example]:
    """The examples of all kinds, read by the network with `weights`, made once and kept in CHENGWEN_HOME."""
    found: list[Example] = []
    network = SpanReader(reader_folder(default_cache(), weights), threads=2)
    read_by = file_sha256(weights)[:16]
    for kind in read_kinds(folder, settings, sample):
        kind.service.network = network
        library = kind.service.index["fingerprint"]
        kept = home() / "fit" / f"{make.__name__}-{kind.name}-{library}-{read_by}-{sample}.npz"
        if not kept.is_file():
            save_examples(list(make(kind)), kept)
        found += load_examples(kept)
    return found


def save(fits: Mapping[FitName, Fit], ranking: Path = RANKING, decision: Path = DECISION) -> None:
    """Writes the weights by name."""
    rankings: dict[str, Any] = {}
    decisions: dict[str, Any] = {}
    for name, one in fits.items():
        rankings[name] = dict(one.ranking.weights)
        decisions[name] = {
            **one.decision.weights,
            "bias": one.decision.bias,
            "threshold": one.decision.threshold,
        }
    ranking.write_text(json.dumps(rankings, indent=1) + "\n", encoding="utf-8")
    decision.write_text(json.dumps(decisions, indent=1) + "\n", encoding="utf-8")


def main(arguments: Sequence[str] | None = None) -> int:
    """Fits and writes the weights."""
    parser = argparse.ArgumentParser(prog="python -m bot.training.fit", description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--sample", type=int, default=0, help="questions of each part of a kind")
    options = parser.parse_args(arguments)
    examples = read_examples(options.folder, Settings(reader="neural"), options.sample)
    fitting = [example for example in examples if example.part == "fit"]
    names: tuple[FitName, ...] = ("neural", "rules")
    fits = {name: fit(fitting, name) for name in names}
    save(fits)
    for name, one in fits.items():
        sys.stdout.write(f"{name}: threshold {one.decision.threshold}\n")
    return 0


if __name__ == "__main__":
    sys.exit(ended(main))
