"""The pages beside the chat: a document to read, and what the bot is.

They are whole without any script. The list of documents is `bot.web.documents_list`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from functools import partial
from typing import Any, NamedTuple, TypeAlias
from urllib.parse import quote

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse

from bot.elsewhere import asked_servers
from bot.i18n import TAGS, texts
from bot.limits import QUESTION_LIMIT, TURNS_SENT
from bot.live import Live, documents_of
from bot.originals import Originals
from bot.question.metadata import LINES
from bot.settings import has_model
from bot.traditional import questions_in, spoken_for
from bot.web.index_state import index_state
from bot.web.page_language import PageLanguage, page_language
from bot.web.templates import render
from corpus import Document, Passage, Section, Unit
from corpus.language.text import is_english

POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; "
    "base-uri 'none'; form-action 'none'; frame-ancestors 'self'"
)


WAIT_SECONDS = 0.5
"""Seconds that a page waits for questions about its document; those tried later are there the next time."""


def pages_router(live: Live, feedback_days: int | None = None) -> APIRouter:
    """/read/{doc_id} and /about. `feedback_days` says how many days feedback is kept."""
    router = APIRouter(default_response_class=HTMLResponse)
    get = partial(router.api_route, methods=["GET", "HEAD"])
    originals = Originals(live)

    @get("/read/{doc_id:path}")
    def read(request: Request, doc_id: str) -> HTMLResponse:
        service = live.service
        document = documents_of(service).get(doc_id)
        if document is None:
            return missing_page(request)
        language = page_language(request).language
        questions = service.suggestions.about(document, language, WAIT_SECONDS)
        questions = questions_in(questions, language)
        return _document_page(request, document, originals.hold(doc_id), questions)

    @get("/about")
    async def about(request: Request) -> HTMLResponse:
        service, generation = live.now
        settings = service.settings
        language = page_language(request).language
        return html_page(
            request,
            "about",
            page="about",
            days=feedback_days,
            limit=QUESTION_LIMIT,
            turns=TURNS_SENT,
            found=settings.retrieval.k,
            model=settings.llm.model if has_model(settings) else "",
            servers=tuple(asked_servers(settings)),
            state=index_state(service, generation),
            documents=texts("documents", language),
        )

    return router


def html_page(
    request: Request,
    template: str,
    status: int = 200,
    kept: Mapping[str, int | str] = {},
    section: str = "",
    **values: Any,
) -> HTMLResponse:
    """A template in the language asked for.

    `kept` are the parameters that the address of the page has in every language; `section` is that
    of its texts, by default the one with the name of the template.
    """
    spoken = page_language(request)
    words = texts(section or template, spoken.language)
    frame = spoken.frame(request.scope["path"], kept)
    html = render(f"{template}.html", words=words, **frame, **values)
    headers = {"content-security-policy": POLICY, "vary": "Accept-Language"}
    return HTMLResponse(html, status, headers)


def missing_page(request: Request) -> HTMLResponse:
    """The page that says there is no such document."""
    return html_page(request, "missing", 404, section="read", page="read")


def _document_page(
    request: Request, document: Document, has_file: bool, questions: Sequence[str]
) -> HTMLResponse:
    """The page of a document, with the span marked that the address names."""
    cited = cited_span(document, request.query_params)
    page_of_pdf = Passage(document, *cited).page if cited else None
    shown = parts(document, cited)
    kept: dict[str, int | str] = {"start": cited[0], "end": cited[1]} if cited else {}
    answer = _ANSWER.fullmatch(request.query_params.get("from", ""))
    if answer:
        kept["from"] = answer[0]
    return html_page(
        request,
        "read",
        kept=kept,
        page="read",
        cited=cited,
        lines=LINES,
        document=document,
        file=file_address(document, page_of_pdf) if has_file else "",
        back=answer_address(answer[0], page_language(request)) if answer else "",
        parts=shown,
        title=shown[0].paragraphs[0] if _begins_with_title(shown) else None,
        spoken=language_tag(document),
        questions=[(question, TAGS[spoken_for(question)]) for question in questions],
    )


def _begins_with_title(shown: list[Part]) -> bool:
    """Whether the text begins with its title: then the printed one is the heading of the page."""
    return bool(shown) and shown[0].name == LINES[0]


Span: TypeAlias = tuple[int, int]
"""Characters of a text, end exclusive."""

_NOTHING: Span = (0, 0)

# Matches a line with anything in it, such as "  空格 里外 ", without its end.
_PARAGRAPH = re.compile(r"[^\n]*\S[^\n]*")
# Matches 3f2504e04f8941d39a0c0305e82c3301, the id of an answer.
_ANSWER = re.compile(r"[0-9a-f]{32}")
# Matches 3034: nine digits reach further than any document.
_OFFSET = re.compile(r"[0-9]{1,9}")


def address(document: Document) -> str:
    """Where the document can be read: its own address, or else our page of it."""
    return document.url or read_address(document)


def read_address(document: Document, start: int = 0, end: int = 0) -> str:
    """Our page of the document; with a span (characters, end exclusive) it opens there, marked."""
    path = f"/read/{quote(document.doc_id, safe='')}"
    if not end:
        return path
    return f"{path}?start={start}&end={end}#cited"


def answer_address(answer_id: str, spoken: PageLanguage) -> str:
    """The chat at an answer, where this browser has kept the conversation that it is in."""
    return f"/?answer={answer_id}{spoken.more}"


def file_address(document: Document, page: int | None = None) -> str:
    """The file that the document was read from; a viewer opens a PDF at `page`, from 1 (RFC 8118)."""
    path = f"/file/{quote(document.doc_id, safe='')}"
    return f"{path}#page={page}" if page else path


def language_tag(document: Document) -> str:
    """The BCP 47 tag of the language that a document is in."""
    return "en" if is_english(document.text) else "zh-CN"


class Paragraph(NamedTuple):
    """One line of the text, cut at what is cited of it; `first` where the citation begins here.

    `cells` are those of a row of a table, or of its column names where `is_header`, each cut alike.
    """

    before: str
    cited: str
    after: str
    first: bool
    cells: tuple[Paragraph, ...] = ()
    is_header: bool = False

    @property
    def text(self) -> str:
        """The whole line."""
        return self.before + self.cited + self.after


class Part(NamedTuple):
    """A section of the page.

    `anchor` is its id, `name` stands in the outline and may be empty. `heading` is its first line
    where that is the printed heading, and `paragraphs` are the others.
    """

    anchor: str
    name: str
    heading: Paragraph | None
    paragraphs: tuple[Paragraph, ...]

    @property
    def blocks(self) -> list[tuple[Paragraph, ...]]:
        """The paragraphs, each alone, but the rows that follow one another together, as a table."""
        found: list[tuple[Paragraph, ...]] = []
        for paragraph in self.paragraphs:
            if paragraph.cells and found and found[-1][-1].cells:
                found[-1] = (*found[-1], paragraph)
            else:
                found.append((paragraph,))
        return found


def cited_span(document: Document, query: Mapping[str, str]) -> Span | None:
    """The span that `start` and `end` name, without space around it; None where they name none."""
    start_text, end_text = query.get("start", ""), query.get("end", "")
    if not (_OFFSET.fullmatch(start_text) and _OFFSET.fullmatch(end_text)):
        return None
    start, end = int(start_text), int(end_text)
    if end > len(document.text):
        return None
    words = document.text[start:end]
    if not words.strip():
        return None
    return end - len(words.lstrip()), start + len(words.rstrip())


def parts(document: Document, cited: Span | None = None) -> list[Part]:
    """The sections that have any text; text outside all sections is in parts without a name."""
    found: list[Part] = []
    for section in _whole_text(document):
        paragraphs = tuple(paragraphs_in(document, section, cited or _NOTHING))
        if paragraphs:
            found.append(_part(f"s{len(found) + 1}", section, paragraphs))
    return found


def _part(anchor: str, section: Section, paragraphs: tuple[Paragraph, ...]) -> Part:
    """A section as a part. The names of sections such as 出处 and 作者 are not printed."""
    first = paragraphs[0]
    if section.heading not in LINES and first.text.strip() == section.heading:
        return Part(anchor, section.heading, first, paragraphs[1:])
    return Part(anchor, section.heading, None, paragraphs)


def _whole_text(document: Document) -> Iterator[Section]:
    """The sections, and the gaps between them as sections without a heading."""
    end = 0
    for section in document.sections:
        yield Section("", end, section.start)
        yield section
        end = section.end
    yield Section("", end, len(document.text))


def paragraphs_in(document: Document, section: Section, cited: Span) -> Iterator[Paragraph]:
    """The lines of a section, each cut at what of `cited` is in it."""
    for line in _PARAGRAPH.finditer(document.text, section.start, section.end):
        paragraph = _cut(document.text, line.span(), cited)
        units = document.units_in(*line.span())
        if len(units) == 1 and units[0].kind in ("row", "header"):
            cells = tuple(_cells(units[0], cited))
            paragraph = paragraph._replace(cells=cells, is_header=units[0].kind == "header")
        yield paragraph


def _cells(row: Unit, cited: Span) -> Iterator[Paragraph]:
    """The cells of a row. A citation that begins between two of them begins in the second."""
    end = row.start
    for cell in row.cells:
        paragraph = _cut(row.document.text, cell, cited)
        yield paragraph._replace(first=bool(paragraph.cited) and end <= cited[0] < cell.end)
        # An empty cell holds nothing that could begin.
        end = cell.end if paragraph.text else end


def _cut(text: str, line: Span, cited: Span) -> Paragraph:
    """text[line], cut at what of `cited` is in it."""
    start, end = (min(max(offset, line[0]), line[1]) for offset in cited)
    if not text[start:end].strip():
        start = end = line[1]
    return Paragraph(
        before=text[line[0] : start],
        cited=text[start:end],
        after=text[end : line[1]],
        first=line[0] <= cited[0] < end and start < end,
    )
