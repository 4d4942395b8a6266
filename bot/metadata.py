"""Questions about the article itself (who wrote it, when, where, its parts): which of its sections answer them."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable
from pathlib import Path

from bot.question import Question
from corpus import Document, Passage
from corpus.text import fold, sentences

LINES = ("标题", "出处", "编者按", "作者", "编辑", "配图")
"""Headings of the lines around an article's body, as corpus/ names them."""

BODY = "小标题"
"""Stands for the headings of the body."""

LINES_AT_MOST = 4
"""Passages of one answer."""

RULES_FILE = Path(__file__).with_suffix(".toml")

_RULES = tomllib.loads(RULES_FILE.read_text("utf-8"))
_ASKED = {heading: re.compile("|".join(said)) for heading, said in _RULES["asked"].items()}
_BESIDE = re.compile("|".join(pattern for group in _RULES["beside"].values() for pattern in group))


def asked_sections(question: Question) -> tuple[str, ...]:
    """The headings that `question` asks about, where it asks of nothing else; BODY for those of the body."""
    asked = rest = fold(question.asked)
    for said in _ASKED.values():
        rest = said.sub(" ", rest)
    if _BESIDE.sub("", rest):
        return ()
    return tuple(heading for heading, said in _ASKED.items() if said.search(asked))


def answering_lines(document: Document, headings: Iterable[str], kind: str = "") -> list[Passage]:
    """The sentences of `document` that stand in those sections, or their headings for BODY, at most LINES_AT_MOST."""
    wanted = frozenset(headings)
    found: list[Passage] = []
    for section in document.sections:
        text = document.text[section.start : section.end]
        if section.heading in wanted:
            found += [Passage(document, section.start + a, section.start + b) for a, b in sentences(text)]
        elif BODY in wanted and section.heading and section.heading not in LINES:
            found.append(Passage(document, section.start, section.start + len(section.heading)))
    return found[:LINES_AT_MOST]
