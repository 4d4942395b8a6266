"""Whole sentences with their marks out of the pieces that a language model streams.

A sentence is given out once it is sure that no further mark belongs to it: both 。[1] and [1]。 are
waited for. What a model reasons before it answers is left out, and endless repetition ends the reading.
"""

from __future__ import annotations

import re
from collections import deque
from typing import NamedTuple

from corpus.language.sentences import is_full_stop
from corpus.language.text import is_english

LONGEST = 400
"""Longest sentence, characters: a longer one has lost its way, and nothing more is read."""

REMEMBERED = 64
"""Sentences among which a repeated one is looked for."""

REPEATED = 3
"""Sentences in a row that were there before, from which on a model is taken to repeat itself."""

_SPACE = "[ \\t\u3000\u00a0]*"
# [1], 【2】, ［3］, [1, 2], [^1], [1-3]
_MARK = (
    rf"[\[［【]{_SPACE}\^?\d{{1,3}}"
    rf"(?:{_SPACE}[,，、;；~–-]{_SPACE}\^?\d{{1,3}})*{_SPACE}[\]］】]"
)
# [1][2], [1]、[2], **[1]**
_ROW = rf"[*`]*{_MARK}[*`]*(?:{_SPACE}[,，、;；和与及]?{_SPACE}{_MARK}[*`]*)*"
# A row, also in brackets: （[1]）
_MARKS = re.compile(rf"{_SPACE}(?:[(（]{_SPACE}{_ROW}{_SPACE}[)）]|{_ROW})")
# 根据[1]， tells no more than the mark
_CITES = re.compile(
    rf"(?:^|(?<=[，,；;]))\s*(?:(?:根据|依据|按照|据|如|由){_MARKS.pattern}(?:所述|可知|所示|显示|的?规定)?"
    rf"|[Aa]ccording to{_MARKS.pattern})[,，]\s*"
)
# 。” in 他说：“好。” and the point of "It is done. "; no point of 3.5 or www.example
_END = re.compile(r"[。！？!?…]+[”’」』）)》】\"']*|\.[”’\"')]*(?=\s|[\[［【(（*`])")
# What may still become marks: "[", "（[1", "、"
_BEGUN = re.compile(r"[ \t\u3000\u00a0\[\]［］【】()（）*`^\d,，、;；~–和与及-]*\Z")
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
        """The last sentences: the end of the stream has come.

        Where the stream was cut (`is_cut`), what has no end is left out.
        """
        if self._is_thinking or self._is_rambling:
            return []
        found = self._whole(is_over=True)
        rest = self._buffer
        is_whole = bool(_FINAL.search(_MARKS.sub("", rest).rstrip()))
        return found + self._taken(len(rest)) if is_whole or not is_cut else found

    def _next_tag(self) -> str | None:
        """The tag of reasoning that comes first in the buffer; inside reasoning only its end counts."""
        tags = (_CLOSED,) if self._is_thinking else (_OPENED, _CLOSED)
        places = {self._buffer.find(tag): tag for tag in tags}
        places.pop(-1, None)
        return places[min(places)] if places else None

    def _whole(self, is_over: bool = False) -> list[MarkedSentence]:
        """The sentences of the buffer that have come whole; what is left stays there."""
        found = []
        while (end := _end_of_first(self._buffer, is_over)) is not None and not self._is_rambling:
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
    bare = _BULLET.sub("", _EMPHASIS.sub("", raw).strip())
    said = _CITES.sub("", bare)
    text = _MARKS.sub("", said).strip()
    if said != bare and is_english(text):
        text = text[:1].upper() + text[1:]
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


def _end_of_first(text: str, is_over: bool) -> int | None:
    """Where the first sentence of a text ends, marks behind it included; None where that is not sure yet.

    It is sure of all ends once the text is over.
    """
    newline = text.find("\n")
    for ended in _END.finditer(text):
        if 0 <= newline < ended.start():
            break
        end = ended.end()
        while mark := _MARKS.match(text, end):
            end = mark.end()
        # Further marks may follow, or closing signs.
        if not is_over and _BEGUN.match(text, end):
            return None
        if end > ended.end() or _is_end(text, ended):
            return end
    return newline + 1 if newline >= 0 else None


def _is_end(text: str, ended: re.Match[str]) -> bool:
    """Whether a sentence ends there, without a mark: not behind "Dr." or the "1." of an item."""
    point = ended.start()
    if text[point] != "." or re.match(r"[ \t]*(?:\n|$)", text[ended.end() :]):
        return True
    is_chinese = bool(point) and not is_english(text[point - 1]) and text[point - 1].isalpha()
    return is_chinese or is_full_stop(text, point)
