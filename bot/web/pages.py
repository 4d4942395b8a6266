"""The pages beside the chat, whole without any script: an article to read, what the bot knows, what the bot is."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from datetime import datetime
from functools import partial
from typing import Any
from urllib.parse import quote, urlencode

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse

from bot.i18n import TAGS, language_of_parameter, texts
from bot.limits import QUESTION_LIMIT, TURNS_SENT
from bot.question.metadata import LINES
from bot.service import Service
from bot.web.reading_page import cited_span, parts, read_address, tag
from bot.web.templates import render
from corpus import Document
from index.manifest import Generation

POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; "
    "base-uri 'none'; form-action 'none'; frame-ancestors 'self'"
)
A_PAGE = 100
"""Articles listed on one page."""


def pages(
    service: Service, generation: Generation | None = None, feedback_days: int | None = None
) -> APIRouter:
    """/read/{doc_id}, /documents and /about.

    `generation` says when the index was made and what was left out of it; `feedback_days` how long feedback is kept.
    """
    router = APIRouter(default_response_class=HTMLResponse)
    get = partial(router.api_route, methods=["GET", "HEAD"])

    @get("/read/{doc_id:path}")
    async def read(request: Request, doc_id: str) -> HTMLResponse:
        documents = service.snapshot.collection.documents
        document = next((d for d in documents if d.doc_id == doc_id), None)
        if document is None:
            return _page(request, "missing", 404, page="read")
        return _article(request, document)

    @get("/documents")
    async def documents(request: Request) -> HTMLResponse:
        return _page(
            request,
            "documents",
            page="documents",
            **_listed(request, service),
            **_state(service, generation),
        )

    @get("/about")
    async def about(request: Request) -> HTMLResponse:
        limits: dict[str, Any] = {
            "limit": QUESTION_LIMIT,
            "turns": TURNS_SENT,
            "found": service.settings.retrieval.k,
        }
        return _page(request, "about", page="about", days=feedback_days, **limits)

    return router


def _page(
    request: Request, template: str, status: int = 200, kept: Mapping[str, int] = {}, **values: Any
) -> HTMLResponse:
    """A template in the language asked for; `kept` are the parameters that its address has in either language."""
    language = language_of_parameter(request.query_params.get("lang"))
    other = {} if language == "en" else {"lang": "en"}
    there = quote(request.scope["path"]) + (
        f"?{urlencode({**kept, **other})}" if kept or other else ""
    )
    frame = {
        "site": texts("site", language),
        "language": language,
        "tag": TAGS[language],
        "there": there,
    }
    words = texts("read" if template == "missing" else template, language)
    query = "?lang=en" if language == "en" else ""
    html = render(f"{template}.html", **frame, words=words, query=query, **values)
    return HTMLResponse(html, status, {"content-security-policy": POLICY})


def _article(request: Request, document: Document) -> HTMLResponse:
    cited = cited_span(document, request.query_params)
    found = parts(document, cited)
    # The printed title is the page's heading where the text begins with it.
    title = found[0].paragraphs[0] if found and found[0].name == LINES[0] else None
    kept = dict(zip(("start", "end"), cited, strict=True)) if cited else {}
    values: dict[str, Any] = {
        "document": document,
        "parts": found,
        "title": title,
        "spoken": tag(document),
    }
    return _page(request, "read", kept=kept, page="read", cited=cited, lines=LINES, **values)


def _listed(request: Request, service: Service) -> dict[str, Any]:
    """The articles of the page that `?page=` names, the nearest there is; how many there are of all."""
    collection = service.snapshot.collection
    passages = Counter(passage.document.doc_id for passage in collection.passages)
    last = max(1, -(-len(collection.documents) // A_PAGE))
    wish = request.query_params.get("page", "")
    number = min(max(1, int(wish)), last) if wish.isdecimal() and len(wish) < 9 else 1
    shown = collection.documents[(number - 1) * A_PAGE : number * A_PAGE]
    return {
        "rows": [
            {
                "document": document,
                "address": read_address(document),
                "spoken": tag(document),
                "sections": sum(s.heading not in ("", *LINES) for s in document.sections),
                "passages": passages[document.doc_id],
            }
            for document in shown
        ],
        "number": number,
        "last": last,
        "total": len(collection.documents),
        "kept": {"page": number} if number > 1 else {},
    }


def _state(service: Service, generation: Generation | None) -> dict[str, Any]:
    """The index and its health."""
    mode = service.settings.retrieval.mode
    facts = generation.facts if generation else {}
    # A visitor needs the name of a file, not where the machine keeps it.
    folder = f"{facts.get('corpus', '')}/"
    left_out: Any = facts.get("left_out", ())
    return {
        "health": mode if service.snapshot.dense or mode == "lexical" else "degraded",
        "index": service.index,
        "made": datetime.fromisoformat(generation.made).astimezone() if generation else None,
        "notices": service.notices,
        "left_out": [tuple(message.replace(folder, "") for message in pair) for pair in left_out],
    }
