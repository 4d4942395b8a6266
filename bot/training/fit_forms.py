"""Fits which form of answer a question asks for: `python -m bot.training.fit_forms FOLDER`.

FOLDER has CMRC (docs/data.md), whose questions are facts. The others are in tests/data: by six
writers, each left out in turn to say how well the fit does on questions of somebody else, and the
composed questions that are for fitting.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections import Counter
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
from scipy.optimize import minimize
from scipy.sparse import csr_matrix, hstack

from bot.evals.datasets import read_dataset
from bot.question.analysis import Question, analyse
from bot.question.forms import (
    FORMS,
    VECTOR_SCALE,
    WEIGHTS,
    AskedForm,
    FormModel,
    feature_names,
    gram_value,
    likeliest,
)
from bot.training.kinds import CMRC, SHIPPED
from corpus.errors import ended
from corpus.language.text import Segmenter
from index import Encoder, Vectors
from index.encoder import load_encoder

Floats = npt.NDArray[np.float64]

WRITTEN = SHIPPED / "asked-forms.jsonl"

FACTS = 600
"""Questions of CMRC that are taken as facts."""

LEAST_OFTEN = 3
"""Questions that have a character or a pair from which it counts."""

PENALTY = 0.1
"""Weight of the squares of the weights, against the summed loss."""

NOT_FACTS = ("list", "yes")
"""Kinds of question that are no facts, though CMRC is a set of facts."""


class Labelled(NamedTuple):
    """A question with the form that it asks for, and who wrote it."""

    question: Question
    form: AskedForm
    writer: str


def read_labelled(folder: Path) -> list[Labelled]:
    """All questions to fit on. Raises OSError where a file is missing."""
    segmenter = Segmenter()
    found = []
    for row in _rows(WRITTEN):
        question = analyse(row["question"], segmenter)
        found.append(Labelled(question, _form(row["form"]), f"writer {row['writer']}"))
    for path in sorted(SHIPPED.glob("composed-*.jsonl")):
        for row in _rows(path):
            if row["part"] == "fit" and row["kind"] in FORMS:
                question = analyse(row["question"], segmenter)
                found.append(Labelled(question, _form(row["kind"]), "composed"))
    cases = read_dataset(folder / CMRC).cases
    for case in cases[:: max(1, len(cases) // FACTS)]:
        question = analyse(case.question, segmenter)
        if question.kind not in NOT_FACTS:
            found.append(Labelled(question, "fact", "CMRC"))
    return found


def _form(name: str) -> AskedForm:
    return FORMS[FORMS.index(name)]


def _rows(path: Path) -> Iterable[dict[str, str]]:
    for line in path.read_text("utf-8").splitlines():
        yield json.loads(line)


def fit(labelled: Sequence[Labelled], vectors: Vectors | None) -> FormModel:
    """The weights that make the forms of n questions likeliest; `vectors` (n, dim) are theirs, if any."""
    names = [feature_names(one.question) for one in labelled]
    often = Counter(name for of_one in names for name in of_one)
    known = sorted(name for name, count in often.items() if count >= LEAST_OFTEN)
    rows = {name: row for row, name in enumerate(known)}
    matrix = _matrix(names, rows, vectors)
    right = np.array([FORMS.index(one.form) for one in labelled])
    picked = np.eye(len(FORMS))[right]
    shape = (matrix.shape[1], len(FORMS))

    def loss(flat: Floats) -> tuple[float, Floats]:
        weights = flat.reshape(shape)
        odds = matrix @ weights
        odds -= odds.max(axis=1, keepdims=True)
        whole = np.log(np.exp(odds).sum(axis=1, keepdims=True))
        penalised = weights.copy()
        penalised[-1] = 0
        value = (whole - (odds * picked).sum(axis=1, keepdims=True)).sum()
        slope = matrix.T @ (np.exp(odds - whole) - picked) + PENALTY * penalised
        return float(value + PENALTY * (penalised**2).sum() / 2), np.asarray(slope).ravel()

    start = np.zeros(shape).ravel()
    found = minimize(loss, start, jac=True, method="L-BFGS-B", options={"maxiter": 300}).x
    weights = found.reshape(shape).astype(np.float32)
    return FormModel(rows, weights[: len(rows)], weights[len(rows) : -1], weights[-1])


def _matrix(
    names: Sequence[Sequence[str]], rows: dict[str, int], vectors: Vectors | None
) -> csr_matrix:
    """(n, features + dim + 1): what each question has, its vector, and a 1 for the bias."""
    columns: list[int] = []
    values: list[float] = []
    ends = [0]
    for of_one in names:
        own = [rows[name] for name in of_one if name in rows]
        columns += own
        values += [gram_value(len(own))] * len(own)
        ends.append(len(columns))
    grams = csr_matrix((values, columns, ends), (len(names), len(rows)))
    dense = np.ones((len(names), 1)) if vectors is None else _with_ones(VECTOR_SCALE * vectors)
    return csr_matrix(hstack([grams, csr_matrix(dense)]))


def _with_ones(vectors: Vectors) -> Floats:
    return np.column_stack([vectors, np.ones(len(vectors))])


def left_out(labelled: Sequence[Labelled], vectors: Vectors | None) -> str:
    """A table: of the questions of each writer, fitted on the others, how many forms are told right."""
    writers = list(dict.fromkeys(one.writer for one in labelled))
    lines = ["| writer | n | right | facts | others |", "|---|---|---|---|---|"]
    every = []
    for writer in writers:
        others = [n for n, one in enumerate(labelled) if one.writer != writer]
        model = fit(_at(labelled, others), vectors[others] if vectors is not None else None)
        right = []
        for number, one in enumerate(labelled):
            if one.writer == writer:
                vector = vectors[number] if vectors is not None else None
                right.append((one.form, _told(model, one.question, vector)))
        lines.append(_line(writer, right))
        every += right
    lines.append(_line("all", every))
    for form in FORMS:
        own = [pair for pair in every if pair[0] == form]
        taken = [pair for pair in every if pair[1] == form]
        found = sum(told == form for _, told in own) / len(own)
        exact = sum(asked == form for asked, _ in taken) / max(1, len(taken))
        lines.append(f"| {form} | {len(own)} | found {found:.3f} | right {exact:.3f} | |")
    return "\n".join(lines)


def _told(model: FormModel, question: Question, vector: Vectors | None) -> AskedForm:
    return likeliest(model.probabilities(question, vector))


def _at(labelled: Sequence[Labelled], numbers: Sequence[int]) -> list[Labelled]:
    return [labelled[number] for number in numbers]


def _line(name: str, pairs: Sequence[tuple[AskedForm, AskedForm]]) -> str:
    facts = [told == asked for asked, told in pairs if asked == "fact"]
    others = [told == asked for asked, told in pairs if asked != "fact"]
    shares = [f"{np.mean(of):.3f}" if of else "" for of in (facts + others, facts, others)]
    return f"| {name} | {len(pairs)} | {' | '.join(shares)} |"


def vectors_of(labelled: Sequence[Labelled], encoder: Encoder) -> Vectors:
    """(n, dim) of what was asked."""
    return encoder.encode_query([one.question.asked for one in labelled])


def main() -> int:
    """Prints how well the fits do on writers left out, and writes them with --write."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--write", action="store_true", help="write forms.npz")
    options = parser.parse_args()
    labelled = read_labelled(options.folder)
    dense = vectors_of(labelled, load_encoder())
    stored = {}
    for name, vectors in (("dense", dense), ("words", None)):
        sys.stdout.write(f"{name}\n{left_out(labelled, vectors)}\n")
        model = fit(labelled, vectors)
        stored[f"{name}_features"] = np.array(list(model.rows))
        stored[f"{name}_weights"] = model.weights.astype(np.float16)
        stored[f"{name}_vector"] = model.of_vector.astype(np.float16)
        stored[f"{name}_bias"] = model.bias
    if options.write:
        np.savez_compressed(WEIGHTS, **stored)  # type: ignore[arg-type]
    return 0


if __name__ == "__main__":
    sys.exit(ended(main))
