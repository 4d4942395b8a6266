"""Sentences of several documents that are the same but for the values, and versions of one document."""

from __future__ import annotations

import re

from corpus import Document
from corpus.intake.regulations import FORCE
from corpus.language.text import fold

REPEALED = "已废止"

NEARLY = 0.8
"""Share of the pairs of characters, numbers aside, that two sentences have in common that state the
same thing, maybe with other values.
"""

# 第三条 at the beginning, and what is no word
_BESIDE = re.compile(r"^\W*第\w{1,5}条\s|[\d\W_]+")
# 4 at the end of notice-4: the copy of a name that was added fourth
_COPY = re.compile(r"-(\d{1,3})$")
_NUMERALS = re.compile(r"[零〇一二两三四五六七八九十百千万亿]+")


def are_versions(one: Document, other: Document) -> bool:
    """Whether two documents are versions of one: they have the same title."""
    return bool(one.title) and fold(one.title) == fold(other.title)


def frame(text: str) -> frozenset[str]:
    """The pairs of characters of a text without its numbers and marks."""
    bare = _NUMERALS.sub("", _BESIDE.sub("", fold(text)))
    return frozenset(bare[at : at + 2] for at in range(len(bare) - 1))


def overlap(one: frozenset[str], other: frozenset[str]) -> float:
    """The share of the pairs that two frames have in common, 0 to 1 (Dice)."""
    return 2 * len(one & other) / max(1, len(one) + len(other))


def age(document: Document) -> tuple[bool, str, int]:
    """Orders documents from the repealed and the oldest to the newest; of copies by their number."""
    copy = _COPY.search(document.doc_id)
    number = int(copy[1]) if copy and not document.published else 0
    return not is_repealed(document), document.published, number


def is_repealed(document: Document) -> bool:
    """Whether a regulation is marked as one that no longer holds."""
    return (FORCE, REPEALED) in document.details
