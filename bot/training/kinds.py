"""The kinds of text that the fits are made of and measured on, each with its library and questions.

A fit that is good on the kinds it has seen may be bad on the next: `bot.training.leave_out` fits
without each kind in turn.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Literal, NamedTuple

from bot.evals.datasets import read_dataset
from bot.evals.datasets.cases import Case, Dataset
from bot.evals.datasets.native import read_native
from bot.evals.regulation_questions import make_questions
from bot.index_build import OpenIndex, open_index
from bot.service import Service
from bot.settings import Settings, home
from corpus import Document, EncoderUnavailable, Passage
from corpus.intake.benchmarks import load_squad

Part = Literal["fit", "report"]

CMRC, DRCD, NEWS, LAWS = "cmrc2018_train.json", "drcd_dev.json", "news_fit.json", "laws"

SHIPPED = Path(__file__).parents[2] / "tests/data"
"""The sets that come with the product; the public ones are in a folder of the reader's."""


BUNDLED = Path(__file__).parents[2] / "corpus/articles"


FAMILIES = {"bundled": "articles"}
"""Kinds that are the same kind of text as another: fitted and left out together, and told apart."""


def family(kind: str) -> str:
    """The kind of text that a kind belongs to, its own or that of another."""
    return FAMILIES.get(kind, kind)


class Asked(NamedTuple):
    """A question; `gold` is empty where no document answers. `part` says what it may be used for.

    Each of `gold` holds a whole answer, or the part of one; `answers` are the short ones.
    """

    case_id: str
    question: str
    gold: tuple[Passage, ...]
    answers: tuple[str, ...]
    part: Part


@dataclass(frozen=True, slots=True)
class TextKind:
    """A kind of text: a service that answers from its library, and questions.

    `by_value` where the answer is a value that a row gives, wherever it stands; `retold` where
    several documents may tell the same, as reports of one event do.
    """

    name: str
    service: Service
    questions: tuple[Asked, ...]
    by_value: bool = False
    retold: bool = False


def read_kinds(folder: Path, settings: Settings, sample: int = 0) -> list[TextKind]:
    """All kinds, indexed; `folder` has the public sets. `sample` questions a part where it is not 0.

    A public set that is not in the folder is left out; of regulations those that are shipped
    remain. Raises DocumentError and EncoderUnavailable.
    """
    found: list[TextKind] = []
    if (folder / CMRC).is_file():
        tenth = _last_tenth(folder / CMRC)
        found.append(_squad("encyclopaedia", tenth, settings, _by_halves))
    if (folder / DRCD).is_file():
        found.append(_squad("traditional", folder / DRCD, settings, _by_splits))
    if (folder / NEWS).is_file():
        news = _squad("news", folder / NEWS, settings, _by_splits)
        found.append(replace(news, retold=True))
    found.append(_regulations(folder / LAWS, settings))
    found.append(_shipped("tables", settings, by_value=True))
    found.append(_shipped("articles", settings))
    found.append(_bundled(settings))
    return [replace(kind, questions=_sampled(kind.questions, sample)) for kind in found]


def _squad(
    name: str, path: Path, settings: Settings, split: Callable[[Dataset], PartOf]
) -> TextKind:
    """A set in SQuAD layout, whose paragraphs are the library."""
    opened = _opened(settings, path)
    dataset = read_dataset(path, opened.snapshot.collection.documents)
    questions = tuple(_asked(dataset.cases, split(dataset)))
    return TextKind(name, opened.service(settings), questions)


def _regulations(folder: Path, settings: Settings) -> TextKind:
    """Questions by template and in people's words on regulations; every third of these reports."""
    opened = _opened(settings, folder if folder.is_dir() else SHIPPED / "regulations")
    documents = opened.snapshot.collection.documents
    people = read_native(SHIPPED / "regulations.jsonl", documents).cases
    cases = [*make_questions(documents), *people]
    part_of = _every(3, documents)
    return TextKind("regulations", opened.service(settings), tuple(_asked(cases, part_of)))


def _shipped(name: str, settings: Settings, by_value: bool = False) -> TextKind:
    """A folder of documents and the questions beside it; every second document reports."""
    opened = _opened(settings, SHIPPED / name)
    documents = opened.snapshot.collection.documents
    cases = read_native(SHIPPED / f"{name}.jsonl", documents).cases
    questions = tuple(_asked(cases, _every(2, documents)))
    return TextKind(name, opened.service(settings), questions, by_value)


def _bundled(settings: Settings) -> TextKind:
    """The questions on the bundled article; those whose id begins with unseen report."""
    opened = _opened(settings, BUNDLED)
    cases = read_native(SHIPPED / "questions.jsonl", opened.snapshot.collection.documents).cases
    questions = _asked(cases, lambda case: "report" if case.case_id.startswith("unseen") else "fit")
    return TextKind("bundled", opened.service(settings), tuple(questions))


def _opened(settings: Settings, path: Path) -> OpenIndex:
    """The index of a library. Raises EncoderUnavailable where there is no encoder."""
    opened = open_index(settings, path)
    if opened.encoder is None:
        zh, en = opened.notices[0]
        raise EncoderUnavailable(f"拟合权重需要编码模型。{zh}", f"Fitting needs the encoder. {en}")
    return opened


PartOf = Callable[[Case], Part | None]


def _every(count: int, documents: Sequence[Document]) -> PartOf:
    """Every `count`-th document reports, and every `count`-th question that none answers."""
    reporting = {document.doc_id for document in documents[count - 1 :: count]}
    absent = 0

    def part_of(case: Case) -> Part:
        nonlocal absent
        if case.gold:
            return "report" if case.gold[0][0].document.doc_id in reporting else "fit"
        absent += 1
        return "report" if absent % count == 0 else "fit"

    return part_of


def _asked(cases: Iterable[Case], part_of: PartOf) -> Iterator[Asked]:
    """The questions of a part, without those with a history."""
    for case in cases:
        part = part_of(case)
        if part is None or case.history or case.outcome == "about":
            continue
        gold = tuple(passage for group in case.gold for passage in group)
        yield Asked(case.case_id, case.question, gold, case.answers, part)


def _by_splits(dataset: Dataset) -> PartOf:
    """By the splits of a public set."""

    def part_of(case: Case) -> Part | None:
        split = dataset.splits.get(case.case_id, "report")
        return None if split == "train" else ("fit" if split == "fit" else "report")

    return part_of


def _by_halves(dataset: Dataset) -> PartOf:
    """The first half of the paragraphs fits, the second reports: the last tenth of CMRC."""
    middle = len(dataset.documents) // 2
    first = {document.doc_id for document in dataset.documents[:middle]}

    def part_of(case: Case) -> Part:
        return "fit" if case.gold and case.gold[0][0].document.doc_id in first else "report"

    return part_of


def _sampled(questions: Sequence[Asked], count: int) -> tuple[Asked, ...]:
    """`count` of the questions of each part, drawn evenly; all where it is 0 or there are no more."""
    drawn: list[Asked] = []
    parts: tuple[Part, ...] = ("fit", "report")
    for part in parts:
        of_part = [asked for asked in questions if asked.part == part]
        step = len(of_part) / count if 0 < count < len(of_part) else 1
        drawn += [of_part[int(at * step)] for at in range(min(len(of_part), count or len(of_part)))]
    return tuple(drawn)


def _last_tenth(path: Path) -> Path:
    """A file with the last tenth of the paragraphs of `path`, each an article of its own.

    It is written into CHENGWEN_HOME.
    """
    load_squad(path)  # Says what is wrong with the file.
    single = []
    for article in json.loads(path.read_text(encoding="utf-8"))["data"]:
        for paragraph in article["paragraphs"]:
            single.append({"title": article.get("title", ""), "paragraphs": [paragraph]})
    part = home() / "fit" / path.name.replace("train", "last_tenth")
    part.parent.mkdir(parents=True, exist_ok=True)
    last = single[len(single) * 90 // 100 :]
    part.write_text(json.dumps({"data": last}, ensure_ascii=False), encoding="utf-8")
    return part
