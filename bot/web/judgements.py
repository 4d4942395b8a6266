"""POST /api/feedback: where pages send what a reader thinks of an answer."""

from __future__ import annotations

import logging
from dataclasses import replace
from datetime import UTC, datetime
from typing import Annotated

from anyio.to_thread import run_sync
from fastapi import APIRouter, Request
from fastapi.responses import JSONResponse, Response
from pydantic import BaseModel, ConfigDict, Field, ValidationError
from starlette.requests import ClientDisconnect

from bot.answer import Outcome
from bot.feedback import Feedback, FeedbackUnavailable, Judgement, Reason, Verdict, stamp
from bot.limits import QUESTION_LIMIT, check_history, check_question
from bot.web.api import language
from corpus import ChengwenError, UsageError

BODY_LIMIT = 16 * 1024
"""Bytes of a request."""

_SHOWN = 80
"""Characters of a field's name that are repeated to whoever made it up."""

_PassageId = Annotated[str, Field(max_length=400, pattern=r"^[^\p{Cc}\p{Cf}\p{Zl}\p{Zp}]+\.[0-9]{1,9}-[0-9]{1,9}$")]


class NotJson(ChengwenError):
    """The request is something else than JSON. A form of another site cannot send JSON unasked."""

    code = "not_json"


class TooLarge(ChengwenError):
    """The request is larger than any judgement."""

    code = "too_large"


_STATUS = {NotJson: 415, TooLarge: 413, UsageError: 400}


class Posted(BaseModel):
    """The body of the request. `verdict` null withdraws; then `answer_id` is enough."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)

    answer_id: str = Field(pattern=r"^[0-9a-f]{32}$")
    verdict: Verdict | None
    reason: Reason = ""
    note: str = Field("", max_length=500)
    question: str = Field("", max_length=QUESTION_LIMIT)
    outcome: Outcome | None = None
    text: str = Field("", max_length=2000)
    citations: tuple[_PassageId, ...] = Field((), max_length=10)
    generation: str = Field("", pattern=r"^[A-Za-z0-9_.-]{0,40}$")


def judgements(feedback: Feedback, generation: str = "") -> APIRouter:
    """The route: 204, or 400, 413, 415, and 503 where nothing can be kept. Nothing of the caller is kept.

    `generation` is the index that answers now, for judgements that do not name one.
    """
    router = APIRouter()

    @router.post("/api/feedback")
    async def judge(request: Request) -> Response:
        try:
            posted = _parsed(await _body(request))
            if posted.verdict is None:
                await run_sync(feedback.withdraw, posted.answer_id)
            else:
                judgement = _judgement(posted, posted.verdict)
                await run_sync(feedback.record, replace(judgement, generation=posted.generation or generation))
        except (NotJson, TooLarge, UsageError) as error:
            return _refused(request, error, _STATUS[type(error)])
        except FeedbackUnavailable as error:
            logging.getLogger(__name__).warning(error.zh)  # its path is none of the caller's business
            zh, en = "暂时无法记录反馈，请稍后再试。", "Feedback cannot be kept at the moment: try again later."
            return _refused(request, FeedbackUnavailable(zh, en), 503)
        except ClientDisconnect:
            pass  # nobody is left to be told
        return Response(status_code=204)

    return router


async def _body(request: Request) -> bytes:
    """The request as sent. Reads no more than BODY_LIMIT. Raises NotJson and TooLarge."""
    kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if kind != "application/json":
        raise NotJson(
            "请用 JSON 提交，并注明 Content-Type: application/json。", "Send JSON, as Content-Type: application/json."
        )
    declared, body = request.headers.get("content-length", ""), bytearray()
    if not (declared.isdecimal() and int(declared[:9]) > BODY_LIMIT):
        async for chunk in request.stream():
            body += chunk
            if len(body) > BODY_LIMIT:
                break
        else:
            return bytes(body)
    raise TooLarge(f"请求超过 {BODY_LIMIT} 字节。", f"The request is larger than {BODY_LIMIT} bytes.")


def _parsed(body: bytes) -> Posted:
    try:
        return Posted.model_validate_json(body)
    except ValidationError as error:
        first = error.errors(include_url=False, include_input=False)[0]
        raise _wrong(".".join(map(str, first["loc"])) or "body", first["msg"]) from None


def _judgement(posted: Posted, verdict: Verdict) -> Judgement:
    if posted.outcome is None:
        raise _wrong("outcome", "Field required")
    question = check_question(posted.question)
    # Cleaned as every other turn is.
    turns = check_history([{"role": "assistant", "content": posted.text}, {"role": "user", "content": posted.note}])
    text, note = (turn["content"] for turn in turns)
    made = stamp(datetime.now(UTC))
    given = (question, posted.outcome, text, posted.citations, posted.generation)
    return Judgement(posted.answer_id, verdict, posted.reason, note, *given, made)


def _wrong(field: str, why: str) -> UsageError:
    name = field[:_SHOWN]
    return UsageError(f"请求中的 {name} 不可用（{why}）。", f"{name} of the request is not valid ({why}).")


def _refused(request: Request, error: ChengwenError, status: int) -> JSONResponse:
    body = {"code": error.code, "message": error.message(language(request))}
    return JSONResponse({"error": body}, status)
