"""What programs and pages may read: the state of the service, passages, questions to begin with."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Annotated

from fastapi import APIRouter, Query, Request

from bot.i18n import Pair, language_of_parameter, pick
from bot.live import Live, documents_of
from bot.originals import Originals
from bot.service import Service
from bot.traditional import questions_in
from bot.web.api.schemas import (
    ANY_METHOD,
    Health,
    PassageAnswer,
    State,
    Suggestions,
    error_responses,
)
from bot.web.http_errors import NotAllowed, NotFound, language
from bot.web.pages import address, file_address, read_address
from corpus import Document, Passage
from corpus.errors import IndexUnavailable
from corpus.intake.decode import shown
from index.manifest import Generation
from index.store import Store

WAIT_SECONDS = 5.0
"""Seconds that a request waits for questions about a document that are tried for the first time."""

AROUND = 1000
"""Characters shown before and after a passage at most: long paragraphs are cut there."""

# gmw-2020-12-05-chengshi-zhili.300-330; the id of a document may have dots itself.
_PASSAGE_ID = re.compile(r"(?P<doc_id>.+)\.(?P<start>[0-9]{1,9})-(?P<end>[0-9]{1,9})")
_POST_ONLY = frozenset({"ask", "search", "feedback"})


def state_router(live: Live) -> APIRouter:
    """/healthz, /readyz, /api/passages/{passage_id} and /api/suggestions.

    Anything else under /api is not found.
    """
    router = APIRouter(tags=["state"])

    @router.get(
        "/healthz",
        summary="进程是否活着 / Whether the process lives",
        responses=error_responses(400),
    )
    async def healthz() -> Health:
        return Health(status="ok")

    @router.get("/readyz", summary="能否作答 / Whether it answers", responses=error_responses(400))
    def readyz(request: Request) -> State:
        # In a thread of its own: a disk that is in trouble may take its time.
        return _state(*live.now, language(request))

    _add_passages(router, live)

    _add_suggestions(router, live)

    @router.api_route("/api/{rest:path}", methods=ANY_METHOD, include_in_schema=False)
    async def refuse(rest: str) -> None:
        if rest in _POST_ONLY:
            raise NotAllowed(f"/api/{rest} 只接受 POST。", f"/api/{rest} takes POST only.")
        raise NotFound(f"没有 /api/{rest} 这个地址。", f"There is no /api/{rest}.")

    return router


def _add_suggestions(router: APIRouter, live: Live) -> None:
    """Adds /api/suggestions: in a thread of its own, for those about a document may have to be tried."""

    @router.get(
        "/api/suggestions",
        summary="可以先问的问题 / Questions to begin with",
        responses=error_responses(400, 404),
    )
    def suggestions(
        request: Request,
        lang: Annotated[
            str | None,
            Query(
                description="zh | zh-Hant | en；不写则按 Accept-Language / by default Accept-Language"
            ),
        ] = None,
        doc_id: Annotated[
            str, Query(description="只要关于这一篇的 / those about this document alone")
        ] = "",
    ) -> Suggestions:
        service = live.service
        spoken = language(request) if lang is None else language_of_parameter(lang)
        if not doc_id:
            opening = service.suggestions.opening_in(spoken)
            return Suggestions(suggestions=questions_in(opening, spoken))
        document = documents_of(service).get(doc_id)
        if document is None:
            raise NotFound(f"没有编号为 {doc_id} 的文章。", f"There is no document {doc_id}.")
        found = service.suggestions.about(document, spoken, WAIT_SECONDS)
        return Suggestions(suggestions=questions_in(found, spoken))


def _add_passages(router: APIRouter, live: Live) -> None:
    """Adds /api/passages/{passage_id}."""
    originals = Originals(live)

    @router.get(
        "/api/passages/{passage_id:path}",
        summary="一段原文 / A passage",
        responses=error_responses(400, 404),
    )
    async def passage(passage_id: str) -> PassageAnswer:
        found = find_passage(live.documents, passage_id)
        if found is None:
            raise NotFound(
                f"没有编号为 {passage_id} 的段落。", f"There is no passage {passage_id}."
            )
        return passage_answer(found, originals.hold(found.document.doc_id))


def find_passage(documents: Mapping[str, Document], passage_id: str) -> Passage | None:
    """The span that `passage_id` names.

    None where its document is not among these, or the span is empty or beyond the text.
    """
    named = _PASSAGE_ID.fullmatch(passage_id)
    if named is None or named["doc_id"] not in documents:
        return None
    document = documents[named["doc_id"]]
    start = int(named["start"])
    end = int(named["end"])
    if not start < end <= len(document.text):
        return None
    return Passage(document, start, end)


def passage_answer(passage: Passage, has_file: bool = False) -> PassageAnswer:
    """A passage with the rest of its paragraphs around it, and where it can be read.

    `has_file` says whether its document is a file that may be opened.
    """
    document = passage.document
    start, end = passage.start, passage.end
    paragraph_start = document.text.rfind("\n", 0, start) + 1
    paragraph_end = document.text.find("\n", end)
    if paragraph_end < 0:
        paragraph_end = len(document.text)
    return PassageAnswer(
        passage_id=passage.passage_id,
        doc_id=document.doc_id,
        title=document.title,
        section=passage.heading,
        page=passage.page,
        source=document.source,
        published=document.published,
        start=start,
        end=end,
        text=passage.text,
        before=document.text[max(paragraph_start, start - AROUND) : start],
        after=document.text[end : min(paragraph_end, end + AROUND)],
        url=address(document),
        read=read_address(document, start, end),
        file=file_address(document, passage.page) if has_file else "",
    )


def _state(service: Service, generation: Generation | None, language: str) -> State:
    """Whether `service` answers and from which index, its notices in `language`."""
    collection = service.snapshot.collection
    trouble = _trouble_on_disk(generation) if generation else ()
    pairs = (*service.notices, *trouble)
    notices = [pick(pair, language) for pair in pairs]
    return State(
        ready=True,
        degraded=service.snapshot.dense is None or bool(trouble),
        generation=service.index.get("generation"),
        encoder=service.index.get("encoder"),
        documents=len(collection.documents),
        passages=len(collection.passages),
        notices=notices,
    )


def _trouble_on_disk(generation: Generation) -> tuple[Pair, ...]:
    """A notice if the index on disk is gone or cannot be looked at: a restart would need it."""
    where = shown(generation.folder)
    try:
        if Store(generation.folder.parent).holds(generation):
            return ()
        zh, en = (
            f"磁盘上的索引 {where} 不见了或不完整",
            f"The index on disk, {where}, is gone or incomplete",
        )
    except IndexUnavailable as error:
        zh, en = error.zh, error.en
    zh = f"{zh}。现在由内存里的作答；重启以前请检查磁盘，运行 chengwen index build。"
    en = (
        f"{en}. Answers come from memory; before a restart check the disk and run "
        "`chengwen index build`."
    )
    return ((zh, en),)
