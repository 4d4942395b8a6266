"""Whole sentences with their marks out of the pieces that a language model streams.

A sentence is given out once it is sure that no further mark belongs to it: both 。[1] and [1]。 are
waited for. What a model reasons before it answers is left out, and endless repetition ends the reading.
"""

from __future__ import annotations

import re
from collections import deque
from typing import NamedTuple

from corpus.language.text import is_english

LONGEST = 400
"""Longest sentence, characters: a longer one has lost its way, and nothing more is read."""

REMEMBERED = 64
"""Sentences among which a repeated one is looked for."""

REPEATED = 3
"""Sentences in a row that were there before, from which on a model is taken to repeat itself."""

# [1], 【2】, ［3］, [1, 2], [^1], [1-3]
_MARK = r"[\[［【]\s*\^?\d{1,3}(?:\s*[,，、;；~–-]\s*\^?\d{1,3})*\s*[\]］】]"
_MARKS = re.compile(rf"[ \t]*{_MARK}")
# 。” in 他说：“好。” and the point of "It is done. "; no point of 3.5 or www.example
_END = re.compile(r"[。！？!?…]+[”’」』）)》】\"']*|\.[”’\"')]*(?=\s|[\[［【])")
# A mark that may still come whole: "[", "[1", "【1, "
_BEGUN = re.compile(r"[\[［【][\s\^\d,，、;；~–-]*$")
_NUMBER = re.compile(r"\d+")
_RANGE = re.compile(r"(\d{1,3})\s*[~–-]\s*\^?(\d{1,3})")
# "- " of an item, "1. ", "（一）" is text of its own, "## " of a heading
_BULLET = re.compile(r"^(?:[-*•·]\s+|#{1,6}\s+|\d{1,2}[.)、]\s*(?=\D)|>\s+)+")
# **emphasis**, `code`
_EMPHASIS = re.compile(r"\*\*|__|`+")
# What ends a sentence: 。 ” ）
_FINAL = re.compile(r"[。！？!?…：:；;.][”’」』）)》】\"']*$")

_OPENED, _CLOSED = "<think>", "</think>"


class MarkedSentence(NamedTuple):
    """A sentence of a model: its text with final punctuation and without marks, and the numbers of its marks.

    The numbers are those that the model wrote, in order, each once; they may name no candidate.
    """

    text: str
    marks: tuple[int, ...] = ()


class SentenceStream:
    """Puts the deltas of one answer together into sentences. For one stream."""

    def __init__(self) -> None:
        self._buffer = ""
        self._is_thinking = False
        self._earlier: deque[str] = deque(maxlen=REMEMBERED)
        self._repeated = 0
        self._is_rambling = False
        self._was_reasoning = False

    @property
    def is_rambling(self) -> bool:
        """Whether the model repeats itself or ends no sentence: nothing more is read, and it may be stopped."""
        return self._is_rambling

    @property
    def was_reasoning(self) -> bool:
        """Whether a lone </think> came after sentences were given out, which so were no part of the answer."""
        return self._was_reasoning

    def feed(self, delta: str) -> list[MarkedSentence]:
        """The sentences that a further piece completes, in order; often none."""
        if self._is_rambling:
            return []
        self._buffer += delta
        found: list[MarkedSentence] = []
        while tag := self._next_tag():
            before, _, rest = self._buffer.partition(tag)
            if tag == _OPENED:
                self._buffer = before
                found += self._whole()
                found += self.finish(is_cut=True)
            elif not self._is_thinking:
                # What stood before a lone </think> was reasoning.
                self._was_reasoning = self._was_reasoning or bool(self._earlier)
            self._is_thinking = tag == _OPENED
            self._buffer = rest
        if self._is_thinking:
            # The tag may come in pieces.
            self._buffer = self._buffer[-len(_CLOSED) :]
            return found
        found += self._whole()
        self._is_rambling = self._is_rambling or len(self._buffer) > LONGEST
        return found

    def finish(self, is_cut: bool = False) -> list[MarkedSentence]:
        """The last sentence, at most one: the end of the stream has come.

        Where the stream was cut (`is_cut`), what has no end is left out.
        """
        rest = self._buffer
        if self._is_thinking or self._is_rambling:
            return []
        is_whole = bool(_FINAL.search(_MARKS.sub("", rest).rstrip()))
        return self._taken(len(rest)) if is_whole or not is_cut else []

    def _next_tag(self) -> str | None:
        """The tag of reasoning that comes first in the buffer; inside reasoning only its end counts."""
        tags = (_CLOSED,) if self._is_thinking else (_OPENED, _CLOSED)
        places = {self._buffer.find(tag): tag for tag in tags}
        places.pop(-1, None)
        return places[min(places)] if places else None

    def _whole(self) -> list[MarkedSentence]:
        """The sentences of the buffer that have come whole; what is left stays there."""
        found = []
        while (end := _end_of_first(self._buffer)) is not None and not self._is_rambling:
            found += self._taken(end)
        return found

    def _taken(self, end: int) -> list[MarkedSentence]:
        """The sentence that ends at `end` of the buffer; none where it is empty or was there before."""
        sentence = marked(self._buffer[:end])
        self._buffer = self._buffer[end:]
        if not sentence.text:
            return []
        if sentence.text in self._earlier:
            self._repeated += 1
            self._is_rambling = self._repeated >= REPEATED
            return []
        self._repeated = 0
        self._earlier.append(sentence.text)
        return [sentence]


def marked(raw: str) -> MarkedSentence:
    """One sentence as a model wrote it, with its marks taken out of the text.

    A line without punctuation at its end gets a full stop.
    """
    numbers: dict[int, None] = {}
    for mark in re.findall(_MARK, raw):
        numbers.update(dict.fromkeys(_numbers(mark)))
    text = _EMPHASIS.sub("", _MARKS.sub("", raw)).strip()
    text = _BULLET.sub("", text).strip()
    if text and not _FINAL.search(text):
        text += "." if is_english(text) else "。"
    return MarkedSentence(text, tuple(numbers))


def _numbers(mark: str) -> list[int]:
    """The numbers of one mark: [1, 3-5] names 1, 3, 4 and 5."""
    found: list[int] = []
    for low, high in _RANGE.findall(mark):
        found += range(int(low), min(int(high), int(low) + 9) + 1)
    found += [int(number) for number in _NUMBER.findall(mark)]
    return sorted(dict.fromkeys(found), key=found.index)


def _end_of_first(text: str) -> int | None:
    """Where the first sentence of a text ends, marks behind it included; None where that is not sure yet."""
    newline = text.find("\n")
    ended = _END.search(text)
    if newline >= 0 and (ended is None or newline < ended.start()):
        return newline + 1
    if ended is None:
        return None
    end = ended.end()
    while mark := _MARKS.match(text, end):
        end = mark.end()
    rest = text[end:].lstrip(" \t")
    # Further marks or closing signs may follow.
    is_open = not rest or (rest[0] in "[［【" and bool(_BEGUN.match(rest)))
    return None if is_open else end
