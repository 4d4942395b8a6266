"""Finds who asks and who answers in an interview, a round table or a press conference: 记者：…？, then
林晚：….

Nobody is known by name. A turn begins with a short label and a colon, with one in brackets, or below
a name on a line of its own. Those whose turns mostly end with a question ask; the others answer, but
for who opens the talk and never answers.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise
from typing import NamedTuple

from corpus.document import Document, Span
from corpus.intake.page import Line, ends_sentence, fold
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
# "孟凡", "《江报》记者", "主持人 何静": a name that stands on a line of its own, above what is said
_NAME = re.compile(r"(?:《[^《》]{1,10}》)?[^\W\d_](?:[^\W_]|[·. ]){1,13}")
_LONGEST_LABEL = 64
"""Characters at the beginning of a line in which its label stands."""

LEAST = 2
"""Turns from which someone is a speaker, and answered questions from which a text is a conversation."""

LIKE = 2
"""Last characters that the labels of several askers share, by which another is one of them: 记者."""

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
    """The labels of those who ask several questions of a document, alone or as several of one sort:
    晨报记者 and 电台记者.
    """
    asked = [speaker_of(unit.text) for unit in document.units if unit.kind == "question"]
    count = Counter(filter(None, asked))
    several = {name for name, times in count.items() if times >= LEAST}
    sorts = _sorts(count)
    return frozenset(several | {name for name in count if name[-LIKE:] in sorts})


def asides_in(document: Document) -> list[Span]:
    """What hosts and askers say in a document that is a conversation, in characters: they greet, ask
    and hand on, and tell nothing.
    """
    units = document.units
    said = ("paragraph", "question", "answer")
    lines = [Line(unit.text, "" if unit.kind in said else unit.kind) for unit in units]
    talk = _Talk(lines, tuple(_turns(lines)))
    found = []
    for number, turn in enumerate(talk.turns):
        if turn.speaker in talk.askers:
            found.append(Span(units[turn.start].start, units[talk.end_of_asking(number) - 1].end))
        elif turn.speaker in talk.hosts:
            found.append(Span(units[turn.start].start, units[turn.end - 1].end))
    return found


def _sorts(names: Iterable[str]) -> frozenset[str]:
    """The last characters that several names share."""
    count = Counter(name[-LIKE:] for name in set(names) if len(name) > LIKE)
    return frozenset(end for end, times in count.items() if times >= LEAST)


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
    """ "question", "remark", "answer" or "turn" for the lines of a conversation that are one, else
    empty.

    A remark is what an asker says that is no question, and a turn what others say who answer
    nothing by it: a host, or who speaks before anyone asks. An empty list where the lines are no
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
        elif turn.speaker in talk.speakers:
            marks[turn.start] = "turn"
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
        if not found or sum(others) > RARELY * len(others):
            return frozenset()
        return frozenset(found | self._like(found))

    @cached_property
    def hosts(self) -> frozenset[str]:
        """The first to speak of those with several turns, who asks nothing and answers nothing alone."""
        speaking = (turn.speaker for turn in self.turns if turn.speaker in self.speakers)
        first = next(speaking, "")
        if first in self.askers:
            return frozenset()
        for number, turn in enumerate(self.turns):
            if turn.speaker == first and self._is_next(number) and not self._hands_on(number):
                return frozenset()
        return frozenset({first})

    def _like(self, found: Collection[str]) -> set[str]:
        """Those with one turn who ask as the askers `found` do: a label of their sort, or a question
        that someone with one turn answers.
        """
        sorts = _sorts(found)
        more = set()
        for number, turn in enumerate(self.turns[:-1]):
            is_new = turn.speaker not in self.speakers and turn.speaker not in found
            follows = self.turns[number + 1]
            if not is_new or follows.speaker in found or follows.start != turn.end:
                continue
            if turn.speaker[-LIKE:] in sorts or self._asks_at_end(number):
                more.add(turn.speaker)
        return more

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
        if self._is_next(number):
            return True
        before = [turn.speaker for turn in self.turns[:number]]
        goes_on = self.turns[number].speaker in self.speakers - self.hosts
        return goes_on and not self.askers.isdisjoint(before)

    def _is_next(self, number: int) -> bool:
        """Whether the turn before is an asker's."""
        return number > 0 and self.turns[number - 1].speaker in self.askers

    def _hands_on(self, number: int) -> bool:
        """Whether a turn is shorter than the next, in which another goes on to answer: 请卢处长回答。"""
        if number + 1 == len(self.turns) or self.turns[number + 1].speaker in self.askers:
            return False
        return self._size(number) < self._size(number + 1)

    def _size(self, number: int) -> int:
        """The characters of a turn."""
        turn = self.turns[number]
        return sum(len(line.text) for line in self.lines[turn.start : turn.end])

    def _is_answered_next(self, number: int) -> bool:
        """Whether someone else speaks next, and the turn is surely the asker's up to there."""
        if number + 1 == len(self.turns):
            return False
        turn, following = self.turns[number], self.turns[number + 1]
        is_whole = turn.end - turn.start == 1 or following.speaker in self.speakers
        is_whole = is_whole or self._names_answers
        return is_whole and turn.end == following.start and following.speaker not in self.askers

    @cached_property
    def _names_answers(self) -> bool:
        """Whether a name stands before most answers, so that all that is below an asker's is his."""
        asked = answered = 0
        for turn, following in pairwise(self.turns):
            if turn.speaker in self.askers:
                asked += 1
                answered += following.speaker not in self.askers and following.start == turn.end
        return answered > MOSTLY * asked

    def _asks_once(self, number: int) -> bool:
        """Whether a turn asks at its end what one of the speakers goes on to answer."""
        follows = number + 1 < len(self.turns) and self.turns[number + 1]
        is_followed = (
            follows and follows.start == self.turns[number].end and follows.speaker in self.speakers
        )
        return bool(is_followed) and self._asks_at_end(number)

    def _asks_at_end(self, number: int) -> bool:
        """Whether a turn ends with a question, or has one in the second half of its last line and
        gets an answer longer than itself, at once or from who is called on: 乘客怎么办？尤其是老人，
        不熟悉换乘。
        """
        last = fold(self.lines[self.turns[number].end - 1].text)
        if ends_with_question(last):
            return True
        is_late = last.rfind("?") >= len(last) / 2
        following = range(number + 1, min(number + 3, len(self.turns)))
        longest = max(map(self._size, following), default=0)
        return is_late and self._size(number) < longest

    def _asking(self, speaker: str) -> list[bool]:
        """Whether each turn of a speaker begins with a line that ends with a question, or asks at its
        end. What opens and closes the talk counts only where it asks.
        """
        found = []
        for number, turn in enumerate(self.turns):
            if turn.speaker == speaker:
                begins = ends_with_question(self.lines[turn.start].text)
                asks = begins or self._asks_at_end(number)
                if asks or number not in self._around:
                    found.append(asks)
        return found

    @cached_property
    def _around(self) -> tuple[int, ...]:
        """The first turn and the last of those who have several."""
        said = [number for number, turn in enumerate(self.turns) if turn.speaker in self.speakers]
        return (said[0], said[-1]) if said else ()


def _turns(lines: Sequence[Line]) -> Iterator[_Turn]:
    """The turns: from a label to the next one, or to a heading."""
    speaker, start = "", 0
    named = _named_alone(lines)
    for at, line in enumerate(lines):
        label = named.get(at, "") or ("" if line.kind else speaker_of(line.text))
        if speaker and (label or line.kind == "heading"):
            yield _Turn(speaker, start, at)
            speaker = ""
        if label:
            speaker, start = label, at
    if speaker:
        yield _Turn(speaker, start, len(lines))


def _named_alone(lines: Sequence[Line]) -> dict[int, str]:
    """The names on lines of their own above what is said, where several turns have one of them."""
    found = {}
    for at, (line, below) in enumerate(pairwise(lines)):
        name = fold(line.text).strip("*_ ")
        is_name = not line.kind and bool(_NAME.fullmatch(name))
        if is_name and not below.kind and ends_sentence(below.text):
            found[at] = name
    count = Counter(found.values())
    return found if max(count.values(), default=0) >= LEAST else {}
