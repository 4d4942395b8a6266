"""The sentences that questions are made from, and the parts of patterns that several makers share."""

from __future__ import annotations

from collections.abc import Iterator

from bot.question.suggest_sentences import numbering
from corpus import Document, Passage
from corpus.document import Kind
from corpus.language.text import sentences

CHAR = r"[^,。;:!?()、\"“”‘’《》\s]"
"""A character inside a clause of a folded sentence, as part of a regular expression."""

SAID = r"[^,。;:!?\s]"
"""A character between two pauses of a folded sentence; it may be of a name in marks or in brackets."""

NUMERAL = r"(?:\d[\d,.]*|[零〇一二两三四五六七八九十百千]+)[万亿千百]*"
"""1,513.5万, 三十."""

DAY = r"(?:(?:19|20)\d\d年)?\d{1,2}月\d{1,2}日"
"""2025年4月8日, 4月8日."""

_TEXT_KINDS: tuple[Kind, ...] = ("paragraph", "item", "answer")


def sentences_of(document: Document) -> Iterator[Passage]:
    """The sentences of the paragraphs, items and answers, in order, each without its number."""
    for unit in document.units:
        if unit.kind not in _TEXT_KINDS:
            continue
        for start, end in sentences(unit.text):
            first = start + len(numbering(unit.text[start:end]))
            if first < end:
                yield Passage(document, unit.start + first, unit.start + end)
