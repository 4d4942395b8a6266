"""Questions about the article itself (who wrote it, when, where, its parts): which of its sections answer them."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable
from pathlib import Path

from bot.question.analysis import Question
from corpus import Document, Passage
from corpus.language.text import fold, sentences

LINES = ("标题", "出处", "编者按", "作者", "编辑", "配图")
"""Headings of the lines around an article's body, as corpus/ names them."""

BODY = "小标题"
"""Stands for the headings of the body."""

GIST = "大意"
"""Stands for what the article says on the whole: the headings of its body, and the sentence that sums up."""

LINES_AT_MOST = 4
"""Passages of one answer."""

RULES_FILE = Path(__file__).parent / "rules/metadata.toml"

_RULES = tomllib.loads(RULES_FILE.read_text("utf-8"))
_ASKED = {heading: re.compile("|".join(said)) for heading, said in _RULES["asked"].items()}
_BESIDE = re.compile("|".join(pattern for group in _RULES["beside"].values() for pattern in group))
_ARTICLE = re.compile(
    "|".join([*_RULES["beside"]["article"], *_RULES["beside"]["english_article"]])
)
_ORIGIN = re.compile("|".join(_RULES["origin"]["asked"]))
_SUMS_UP = re.compile("|".join(_RULES["sums_up"]["begins"]))


def asked_sections(question: Question) -> tuple[str, ...]:
    """The headings that `question` asks about, where it asks of nothing else; BODY for those of the body, or GIST."""
    rest, found = fold(question.asked), []
    if asks_origin(rest):
        return ()
    for heading, said in _ASKED.items():
        if said.search(rest):
            found.append(heading)
            rest = said.sub(" ", rest)
    if not adds_nothing(rest):
        return ()
    # 编者按说了什么 asks for the note alone.
    return tuple(heading for heading in found if heading != GIST or len(found) == 1)


def lines_asked(question: Question) -> tuple[str, ...]:
    """Of those, the headings that the text is searched with too."""
    return tuple(heading for heading in asked_sections(question) if heading in LINES)


def adds_nothing(text: str) -> bool:
    """Whether `text` holds only words that may stand beside what asks for a section: 第二位是谁？"""
    return not _BESIDE.sub("", fold(text))


def asks_origin(folded: str) -> bool:
    """Whether a folded question asks where a person comes from, which the line about an author does not say."""
    return bool(_ORIGIN.search(folded))


def names_article(text: str) -> bool:
    """Whether `text`, which asks for a section, says that it is one of the article: 文章的来源, not 来源."""
    return bool(_ARTICLE.search(fold(text)))


def answering_lines(document: Document, headings: Iterable[str]) -> list[Passage]:
    """The sentences of `document` that stand in those sections, at most LINES_AT_MOST; for BODY its headings.

    For GIST they are the headings and a sentence that sums up: one that says so, else the first of the body.
    """
    wanted = frozenset(headings)
    found = [
        line
        for s in document.sections
        if s.heading in wanted
        for line in _sentences(document, s.start, s.end)
    ]
    body = [section for section in document.sections if section.heading not in LINES]
    if wanted & {BODY, GIST}:
        found += [Passage(document, s.start, s.start + len(s.heading)) for s in body if s.heading]
    if GIST in wanted:
        said = [
            line for s in body for line in _sentences(document, s.start + len(s.heading), s.end)
        ]
        summing = [line for line in said if _SUMS_UP.match(fold(line.text))]
        found = [*found[: LINES_AT_MOST - 1], *(summing[-1:] or said[:1])]
    return found[:LINES_AT_MOST]


def _sentences(document: Document, start: int, end: int) -> list[Passage]:
    return [Passage(document, start + a, start + b) for a, b in sentences(document.text[start:end])]
