"""What correcting spelling is worth: `python -m bot.training.misspelt FOLDER`.

FOLDER has the public sets (docs/data.md). Prints how many questions that people wrote are changed,
which none should be, each of them, and how many that one wrong character was put into are answered
as without it. Both are told apart by what a question may be used for.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections import defaultdict
from collections.abc import Container, Iterator, Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import NamedTuple

import numpy as np

from bot.answer import Answer
from bot.evals.datasets import read_dataset
from bot.question.understand import SearchVocabulary, simplified
from bot.service import Service
from bot.settings import Settings
from bot.training.kinds import (
    BUNDLED,
    CMRC,
    DRCD,
    LAWS,
    NEWS,
    SHIPPED,
    Asked,
    Part,
    TextKind,
    read_kinds,
)
from corpus import Document
from corpus.errors import ended
from corpus.language.cedict import readings
from corpus.language.glossary import sound_keys
from corpus.language.terms import read_vocabulary
from corpus.language.text import Segmenter, fold, is_english
from corpus.load import read_corpus
from index.snapshot import build

TRIAL = "cmrc2018_trial.json"

OF_A_KIND = 30
"""Misspelt questions of each kind and part."""

COMMON_AT_MOST = 4.5
"""Rarity up to which a character is one that is typed by mistake: some 1,700 are as common."""

WORD_AT_MOST = 4
"""Characters of the longest word that a wrong character is looked for in."""

NOT_AS_WRITTEN = ("typo", "english")
"""Kinds of questions of tests/data that are misspelt on purpose, or are not Chinese."""

PARTS: tuple[Part, ...] = ("fit", "report")


class Library(NamedTuple):
    """Documents in the folder or file `path`, and the sets of tests/data that ask of them.

    A public set without such `sets` asks itself.
    """

    name: str
    path: Path
    sets: tuple[str, ...] = ()


class Changed(NamedTuple):
    """A question as it was written, and as it was changed."""

    written: str
    corrected: str


class RightQuestions(NamedTuple):
    """Of a library and part: how many questions there are, and those that are changed."""

    library: str
    part: Part
    n: int
    changed: tuple[Changed, ...]


class Misspelt(NamedTuple):
    """A question, folded, and the same with one character wrong."""

    right: str
    wrong: str


class Mended(NamedTuple):
    """Of a kind and part: how many questions were misspelt, how many of them are corrected to what
    they were, and how many are answered as without the error.
    """

    kind: str
    part: Part
    n: int
    corrected: int
    answered_alike: int


def libraries(folder: Path) -> Iterator[Library]:
    """The libraries that are there; those of the public sets are in `folder`."""
    named = (
        Library(
            "bundled",
            BUNDLED,
            ("questions", "hard", "fresh", "everyday", "asked-forms", "composed-articles"),
        ),
        Library("articles", SHIPPED / "articles", ("articles",)),
        Library("essays", SHIPPED / "essays", ("composed-essays",)),
        Library("notices", SHIPPED / "notices", ("composed-notices",)),
        Library("mixed", SHIPPED / "mixed", ("composed-mixed",)),
        Library("tables", SHIPPED / "tables", ("tables", "composed-tables")),
        Library("regulations", SHIPPED / "regulations", ("regulations", "composed-regulations")),
        Library("laws", folder / LAWS, ("composed-laws", "composed-laws-b", "composed-laws-c")),
        Library("news", folder / NEWS),
        Library("news, composed", folder / NEWS, ("composed-news",)),
        Library("encyclopaedia", folder / CMRC),
        Library("encyclopaedia, trial", folder / TRIAL),
        Library("traditional", folder / DRCD),
    )
    for library in named:
        if library.path.exists():
            yield library


def right_questions(library: Library) -> list[RightQuestions]:
    """What becomes of the questions that people asked of a library, by part."""
    documents = read_corpus(library.path).documents
    snapshot = build(documents, None, vocabulary=read_vocabulary([library.path]))
    vocabulary = SearchVocabulary.of(snapshot)
    found = []
    for part, questions in _as_written(library, documents).items():
        changed = []
        for question in questions:
            written = simplified(question, vocabulary)
            corrected = vocabulary.spelling.correct(written)
            if corrected != written:
                changed.append(Changed(written, corrected))
        found.append(RightQuestions(library.name, part, len(questions), tuple(changed)))
    return found


def _as_written(library: Library, documents: Sequence[Document]) -> Mapping[Part, list[str]]:
    """The Chinese questions of a library by part; what trains may be looked at as what fits."""
    found: dict[Part, list[str]] = {part: [] for part in PARTS}
    if not library.sets:
        dataset = read_dataset(library.path, documents)
        for case in dataset.cases:
            is_report = dataset.splits.get(case.case_id, "report") == "report"
            found["report" if is_report else "fit"].append(case.question)
    for name in library.sets:
        for line in (SHIPPED / f"{name}.jsonl").read_text("utf-8").splitlines():
            row = json.loads(line)
            if row.get("kind") in NOT_AS_WRITTEN or is_english(row["question"]):
                continue
            is_report = row.get("part") == "report" or row.get("id", "").startswith("unseen")
            found["report" if is_report else "fit"].append(row["question"])
    return found


def misspelt(
    question: str, words: Container[str], segmenter: Segmenter, draw: np.random.Generator
) -> str | None:
    """A folded question with one character replaced by a common one that sounds alike.

    The character stands in a word of two or more that `words` has, those of the document that
    answers. The wrong one makes no known word where it stands: an input method that knew the word
    would have offered it. None where the question has no such word.
    """
    places: list[int] = []
    for start, word in _words_at(question, segmenter):
        if len(word) > 1 and word in words:
            places += range(start, start + len(word))
    for at in draw.permutation(places):
        alike = _sounding_alike(question[at])
        wrong = [question[:at] + char + question[at + 1 :] for char in alike]
        wrong = [text for text in wrong if not _is_in_word(text, at, words, segmenter)]
        if wrong:
            return str(draw.choice(wrong))
    return None


def _words_at(folded: str, segmenter: Segmenter) -> Iterator[tuple[int, str]]:
    """The words of a question and where they begin."""
    at = 0
    for word in segmenter.words(folded, guess=False):
        at = folded.index(word, at)
        yield at, word
        at += len(word)


def _is_in_word(folded: str, at: int, words: Container[str], segmenter: Segmenter) -> bool:
    """Whether some word of two characters or more has the character at `at` in it."""
    for start in range(max(0, at - WORD_AT_MOST + 1), at + 1):
        for end in range(max(at + 1, start + 2), start + WORD_AT_MOST + 1):
            if segmenter.is_word(folded[start:end]) or folded[start:end] in words:
                return True
    return False


def _sounding_alike(char: str) -> list[str]:
    """The common characters that sound like `char`, without itself."""
    found: set[str] = set()
    for key in sound_keys(char):
        found.update(_common_by_sound().get(key, ()))
    return sorted(found - {char})


@cache
def _common_by_sound() -> Mapping[str, Sequence[str]]:
    """Sound → the common characters that have it."""
    segmenter = Segmenter()
    found: defaultdict[str, list[str]] = defaultdict(list)
    for char in sorted(readings()):
        if segmenter.rarity(char) <= COMMON_AT_MOST and fold(char) == char:
            for key in sound_keys(char):
                found[key].append(char)
    return found


def misspelt_of(kind: TextKind, part: Part) -> list[Misspelt]:
    """OF_A_KIND questions of a kind and part with one character wrong, always the same ones."""
    draw = np.random.default_rng(0)
    answered = [one for one in kind.questions if one.part == part and one.gold]
    found: list[Misspelt] = []
    for number in draw.permutation(len(answered)):
        if len(found) == OF_A_KIND:
            break
        asked: Asked = answered[number]
        segmenter = kind.service.snapshot.segmenter
        right = fold(asked.question)
        words = frozenset(segmenter.search_words(asked.gold[0].document.text))
        wrong = misspelt(right, words, segmenter, draw)
        if wrong is not None:
            found.append(Misspelt(right, wrong))
    return found


def mended(kind: TextKind, part: Part) -> Mended:
    """What becomes of the misspelt questions of a kind and part."""
    asked = misspelt_of(kind, part)
    service = kind.service
    corrected = [service.understand(one.wrong).asked == one.right for one in asked]
    alike = [_answered_alike(service, one) for one in asked]
    return Mended(kind.name, part, len(asked), sum(corrected), sum(alike))


def _answered_alike(service: Service, one: Misspelt) -> bool:
    return _first(service.answer(one.wrong)) == _first(service.answer(one.right))


def _first(answer: Answer) -> tuple[object, ...]:
    """What an answer comes to: its outcome, and where its first citation stands."""
    if not answer.citations:
        return (answer.outcome,)
    first = answer.citations[0]
    return (answer.outcome, first.document.doc_id, first.start, first.end)


def main(arguments: Sequence[str] | None = None) -> int:
    """Prints the changed questions and the two tables."""
    parser = argparse.ArgumentParser(prog="python -m bot.training.misspelt", description=__doc__)
    parser.add_argument("folder", type=Path)
    options = parser.parse_args(arguments)
    sys.stdout.write(_right_table(options.folder) + "\n")
    kinds = read_kinds(options.folder, Settings())
    lines = ["| kind | part | misspelt | corrected | answered alike |", "|---|---|---|---|---|"]
    for part in PARTS:
        lines += ["| {} | {} | {} | {} | {} |".format(*mended(kind, part)) for kind in kinds]
    sys.stdout.write("\n".join(lines) + "\n")
    return 0


def _right_table(folder: Path) -> str:
    """A line for each library and part, and below it those that are changed."""
    lines = ["| library | part | questions | changed |", "|---|---|---|---|"]
    changed: list[str] = []
    for library in libraries(folder):
        for one in right_questions(library):
            lines.append(f"| {one.library} | {one.part} | {one.n} | {len(one.changed)} |")
            changed += [
                f"{library.name}: {pair.written} → {pair.corrected}" for pair in one.changed
            ]
    return "\n".join([*lines, "", *changed]) + "\n"


if __name__ == "__main__":
    sys.exit(ended(main))
