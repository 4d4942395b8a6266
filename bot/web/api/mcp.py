"""The service as two tools of the Model Context Protocol, `search` and `ask`, for programs that call tools."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from importlib.util import find_spec
from typing import Any, TypeAlias

from anyio.to_thread import run_sync
from fastapi import FastAPI
from mcp.server.mcpserver import Context, MCPServer
from mcp.server.mcpserver.exceptions import ToolError
from mcp.server.transport_security import TransportSecuritySettings
from starlette.applications import Starlette

from bot.answer import Answer, Citation, Outcome
from bot.limits import check_question
from bot.question.analysis import language_of
from bot.service import Service
from bot.web.http_errors import NotAllowed
from bot.web.request_checks import BODY_LIMIT
from bot.web.work_queue import WorkQueue
from corpus import ChengwenError, Passage
from index import Hit

MOST = 20
"""Passages that a search gives at most: whoever calls tools pays for every character."""

_ABOUT = (
    "Answers questions about a collection of Chinese articles by quoting them. What they do not say has the outcome "
    "absent. Quote with [n], and keep the label."
)
_SEARCH = "Finds passages of the articles, best first. 在文章中检索段落。"
_ASK = "Answers a question about the articles in their own words, with citations. 就文章提问，每一句都引自原文。"

Ask: TypeAlias = Callable[[str], Awaitable[Answer]]
Search: TypeAlias = Callable[[str, int], Awaitable[Sequence[Hit]]]


# No slots in these: the protocol's package would take them for defaults when it makes the schemas.
@dataclass(frozen=True)
class Found:
    """A passage: `text` is the document from character `start` to `end`. `url` may be empty."""

    doc_id: str
    title: str
    section: str
    start: int
    end: int
    text: str
    url: str


@dataclass(frozen=True)
class Cited:
    """A citation: `n` is its mark [n] in the answer, `quote` the document from character `start` to `end`."""

    n: int
    doc_id: str
    title: str
    section: str
    start: int
    end: int
    quote: str
    url: str


@dataclass(frozen=True)
class Passages:
    """What `search` found, best first."""

    passages: list[Found]


@dataclass(frozen=True)
class Told:
    """What `ask` says. `label` and `ai_generated` go wherever the text goes."""

    outcome: Outcome
    text: str
    short_answer: str | None
    citations: list[Cited]
    label: str
    ai_generated: bool
    notices: list[str]


def tools(
    answer: Ask, find: Search, admit: Callable[[Any], None] = lambda request: None
) -> MCPServer[None]:
    """A server with both tools. `admit` is given the request over HTTP; what it raises, the caller reads."""
    server: MCPServer[None] = MCPServer(
        "chengwen", title="城问", instructions=_ABOUT, log_level="WARNING"
    )

    @server.tool(description=_SEARCH)
    async def search(context: Context[None, Any], question: str, k: int = 5) -> Passages:
        with _readable(question):
            checked = check_question(question)
            admit(context.request_context.request)
            return Passages(
                [_found(hit.passage) for hit in await find(checked, min(max(k, 1), MOST))]
            )

    @server.tool(description=_ASK)
    async def ask(context: Context[None, Any], question: str) -> Told:
        with _readable(question):
            checked = check_question(question)
            admit(context.request_context.request)
            return _told(await answer(checked))

    return server


def local_tools(service: Service) -> MCPServer[None]:
    """Both tools of `service`, for one program."""

    async def ask(question: str) -> Answer:
        return await run_sync(service.answer, question)

    async def search(question: str, k: int) -> Sequence[Hit]:
        return await run_sync(service.search, question, k)

    return tools(ask, search)


def over_http(server: MCPServer[None], path: str, limit: int) -> Starlette:
    """An application with `server` at `path`, for bodies of `limit` bytes: each request for itself, answered in JSON.

    It must be started by its lifespan. It does not look at hosts and origins: whoever has it in front does.
    """
    return server.streamable_http_app(
        streamable_http_path=path,
        json_response=True,
        stateless_http=True,
        max_request_body_size=limit,
        transport_security=TransportSecuritySettings(enable_dns_rebinding_protection=False),
    )


def _found(passage: Passage) -> Found:
    document = passage.document
    where = (document.doc_id, document.title, passage.heading, passage.start, passage.end)
    return Found(*where, passage.text, document.url)


def _cited(n: int, citation: Citation) -> Cited:
    document = citation.document
    where = (document.doc_id, document.title, citation.section, citation.start, citation.end)
    return Cited(n, *where, citation.quote, document.url)


def _told(answer: Answer) -> Told:
    told = answer.as_json()
    return Told(
        outcome=answer.outcome,
        text=answer.text,
        short_answer=answer.short_answer,
        citations=[_cited(n, citation) for n, citation in enumerate(answer.citations, 1)],
        label=told["label"],
        ai_generated=told["ai_generated"],
        notices=list(answer.notices),
    )


@contextmanager
def _readable(question: str) -> Iterator[None]:
    """Raises ToolError, which the caller reads, for what is refused or fails within."""
    try:
        yield
    except ChengwenError as error:
        raise ToolError(error.message(language_of(question))) from None


PATH = "/mcp"


def add_tools(app: FastAPI, queue: WorkQueue) -> None:
    """Adds /mcp, and what it needs while `app` runs; nothing without the extra [mcp]."""
    if find_spec("mcp") is None:
        return

    async def search(question: str, k: int) -> Sequence[Hit]:
        return (await queue.search(question, k))[0]

    # Every request stands for itself: there is no stream to open and no session to end.
    @app.api_route(PATH, methods=["GET", "HEAD", "PUT", "PATCH", "DELETE"], include_in_schema=False)
    async def nothing() -> None:
        raise NotAllowed("/mcp 只接受 POST。", "/mcp takes POST only.")

    inner = over_http(tools(queue.ask, search, queue.admit), PATH, BODY_LIMIT)
    app.router.routes.extend(inner.routes)
    app.router.lifespan_context = inner.router.lifespan_context
