"""POST /api/feedback: where pages send what a reader thinks of an answer."""

from __future__ import annotations

import logging
from collections.abc import Callable
from contextlib import suppress
from datetime import UTC, datetime

from anyio.to_thread import run_sync
from fastapi import APIRouter, Request
from fastapi.responses import Response
from starlette.requests import ClientDisconnect

from bot.limits import check_history, check_question
from bot.storage.feedback import Feedback, FeedbackUnavailable, Judgement, Verdict, timestamp
from bot.web.api.request_body import invalid_field, read_json
from bot.web.api.schemas import BODY_ERRORS, FeedbackRequest, error_responses, json_body

FEEDBACK_BODY_LIMIT = 16 * 1024
"""Bytes of a request: the longest texts that FeedbackRequest takes fit."""

_DESCRIPTION = (
    "对一个答案的评价；`verdict: null` 撤回。 What a reader thinks of an answer; null withdraws it."
)


def feedback_router(
    feedback: Feedback,
    generation: Callable[[], str] = str,
    admit: Callable[[Request], None] = lambda request: None,
) -> APIRouter:
    """The route: 204, or an error, 503 where nothing can be kept. Nothing of the caller is kept.

    `generation` names the index that answers now, for judgements that do not name one.
    `admit` raises TooMany.
    """
    router = APIRouter(tags=["ask"])

    @router.post(
        "/api/feedback",
        summary="反馈 / Feedback",
        description=_DESCRIPTION,
        status_code=204,
        responses=error_responses(*BODY_ERRORS, 503),
        openapi_extra=json_body(FeedbackRequest),
    )
    async def judge(request: Request) -> Response:
        # A caller who leaves before the body is whole has given no judgement, and reads no answer.
        with suppress(ClientDisconnect):
            admit(request)
            given = await read_json(request, FeedbackRequest, FEEDBACK_BODY_LIMIT)
            await _keep(feedback, given, generation())
        return Response(status_code=204)

    return router


async def _keep(feedback: Feedback, given: FeedbackRequest, generation: str) -> None:
    """Records or withdraws a judgement. Raises UsageError, and FeedbackUnavailable."""
    try:
        if given.verdict is None:
            await run_sync(feedback.withdraw, given.answer_id)
        else:
            await run_sync(feedback.record, _judgement(given, given.verdict, generation))
    except FeedbackUnavailable as error:
        # The message names the file, which is for the log and not for the caller.
        logging.getLogger(__name__).warning(error.zh)
        raise FeedbackUnavailable(
            "暂时无法记录反馈，请稍后再试。",
            "Feedback cannot be kept at the moment: try again later.",
        ) from None


def _judgement(given: FeedbackRequest, verdict: Verdict, generation: str) -> Judgement:
    """The judgement as it is stored, its texts cleaned as those of a conversation are."""
    if given.outcome is None:
        raise invalid_field("outcome", "Field required")
    question = check_question(given.question)
    text, note = check_history(
        [{"role": "assistant", "content": given.text}, {"role": "user", "content": given.note}]
    )
    return Judgement(
        answer_id=given.answer_id,
        verdict=verdict,
        reason=given.reason,
        note=note["content"],
        question=question,
        outcome=given.outcome,
        text=text["content"],
        citations=given.citations,
        generation=given.generation or generation,
        made=timestamp(datetime.now(UTC)),
    )
