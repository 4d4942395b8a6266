"""The words of an answer as they are laid out: parts with labels, lines, and the marks of their sources."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from bot.answer import Answer
from bot.composer.verdict_words import every_verdict
from bot.web.message_sources import one_line, source_of
from bot.web.punctuation import full_width
from bot.web.row_words import with_rows_in_words
from corpus.document import Span

LEAD_LIMIT = 60
"""Characters up to which a short answer stands large before the evidence; a longer one is a sentence."""

# 城市因人而生动。[1]
MARK = re.compile(r"\[(\d{1,2})\]")

# [1] or [1][2] with the full stop that a model may write behind it, or the end of a line
_LINE_END = re.compile(r"(?:\[\d{1,2}\])+[。；，、！？.;,!?”’」』）)》]*|\n")

# What stays with a mark: 2685 of 共2685, else the last two characters, as 次。 of 万次。
_TAIL = re.compile(r"(?:[A-Za-z0-9.,%]{1,12}|.{1,2})\Z", re.DOTALL)

# 超过〔2685万次〕, 不得少于〔三人〕, 近〔50万〕: without it a number that stands alone would say another thing
_BOUND_BEFORE = re.compile(
    r"(?:不(?:得|能|应|可|宜)?|未)?(?:超过|突破|超出|[高多大低少小短长晚早]于)了?$"
    r"|(?:不足|不满|未满|不到|至少|至多|最多|最少|约|近|逾)$"
)
# 〔60岁〕及以上, 〔三日〕以内, 〔5元〕左右
_BOUND_BEHIND = re.compile(r"及?以[上下内外]|之内|左右|上下")
# 2685万次, 三日
_AMOUNT = re.compile(r"[0-9〇一二两三四五六七八九十百千万亿半]")

# 0571-86001057: a telephone number is on one line
_DIALLED = re.compile(r"\d{2,4}(?:-\d{3,8})+")

SHORT_VERDICT = 8
"""Characters of a sentence that may answer yes or no: 可以。 and 不需要预约。 have 3 and 6."""

# （一）盲道, 2. 公交站台, 三、, ④, 第五条: what has a number of its own needs none of ours
_NUMBERED = re.compile(
    r"[（(]?[一二三四五六七八九十\d]{1,3}[）)、.．](?!\d)|[①-⑳]|第[一二三四五六七八九十百\d]{1,5}[章节条]"
)


class Piece(NamedTuple):
    """Some words of a line; `strong` where they are the short answer, `kept` where on one line."""

    text: str
    strong: bool = False
    kept: bool = False


class Mark(NamedTuple):
    """The mark of citation `n`. `place` names what is cited, `href` is its page; both are empty while
    the answer is being written.
    """

    n: int
    place: str = ""
    href: str = ""


class AnswerLine(NamedTuple):
    """A sentence and its marks.

    `tail` are its last words, which the page keeps on one line with the marks and what is `after` them.
    `opening` is a verdict, such as 是。, that stands before the sentences.
    """

    pieces: tuple[Piece, ...]
    tail: tuple[Piece, ...] = ()
    marks: tuple[Mark, ...] = ()
    after: str = ""
    opening: bool = False


class AnswerPart(NamedTuple):
    """The lines that one label is for; an answer without labels has one part without any.

    `leads` where it only leads to the parts below it: 禁止下列行为：
    """

    label: str
    lines: tuple[AnswerLine, ...]
    leads: bool = False

    @property
    def is_numbered(self) -> bool:
        """Whether the words begin with a number of their own, and no label stands before it."""
        if self.label:
            return False
        first = self.lines[0] if self.lines else AnswerLine(())
        words = "".join(piece.text for piece in (*first.pieces, *first.tail))
        return _NUMBERED.match(words) is not None


def parts_of(answer: Answer) -> list[AnswerPart]:
    """The text of an answer, laid out, rows of tables in words. In the order of the text, nothing is
    left out or twice.
    """
    found = list(_parts(answer))
    if answer.form == "yes_no":
        found[0] = found[0]._replace(lines=_with_verdict(found[0].lines))
    return found


def _parts(answer: Answer) -> Iterator[AnswerPart]:
    text = full_width(with_rows_in_words(answer))
    marks = _marks(answer)
    strong = _strong(answer)
    if not answer.parts:
        yield AnswerPart("", _lines(text, Span(0, len(text)), marks, strong))
    start = 0
    for part in answer.parts:
        end = text.find("\n", start)
        end = len(text) if end < 0 else end
        label = part.label and text[start : start + len(part.label)]
        told = start + len(part.label) + 1 if part.label else start
        leads = not label and MARK.sub("", text[told:end]).endswith("：")
        yield AnswerPart(label, _lines(text, Span(told, end), marks, strong), leads)
        start = end + 1


def written_parts(text: str) -> list[AnswerPart]:
    """Prose that is not whole yet: what its marks lead to is told with the last of it."""
    shown = full_width(text)
    marks = {int(mark[1]): Mark(int(mark[1])) for mark in MARK.finditer(shown)}
    return [AnswerPart("", _lines(shown, Span(0, len(shown)), marks, Span(0, 0)))]


def said(text: str) -> list[AnswerPart]:
    """Words that are no answer, on one line."""
    return [AnswerPart("", (AnswerLine((Piece(one_line(text)),)),))]


def lead_of(answer: Answer) -> str:
    """The short answer where it stands large before the evidence, else empty.

    With an amount goes what bounds it: 超过2685万次, 三日以内.
    """
    text = with_rows_in_words(answer)
    strong = _with_bound(text, _strong(answer))
    words = full_width(text)[slice(*strong)]
    bare = MARK.sub("", text).rstrip("。.")
    is_all = len(words) >= len(bare)
    return "" if is_all or len(words) > LEAD_LIMIT else one_line(words)


def _with_bound(text: str, strong: Span) -> Span:
    """An amount with what stands before or behind it and bounds it; other spans as they are."""
    start, end = strong
    if not _AMOUNT.match(text, start, end):
        return strong
    before = _BOUND_BEFORE.search(text, 0, start)
    behind = _BOUND_BEHIND.match(text, end)
    return Span(before.start() if before else start, behind.end() if behind else end)


def _marks(answer: Answer) -> dict[int, Mark]:
    found = {}
    for n, citation in enumerate(answer.citations, 1):
        source = source_of(citation)
        found[n] = Mark(n, source.place, source.href)
    return found


def _strong(answer: Answer) -> Span:
    """Where the short answer stands in the text; an empty span where it is not sure."""
    short = answer.short_answer if answer.short_answer_sure else None
    at = with_rows_in_words(answer).find(short) if short else -1
    return Span(0, 0) if at < 0 or short is None else Span(at, at + len(short))


def _lines(text: str, told: Span, marks: dict[int, Mark], strong: Span) -> tuple[AnswerLine, ...]:
    """The lines of text[told], each ending with its marks; a mark of no citation stays text."""
    found = []
    start, end = told
    opening = _opening(text[start:end])
    if opening:
        found.append(AnswerLine((Piece(opening),), opening=True))
        start += len(opening)
    for line_end in _LINE_END.finditer(text, start, end):
        own = [int(mark[1]) for mark in MARK.finditer(line_end[0])]
        if not all(n in marks for n in own):
            continue
        closing = line_end[0][line_end[0].rfind("]") + 1 :] if own else ""
        said_to = line_end.start() if own else line_end.end()
        found.append(
            _line(text, Span(start, said_to), strong, tuple(marks[n] for n in own), closing)
        )
        start = line_end.end()
    if text[start:end].strip():
        found.append(_line(text, Span(start, end), strong))
    return tuple(found)


def _with_verdict(lines: tuple[AnswerLine, ...]) -> tuple[AnswerLine, ...]:
    """The lines, the first of several as the verdict where it is as short as one: 可以。"""
    if len(lines) < 2:
        return lines
    first, *others = lines
    length = sum(len(piece.text) for piece in (*first.pieces, *first.tail)) + len(first.after)
    if length > SHORT_VERDICT:
        return lines
    return (first._replace(opening=True), *others)


def _opening(text: str) -> str:
    """是。 of 是。日最高使用量超过2685万次。; none of 可以。[1], which the document says itself."""
    found = next((opening for opening in every_verdict() if text.startswith(opening)), "")
    return "" if MARK.match(text, len(found)) else found


def _line(
    text: str, span: Span, strong: Span, marks: Sequence[Mark] = (), after: str = ""
) -> AnswerLine:
    tail = _TAIL.search(text, span.start, span.end) if marks else None
    cut = tail.start() if tail else span.end
    return AnswerLine(
        tuple(_pieces(text, Span(span.start, cut), strong)),
        tuple(_pieces(text, Span(cut, span.end), strong)),
        tuple(marks),
        after,
    )


def _pieces(text: str, span: Span, strong: Span) -> Iterator[Piece]:
    """text[span] in pieces: before, in and behind what is strong; none is empty."""
    edges = [span.start, *(min(max(edge, span.start), span.end) for edge in strong), span.end]
    for number, is_strong in enumerate((False, True, False)):
        at = edges[number]
        for dialled in _DIALLED.finditer(text, at, edges[number + 1]):
            yield from _piece(text[at : dialled.start()], is_strong)
            yield Piece(dialled[0], is_strong, kept=True)
            at = dialled.end()
        yield from _piece(text[at : edges[number + 1]], is_strong)


def _piece(words: str, is_strong: bool) -> Iterator[Piece]:
    if words:
        yield Piece(one_line(words), is_strong)
