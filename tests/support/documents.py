"""Documents made of lines, with their units linked as those of a file, or as （ begins an item."""

from corpus import Document
from corpus.document import Span, UnitSpan
from corpus.intake.article import clean
from corpus.intake.page import Line, Page, row_text


def document_of(*lines: Line | str, title: str = "", doc_id: str = "d") -> Document:
    """The document that a reader of files would make of `lines`."""
    typed = tuple(line if isinstance(line, Line) else Line(line) for line in lines)
    article = clean(Page(typed, title, is_web_page=False))
    return Document(
        doc_id,
        article.title,
        article.text,
        sections=article.sections,
        unit_spans=article.units,
    )


def header(*cells: str) -> Line:
    """A row of column names."""
    return Line(row_text(cells), "header")


def row(*cells: str) -> Line:
    """A row of a table."""
    return Line(row_text(cells), "row")


def units_of(text: str) -> tuple[UnitSpan, ...]:
    """Lines as units; those with （ are items below the line before the first of them."""
    found: list[UnitSpan] = []
    lead: Span | None = None
    start = 0
    for line in text.splitlines():
        end = start + len(line)
        is_item = line.startswith("（")
        context = (lead,) if is_item and lead else ()
        found.append(UnitSpan(start, end, "item" if is_item else "paragraph", context))
        lead = lead if is_item else Span(start, end)
        start = end + 1
    return tuple(found)
