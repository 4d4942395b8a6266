"""Measures of a whole set: whether the bot knows when not to answer."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

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


def refusal(right: Flags, answered: Flags, answerable: Flags, confidence: Floats) -> dict[str, float]:
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
    right, answered, answerable = (np.asarray(flags, np.bool_) for flags in (right, answered, answerable))
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
    both, said, due = (float(flags.sum()) for flags in (refused & unanswerable, refused, unanswerable))
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
