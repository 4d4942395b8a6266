"""What /openapi.json says beyond the models of answers: bodies, errors, event streams, the key."""

from __future__ import annotations

from importlib.metadata import version
from typing import Any, TypeAlias

from fastapi import FastAPI
from fastapi.openapi.utils import get_openapi
from pydantic import BaseModel
from pydantic.json_schema import models_json_schema

from bot.web.api.schemas import AskRequest, ChatRequest, Error, FeedbackRequest, SearchRequest

JsonObject: TypeAlias = dict[str, Any]
Responses: TypeAlias = dict[int | str, JsonObject]

ANY_METHOD = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE"]
"""For routes that refuse what no other takes; /openapi.json leaves them out."""

BODY_REQUESTS = (AskRequest, SearchRequest, ChatRequest, FeedbackRequest)
"""The models of bodies. Routes read bodies themselves, within bounds, so FastAPI does not see them."""

BODY_ERRORS = (400, 403, 405, 408, 413, 415)
"""Statuses of a request whose body is refused."""

QUESTION_ERRORS = (*BODY_ERRORS, 401, 429, 503)
"""Statuses of a question that is refused."""

OPTIONAL_KEY: JsonObject = {"security": [{}, {"key": []}]}
"""For `openapi_extra`: a key is needed only where keys are set."""

EVENT_STREAM: JsonObject = {
    "content": {
        "text/event-stream": {
            "schema": {
                "type": "object",
                "properties": {
                    "event": {"type": "string"},
                    "data": {"type": "string"},
                    "id": {"type": "string"},
                },
                "required": ["data"],
            },
            "example": 'event: status\ndata: {"stage": "retrieving"}\nid: 1\n\n',
        }
    }
}
"""For `responses`: the answer may be a stream of events too."""

_SCHEMA_ADDRESS = "#/components/schemas/{model}"
_ERRORS = {
    400: "请求不可用 / not valid",
    401: "需要密钥 / a key is needed",
    403: "其他网站的页面发来的 / sent by a page of another site",
    404: "没有 / not there",
    405: "只接受 POST / POST only",
    408: "没有按时传完 / did not come in time",
    413: "太大 / too large",
    415: "不是 JSON / not JSON",
    429: "提问太频繁，见 Retry-After / too many questions, see Retry-After",
    503: "暂时忙不过来，见 Retry-After / too busy, see Retry-After",
}


def error_responses(*statuses: int) -> Responses:
    """For `responses` of a route: the errors of these statuses."""
    return {status: {"model": Error, "description": _ERRORS[status]} for status in statuses}


def json_body(model: type[BaseModel]) -> JsonObject:
    """For `openapi_extra` of a route: a body of JSON that `model`, one of BODY_REQUESTS, reads."""
    schema = {"$ref": _SCHEMA_ADDRESS.format(model=model.__name__)}
    return {"requestBody": {"required": True, "content": {"application/json": {"schema": schema}}}}


def describe_api(app: FastAPI) -> None:
    """Completes the /openapi.json of `app`: what the service is, its keys, and the bodies it reads."""

    def openapi() -> JsonObject:
        if app.openapi_schema is None:
            app.openapi_schema = _openapi(app)
        return app.openapi_schema

    # FastAPI's documented way to extend the description.
    app.openapi = openapi  # type: ignore[method-assign]


def _openapi(app: FastAPI) -> JsonObject:
    """The description of all routes of `app`."""
    described = get_openapi(
        title="城问 / Chengwen",
        version=version("chengwen"),
        summary="回答关于文章的问题，每一句都引自原文。 Answers about articles, each sentence cited.",
        routes=app.routes,
    )
    _, schemas = models_json_schema(
        [(model, "validation") for model in BODY_REQUESTS], ref_template=_SCHEMA_ADDRESS
    )
    components = described["components"]
    components["schemas"].update(schemas["$defs"])
    components["securitySchemes"] = {"key": {"type": "http", "scheme": "bearer"}}
    _remove_validation_errors(described)
    return described


def _remove_validation_errors(described: JsonObject) -> None:
    """Removes the 422 answers of FastAPI's own validation, which no route uses."""
    for methods in described["paths"].values():
        for operation in methods.values():
            operation["responses"].pop("422", None)
    for name in ("HTTPValidationError", "ValidationError"):
        described["components"]["schemas"].pop(name, None)
