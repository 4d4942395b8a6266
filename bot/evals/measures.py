"""Measures of evaluation: their names, and those of one question.

Of one question: how well a ranking finds its gold, and how well an answer states and cites it. Gold
is text, so a passage counts by the share of gold characters that it covers, however it was cut;
touching is not covering. Those of a whole set are in `refusal_measures.py`. Every measure is between
0 and 1, and only those that apply are given.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import ir_measures
import numpy as np

from bot.answer import Answer
from bot.composer.verdict_words import every_verdict
from bot.evals.datasets import Case, RetrievalUnit
from bot.evals.text_measures import character_f1, exact_match, folded
from corpus import Passage, UsageError
from index import Hit

Group = tuple[Passage, ...]
"""Spans of gold that are alternatives of each other."""


@dataclass(frozen=True, slots=True)
class Measure:
    """A measure of one question, and where it stands beside the reports, which have all of them.

    `table` is the table of `eval run` and `eval sweep`, `headline` the list of runs at /evals.
    `compared` measures are those of `eval compare`, `gated` those of `eval gate`.
    """

    name: str
    table: bool = False
    headline: bool = False
    compared: bool = False
    gated: bool = False


RANK_MEASURES = (
    Measure("R@1", table=True, headline=True, compared=True, gated=True),
    Measure("R@3", table=True),
    Measure("R@5", table=True, headline=True, compared=True),
    Measure("R@10"),
    Measure("R@100"),
    Measure("RR@10", table=True, headline=True, compared=True),
    Measure("nDCG@10", table=True, headline=True, compared=True, gated=True),
    Measure("AP@100"),
    Measure("Success@1"),
    Measure("Success@3"),
)
"""Computed by ir_measures, and named as it prints them."""

SPAN_MEASURES = (
    Measure("covered>0@5"),
    Measure("covered>=.5@5"),
    Measure("covered=1@5"),
    Measure("span@500"),
    Measure("span@1000", table=True, headline=True, compared=True),
    Measure("span@2000"),
)
"""Of the characters of gold that a ranking brings; see `score_rankings`."""

ANSWER_MEASURES = (
    Measure("EM", table=True),
    Measure("F1", table=True, headline=True, compared=True),
    Measure("in text", table=True, headline=True, compared=True, gated=True),
    Measure("cited", table=True, headline=True, compared=True, gated=True),
    Measure("citation P"),
    Measure("citation R"),
    Measure("answered", table=True, compared=True, gated=True),
    Measure("refused", table=True, headline=True, compared=True, gated=True),
    Measure("outcome"),
)
"""Of an answer; see `score_answer`."""

COMPOSED_MEASURES = (
    Measure("points", table=True, compared=True),
    Measure("whole", table=True, compared=True),
    Measure("precision", table=True, compared=True),
    Measure("near"),
    Measure("opened", table=True),
    Measure("opening", table=True),
)
"""Of an answer put together from several sentences; see `score_composed`."""

QUESTION_MEASURES = RANK_MEASURES + SPAN_MEASURES + ANSWER_MEASURES + COMPOSED_MEASURES
"""Every measure of one question, in the order in which all tables have them."""

SET_MEASURES = (
    "refusal P",
    "refusal R",
    "refusal F1",
    "over-refusal",
    "AUROC",
    "AUPRC",
    "AURC",
    "coverage@80",
    "coverage@90",
    "coverage@95",
)
"""Measures of a whole set; see `score_refusals` in refusal_measures.py."""

TABLE = tuple(measure.name for measure in QUESTION_MEASURES if measure.table)
HEADLINE = tuple(measure.name for measure in QUESTION_MEASURES if measure.headline)
COMPARED = tuple(measure.name for measure in QUESTION_MEASURES if measure.compared)
GATED = tuple(measure.name for measure in QUESTION_MEASURES if measure.gated)


def in_order(names: Iterable[str]) -> list[str]:
    """`names` in the order of the measures, each once.

    Names that are not measures, as older runs may have, come last.
    """
    known = [measure.name for measure in QUESTION_MEASURES] + list(SET_MEASURES)
    present = dict.fromkeys(names)
    ordered = [name for name in known if name in present]
    return ordered + [name for name in present if name not in known]


HALF = 0.5
"""Share of a gold span that a passage must cover to be relevant.

A citation must share as much of the shorter of the two with gold. Half, so that where a cut divides
a span in two, one of the parts counts.
"""


def share(passage: Passage, group: Group) -> float:
    """Share of the characters of a gold span that the passage covers.

    That of the best alternative of the group, 0 to 1.
    """
    return _best_share(group, [passage])


def covers(passage: Passage, gold: Passage) -> bool:
    """Whether the passage covers half of the characters of `gold`, and so is relevant to it."""
    return share(passage, (gold,)) >= HALF


def cites(citation: Passage, gold: Passage) -> bool:
    """Whether the two share half of the characters of the shorter one."""
    shorter = min(citation.end - citation.start, gold.end - gold.start)
    return _overlap(citation, [gold]) >= HALF * shorter > 0


def _best_share(group: Group, passages: Sequence[Passage]) -> float:
    """Share of a gold span's characters that lie in any passage; of the best alternative."""
    shares = [_overlap(span, passages) / max(span.end - span.start, 1) for span in group]
    return max(shares, default=0.0)


def _overlap(span: Passage, others: Iterable[Passage]) -> int:
    """How many characters of the span lie in any of the others, each counted once."""
    shared: set[int] = set()
    for other in others:
        if other.document.doc_id == span.document.doc_id:
            shared.update(range(max(span.start, other.start), min(span.end, other.end)))
    return len(shared)


BUDGETS = (500, 1000, 2000)
"""Characters of the ranking that are read for `span@B`: two, four and eight passages of 250."""

COVERED_WITHIN = 5
"""Passages looked at for `covered…@5`."""

_RANK_MEASURES = tuple(ir_measures.parse_measure(measure.name) for measure in RANK_MEASURES)


def score_rankings(
    cases: Sequence[Case], rankings: Mapping[str, Sequence[Hit]], unit: RetrievalUnit
) -> dict[str, dict[str, float]]:
    """Case id → measure → value, from each case's ranking, best first.

    Cases without gold have no measures. The scores of hits are not read. Unit "document": relevant
    is each document that holds a gold span, and a document ranks where its best passage does. Unit
    "passage": relevant is each group of gold, found by the first passage that covers half of one of
    its alternatives. A passage takes one rank for each group that it is the first to find, else one
    rank as irrelevant: the ideal ranking has as many relevant ranks as groups, and overlapping
    passages earn nothing twice.

    covered>0@5     share of groups of which one of the first five passages covers something
    covered>=.5@5   … half of the characters
    covered=1@5     … all of them
    span@B          share of gold characters in the first B characters of the ranking: the best
                    alternative of each group, mean over groups

    Raises UsageError where a case has no ranking; an empty one counts as having found nothing.
    """
    missing = [case.case_id for case in cases if case.case_id not in rankings]
    if missing:
        raise UsageError(
            f"缺少 {len(missing)} 题的检索结果：{missing[:5]}",
            f"rankings lack {len(missing)} questions: {missing[:5]}",
        )
    scores: dict[str, dict[str, float]] = {case.case_id: {} for case in cases}
    with_gold = [case for case in cases if case.gold]
    if not with_gold:
        return scores
    qrels: dict[str, dict[str, int]] = {}
    run: dict[str, dict[str, float]] = {}
    for case in with_gold:
        qrels[case.case_id] = dict.fromkeys(_relevant(case, unit), 1)
        run[case.case_id] = _descending(_ranked(case, rankings[case.case_id], unit))
    for metric in ir_measures.iter_calc(_RANK_MEASURES, qrels, run):
        scores[metric.query_id][str(metric.measure)] = float(metric.value)
    for case in with_gold:
        scores[case.case_id] |= _span_scores(case, rankings[case.case_id])
    return scores


def _relevant(case: Case, unit: RetrievalUnit) -> list[str]:
    """Names of what is relevant: documents, or the groups of gold by number."""
    if unit == "document":
        return [span.document.doc_id for group in case.gold for span in group]
    return [_group_name(number) for number in range(len(case.gold))]


def _ranked(case: Case, hits: Sequence[Hit], unit: RetrievalUnit) -> list[str]:
    """Names of what the ranking found, best first, each once.

    These are documents, or groups of gold and irrelevant passages.
    """
    if unit == "document":
        return list(dict.fromkeys(hit.passage.document.doc_id for hit in hits))
    ranked: list[str] = []
    for number, hit in enumerate(hits):
        first_found = []
        for group_number, group in enumerate(case.gold):
            name = _group_name(group_number)
            if share(hit.passage, group) >= HALF and name not in ranked:
                first_found.append(name)
        ranked += first_found or [f"passage {number}"]
    return ranked


def _group_name(number: int) -> str:
    return f"group {number}"


def _descending(names: Sequence[str]) -> dict[str, float]:
    """Scores without ties, so that no library's tie-breaking matters."""
    # 0, -1, -2: only the order is read.
    return {name: -float(rank) for rank, name in enumerate(names)}


def _span_scores(case: Case, hits: Sequence[Hit]) -> dict[str, float]:
    best = np.zeros(len(case.gold))
    for number, group in enumerate(case.gold):
        for hit in hits[:COVERED_WITHIN]:
            best[number] = max(best[number], share(hit.passage, group))
    scores = {
        "covered>0@5": float(np.mean(best > 0)),
        "covered>=.5@5": float(np.mean(best >= HALF)),
        "covered=1@5": float(np.mean(best == 1)),
    }
    for budget in BUDGETS:
        scores[f"span@{budget}"] = _covered(case, _read(hits, budget))
    return scores


def _read(hits: Iterable[Hit], budget: int) -> list[Passage]:
    """The first `budget` characters of the ranking; what overlaps is read, and paid for, again."""
    read: list[Passage] = []
    for passage, _ in hits:
        if budget <= 0:
            break
        end = min(passage.end, passage.start + budget)
        read.append(Passage(passage.document, passage.start, end))
        budget -= passage.end - passage.start
    return read


def _covered(case: Case, passages: Sequence[Passage]) -> float:
    """Share of gold characters in the passages: of the best alternative, mean over groups."""
    return sum(_best_share(group, passages) for group in case.gold) / len(case.gold)


SEVERAL = frozenset({"list", "why", "how"})
"""Kinds whose `answers` must all be in the text."""

# "[1]" in "甲城有三座桥。[1]".
_MARK = re.compile(r"\[\d+\]")


def score_answer(case: Case, answer: Answer) -> dict[str, float]:
    """The measures of an answer.

    outcome      whether the outcome is the one that the case expects
    answered     whether it is answered; for cases that have an answer
    refused      whether it is not answered; for cases that have none
    EM, F1       of the short answer, or of the text without its marks where there is none; the
                 best of the case's answers; not for kinds that ask for several things
    in text      the text has an answer, or all of them for kinds that ask for several things
    cited        a citation and a gold span share half of the shorter one
    citation P   share of cited characters that lie in gold spans
    citation R   share of gold characters that are cited: the best alternative of each group, mean
                 over groups
    """
    scores = {"outcome": float(answer.outcome == case.outcome)}
    if case.outcome == "absent":
        scores["refused"] = float(answer.outcome != "answered")
    if case.outcome == "answered":
        scores["answered"] = float(answer.outcome == "answered")
        if case.answers:
            scores |= _text_scores(case, answer)
        if case.gold:
            scores |= _citation_scores(case, answer)
    return scores | score_composed(case, answer)


def score_composed(case: Case, answer: Answer) -> dict[str, float]:
    """The measures of an answer whose case names every point of it; none for other cases.

    points     share of the groups of gold of which a citation shares half of the shorter span
    whole      whether that is all of them
    precision  share of the citations that share as much with some gold; not without citations
    near       share of the groups of `near` that are cited
    opened     whether a verdict is said, 是 or 不可以; for cases that should open so
    opening    whether that is the right one of yes and no; where it is said
    """
    scores: dict[str, float] = {}
    if case.near is not None:
        cited = [Passage(c.document, c.start, c.end) for c in answer.citations]
        if case.gold:
            scores["points"] = _cited_share(case.gold, cited)
            scores["whole"] = float(scores["points"] == 1)
        if cited:
            gold = [span for group in case.gold for span in group]
            right = [any(cites(citation, span) for span in gold) for citation in cited]
            scores["precision"] = float(np.mean(right))
        if case.near:
            scores["near"] = _cited_share(case.near, cited)
    if case.opening:
        said = opening_of(answer)
        if case.opening in YES_OR_NO:
            scores["opened"] = float(said in YES_OR_NO)
        if said in YES_OR_NO:
            scores["opening"] = float(said == case.opening)
    return scores


YES_OR_NO = ("是", "不是")
"""What a yes-no answer says where a value that is stated agrees or differs."""


def opening_of(answer: Answer) -> str:
    """是 or 不是 where an answer begins with a verdict, in whatever words, else empty: 不是 of 不可以."""
    said, _, rest = answer.text.partition("。")
    is_verdict = answer.form == "yes_no" and f"{said}。" in every_verdict()
    if not is_verdict or rest.startswith("["):
        return ""
    return "不是" if said.startswith(("不", "没")) else "是"


def _cited_share(groups: Sequence[Group], cited: Sequence[Passage]) -> float:
    """Share of the groups of which one span is cited."""
    hit = [any(cites(c, span) for c in cited for span in group) for group in groups]
    return float(np.mean(hit))


def _text_scores(case: Case, answer: Answer) -> dict[str, float]:
    text = _MARK.sub("", answer.text) if answer.outcome == "answered" else ""
    present = [folded(wanted) in folded(text) for wanted in case.answers]
    if case.kind in SEVERAL:
        return {"in text": float(all(present))}
    stated = (answer.short_answer or text) if text else ""
    return {
        "in text": float(any(present)),
        "EM": max(exact_match(stated, wanted) for wanted in case.answers),
        "F1": max(character_f1(stated, wanted) for wanted in case.answers),
    }


def _citation_scores(case: Case, answer: Answer) -> dict[str, float]:
    gold = [span for group in case.gold for span in group]
    cited = [Passage(c.document, c.start, c.end) for c in answer.citations]
    characters = sum(citation.end - citation.start for citation in cited)
    in_gold = sum(_overlap(citation, gold) for citation in cited)
    return {
        "cited": float(any(cites(citation, span) for citation in cited for span in gold)),
        "citation P": in_gold / max(characters, 1),
        "citation R": _covered(case, cited),
    }
