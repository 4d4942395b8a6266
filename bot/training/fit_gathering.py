"""Fits which sentences say a part of an answer: `python -m bot.training.fit_gathering FOLDER --write`.

FOLDER has the public sets (docs/data.md). The questions are the composed ones of tests/data that are
for fitting. Each is asked of its library, and of the library without the documents that answer it,
where nothing should be cited. Prints what the fits are worth on each kind of text left out.
"""

from __future__ import annotations

import argparse
import json
import math
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

import numpy as np

from bot.composer.composition import CITED_AT_MOST
from bot.composer.fits import OF_CHOICE, OF_LIST, OF_QUESTION, OF_SENTENCE, WEIGHTS
from bot.composer.gathering import LEAST_CONFIDENCE, question_features, sentence_features
from bot.composer.likely_lists import Members, choice_features, list_features, listed, touched_lists
from bot.composer.series import Series
from bot.composer.sources import Material
from bot.evals.datasets import Case
from bot.evals.datasets.native import read_native
from bot.evals.measures import cites
from bot.index_build import open_index
from bot.reader.logistic import Logistic
from bot.reader.network import SpanScores
from bot.reader.network_reading import read_passages
from bot.reader.ranking import FitName
from bot.service import PASSAGES_SEARCHED, Service
from bot.settings import Settings
from bot.training.kinds import BUNDLED, LAWS, NEWS, SHIPPED
from bot.training.logistic import Mask, fit_logistic
from corpus import Document, Passage
from corpus.errors import ended
from index import Vectors

POINT_LEAST = 0.2
"""Probability from which a sentence is cited. With kinds left out 63 % of the points are found where 43 %
of what is cited is one; from .25 on 57 % and 48 %, from .3 on 49 % and 53 %.
"""

LIST_LEAST = 0.35
"""Probability from which the likeliest list answers as it is. With kinds left out 105 of 209 questions
are shown one, 80 times the right one, and 26 of 199 whose documents are deleted.
"""

ANSWERS = 0.7
"""A list is the one asked for where the harmonic mean of the share of the points that it says and the
share of its items that say one is at least this."""

COVERS_LEAST = 0.6
"""Probability from which anything is cited: with kinds left out 78 % of the questions are answered, and
14 % of those whose documents are deleted; from .5 on 80 % and 18 %, and of the questions on the
bundled article that it does not answer .853 were refused for .912.
"""

LISTED = ("list", "each")
"""Forms whose questions tell which list is asked for."""

KINDS = {
    "articles": "articles",
    "essays": "articles",
    "news": "news",
    "regulations": "regulations",
    "laws": "regulations",
    "laws-b": "regulations",
    "laws-c": "regulations",
    "tables": "tables",
    "mixed": "tables",
    "notices": "tables",
}
"""The sets of composed questions, and the kind of text that they are left out with."""

FORMS = ("list", "each", "comparison", "summary", "documents", "conflict")


@dataclass(frozen=True, slots=True)
class Rows:
    """A question as it is fitted on: (n, len(OF_SENTENCE)) of its candidates, which points each says,
    (n, points), and (len(OF_QUESTION),). Without points the documents that answer are deleted.

    `lists` is (m, len(OF_LIST)) of the lists of the documents found, `members` their candidates, and
    `values` (m,) how well each answers, 0 to 1; empty where the question asks for no list. The column of
    `sentences` that lists make is filled in by `_with_lists`.
    """

    kind: str
    fit: FitName
    sentences: Vectors
    says: Mask
    question: Vectors
    lists: Vectors
    members: Sequence[Members]
    values: Vectors


class Chosen(NamedTuple):
    """The likeliest list of a question: whether the documents that answer are held, the value of the best
    list there is, its own, and whether it is shown.
    """

    is_held: bool
    best: float
    value: float
    is_shown: bool


def read_rows(folder: Path, settings: Settings) -> list[Rows]:
    """All composed questions for fitting, each with its documents and without, read by the network and
    by rules.
    """
    found = []
    for kind, service, cases in _libraries(folder, settings):
        held = service.snapshot.collection.documents
        for case in cases:
            answering = {p.document.doc_id for group in case.gold for p in group}
            left = [document for document in held if document.doc_id not in answering]
            services = [service, service.only(left)] if left else [service]
            for is_deleted, one in enumerate(services):
                found += list(_rows(kind, one, case, bool(is_deleted)))
    return found


def _libraries(folder: Path, settings: Settings) -> Iterator[tuple[str, Service, Sequence[Case]]]:
    """The libraries of composed questions, each with those that are for fitting."""
    for name, path in _places(folder):
        if not path.exists():
            continue
        service = open_index(settings, path).service(settings)
        documents = service.snapshot.collection.documents
        cases = _cases(SHIPPED / f"composed-{name}.jsonl", documents)
        if cases:
            yield KINDS[name], _complete(path.name == LAWS, service, cases), cases


def _places(folder: Path) -> Iterator[tuple[str, Path]]:
    """The sets of composed questions, and where their documents are."""
    for name in KINDS:
        if name == "articles":
            yield name, BUNDLED
        if name == "news":
            yield name, folder / NEWS
        elif name.startswith("laws"):
            yield name, folder / LAWS
        else:
            yield name, SHIPPED / name


def _cases(path: Path, documents: Sequence[Document]) -> list[Case]:
    """The questions of a set that are for fitting and are about these documents."""
    held = {document.doc_id for document in documents}
    lines = []
    for line in path.read_text("utf-8").splitlines():
        row = json.loads(line)
        about = {point["doc_id"] for group in row["gold"] for point in group}
        if row["part"] == "fit" and row["kind"] in FORMS and about and about <= held:
            lines.append(row["id"])
    return [case for case in read_native(path, documents).cases if case.case_id in set(lines)]


def _complete(is_laws: bool, service: Service, cases: Sequence[Case]) -> Service:
    """The library for which the points are complete: of the laws those that were read for them."""
    if not is_laws:
        return service
    asked = {passage.document.doc_id for case in cases for group in case.gold for passage in group}
    return service.only([d for d in service.snapshot.collection.documents if d.doc_id in asked])


def _rows(kind: str, service: Service, case: Case, is_deleted: bool) -> Iterator[Rows]:
    question = service.understand(case.question)
    scope = service.scope_of(question)
    if scope.missing:
        return
    hits = service.search(question, PASSAGES_SEARCHED, scope)
    read = read_passages(service.network, question, hits, scope)
    fits: Sequence[tuple[FitName, Sequence[SpanScores]]] = (("neural", read), ("rules", ()))
    for fit, scores in fits:
        material = Material(question, "list", scope, hits, scores, service.sources)
        if not material.candidates:
            continue
        spans = [candidate.sentence.span for candidate in material.candidates]
        groups = () if is_deleted else case.gold
        touched = touched_lists(material)
        says = [[any(cites(span, p) for p in group) for group in groups] for span in spans]
        yield Rows(
            kind,
            fit,
            sentence_features(
                material.candidates, material.evidence, np.zeros(len(spans), np.float32)
            ),
            np.array(says, bool).reshape(len(spans), len(groups)),
            question_features(material),
            list_features(material, touched),
            [members for _, members in touched],
            _values([series for series, _ in touched if case.kind in LISTED], groups),
        )


def _values(found: Sequence[Series], groups: Sequence[Sequence[Passage]]) -> Vectors:
    """(m,) how well each list says the points; 0 without points."""
    return np.array([_value(series, groups) if groups else 0.0 for series in found], np.float32)


def _value(series: Series, groups: Sequence[Sequence[Passage]]) -> float:
    """The harmonic mean of the share of the points said and the share of the items that say one."""
    says = []
    for start, end in series.items:
        item = Passage(series.document, start, end)
        says.append([any(cites(item, passage) for passage in group) for group in groups])
    said = np.array(says, bool)
    points = said.any(axis=0)
    if points.sum() < 2:
        return 0.0
    shares = float(points.mean()), float(said.any(axis=1).mean())
    return 2 * shares[0] * shares[1] / sum(shares)


def _with_lists(one: Rows, lists: Logistic) -> Vectors:
    """The features of the candidates of a question, with those that its likely lists make."""
    probabilities = lists.probabilities(one.lists)
    of_lists = listed(len(one.sentences), one.members, probabilities)
    features = one.sentences.copy()
    features[:, OF_SENTENCE.index("listed")] = of_lists
    return features


def fit_points(rows: Sequence[Rows], lists: Logistic) -> Logistic:
    """How likely a sentence says a point; of the rows with points."""
    used = [one for one in rows if one.says.shape[1]]
    matrix = np.vstack([_with_lists(one, lists) for one in used])
    right = np.concatenate([one.says.any(axis=1) for one in used])
    return fit_logistic(matrix, right, POINT_LEAST)


def fit_covers(rows: Sequence[Rows]) -> Logistic:
    """How likely the documents speak of what is asked."""
    matrix = np.vstack([one.question for one in rows])
    right = np.array([bool(one.says.shape[1]) for one in rows])
    return fit_logistic(matrix, right, COVERS_LEAST)


def fit_lists(rows: Sequence[Rows]) -> Logistic:
    """How likely a list is the one that is asked for."""
    used = [one for one in rows if len(one.values)]
    matrix = np.vstack([one.lists for one in used])
    right = np.concatenate([one.values for one in used]) >= ANSWERS
    return fit_logistic(matrix, right, 0.0)


def fit_choice(rows: Sequence[Rows], lists: Logistic) -> Logistic:
    """How likely the likeliest list answers."""
    used = [one for one in rows if len(one.values)]
    matrix = np.vstack([_choice(one, lists)[0] for one in used])
    right = np.array([_choice(one, lists)[1] for one in used]) >= ANSWERS
    return fit_logistic(matrix, right, LIST_LEAST)


def _choice(one: Rows, lists: Logistic) -> tuple[Vectors, float]:
    """The features of the likeliest list of a question, and how well it answers."""
    probabilities = lists.probabilities(one.lists)
    confidence = math.exp(float(one.question[OF_QUESTION.index("confidence")])) - LEAST_CONFIDENCE
    row = choice_features(one.members, probabilities, max(confidence, 0.0))
    return row, float(one.values[int(np.argmax(probabilities))])


def left_out(rows: Sequence[Rows]) -> str:
    """A table: of each kind, fitted on the others, how many points are cited, and how exactly."""
    lines = [
        "| kind | n | points | whole | precision | answered | answered with its documents deleted |",
        "|---|---|---|---|---|---|---|",
    ]
    every: list[tuple[float, ...]] = []
    deleted: list[float] = []
    for kind in dict.fromkeys(one.kind for one in rows):
        others = [one for one in rows if one.kind != kind]
        lists, covers = fit_lists(others), fit_covers(others)
        points = fit_points(others, lists)
        own = [one for one in rows if one.kind == kind]
        held = [_measured(one, lists, points, covers) for one in own if one.says.shape[1]]
        gone = [float(_covers(one, covers)) for one in own if not one.says.shape[1]]
        lines.append(_line(kind, held, gone))
        every += held
        deleted += gone
    lines.append(_line("all", every, deleted))
    return "\n".join(lines)


def lists_left_out(rows: Sequence[Rows]) -> str:
    """A table: of each kind, fitted on the others, how often the likeliest list is the one asked for."""
    lines = [
        "| kind | with a list that answers | it is the likeliest | shown | right | their mean value "
        "| shown with its documents deleted |",
        "|---|---|---|---|---|---|---|",
    ]
    every: list[Chosen] = []
    for kind in dict.fromkeys(one.kind for one in rows):
        others = [one for one in rows if one.kind != kind]
        lists = fit_lists(others)
        choice = fit_choice(others, lists)
        chosen = []
        for one in rows:
            if one.kind == kind and len(one.values):
                row, value = _choice(one, lists)
                is_shown = bool(choice.probabilities(row[None, :])[0] >= choice.least)
                is_held = bool(one.says.shape[1])
                chosen.append(Chosen(is_held, float(one.values.max()), value, is_shown))
        lines.append(_list_line(kind, chosen))
        every += chosen
    lines.append(_list_line("all", every))
    return "\n".join(lines)


def _list_line(kind: str, chosen: Sequence[Chosen]) -> str:
    held = [one for one in chosen if one.is_held]
    gone = [one for one in chosen if not one.is_held]
    there = sum(one.best >= ANSWERS for one in held)
    first = sum(one.value >= ANSWERS for one in held)
    shown = [one.value for one in held if one.is_shown]
    right = sum(value >= ANSWERS for value in shown)
    mean = f"{np.mean(shown):.2f}" if shown else ""
    wrong = f"{sum(one.is_shown for one in gone)} of {len(gone)}"
    return (
        f"| {kind} | {there} of {len(held)} | {first} | {len(shown)} | {right} | {mean} | {wrong} |"
    )


def _covers(one: Rows, covers: Logistic) -> bool:
    return bool(covers.probabilities(one.question[None, :])[0] >= covers.least)


def _measured(one: Rows, lists: Logistic, points: Logistic, covers: Logistic) -> tuple[float, ...]:
    """Points, whole, precision and whether it is answered; the first three as if it were."""
    likely = points.probabilities(_with_lists(one, lists))
    order = np.argsort(-likely, kind="stable")[:CITED_AT_MOST]
    chosen = [number for number in order if likely[number] >= points.least] or [order[0]]
    said = one.says[chosen]
    share = float(said.any(axis=0).mean())
    return share, float(share == 1), float(said.any(axis=1).mean()), float(_covers(one, covers))


def _line(kind: str, held: Sequence[tuple[float, ...]], gone: Sequence[float]) -> str:
    means = np.mean(held, axis=0)
    cells = [*(f"{mean:.3f}" for mean in means), f"{np.mean(gone):.3f}" if gone else ""]
    return f"| {kind} | {len(held)} | {' | '.join(cells)} |"


def main() -> int:
    """Prints what the fits are worth, and writes them."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--write", action="store_true", help="write gathering.json")
    options = parser.parse_args()
    rows = read_rows(options.folder, Settings())
    stored = {}
    for name in ("neural", "rules"):
        own = [one for one in rows if one.fit == name]
        sys.stdout.write(f"{name}\n{left_out(own)}\n")
        sys.stdout.write(f"{lists_left_out(own)}\n")
        stored[name] = {
            "points": fit_points(own, fit_lists(own)).by_name(OF_SENTENCE),
            "covers": fit_covers(own).by_name(OF_QUESTION),
            "lists": fit_lists(own).by_name(OF_LIST),
            "choice": fit_choice(own, fit_lists(own)).by_name(OF_CHOICE),
        }
    if options.write:
        WEIGHTS.write_text(json.dumps(stored, indent=1) + "\n", "utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(ended(main))
