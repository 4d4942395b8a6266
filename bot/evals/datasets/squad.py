"""The SQuAD layout (SQuAD 1 and 2, CMRC 2018, DRCD): answers are spans of a paragraph."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

from bot.evals.datasets.cases import (
    BilingualText,
    Case,
    Dataset,
    DatasetBuilder,
    DatasetSplit,
    dataset_error,
    is_text,
    read_source,
    sources_sha256,
)
from bot.evals.datasets.quotes import find_quote, shorten
from corpus import Document, Passage, UsageError
from corpus.intake.benchmarks import load_squad
from corpus.intake.decode import decode, shown
from corpus.intake.page import tidy

KIND = "question"
"""The kind of every case: the layout has none."""


class _Place(NamedTuple):
    """Where a paragraph stands: in a document, from an offset (characters)."""

    document: Document
    start: int


class _SquadAnswer(NamedTuple):
    """An answer as the file has it; `start` is its offset in the paragraph as the file has it."""

    text: str
    start: int


class _SquadQuestion(NamedTuple):
    """A question of the file; `answers` is None where it is marked as impossible to answer."""

    where: str
    case_id: str
    text: str
    context: str
    answers: tuple[_SquadAnswer, ...] | None


def read_squad(path: Path, documents: Sequence[Document] | None = None) -> Dataset:
    """Reads a SQuAD-layout file; its paragraphs are the corpus unless `documents` are given.

    An answer that does not stand at its `answer_start` is searched for, with a warning. Several
    answers of a question are alternatives. The public sets are split as `split_of` says.
    Raises DocumentError where the file is not JSON of that layout, and UsageError, naming the
    question, where one is malformed or repeats an id.
    """
    own = load_squad(path)
    corpus = own if documents is None else documents
    places = _paragraph_places(own, corpus)
    source = read_source(path)
    articles = json.loads(decode(source.data, shown(path)))["data"]
    paragraphs = list(_paragraphs(shown(path), articles))
    builder = DatasetBuilder()
    for number, (where, paragraph) in enumerate(paragraphs):
        split = split_of(path.stem, number, len(paragraphs))
        for question in _questions(where, paragraph):
            _add_case(builder, question, places.get(number))
            builder.assign(question.case_id, split)
    return builder.build(path, sources_sha256([source]), "document", corpus)


def split_of(name: str, number: int, count: int) -> DatasetSplit:
    """The split of paragraph `number` (from 0) of the `count` paragraphs of a public set.

    cmrc2018_train: the first 90 % train, the next 5 % fit, the last 5 % report. drcd_dev: of every
    five paragraphs the first fits, the fifth reports, the others train. news_fit: every third
    reports, the others fit. Other sets only report.
    """
    # By paragraph, so that no two splits share a text.
    if name == "cmrc2018_train":
        if number < count * 90 // 100:
            return "train"
        if number < count * 95 // 100:
            return "fit"
    if name == "drcd_dev":
        if number % 5 == 0:
            return "fit"
        if number % 5 != 4:
            return "train"
    if name == "news_fit" and number % 3 != 2:
        return "fit"
    return "report"


def _paragraphs(where: str, articles: Iterable[Any]) -> Iterator[tuple[str, Mapping[str, Any]]]:
    """Every paragraph of the file, after where it stands."""
    for i, article in enumerate(articles):
        for k, paragraph in enumerate(article["paragraphs"]):
            yield f"{where} data[{i}].paragraphs[{k}]", paragraph


def _paragraph_places(
    paragraphs: Sequence[Document], documents: Sequence[Document]
) -> dict[int, _Place]:
    """Where the documents hold each paragraph, by its running number; the others are absent."""
    by_id = {document.doc_id: document for document in documents}
    by_text = {document.text: document for document in documents}
    places: dict[int, _Place] = {}
    for paragraph in paragraphs:
        holder = by_id.get(paragraph.doc_id)
        if holder is None or paragraph.text not in holder.text:
            # One of the same id that has changed is the last resort.
            same_text = by_text.get(paragraph.text)
            holder = same_text or _first_with(paragraph.text, documents) or holder
        if holder is not None:
            start = max(0, holder.text.find(paragraph.text))
            places[_running_number(paragraph)] = _Place(holder, start)
    return places


def _first_with(text: str, documents: Sequence[Document]) -> Document | None:
    for document in documents:
        if text in document.text:
            return document
    return None


def _running_number(paragraph: Document) -> int:
    """The number of a paragraph of `load_squad`: 17 for "drcd-dev-00017"."""
    return int(paragraph.doc_id.rpartition("-")[2])


def _questions(where: str, paragraph: Mapping[str, Any]) -> Iterator[_SquadQuestion]:
    """The questions of a paragraph. Raises UsageError, naming the one that is malformed."""
    for i, row in enumerate(paragraph.get("qas") or ()):
        place = f"{where}.qas[{i}]"
        try:
            question = _question(place, row, paragraph["context"])
        except (KeyError, TypeError, AttributeError) as error:
            raise _malformed(place) from error
        yield question


def _question(where: str, row: Mapping[str, Any], context: str) -> _SquadQuestion:
    """Raises UsageError, KeyError, TypeError or AttributeError where the row is malformed."""
    answers: list[_SquadAnswer] = []
    for answer in row.get("answers") or ():
        text, start = answer["text"], answer["answer_start"]
        # Not isinstance: True is an int too.
        if not isinstance(text, str) or type(start) is not int:
            raise _malformed(where)
        answers.append(_SquadAnswer(text, start))
    case_id = str(row["id"])
    question = row["question"]
    if not isinstance(question, str) or not is_text(case_id):
        raise _malformed(where)
    impossible = bool(row.get("is_impossible"))
    return _SquadQuestion(where, case_id, question, context, None if impossible else tuple(answers))


def _malformed(where: str) -> UsageError:
    return dataset_error(
        where,
        "需要 id、question 和 answers[].{text, answer_start}。",
        "needs id, question, answers[].{text, answer_start}.",
    )


def _add_case(builder: DatasetBuilder, question: _SquadQuestion, place: _Place | None) -> None:
    """Adds the case of a question; leaves it out if it should have gold and the corpus has none."""
    if not is_text(question.text):
        reason = ("没有问题的文字", "the question has no text")
        builder.leave_out(question.case_id, question.where, reason)
        return
    if question.answers is None:
        builder.add(_case(question, (), ()), question.where)
        return
    if place is None:
        reason = ("语料中没有这一段", "the corpus lacks this paragraph")
        builder.leave_out(question.case_id, question.where, reason)
        return
    spans: list[Passage] = []
    reason = ("没有答案", "no answer")
    for answer in question.answers:
        found, warning = _find_answer(answer, question.context, place)
        for span in found:
            if span not in spans:
                spans.append(span)
        if warning is not None:
            builder.warn(question.case_id, question.where, warning)
            reason = warning
    if not spans:
        builder.leave_out(question.case_id, question.where, reason)
        return
    answers = dict.fromkeys(answer.text.strip() for answer in question.answers)
    builder.add(_case(question, tuple(spans), tuple(answers)), question.where)


def _case(question: _SquadQuestion, spans: tuple[Passage, ...], answers: tuple[str, ...]) -> Case:
    """The case of a question with the spans of its answer; without any it has no answer."""
    return Case(
        case_id=question.case_id,
        kind=KIND,
        question=question.text,
        history=(),
        gold=(spans,) if spans else (),
        answers=answers,
        outcome="answered" if spans else "absent",
    )


def _find_answer(
    answer: _SquadAnswer, context: str, place: _Place
) -> tuple[tuple[Passage, ...], BilingualText | None]:
    """Where an answer stands, and a warning where it is nowhere, or not where the file says."""
    document = place.document
    near = None
    if answer.start >= 0:
        # The text before the answer is tidied as the document was, so that its length is the offset
        # there. The mark keeps white space at its end from being trimmed.
        before = _tidied(context[: answer.start] + "|")
        near = place.start + len(before) - 1
    match = find_quote(document, _tidied(answer.text), near)
    quote = shorten(answer.text)
    if match is None:
        missing = (
            f"“{quote}”不在 {document.doc_id} 中",
            f"“{quote}” is not in {document.doc_id}",
        )
        return (), missing
    stated = context[answer.start : answer.start + len(answer.text)]
    if stated == answer.text and match.how == "exact":
        return match.spans, None
    first = match.spans[0]
    found = f"{document.doc_id} {first.start} “{shorten(first.text)}” ({match.similarity:.2f})"
    moved = (
        f"“{quote}”不在 answer_start {answer.start} 处，取 {found}",
        f"“{quote}” is not at answer_start {answer.start}; taken at {found}",
    )
    return match.spans, moved


def _tidied(text: str) -> str:
    """`text` as `load_squad` tidies a paragraph: each line tidied, empty lines dropped."""
    lines = [tidy(line) for line in text.splitlines()]
    return "\n".join(line for line in lines if line)
