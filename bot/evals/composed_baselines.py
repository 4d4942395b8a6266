"""What is cited without composing: `python -m bot.evals.composed_baselines SET --corpus CORPUS`.

Two baselines for composed questions: the first sentence of every section of the document, and the
best passage shown whole.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np

from bot.answer import Answer, Citation
from bot.composer.composition import CITED_AT_MOST
from bot.evals.datasets import Case, read_dataset, select
from bot.evals.measures import COMPOSED_MEASURES, score_composed
from bot.index_build import open_service
from bot.service import Service
from bot.settings import Settings
from corpus import Document
from corpus.errors import ended
from corpus.language.text import sentences

Baseline = Callable[[Service, Case], Sequence[Citation]]

MEASURES = ("points", "whole", "precision")


def first_sentences(service: Service, case: Case) -> list[Citation]:
    """The first sentence of every section of the document that the question is about."""
    document = _document_meant(service, case)
    found: list[Citation] = []
    for section in document.sections if document else ():
        body = section.start + len(section.heading)
        spans = sentences(document.text[body : section.end]) if document else []
        if document and spans:
            found.append(Citation(document, body + spans[0][0], body + spans[0][1]))
    return found[:CITED_AT_MOST]


def best_passage(service: Service, case: Case) -> list[Citation]:
    """The passage that the search puts first, as one citation."""
    hits = service.search(case.question, 1)
    return [Citation(hit.passage.document, hit.passage.start, hit.passage.end) for hit in hits]


BASELINES: dict[str, Baseline] = {
    "first sentence of every section": first_sentences,
    "best passage": best_passage,
}


def _document_meant(service: Service, case: Case) -> Document | None:
    """The document that a question names, or else that of the best passage."""
    scope = service.scope_of(service.understand(case.question))
    if scope.is_sure:
        return scope.aims[0].document
    hits = service.search(case.question, 1)
    return hits[0].passage.document if hits else None


def scores(service: Service, cases: Sequence[Case], baseline: Baseline) -> dict[str, float]:
    """The mean of each measure over the cases that it applies to."""
    values: dict[str, list[float]] = {}
    for case in cases:
        cited = tuple(baseline(service, case))
        answer = Answer(case.question, "answered" if cited else "absent", "", citations=cited)
        for name, value in score_composed(case, answer).items():
            values.setdefault(name, []).append(value)
    return {name: float(np.mean(each)) for name, each in values.items()}


def main(arguments: Sequence[str] | None = None) -> int:
    """Prints a line for each baseline."""
    parser = argparse.ArgumentParser(prog="python -m bot.evals.composed_baselines")
    parser.add_argument("dataset", type=Path)
    parser.add_argument("--corpus", type=Path)
    parser.add_argument("--part", choices=("all", "fit", "report"), default="report")
    options = parser.parse_args(arguments)
    service = open_service(Settings(reader="rules"), options.corpus)
    dataset = read_dataset(options.dataset, service.snapshot.collection.documents)
    cases = select(dataset, options.part).cases
    for name, baseline in BASELINES.items():
        found = scores(service, cases, baseline)
        shown = "  ".join(
            f"{m.name} {found[m.name]:.2f}" for m in COMPOSED_MEASURES if m.name in MEASURES
        )
        sys.stdout.write(f"{name:<34}n {len(cases)}  {shown}\n")
    return 0


if __name__ == "__main__":
    sys.exit(ended(main))
