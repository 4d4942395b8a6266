"""Fits the scorer: `python -m bot.training.fit_scorer FOLDER`, with cmrc2018_train.json and drcd_dev.json.

With `--reader neural` the weights of the rules stay, and the mixture of the rules and the network is
fitted instead. Fitted on the 5 % of CMRC's paragraphs before the last 5 % and on the DRCD paragraphs
1, 6, 11 …; the figures printed are of the last 5 % and of the paragraphs 5, 10, 15 …. The documents
searched are the last tenth of CMRC and all of DRCD. Their indexes stay in CHENGWEN_HOME.

In this file: `read_questions` reads the questions of a set, `examples` turns each into the features
of its candidate sentences, `fit` and `mix` fit a logistic regression to those, `figures` measures
the result, `read_sets` divides the sets, and `main` is the command.
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

CMRC, DRCD = "cmrc2018_train.json", "drcd_dev.json"

PASSAGES = 10
"""Passages whose sentences are candidates, as in the service."""

SPARE_PASSAGES = 20
"""Further passages searched, to take the place of those of a deleted document."""

OVER_REFUSED = 0.1
"""Share of the questions with an answer that may be refused."""

STRENGTH = 0.3
"""Inverse of the L2 penalty on standardised features."""

SMALLEST_DEVIATION = 1e-6
"""Added to the deviation of a feature, so that one that never differs divides by no 0."""

Deletion = Literal["nothing", "document", "sentences"]
"""What is deleted before the question is asked: the answer's document, or the sentences with it."""

DELETIONS: tuple[Deletion, ...] = ("nothing", "document", "sentences")

_MARGIN = FEATURES.index("margin")


@dataclass(frozen=True, slots=True)
class ParagraphQuestion:
    """A question of a set, with the span of its answer; `number` counts the paragraphs from 0."""

    number: int
    question: str
    gold: Passage


@dataclass(frozen=True, slots=True)
class SentenceExample:
    """The n candidate sentences of a question.

    `features` is (n, len(FEATURES)). `right` (n,) says which overlap the answer. `spans` (n,) are
    the log-odds of the likeliest span in each, where a network has read.
    """

    features: Vectors
    right: npt.NDArray[np.bool_]
    spans: Vectors | None = None


@dataclass(frozen=True, slots=True)
class QuestionSet:
    """A question set: its service, the questions to fit on, and those to report on."""

    name: str
    service: Service
    fit: Sequence[ParagraphQuestion]
    report: Sequence[ParagraphQuestion]


@dataclass(frozen=True, slots=True)
class SentenceFigures:
    """How well the log-odds order the sentences of `n` questions and tell what has no answer.

    `best` is the share of the questions whose best sentence holds the answer. `document` and
    `sentences` are (AUROC, share refused) of the same questions with the answer's document, or its
    sentences, deleted, where a question is refused below the confidence `least` (0 to 1). Below it
    lie OVER_REFUSED of the questions with an answer.
    """

    n: int
    best: float
    document: tuple[float, float]
    sentences: tuple[float, float]
    least: float


LogOdds = Callable[[SentenceExample], Vectors]
"""(n,) log-odds that each of the n candidates of an example answers."""


def read_questions(path: Path, documents: Iterable[Document]) -> list[ParagraphQuestion]:
    """The questions of a SQuAD-layout file whose paragraphs are `documents`.

    Wrong offsets are corrected by the answer's text. Questions whose answer is not in the text are
    left out. Raises DocumentError where the file is not of that layout.
    """
    # The 12 of drcd_dev-00012
    by_number = {int(document.doc_id.rpartition("-")[2]): document for document in documents}
    questions: list[ParagraphQuestion] = []
    try:
        for number, paragraph in enumerate(_paragraphs(path)):
            rows = paragraph["qas"]
            if number in by_number:
                questions += _answered(rows, number, by_number[number])
    except (OSError, ValueError, KeyError, TypeError, IndexError) as error:
        raise DocumentError(
            f"{path} 不是可用的 SQuAD 格式题集：{error!r}。请检查文件是否完整。",
            f"{path} is no usable question set in SQuAD layout: {error!r}. Is it complete?",
        ) from error
    return questions


def examples(
    service: Service, questions: Iterable[ParagraphQuestion], deletion: Deletion = "nothing"
) -> Iterator[SentenceExample]:
    """The candidates that the service's own search and reader find for each question.

    Questions without any candidate are left out.
    """
    for asked in questions:
        # As it stands: synonyms would teach the model to trust bare coverage.
        question = analyse(asked.question, service.snapshot.segmenter)
        hits = service.search(question, PASSAGES + SPARE_PASSAGES)
        if deletion == "document":
            hits = _without_document(hits, asked.gold.document)
        scores = service.span_scores(question, hits)
        candidates = service.reader.candidates(hits[:PASSAGES])
        if deletion == "sentences":
            candidates = [c for c in candidates if not _gives_away(c, asked.gold)]
        if candidates:
            overlaps = [_overlap(c.sentence.span, asked.gold) for c in candidates]
            evidence = service.reader.weigh(question, candidates, scores)
            yield SentenceExample(evidence.features, np.array(overlaps, bool), evidence.spans)


def _paragraphs(path: Path) -> list[dict[str, Any]]:
    """The paragraphs of a SQuAD-layout file, those of all articles in turn."""
    paragraphs: list[dict[str, Any]] = []
    for article in json.loads(path.read_text(encoding="utf-8"))["data"]:
        paragraphs += article["paragraphs"]
    return paragraphs


def _answered(
    rows: Iterable[dict[str, Any]], number: int, document: Document
) -> Iterator[ParagraphQuestion]:
    """The questions of paragraph `number` whose answer is in its document."""
    for row in rows:
        gold = _gold_span(document, row["answers"][0])
        if gold:
            yield ParagraphQuestion(number, str(row["question"]), gold)


def _gold_span(document: Document, answer: dict[str, Any]) -> Passage | None:
    """Where the answer's text stands, nearest to its offset; None where it does not."""
    offset = int(answer["answer_start"])
    text = str(answer["text"]).strip()
    if not text:
        return None
    spans = list(occurrences(text, document.text))
    if not spans:
        return None
    start, end = min(spans, key=lambda span: abs(span[0] - offset))
    return Passage(document, start, end)


def _without_document(hits: Iterable[Hit], document: Document) -> list[Hit]:
    """The hits in other documents."""
    return [hit for hit in hits if hit.passage.document.doc_id != document.doc_id]


def _gives_away(candidate: Candidate, gold: Passage) -> bool:
    """Whether a sentence overlaps the answer, or holds its text elsewhere in the document."""
    sentence = candidate.sentence
    if sentence.span.document != gold.document:
        return False
    return _overlap(sentence.span, gold) or fold(gold.text) in sentence.folded


def _overlap(one: Passage, other: Passage) -> bool:
    """Whether two passages share a character of a document."""
    is_same_document = one.document.doc_id == other.document.doc_id
    return is_same_document and one.start < other.end and other.start < one.end


def fit(fitted_on: Sequence[SentenceExample], by_hand: Model) -> Model:
    """Weights by logistic regression, every question counting the same.

    What is set by hand is taken from `by_hand`: the weights of BY_HAND and the threshold. `margin`
    is centred on each question's candidates: what they share orders nothing, and how far a question
    lies from the negative cohort is judged by the threshold.
    """
    columns = [_centred(example.features) for example in fitted_on]
    weights, bias = _regression(fitted_on, columns)
    kept = [FEATURES.index(name) for name in BY_HAND]
    weights[kept] = by_hand.weights[kept]
    return Model(weights.astype(np.float32), bias, by_hand.threshold)


def mix(fitted_on: Sequence[SentenceExample], model: Model) -> Mixture:
    """The mixture of the rules of `model` and a network, by logistic regression over both.

    Every question counts the same. Raises ValueError where no network has read.
    """
    columns = []
    for example in fitted_on:
        by_rules = model.log_odds(example.features)
        columns.append(np.column_stack([by_rules, softplus(_span_odds(example))]))
    (rules, span), bias = _regression(fitted_on, columns)
    return Mixture(float(rules), float(span), bias)


def odds_by(model: Model, mixture: Mixture | None = None) -> LogOdds:
    """The log-odds by the rules alone, or with a `mixture` by the rules and a network."""

    def odds(example: SentenceExample) -> Vectors:
        by_rules = model.log_odds(example.features)
        if mixture is None:
            return by_rules
        return mixture.log_odds(by_rules, _span_odds(example))

    return odds


def _span_odds(example: SentenceExample) -> Vectors:
    if example.spans is None:
        raise ValueError("no network has read the example")
    return example.spans


def _regression(
    fitted_on: Sequence[SentenceExample], columns: Sequence[Vectors]
) -> tuple[Vectors, float]:
    """The weights (k,) and the bias for `columns`, (n, k) of each example with n candidates."""
    matrix = np.concatenate(columns)
    right = np.concatenate([example.right for example in fitted_on])
    counts = [len(example.right) for example in fitted_on]
    # Of n candidates each counts 1 / n.
    weight = np.concatenate([np.full(count, 1 / count) for count in counts])
    mean = matrix.mean(axis=0)
    deviation = matrix.std(axis=0) + SMALLEST_DEVIATION
    regression = LogisticRegression(C=STRENGTH, max_iter=1000)
    regression.fit((matrix - mean) / deviation, right, sample_weight=weight / weight.mean())
    weights: Vectors = regression.coef_[0] / deviation
    return weights, float(regression.intercept_[0] - weights @ mean)


def _centred(features: Vectors) -> Vectors:
    """The features with the mean of `margin` over the candidates taken off."""
    centred = features.copy()
    centred[:, _MARGIN] -= centred[:, _MARGIN].mean()
    return centred


def figures(
    odds: LogOdds,
    whole: Sequence[SentenceExample],
    document: Sequence[SentenceExample],
    sentences: Sequence[SentenceExample],
) -> SentenceFigures:
    """The figures of log-odds on the examples of the same questions, whole and by deletion."""
    is_right = [example.right[np.argmax(odds(example))] for example in whole]
    least = float(np.quantile(_best_odds(odds, whole), OVER_REFUSED))

    def without_answer(absent: Sequence[SentenceExample]) -> tuple[float, float]:
        is_refused = [best < least for best in _best_odds(odds, absent)]
        return auroc(odds, whole, absent), float(np.mean(is_refused))

    return SentenceFigures(
        n=len(whole),
        best=float(np.mean(is_right)),
        document=without_answer(document),
        sentences=without_answer(sentences),
        least=1 / (1 + math.exp(-least)),
    )


def auroc(
    odds: LogOdds, answered: Iterable[SentenceExample], absent: Iterable[SentenceExample]
) -> float:
    """Probability that the best log-odds of a question with an answer exceed those of one without."""
    above = _best_odds(odds, answered)
    below = _best_odds(odds, absent)
    labels = [1] * len(above) + [0] * len(below)
    return float(roc_auc_score(labels, above + below))


def _best_odds(odds: LogOdds, found: Iterable[SentenceExample]) -> list[float]:
    """The log-odds of the best candidate of each example."""
    return [float(odds(example).max()) for example in found]


def read_sets(folder: Path, settings: Settings, sample: int = 0) -> list[QuestionSet]:
    """CMRC and DRCD from `folder`, indexed, with `sample` questions a part where it is not 0.

    Raises DocumentError and EncoderUnavailable.
    """
    cmrc, middle = _last_tenth(folder / CMRC)
    sets = [
        _read_set(cmrc, settings, lambda number: number < middle, lambda number: number >= middle),
        _read_set(
            folder / DRCD, settings, lambda number: number % 5 == 0, lambda number: number % 5 == 4
        ),
    ]
    sampled = []
    for one in sets:
        fit_part = _sampled(one.fit, sample)
        report_part = _sampled(one.report, sample)
        sampled.append(replace(one, fit=fit_part, report=report_part))
    return sampled


def _read_set(
    path: Path,
    settings: Settings,
    is_for_fitting: Callable[[int], bool],
    is_for_reporting: Callable[[int], bool],
) -> QuestionSet:
    """A set, indexed. Its parts are chosen by the numbers of the paragraphs."""
    opened = open_index(settings, path)
    if opened.encoder is None:
        zh, en = opened.notices[0]
        raise EncoderUnavailable(f"拟合权重需要编码模型。{zh}", f"Fitting needs the encoder. {en}")
    questions = read_questions(path, opened.snapshot.collection.documents)
    fit_part = [question for question in questions if is_for_fitting(question.number)]
    report_part = [question for question in questions if is_for_reporting(question.number)]
    return QuestionSet(path.stem, opened.service(settings), fit_part, report_part)


def _sampled(questions: Sequence[ParagraphQuestion], count: int) -> Sequence[ParagraphQuestion]:
    """`count` of the questions, drawn evenly; all where it is 0 or there are no more."""
    if 0 < count < len(questions):
        return questions[:: len(questions) // count][:count]
    return questions


def _last_tenth(path: Path) -> tuple[Path, int]:
    """A file with the last tenth of the paragraphs of `path`, and how many are its first half.

    The file is written into CHENGWEN_HOME, with an article for each paragraph.
    """
    load_squad(path)  # Says what is wrong with the file.
    single = []
    for article in json.loads(path.read_text(encoding="utf-8"))["data"]:
        for paragraph in article["paragraphs"]:
            single.append({"title": article.get("title", ""), "paragraphs": [paragraph]})
    part = home() / "fit" / path.name
    part.parent.mkdir(parents=True, exist_ok=True)
    first = len(single) * 90 // 100
    middle = len(single) * 95 // 100
    part.write_text(json.dumps({"data": single[first:]}, ensure_ascii=False), encoding="utf-8")
    return part, middle - first


def main(arguments: Sequence[str] | None = None) -> int:
    """Fits, prints the figures and writes the weights."""
    options = _parser().parse_args(arguments)
    sets = read_sets(options.folder, Settings(reader=options.reader), options.sample)
    fitted_on: list[SentenceExample] = []
    for one in sets:
        for deletion in DELETIONS:
            fitted_on += examples(one.service, one.fit, deletion)
    if options.reader == "rules":
        model = fit(fitted_on, load_model())
        save_model(model, options.output or WEIGHTS)
        odds = odds_by(model)
    else:
        mixture = mix(fitted_on, load_model())
        save_mixture(mixture, options.output or MIXTURE)
        odds = odds_by(load_model(), mixture)
    for one in sets:
        reported = [list(examples(one.service, one.report, deletion)) for deletion in DELETIONS]
        sys.stdout.write(_line(one.name, figures(odds, *reported)))
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m bot.training.fit_scorer", description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--reader", choices=("rules", "neural"), default="rules")
    parser.add_argument(
        "--sample", type=int, default=0, help="questions of each part, drawn evenly; by default all"
    )
    parser.add_argument("--output", type=Path)
    return parser


def _line(name: str, found: SentenceFigures) -> str:
    """The figures of a set as the command prints them."""
    deleted_document = "{:.3f} {:.3f}".format(*found.document)
    deleted_sentences = "{:.3f} {:.3f}".format(*found.sentences)
    return (
        f"{name}: n {found.n}, best sentence right {found.best:.3f}, "
        f"AUROC and share refused, document deleted {deleted_document}, "
        f"sentences deleted {deleted_sentences}, "
        f"over-refusal {OVER_REFUSED:.2f} at confidence={found.least:.3f}\n"
    )


if __name__ == "__main__":
    sys.exit(ended(main))
