"""Recognises questions about the article itself (author, date, source) and finds the lines for them.

The regular expressions are in `rules/metadata.toml`.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable
from itertools import chain
from pathlib import Path

from bot.question.analysis import Question
from corpus import Document, Passage, Section
from corpus.language.text import fold, sentences

LINES = ("标题", "出处", "编者按", "作者", "编辑", "配图")
"""Section headings of the lines around an article's body, as corpus/ names them."""

BODY = "小标题"
"""Stands for the headings of the body."""

GIST = "大意"
"""Stands for the gist of the article: its headings, and the sentence that sums it up."""

LINES_AT_MOST = 4
"""Most passages of one answer: as many as an answer cites otherwise."""

RULES_FILE = Path(__file__).parent / "rules/metadata.toml"

_RULES = tomllib.loads(RULES_FILE.read_text("utf-8"))
# 作者: the 谁写 of 这篇文章是谁写的
_ASKED = {heading: re.compile("|".join(patterns)) for heading, patterns in _RULES["asked"].items()}
# The 这篇文章 and the 是 of 这篇文章的作者是谁
_BESIDE = re.compile("|".join(chain.from_iterable(_RULES["beside"].values())))
# 这篇文章, the article
_ARTICLE = re.compile(
    "|".join([*_RULES["beside"]["article"], *_RULES["beside"]["english_article"]])
)
# The 哪里人 of 作者是哪里人
_ORIGIN = re.compile("|".join(_RULES["origin"]["asked"]))
# 总之,治理要靠大家。
_SUMS_UP = re.compile("|".join(_RULES["sums_up"]["begins"]))


def asked_sections(question: Question) -> tuple[str, ...]:
    """The headings, BODY or GIST that `question` asks about; none if it asks anything else."""
    rest = fold(question.asked)
    if asks_origin(rest):
        return ()
    found = []
    for heading, pattern in _ASKED.items():
        if pattern.search(rest):
            found.append(heading)
            rest = pattern.sub(" ", rest)
    if not adds_nothing(rest):
        return ()
    if len(found) > 1:
        # 编者按说了什么 asks for the note alone.
        found = [heading for heading in found if heading != GIST]
    return tuple(found)


def lines_asked(question: Question) -> tuple[str, ...]:
    """The asked sections that are lines around the body: their headings are searched for too."""
    return tuple(heading for heading in asked_sections(question) if heading in LINES)


def adds_nothing(text: str) -> bool:
    """Whether `text` holds only words that may stand beside a request for a section: 第二位是谁？"""
    return not _BESIDE.sub("", fold(text))


def asks_origin(folded: str) -> bool:
    """Whether a folded question asks where a person comes from: author lines do not say that."""
    return bool(_ORIGIN.search(folded))


def names_article(text: str) -> bool:
    """Whether `text`, which asks for a section, names the article as well: 文章的来源, not 来源."""
    return bool(_ARTICLE.search(fold(text)))


def answering_lines(document: Document, headings: Iterable[str]) -> list[Passage]:
    """The sentences in the sections under `headings`, at most LINES_AT_MOST; for BODY the headings.

    For GIST they are the headings and a sentence that sums up: the last that says so, else the
    first of the body.
    """
    wanted = frozenset(headings)
    found: list[Passage] = []
    for section in document.sections:
        if section.heading in wanted:
            found += _sentences(document, section.start, section.end)
    body = [section for section in document.sections if section.heading not in LINES]
    if wanted & {BODY, GIST}:
        found += _headings(document, body)
    if GIST in wanted:
        found = [*found[: LINES_AT_MOST - 1], *_summary(document, body)]
    return found[:LINES_AT_MOST]


def _headings(document: Document, body: Iterable[Section]) -> list[Passage]:
    """The headings of the sections that have one."""
    found = []
    for section in body:
        if section.heading:
            end = section.start + len(section.heading)
            found.append(Passage(document, section.start, end))
    return found


def _summary(document: Document, body: Iterable[Section]) -> list[Passage]:
    """The last sentence of the body that says it sums up, else the first, if there is one."""
    found: list[Passage] = []
    for section in body:
        found += _sentences(document, section.start + len(section.heading), section.end)
    summing_up = [sentence for sentence in found if _SUMS_UP.match(fold(sentence.text))]
    return summing_up[-1:] or found[:1]


def _sentences(document: Document, start: int, end: int) -> list[Passage]:
    """The sentences in the characters `start` to `end` of a document."""
    spans = sentences(document.text[start:end])
    return [Passage(document, start + first, start + last) for first, last in spans]
