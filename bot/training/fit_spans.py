"""Fits where an answer begins and ends: `python -m bot.training.fit_spans FOLDER`, with the sets for fitting.

Fitted on the 5 % of CMRC's paragraphs before the last 5 % and the DRCD paragraphs 1, 6, 11 …. The figures printed are
of these, each fifth of the documents by weights fitted on the others.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt
import torch
from tqdm import tqdm

from bot.evals.datasets import read_dataset
from bot.evals.measures import character_f1, exact_match
from bot.reader.network import SpanReader
from bot.reader.network_weights import reader_folder
from bot.reader.span_selection import (
    FEATURES,
    WEIGHTS,
    SpanWeights,
    candidate_spans,
    save_span_weights,
    weigh,
)
from bot.training.data import Question, questions_of
from bot.training.fit_scorer import CMRC, DRCD
from corpus.errors import ended
from corpus.language.text import Segmenter
from index.e5.convert import default_cache

Floats = npt.NDArray[np.float64]

STRENGTH = 10.0
"""L2 penalty on standardised weights, against those of a network that is followed as it is."""

FOLDS = 5


@dataclass(frozen=True, slots=True, eq=False)
class Example:
    """The n spans that may answer a question about a document: `features` (n, len(FEATURES)), `right` (n, 2) EM, F1."""

    doc_id: str
    features: Floats
    right: Floats


def read(reader: SpanReader, question: Question, segmenter: Segmenter) -> Example:
    """What a network sees for a question in the document that answers it."""
    document, answer = question.gold.document, question.gold.text
    (seen,) = reader.read(question.text, [(document.title, document.text)])
    found = list(
        candidate_spans(question.text, document.text, seen, segmenter, (0, len(document.text)))
    )
    said = [document.text[choice.span.start : choice.span.end] for choice in found]
    right = [(exact_match(text, answer), character_f1(text, answer)) for text in said]
    return Example(
        document.doc_id,
        np.stack([choice.features for choice in found]),
        np.array(right, np.float64),
    )


def fit(examples: Sequence[Example]) -> SpanWeights:
    """The weights with the highest expected mean of EM and F1, spans being drawn by the exponential of their score."""
    scale = np.concatenate([example.features for example in examples]).std(axis=0) + 1e-9
    features = [torch.from_numpy(example.features / scale) for example in examples]
    rewards = [torch.from_numpy(example.right.mean(axis=1)) for example in examples]
    # The odds are halved log-odds.
    begun = torch.tensor([2 * scale[0]] + [0.0] * (len(FEATURES) - 1), dtype=torch.float64)
    weights = begun.clone().requires_grad_()
    optimizer = torch.optim.LBFGS([weights], max_iter=100, line_search_fn="strong_wolfe")

    def loss() -> torch.Tensor:
        optimizer.zero_grad()
        expected = [
            torch.softmax(f @ weights, 0) @ r for f, r in zip(features, rewards, strict=True)
        ]
        total = STRENGTH / 2 * (weights - begun).square().sum() - torch.stack(expected).sum()
        total.backward()  # type: ignore[no-untyped-call]
        return total

    optimizer.step(loss)  # type: ignore[no-untyped-call]
    return dict(zip(FEATURES, (weights.detach().numpy() / scale).tolist(), strict=True))


def achieved(examples: Sequence[Example], weights: SpanWeights) -> Floats:
    """(n, 2) EM and F1 of the span chosen for each example."""
    return np.stack(
        [example.right[int(np.argmax(weigh(example.features, weights)))] for example in examples]
    )


def main(arguments: Sequence[str] | None = None) -> int:
    """Fits, prints the figures and writes the weights."""
    parser = argparse.ArgumentParser(prog="python -m bot.training.fit_spans", description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument(
        "--weights", type=Path, help="of the network; by default those that come with the program"
    )
    parser.add_argument("--output", type=Path, default=WEIGHTS)
    options = parser.parse_args(arguments)
    reader = SpanReader(reader_folder(default_cache(), *filter(None, [options.weights])), threads=2)
    segmenter = Segmenter()
    sets = {
        name: questions_of(read_dataset(options.folder / name, None), "fit")
        for name in (DRCD, CMRC)
    }
    asked = [(name, question) for name, questions in sets.items() for question in questions]
    found = [
        (name, read(reader, question, segmenter)) for name, question in tqdm(asked, file=sys.stderr)
    ]
    save_span_weights(fit([example for _, example in found]), options.output)
    folds = {
        doc_id: at % FOLDS
        for at, doc_id in enumerate(sorted({example.doc_id for _, example in found}))
    }
    followed = dict.fromkeys(FEATURES, 0.0) | {"odds": 2.0}
    told: dict[str, list[Floats]] = {name: [] for name in sets}
    for fold in range(FOLDS):
        weights = fit([example for _, example in found if folds[example.doc_id] != fold])
        for name in sets:
            left = [
                example for one, example in found if one == name and folds[example.doc_id] == fold
            ]
            told[name].append(np.hstack([achieved(left, followed), achieved(left, weights)]))
    for name, parts in told.items():
        n, (em, f1, em_chosen, f1_chosen) = sum(map(len, parts)), np.concatenate(parts).mean(axis=0)
        sys.stdout.write(
            f"{name}: n {n}, EM {em:.3f} → {em_chosen:.3f}, F1 {f1:.3f} → {f1_chosen:.3f}\n"
        )
    return 0


if __name__ == "__main__":
    sys.exit(ended(main))
