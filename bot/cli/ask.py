"""`chengwen ask`: one question, or a batch of them."""

from __future__ import annotations

import json
import math
import os
import sys
from argparse import Namespace
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from bot.answer import Answer
from bot.answer_object import answer_object
from bot.cli.output import language_for, show, show_json
from bot.i18n import language_of_locale, pick
from bot.index_build import open_service
from bot.limits import check_history, check_question
from bot.service import Service
from bot.settings import load_settings
from corpus import ChengwenError, UsageError
from corpus.intake.decode import read_bytes, shown

LARGEST_HISTORY = 1024 * 1024
STDIN = Path("-")


def run(arguments: Namespace) -> int:
    """Answers on standard output. Raises ChengwenError."""
    settings = load_settings(arguments.set)
    one, batch = arguments.question, arguments.batch
    if (one is None) == (batch is None) or (batch and arguments.history):
        raise UsageError(
            "请给出一个问题，或用 --batch 给出问题文件；--history 只用于一个问题。",
            "Give either a question or --batch with a file of them; --history goes with one question.",
        )
    if batch:
        with _lines(batch) as lines:
            for row in answer_rows(
                open_service(settings, arguments.corpus, arguments.index), lines
            ):
                show_json(row)
        return 0
    question = check_question(one)
    history = _read_history(arguments.history) if arguments.history else []
    answer = open_service(settings, arguments.corpus, arguments.index).ask(question, history)
    if arguments.json:
        show_json(answer_object(answer).model_dump())
    else:
        show(rendered(answer, bold=sys.stdout.isatty() and "NO_COLOR" not in os.environ))
    return 0


def rendered(answer: Answer, bold: bool = False) -> str:
    """An answer as a person reads it: the text, what it cites, and the notices."""
    text = answer.text
    if bold and answer.short_answer:
        text = text.replace(answer.short_answer, f"\033[1m{answer.short_answer}\033[0m", 1)
    cited = [
        f"[{n}] {' · '.join(part for part in (c.document.title, c.section) if part)}: {c.quote}"
        for n, c in enumerate(answer.citations, 1)
    ]
    language = "en" if language_of_locale() == "en" else answer.language
    mark = pick(("提示：", "Note: "), language)
    return "\n".join(
        [text, *([""] if cited else []), *cited, *(mark + notice for notice in answer.notices)]
    )


def _read_history(path: Path) -> list[dict[str, str]]:
    try:
        return check_history(read_json(read_bytes(path, LARGEST_HISTORY)))
    except ValueError as error:
        raise UsageError(
            f"{shown(path)} 不是有效的 JSON：{error}。",
            f"{shown(path)} is not valid JSON: {error}.",
        ) from error


@contextmanager
def _lines(path: Path) -> Iterator[Iterable[bytes]]:
    if path == STDIN:
        yield sys.stdin.buffer
        return
    try:
        file = path.open("rb")
    except OSError as error:
        raise UsageError(
            f"无法读取 {shown(path)}：{error.strerror}。请检查路径和权限。",
            f"Cannot read {shown(path)}: {error.strerror}. Check the path and its permissions.",
        ) from error
    with file:
        yield file


def answer_rows(service: Service, lines: Iterable[bytes]) -> Iterator[dict[str, Any]]:
    """The answer object of each line, "id" first, or {"id", "error"}; blank lines are passed over."""
    for number, line in enumerate(lines, 1):
        if line.strip():
            yield _answer(service, line, number)


def read_json(data: bytes) -> object:
    """What JSON says, without NaN and infinite numbers. Raises ValueError for anything else."""
    try:
        return json.loads(data.decode("utf-8-sig"), parse_constant=_refuse, parse_float=_finite)
    except RecursionError as error:
        raise ValueError("nested too deep") from error


def _answer(service: Service, line: bytes, number: int) -> dict[str, Any]:
    row: dict[str, Any] = {}
    try:
        row = _row(line, number)
        question = check_question(row.get("question"))
        history = check_history(row.get("history") or [])
        answer = service.ask(question, history)
        return {"id": row.get("id"), **answer_object(answer).model_dump()}
    except ChengwenError as error:
        message = error.message(language_for(row.get("question")))
        return {"id": row.get("id"), "error": {"code": error.code, "message": message}}


def _row(line: bytes, number: int) -> dict[str, Any]:
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
    return value if math.isfinite(value) else _refuse(text)


def _refuse(text: str) -> float:
    raise ValueError(f"{text} is not a number of JSON")
