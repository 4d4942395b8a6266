"""Where sentences end: what is cited is a sentence or clause, whole, and short enough to be quoted."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator
from itertools import pairwise

SENTENCE_LIMIT = 200
"""Longest sentence or clause, characters: what one citation may quote."""

_CLOSER = {"(": ")", "（": "）", "《": "》", "【": "】", "[": "]"}
_BRACKET = re.compile(r"[()（）《》【】\[\]\n]")
_VEIL = "\N{OBJECT REPLACEMENT CHARACTER}"

# An end takes along the ends and closing marks behind it, and is none where the sentence goes on with a comma.
_END = re.compile(r"\n|[。！？!?；;…][。！？!?；;…”’」』）)】》\"']*+(?![，、,])|\.[\"')]*+(?=\s)")
_PAUSE = re.compile(r"(?<!\d)[，,：:]|[，,：:](?!\d)|[、\s]")

_WORD = re.compile(r"(?:[A-Za-z0-9]{2}|[)\"'%])$")
_ABBREVIATION = re.compile(
    r"(?<![A-Za-z])(?:[A-Z][a-z]|Mrs|Prof|Gov|Gen|Sen|Rep|Capt|Ltd|Inc|Corp|vs)$"
)
_ITEM_NUMBER = re.compile(r"(?:^|\n)[ \t]*\d{1,3}$")
_BEGINNING = re.compile(r"[\"')]*\s+[\"'(]*[A-Z\u4e00-\u9fff]")


def sentences(text: str, limit: int = SENTENCE_LIMIT) -> list[tuple[int, int]]:
    """Spans (characters, end exclusive) of the sentences and clauses between semicolons, without the space around.

    Nothing but white space lies between the spans. None ends inside brackets or title marks that close near by, and
    none is longer than `limit`: a longer sentence is cut at its pauses, outside brackets where it has such.
    """
    veiled = _veiled(text)
    ends = [
        m.end()
        for m in _END.finditer(veiled)
        if m.group()[0] != "." or _is_full_stop(text, m.start())
    ]
    bounds = pairwise([0, *ends, len(text)])
    return [piece for span in bounds for piece in _pieces(text, veiled, span, limit)]


def _veiled(text: str) -> str:
    """`text`, as long, without what stands inside brackets that close on their line, near enough to be quoted."""
    chars = list(text)
    opened: defaultdict[str, list[int]] = defaultdict(list)
    for match in _BRACKET.finditer(text):
        mark, at = match.group(), match.start()
        if mark == "\n":
            opened.clear()
        elif mark in _CLOSER:
            opened[_CLOSER[mark]].append(at)
        elif opened[mark] and (width := at - opened[mark].pop()) < SENTENCE_LIMIT:
            chars[at - width + 1 : at] = _VEIL * (width - 1)
    return "".join(chars)


def _is_full_stop(text: str, at: int) -> bool:
    """Whether the point at `at` ends a sentence: behind a whole word, or a number in it, before the next sentence."""
    before = text[max(0, at - 12) : at]
    shortens = _ABBREVIATION.search(before) or _ITEM_NUMBER.search(before)
    return bool(_WORD.search(before) and not shortens and _BEGINNING.match(text, at + 1, at + 8))


def _pieces(text: str, veiled: str, span: tuple[int, int], limit: int) -> Iterator[tuple[int, int]]:
    """The span in pieces of at most `limit` characters, each cut after the last pause in its second half."""
    start, end = _trimmed(text, *span)
    while end - start > limit:
        cut = _last_pause(veiled, start, limit) or _last_pause(text, start, limit) or start + limit
        yield _trimmed(text, start, cut)
        start, end = _trimmed(text, cut, end)
    if start < end:
        yield start, end


def _last_pause(text: str, start: int, limit: int) -> int:
    """Past the last pause in the second half of the `limit` characters from `start`, or 0."""
    # One character more is looked at, lest a number seem to end there.
    pauses = (m.end() for m in _PAUSE.finditer(text, start + limit // 2, start + limit + 1))
    return max((pause for pause in pauses if pause <= start + limit), default=0)


def _trimmed(text: str, start: int, end: int) -> tuple[int, int]:
    """The span without the white space at its ends."""
    part = text[start:end]
    return end - len(part.lstrip()), start + len(part.rstrip())
