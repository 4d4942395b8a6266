"""The models of what the API takes and answers: they read, write and describe it."""

from __future__ import annotations

from importlib.metadata import version
from typing import Annotated, Any, Literal, TypeAlias

from fastapi import FastAPI
from fastapi.openapi.utils import get_openapi
from pydantic import BaseModel, ConfigDict, Field
from pydantic.config import JsonDict
from pydantic.json_schema import models_json_schema

from bot.answer import (
    STRICT,
    AnswerObject,
    CitationObject,
    Form,
    HitObject,
    Label,
    Outcome,
    PartObject,
    ScopeObject,
)
from bot.limits import HISTORY_LIMIT, QUESTION_LIMIT, ROLES, TURNS_LIMIT
from bot.request_limits import NO_LIMITS, Limits
from bot.storage.feedback import Reason, Verdict

# Requests. Questions and turns are described here, and checked by bot/limits.py, whose messages
# say what to do.

_REQUEST = ConfigDict(frozen=True, extra="forbid", strict=True)
_OPENAI_REQUEST = ConfigDict(frozen=True, extra="ignore", strict=True)
_QUESTION: JsonDict = {
    "minLength": 1,
    "maxLength": QUESTION_LIMIT,
    "examples": ["杭州健康码日最高使用量是多少？"],
}
_IN = "只在这些文章里找 / only these documents are searched"


class Turn(BaseModel):
    """对话中的一轮。 One turn of a conversation."""

    model_config = _REQUEST

    role: str = Field(json_schema_extra={"enum": list(ROLES)})
    content: str = Field(json_schema_extra={"maxLength": HISTORY_LIMIT})


# The longest that FeedbackRequest takes of a passage's id, which begins with that of its document.
Name = Annotated[str, Field(min_length=1, max_length=400)]


class RequestScope(BaseModel):
    """在哪些文章里找；两项都给的，须都符合。 The documents that are searched; both must hold where both are given."""

    model_config = _REQUEST

    # A body of 64 KB holds about 1,000 ids of 60 bytes; a document has a handful of tags.
    doc_ids: Annotated[list[Name], Field(min_length=1, max_length=1000)] | None = Field(
        None, description="文章的编号，至少一个 / ids of documents, at least one"
    )
    tags: Annotated[list[Name], Field(min_length=1, max_length=100)] | None = Field(
        None, description="有其中一个标签的文章 / documents with one of these tags"
    )


def limits_of(scope: RequestScope | None) -> Limits:
    """The limits that a request sets to the search; an id or tag that nothing has matches nothing."""
    if scope is None:
        return NO_LIMITS
    return Limits(
        doc_ids=None if scope.doc_ids is None else frozenset(scope.doc_ids),
        tags=None if scope.tags is None else frozenset(scope.tags),
    )


class AskRequest(BaseModel):
    """一个问题。 A question."""

    model_config = _REQUEST

    question: str = Field(description="问题 / the question", json_schema_extra=_QUESTION)
    history: list[Turn] = Field(
        [],
        description="此前的对话，由早到晚，合计至多一万字 / "
        "earlier turns, oldest first, at most 10,000 characters",
        json_schema_extra={"maxItems": TURNS_LIMIT},
    )
    stream: bool = Field(True, description="false：一次返回 JSON / one JSON answer")
    scope: RequestScope | None = Field(None, description=_IN)


class SearchRequest(BaseModel):
    """一次检索。 A search."""

    model_config = _REQUEST

    question: str = Field(description="问题 / the question", json_schema_extra=_QUESTION)
    k: int = Field(10, ge=1, le=100, description="返回的段落数 / passages wanted")
    scope: RequestScope | None = Field(None, description=_IN)


class ContentPart(BaseModel):
    """内容的一部分；只读文字。 A part of a message; only text is read."""

    model_config = _OPENAI_REQUEST

    type: str
    text: str = ""


class Message(BaseModel):
    """一条消息；user 与 assistant 之外的不读。 A message; those of other roles than user and assistant are not read."""

    model_config = _OPENAI_REQUEST

    role: str
    content: str | list[ContentPart] | None = None

    @property
    def text(self) -> str:
        """The text of all its parts, joined."""
        if isinstance(self.content, list):
            return "".join(part.text for part in self.content if part.type == "text")
        return self.content or ""


class StreamOptions(BaseModel):
    """流的选项。 Options of a stream."""

    model_config = _OPENAI_REQUEST

    include_usage: bool | None = None


class ChatRequest(BaseModel):
    """OpenAI 的聊天请求；其余字段不读。 A request in the form of OpenAI's; other fields are not read."""

    model_config = _OPENAI_REQUEST

    # 1,000 is far beyond the turns that are read, and bounds the work of checking each.
    messages: Annotated[list[Message], Field(min_length=1, max_length=1000)]
    model: str = "chengwen"
    stream: bool | None = False
    stream_options: StreamOptions | None = None
    scope: RequestScope | None = Field(None, description=_IN)


# No control, format or separator characters before the span: 文章.0-12
PassageId = Annotated[
    str, Field(max_length=400, pattern=r"^[^\p{Cc}\p{Cf}\p{Zl}\p{Zp}]+\.[0-9]{1,9}-[0-9]{1,9}$")
]


class FeedbackRequest(BaseModel):
    """The body of the request. `verdict` null withdraws; then `answer_id` is enough."""

    model_config = _REQUEST

    answer_id: str = Field(pattern=r"^[0-9a-f]{32}$")
    verdict: Verdict | None
    reason: Reason = ""
    note: str = Field("", max_length=500)
    question: str = Field("", max_length=QUESTION_LIMIT)
    outcome: Outcome | None = None
    text: str = Field("", max_length=2000)
    citations: tuple[PassageId, ...] = Field((), max_length=10)
    generation: str = Field("", pattern=r"^[A-Za-z0-9_.-]{0,40}$")  # gen-000007


# Answers.


class AskAnswer(AnswerObject):
    """答案。 The answer object."""

    answer_id: str = Field(description="反馈时用 / for feedback", pattern="^[0-9a-f]{32}$")


class StagedHit(HitObject):
    """一段，和检索各步给它的分数。 A passage, and what each stage of the search says of it."""

    stages: dict[str, float]


class SearchAnswer(BaseModel):
    """检索结果，由好到差。 What was found, best first."""

    model_config = STRICT

    hits: list[StagedHit]


class LinkedCitation(CitationObject):
    """引文，及可以看到它的页面。 A citation, and the page that shows it."""

    url: str


class Completion(BaseModel):
    """OpenAI 格式的回答，另有引文等字段。 An answer in OpenAI's form, with citations and more beside it."""

    model_config = STRICT

    id: str
    object: Literal["chat.completion"]
    created: int
    model: str
    choices: list[dict[str, Any]]
    usage: dict[str, int] = Field(description="按字符计，不是 token / characters, not tokens")
    citations: list[LinkedCitation]
    answer_id: str
    outcome: Outcome
    form: Form
    parts: list[PartObject]
    short_answer: str | None
    short_answer_sure: bool
    confidence: float
    scope: ScopeObject
    label: Label
    ai_generated: bool
    written_by: str | None = Field(
        None,
        exclude_if=lambda name: name is None,
        description="写这段文字的模型 / the model that wrote the text",
    )
    notices: list[str]


class Model(BaseModel):
    """模型。 A model."""

    model_config = STRICT

    id: str
    object: Literal["model"]
    created: int
    owned_by: str


class Models(BaseModel):
    """只有一个。 There is one."""

    model_config = STRICT

    object: Literal["list"]
    data: list[Model]


class PassageAnswer(BaseModel):
    """一段原文，和同一自然段里的前后文。 A passage, and the rest of its paragraph around it."""

    model_config = STRICT

    passage_id: str
    doc_id: str
    title: str
    section: str
    page: int | None = Field(description="PDF 的页码，从 1 起 / the page of a PDF, from 1")
    source: str
    published: str
    start: int
    end: int
    text: str
    before: str
    after: str
    url: str
    read: str
    file: str = Field(
        description="原件的地址，没有则为空 / the address of the original file; empty without one"
    )


class Suggestions(BaseModel):
    """可以先问的问题。 Questions to begin with."""

    model_config = STRICT

    suggestions: list[str]


class Health(BaseModel):
    """进程活着。 The process lives."""

    model_config = STRICT

    status: Literal["ok"]


class State(BaseModel):
    """能否作答，用的哪个索引。 Whether it answers, and from which index."""

    model_config = STRICT

    ready: bool
    degraded: bool
    generation: str | None
    encoder: str | None
    documents: int
    passages: int
    notices: list[str]


class ErrorDetail(BaseModel):
    """出了什么问题。 What is wrong."""

    model_config = STRICT

    code: str = Field(description="给程序看的稳定代码 / a stable word for programs")
    message: str = Field(
        description="给人看的说明，语言随 Accept-Language / for people, in the caller's language"
    )
    retry_after: int | None = Field(
        None, description="多少秒后可以再试 / seconds after which to try again"
    )


class Error(BaseModel):
    """任何错误。 Any error."""

    model_config = STRICT

    error: ErrorDetail


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
