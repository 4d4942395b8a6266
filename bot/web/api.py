"""The HTTP routes beside the chat page, and errors as JSON in the caller's language."""

from __future__ import annotations

import re
from typing import Any

from fastapi import APIRouter, Request
from fastapi.responses import JSONResponse

from bot.service import Service
from bot.web.address import address, read_address
from corpus import ChengwenError, Passage

AROUND = 1000
"""Characters shown before and after a passage at most: long paragraphs are cut there."""

_PASSAGE_ID = re.compile(r"(?P<doc_id>.+)\.(?P<start>[0-9]{1,9})-(?P<end>[0-9]{1,9})", re.DOTALL)
_ACCEPTED = re.compile(r"(zh|en|\*)(?:-[\w-]+)?\s*(?:;\s*q=([\d.]+))?", re.IGNORECASE)


class NotFound(ChengwenError):
    """There is nothing at this address."""

    code = "not_found"


def language(request: Request) -> str:
    """ "en" where the caller likes English better than Chinese, else "zh"."""
    wish = {"zh": 0.0, "en": 0.0}
    for part in request.headers.get("accept-language", "").split(","):
        found = _ACCEPTED.fullmatch(part.strip())
        if found and found[1].lower() in wish:
            name = found[1].lower()
            wish[name] = max(wish[name], float(found[2] or 1))
    return "en" if wish["en"] > wish["zh"] else "zh"


async def error_response(request: Request, error: Exception) -> JSONResponse:
    """A ChengwenError as {"error": {"code", "message"}}."""
    assert isinstance(error, ChengwenError)
    status = 404 if isinstance(error, NotFound) else 400
    body = {"code": error.code, "message": error.message(language(request))}
    return JSONResponse({"error": body}, status)


def routes(service: Service) -> APIRouter:
    """/healthz, /readyz, /api/passages/{passage_id}, /api/suggestions; anything else under /api is not found."""
    router = APIRouter()
    documents = {d.doc_id: d for d in service.snapshot.collection.documents}

    @router.get("/healthz")
    async def healthz() -> dict[str, str]:
        return {"status": "ok"}

    @router.get("/readyz")
    async def readyz(request: Request) -> dict[str, Any]:
        return _state(service, language(request))

    @router.get("/api/passages/{passage_id:path}")
    async def passage(passage_id: str) -> dict[str, Any]:
        found = _PASSAGE_ID.fullmatch(passage_id)
        document = documents.get(found["doc_id"]) if found else None
        if found and document and int(found["start"]) < int(found["end"]) <= len(document.text):
            return passage_json(Passage(document, int(found["start"]), int(found["end"])))
        raise NotFound(f"没有编号为 {passage_id} 的段落。", f"There is no passage {passage_id}.")

    @router.get("/api/suggestions")
    async def suggestions() -> dict[str, list[str]]:
        return {"suggestions": service.suggestions.opening}

    @router.api_route("/api/{rest:path}", methods=["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE"])
    async def nothing(rest: str) -> None:
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
