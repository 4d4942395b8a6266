"""Measures of one question: how well a ranking finds its gold, and how well an answer says and cites it.

Gold is text, so a passage counts by the share of gold characters that it covers, whatever cut it; touching is not
covering. Every measure is between 0 and 1, and only those that apply to a question are given.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Literal

import ir_measures
import numpy as np
import numpy.typing as npt

from bot.answer import Answer
from bot.evals.datasets import Case
from corpus import Passage, UsageError
from index import Hit

Unit = Literal["passage", "document"]
Group = tuple[Passage, ...]

RANKED = tuple(
    ir_measures.parse_measure(name)
    for name in (
        "R@1",
        "R@3",
        "R@5",
        "R@10",
        "R@100",
        "RR@10",
        "nDCG@10",
        "AP@100",
        "Success@1",
        "Success@3",
    )
)
"""Computed by ir_measures, and named as it prints them."""

BUDGETS = (500, 1000, 2000)
"""Characters of the ranking that are read for `span@B`."""

COVERED_WITHIN = 5
"""Passages looked at for `covered…@5`."""

HALF = 0.5
"""Share of a gold span that a passage must cover to be relevant."""

SEVERAL = frozenset({"list", "why", "how"})
"""Kinds whose `answers` must all be in the text."""

_MARK = re.compile(r"\[\d+\]")
_IDEOGRAPH = "\u3400-\u9fff\U00020000-\U0003ffff"
_TOKEN = re.compile(rf"[{_IDEOGRAPH}]|[^\s{_IDEOGRAPH}]+")
_SYMBOLS = frozenset("^~`+=")  # CMRC's script drops them too
_PRIVATE = 0xF0000


def score_rankings(
    cases: Sequence[Case], rankings: Mapping[str, Sequence[Hit]], unit: Unit
) -> dict[str, dict[str, float]]:
    """Case → measure → value, from each case's ranking, best first; nothing for cases without gold. Scores are unread.

    Unit "document": relevant is each document that holds a gold span; a document's place is its best passage's.
    Unit "passage": relevant is each AND group, found by the first passage that covers half of one of its alternatives.
    A passage takes one place for each group that it is the first to find, else one place as irrelevant: the ideal
    ranking has as many relevant places as groups, and overlapping passages earn nothing twice.
    Raises UsageError where a case has no ranking; an empty one counts as having found nothing.
    """
    missing = [case.case_id for case in cases if case.case_id not in rankings]
    if missing:
        raise UsageError(
            f"缺少 {len(missing)} 题的检索结果：{missing[:5]}",
            f"rankings lack {len(missing)} questions: {missing[:5]}",
        )
    scores: dict[str, dict[str, float]] = {case.case_id: {} for case in cases}
    asked = [case for case in cases if case.gold]
    if not asked:
        return scores
    qrels = {case.case_id: dict.fromkeys(_relevant(case, unit), 1) for case in asked}
    run = {case.case_id: _descending(_places(case, rankings[case.case_id], unit)) for case in asked}
    for found in ir_measures.iter_calc(RANKED, qrels, run):
        scores[found.query_id][str(found.measure)] = float(found.value)
    for case in asked:
        scores[case.case_id] |= _span_scores(case, rankings[case.case_id])
    return scores


def share(passage: Passage, group: Group) -> float:
    """Share of the characters of a gold span that the passage covers; the best of the group's alternatives."""
    return max(
        (_within(span, [passage]) / max(span.end - span.start, 1) for span in group), default=0.0
    )


def score_answer(case: Case, answer: Answer) -> dict[str, float]:
    """The measures of an answer.

    outcome, answered, refused   whether it is what the case expects
    EM, F1       of the short answer, or of the text without its marks where there is none; the best of the case's
                 answers; not for kinds that ask for several things
    in text      the text has an answer, or all of them for kinds that ask for several things
    cited        a citation and a gold span share half of the shorter one
    citation P   share of cited characters that lie in gold spans
    citation R   share of gold characters that are cited: the best alternative of each group, mean over groups
    """
    scores = {"outcome": float(answer.outcome == case.outcome)}
    if case.outcome == "absent":
        scores["refused"] = float(answer.outcome != "answered")
    if case.outcome == "answered":
        scores["answered"] = float(answer.outcome == "answered")
        scores |= _said(case, answer) | _cited(case, answer)
    return scores


def exact_match(said: str, wanted: str) -> float:
    """1 where both are the same but for width, case, punctuation and white space; an empty answer matches nothing."""
    return float(_tokens(said) != () and "".join(_tokens(said)) == "".join(_tokens(wanted)))


def character_f1(said: str, wanted: str) -> float:
    """F1 of CMRC 2018 (Cui et al., 2019): the longest run of tokens that both have, over the length of each.

    A token is one ideograph, or a word of anything else; punctuation is dropped.
    """
    pieces, needed = _tokens(said), _tokens(wanted)
    common = _longest_run(pieces, needed)
    return 2 * common / (len(pieces) + len(needed)) if common else 0.0


def _relevant(case: Case, unit: Unit) -> Iterable[str]:
    if unit == "document":
        return (span.document.doc_id for group in case.gold for span in group)
    return (f"group {number}" for number in range(len(case.gold)))


def _places(case: Case, hits: Sequence[Hit], unit: Unit) -> Iterable[str]:
    if unit == "document":
        return dict.fromkeys(hit.passage.document.doc_id for hit in hits)
    places: dict[str, None] = {}
    for number, hit in enumerate(hits):
        found = (
            f"group {n}" for n, group in enumerate(case.gold) if share(hit.passage, group) >= HALF
        )
        first = [name for name in found if name not in places]
        places |= dict.fromkeys(first or [f"passage {number}"])
    return places


def _descending(places: Iterable[str]) -> dict[str, float]:
    """Scores without ties, so that no library's tie-breaking matters."""
    return {name: -float(place) for place, name in enumerate(places)}


def _span_scores(case: Case, hits: Sequence[Hit]) -> dict[str, float]:
    best = [
        max((share(hit.passage, group) for hit in hits[:COVERED_WITHIN]), default=0.0)
        for group in case.gold
    ]
    scores = {
        "covered>0@5": _mean(s > 0 for s in best),
        "covered>=.5@5": _mean(s >= HALF for s in best),
        "covered=1@5": _mean(s == 1 for s in best),
    }
    return scores | {f"span@{budget}": _covered(case, _read(hits, budget)) for budget in BUDGETS}


def _read(hits: Iterable[Hit], budget: int) -> list[Passage]:
    """The first `budget` characters of the ranking; what overlaps is read, and paid for, again."""
    read: list[Passage] = []
    for passage, _ in hits:
        if budget <= 0:
            break
        read.append(
            Passage(passage.document, passage.start, min(passage.end, passage.start + budget))
        )
        budget -= passage.end - passage.start
    return read


def _covered(case: Case, passages: Sequence[Passage]) -> float:
    """Share of gold characters in the passages, each once: the best alternative of each group, mean over groups."""
    return _mean(
        max(
            (_within(span, passages) / max(span.end - span.start, 1) for span in group), default=0.0
        )
        for group in case.gold
    )


def _said(case: Case, answer: Answer) -> dict[str, float]:
    if not case.answers:
        return {}
    text = _MARK.sub("", answer.text) if answer.outcome == "answered" else ""
    needed = all if case.kind in SEVERAL else any
    scores = {"in text": float(needed(_fold(part) in _fold(text) for part in case.answers))}
    if case.kind not in SEVERAL:
        said = text and (answer.short_answer or text)
        scores["EM"] = max(exact_match(said, wanted) for wanted in case.answers)
        scores["F1"] = max(character_f1(said, wanted) for wanted in case.answers)
    return scores


def _cited(case: Case, answer: Answer) -> dict[str, float]:
    if not case.gold:
        return {}
    gold = [span for group in case.gold for span in group]
    cited = [Passage(c.document, c.start, c.end) for c in answer.citations]
    right = sum(_within(citation, gold) for citation in cited)
    return {
        "cited": float(any(_share_half(citation, span) for citation in cited for span in gold)),
        "citation P": right / max(sum(c.end - c.start for c in cited), 1),
        "citation R": _covered(case, cited),
    }


def _share_half(one: Passage, other: Passage) -> bool:
    return _within(one, [other]) * 2 >= min(one.end - one.start, other.end - other.start)


def _within(span: Passage, others: Iterable[Passage]) -> int:
    """How many characters of the span lie in any of the others."""
    shared = (
        range(max(span.start, other.start), min(span.end, other.end))
        for other in others
        if other.document.doc_id == span.document.doc_id
    )
    return len(set[int]().union(*shared))


def _mean(values: Iterable[float]) -> float:
    each = list(values)
    return sum(each) / len(each)


def _fold(text: str) -> str:
    return unicodedata.normalize("NFKC", text).lower()


@lru_cache(maxsize=64)
def _tokens(text: str) -> tuple[str, ...]:
    kept = (
        c for c in _fold(text) if c not in _SYMBOLS and not unicodedata.category(c).startswith("P")
    )
    return tuple(_TOKEN.findall("".join(kept)))


def _longest_run(one: Sequence[str], other: Sequence[str]) -> int:
    """Length of the longest run of tokens in both: as strings of one character a token, grown a character at a time."""
    words = {
        token: chr(_PRIVATE + n)
        for n, token in enumerate(dict.fromkeys([*one, *other]))
        if len(token) > 1
    }
    first, second = ("".join(words.get(token, token) for token in side) for side in (one, other))
    longest = 0
    for end in range(1, len(first) + 1):
        if first[end - longest - 1 : end] in second:
            longest += 1
    return longest


Flags = npt.NDArray[np.bool_]
Floats = npt.NDArray[np.float64]

ACCURACIES = (80, 90, 95)
"""Per cent right among the answered, for `coverage@A`."""


@dataclass(frozen=True, slots=True)
class RiskCoverage:
    """What each threshold of confidence gives, from the strictest to none; (points,) each.

    `coverage` is the share of all questions that are answered, `risk` the share of those that are wrong.
    """

    coverage: Floats
    risk: Floats


def refusal(
    right: Flags, answered: Flags, answerable: Flags, confidence: Floats
) -> dict[str, float]:
    """Measures of n questions, (n,) each; a measure that the set cannot give is absent.

    `right`: answered, and rightly. `confidence`: of the answer, higher is surer, whether it was given or not.
    AUROC        answerable against unanswerable, by confidence; ties count half
    AUPRC        average precision of finding the unanswerable, the least confident first
    AURC         mean risk over the answered, added the most confident first
    coverage@A   the greatest share of questions that can be answered with A per cent right; 0 where none can
    refusal P, refusal R, refusal F1   a refusal is right where the question cannot be answered
    over-refusal share of answerable questions that are refused
    Raises ValueError where lengths differ or a confidence is not a number.
    """
    right, answered, answerable = (
        np.asarray(flags, np.bool_) for flags in (right, answered, answerable)
    )
    _check(right, answered, answerable, confidence)
    scores = _refused(~answered, ~answerable)
    if answerable.any() and not answerable.all():
        scores["AUROC"] = auroc(confidence[answerable], confidence[~answerable])
        scores["AUPRC"] = average_precision(~answerable, -confidence)
    if answered.any():
        curve = risk_coverage(right, answered, confidence)
        scores["AURC"] = aurc(right[answered], confidence[answered])
        for accuracy in ACCURACIES:
            kept = curve.coverage[(1 - curve.risk) * 100 >= accuracy - 1e-9]
            scores[f"coverage@{accuracy}"] = float(kept.max(initial=0.0))
    return scores


def risk_coverage(right: Flags, answered: Flags, confidence: Floats) -> RiskCoverage:
    """Risk and coverage at every threshold among the answered; equally confident answers stand or fall together."""
    kept, wrong = _by_threshold(~right[answered], confidence[answered])
    return RiskCoverage(kept / max(len(right), 1), wrong / kept)


def aurc(right: Flags, confidence: Floats) -> float:
    """Area under the risk-coverage curve (Geifman and El-Yaniv, 2017); equally confident answers in average order."""
    kept, wrong = _by_threshold(~right, confidence)
    count = np.arange(1, len(right) + 1)
    return float(np.mean(np.interp(count, np.append(0, kept), np.append(0, wrong)) / count))


def auroc(higher: Floats, lower: Floats) -> float:
    """Chance that one of `higher` is above one of `lower`, ties half: the Mann-Whitney statistic over its greatest."""
    ordered = np.sort(lower)
    below = np.searchsorted(ordered, higher, "left") + np.searchsorted(ordered, higher, "right")
    return float(np.mean(below) / (2 * len(lower)))


def average_precision(wanted: Flags, score: Floats) -> float:
    """Sum over thresholds of precision times the recall gained."""
    kept, found = _by_threshold(wanted, score)
    return float(np.sum(np.diff(found, prepend=0) * found / kept) / wanted.sum())


def _by_threshold(flags: Flags, score: Floats) -> tuple[Floats, Floats]:
    """How many stand at or above each distinct score, highest first, and how many of them have the flag."""
    order = np.argsort(-score, kind="stable")
    last = np.flatnonzero(np.append(np.diff(score[order]) != 0, len(score) > 0))
    return np.asarray(last + 1, np.float64), np.cumsum(flags[order])[last].astype(np.float64)


def _refused(refused: Flags, unanswerable: Flags) -> dict[str, float]:
    both, said, due = (
        float(flags.sum()) for flags in (refused & unanswerable, refused, unanswerable)
    )
    scores: dict[str, float] = {}
    if due:
        scores |= {"refusal R": both / due, "refusal F1": 2 * both / (said + due)}
    if due and said:
        scores["refusal P"] = both / said
    if not unanswerable.all():
        scores["over-refusal"] = float(refused[~unanswerable].mean())
    return scores


def _check(right: Flags, answered: Flags, answerable: Flags, confidence: Floats) -> None:
    if not right.shape == answered.shape == answerable.shape == confidence.shape:
        raise ValueError("right, answered, answerable and confidence must be of one length")
    if np.isnan(confidence).any():
        raise ValueError(f"row {int(np.isnan(confidence).argmax())}: confidence is not a number")
    if (right & ~(answered & answerable)).any():
        row = int((right & ~(answered & answerable)).argmax())
        raise ValueError(f"row {row}: right without an answer, or without an answerable question")
