"""Questions by the line, answers by the line: what is wrong with one row is said in its place, and the rest goes on."""

from __future__ import annotations

import json
import math
from collections.abc import Iterable, Iterator
from typing import Any

from bot.cli.output import language_for
from bot.limits import check_history, check_question
from bot.service import Service
from corpus import ChengwenError, UsageError


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
        return {"id": row.get("id"), **service.ask(question, history).as_json()}
    except ChengwenError as error:
        message = error.message(language_for(row.get("question")))
        return {"id": row.get("id"), "error": {"code": error.code, "message": message}}


def _row(line: bytes, number: int) -> dict[str, Any]:
    try:
        row = read_json(line)
    except ValueError as error:
        raise UsageError(
            f"第 {number} 行不是有效的 JSON：{error}。", f"Line {number} is not valid JSON: {error}."
        ) from error
    if not isinstance(row, dict):
        raise UsageError(
            f'第 {number} 行应是 {{"id": …, "question": …}}。', f'Line {number} must be {{"id": ..., "question": ...}}.'
        )
    return row


def _finite(text: str) -> float:
    value = float(text)
    return value if math.isfinite(value) else _refuse(text)


def _refuse(text: str) -> float:
    raise ValueError(f"{text} is not a number of JSON")
