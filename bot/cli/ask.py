"""`chengwen ask`: answers one question, or a batch of them."""

from __future__ import annotations

import json
import math
import os
import sys
from argparse import Namespace
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, NoReturn

from bot.answer import Answer, Citation, answer_object
from bot.cli.output import language_for, show, show_json
from bot.i18n import Spoken, language_of_locale, pick, texts
from bot.index_build import open_service
from bot.limits import check_history, check_question
from bot.llm.one_by_one import Ask, asking
from bot.request_limits import NO_LIMITS, Limits
from bot.settings import Settings, load_settings
from bot.traditional import answer_in, spoken_for
from corpus import ChengwenError, UsageError
from corpus.intake.decode import read_bytes, shown
from corpus.refusals import refusal_of

LARGEST_HISTORY = 1024 * 1024
"""Bytes of the file of a history: many times what `check_history` lets pass."""

STDIN = Path("-")


def run(arguments: Namespace) -> int:
    """Prints the answer, or an answer object a line. Raises ChengwenError."""
    settings = load_settings(arguments.set)
    _check_usage(arguments)
    limits = _limits(arguments)
    if arguments.batch:
        _answer_batch(arguments, settings, limits)
        return 0
    question = check_question(arguments.question)
    history = _read_history(arguments.history) if arguments.history else []
    service = open_service(settings, arguments.corpus, arguments.index)
    # One question does not wait for the trial of all that might be suggested after it.
    service.suggesting.at_once()
    with asking(service, settings, service.ask) as ask:
        answer = ask(question, history, limits=limits)
    spoken = spoken_for(question, language_of_locale())
    answer = answer_in(answer, spoken)
    if arguments.json:
        show_json(answer_object(answer).model_dump())
    else:
        bold = sys.stdout.isatty() and "NO_COLOR" not in os.environ
        show(format_answer(answer, spoken, bold))
    return 0


def _answer_batch(arguments: Namespace, settings: Settings, limits: Limits) -> None:
    """Prints an answer object for each line of the batch."""
    with _open_batch(arguments.batch) as lines:
        service = open_service(settings, arguments.corpus, arguments.index)
        with asking(service, settings, service.ask) as ask:
            for row in answer_rows(ask, lines, limits):
                show_json(row)


def format_answer(answer: Answer, spoken: Spoken = "zh", bold: bool = False) -> str:
    """An answer for a person: the text, its citations, who wrote it where a model did, the notices.

    `spoken` is the language of our own words, and `bold` marks the short answer.
    """
    text = answer.text
    if spoken == "en" and answer.parts:
        parts = [f"{part.label}: {part.text}" if part.label else part.text for part in answer.parts]
        text = "\n".join(parts)
    if bold and answer.short_answer and answer.short_answer_sure:
        text = text.replace(answer.short_answer, f"\033[1m{answer.short_answer}\033[0m", 1)
    lines = [text]
    if answer.citations:
        lines.append("")
    for n, citation in enumerate(answer.citations, 1):
        lines.append(f"[{n}] {_source(citation)}: {citation.quote}")
    if answer.ai_generated:
        generated = texts("message", spoken)["generated"]
        lines.append(f"{generated} · {answer.written_by}")
    mark = pick(("提示：", "Note: "), spoken)
    for notice in answer.notices:
        lines.append(mark + notice)
    return "\n".join(lines)


def answer_rows(
    ask: Ask, lines: Iterable[bytes], limits: Limits = NO_LIMITS
) -> Iterator[dict[str, Any]]:
    """The answer object of each line, "id" first, or {"id", "error"}. Blank lines are skipped."""
    for number, line in enumerate(lines, 1):
        if line.strip():
            yield _answer_line(ask, line, number, limits)


def read_json(data: bytes) -> object:
    """The value of a JSON text. Raises ValueError for others, and for NaN and infinite numbers."""
    text = data.decode("utf-8-sig")
    try:
        return json.loads(text, parse_constant=_refuse_number, parse_float=_finite)
    except RecursionError as error:
        raise ValueError("nested too deep") from error


def _check_usage(arguments: Namespace) -> None:
    has_question = arguments.question is not None
    has_batch = arguments.batch is not None
    if has_question == has_batch or (has_batch and arguments.history):
        raise UsageError(
            "请给出一个问题，或用 --batch 给出问题文件；--history 只用于一个问题。",
            "Give either a question or --batch with a file of them; --history goes with one question.",
        )


def _limits(arguments: Namespace) -> Limits:
    """The documents that are searched, as the options --doc and --tag name them."""
    return Limits(
        doc_ids=frozenset(arguments.doc) if arguments.doc else None,
        tags=frozenset(arguments.tag) if arguments.tag else None,
    )


def _source(citation: Citation) -> str:
    title, section = citation.document.title, citation.section
    return " · ".join(name for name in (title, section, citation.page_name) if name)


def _read_history(path: Path) -> list[dict[str, str]]:
    try:
        return check_history(read_json(read_bytes(path, LARGEST_HISTORY)))
    except ValueError as error:
        raise UsageError(
            f"{shown(path)} 不是有效的 JSON：{error}。",
            f"{shown(path)} is not valid JSON: {error}.",
        ) from error


@contextmanager
def _open_batch(path: Path) -> Iterator[Iterable[bytes]]:
    if path == STDIN:
        yield sys.stdin.buffer
        return
    try:
        file = path.open("rb")
    except OSError as error:
        refusal = refusal_of(error)
        raise UsageError(
            f"无法读取 {shown(path)}：{refusal.zh}。请检查路径和权限。",
            f"Cannot read {shown(path)}: {refusal.en}. Check the path and its permissions.",
        ) from error
    with file:
        yield file


def _answer_line(ask: Ask, line: bytes, number: int, limits: Limits) -> dict[str, Any]:
    row: dict[str, Any] = {}
    try:
        row = _read_row(line, number)
        question = check_question(row.get("question"))
        history = check_history(row.get("history") or [])
        answer = ask(question, history, limits=limits)
        answer = answer_in(answer, spoken_for(question))
        return {"id": row.get("id"), **answer_object(answer).model_dump()}
    except ChengwenError as error:
        message = error.message(language_for(row.get("question")))
        return {"id": row.get("id"), "error": {"code": error.code, "message": message}}


def _read_row(line: bytes, number: int) -> dict[str, Any]:
    try:
        row = read_json(line)
    except ValueError as error:
        raise UsageError(
            f"第 {number} 行不是有效的 JSON：{error}。",
            f"Line {number} is not valid JSON: {error}.",
        ) from error
    if not isinstance(row, dict):
        raise UsageError(
            f'第 {number} 行应是 {{"id": …, "question": …}}。',
            f'Line {number} must be {{"id": ..., "question": ...}}.',
        )
    return row


def _finite(text: str) -> float:
    value = float(text)
    if not math.isfinite(value):
        _refuse_number(text)
    return value


def _refuse_number(text: str) -> NoReturn:
    raise ValueError(f"{text} is not a number of JSON")
