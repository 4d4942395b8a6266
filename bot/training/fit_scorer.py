"""Fits the scorer: `python -m bot.training.fit_scorer FOLDER`, where cmrc2018_train.json and drcd_dev.json are.

With `--reader neural` it leaves those of the rules, and fits how they are mixed with what the network sees.
Fitted on the 5 % of CMRC's paragraphs before the last 5 % and the DRCD paragraphs 1, 6, 11 …; the figures printed are
of the last 5 % and of the paragraphs 5, 10, 15 …. The corpus of the one is CMRC's last tenth, that of the other all of
DRCD. Their indexes stay in CHENGWEN_HOME.
"""

from __future__ import annotations

import argparse
import json
import math
import sys
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Literal

import numpy as np
import numpy.typing as npt
from sklearn.linear_model import LogisticRegression  # type: ignore[import-untyped]
from sklearn.metrics import roc_auc_score  # type: ignore[import-untyped]

from bot.index_build import open_index
from bot.question.analysis import analyse
from bot.reader.decision import Candidate
from bot.reader.features import (
    BY_HAND,
    FEATURES,
    MIXTURE,
    WEIGHTS,
    Mixture,
    Model,
    load_model,
    save_mixture,
    save_model,
    softplus,
)
from bot.reader.spans import occurrences
from bot.service import Service
from bot.settings import Settings, home
from corpus import Document, DocumentError, EncoderUnavailable, Passage
from corpus.errors import ended
from corpus.intake.benchmarks import load_squad
from corpus.language.text import fold
from index import Hit, Vectors

PASSAGES = 10
"""Passages whose sentences are candidates, as in the service."""

SPARE = 20
"""Further passages searched, to take the place of those of a deleted document."""

Deleted = Literal["nothing", "document", "sentences"]
"""What is taken away before the question is asked: nothing, the document with the answer, the sentences with it."""


@dataclass(frozen=True, slots=True)
class Asked:
    """A question of a set, with the span of its answer; `number` counts the set's paragraphs from 0."""

    number: int
    question: str
    gold: Passage


@dataclass(frozen=True, slots=True)
class Example:
    """The n candidates of a question: `features` (n, len(FEATURES)), and which of them overlap the answer, (n,).

    `spans` (n,): log-odds of the likeliest span in each, where a network has read.
    """

    features: Vectors
    right: npt.NDArray[np.bool_]
    spans: Vectors | None = None


def read_questions(path: Path, documents: Iterable[Document]) -> list[Asked]:
    """The questions of a SQuAD-layout file whose paragraphs are `documents`.

    Wrong offsets are mended by the answer's text; questions whose answer is not in the text are left out. Raises
    DocumentError where the file is not of that layout.
    """
    known = {int(document.doc_id.rpartition("-")[2]): document for document in documents}
    try:
        articles = json.loads(path.read_text(encoding="utf-8"))["data"]
        paragraphs = [paragraph for article in articles for paragraph in article["paragraphs"]]
        return [
            Asked(number, str(qa["question"]), gold)
            for number, paragraph in enumerate(paragraphs)
            for qa in paragraph["qas"]
            if number in known and (gold := _gold(known[number], qa["answers"][0]))
        ]
    except (OSError, ValueError, KeyError, TypeError, IndexError) as error:
        raise DocumentError(
            f"{path} 不是可用的 SQuAD 格式题集：{error!r}。请检查文件是否完整。",
            f"{path} is no usable question set in SQuAD layout: {error!r}. Is it complete?",
        ) from error


def examples(
    service: Service, questions: Iterable[Asked], deleted: Deleted = "nothing"
) -> Iterator[Example]:
    """What the service's own search and reader make of the questions; those without any candidate are left out."""
    for asked in questions:
        # As it stands: words of like meaning would teach the model to trust bare coverage.
        question = analyse(asked.question, service.snapshot.segmenter)
        hits = _without_document(service.search(question, PASSAGES + SPARE), asked, deleted)
        seen = service.span_scores(question, hits)
        candidates = service.reader.candidates(hits[:PASSAGES])
        if deleted == "sentences":
            candidates = list(filter(_not_answering(asked), candidates))
        if candidates:
            right = np.array([_overlap(c.sentence.span, asked.gold) for c in candidates], bool)
            evidence = service.reader.weigh(question, candidates, seen)
            yield Example(evidence.features, right, evidence.spans)


def _gold(document: Document, answer: dict[str, Any]) -> Passage | None:
    start = int(answer["answer_start"])
    places = (
        list(occurrences(str(answer["text"]).strip(), document.text))
        if str(answer["text"]).strip()
        else []
    )
    return (
        Passage(document, *min(places, key=lambda span: abs(span[0] - start))) if places else None
    )


def _without_document(hits: Sequence[Hit], asked: Asked, deleted: Deleted) -> list[Hit]:
    gone = asked.gold.document.doc_id if deleted == "document" else None
    return [hit for hit in hits if hit.passage.document.doc_id != gone]


def _not_answering(asked: Asked) -> Callable[[Candidate], bool]:
    """Whether a sentence neither overlaps the answer nor says it elsewhere in the document."""
    answer, document = fold(asked.gold.text), asked.gold.document

    def stays(candidate: Candidate) -> bool:
        sentence = candidate.sentence
        return sentence.span.document != document or not (
            _overlap(sentence.span, asked.gold) or answer in sentence.folded
        )

    return stays


def _overlap(one: Passage, other: Passage) -> bool:
    return (
        one.document.doc_id == other.document.doc_id
        and one.start < other.end
        and other.start < one.end
    )


CMRC, DRCD = "cmrc2018_train.json", "drcd_dev.json"
DELETED: tuple[Deleted, ...] = ("nothing", "document", "sentences")

MARGIN = FEATURES.index("margin")

Odds = Callable[[Example], Vectors]
"""(n,) log-odds of the n candidates of an example."""

OVER = 0.1
"""Share of the questions with an answer that may be refused."""

STRENGTH = 0.3
"""Inverse of the L2 penalty on standardised features."""


@dataclass(frozen=True, slots=True)
class QuestionSet:
    """A question set: its service, the questions to fit on, and those to report on."""

    name: str
    service: Service
    fit: Sequence[Asked]
    report: Sequence[Asked]


@dataclass(frozen=True, slots=True)
class Figures:
    """Of n questions, the share whose best sentence holds the answer, and how well the best log-odds tell them apart.

    `document` and `sentences`, of the same questions with the answer's document, or its sentences, deleted: AUROC, and
    the share refused where OVER of those with an answer are refused. That is so below the confidence `least`.
    """

    n: int
    best: float
    document: tuple[float, float]
    sentences: tuple[float, float]
    least: float


def fit(found: Sequence[Example], by_hand: Model) -> Model:
    """Logistic regression in which every question counts the same; what is set by hand is taken from `by_hand`.

    `margin` is centred on each question's candidates: what they share orders nothing, and how far a question lies from
    the negative cohort at all is judged apart, by the threshold.
    """
    weights, bias = _regression(found, [_centred(example.features) for example in found])
    kept = [FEATURES.index(name) for name in BY_HAND]
    weights[kept] = by_hand.weights[kept]
    return Model(weights.astype(np.float32), bias, by_hand.threshold)


def mix(found: Sequence[Example], model: Model) -> Mixture:
    """Logistic regression over what the rules of `model` and a network find, every question counting the same.

    Raises ValueError where no network has read.
    """
    (rules, span), bias = _regression(
        found, [np.column_stack([model.log_odds(e.features), softplus(_spans(e))]) for e in found]
    )
    return Mixture(float(rules), float(span), bias)


def odds_by(model: Model, mixture: Mixture | None = None) -> Odds:
    """The log-odds of an example's candidates by rules, or by these and a network, mixed."""
    if mixture is None:
        return lambda example: model.log_odds(example.features)
    return lambda example: mixture.log_odds(model.log_odds(example.features), _spans(example))


def _spans(example: Example) -> Vectors:
    if example.spans is None:
        raise ValueError("no network has read the example")
    return example.spans


def _regression(found: Sequence[Example], columns: Sequence[Vectors]) -> tuple[Vectors, float]:
    """Weights and bias for the columns of each example, (candidates, features)."""
    matrix = np.concatenate(columns)
    right = np.concatenate([example.right for example in found])
    weight = np.concatenate(
        [np.full(len(example.right), 1 / len(example.right)) for example in found]
    )
    mean, deviation = matrix.mean(axis=0), matrix.std(axis=0) + 1e-6
    regression = LogisticRegression(C=STRENGTH, max_iter=1000)
    regression.fit((matrix - mean) / deviation, right, sample_weight=weight / weight.mean())
    weights: Vectors = regression.coef_[0] / deviation
    return weights, float(regression.intercept_[0] - weights @ mean)


def _centred(features: Vectors) -> Vectors:
    centred = features.copy()
    centred[:, MARGIN] -= centred[:, MARGIN].mean()
    return centred


def figures(
    odds: Odds, whole: Sequence[Example], document: Sequence[Example], sentences: Sequence[Example]
) -> Figures:
    """How log-odds do on the examples of the same questions, whole and with what is deleted."""
    best = np.mean([example.right[np.argmax(odds(example))] for example in whole])
    least = float(np.quantile([float(odds(e).max()) for e in whole], OVER))

    def apart(absent: Sequence[Example]) -> tuple[float, float]:
        refused = float(np.mean([float(odds(e).max()) < least for e in absent]))
        return auroc(odds, whole, absent), refused

    return Figures(
        len(whole), float(best), apart(document), apart(sentences), 1 / (1 + math.exp(-least))
    )


def auroc(odds: Odds, answered: Iterable[Example], absent: Iterable[Example]) -> float:
    """Probability that the best log-odds of a question with an answer exceed those of one without."""
    above, below = ([float(odds(e).max()) for e in found] for found in (answered, absent))
    return float(roc_auc_score([1] * len(above) + [0] * len(below), above + below))


def read_sets(folder: Path, settings: Settings, sample: int = 0) -> list[QuestionSet]:
    """CMRC and DRCD from `folder`, indexed, with `sample` questions a part where it is not 0.

    Raises DocumentError and EncoderUnavailable.
    """
    cmrc, middle = _last_tenth(folder / CMRC)
    sets = [
        _set(cmrc, settings, lambda number: number < middle, lambda number: number >= middle),
        _set(
            folder / DRCD, settings, lambda number: number % 5 == 0, lambda number: number % 5 == 4
        ),
    ]
    return [
        replace(one, fit=_sampled(one.fit, sample), report=_sampled(one.report, sample))
        for one in sets
    ]


def main(arguments: Sequence[str] | None = None) -> int:
    """Fits, prints the figures and writes the weights."""
    parser = argparse.ArgumentParser(prog="python -m bot.training.fit_scorer", description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--reader", choices=("rules", "neural"), default="rules")
    parser.add_argument(
        "--sample", type=int, default=0, help="questions of each part, drawn evenly; by default all"
    )
    parser.add_argument("--output", type=Path)
    options = parser.parse_args(arguments)
    sets = read_sets(options.folder, Settings(reader=options.reader), options.sample)
    found = [e for s in sets for deleted in DELETED for e in examples(s.service, s.fit, deleted)]
    if options.reader == "rules":
        model = fit(found, load_model())
        save_model(model, options.output or WEIGHTS)
        odds = odds_by(model)
    else:
        mixture = mix(found, load_model())
        save_mixture(mixture, options.output or MIXTURE)
        odds = odds_by(load_model(), mixture)
    for one in sets:
        of = figures(
            odds, *(list(examples(one.service, one.report, deleted)) for deleted in DELETED)
        )
        sys.stdout.write(
            f"{one.name}: n {of.n}, best sentence right {of.best:.3f}, "
            "AUROC and share refused, document deleted {:.3f} {:.3f}, sentences deleted {:.3f} {:.3f}, "
            "over-refusal {:.2f} at confidence={:.3f}\n".format(
                *of.document, *of.sentences, OVER, of.least
            )
        )
    return 0


def _set(
    path: Path, settings: Settings, fits: Callable[[int], bool], reports: Callable[[int], bool]
) -> QuestionSet:
    opened = open_index(settings, path)
    if opened.encoder is None:
        zh, en = opened.notices[0]
        raise EncoderUnavailable(f"拟合权重需要编码模型。{zh}", f"Fitting needs the encoder. {en}")
    questions = read_questions(path, opened.snapshot.collection.documents)
    service = opened.service(settings)
    fit_part, report_part = (
        [q for q in questions if wanted(q.number)] for wanted in (fits, reports)
    )
    return QuestionSet(path.stem, service, fit_part, report_part)


def _sampled(questions: Sequence[Asked], count: int) -> Sequence[Asked]:
    return (
        questions[:: len(questions) // count][:count] if 0 < count < len(questions) else questions
    )


def _last_tenth(path: Path) -> tuple[Path, int]:
    """A file with the last tenth of the paragraphs of `path`, in CHENGWEN_HOME, and how many are its first half."""
    load_squad(path)  # Says what is wrong with the file.
    articles = json.loads(path.read_text(encoding="utf-8"))["data"]
    single = [
        {"title": a.get("title", ""), "paragraphs": [p]} for a in articles for p in a["paragraphs"]
    ]
    part = home() / "fit" / path.name
    part.parent.mkdir(parents=True, exist_ok=True)
    first, middle = len(single) * 90 // 100, len(single) * 95 // 100
    part.write_text(json.dumps({"data": single[first:]}, ensure_ascii=False), encoding="utf-8")
    return part, middle - first


if __name__ == "__main__":
    sys.exit(ended(main))
