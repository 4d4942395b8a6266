"""The native format: JSON lines whose gold is text, resolved to spans of the documents on reading."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

from bot.evals.datasets.cases import (
    Anchor,
    Case,
    Dataset,
    Gathering,
    Told,
    brief,
    dataset_error,
    digest,
    find_quote,
    is_text,
    read_row,
    read_source,
)
from corpus import Document, Passage
from corpus.document import fingerprint

OUTCOMES = ("answered", "absent", "about")


def read_native(path: Path, documents: Sequence[Document]) -> Dataset:
    """The cases of a file of JSON lines.

    A gold item may have the `sha256` of its document (of title and text, as `fingerprint` makes it) and where the quote
    stood, `start` and `end`. Raises UsageError, naming the line, where one is malformed or repeats an id.
    """
    known = {document.doc_id: document for document in documents}
    source, gathering = read_source(path), Gathering()
    for where, line in source.lines:
        row = _checked(where, read_row(where, line))
        case_id = str(row["id"])
        gold, told, lacks = _gold(row["gold"], known)
        if row["outcome"] == "answered" and not row["gold"]:
            lacks = ("没有标注原文（gold）", "no gold")
        if lacks:
            gathering.leave_out(case_id, where, lacks)
            continue
        history, answers = tuple(row.get("history") or ()), tuple(row["answers"])
        case = Case(case_id, row["kind"], row["question"], history, gold, answers, row["outcome"])
        gathering.keep(case, where)
        for what in told:
            gathering.note(case_id, where, what)
    return gathering.dataset(path, digest([source]), "passage", documents)


def native_row(case: Case) -> dict[str, Any]:
    """A case as a line of the native format, with the place of each quote and the hash of its document."""
    row = {
        "id": case.case_id,
        "kind": case.kind,
        "question": case.question,
        "history": [dict(turn) for turn in case.history],
        "gold": [[_item(span) for span in group] for group in case.gold],
        "answers": list(case.answers),
        "outcome": case.outcome,
    }
    return {key: value for key, value in row.items() if value or key != "history"}


def _item(span: Passage) -> dict[str, Any]:
    document = span.document
    place = {
        "doc_id": document.doc_id,
        "sha256": fingerprint(document),
        "start": span.start,
        "end": span.end,
    }
    return place | {"quote": span.text}


def _gold(
    groups: list[list[dict[str, Any]]], known: Mapping[str, Document]
) -> tuple[tuple[tuple[Passage, ...], ...], list[Told], Told | None]:
    """The groups' spans, what there is to note, and what a group without any place lacks."""
    gold: list[tuple[Passage, ...]] = []
    told: list[Told] = []
    lacks: Told | None = None
    for group in groups:
        spans: dict[str, Passage] = {}
        for item in group:
            found = _anchored(item, known)
            told += _told(item, found, known)
            spans |= {span.passage_id: span for span in (found.spans if found else ())}
        if not spans:
            lacks = lacks or told[-1]
        gold.append(tuple(spans.values()))
    return tuple(gold), told, lacks


def _anchored(item: Mapping[str, Any], known: Mapping[str, Document]) -> Anchor | None:
    document = known.get(item["doc_id"])
    return find_quote(document, item["quote"], item.get("start")) if document else None


def _told(
    item: Mapping[str, Any], found: Anchor | None, known: Mapping[str, Document]
) -> list[Told]:
    """What is to be noted of where a quote was found, or was not."""
    doc_id, quote = item["doc_id"], brief(item["quote"])
    if doc_id not in known:
        return [(f"语料中没有文档 {doc_id}", f"the corpus has no document {doc_id}")]
    if found is None:
        return [
            (
                f"“{quote}”不在 {doc_id} 中，也没有相近的文字",
                f"“{quote}” is not in {doc_id}, nor anything near it",
            )
        ]
    told: list[Told] = []
    first, n = found.spans[0], len(found.spans)
    if item.get("sha256") not in (None, fingerprint(first.document)):
        told.append(
            (
                f"{doc_id} 已有改动，按引文重新定位",
                f"{doc_id} has changed; found again by the quote",
            )
        )
    if n > 1:
        told.append(
            (
                f"“{quote}”在 {doc_id} 中有 {n} 处，每处都算",
                f"“{quote}” is {n} times in {doc_id}; each counts",
            )
        )
    if item.get("start") not in (None, first.start):
        moved = f"{item['start']} → {first.start}"
        told.append((f"“{quote}”的位置已变：{moved}", f"“{quote}” has moved: {moved}"))
    if found.how == "folded":
        told.append(
            (
                f"“{quote}”与原文只差空白或字形",
                f"“{quote}” differs in white space or forms of characters only",
            )
        )
    if found.how == "near":
        near = f"“{brief(first.text)}”，{found.similarity:.2f}"
        told.append(
            (
                f"“{quote}”与原文有出入，取最相近的{near}",
                f"“{quote}” is not there; the nearest is {near}",
            )
        )
    return told


def _checked(where: str, row: dict[str, Any]) -> dict[str, Any]:
    unknown, missing = (
        sorted(row.keys() - _SHAPES.keys()),
        sorted(_SHAPES.keys() - row.keys() - {"history"}),
    )
    if unknown:
        raise dataset_error(
            where, f"不认识的字段 {', '.join(unknown)}。", f"unknown key {', '.join(unknown)}."
        )
    if missing:
        raise dataset_error(
            where, f"缺少字段 {', '.join(missing)}。", f"lacks {', '.join(missing)}."
        )
    for key, (fits, zh, en) in _SHAPES.items():
        if key in row and not fits(row[key]):
            raise dataset_error(where, f"{key} 应为{zh}。", f"{key} must be {en}.")
    return row


def _is_strings(value: object) -> bool:
    return isinstance(value, list) and all(map(is_text, value))


def _is_history(value: object) -> bool:
    turns = value if isinstance(value, list) else [value]
    return value is None or all(
        isinstance(turn, dict)
        and turn.keys() == {"role", "content"}
        and all(map(is_text, turn.values()))
        for turn in turns
    )


def _is_gold(value: object) -> bool:
    groups = value if isinstance(value, list) else [value]
    return all(isinstance(group, list) and group and all(map(_is_item, group)) for group in groups)


def _is_item(value: object) -> bool:
    if not isinstance(value, dict) or not {"doc_id", "quote"} <= value.keys() <= _ITEM:
        return False
    texts = (value[key] for key in ("doc_id", "quote", "sha256") if key in value)
    places = (value[key] for key in ("start", "end") if key in value)
    return all(map(is_text, texts)) and all(type(place) is int and place >= 0 for place in places)


_ITEM = {"doc_id", "quote", "sha256", "start", "end"}
_GOLD = "[[{doc_id, quote, sha256?, start?, end?}, …], …]"
_SHAPES: dict[str, tuple[Callable[[object], bool], str, str]] = {
    "id": (
        lambda value: is_text(value) or type(value) is int,
        "不空的字符串",
        "a string, not empty",
    ),
    "kind": (is_text, "不空的字符串", "a string, not empty"),
    "question": (is_text, "不空的字符串", "a string, not empty"),
    "history": (_is_history, " [{role, content}, …]", "[{role, content}, …]"),
    "gold": (_is_gold, f" {_GOLD}，每组至少一项", f"{_GOLD}, no group empty"),
    "answers": (_is_strings, "字符串的列表", "a list of strings"),
    "outcome": (OUTCOMES.__contains__, " answered、absent 或 about", "answered, absent or about"),
}
