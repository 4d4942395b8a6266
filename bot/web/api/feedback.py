"""POST /api/feedback: where pages send what a reader thinks of an answer."""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from typing import Annotated

from anyio.to_thread import run_sync
from fastapi import APIRouter, Request
from fastapi.responses import Response
from pydantic import BaseModel, ConfigDict, Field
from starlette.requests import ClientDisconnect

from bot.answer import Outcome
from bot.limits import QUESTION_LIMIT, check_history, check_question
from bot.storage.feedback import Feedback, FeedbackUnavailable, Judgement, Reason, Verdict, stamp
from bot.web.api.openapi import FEEDBACK
from bot.web.api.request_models import read, wrong

BODY_LIMIT = 16 * 1024
"""Bytes of a request."""

_PassageId = Annotated[
    str, Field(max_length=400, pattern=r"^[^\p{Cc}\p{Cf}\p{Zl}\p{Zp}]+\.[0-9]{1,9}-[0-9]{1,9}$")
]


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


def judgements(
    feedback: Feedback,
    generation: str = "",
    admit: Callable[[Request], None] = lambda request: None,
) -> APIRouter:
    """The route: 204, or an error, 503 where nothing can be kept. Nothing of the caller is kept.

    `generation` is the index that answers now, for judgements that do not name one; `admit` raises TooMany.
    """
    router = APIRouter(tags=["ask"])

    @router.post("/api/feedback", **FEEDBACK)
    async def judge(request: Request) -> Response:
        try:
            admit(request)
            posted = await read(request, Posted, BODY_LIMIT)
            if posted.verdict is None:
                await run_sync(feedback.withdraw, posted.answer_id)
            else:
                judgement = _judgement(posted, posted.verdict)
                await run_sync(
                    feedback.record, replace(judgement, generation=posted.generation or generation)
                )
        except FeedbackUnavailable as error:
            logging.getLogger(__name__).warning(
                error.zh
            )  # its path is none of the caller's business
            zh, en = (
                "暂时无法记录反馈，请稍后再试。",
                "Feedback cannot be kept at the moment: try again later.",
            )
            raise FeedbackUnavailable(zh, en) from None
        except ClientDisconnect:
            pass  # nobody is left to be told
        return Response(status_code=204)

    return router


def _judgement(posted: Posted, verdict: Verdict) -> Judgement:
    if posted.outcome is None:
        raise wrong("outcome", "Field required")
    question = check_question(posted.question)
    # Cleaned as every other turn is.
    turns = check_history(
        [{"role": "assistant", "content": posted.text}, {"role": "user", "content": posted.note}]
    )
    text, note = (turn["content"] for turn in turns)
    made = stamp(datetime.now(UTC))
    given = (question, posted.outcome, text, posted.citations, posted.generation)
    return Judgement(posted.answer_id, verdict, posted.reason, note, *given, made)
