"""What a rule answers, before any sentence is weighed: questions about the document itself, and cells."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from bot.answer import Citation
from bot.question.analysis import Question
from bot.question.metadata import answering_lines, asked_sections
from bot.question.scope import NO_SCOPE, Scope
from bot.reader.asked_rows import asked_rows
from bot.reader.selection import fit_answer_length
from bot.reader.short_answer import byline_answer
from bot.reader.spans import Span
from bot.reader.sureness import ShortAnswer, Signs, signs_of_ruled
from bot.reader.tables import CONFIDENCE, TableCell, asked_cells
from corpus import Passage
from index import Hit


@dataclass(frozen=True, slots=True)
class Reading:
    """The sentences to cite, in the order of the text, and the short answer, a slice of one of them.

    Both are empty where the hits do not answer. `confidence` (0 to 1) is how likely the best
    sentence answers; `signs` are what is known of the short answer.
    """

    citations: tuple[Citation, ...]
    short_answer: str | None
    confidence: float = 0.0
    signs: Signs = ()


NOTHING = Reading((), None)


def read_by_rule(
    question: Question, hits: Sequence[Hit], scope: Scope = NO_SCOPE
) -> Reading | None:
    """What a rule makes of a question about the document itself, or for a cell of a table; else None.

    Of a cell that is empty it says that nothing answers.
    """
    about = scope.question_for(hits[0].passage.document, question) if hits else question
    if lines := lines_about_document(about, hits):
        return reading_of(lines, _ruled(about, lines[0], byline_answer(about, lines[0])), 1.0)
    extreme = _first_or_last(question, hits, scope)
    cells = [extreme] if extreme is not None else list(asked_cells(question, hits, scope))
    return _cell_reading(question, cells) if cells else None


def _first_or_last(question: Question, hits: Sequence[Hit], scope: Scope) -> TableCell | None:
    """The row that has the largest or the smallest of a column; its label answers."""
    found = asked_rows(question, hits, scope)
    if found is None or not found.is_extreme or len(found.rows) > 1:
        return None
    (row,) = found.rows
    return TableCell(Passage(row.document, row.start, row.end), row.cells[found.key])


def lines_about_document(question: Question, hits: Sequence[Hit]) -> list[Passage]:
    """The sentences of the first hit's document that answer a question about the document itself, by rule."""
    headings = asked_sections(question)
    return answering_lines(hits[0].passage.document, headings) if headings and hits else []


def reading_of(chosen: Iterable[Passage], short: ShortAnswer | None, confidence: float) -> Reading:
    """A reading that cites `chosen`; `short` stands in the first of them."""
    citations = fit_answer_length([Citation(p.document, p.start, p.end) for p in chosen])
    if short is None:
        return Reading(citations, None, confidence)
    text = citations[0].quote[slice(*short.span)]
    return Reading(citations, text, confidence, short.signs)


def _cell_reading(question: Question, cells: Sequence[TableCell]) -> Reading:
    """The row of the first cell with the cell as the short answer; nothing where that is empty.

    The others are cells of other tables that may be meant as well.
    """
    cell = cells[0]
    start, end = cell.answer
    if start == end:
        return NOTHING
    span = start - cell.row.start, end - cell.row.start
    values = {one.row.document.text[slice(*one.answer)] for one in cells}
    short = _ruled(question, cell.row, span, len(values) - 1)
    return reading_of([cell.row], short, CONFIDENCE)


def _ruled(
    question: Question, cited: Passage, span: Span | None, rivals: int = 0
) -> ShortAnswer | None:
    """The short answer that a rule has found; `rivals` are other values that may be meant as well."""
    if span is None:
        return None
    return ShortAnswer(span, signs_of_ruled(question, cited.text[slice(*span)], rivals))
