"""What /openapi.json says of each address, in Chinese and English."""

from __future__ import annotations

from importlib.metadata import version
from typing import Any, TypeAlias

from fastapi import FastAPI
from fastapi.openapi.utils import get_openapi
from pydantic import BaseModel
from pydantic.json_schema import models_json_schema

from bot.web.api.answer_models import (
    AnswerObject,
    Completion,
    Error,
    Health,
    Model,
    Models,
    PassageAnswer,
    SearchAnswer,
    State,
    Suggestions,
)

Route: TypeAlias = dict[str, Any]

_SCHEMAS = "#/components/schemas/{model}"
_WHY = {
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
_SENT = (400, 403, 405, 408, 413, 415)
_ASKED = (*_SENT, 401, 429, 503)
_EVENT = {
    "type": "object",
    "properties": {name: {"type": "string"} for name in ("event", "data", "id")},
}
_EVENTS = {
    "text/event-stream": {
        "schema": {**_EVENT, "required": ["data"]},
        "example": 'event: status\ndata: {"stage": "retrieving"}\nid: 1\n\n',
    }
}
_WITH_KEY: Route = {"security": [{}, {"key": []}]}


def _gives(model: type[BaseModel], summary: str, *refusals: int, **more: Any) -> Route:
    told: dict[int, Route] = {200: {"model": model}}
    told |= {status: {"model": Error, "description": _WHY[status]} for status in (400, *refusals)}
    return {"summary": summary, "responses": told, "response_model": None, **more}


def _takes(name: str, **more: Any) -> Route:
    schema = {"$ref": _SCHEMAS.format(model=name)}
    body = {"required": True, "content": {"application/json": {"schema": schema}}}
    return {"openapi_extra": {"requestBody": body, **more}}


ASK = _gives(AnswerObject, "提问 / Ask", *_ASKED, **_takes("AskRequest", **_WITH_KEY)) | {
    "description": "默认是事件流：status → sources → delta… → citations → done，或以 error 结束；"
    "`stream: false` 或 `Accept: application/json` 时一次返回答案。\n\n"
    "A stream of events by default: status → sources → delta… → citations → done, or error at the end; "
    "with `stream: false` or `Accept: application/json`, one answer object."
}
ASK["responses"][200]["content"] = _EVENTS
SEARCH = _gives(SearchAnswer, "检索 / Search", *_ASKED, **_takes("SearchRequest", **_WITH_KEY)) | {
    "description": "只检索，不作答；`stages` 是各步的分数。 Passages only; `stages` are the scores of each stage."
}
COMPLETIONS = _gives(Completion, "OpenAI 格式的提问 / Ask in OpenAI's form", *_ASKED) | {
    "description": "最后一条 user 消息是问题。答案里有 [n]，引文在顶层的 `citations`。\n\n"
    "The last user message is the question. The text has [n], and `citations` stand at the top level.",
    **_takes("ChatRequest", **_WITH_KEY),
}
COMPLETIONS["responses"][200]["content"] = _EVENTS
MODELS = _gives(Models, "模型列表 / Models", 401, openapi_extra=_WITH_KEY)
MODEL = _gives(Model, "模型 / Model", 401, 404, openapi_extra=_WITH_KEY)
PASSAGE = _gives(PassageAnswer, "一段原文 / A passage", 404)
SUGGESTIONS = _gives(Suggestions, "可以先问的问题 / Questions to begin with")
HEALTH = _gives(Health, "进程是否活着 / Whether the process lives")
READY = _gives(State, "能否作答 / Whether it answers")
FEEDBACK: Route = {
    "summary": "反馈 / Feedback",
    "description": "对一个答案的评价；`verdict: null` 撤回。 What a reader thinks of an answer; null withdraws it.",
    "status_code": 204,
    "responses": {s: {"model": Error, "description": _WHY[s]} for s in (*_SENT, 503)},
    **_takes("Posted"),
}


def describe(app: FastAPI, *requests: type[BaseModel]) -> None:
    """Makes /openapi.json whole: what the service is, its keys, and the bodies that `requests` read."""

    def described() -> Route:
        if app.openapi_schema is None:
            found = get_openapi(
                title="城问 / Chengwen",
                version=version("chengwen"),
                summary="回答关于文章的问题，每一句都引自原文。 Answers about articles, each sentence cited.",
                routes=app.routes,
            )
            _, schemas = models_json_schema(
                [(model, "validation") for model in requests], ref_template=_SCHEMAS
            )
            parts = found["components"]
            parts["schemas"].update(schemas["$defs"])
            _forget_validation(found)
            parts["securitySchemes"] = {"key": {"type": "http", "scheme": "bearer"}}
            app.openapi_schema = found
        return app.openapi_schema

    app.openapi = described  # type: ignore[method-assign]


def _forget_validation(found: Route) -> None:
    """Takes out the answers of FastAPI's own validation, which no route of ours uses."""
    for methods in found["paths"].values():
        for method in methods.values():
            method["responses"].pop("422", None)
    for name in ("HTTPValidationError", "ValidationError"):
        found["components"]["schemas"].pop(name, None)
