"""What the fits are worth on a kind of text left out: `python -m bot.training.leave_out FOLDER`.

Of every kind the reporting questions are answered with weights, calibration and threshold that were
fitted on the other kinds alone. The network itself has seen encyclopaedias in training.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import groupby
from pathlib import Path
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from bot.evals.refusal_measures import auroc
from bot.reader.decision import DECIDING
from bot.reader.features import FEATURES
from bot.reader.network_weights import WEIGHTS
from bot.reader.ranking import FitName
from bot.reader.tables import CONFIDENCE
from bot.settings import Settings
from bot.training.bm25 import SCORE, bm25_examples
from bot.training.examples import Deletion, Example
from bot.training.fit import Fit, as_read_by, fit, read_examples
from bot.training.kinds import family
from corpus.errors import ended

EVERY = frozenset((*FEATURES, *DECIDING))

WRONG_AT_MOST = 0.05
"""Share of the given answers that may be wrong where coverage is told."""

COVERAGES = (0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 1.0)
"""Shares of the questions, the surest first, at which the risk is told."""

REFUSED = 0.8
"""Share of the questions without an answer that are refused where citing is told without a threshold."""

BINS = 10
"""Of equal width, for the calibration error."""

DRAWS = 1000
"""Bootstrap samples of questions, for the intervals of 95 %."""

LEFT_OUT = "left out"
"""The system whose fits have not seen the kind of text that it answers on."""

Bools = npt.NDArray[np.bool_]
Floats = npt.NDArray[np.float64]


class Outcomes(NamedTuple):
    """What a fit makes of n questions: whether the best sentence is right, how sure it is, whether
    it answers, and whether there is an answer. All are (n,).
    """

    right: Bools
    probability: Floats
    answered: Bools
    has_answer: Bools


@dataclass(frozen=True, slots=True)
class Figures:
    """Shares, 0 to 1, of the questions of a kind; NaN where there is no such question.

    `cited`, `answered`: of those with an answer. `no_document`, `no_sentence`, `absent`: refused of
    those whose document or sentences were deleted, or that nothing answers. `wrong`: of all answers
    given, deletions included. `coverage`: of all questions, answered where WRONG_AT_MOST of the answers are wrong.
    `calibration`: the mean difference of confidence and share right. `interval`: of `cited`, 95 %.
    """

    n: int
    cited: float
    interval: tuple[float, float]
    answered: float
    no_document: float
    no_sentence: float
    absent: float
    wrong: float
    coverage: float
    calibration: float


def outcomes(one: Fit, examples: Sequence[Example]) -> Outcomes:
    """What a fit makes of examples; a rule's answer stands where it gave one."""
    right: list[bool] = []
    probability: list[float] = []
    answered: list[bool] = []
    for example in examples:
        is_right, sure = _of_rule(example)
        if not example.ruled and len(example.right):
            best, sure = one.probability(example)
            is_right = bool(example.right[best])
        right.append(is_right)
        probability.append(sure)
        answered.append(sure >= one.decision.threshold)
    has_answer = [example.has_answer for example in examples]
    return Outcomes(
        np.array(right, bool),
        np.array(probability),
        np.array(answered, bool),
        np.array(has_answer, bool),
    )


def _of_rule(example: Example) -> tuple[bool, float]:
    """Whether a rule's answer is right, and how sure it is; refused without one."""
    if example.ruled in ("right", "wrong"):
        return example.ruled == "right", CONFIDENCE
    return False, 0.0


def figures(one: Fit, examples: Sequence[Example]) -> Figures:
    """The figures of a fit on the examples of one kind."""

    def of(deletion: Deletion, has_answer: bool) -> Outcomes:
        chosen = [e for e in examples if e.deletion == deletion and e.has_answer == has_answer]
        return outcomes(one, chosen)

    whole, absent = of("nothing", True), of("nothing", False)
    document, sentences = of("document", False), of("sentences", False)
    given = outcomes(one, examples)
    cited = whole.right & whole.answered
    return Figures(
        n=len(cited),
        cited=_share(cited),
        interval=_interval(cited),
        answered=_share(whole.answered),
        no_document=_share(~document.answered),
        no_sentence=_share(~sentences.answered),
        absent=_share(~absent.answered),
        wrong=_share(~given.right[given.answered]),
        coverage=coverage_at(given, WRONG_AT_MOST),
        calibration=calibration_error(given),
    )


def coverage_at(found: Outcomes, wrong: float) -> float:
    """The largest share of the questions that can be answered, the surest first, so that no more than
    `wrong` of the answers are wrong.
    """
    order = np.argsort(-found.probability, kind="stable")
    errors = np.cumsum(~found.right[order]) / np.arange(1, len(order) + 1)
    kept = np.flatnonzero(errors <= wrong)
    return float((kept[-1] + 1) / len(order)) if len(kept) else 0.0


def risk_at(found: Outcomes, coverage: float) -> float:
    """Share of the answers that are wrong where that share of the questions is answered, the surest
    first.

    El-Yaniv and Wiener 2010, "On the Foundations of Noise-free Selective Classification".
    """
    order = np.argsort(-found.probability, kind="stable")
    answered = order[: max(1, round(coverage * len(order)))]
    return _share(~found.right[answered])


def calibration_error(found: Outcomes) -> float:
    """The mean over bins, by the number in them, of |mean probability - share right|.

    Naeini et al. 2015, "Obtaining Well Calibrated Probabilities Using Bayesian Binning", with BINS
    bins of equal width.
    """
    if not len(found.right):
        return float("nan")
    bins = np.minimum((found.probability * BINS).astype(int), BINS - 1)
    error = 0.0
    for number in np.unique(bins):
        inside = bins == number
        apart = abs(found.probability[inside].mean() - found.right[inside].mean())
        error += float(inside.mean() * apart)
    return error


def _share(of: Bools) -> float:
    return float(of.mean()) if len(of) else float("nan")


def _interval(of: Bools) -> tuple[float, float]:
    """The middle 95 % of the share in DRAWS bootstrap samples."""
    if not len(of):
        return float("nan"), float("nan")
    drawn = np.random.default_rng(0).choice(of, (DRAWS, len(of))).mean(axis=1)
    low, high = np.quantile(drawn, (0.025, 0.975))
    return float(low), float(high)


@dataclass(frozen=True, slots=True)
class System:
    """A way to answer: which fit, the features left out of it, and whether BM25 alone finds sentences."""

    name: str
    fit: FitName
    without: frozenset[str] = frozenset()
    on_everything: bool = False
    by_bm25: bool = False


def systems(each: bool) -> list[System]:
    """The systems of the table; with `each` the product without each feature too."""
    found = [
        System("highest BM25", "rules", EVERY - {SCORE}, by_bm25=True),
        System("best by words", "rules", EVERY - {"context"}),
        System("best by cosine", "rules", EVERY - {"margin"}),
        System("network alone", "neural", EVERY - {"span"}),
        System(LEFT_OUT, "neural"),
        System("fitted on everything", "neural", on_everything=True),
        System("left out, no network", "rules"),
    ]
    if each:
        for name in dict.fromkeys((*FEATURES, *DECIDING)):
            found.append(System(f"without {name}", "neural", frozenset({name})))
    return found


class Trial(NamedTuple):
    """A system that answers the reporting questions of a kind, fitted for it."""

    system: System
    kind: str
    fit: Fit
    reporting: Sequence[Example]


@dataclass(frozen=True, slots=True)
class Read:
    """The examples as the network reads them, as BM25 sees them, and, by the name of a kind, as a
    network reads them that was trained without that kind of text.
    """

    by_network: Sequence[Example]
    by_bm25: Sequence[Example]
    by_other: Mapping[str, Sequence[Example]] = field(default_factory=dict)

    def for_system(self, system: System, kind: str) -> Sequence[Example]:
        """What a system that answers the questions of a kind has seen."""
        if system.by_bm25:
            return self.by_bm25
        if system.name == LEFT_OUT:
            return self.by_other.get(kind, self.by_network)
        return self.by_network


def trials(read: Read, chosen: Sequence[System]) -> list[Trial]:
    """Every system on every kind, the kinds of a system behind each other."""
    found = []
    for system in chosen:
        for kind in dict.fromkeys(example.kind for example in read.by_network):
            seen = read.for_system(system, kind)
            reporting = [e for e in seen if e.part == "report" and e.kind == kind]
            as_read = as_read_by(system.fit, reporting)
            found.append(Trial(system, kind, _fitted(system, kind, seen), as_read))
    return found


def table(held: Sequence[Trial]) -> str:
    """The table, a line for each system and kind, and one for the mean of these lines."""
    lines = [
        "| system | kind | n | cited (95 %) | answered | refused: no document | no sentence | absent "
        "| wrong | coverage at 5 % wrong | calibration |",
        "|---|---|---|---|---|---|---|---|---|---|---|",
    ]
    for name, of_system in groupby(held, key=lambda trial: trial.system.name):
        of_kinds = []
        for trial in of_system:
            found = figures(trial.fit, trial.reporting)
            of_kinds.append(found)
            lines.append(_line(name, trial.kind, found))
        lines.append(_mean_line(name, of_kinds))
    return "\n".join(lines) + "\n"


def threshold_free_table(held: Sequence[Trial]) -> str:
    """What no threshold decides, a line for each system and kind: see `apart`."""
    lines = [
        f"| system | kind | n | best is right | cited, {REFUSED:.0%} refused | told apart |",
        "|---|---|---|---|---|---|",
    ]
    for trial in held:
        found = outcomes(trial.fit, trial.reporting)
        best, cited, auroc_of_right = apart(found)
        cells = [_shown(best), _shown(cited), _shown(auroc_of_right)]
        count = int(found.has_answer.sum())
        lines.append(
            f"| {trial.system.name} | {trial.kind} | {count} | " + " | ".join(cells) + " |"
        )
    return "\n".join(lines) + "\n"


def apart(found: Outcomes) -> tuple[float, float, float]:
    """Of the questions with an answer, the share whose best sentence is right, and that of right ones
    surer than REFUSED of the questions without; and the AUROC of right ones against all else.
    """
    right = found.right & found.has_answer
    unanswered = found.probability[~found.has_answer]
    if not found.has_answer.any() or not len(unanswered) or not right.any() or right.all():
        return float("nan"), float("nan"), float("nan")
    surer = found.probability > np.quantile(unanswered, REFUSED)
    count = found.has_answer.sum()
    return (
        float(right.sum() / count),
        float((right & surer).sum() / count),
        auroc(found.probability[right].tolist(), found.probability[~right].tolist()),
    )


def risk_table(held: Sequence[Trial]) -> str:
    """Risk by coverage, a line for each system and kind."""
    head = " | ".join(f"{coverage:.0%}" for coverage in COVERAGES)
    lines = [f"| system | kind | {head} |", "|---|---|" + "---|" * len(COVERAGES)]
    for trial in held:
        found = outcomes(trial.fit, trial.reporting)
        risks = " | ".join(_shown(risk_at(found, coverage)) for coverage in COVERAGES)
        lines.append(f"| {trial.system.name} | {trial.kind} | {risks} |")
    return "\n".join(lines) + "\n"


def _fitted(system: System, kind: str, examples: Sequence[Example]) -> Fit:
    """The fit of a system that answers the questions of a kind."""
    fitting = []
    for example in examples:
        is_left_out = not system.on_everything and family(example.kind) == family(kind)
        if example.part == "fit" and not is_left_out:
            fitting.append(example)
    return fit(fitting, system.fit, system.without)


def _line(system: str, kind: str, found: Figures) -> str:
    low, high = found.interval
    shares = [found.answered, found.no_document, found.no_sentence, found.absent, found.wrong]
    shares += [found.coverage, found.calibration]
    cells = [_shown(share) for share in shares]
    cited = f"{_shown(found.cited)} ({_shown(low)}-{_shown(high)})"
    return f"| {system} | {kind} | {found.n} | {cited} | " + " | ".join(cells) + " |"


def _mean_line(system: str, found: Sequence[Figures]) -> str:
    """The mean of the kinds."""
    get: list[Callable[[Figures], float]] = [
        lambda f: f.cited, lambda f: f.answered, lambda f: f.no_document, lambda f: f.no_sentence,
        lambda f: f.absent, lambda f: f.wrong, lambda f: f.coverage, lambda f: f.calibration,
    ]  # fmt: skip
    means = [_shown(_mean(map(of, found))) for of in get]
    return f"| {system} | mean | | " + " | ".join(means) + " |"


def _mean(shares: Iterable[float]) -> float:
    """The mean of the shares that there are; NaN without any."""
    known = [share for share in shares if not np.isnan(share)]
    return float(np.mean(known)) if known else float("nan")


def _shown(share: float) -> str:
    return "" if np.isnan(share) else f"{share:.3f}".lstrip("0") if share < 1 else "1"


def main(arguments: Sequence[str] | None = None) -> int:
    """Prints the two tables."""
    parser = argparse.ArgumentParser(prog="python -m bot.training.leave_out", description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--sample", type=int, default=0, help="questions of each part of a kind")
    parser.add_argument("--each", action="store_true", help="the product without each feature too")
    parser.add_argument("--weights", type=Path, default=WEIGHTS, help="those of the network")
    parser.add_argument(
        "--network",
        action="append",
        default=[],
        metavar="KIND=FILE",
        help="weights that were trained without a kind of text: it is answered with them where it is left out",
    )
    options = parser.parse_args(arguments)
    held = trials(_read(options), systems(options.each))
    sys.stdout.write("\n".join([table(held), threshold_free_table(held), risk_table(held)]))
    return 0


def _read(options: argparse.Namespace) -> Read:
    """The examples, read by the shipped network, by BM25, and by those trained without a kind."""
    settings = Settings(reader="neural")
    asked = options.folder, settings, options.sample
    by_other = {}
    for assignment in options.network:
        kind, _, file = assignment.partition("=")
        by_other[kind] = read_examples(*asked, weights=Path(file))
    by_network = read_examples(*asked, weights=options.weights)
    return Read(by_network, read_examples(*asked, bm25_examples), by_other)


if __name__ == "__main__":
    sys.exit(ended(main))
