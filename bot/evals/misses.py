"""Why a question was missed: the first stage, from the corpus to the reader, at which its gold was lost."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal, get_args

from bot.evals.datasets import Case
from bot.evals.datasets.quotes import find_quote
from bot.evals.runs import Result
from corpus import Document, Passage
from index import Hit

Reason = Literal[
    "not_indexed",
    "cut",
    "both_miss",
    "lexical_miss",
    "dense_miss",
    "fused_out",
    "below_cut",
    "wrongly_answered",
    "wrongly_refused",
    "reader_wrong",
]
"""In the order of the stages. `both_miss`: neither half of the search brought it."""

STAGES: tuple[Reason, ...] = get_args(Reason)

COVERED = 0.5
"""Share of the gold's characters that a passage must hold to count for it, as in the measures."""


@dataclass(frozen=True, slots=True)
class Miss:
    """`group` is the group of gold that was lost, from 0; `ranks` where each half has it, from 1, None beyond its list.

    `rank` is its place in the run.
    """

    reason: Reason
    group: int = 0
    ranks: tuple[tuple[str, int | None], ...] = ()
    rank: int | None = None


def why_missed(
    case: Case,
    result: Result,
    passages: Iterable[Passage],
    halves: Mapping[str, Sequence[Hit]],
    k: int,
) -> Miss | None:
    """The miss of the group that was lost first; None where everything that is required was cited, or rightly refused.

    `passages` are those of the index, `halves` what each half that the run used brings to the question, best first; an
    answer is read from the first `k`. Of the alternatives of a group the one that came farthest counts.
    """
    answered = result.answer["outcome"] == "answered"
    if case.outcome != "answered":
        return Miss("wrongly_answered") if answered and case.outcome == "absent" else None
    wanted = {span.document.doc_id for group in case.gold for span in group}
    search = _Search(
        result, [passage for passage in passages if passage.document.doc_id in wanted], halves, k
    )
    missed = (
        search.lost(number, group)
        for number, group in enumerate(case.gold)
        if not any(is_cited(span, result) for span in group)
    )
    return min(missed, key=lambda miss: STAGES.index(miss.reason), default=None)


def is_cited(gold: Passage, result: Result) -> bool:
    """Whether a citation shares half of the shorter of the two with `gold`."""
    for cited in result.answer["citations"]:
        shared = min(cited["end"], gold.end) - max(cited["start"], gold.start)
        shorter = min(cited["end"] - cited["start"], gold.end - gold.start)
        if cited["doc_id"] == gold.document.doc_id and 2 * shared >= shorter > 0:
            return True
    return False


def covers(passage: Passage, gold: Passage) -> bool:
    """Whether the passage holds COVERED of `gold`."""
    shared = min(passage.end, gold.end) - max(passage.start, gold.start)
    return (
        passage.document.doc_id == gold.document.doc_id
        and shared >= COVERED * (gold.end - gold.start) > 0
    )


def kept_case(result: Result, documents: Mapping[str, Document]) -> Case | None:
    """The case as the run kept it in `answer["case"]`, a native row; None where it kept none.

    Gold is found again in `documents` by its quote; of what is in none of them, the quote stands alone.
    """
    row: Mapping[str, Any] = result.answer.get("case") or {}
    if not row:
        return None
    gold = tuple(
        tuple(span for item in group for span in _spans(item, documents)) for group in row["gold"]
    )
    history, answers = tuple(row.get("history", ())), tuple(row["answers"])
    return Case(
        result.case_id, row["kind"], row["question"], history, gold, answers, row["outcome"]
    )


@dataclass(frozen=True, slots=True)
class _Search:
    """What is known of one search: the run's own ranking, and what it could have found."""

    result: Result
    passages: Sequence[Passage]
    halves: Mapping[str, Sequence[Hit]]
    k: int

    def lost(self, number: int, group: Sequence[Passage]) -> Miss:
        """Of the alternatives, the miss of the one that came farthest."""
        return max(
            (self._lost(number, gold) for gold in group), key=lambda miss: STAGES.index(miss.reason)
        )

    def _lost(self, number: int, gold: Passage) -> Miss:
        if all(passage.document.doc_id != gold.document.doc_id for passage in self.passages):
            return Miss("not_indexed", number)
        holding = {passage.passage_id for passage in self.passages if covers(passage, gold)}
        if not holding:
            return Miss("cut", number)
        rank = _rank([hit.passage_id for hit in self.result.hits], holding)
        ranks = {
            half: _rank([hit.passage.passage_id for hit in hits], holding)
            for half, hits in self.halves.items()
        }
        if rank is not None and rank <= self.k:
            reason: Reason = (
                "reader_wrong" if self.result.answer["outcome"] == "answered" else "wrongly_refused"
            )
        else:
            reason = _not_found(ranks, self.k)
        return Miss(reason, number, tuple(ranks.items()), rank)


def _not_found(ranks: Mapping[str, int | None], k: int) -> Reason:
    lacking = [half for half, rank in ranks.items() if rank is None]
    if len(lacking) == len(ranks) > 1:
        return "both_miss"
    if len(ranks) > 1 and any(rank is not None and rank <= k for rank in ranks.values()):
        return "fused_out"
    if lacking:
        return "lexical_miss" if lacking[0] == "lexical" else "dense_miss"
    return "below_cut"


def _rank(found: Sequence[str], wanted: set[str]) -> int | None:
    return next((rank for rank, passage_id in enumerate(found, 1) if passage_id in wanted), None)


def _spans(item: Mapping[str, Any], documents: Mapping[str, Document]) -> tuple[Passage, ...]:
    document = documents.get(item["doc_id"])
    found = find_quote(document, item["quote"], item.get("start")) if document else None
    if found:
        return found.spans
    alone = Document(item["doc_id"], item["doc_id"], item["quote"])
    return (Passage(alone, 0, len(item["quote"])),)
