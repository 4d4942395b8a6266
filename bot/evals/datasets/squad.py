"""Question sets in SQuAD layout (SQuAD 1 and 2, CMRC 2018, DRCD): answers inside the paragraph they are asked of."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from bot.evals.datasets.cases import (
    Case,
    Dataset,
    Gathering,
    Told,
    brief,
    dataset_error,
    digest,
    find_quote,
    is_text,
    read_source,
)
from corpus import Document, Passage, UsageError
from corpus.intake.benchmarks import load_squad
from corpus.intake.decode import decode, shown
from corpus.intake.page import tidy

KIND = "question"

Host = tuple[Document, int]


@dataclass(frozen=True, slots=True)
class _Asked:
    """A question of the file; `answers` are texts and where they begin in `context`, characters, as the file has it.

    None where it is marked as impossible to answer.
    """

    where: str
    case_id: str
    question: str
    context: str
    answers: tuple[tuple[str, int], ...] | None


def read_squad(path: Path, documents: Sequence[Document] | None = None) -> Dataset:
    """The questions of a SQuAD-layout file; its paragraphs are the documents, unless others that hold them are given.

    A wrong `answer_start` is mended by the answer's text and noted. Several answers are alternatives. `splits` are those of
    `split_of`. Raises DocumentError where the file is not JSON of that layout, UsageError where a question is malformed
    or repeats an id.
    """
    own = load_squad(path)
    hosts = _hosts(own, own if documents is None else documents)
    source, gathering = read_source(path), Gathering()
    articles = json.loads(decode(source.data, shown(path)))["data"]
    places = [
        (f"data[{i}].paragraphs[{j}]", p)
        for i, a in enumerate(articles)
        for j, p in enumerate(a["paragraphs"])
    ]
    for number, (place, paragraph) in enumerate(places):
        for asked in _questions(f"{shown(path)} {place}", paragraph):
            _gather(gathering, asked, hosts.get(number))
            if (part := split_of(path.stem, number, len(places))) != "report":
                gathering.splits[asked.case_id] = part
    return gathering.dataset(
        path, digest([source]), "document", own if documents is None else documents
    )


def split_of(name: str, number: int, count: int) -> str:
    """What paragraph `number` (from 0) of the `count` of a public set is for: "report", "fit" or "train".

    cmrc2018_train: the first 90 % train, the next 5 % fit. drcd_dev: paragraphs 5, 10, 15 … report, 1, 6, 11 … fit,
    the others train. Every other set only reports.
    """
    if name == "cmrc2018_train" and number < count * 95 // 100:
        return "train" if number < count * 90 // 100 else "fit"
    return {0: "fit", 4: "report"}.get(number % 5, "train") if name == "drcd_dev" else "report"


def _hosts(own: Sequence[Document], documents: Sequence[Document]) -> dict[int, Host]:
    """Paragraph's running number → the document that holds it and where it begins there.

    One of the same text, or with it as a part; else the one of its id, which has changed.
    """
    by_text, by_id = {d.text: d for d in documents}, {d.doc_id: d for d in documents}
    hosts: dict[int, Host] = {}
    for paragraph in own:
        text, same = paragraph.text, by_id.get(paragraph.doc_id)
        found = same if same and text in same.text else by_text.get(text)
        if host := found or next((d for d in documents if text in d.text), same):
            hosts[_number(paragraph)] = host, max(0, host.text.find(text))
    return hosts


def _questions(where: str, paragraph: Mapping[str, Any]) -> Iterator[_Asked]:
    for i, qa in enumerate(paragraph.get("qas") or ()):
        place = f"{where}.qas[{i}]"
        try:
            answers = tuple(
                (answer["text"], answer["answer_start"]) for answer in qa.get("answers") or ()
            )
            asked = _Asked(place, str(qa["id"]), qa["question"], paragraph["context"], answers)
            asked = replace(asked, answers=None) if qa.get("is_impossible") else asked
        except (KeyError, TypeError, AttributeError) as error:
            raise _malformed(place) from error
        sound = all(isinstance(text, str) and type(start) is int for text, start in answers)
        if not sound or not isinstance(asked.question, str) or not is_text(asked.case_id):
            raise _malformed(place)
        yield asked


def _gather(gathering: Gathering, asked: _Asked, host: Host | None) -> None:
    case = Case(asked.case_id, KIND, asked.question, (), (), (), "absent")
    if not is_text(asked.question):
        gathering.leave_out(
            asked.case_id, asked.where, ("没有问题的文字", "the question has no text")
        )
        return
    if asked.answers is None:
        gathering.keep(case, asked.where)
        return
    found: list[Passage] = []
    why = (
        ("没有答案", "no answer")
        if host
        else ("语料中没有这一段", "the corpus lacks this paragraph")
    )
    for text, start in asked.answers:
        if host is None:
            break
        spans, told = _placed(asked.context, text, start, host)
        found += [span for span in spans if span not in found]
        if told:
            gathering.note(asked.case_id, asked.where, why := told)
    if not found:
        gathering.leave_out(asked.case_id, asked.where, why)
        return
    answers = tuple(dict.fromkeys(text.strip() for text, _ in asked.answers))
    gathering.keep(
        replace(case, gold=(tuple(found),), answers=answers, outcome="answered"), asked.where
    )


def _placed(
    context: str, text: str, start: int, host: Host
) -> tuple[tuple[Passage, ...], Told | None]:
    """Where an answer stands, and what is to be noted: that it does not, or not where it is said to."""
    document, begin = host
    # Tidied as the document is, so that the offset is that of the document; the mark keeps white space before it.
    near = begin + len(_tidied(context[:start] + "|")) - 1 if start >= 0 else None
    found = find_quote(document, _tidied(text), near)
    if found is None:
        return (), (
            f"“{brief(text)}”不在 {document.doc_id} 中",
            f"“{brief(text)}” is not in {document.doc_id}",
        )
    span = found.spans[0]
    if context[start : start + len(text)] == text and found.how == "exact":
        return found.spans, None
    place = f"{document.doc_id} {span.start} “{brief(span.text)}” ({found.similarity:.2f})"
    return found.spans, (
        f"“{brief(text)}”不在 answer_start {start} 处，取 {place}",
        f"“{brief(text)}” is not at answer_start {start}; taken at {place}",
    )


def _tidied(text: str) -> str:
    return "\n".join(line for part in text.splitlines() if (line := tidy(part)))


def _number(paragraph: Document) -> int:
    return int(paragraph.doc_id.rpartition("-")[2])


def _malformed(where: str) -> UsageError:
    zh, en = (
        "需要 id、question 和 answers[].{text, answer_start}。",
        "needs id, question, answers[].{text, answer_start}.",
    )
    return dataset_error(where, zh, en)
