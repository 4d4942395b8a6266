"""Finds who asks and who answers in an interview or a round table: 记者：…？, then 林晚：….

Nobody is known by name. A turn begins with a short label and a colon. Those whose turns mostly end
with a question ask; the others answer.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import NamedTuple

from corpus.document import Document
from corpus.intake.page import Line, fold
from corpus.language.sentences import ends_with_question

# “双减” in "记者:“双减”以后呢?"; not what "小明说:“几点?”" and "小明说:“好,”" quote
_TERM = r"[“‘\"「『][^”’\"」』。!?…]*[^”’\"」』。!?…,][”’\"」』][\w、]"
# "记者:", "《瞭望》:", "主持人 李明:", "林晚(馆长):", "**记者:**"; not "http://", nor "小明说:“几点?”", as
# a story is told
_LABEL = re.compile(
    r"[*_\s]*(?P<name>《[^《》]{1,10}》|(?:《[^《》]{1,10}》)?[^\W\d_](?:[^\W_]|[·. ]){0,11})"
    r"(?:\([^()]{1,30}\))?[*_\s]*:(?!//)"
    rf"(?:(?=[*_\s]*{_TERM})|(?![*_\s]*[“‘\"「『]))"
)
# "【记者】", "[主持人]:"
_BRACKETED = re.compile(r"[*_\s]*[【\[]\s?(?P<name>[^】\]:]{1,12}?)\s?[】\]]")
_LONGEST_LABEL = 64
"""Characters at the beginning of a line in which its label stands."""

LEAST = 2
"""Turns from which someone is a speaker, and answered questions from which a text is a conversation."""

MOSTLY = 1 / 2
"""Share of turns that end with a question from which someone asks: those who ask in the interviews
and round tables under tests/ have 0.5 to 1, those who answer 0.
"""

RARELY = 1 / 4
"""Share of the others' turns that end with a question above which all talk with each other, as in a
play.
"""


class _Turn(NamedTuple):
    """Who speaks, and the first line and the one behind the last."""

    speaker: str
    start: int
    end: int


def speaker_of(text: str) -> str:
    """The label of who speaks with which a line begins, without its colon, or empty."""
    return _label(text)[0]


def without_speaker(text: str, speakers: Collection[str]) -> str:
    """A line without its label, where this is one of `speakers`."""
    name, behind = _label(text)
    return text[behind:] if name in speakers else text


def asking_in(document: Document) -> frozenset[str]:
    """The labels of those who ask several questions of a document."""
    asked = [speaker_of(unit.text) for unit in document.units if unit.kind == "question"]
    count = Counter(filter(None, asked))
    return frozenset(name for name, times in count.items() if times >= LEAST)


def _label(text: str) -> tuple[str, int]:
    """The label of a line, and where what is said begins behind it, in characters; ("", 0) without."""
    head = fold(text[:_LONGEST_LABEL])
    found = _BRACKETED.match(head) or _LABEL.match(head)
    if not found:
        return "", 0
    behind = len(head) - len(head[found.end() :].lstrip("*_: "))
    # 居民1, 居民2 are one sort of speaker
    return found["name"].rstrip("0123456789 "), behind


def conversation(lines: Sequence[Line]) -> list[str]:
    """ "question", "remark" or "answer" for the lines of a conversation that are one, else empty.

    A remark is what an asker says that is no question. An empty list where the lines are no
    conversation.
    """
    talk = _Talk(lines, tuple(_turns(lines)))
    if not talk.askers:
        return []
    marks = [""] * len(lines)
    answered = 0
    for number, turn in enumerate(talk.turns):
        if turn.speaker in talk.askers:
            end = talk.end_of_asking(number)
            for at in range(turn.start, end):
                marks[at] = "question" if "?" in fold(lines[at].text) else "remark"
            if end < turn.end and not lines[end].kind:
                marks[end] = "answer"
            answered += "question" in marks[turn.start : end] and talk.is_answered(number)
        elif talk.answers(number):
            marks[turn.start] = "answer"
    return marks if answered >= LEAST else []


@dataclass(frozen=True)
class _Talk:
    """The turns of a page, in order, with what they make of each other."""

    lines: Sequence[Line]
    turns: tuple[_Turn, ...]

    @cached_property
    def speakers(self) -> frozenset[str]:
        """Those who have several turns."""
        count = Counter(turn.speaker for turn in self.turns)
        return frozenset(name for name, times in count.items() if times >= LEAST)

    @cached_property
    def askers(self) -> frozenset[str]:
        """Those who mostly ask; none where the others ask too."""
        asking = {name: self._asking(name) for name in self.speakers}
        found = set()
        for name, asks in asking.items():
            if sum(asks) >= max(LEAST, MOSTLY * len(asks)):
                found.add(name)
        for number, turn in enumerate(self.turns):
            if turn.speaker not in self.speakers and self._asks_once(number):
                found.add(turn.speaker)
        others = [asks for name in self.speakers - found for asks in asking[name]]
        return frozenset(found) if sum(others) <= RARELY * len(others) else frozenset()

    def end_of_asking(self, number: int) -> int:
        """The line behind the last of an asker's turn that is his own.

        Where nobody's name stands before the answer, it begins below his question.
        """
        turn = self.turns[number]
        if self._is_answered_next(number):
            return turn.end
        for at in range(turn.start, turn.end):
            if ends_with_question(self.lines[at].text):
                return at + 1
        return turn.start + 1

    def is_answered(self, number: int) -> bool:
        """Whether anything follows what an asker says, before the next one asks."""
        return self.end_of_asking(number) < self.turns[number].end or self._is_answered_next(number)

    def answers(self, number: int) -> bool:
        """Whether a turn answers one before it."""
        before = [turn.speaker for turn in self.turns[:number]]
        is_next = before[-1:] and before[-1] in self.askers
        is_speaker = self.turns[number].speaker in self.speakers
        return bool(is_next) or (is_speaker and not self.askers.isdisjoint(before))

    def _is_answered_next(self, number: int) -> bool:
        """Whether someone else speaks next, and the turn is surely the asker's up to there."""
        if number + 1 == len(self.turns):
            return False
        turn, following = self.turns[number], self.turns[number + 1]
        is_whole = turn.end - turn.start == 1 or following.speaker in self.speakers
        return is_whole and turn.end == following.start and following.speaker not in self.askers

    def _asks_once(self, number: int) -> bool:
        """Whether a turn ends with a question that one of the speakers goes on to answer."""
        turn = self.turns[number]
        follows = number + 1 < len(self.turns) and self.turns[number + 1]
        is_followed = follows and follows.start == turn.end and follows.speaker in self.speakers
        return bool(is_followed) and ends_with_question(self.lines[turn.end - 1].text)

    def _asking(self, speaker: str) -> list[bool]:
        """Whether each turn of a speaker begins or ends with a line that ends with a question."""
        found = []
        for turn in self.turns:
            if turn.speaker == speaker:
                ends = (self.lines[turn.start].text, self.lines[turn.end - 1].text)
                found.append(any(map(ends_with_question, ends)))
        return found


def _turns(lines: Sequence[Line]) -> Iterator[_Turn]:
    """The turns: from a label to the next one, or to a heading."""
    speaker, start = "", 0
    for at, line in enumerate(lines):
        label = "" if line.kind else speaker_of(line.text)
        if speaker and (label or line.kind == "heading"):
            yield _Turn(speaker, start, at)
            speaker = ""
        if label:
            speaker, start = label, at
    if speaker:
        yield _Turn(speaker, start, len(lines))
