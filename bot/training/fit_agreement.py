"""Fits which sentences state what another does: `python -m bot.training.fit_agreement FOLDER --write`.

FOLDER has the public sets (docs/data.md). What is right are the statements that the conflict questions
of tests/data ask for; wrong are the other sentences found for these, and for questions on a fact that
one document states. Prints what the fits are worth on each kind of text left out.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from bot.composer.agreement import OTHERS_AT_MOST
from bot.composer.restating import OF_OTHER, WEIGHTS, other_features
from bot.composer.sources import Material
from bot.evals.datasets import Case, read_dataset
from bot.evals.datasets.native import read_native
from bot.evals.measures import cites
from bot.index_build import open_index
from bot.reader.logistic import Logistic
from bot.reader.network_reading import read_passages
from bot.reader.ranking import FitName
from bot.service import PASSAGES_SEARCHED, Service
from bot.settings import Settings
from bot.training.kinds import BUNDLED, LAWS, NEWS, SHIPPED
from bot.training.logistic import Mask, fit_logistic
from corpus import Document
from corpus.errors import ended
from corpus.language.text import fold
from index import Vectors

FACTS_AT_MOST = 90
"""Questions on facts of a set, drawn evenly."""

LEAST = 0.2
"""Probability from which a sentence is told beside the first. With kinds left out 59 % of the statements
are told, and no fact of the articles, regulations and tables with a wrong other; from .3 on 54 %. News
tell one event many times: of 86 questions on them about three had a stranger, read one by one.
"""


@dataclass(frozen=True, slots=True)
class Library:
    """Documents of one `kind` of text, in the folder or file `path`, and the sets that ask of them.

    Where `facts` is "" none asks for a fact; that of a public set is the set itself. `asked_only`
    where only the documents that a set names were read for it.
    """

    kind: str
    path: Path
    conflicts: str
    facts: str = ""
    asked_only: bool = False


@dataclass(frozen=True, slots=True)
class Rows:
    """A question as it is fitted on: (n, len(OF_OTHER)) of its candidates, and (n, points) which of the
    statements each says. Of a fact one sentence is right, or none, and `may` (n,) are those that have
    the answer too. `first` is the number of the best, `answered` whether it would be cited.
    """

    kind: str
    fit: FitName
    is_fact: bool
    others: Vectors
    says: Mask
    may: Mask
    first: int
    answered: bool


def libraries(folder: Path) -> Sequence[Library]:
    """The libraries; those of the public sets are in `folder`."""
    laws = folder / LAWS
    return (
        Library("articles", BUNDLED, "articles", "hard"),
        Library("articles", SHIPPED / "articles", "articles", "articles"),
        Library("articles", SHIPPED / "essays", "essays"),
        Library("regulations", SHIPPED / "regulations", "regulations", "regulations"),
        Library("regulations", laws, "laws", asked_only=True),
        Library("regulations", laws, "laws-b", asked_only=True),
        Library("regulations", laws, "laws-c", asked_only=True),
        Library("news", folder / NEWS, "news", NEWS),
        Library("tables", SHIPPED / "tables", "tables", "tables"),
        Library("tables", SHIPPED / "mixed", "mixed"),
        Library("tables", SHIPPED / "notices", "notices"),
    )


def read_rows(folder: Path, settings: Settings) -> list[Rows]:
    """All questions, each read by the network and by rules."""
    found: list[Rows] = []
    for library in libraries(folder):
        if not library.path.exists():
            continue
        service = open_index(settings, library.path).service(settings)
        documents = service.snapshot.collection.documents
        if library.facts:
            for case in _facts(library, documents):
                found += _rows(library.kind, service, case, is_fact=True)
        path = SHIPPED / f"composed-{library.conflicts}.jsonl"
        if library.asked_only:
            named = _named_in(path)
            service = service.only([one for one in documents if one.doc_id in named])
        for case in _cases(path, documents, "conflict"):
            found += _rows(library.kind, service, case, is_fact=False)
    return found


def _facts(library: Library, documents: Sequence[Document]) -> Sequence[Case]:
    """Questions on facts that are for fitting, at most FACTS_AT_MOST."""
    if library.facts == NEWS:
        dataset = read_dataset(library.path, documents)
        cases = [one for one in dataset.cases if dataset.splits.get(one.case_id) == "fit"]
    else:
        cases = _cases(SHIPPED / f"{library.facts}.jsonl", documents, "")
    return cases[:: 1 + len(cases) // FACTS_AT_MOST]


def _named_in(path: Path) -> frozenset[str]:
    """The documents that the questions of a set are about."""
    rows = map(json.loads, path.read_text("utf-8").splitlines())
    return frozenset(
        point["doc_id"]
        for row in rows
        if row["part"] == "fit"
        for group in row["gold"]
        for point in group
    )


def _cases(path: Path, documents: Sequence[Document], kind: str) -> list[Case]:
    """The questions of a set that are for fitting and are about these documents; of one kind if it is given."""
    held = {document.doc_id for document in documents}
    wanted = set()
    for line in path.read_text("utf-8").splitlines():
        row = json.loads(line)
        about = {point["doc_id"] for group in row["gold"] for point in group}
        is_for_fit = row.get("part", "fit") == "fit"
        is_asked = kind == row["kind"] and bool(about) if kind else True
        if is_for_fit and is_asked and about <= held:
            wanted.add(row["id"])
    return [one for one in read_native(path, documents).cases if one.case_id in wanted]


def _rows(kind: str, service: Service, case: Case, is_fact: bool) -> Iterator[Rows]:
    question = service.understand(case.question)
    scope = service.scope_of(question)
    if scope.missing:
        return
    hits = service.search(question, PASSAGES_SEARCHED, scope)
    read = read_passages(service.network, question, hits, scope)
    fits: Sequence[FitName] = ("neural", "rules") if read else ("rules",)
    for fit in fits:
        scores = read if fit == "neural" else ()
        material = Material(question, "fact", scope, hits, scores, service.sources)
        if not material.candidates:
            continue
        first = int(np.argmax(material.evidence.scores))
        spans = [candidate.sentence.span for candidate in material.candidates]
        says = [[any(cites(span, p) for p in group) for group in case.gold] for span in spans]
        shape = len(spans), len(case.gold)
        answers = [fold(answer) for answer in case.answers if answer]
        may = [any(answer in fold(span.text) for answer in answers) for span in spans]
        yield Rows(
            kind,
            fit,
            is_fact,
            other_features(first, material),
            np.array(says, bool).reshape(shape),
            np.array(may, bool),
            first,
            material.is_answered,
        )


def fit_others(rows: Sequence[Rows]) -> Logistic:
    """How likely a sentence states what the first does."""
    matrices, right = [], []
    for one in rows:
        says: Mask = np.asarray(one.says.any(axis=1), bool)
        used = np.arange(len(says)) != one.first
        # Another sentence with the answer may state it too: nobody has looked.
        used &= ~((says | one.may) & one.is_fact)
        matrices.append(one.others[used])
        right.append(says[used])
    return fit_logistic(np.vstack(matrices), np.concatenate(right), LEAST)


def left_out(rows: Sequence[Rows]) -> str:
    """A table: of each kind, fitted on the others, how many statements are told, and how exactly; and how
    many facts of one document are told with others.
    """
    lines = [
        "| kind | n | statements | whole | precision of others | facts | with wrong others |",
        "|---|---|---|---|---|---|---|",
    ]
    conflicts: list[tuple[float, float, float]] = []
    facts: list[float] = []
    for kind in dict.fromkeys(one.kind for one in rows):
        fit = fit_others([one for one in rows if one.kind != kind])
        own = [one for one in rows if one.kind == kind]
        held = [_measured(one, fit) for one in own if not one.is_fact]
        wrong = [float(_has_wrong(one, fit)) for one in own if one.is_fact and one.answered]
        lines.append(_line(kind, held, wrong))
        conflicts += held
        facts += wrong
    lines.append(_line("all", conflicts, facts))
    return "\n".join(lines)


def _told(one: Rows, fit: Logistic) -> list[int]:
    """The numbers of the sentences that are told beside the first."""
    likely = fit.probabilities(one.others)
    likely[one.first] = 0
    order = np.argsort(-likely, kind="stable")[:OTHERS_AT_MOST]
    return [int(number) for number in order if likely[number] >= fit.least]


def _measured(one: Rows, fit: Logistic) -> tuple[float, float, float]:
    """Statements, whole, and precision of the others, NaN without any; as if all were answered."""
    others = _told(one, fit)
    share = float(one.says[[one.first, *others]].any(axis=0).mean())
    precision = float(one.says[others].any(axis=1).mean()) if others else float("nan")
    return share, float(share == 1), precision


def _has_wrong(one: Rows, fit: Logistic) -> bool:
    others = _told(one, fit)
    return bool((~one.says[others].any(axis=1) & ~one.may[others]).any())


def _line(kind: str, held: Sequence[tuple[float, float, float]], wrong: Sequence[float]) -> str:
    cells = [f"{np.nanmean(column):.3f}" for column in zip(*held, strict=True)]
    told = f"{np.mean(wrong):.3f}" if wrong else ""
    return f"| {kind} | {len(held)} | {' | '.join(cells)} | {len(wrong)} | {told} |"


def main() -> int:
    """Prints what the fits are worth, and writes them."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--write", action="store_true", help="write restating.json")
    options = parser.parse_args()
    rows = read_rows(options.folder, Settings())
    stored = {}
    for name in ("neural", "rules"):
        own = [one for one in rows if one.fit == name]
        sys.stdout.write(f"{name}\n{left_out(own)}\n")
        stored[name] = fit_others(own).by_name(OF_OTHER)
    if options.write:
        WEIGHTS.write_text(json.dumps(stored, indent=1) + "\n", "utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(ended(main))
