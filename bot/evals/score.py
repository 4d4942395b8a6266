"""Scores a batch of answers against a question set, by kind.

chengwen ask --batch QUESTIONS --json | python -m bot.evals.score QUESTIONS

The measures are those of `chengwen eval run`; the ranking is the passages that came with an answer.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

from bot.answer import Answer, Citation
from bot.evals.datasets import Case, Dataset, RetrievalUnit, read_dataset
from bot.evals.figures import by_kind
from bot.evals.measures import score_answer, score_rankings
from bot.evals.runs import Result
from corpus import Document, Passage, UsageError
from corpus.errors import ended
from corpus.load import read_corpus
from index import Hit

ARTICLES = Path(__file__).resolve().parents[2] / "corpus" / "articles"

COLUMNS = ("Success@3", "cited", "in text", "answered", "refused", "outcome")
"""Measures that are shown."""

TARGETS = {"Success@3": 0.95, "cited": 0.85, "in text": 0.85, "answered": 0.95, "refused": 0.80}
"""What the project's own question sets should reach."""


def read_answer(row: Mapping[str, Any], documents: Mapping[str, Document]) -> Answer:
    """The answer in a line of `chengwen ask --batch --json`.

    Raises UsageError where it cites or found a document that is not in `documents`, or is not an
    answer.
    """
    try:
        citations = []
        for citation in row.get("citations", ()):
            document = documents[citation["doc_id"]]
            citations.append(Citation(document, citation["start"], citation["end"]))
        hits = []
        for hit in row.get("hits", ()):
            passage = Passage(documents[hit["doc_id"]], hit["start"], hit["end"])
            hits.append(Hit(passage, hit.get("score", 0.0)))
        return Answer(
            question=row.get("question", ""),
            outcome=row["outcome"],
            text=row.get("text", ""),
            hits=tuple(hits),
            citations=tuple(citations),
            short_answer=row.get("short_answer"),
        )
    except (KeyError, ValueError, TypeError) as error:
        raise UsageError(
            f"{row.get('id')} 的回答无法评分：{error}。请确认它出自同一份语料（--corpus）。",
            f"The answer to {row.get('id')} cannot be scored: {error}. "
            "Check that it was made with the same corpus (--corpus).",
        ) from error


def score(case: Case, answer: Answer, unit: RetrievalUnit = "passage") -> Result:
    """What the answer to a case scores, as a run keeps it."""
    ranked = score_rankings([case], {case.case_id: answer.hits}, unit)[case.case_id]
    scores = ranked | score_answer(case, answer)
    return Result(case.case_id, case.kind, case.case_id, case.question, scores, (), {})


def table(title: str, results: Sequence[Result]) -> list[str]:
    """Lines of a table with a row a kind, one for all, and one for the targets."""
    everything = [Result("", "ALL", "", "", result.scores, (), {}) for result in results]
    lines = [f"{title:<14}{'n':>4}" + "".join(f"{name:>10}" for name in COLUMNS)]
    for kind, means in (by_kind(results) | by_kind(everything)).items():
        _, n = means["outcome"]
        cells = [f"{means[name][0]:.3f}" if name in means else "" for name in COLUMNS]
        lines.append(f"{kind:<14}{n:>4}" + "".join(f"{cell:>10}" for cell in cells))
    goals = [f"{TARGETS[name]:.2f}" if name in TARGETS else "" for name in COLUMNS]
    lines.append(f"{'target':<18}" + "".join(f"{goal:>10}" for goal in goals))
    return lines


def main(arguments: Sequence[str] | None = None) -> int:
    """Reads answers from standard input and prints a table for each part of the set.

    The part of a question is its id before the first hyphen.

    Raises UsageError where answers are missing.
    """
    parser = argparse.ArgumentParser(prog="python -m bot.evals.score", description=__doc__)
    parser.add_argument("questions", type=Path)
    parser.add_argument("--corpus", type=Path, default=ARTICLES)
    options = parser.parse_args(arguments)
    dataset = read_dataset(options.questions, read_corpus(options.corpus)[0])
    for left in dataset.left_out:
        sys.stderr.write(f"{left.where} {left.zh} / left out: {left.en}\n")
    parts: dict[str, list[Result]] = {}
    for result in _scored(dataset, sys.stdin):
        parts.setdefault(result.case_id.partition("-")[0], []).append(result)
    for part, results in parts.items():
        sys.stdout.write("\n".join([*table(part, results), "", ""]))
    return 0


def _scored(dataset: Dataset, lines: Iterable[str]) -> list[Result]:
    """What each case of the set scores.

    Raises UsageError, with the first few ids, where answers are missing.
    """
    rows: dict[str, Mapping[str, Any]] = {}
    for line in lines:
        if not line.strip():
            continue
        row = json.loads(line)
        if "error" not in row:
            rows[row["id"]] = row
    missing = sorted(case.case_id for case in dataset.cases if case.case_id not in rows)
    if missing:
        raise UsageError(
            f"缺少 {len(missing)} 题的回答：{missing[:5]}",
            f"answers lack {len(missing)} questions: {missing[:5]}",
        )
    documents = {document.doc_id: document for document in dataset.documents}
    results = []
    for case in dataset.cases:
        answer = read_answer(rows[case.case_id], documents)
        results.append(score(case, answer, dataset.unit))
    return results


if __name__ == "__main__":
    sys.exit(ended(main))
