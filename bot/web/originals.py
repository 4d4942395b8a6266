"""GET /file/{doc_id}: the file of a document as it came.

It comes from strangers and is shown on our own address: nothing of it may run there. What a browser
would run is sent as plain text, and the type is ours to say, never the file's.
"""

from __future__ import annotations

from pathlib import Path
from urllib.parse import quote

from fastapi import APIRouter, Request
from fastapi.responses import FileResponse, Response

from bot.originals import Originals
from bot.web.pages import missing_page
from corpus import DocumentError
from corpus.intake.decode import charset, read_bytes
from corpus.load import LARGEST, CorpusFile

POLICY = "sandbox; default-src 'none'; frame-ancestors 'self'"
"""Chromium's viewer shows a PDF under it, in a frame too: it is no part of the sandboxed page."""

_SHOWN = {".pdf": "application/pdf"}
"""What a browser shows by means of its own."""

_OFFICE = "application/vnd.openxmlformats-officedocument"
_SAVED = {
    ".docx": f"{_OFFICE}.wordprocessingml.document",
    ".dotx": f"{_OFFICE}.wordprocessingml.template",
    ".docm": "application/vnd.ms-word.document.macroEnabled.12",
    ".xlsx": f"{_OFFICE}.spreadsheetml.sheet",
    ".xltx": f"{_OFFICE}.spreadsheetml.template",
    ".xlsm": "application/vnd.ms-excel.sheet.macroEnabled.12",
    ".mhtml": "multipart/related",
    ".mht": "multipart/related",
}
"""What another program opens, once it is saved."""

_STRANGE = "application/octet-stream"


def originals_router(originals: Originals) -> APIRouter:
    """/file/{doc_id}, with ranges of bytes; 404 where no file of this document is shown."""
    router = APIRouter()

    # In a thread of its own: the file is read to see whether it is still the one that was indexed.
    @router.api_route("/file/{doc_id}", methods=["GET", "HEAD"])
    def original(request: Request, doc_id: str) -> Response:
        file = originals.find(doc_id)
        if file is None:
            return missing_page(request)
        headers = _headers(file)
        if _is_known(request.headers.get("if-none-match", ""), headers["etag"]):
            return Response(status_code=304, headers=headers)
        media_type, disposition = _presentation(file.path)
        # The name in UTF-8 whatever bytes it is made of (RFC 6266, RFC 8187).
        name = quote(bytes(file.path.name, "utf-8", "replace"), safe="")
        headers["content-disposition"] = f"{disposition}; filename*=UTF-8''{name}"
        return FileResponse(file.path, headers=headers, media_type=media_type)

    return router


def _headers(file: CorpusFile) -> dict[str, str]:
    """What is said of a file whether it is sent or known; two of one digest have the same bytes."""
    return {
        "etag": f'"{file.digest[:32]}"',
        # A document that is removed, or no longer shown, is not shown by others either.
        "cache-control": "private, no-cache",
        "content-security-policy": POLICY,
    }


def _is_known(if_none_match: str, etag: str) -> bool:
    """Whether the caller has the file already (RFC 9110, section 13.1.2)."""
    tags = [tag.strip().removeprefix("W/") for tag in if_none_match.split(",")]
    return etag in tags or tags == ["*"]


def _presentation(path: Path) -> tuple[str, str]:
    """The type of a file by its suffix, and whether it is shown (inline) or saved (attachment)."""
    suffix = path.suffix.lower()
    if suffix in _SHOWN:
        return _SHOWN[suffix], "inline"
    if suffix in _SAVED:
        return _SAVED[suffix], "attachment"
    try:
        encoding = charset(read_bytes(path, LARGEST), path.name)
    except DocumentError:
        return _STRANGE, "attachment"
    return f"text/plain; charset={encoding}", "inline"
