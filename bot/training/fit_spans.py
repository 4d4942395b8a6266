"""Fits where an answer begins and ends: `python -m bot.training.fit_spans FOLDER`, with the fitting sets.

Fitted on the 5 % of CMRC's paragraphs before the last 5 % and on the DRCD paragraphs 1, 6, 11 ….
The figures printed are of these, each fifth of the documents by weights fitted on the others.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt
import torch
from tqdm import tqdm

from bot.evals.datasets import read_dataset
from bot.evals.text_measures import character_f1, exact_match
from bot.reader.network import ReadingTask, SpanReader
from bot.reader.network_weights import reader_folder
from bot.reader.span_selection import (
    FEATURES,
    WEIGHTS,
    SpanWeights,
    candidate_spans,
    save_span_weights,
    weigh,
)
from bot.training.data import AnsweredQuestion, questions_of
from bot.training.kinds import CMRC, DRCD
from corpus.errors import ended
from corpus.language.text import Segmenter
from index.e5.convert import default_cache

Floats = npt.NDArray[np.float64]

STRENGTH = 10.0
"""L2 penalty on the distance of the standardised weights from UNFITTED."""

FOLDS = 5
"""Parts of the documents, each measured by weights fitted on the others."""

UNFITTED: SpanWeights = dict.fromkeys(FEATURES, 0.0) | {"odds": 2.0}
"""The weights that follow the network as it is. The odds of a span are halved log-odds."""

SMALLEST_DEVIATION = 1e-9
"""Added to the deviation of a feature, so that one that never differs divides by no 0."""


@dataclass(frozen=True, slots=True, eq=False)
class SpanExample:
    """The n spans that may answer a question about a document.

    `features` is (n, len(FEATURES)), `right` (n, 2) the exact match and the F1 of each, 0 to 1.
    """

    doc_id: str
    features: Floats
    right: Floats


def read(reader: SpanReader, question: AnsweredQuestion, segmenter: Segmenter) -> SpanExample:
    """The spans that the network finds for a question in the document that answers it."""
    document, answer = question.gold.document, question.gold.text
    (scores,) = reader.read([ReadingTask(question.text, document.title, document.text)])
    within = (0, len(document.text))
    features = []
    right = []
    for candidate in candidate_spans(question.text, document.text, scores, segmenter, within):
        text = document.text[candidate.span.start : candidate.span.end]
        features.append(candidate.features)
        right.append((exact_match(text, answer), character_f1(text, answer)))
    return SpanExample(document.doc_id, np.stack(features), np.array(right, np.float64))


def fit(examples: Sequence[SpanExample]) -> SpanWeights:
    """The weights with the highest expected mean of exact match and F1.

    The expectation is over spans drawn with a probability by the exponential of their score.
    """
    every = np.concatenate([example.features for example in examples])
    scale = every.std(axis=0) + SMALLEST_DEVIATION
    features = [torch.from_numpy(example.features / scale) for example in examples]
    rewards = [torch.from_numpy(example.right.mean(axis=1)) for example in examples]
    unfitted = torch.from_numpy(np.array([UNFITTED[name] for name in FEATURES]) * scale)
    weights = unfitted.clone().requires_grad_()
    optimizer = torch.optim.LBFGS([weights], max_iter=100, line_search_fn="strong_wolfe")

    def loss() -> torch.Tensor:
        optimizer.zero_grad()
        expected = []
        for matrix, reward in zip(features, rewards, strict=True):
            probabilities = torch.softmax(matrix @ weights, 0)
            expected.append(probabilities @ reward)
        penalty = STRENGTH / 2 * (weights - unfitted).square().sum()
        total = penalty - torch.stack(expected).sum()
        total.backward()  # type: ignore[no-untyped-call]
        return total

    optimizer.step(loss)  # type: ignore[no-untyped-call]
    fitted = weights.detach().numpy() / scale
    return dict(zip(FEATURES, fitted.tolist(), strict=True))


def achieved(examples: Iterable[SpanExample], weights: SpanWeights) -> Floats:
    """(n, 2) the exact match and the F1 of the span chosen for each of n examples."""
    rows = []
    for example in examples:
        chosen = int(np.argmax(weigh(example.features, weights)))
        rows.append(example.right[chosen])
    return np.stack(rows)


def cross_validated(examples: Sequence[tuple[str, SpanExample]]) -> dict[str, Floats]:
    """The figures of each set by its name, of weights fitted on the other documents.

    `examples` are pairs of the set's name and an example. The figures are (n, 4): exact match and
    F1 by UNFITTED, then both by the fitted weights.
    """
    doc_ids = sorted({example.doc_id for _, example in examples})
    fold_of = {doc_id: number % FOLDS for number, doc_id in enumerate(doc_ids)}
    parts: dict[str, list[Floats]] = {name: [] for name, _ in examples}
    for fold in range(FOLDS):
        weights = fit([one for _, one in examples if fold_of[one.doc_id] != fold])
        held_out = [(name, one) for name, one in examples if fold_of[one.doc_id] == fold]
        for name, rows in parts.items():
            of_set = [example for of, example in held_out if of == name]
            rows.append(np.hstack([achieved(of_set, UNFITTED), achieved(of_set, weights)]))
    return {name: np.concatenate(rows) for name, rows in parts.items()}


def main(arguments: Sequence[str] | None = None) -> int:
    """Fits, prints the figures and writes the weights."""
    options = _parser().parse_args(arguments)
    weights = filter(None, [options.weights])
    reader = SpanReader(reader_folder(default_cache(), *weights), threads=2)
    segmenter = Segmenter()
    questions: list[tuple[str, AnsweredQuestion]] = []
    for name in (DRCD, CMRC):
        dataset = read_dataset(options.folder / name, None)
        questions += [(name, question) for question in questions_of(dataset, "fit")]
    examples = []
    for name, question in tqdm(questions, file=sys.stderr):
        examples.append((name, read(reader, question, segmenter)))
    save_span_weights(fit([example for _, example in examples]), options.output)
    for name, rows in cross_validated(examples).items():
        exact, f1, fitted_exact, fitted_f1 = rows.mean(axis=0)
        sys.stdout.write(
            f"{name}: n {len(rows)}, EM {exact:.3f} → {fitted_exact:.3f}, "
            f"F1 {f1:.3f} → {fitted_f1:.3f}\n"
        )
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m bot.training.fit_spans", description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument(
        "--weights", type=Path, help="of the network; by default those that come with the program"
    )
    parser.add_argument("--output", type=Path, default=WEIGHTS)
    return parser


if __name__ == "__main__":
    sys.exit(ended(main))
