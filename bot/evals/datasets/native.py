"""The native format: JSON lines whose gold is quotes, found in the documents when they are read."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

from bot.evals.datasets.cases import (
    OPENINGS,
    BilingualText,
    Case,
    Dataset,
    DatasetBuilder,
    Line,
    dataset_error,
    is_text,
    parse_row,
    read_source,
    sources_sha256,
)
from bot.evals.datasets.quotes import QuoteMatch, find_quote, shorten
from corpus import Document, Passage
from corpus.document import fingerprint

OUTCOMES = ("answered", "absent", "about")
PARTS = ("fit", "train", "report")

Item = Mapping[str, Any]
"""One quote of a gold group: {doc_id, quote, sha256?, start?, end?}."""


def read_native(path: Path, documents: Sequence[Document]) -> Dataset:
    """Reads a file of JSON lines, one case a line.

    A row may say in which `part` of the set it is (fit, train or report), and of a composed answer
    what is `near` and was not asked for, how it opens, and the `labels` of its lines.
    A gold item may state the `sha256` of its document (of title and text, see `fingerprint`) and
    where the quote stood, `start` and `end` in characters; what differs is a warning.
    Raises UsageError, naming the line, where a line is malformed or repeats an id.
    """
    by_id = {document.doc_id: document for document in documents}
    source = read_source(path)
    builder = DatasetBuilder()
    for line in source.lines:
        row = parse_row(line)
        _check_row(line, row)
        _add_case(builder, line.where, row, by_id)
    return builder.build(path, sources_sha256([source]), "passage", documents)


def native_row(case: Case) -> dict[str, Any]:
    """A case as a row of the native format, with each quote's place and its document's hash."""
    row: dict[str, Any] = {"id": case.case_id, "kind": case.kind, "question": case.question}
    if case.history:
        row["history"] = [dict(turn) for turn in case.history]
    gold: list[list[Item]] = []
    for group in case.gold:
        gold.append([_item(span) for span in group])
    row["gold"] = gold
    if case.near is not None:
        row["near"] = [[_item(span) for span in group] for group in case.near]
    if case.opening:
        row["opening"] = case.opening
    row["answers"] = list(case.answers)
    row["outcome"] = case.outcome
    return row


def _item(span: Passage) -> Item:
    return {
        "doc_id": span.document.doc_id,
        "sha256": fingerprint(span.document),
        "start": span.start,
        "end": span.end,
        "quote": span.text,
    }


def _add_case(
    builder: DatasetBuilder, where: str, row: Mapping[str, Any], documents: Mapping[str, Document]
) -> None:
    """Adds the case of a row; leaves it out if it needs gold and a group has none in the corpus."""
    case_id = str(row["id"])
    if row["outcome"] == "answered" and not row["gold"]:
        builder.leave_out(case_id, where, ("没有标注原文（gold）", "no gold"))
        return
    gold: list[tuple[Passage, ...]] = []
    warnings: list[BilingualText] = []
    for group in row["gold"]:
        spans, messages = _find_group(group, documents)
        if not spans:
            builder.leave_out(case_id, where, messages[-1])
            return
        gold.append(spans)
        warnings.extend(messages)
    near: tuple[tuple[Passage, ...], ...] | None = None
    if "near" in row:
        found = [_find_group(group, documents)[0] for group in row["near"]]
        near = tuple(group for group in found if group)
    case = Case(
        case_id=case_id,
        kind=row["kind"],
        question=row["question"],
        history=tuple(row.get("history") or ()),
        gold=tuple(gold),
        answers=tuple(row["answers"]),
        outcome=row["outcome"],
        near=near,
        opening=row.get("opening", ""),
    )
    builder.add(case, where)
    builder.assign(case_id, row.get("part", "report"))
    for message in warnings:
        builder.warn(case_id, where, message)


def _find_group(
    group: Sequence[Item], documents: Mapping[str, Document]
) -> tuple[tuple[Passage, ...], list[BilingualText]]:
    """The spans of all items of a gold group, each once, and what to say about them.

    Without any span, the last message says what is missing.
    """
    spans: dict[str, Passage] = {}
    messages: list[BilingualText] = []
    for item in group:
        doc_id = item["doc_id"]
        document = documents.get(doc_id)
        if document is None:
            messages.append((f"语料中没有文档 {doc_id}", f"the corpus has no document {doc_id}"))
            continue
        match = find_quote(document, item["quote"], item.get("start"))
        if match is None:
            messages.append(_not_found(item))
            continue
        for span in match.spans:
            spans[span.passage_id] = span
        messages.extend(_document_warnings(item, document))
        messages.extend(_match_warnings(item, match))
    return tuple(spans.values()), messages


def _not_found(item: Item) -> BilingualText:
    quote = shorten(item["quote"])
    doc_id = item["doc_id"]
    return (
        f"“{quote}”不在 {doc_id} 中，也没有相近的文字",
        f"“{quote}” is not in {doc_id}, nor anything near it",
    )


def _document_warnings(item: Item, document: Document) -> list[BilingualText]:
    """A warning where the document is not the one that the item was quoted from."""
    doc_id = document.doc_id
    if item.get("sha256") in (None, fingerprint(document)):
        return []
    return [
        (f"{doc_id} 已有改动，按引文重新定位", f"{doc_id} has changed; found again by the quote")
    ]


def _match_warnings(item: Item, match: QuoteMatch) -> list[BilingualText]:
    """Warnings where a quote was found several times, elsewhere, or in other words."""
    doc_id = item["doc_id"]
    quote = shorten(item["quote"])
    first = match.spans[0]
    n = len(match.spans)
    warnings: list[BilingualText] = []
    if n > 1:
        zh = f"“{quote}”在 {doc_id} 中有 {n} 处，每处都算"
        en = f"“{quote}” is {n} times in {doc_id}; each counts"
        warnings.append((zh, en))
    if item.get("start") not in (None, first.start):
        moved = f"{item['start']} → {first.start}"
        warnings.append((f"“{quote}”的位置已变：{moved}", f"“{quote}” has moved: {moved}"))
    if match.how == "folded":
        zh = f"“{quote}”与原文只差空白或字形"
        en = f"“{quote}” differs in white space or forms of characters only"
        warnings.append((zh, en))
    if match.how == "near":
        nearest = f"“{shorten(first.text)}”，{match.similarity:.2f}"
        zh = f"“{quote}”与原文有出入，取最相近的{nearest}"
        en = f"“{quote}” is not there; the nearest is {nearest}"
        warnings.append((zh, en))
    return warnings


def _check_row(line: Line, row: Mapping[str, Any]) -> None:
    """Raises UsageError where a row has unknown keys, lacks keys, or a value is malformed."""
    unknown = sorted(row.keys() - _FIELDS.keys())
    if unknown:
        names = ", ".join(unknown)
        raise dataset_error(line.where, f"不认识的字段 {names}。", f"unknown key {names}.")
    missing = sorted(_FIELDS.keys() - row.keys() - _OPTIONAL)
    if missing:
        names = ", ".join(missing)
        raise dataset_error(line.where, f"缺少字段 {names}。", f"lacks {names}.")
    for key, expected in _FIELDS.items():
        if key in row and not expected.fits(row[key]):
            raise dataset_error(
                line.where, f"{key} 应为{expected.zh}。", f"{key} must be {expected.en}."
            )


class _Field(NamedTuple):
    """The form of a value: whether one fits, and how to describe it."""

    fits: Callable[[object], bool]
    zh: str
    en: str


def _is_id(value: object) -> bool:
    # Not isinstance: True is an int too.
    return is_text(value) or type(value) is int


def _is_texts(value: object) -> bool:
    return isinstance(value, list) and all(is_text(one) for one in value)


def _is_history(value: object) -> bool:
    if value is None:
        return True
    return isinstance(value, list) and all(_is_turn(turn) for turn in value)


def _is_turn(value: object) -> bool:
    if not isinstance(value, dict) or value.keys() != {"role", "content"}:
        return False
    return is_text(value["role"]) and is_text(value["content"])


def _is_gold(value: object) -> bool:
    return isinstance(value, list) and all(_is_group(group) for group in value)


def _is_group(value: object) -> bool:
    return isinstance(value, list) and bool(value) and all(_is_item(item) for item in value)


def _is_item(value: object) -> bool:
    if not isinstance(value, dict) or not {"doc_id", "quote"} <= value.keys():
        return False
    return all(key in _ITEM_FIELDS and _ITEM_FIELDS[key](value[key]) for key in value)


def _is_offset(value: object) -> bool:
    return type(value) is int and value >= 0


def _is_outcome(value: object) -> bool:
    return value in OUTCOMES


def _is_part(value: object) -> bool:
    return value in PARTS


def _is_opening(value: object) -> bool:
    return value in OPENINGS


_ITEM_FIELDS: dict[str, Callable[[object], bool]] = {
    "doc_id": is_text,
    "quote": is_text,
    "sha256": is_text,
    "start": _is_offset,
    "end": _is_offset,
}
_ITEM_FORM = "[[{doc_id, quote, sha256?, start?, end?}, …], …]"
_FIELDS = {
    "id": _Field(_is_id, "不空的字符串", "a string, not empty"),
    "kind": _Field(is_text, "不空的字符串", "a string, not empty"),
    "question": _Field(is_text, "不空的字符串", "a string, not empty"),
    "history": _Field(_is_history, " [{role, content}, …]", "[{role, content}, …]"),
    "gold": _Field(_is_gold, f" {_ITEM_FORM}，每组至少一项", f"{_ITEM_FORM}, no group empty"),
    "answers": _Field(_is_texts, "字符串的列表", "a list of strings"),
    "outcome": _Field(_is_outcome, " answered、absent 或 about", "answered, absent or about"),
    "part": _Field(_is_part, f" {'、'.join(PARTS)} 之一", f"one of {', '.join(PARTS)}"),
    "near": _Field(_is_gold, f" {_ITEM_FORM}，每组至少一项", f"{_ITEM_FORM}, no group empty"),
    "opening": _Field(_is_opening, f" {'、'.join(OPENINGS)} 之一", f"one of {', '.join(OPENINGS)}"),
    "labels": _Field(_is_texts, "字符串的列表", "a list of strings"),
}
_OPTIONAL = frozenset({"history", "part", "near", "opening", "labels"})
