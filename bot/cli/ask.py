"""`chengwen ask`: one question, or a batch of them."""

from __future__ import annotations

import os
import sys
from argparse import Namespace
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path

from bot.answer import Answer
from bot.build import open_service
from bot.cli.batch import answer_rows, read_json
from bot.cli.output import language_for, show, show_json
from bot.limits import check_history, check_question
from bot.settings import load_settings
from corpus import UsageError
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
            for row in answer_rows(open_service(settings, arguments.corpus, arguments.index), lines):
                show_json(row)
        return 0
    question = check_question(one)
    history = _read_history(arguments.history) if arguments.history else []
    answer = open_service(settings, arguments.corpus, arguments.index).ask(question, history)
    if arguments.json:
        show_json(answer.as_json())
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
    mark = {"zh": "提示：", "en": "Note: "}[language_for(answer.question)]
    return "\n".join([text, *([""] if cited else []), *cited, *(mark + notice for notice in answer.notices)])


def _read_history(path: Path) -> list[dict[str, str]]:
    try:
        return check_history(read_json(read_bytes(path, LARGEST_HISTORY)))
    except ValueError as error:
        raise UsageError(
            f"{shown(path)} 不是有效的 JSON：{error}。", f"{shown(path)} is not valid JSON: {error}."
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
