"""The service as two tools of the Model Context Protocol, `search` and `ask`, for programs that call tools."""

from __future__ import annotations

from dataclasses import dataclass

from mcp.server.mcpserver import MCPServer
from mcp.server.mcpserver.exceptions import ToolError

from bot.answer import Answer, Citation, Outcome
from bot.limits import check_question
from bot.service import Service
from corpus import Passage, UsageError
from corpus.text import is_english

MOST = 20
"""Passages that a search gives at most: whoever calls tools pays for every character."""

_ABOUT = (
    "Answers questions about a collection of Chinese articles by quoting them. What they do not say has the outcome "
    "absent. Quote with [n], and keep the label."
)
_SEARCH = "Finds passages of the articles, best first. 在文章中检索段落。"
_ASK = "Answers a question about the articles in their own words, with citations. 就文章提问，每一句都引自原文。"


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


def tools(service: Service) -> MCPServer[None]:
    """A server with both tools; it answers from `service`."""
    server: MCPServer[None] = MCPServer("chengwen", title="城问", instructions=_ABOUT, log_level="WARNING")

    @server.tool(description=_SEARCH)
    def search(question: str, k: int = 5) -> Passages:
        wanted = min(max(k, 1), MOST)
        hits = service.retriever.search(service.understand(_checked(question)).text, wanted)
        return Passages([_found(hit.passage) for hit in hits])

    @server.tool(description=_ASK)
    def ask(question: str) -> Told:
        return _told(service.answer(_checked(question)))

    return server


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


def _checked(question: str) -> str:
    """Raises ToolError, which the caller reads, where `check_question` refuses."""
    try:
        return check_question(question)
    except UsageError as error:
        raise ToolError(error.message("en" if is_english(question) else "zh")) from None
