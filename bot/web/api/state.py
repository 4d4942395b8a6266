"""What programs and pages may read: the state of the service, passages, questions to begin with."""

from __future__ import annotations

import re
from typing import Any

from fastapi import APIRouter, Request

from bot.service import Service
from bot.web.api.openapi import HEALTH, PASSAGE, READY, SUGGESTIONS
from bot.web.http_errors import NotAllowed, NotFound, language
from bot.web.reading_page import address, read_address
from corpus import Passage

AROUND = 1000
"""Characters shown before and after a passage at most: long paragraphs are cut there."""

_PASSAGE_ID = re.compile(r"(?P<doc_id>.+)\.(?P<start>[0-9]{1,9})-(?P<end>[0-9]{1,9})", re.DOTALL)
_METHODS = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE"]
_POSTED = frozenset({"ask", "search", "feedback"})


def routes(service: Service) -> APIRouter:
    """/healthz, /readyz, /api/passages/{passage_id}, /api/suggestions; anything else under /api is not found."""
    router = APIRouter(tags=["state"])
    documents = {d.doc_id: d for d in service.snapshot.collection.documents}

    @router.get("/healthz", **HEALTH)
    async def healthz() -> dict[str, str]:
        return {"status": "ok"}

    @router.get("/readyz", **READY)
    async def readyz(request: Request) -> dict[str, Any]:
        return _state(service, language(request))

    @router.get("/api/passages/{passage_id:path}", **PASSAGE)
    async def passage(passage_id: str) -> dict[str, Any]:
        found = _PASSAGE_ID.fullmatch(passage_id)
        document = documents.get(found["doc_id"]) if found else None
        if found and document and int(found["start"]) < int(found["end"]) <= len(document.text):
            return passage_json(Passage(document, int(found["start"]), int(found["end"])))
        raise NotFound(f"没有编号为 {passage_id} 的段落。", f"There is no passage {passage_id}.")

    @router.get("/api/suggestions", **SUGGESTIONS)
    async def suggestions() -> dict[str, list[str]]:
        return {"suggestions": service.suggestions.opening}

    @router.api_route("/api/{rest:path}", methods=_METHODS, include_in_schema=False)
    async def nothing(rest: str) -> None:
        if rest in _POSTED:
            raise NotAllowed(f"/api/{rest} 只接受 POST。", f"/api/{rest} takes POST only.")
        raise NotFound(f"没有 /api/{rest} 这个地址。", f"There is no /api/{rest}.")

    return router


def passage_json(passage: Passage) -> dict[str, Any]:
    """A passage with the rest of its paragraphs around it, and where it can be read."""
    document, start, end = passage.document, passage.start, passage.end
    first = max(document.text.rfind("\n", 0, start) + 1, start - AROUND)
    last = document.text.find("\n", end)
    return {
        "passage_id": passage.passage_id,
        "doc_id": document.doc_id,
        "title": document.title,
        "section": passage.heading,
        "source": document.source,
        "published": document.published,
        "start": start,
        "end": end,
        "text": passage.text,
        "before": document.text[first:start],
        "after": document.text[end : end + AROUND if last < 0 else min(last, end + AROUND)],
        "url": address(document),
        "read": read_address(document, start, end),
    }


def _state(service: Service, language: str) -> dict[str, Any]:
    collection = service.snapshot.collection
    return {
        "ready": True,
        "degraded": service.snapshot.dense is None,
        "generation": service.index.get("generation"),
        "encoder": service.index.get("encoder"),
        "documents": len(collection.documents),
        "passages": len(collection.passages),
        "notices": [en if language == "en" else zh for zh, en in service.notices],
    }
