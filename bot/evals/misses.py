"""Why a question was missed: the first stage, from corpus to reader, that lost its gold."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal, get_args

from bot.evals.datasets import Case
from bot.evals.datasets.quotes import find_quote
from bot.evals.measures import cites, covers
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


@dataclass(frozen=True, slots=True)
class Miss:
    """Where a group of gold was lost.

    `group` is its number, from 0. `ranks` are the ranks at which each half of the search has it,
    from 1, None where it does not; `rank` is that in the run.
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
    """The miss of the group that was lost first; None where all that is required was cited, or
    rightly refused.

    `passages` are those of the index, `halves` what each half that the run used brings to the
    question, best first; an answer is read from the first `k`. Of the alternatives of a group the
    one that came farthest counts.
    """
    if case.outcome != "answered":
        wrongly_answered = case.outcome == "absent" and _is_answered(result)
        return Miss("wrongly_answered") if wrongly_answered else None
    wanted = {span.document.doc_id for group in case.gold for span in group}
    candidates = [passage for passage in passages if passage.document.doc_id in wanted]
    search = _Search(result, candidates, halves, k)
    misses = []
    for number, group in enumerate(case.gold):
        if not any(is_cited(span, result) for span in group):
            misses.append(search.miss_of_group(number, group))
    return min(misses, key=_stage, default=None)


def is_cited(gold: Passage, result: Result) -> bool:
    """Whether a citation shares half of the shorter of the two with `gold`."""
    for citation in result.answer["citations"]:
        if citation["doc_id"] != gold.document.doc_id:
            continue
        if cites(Passage(gold.document, citation["start"], citation["end"]), gold):
            return True
    return False


def kept_case(result: Result, documents: Mapping[str, Document]) -> Case | None:
    """The case as the run kept it in `answer["case"]`, a native row; None where it kept none.

    Gold is found again in `documents` by its quote. A quote that is in none of them stands alone.
    """
    row: Mapping[str, Any] = result.answer.get("case") or {}
    if not row:
        return None
    gold = []
    for group in row["gold"]:
        spans: list[Passage] = []
        for item in group:
            spans += _spans(item, documents)
        gold.append(tuple(spans))
    return Case(
        case_id=result.case_id,
        kind=row["kind"],
        question=row["question"],
        history=tuple(row.get("history", ())),
        gold=tuple(gold),
        answers=tuple(row["answers"]),
        outcome=row["outcome"],
    )


@dataclass(frozen=True, slots=True)
class _Search:
    """What is known of one search: the ranking of the run, and what it could have found."""

    result: Result
    passages: Sequence[Passage]
    halves: Mapping[str, Sequence[Hit]]
    k: int

    def miss_of_group(self, number: int, group: Sequence[Passage]) -> Miss:
        """Of the alternatives, the miss of the one that came farthest."""
        return max((self._miss(number, gold) for gold in group), key=_stage)

    def _miss(self, number: int, gold: Passage) -> Miss:
        if all(passage.document.doc_id != gold.document.doc_id for passage in self.passages):
            return Miss("not_indexed", number)
        covering = {passage.passage_id for passage in self.passages if covers(passage, gold)}
        if not covering:
            return Miss("cut", number)
        rank = _rank([hit.passage_id for hit in self.result.hits], covering)
        ranks: dict[str, int | None] = {}
        for half, hits in self.halves.items():
            ranks[half] = _rank([hit.passage.passage_id for hit in hits], covering)
        return Miss(self._reason(rank, ranks), number, tuple(ranks.items()), rank)

    def _reason(self, rank: int | None, ranks: Mapping[str, int | None]) -> Reason:
        """Why gold that a passage covers was not cited."""
        if rank is None or rank > self.k:
            return _not_found(ranks, self.k)
        return "reader_wrong" if _is_answered(self.result) else "wrongly_refused"


def _not_found(ranks: Mapping[str, int | None], k: int) -> Reason:
    """Why gold is not among the first `k`, from its rank in each half of the search."""
    lacking = [half for half, rank in ranks.items() if rank is None]
    is_fused = len(ranks) > 1
    if is_fused and len(lacking) == len(ranks):
        return "both_miss"
    if is_fused and any(rank is not None and rank <= k for rank in ranks.values()):
        return "fused_out"
    if lacking:
        return "lexical_miss" if lacking[0] == "lexical" else "dense_miss"
    return "below_cut"


def _rank(found: Sequence[str], wanted: set[str]) -> int | None:
    """The rank of the first that is wanted, from 1."""
    for rank, passage_id in enumerate(found, 1):
        if passage_id in wanted:
            return rank
    return None


def _stage(miss: Miss) -> int:
    return STAGES.index(miss.reason)


def _is_answered(result: Result) -> bool:
    return bool(result.answer["outcome"] == "answered")


def _spans(item: Mapping[str, Any], documents: Mapping[str, Document]) -> tuple[Passage, ...]:
    document = documents.get(item["doc_id"])
    found = find_quote(document, item["quote"], item.get("start")) if document else None
    if found:
        return found.spans
    alone = Document(item["doc_id"], item["doc_id"], item["quote"])
    return (Passage(alone, 0, len(item["quote"])),)
