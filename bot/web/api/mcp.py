"""The service as two tools of the Model Context Protocol, `ask` and `search`.

`chengwen mcp` serves them over standard input and output, the web application at /mcp.
Needs the extra [mcp].
"""

from __future__ import annotations

import logging
from collections.abc import Awaitable, Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, TypeAlias

from anyio.to_thread import run_sync
from fastapi import FastAPI
from mcp.server import streamable_http
from mcp.server.mcpserver import Context, MCPServer
from mcp.server.mcpserver.exceptions import ToolError
from mcp.server.transport_security import TransportSecuritySettings
from starlette.requests import ClientDisconnect

from bot.answer import Answer, Citation, Form, Outcome
from bot.limits import check_question
from bot.llm.checks import Checker
from bot.llm.client import ChatModel
from bot.llm.one_by_one import whole
from bot.llm.writer import Writer
from bot.service import Service
from bot.settings import has_model
from bot.traditional import answer_in, spoken_for
from bot.web.http_errors import NotAllowed
from bot.web.request_checks import BODY_LIMIT
from bot.web.work_queue import WorkQueue, whole_answer
from corpus import ChengwenError, Passage
from index import Hit

PATH = "/mcp"

PASSAGES_AT_MOST = 20
"""Passages that a search gives at most: whoever calls tools pays for every character."""

_INSTRUCTIONS = (
    "Answers questions about a collection of Chinese articles by quoting them. "
    "What they do not say has the outcome absent. Quote with [n], and keep the label."
)
_SEARCH = "Finds passages of the articles, best first. 在文章中检索段落。"
_ASK = (
    "Answers a question about the articles in their own words, with citations. "
    "就文章提问，每一句都引自原文。"
)

Ask: TypeAlias = Callable[[str], Awaitable[Answer]]
Search: TypeAlias = Callable[[str, int], Awaitable[Sequence[Hit]]]


# The protocol's package makes the schemas of these; it would take slots for default values.
@dataclass(frozen=True)
class ToolPassage:
    """A passage: `text` is the document from character `start` to `end`. `url` may be empty.

    `page` is that of a PDF, from 1.
    """

    doc_id: str
    title: str
    section: str
    page: int | None
    start: int
    end: int
    text: str
    url: str


@dataclass(frozen=True)
class ToolCitation:
    """A citation: `quote` is the document from character `start` to `end`.

    `n` is its mark [n] in the answer. `page` is that of a PDF, from 1. `url` may be empty.
    """

    n: int
    doc_id: str
    title: str
    section: str
    page: int | None
    start: int
    end: int
    quote: str
    url: str


@dataclass(frozen=True)
class SearchResult:
    """What `search` found, best first."""

    passages: list[ToolPassage]


@dataclass(frozen=True)
class AskResult:
    """What `ask` answers. `label` and `ai_generated` go wherever the text goes.

    The label of prose names the model: 人工智能生成 · qwen-plus.
    """

    outcome: Outcome
    text: str
    form: Form
    short_answer: str | None
    short_answer_sure: bool
    citations: list[ToolCitation]
    label: str
    ai_generated: bool
    notices: list[str]


def mcp_server(
    ask: Ask, search: Search, admit: Callable[[Any], None] = lambda request: None
) -> MCPServer[None]:
    """A server of both tools.

    `admit` is given the request over HTTP; the caller reads the error that it raises.
    """
    server: MCPServer[None] = MCPServer(
        "chengwen", title="城问", instructions=_INSTRUCTIONS, log_level="WARNING"
    )

    @server.tool(name="search", description=_SEARCH)
    async def search_tool(context: Context[None, Any], question: str, k: int = 5) -> SearchResult:
        with _readable_errors(question):
            checked = check_question(question)
            admit(context.request_context.request)
            hits = await search(checked, min(max(k, 1), PASSAGES_AT_MOST))
        return SearchResult([_tool_passage(hit.passage) for hit in hits])

    @server.tool(name="ask", description=_ASK)
    async def ask_tool(context: Context[None, Any], question: str) -> AskResult:
        with _readable_errors(question):
            checked = check_question(question)
            admit(context.request_context.request)
            answer = answer_in(await ask(checked), spoken_for(checked))
        return _ask_result(answer)

    return server


def local_server(service: Service) -> MCPServer[None]:
    """Both tools on `service`, for one program on this machine."""
    writer = _writer(service) if has_model(service.settings) else None

    async def ask(question: str) -> Answer:
        if writer is None:
            return await run_sync(service.answer, question)
        extract = await run_sync(service.extract, question)
        return await whole(writer, extract)

    async def search(question: str, k: int) -> Sequence[Hit]:
        return await run_sync(service.search, question, k)

    return mcp_server(ask, search)


def _writer(service: Service) -> Writer:
    """What has the model of the settings write, as long as the process lasts."""
    settings = service.settings.llm
    checker = Checker(service.snapshot.segmenter, service.network)
    return Writer(ChatModel(settings), checker, settings)


def mount_mcp(app: FastAPI, queue: WorkQueue) -> None:
    """Adds both tools to `app` at /mcp: each request stands for itself and is answered in JSON.

    Hosts, origins, keys and sizes are checked by what `app` has in front of all its routes.
    """

    async def ask(question: str) -> Answer:
        return await whole_answer(queue.stream(question))

    async def search(question: str, k: int) -> Sequence[Hit]:
        hits, _ = await queue.search(question, k)
        return hits

    # There is no stream to open and no session to end.
    @app.api_route(PATH, methods=["GET", "HEAD", "PUT", "PATCH", "DELETE"], include_in_schema=False)
    async def refuse() -> None:
        raise NotAllowed("/mcp 只接受 POST。", "/mcp takes POST only.")

    server = mcp_server(ask, search, queue.admit)
    inner = server.streamable_http_app(
        streamable_http_path=PATH,
        json_response=True,
        stateless_http=True,
        max_request_body_size=BODY_LIMIT,
        transport_security=TransportSecuritySettings(enable_dns_rebinding_protection=False),
    )
    app.router.routes.extend(inner.routes)
    # The server's task group runs while the application does.
    app.router.lifespan_context = inner.router.lifespan_context
    logging.getLogger(streamable_http.__name__).addFilter(_is_news)


def _is_news(record: logging.LogRecord) -> bool:
    """Whether a line of the log says more than that a caller has gone, which the library calls an error."""
    raised = record.exc_info[0] if record.exc_info else None
    return raised is None or not issubclass(raised, ClientDisconnect)


def _tool_passage(passage: Passage) -> ToolPassage:
    document = passage.document
    return ToolPassage(
        doc_id=document.doc_id,
        title=document.title,
        section=passage.heading,
        page=passage.page,
        start=passage.start,
        end=passage.end,
        text=passage.text,
        url=document.url,
    )


def _tool_citation(n: int, citation: Citation) -> ToolCitation:
    document = citation.document
    return ToolCitation(
        n=n,
        doc_id=document.doc_id,
        title=document.title,
        section=citation.section,
        page=citation.page,
        start=citation.start,
        end=citation.end,
        quote=citation.quote,
        url=document.url,
    )


def _ask_result(answer: Answer) -> AskResult:
    return AskResult(
        outcome=answer.outcome,
        text=answer.text,
        form=answer.form,
        short_answer=answer.short_answer,
        short_answer_sure=answer.short_answer_sure,
        citations=[_tool_citation(n, citation) for n, citation in enumerate(answer.citations, 1)],
        label=" · ".join(filter(None, (answer.label, answer.written_by))),
        ai_generated=answer.ai_generated,
        notices=list(answer.notices),
    )


@contextmanager
def _readable_errors(question: str) -> Iterator[None]:
    """Turns a ChengwenError into a ToolError, whose message the caller reads.

    It is in the language of `question`.
    """
    try:
        yield
    except ChengwenError as error:
        raise ToolError(error.message(spoken_for(question))) from None
