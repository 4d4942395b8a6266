"""Documents added, put right and removed in the page /documents; `OperatorAccess` decides by whom."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable
from time import monotonic
from typing import Any, ParamSpec, TypeVar

from fastapi import APIRouter, Request
from starlette.concurrency import run_in_threadpool

from bot.corrections import Fields, fields_of
from bot.i18n import Spoken, pick, texts
from bot.library import Library
from bot.library_additions import Additions
from bot.live import Live
from bot.set_aside import removals
from bot.staging import StagedFile, StagingArea, describe
from bot.web.api.request_body import read_json
from bot.web.http_errors import Busy, TooLarge, language
from bot.web.library_forms import AT_ONCE, AcceptForm, DiscardForm, FieldsForm
from bot.web.operator_access import LIBRARY
from bot.web.request_checks import UPLOAD
from bot.web.templates import json_for_script
from corpus import ChengwenError, Document, DocumentError, IndexLocked
from corpus.load import LARGEST
from index.manifest import Generation

READ_AT_ONCE = 2
"""Files that are taken and read at the same time: each needs a process, and its bytes memory."""

RETRY_AFTER = 2
"""Seconds after which a file that was one too many may be sent again."""

ANSWERS_SECONDS = 30.0
"""How long a request waits until a change is in the answers, which takes about two."""

FORM_LIMIT = 1024 * 1024
"""Bytes of the form that accepts files."""

LONGEST_NAME = 500
"""Characters of the name of a file that are looked at."""

EDITOR_HEADERS = {
    "content-security-policy": (
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; "
        "connect-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
    ),
    "cache-control": "no-store",
}
"""Of the page with the editor: its script may ask this server, and nobody may keep or frame it."""

_POLL = 0.1
"""Seconds between two looks at what is answered from."""

Arguments = ParamSpec("Arguments")
Result = TypeVar("Result")


def library_editor(
    live: Live, library: Library, staging: StagingArea, patience: float = ANSWERS_SECONDS
) -> APIRouter:
    """The routes below /library. A change is answered once it is in the answers.

    The answer's `answers` is false where that has taken longer than `patience`, in seconds.
    """
    routes = _EditorRoutes(live, library, staging, patience)
    router = APIRouter()
    router.add_api_route(UPLOAD, routes.list_staged, methods=["GET"])
    router.add_api_route(f"{UPLOAD}/{{key}}", routes.text, methods=["GET"])
    actions: dict[str, Callable[..., Any]] = {
        UPLOAD: routes.receive,
        f"{LIBRARY}/accept": routes.accept,
        f"{LIBRARY}/discard": routes.discard,
        f"{LIBRARY}/documents/{{doc_id}}": routes.correct,
        f"{LIBRARY}/documents/{{doc_id}}/remove": routes.remove,
        f"{LIBRARY}/removals/{{key}}/undo": routes.undo,
    }
    for path, action in actions.items():
        router.add_api_route(path, action, methods=["POST"])
    return router


def editor_values(
    library: Library, generation: Generation | None, language: Spoken
) -> dict[str, Any]:
    """What the page of documents is filled in with for the operator.

    `fixed` are the ids of documents that come with the program.
    """
    words = texts("library", language)
    named: Any = generation.facts.get("files", {}) if generation else {}
    fixed = {named[digest] for digest in library.comes_along() if digest in named}
    facts = {"largest": LARGEST, "at_once": AT_ONCE, "reading": READ_AT_ONCE}
    return {
        "words": words,
        "client": json_for_script(words),
        "facts": facts,
        "fixed": frozenset(fixed),
        "fields": _fields_json,
        "megabytes": LARGEST // (1024 * 1024),
    }


class _EditorRoutes:
    """Each may raise a ChengwenError, which the application answers as JSON."""

    def __init__(self, live: Live, library: Library, staging: StagingArea, patience: float) -> None:
        self._live = live
        self._library = library
        self._staging = staging
        self._patience = patience
        self._reading = 0

    async def list_staged(self, request: Request) -> dict[str, Any]:
        """What waits to be accepted, and what can be put back."""
        spoken = language(request)
        return {
            "files": [self._preview(staged, spoken) for staged in self._staging.all()],
            "removals": [removal._asdict() for removal in removals(self._library.folder)],
        }

    async def text(self, key: str) -> dict[str, str]:
        """The text of a file that waits, as it was read and cleaned."""
        return {"text": self._staging.get(key).document.text}

    async def receive(self, request: Request, name: str) -> dict[str, Any]:
        """Takes a file, which is the body: what was read of it, or why it is no document.

        Raises Busy, TooLarge and StagingFull.
        """
        if self._reading >= READ_AT_ONCE:
            raise Busy(
                "正在读取别的文件，请稍后再传。",
                "Other files are being read: send this one again.",
                RETRY_AFTER,
            )
        self._reading += 1
        try:
            data = await _body(request, name)
            staged = await run_in_threadpool(self._staging.receive, name[-LONGEST_NAME:], data)
        except DocumentError as error:
            return {"refused": error.message(language(request))}
        finally:
            self._reading -= 1
        return self._preview(staged, language(request))

    async def accept(self, request: Request) -> dict[str, Any]:
        """Makes documents of files that wait: what is new, what was held before, what is refused."""
        form = await read_json(request, AcceptForm, FORM_LIMIT)
        spoken = language(request)
        accepted: list[StagedFile] = []
        read: dict[str, Document] = {}
        refused: list[dict[str, str]] = []
        for file in form.files:
            try:
                staged = self._staging.get(file.key)
                read |= describe(staged, file.fields())
                accepted.append(staged)
            except ChengwenError as error:
                refused.append({"key": file.key, "message": error.message(spoken)})
        paths = [staged.path for staged in accepted]
        additions = Additions()
        if paths:
            additions = await _change(self._library.add, paths, known=read)
        new = [addition.entry.document for addition in additions.new]
        held = {document.text: document for document in new}
        known = {one.entry.document.text: one.entry.document for one in additions.known}
        rows: dict[str, list[dict[str, str]]] = {"added": [], "known": []}
        errors = iter(additions.refused)
        for staged in accepted:
            text = staged.document.text
            found = held.get(text) or known.get(text)
            if found is None:
                message = _without_folder(next(errors), staged).message(spoken)
                refused.append({"key": staged.key, "message": message})
                continue
            row = {"key": staged.key, "doc_id": found.doc_id, "title": found.title}
            rows["added" if text in held else "known"].append(row)
            self._staging.discard([staged.key])
        return {**rows, "refused": refused, "answers": await self._holds(new)}

    async def discard(self, request: Request) -> dict[str, Any]:
        """Deletes files that wait."""
        form = await read_json(request, DiscardForm, FORM_LIMIT)
        self._staging.discard(form.keys)
        return {}

    async def correct(self, request: Request, doc_id: str) -> dict[str, Any]:
        """Gives a document other fields."""
        form = await read_json(request, FieldsForm)
        document = await _change(self._library.correct, doc_id, form.fields())
        answers = await self._holds([document])
        return {"fields": _fields_json(document), "answers": answers}

    async def remove(self, doc_id: str) -> dict[str, Any]:
        """Takes a document out of the answers; it can be put back for a while."""
        removal = await _change(self._library.withdraw, doc_id)
        answers = await self._until(lambda: doc_id not in self._live.documents)
        return {"removal": removal._asdict(), "answers": answers}

    async def undo(self, key: str) -> dict[str, Any]:
        """Puts back what was removed."""
        documents = await _change(self._library.restore, key)
        return {"answers": await self._holds(documents)}

    def _preview(self, staged: StagedFile, spoken: Spoken) -> dict[str, Any]:
        document = staged.document
        held = self._live.documents.values()
        known = [other.title for other in held if other.text == document.text]
        namesakes = [other.doc_id for other in held if other.title == document.title]
        return {
            "key": staged.key,
            "name": staged.path.name,
            "fields": _fields_json(document),
            "notes": [pick(note, spoken) for note in document.notes],
            "characters": len(document.text),
            "known": known[0] if known else "",
            "namesake": "" if known or not namesakes else namesakes[0],
        }

    async def _holds(self, documents: Iterable[Document]) -> bool:
        """Whether these are answered from as they are, now or soon."""
        wanted = {document.doc_id: _identity(document) for document in documents}

        def is_so() -> bool:
            held = self._live.documents
            return all(
                doc_id in held and _identity(held[doc_id]) == identity
                for doc_id, identity in wanted.items()
            )

        return await self._until(is_so)

    async def _until(self, is_so: Callable[[], bool]) -> bool:
        deadline = monotonic() + self._patience
        while not is_so():
            if monotonic() >= deadline:
                return False
            await asyncio.sleep(_POLL)
        return True


async def _change(
    change: Callable[Arguments, Result], *arguments: Arguments.args, **named: Arguments.kwargs
) -> Result:
    """Changes the library in a thread. Raises Busy where another process is changing it."""
    try:
        return await run_in_threadpool(change, *arguments, **named)
    except IndexLocked as error:
        raise Busy(f"{error.zh}。", f"{error.en}.", RETRY_AFTER) from error


async def _body(request: Request, name: str) -> bytes:
    """The bytes of a file. Raises TooLarge."""
    body = bytearray()
    async for chunk in request.stream():
        body += chunk
        if len(body) > LARGEST:
            raise TooLarge(
                f"{name} 超过 {LARGEST // 1024**2} MB。请拆分后再试。",
                f"{name} is larger than {LARGEST // 1024**2} MB. Split it and try again.",
            )
    return bytes(body)


def _identity(document: Document) -> tuple[str, Fields]:
    """What tells two states of a document apart."""
    return document.text, fields_of(document)


def _fields_json(document: Document) -> dict[str, str]:
    """The fields of a document as they are typed."""
    fields = fields_of(document)
    return {**fields._asdict(), "tags": "、".join(fields.tags)}


def _without_folder(error: DocumentError, staged: StagedFile) -> DocumentError:
    """The same error, where the file is called by its name alone."""
    folder = f"{staged.path.parent}/"
    return DocumentError(error.zh.replace(folder, ""), error.en.replace(folder, ""))
