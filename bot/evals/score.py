"""Scores a batch of answers against a question set, by kind.

chengwen ask --batch QUESTIONS --json | python -m bot.evals.score QUESTIONS
"""

from __future__ import annotations

import argparse
import json
import sys
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

from bot.evals.datasets import Case, read_dataset
from bot.evals.measures import SEVERAL
from corpus import Passage, UsageError
from corpus.errors import ended
from corpus.load import read_corpus

ARTICLES = Path(__file__).resolve().parents[2] / "corpus" / "articles"
MEASURES = ("hit@3", "cited", "in text", "answered", "refused", "outcome")
TARGETS = {"hit@3": 0.95, "cited": 0.85, "in text": 0.85, "answered": 0.95, "refused": 0.80}

Scores = dict[str, float]


def overlaps(span: Mapping[str, Any], gold: Passage) -> bool:
    """Whether a span (doc_id, start, end; characters) and a gold span share half of the shorter one."""
    if span["doc_id"] != gold.document.doc_id:
        return False
    shared = min(span["end"], gold.end) - max(span["start"], gold.start)
    return bool(shared * 2 >= min(span["end"] - span["start"], gold.end - gold.start))


def score(case: Case, answer: Mapping[str, Any]) -> Scores:
    """The measures of one answer, 0 or 1 each; only those that apply to the case."""
    scores = {"outcome": float(answer["outcome"] == case.outcome)}
    if case.outcome == "absent":
        scores["refused"] = float(answer["outcome"] != "answered")
    if case.outcome == "answered":
        gold = [span for group in case.gold for span in group]
        needed = all if case.kind in SEVERAL else any
        scores |= {
            "hit@3": float(any(overlaps(hit, span) for hit in answer["hits"][:3] for span in gold)),
            "cited": float(
                any(overlaps(cited, span) for cited in answer["citations"] for span in gold)
            ),
            "in text": float(
                answer["answered"] and needed(part in answer["text"] for part in case.answers)
            ),
            "answered": float(answer["answered"]),
        }
    return scores


def by_kind(scored: Iterable[tuple[str, Scores]]) -> dict[str, dict[str, tuple[float, int]]]:
    """Kind → measure → (mean, number of cases it applies to)."""
    found: dict[str, dict[str, list[float]]] = defaultdict(lambda: defaultdict(list))
    for kind, scores in scored:
        for name, value in scores.items():
            found[kind][name].append(value)
    return {
        kind: {name: (sum(values) / len(values), len(values)) for name, values in measures.items()}
        for kind, measures in found.items()
    }


def table(title: str, scored: Sequence[tuple[str, Scores]]) -> list[str]:
    """Lines of a table with a row a kind, and the whole beside the targets."""
    lines = [f"{title:<14}{'n':>4}" + "".join(f"{name:>10}" for name in MEASURES)]
    rows = by_kind(scored) | {"ALL": by_kind([("ALL", s) for _, s in scored])["ALL"]}
    for kind, measures in rows.items():
        cells = (
            f"{measures[name][0]:10.3f}" if name in measures else f"{'':>10}" for name in MEASURES
        )
        lines.append(f"{kind:<14}{measures['outcome'][1]:>4}" + "".join(cells))
    goals = (f"{TARGETS[name]:>10.2f}" if name in TARGETS else f"{'':>10}" for name in MEASURES)
    return [*lines, f"{'target':<18}" + "".join(goals)]


def main(arguments: Sequence[str] | None = None) -> int:
    """Reads answers from standard input; prints a table for each part of the set (the id before its first hyphen)."""
    parser = argparse.ArgumentParser(prog="python -m bot.evals.score", description=__doc__)
    parser.add_argument("questions", type=Path)
    parser.add_argument("--corpus", type=Path, default=ARTICLES)
    options = parser.parse_args(arguments)
    dataset = read_dataset(options.questions, read_corpus(options.corpus)[0])
    for left in dataset.left_out:
        sys.stderr.write(f"{left.where} {left.zh} / left out: {left.en}\n")
    cases = {case.case_id: case for case in dataset.cases}
    answers = {row["id"]: row for row in map(json.loads, filter(str.strip, sys.stdin))}
    missing = sorted(cases.keys() - {name for name, row in answers.items() if "error" not in row})
    if missing:
        raise UsageError(
            f"缺少 {len(missing)} 题的回答：{missing[:5]}",
            f"answers lack {len(missing)} questions: {missing[:5]}",
        )
    parts: dict[str, list[tuple[str, Scores]]] = defaultdict(list)
    for name, case in cases.items():
        parts[name.partition("-")[0]].append((case.kind, score(case, answers[name])))
    for part, scored in parts.items():
        sys.stdout.write("\n".join([*table(part, scored), "", ""]))
    return 0


if __name__ == "__main__":
    sys.exit(ended(main))
