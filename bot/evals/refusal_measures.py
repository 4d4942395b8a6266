"""How well refusals and the confidence of answers tell what can be answered: measures of a whole set."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

Flags = npt.NDArray[np.bool_]
Floats = npt.NDArray[np.float64]

ACCURACIES = (80, 90, 95)
"""Per cent correct among the answered, for `coverage@A`."""


@dataclass(frozen=True, slots=True)
class RiskCoverage:
    """What each threshold of confidence gives, from the strictest to none; (points,) each.

    `coverage` is the share of all questions that are answered, `risk` the share of those that are
    wrong.
    """

    coverage: Floats
    risk: Floats


def score_refusals(
    correct: Flags, answered: Flags, answerable: Flags, confidence: Floats
) -> dict[str, float]:
    """Measures of n questions, (n,) each; a measure that the set cannot give is absent.

    `correct`: answered, and correctly. `confidence`: of the answer, higher is surer, whether it was
    given or not.

    refusal P, R, F1   a refusal is correct where the question cannot be answered
    over-refusal       share of answerable questions that are refused
    AUROC              answerable against unanswerable, by confidence; ties count half
    AUPRC              average precision of finding the unanswerable, the least confident first
    AURC               mean risk over the answered, added the most confident first
    coverage@A         the greatest share of questions that can be answered with A per cent correct;
                       0 where none can

    Raises ValueError where lengths differ, a confidence is not a number, or a question is correct
    without an answer.
    """
    correct = np.asarray(correct, np.bool_)
    answered = np.asarray(answered, np.bool_)
    answerable = np.asarray(answerable, np.bool_)
    _check(correct, answered, answerable, confidence)
    scores = _refusal_scores(~answered, ~answerable)
    if answerable.any() and not answerable.all():
        scores["AUROC"] = auroc(confidence[answerable], confidence[~answerable])
        scores["AUPRC"] = average_precision(~answerable, -confidence)
    if answered.any():
        curve = risk_coverage(correct, answered, confidence)
        scores["AURC"] = aurc(correct[answered], confidence[answered])
        for accuracy in ACCURACIES:
            # 19 of 20 correct is 95 per cent, whatever 1 - 1/20 is in binary.
            accurate = (1 - curve.risk) * 100 >= accuracy - 1e-9
            scores[f"coverage@{accuracy}"] = float(curve.coverage[accurate].max(initial=0.0))
    return scores


def risk_coverage(correct: Flags, answered: Flags, confidence: Floats) -> RiskCoverage:
    """Risk and coverage at every threshold of confidence among the answered.

    Equally confident answers stand or fall together.
    """
    given, wrong = _by_threshold(~correct[answered], confidence[answered])
    return RiskCoverage(given / max(len(correct), 1), wrong / given)


def aurc(correct: Flags, confidence: Floats) -> float:
    """Area under the risk-coverage curve (Geifman and El-Yaniv, 2017).

    Equally confident answers count in their average order.
    """
    given, wrong = _by_threshold(~correct, confidence)
    counts = np.arange(1, len(correct) + 1)
    wrong_among = np.interp(counts, np.append(0, given), np.append(0, wrong))
    return float(np.mean(wrong_among / counts))


def auroc(higher: Floats, lower: Floats) -> float:
    """Chance that one of `higher` is above one of `lower`, ties half.

    That is the Mann-Whitney statistic over its greatest value.
    """
    # Below counts a pair once, not above twice half: a tie is below 0 times, not above once.
    ordered = np.sort(lower)
    below = np.searchsorted(ordered, higher, "left")
    not_above = np.searchsorted(ordered, higher, "right")
    return float(np.mean(below + not_above) / (2 * len(lower)))


def average_precision(wanted: Flags, score: Floats) -> float:
    """Sum over thresholds of precision times the recall gained."""
    taken, found = _by_threshold(wanted, score)
    # Of three, the first and the third wanted: 1/2 x 1/1 + 1/2 x 2/3.
    gained = np.diff(found, prepend=0)
    return float(np.sum(gained * found / taken) / wanted.sum())


def _by_threshold(flags: Flags, score: Floats) -> tuple[Floats, Floats]:
    """How many stand at or above each distinct score, and how many of them have the flag.

    The highest score comes first.
    """
    order = np.argsort(-score, kind="stable")
    # 0.9, 0.5, 0.5: the last of equal scores closes a threshold, so two thresholds here.
    is_last = np.append(np.diff(score[order]) != 0, len(score) > 0)
    last = np.flatnonzero(is_last)
    flagged = np.cumsum(flags[order])[last]
    return np.asarray(last + 1, np.float64), np.asarray(flagged, np.float64)


def _refusal_scores(refused: Flags, unanswerable: Flags) -> dict[str, float]:
    correct = float((refused & unanswerable).sum())
    refusals = float(refused.sum())
    due = float(unanswerable.sum())
    scores: dict[str, float] = {}
    if due:
        scores["refusal R"] = correct / due
        # The harmonic mean of P and R: 2 PR / (P + R), with P = correct / refusals, R = correct / due.
        scores["refusal F1"] = 2 * correct / (refusals + due)
    if due and refusals:
        scores["refusal P"] = correct / refusals
    if not unanswerable.all():
        scores["over-refusal"] = float(refused[~unanswerable].mean())
    return scores


def _check(correct: Flags, answered: Flags, answerable: Flags, confidence: Floats) -> None:
    if not correct.shape == answered.shape == answerable.shape == confidence.shape:
        raise ValueError("correct, answered, answerable and confidence must be of one length")
    missing = np.isnan(confidence)
    if missing.any():
        raise ValueError(f"row {int(missing.argmax())}: confidence is not a number")
    impossible = correct & ~(answered & answerable)
    if impossible.any():
        raise ValueError(
            f"row {int(impossible.argmax())}: "
            "correct without an answer, or without an answerable question"
        )
