"""GET /source/{passage_id}: a quote among what stands around it, as a piece of HTML for our own pages."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse

from bot.answer import Citation
from bot.i18n import language_of_parameter, texts
from bot.live import Live
from bot.originals import Originals
from bot.web.api.state import find_passage
from bot.web.http_errors import NotFound
from bot.web.pages import (
    Paragraph,
    Part,
    address,
    file_address,
    language_tag,
    paragraphs_in,
    read_address,
)
from bot.web.punctuation import full_width
from bot.web.templates import render
from corpus import Document, Passage, Section
from corpus.document import Span
from corpus.language.sentences import sentences

AROUND = 160
"""Characters of sentences shown before and behind a quote at most; those of a longer one are cut."""


def source_router(live: Live) -> APIRouter:
    """The one route. Raises NotFound for what is no passage of a document that is held."""
    router = APIRouter()
    originals = Originals(live)

    @router.get("/source/{passage_id:path}")
    async def source(request: Request, passage_id: str) -> HTMLResponse:
        passage = find_passage(live.documents, passage_id)
        if passage is None:
            raise NotFound("没有这段原文。", "There is no such passage.")
        language = language_of_parameter(request.query_params.get("lang"))
        has_file = originals.hold(passage.document.doc_id)
        return HTMLResponse(source_html(passage, language, has_file))

    return router


def source_html(passage: Passage, language: str, has_file: bool = False) -> str:
    """The quote of `passage` in its paragraph, or in its table, with title, section, page, source, date.

    As it is shown, and where that differs as it was written.
    """
    document = passage.document
    as_shown = replace(document, text=full_width(document.text))
    spans = [*column_names(passage), surroundings(passage)]
    differs = any(as_shown.text[slice(*span)] != document.text[slice(*span)] for span in spans)
    own_page = address(document)
    return render(
        "source.html",
        words=texts("client", language),
        title=full_width(document.title),
        place=_place(passage),
        spoken=language_tag(document),
        shown=_blocks(as_shown, spans, passage),
        raw=_blocks(document, spans, passage) if differs else (),
        read=read_address(document, passage.start, passage.end),
        file=file_address(document, passage.page) if has_file else "",
        original="" if own_page == read_address(document) else own_page,
    )


def surroundings(passage: Passage) -> Span:
    """The paragraph of `passage`, or with the lines beside it where there is nothing else in it.

    Of a long one the sentences that lie within AROUND characters before and behind.
    """
    text = passage.document.text
    start = _line_start(text, passage.start)
    end = _line_end(text, passage.end)
    if not (text[start : passage.start].strip() or text[passage.end : end].strip()):
        start = _line_start(text, max(start - 1, 0))
        end = _line_end(text, min(end + 1, len(text)))
    return Span(_first_start(passage, start), _last_end(passage, end))


def _first_start(passage: Passage, start: int) -> int:
    """Where the first sentence begins that is near enough."""
    if passage.start - start <= AROUND:
        return start
    before = sentences(passage.document.text[start : passage.start])
    near = [start + first for first, _ in before if start + first >= passage.start - AROUND]
    return min([*near, passage.start])


def _last_end(passage: Passage, end: int) -> int:
    """Where the last sentence ends that is near enough."""
    if end - passage.end <= AROUND:
        return end
    behind = sentences(passage.document.text[passage.end : end])
    near = [passage.end + last for _, last in behind if last <= AROUND]
    return max([*near, passage.end])


def _line_start(text: str, offset: int) -> int:
    return text.rfind("\n", 0, offset) + 1


def _line_end(text: str, offset: int) -> int:
    end = text.find("\n", offset)
    return len(text) if end < 0 else end


def column_names(passage: Passage) -> list[Span]:
    """The column names of the table with one of whose rows the surroundings begin; else none.

    Those of a table that begins among the surroundings are there already.
    """
    document = passage.document
    start, end = surroundings(passage)
    first = next(iter(document.units_in(start, end)), None)
    if first is None or first.kind != "row":
        return []
    return [span for span in reversed(first.leads) if _are_column_names(document, span)]


def _are_column_names(document: Document, span: Span) -> bool:
    return any(unit.kind == "header" for unit in document.units_in(*span))


def _blocks(
    document: Document, spans: Sequence[Span], passage: Passage
) -> list[tuple[Paragraph, ...]]:
    """The lines of `spans`, cut at the quote: each alone, the rows of a table together."""
    cited = (passage.start, passage.end)
    found: list[Paragraph] = []
    for start, end in spans:
        found += paragraphs_in(document, Section("", start, end), cited)
    return Part("", "", None, tuple(found)).blocks


def _place(passage: Passage) -> str:
    """Section, page, source and date, as far as there are any."""
    document = passage.document
    cited = Citation(document, passage.start, passage.end)
    section = cited.section if cited.section != document.title else ""
    told = (section, cited.page_name, document.source, str(document.published or ""))
    return full_width(" · ".join(filter(None, told)))
