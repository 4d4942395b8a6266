"""Libraries of the documents that may be trained on, each with questions whose answers are known.

A library is as large as a small office has, so that the search returns neighbours that are alike.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from bot.evals.datasets import read_dataset
from bot.training.data import questions_of
from bot.training.kinds import CMRC, DRCD, LAWS, NEWS
from bot.training.makers.made import Made, cited
from bot.training.makers.making import made_from
from bot.training.makers.sources import NEWS_CORPUS, STARD, documents_in
from bot.training.makers.written_faqs import written_faqs
from bot.training.makers.written_tables import written_tables
from corpus import Document
from corpus.document import Span

WRITTEN = 200
"""Tables, and as many lists of questions, that are written."""

MOST_OF_MAKER = 1 / 3
"""Share of a library's questions that one maker may have made, where others make enough."""

SQUAD = "squad"
"""The maker of the questions that people asked."""


@dataclass(frozen=True, slots=True)
class Source:
    """Where windows come from.

    `group` is the kind of text that is left out as a whole; `share` (0 to 1) of all windows should
    be of this source, swaps not counted. A library has `documents` of it, and as many `questions`
    are asked of it at most. `is_alike` where one document may tell what another is asked, as
    regulations of two cities do: then a question that names no document has answers in both.
    """

    group: str
    share: float
    documents: int
    questions: int
    is_alike: bool = False


SOURCES = {
    "cmrc": Source("encyclopaedia", 0.22, 300, 450),
    "drcd": Source("encyclopaedia", 0.113, 300, 450),
    "laws": Source("regulations", 0.12, 100, 1200, is_alike=True),
    "stard": Source("regulations", 0.1, 500, 250, is_alike=True),
    "written": Source("tables", 0.113, 60, 250, is_alike=True),
    "news_fit": Source("news", 0.03, 200, 250),
    "news_corpus": Source("news", 0.137, 200, 250),
}
"""A third encyclopaedias, a third regulations, tables and FAQ, a sixth news; a sixth swaps."""

SWAPS = 1 / 6
"""Share of all windows that swapped questions have."""


@dataclass(frozen=True, slots=True)
class Library:
    """Documents of one source, and questions on them in the order in which they are asked."""

    source: str
    documents: tuple[Document, ...]
    questions: tuple[Made, ...]

    @property
    def is_alike(self) -> bool:
        """Whether one document may tell what another is asked."""
        return SOURCES[self.source].is_alike


def libraries_in(folder: Path, source: str, seed: int = 0) -> Iterator[Library]:
    """The libraries of a source, drawn by `seed`; none where the folder lacks it.

    Documents for reporting are in none: see `bot.training.makers.sources` and the splits of the
    sets. Raises DocumentError and UsageError where a file is not what it should be.
    """
    rng = np.random.default_rng([seed, list(SOURCES).index(source)])
    plan = SOURCES[source]
    path = folder / _FILES[source]
    by_people = _asked_by_people(path) if path.name in (CMRC, DRCD) and path.is_file() else None
    documents = _documents(path, source, by_people)
    blocks = _titled_apart if source == "written" else _neighbours
    for block in _in_random_order(blocks(documents, plan.documents), rng):
        found: list[Made] = []
        for document in block:
            found += by_people[document.doc_id] if by_people else made_from(document)
        questions = spread(found, plan.questions, rng)
        if questions:
            yield Library(source, tuple(block), tuple(questions))


_FILES = {
    "cmrc": CMRC,
    "drcd": DRCD,
    "laws": LAWS,
    "stard": STARD,
    "written": "",
    "news_fit": NEWS,
    "news_corpus": NEWS_CORPUS,
}


def _documents(
    path: Path, source: str, by_people: Mapping[str, Sequence[Made]] | None
) -> list[Document]:
    """The documents of a source; those of people's questions are the ones that are asked about."""
    if source == "written":
        return [*written_tables(WRITTEN), *written_faqs(WRITTEN)]
    if by_people is not None:
        return [made[0].document for made in by_people.values()]
    if not path.exists():
        return []
    return [document for _, document in documents_in(path)]


def _asked_by_people(path: Path) -> dict[str, list[Made]]:
    """The questions of a set that may be trained on, by the id of the document that answers."""
    asked: defaultdict[str, list[Made]] = defaultdict(list)
    for question in questions_of(read_dataset(path, None), "train"):
        gold = question.gold
        made = Made(
            gold.document, question.text, Span(gold.start, gold.end), cited(gold), "text", SQUAD
        )
        asked[gold.document.doc_id].append(made)
    return asked


def _neighbours(documents: Sequence[Document], size: int) -> list[list[Document]]:
    """Runs of at most `size` documents."""
    return [list(documents[at : at + size]) for at in range(0, len(documents), size)]


def _titled_apart(documents: Sequence[Document], size: int) -> list[list[Document]]:
    """Blocks of at most `size` documents, no two of which have the same title and tell other things."""
    blocks: list[dict[str, Document]] = []
    for document in documents:
        for block in blocks:
            if len(block) < size and document.title not in block:
                block[document.title] = document
                break
        else:
            blocks.append({document.title: document})
    return [list(block.values()) for block in blocks]


def _in_random_order(
    blocks: Sequence[list[Document]], rng: np.random.Generator
) -> Iterator[list[Document]]:
    for number in rng.permutation(len(blocks)).tolist():
        yield blocks[number]


def spread(made: Sequence[Made], count: int, rng: np.random.Generator) -> list[Made]:
    """At most `count` of the questions: makers by turns, each answer once before any is asked again.

    No maker has more than MOST_OF_MAKER of `count`; people who asked have no such bound.
    """
    by_maker: defaultdict[str, list[Made]] = defaultdict(list)
    for one in made:
        by_maker[one.maker].append(one)
    makers = len(by_maker)
    waiting = {maker: _firsts_first(own, rng) for maker, own in by_maker.items()}
    most = count if makers == 1 else max(1, round(count * MOST_OF_MAKER))
    chosen: list[Made] = []
    for turn in range(most):
        for own in waiting.values():
            if turn < len(own) and len(chosen) < count:
                chosen.append(own[turn])
    return [chosen[at] for at in rng.permutation(len(chosen)).tolist()]


def _firsts_first(made: Sequence[Made], rng: np.random.Generator) -> list[Made]:
    """The questions in random order, those whose answer was asked for before at the end."""
    firsts: list[Made] = []
    again: list[Made] = []
    known: set[tuple[str, Span | None]] = set()
    for at in rng.permutation(len(made)).tolist():
        key = made[at].document.doc_id, made[at].answer
        (again if key in known else firsts).append(made[at])
        known.add(key)
    return firsts + again
