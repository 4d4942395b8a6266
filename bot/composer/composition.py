"""A composed answer: lines of cited sentences, each a slice of a document, and what they are called."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Literal, NamedTuple

from bot.answer import AnswerPart, Citation, is_understood

ComposedForm = Literal["list", "comparison", "summary", "yes_no", "documents"]

CITED_AT_MOST = 12
"""Most citations of a composed answer."""

TEXT_LIMIT = 1200
"""Most characters of a composed answer, marks included."""


class Line(NamedTuple):
    """A line: what it is about, or nothing, and the sentences that say it.

    `said` stands in place of sentences where the documents have none: 文中没有提到. `keeps_lines` where
    what is cited has lines that stay apart: a lead line and the first item of its list.
    """

    label: str
    citations: tuple[Citation, ...]
    said: str = ""
    keeps_lines: bool = False


@dataclass(frozen=True, slots=True)
class Composition:
    """What a composer has put together.

    `opening` stands before the first line: 是。 `confidence` (0 to 1) is how likely the answer is
    right. At least one line has a citation.
    """

    form: ComposedForm
    lines: tuple[Line, ...]
    confidence: float
    opening: str = ""


@dataclass(frozen=True, slots=True)
class Absence:
    """What a composer has found not to be there: `text` says so, and nothing is cited."""

    text: str


class Composed(NamedTuple):
    """A composition as it is told: `text` has the parts, one a line, with the marks of `citations`.

    They tell the first `lines` of the composition.
    """

    text: str
    parts: tuple[AnswerPart, ...]
    citations: tuple[Citation, ...]
    lines: int


class _Piece(NamedTuple):
    """A sentence of a line, what stands in brackets behind it, its mark, and where a line ends in it."""

    citation: Citation
    brackets: str
    mark: str
    line_end: str

    @property
    def text(self) -> str:
        """The sentence and its mark; a cited list has lines of its own."""
        shown = f"{self.citation.quote}{self.brackets}"
        return f"{self.line_end.join(shown.splitlines())}{self.mark}"


BEFORE_QUESTION = 12
"""Characters of a number or a speaker before a question: 8、 or 本报记者：."""


# ？大家都问。 of 几时停航？大家都问。; 。 of 请谈谈新桥。
_LAST_ASKED = re.compile(r"\s*(?:[?？][^?？]*|[。.])$")


def name_of_asked(text: str) -> str:
    """What is asked, without its last mark and the words behind it: 几时停航 of 几时停航？大家都问。"""
    return _LAST_ASKED.sub("", text)


def told(composition: Composition) -> Composed:
    """The text of a composition: as many of its lines as an answer has room for.

    A sentence that two lines cite has one mark. A line of which only some sentences fit has these.
    A lead line cited with the first item of its list is a part by itself, with the mark of both.
    """
    citations: list[Citation] = []
    parts: list[AnswerPart] = []
    room = TEXT_LIMIT - len(composition.opening)
    lines = 0
    for line in _each_once(composition.lines):
        part = _part(line, citations, room)
        if part is None:
            break
        lines += 1
        parts += [AnswerPart(part.label, text) for text in part.text.split("\n")]
        room -= len(_shown(part)) + 1
    if composition.opening:
        first = parts[0]
        parts[0] = AnswerPart(first.label, composition.opening + first.text)
    text = "\n".join(map(_shown, parts))
    return Composed(text, tuple(parts), tuple(citations), lines)


def untold(composition: Composition) -> tuple[Line, ...]:
    """The lines of a composition, and the sentences of a cut line, for which there was no room."""
    shown = told(composition)
    rest = []
    for number, line in enumerate(_each_once(composition.lines)):
        citations = tuple(one for one in line.citations if one not in shown.citations)
        is_told = number < shown.lines
        if citations or (line.said and not is_told):
            rest.append(line._replace(citations=citations))
    return tuple(rest) if cited(rest) else ()


def _each_once(lines: Iterable[Line]) -> list[Line]:
    """The lines without sentences that stand in one cited before, and without what is left empty.

    A line with a label of its own keeps what it has nothing else to say by.
    """
    before: list[Citation] = []
    kept: list[Line] = []
    for line in lines:
        new: list[Citation] = []
        for citation in line.citations:
            if not any(_within(citation, told) for told in [*before, *new]):
                new.append(citation)
        before += new
        if new:
            kept.append(line._replace(citations=tuple(new)))
        elif line.label or not line.citations:
            kept.append(line)
    return kept


def _within(citation: Citation, other: Citation) -> bool:
    """Whether a citation is a part of another, and not the same."""
    if citation.document is not other.document or citation == other:
        return False
    return other.start <= citation.start and citation.end <= other.end


def _part(line: Line, citations: list[Citation], room: int) -> AnswerPart | None:
    """A line with the marks of its citations, which are added to `citations`; None without room."""
    pieces: list[_Piece] = []
    left = room - len(line.label) - 1
    for citation in line.citations:
        is_new = citation not in citations
        if is_new and len(citations) == CITED_AT_MOST:
            break
        number = len(citations) + 1 if is_new else citations.index(citation) + 1
        # 同年 under 杭州 is no year that is told under 成都.
        before = [one.citation for one in pieces] if line.label and citation.leans else citations
        is_told = is_understood(citation, before) or _is_label(line.label, citation)
        brackets = "" if is_told else citation.shown[len(citation.quote) :]
        mark = f"[{number}]"
        piece = _Piece(citation, brackets, mark, f"{mark}\n" if line.keeps_lines else " ")
        if len(piece.text) > left:
            break
        if is_new:
            citations.append(citation)
        pieces.append(piece)
        left -= len(piece.text)
    if not pieces and (line.citations or len(line.said) > left):
        return None
    return AnswerPart(line.label, "".join(one.text for one in _run_on(pieces)) or line.said)


def _run_on(pieces: Sequence[_Piece]) -> list[_Piece]:
    """The pieces with brackets behind the last of the sentences that go on from each other and share them:
    可以。现场充值。（问：可以充值吗？）
    """
    told = list(pieces)
    for number in range(1, len(told)):
        piece, following = told[number - 1], told[number]
        if not following.brackets and _goes_on(piece.citation, following.citation):
            told[number - 1] = piece._replace(brackets="")
            told[number] = following._replace(brackets=piece.brackets)
    return told


def _goes_on(citation: Citation, following: Citation) -> bool:
    """Whether a sentence stands right behind another and needs what that needs."""
    is_next = following.document is citation.document and following.start == citation.end
    return is_next and following.context == citation.context


def _is_label(label: str, citation: Citation) -> bool:
    """Whether the label of a line has all that a quote is not understood without: the date that it leans
    on, or the question that it answers, which may have a number or a speaker before it.
    """
    texts = [name_of_asked(citation.document.text[start:end]) for start, end in citation.context]
    return bool(label) and all(text in label or _asks(text, label) for text in texts)


def _asks(text: str, label: str) -> bool:
    bare = label.rstrip("?？ ")
    return text.endswith(bare) and len(text) - len(bare) <= BEFORE_QUESTION


def _shown(part: AnswerPart) -> str:
    return f"{part.label}：{part.text}" if part.label else part.text


def cited(lines: Iterable[Line]) -> Sequence[Citation]:
    """The citations of lines, each once, in their order."""
    return list(dict.fromkeys(citation for line in lines for citation in line.citations))
