"""What the API answers, as /openapi.json describes it. The answers themselves are made elsewhere; tests compare."""

from __future__ import annotations

from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field

from bot.answer import Outcome

_WHOLE = ConfigDict(extra="forbid", strict=True)
Reader = Literal["rules", "neural", "llm"]
Label = Literal["原文摘录", "人工智能生成"]


class ErrorDetail(BaseModel):
    """出了什么问题。 What is wrong."""

    model_config = _WHOLE

    code: str = Field(description="给程序看的稳定代码 / a stable word for programs")
    message: str = Field(
        description="给人看的说明，语言随 Accept-Language / for people, in the caller's language"
    )
    retry_after: int | None = Field(
        None, description="多少秒后可以再试 / seconds after which to try again"
    )


class Error(BaseModel):
    """任何错误。 Any error."""

    model_config = _WHOLE

    error: ErrorDetail


class Citation(BaseModel):
    """一处引文：`quote` 就是原文的 start 到 end。 A citation: `quote` is the text from start to end."""

    model_config = _WHOLE

    n: int = Field(description="答案里的 [n] / the [n] of the text")
    doc_id: str
    title: str
    section: str
    start: int = Field(description="字符位置 / characters")
    end: int
    quote: str


class Hit(BaseModel):
    """检索到的段落。 A passage found."""

    model_config = _WHOLE

    passage_id: str
    doc_id: str
    title: str
    section: str
    start: int
    end: int
    score: float
    text: str


class StagedHit(Hit):
    """一段，和检索各步给它的分数。 A passage, and what each stage of the search says of it."""

    stages: dict[str, float]


class SearchAnswer(BaseModel):
    """检索结果，由好到差。 What was found, best first."""

    model_config = _WHOLE

    hits: list[StagedHit]


class AnswerObject(BaseModel):
    """答案。 The answer object."""

    model_config = _WHOLE

    answer_id: str = Field(description="反馈时用 / for feedback", pattern="^[0-9a-f]{32}$")
    question: str
    outcome: Outcome = Field(
        description="answered、absent（资料没有说）、about（问的是本程序） / as named"
    )
    answered: bool
    text: str = Field(description="句末有 [n] / with [n] at the ends of sentences")
    short_answer: str | None = Field(
        description="答案本身，某处引文的一段 / the span itself, a slice of some quote"
    )
    citations: list[Citation]
    hits: list[Hit]
    reader: Reader
    label: Label
    ai_generated: bool
    notices: list[str]
    suggestions: list[str] = Field(description="接着可以问的 / what may be asked next")
    milliseconds: dict[str, float]
    index: dict[str, Any]


class LinkedCitation(Citation):
    """引文，及可以看到它的页面。 A citation, and the page that shows it."""

    url: str


class Completion(BaseModel):
    """OpenAI 格式的回答，另有引文等字段。 An answer in OpenAI's form, with citations and more beside it."""

    model_config = _WHOLE

    id: str
    object: Literal["chat.completion"]
    created: int
    model: str
    choices: list[dict[str, Any]]
    usage: dict[str, int] = Field(description="按字符计，不是 token / characters, not tokens")
    citations: list[LinkedCitation]
    answer_id: str
    outcome: Outcome
    short_answer: str | None
    label: Label
    ai_generated: bool
    notices: list[str]


class Model(BaseModel):
    """模型。 A model."""

    model_config = _WHOLE

    id: str
    object: Literal["model"]
    created: int
    owned_by: str


class Models(BaseModel):
    """只有一个。 There is one."""

    model_config = _WHOLE

    object: Literal["list"]
    data: list[Model]


class PassageAnswer(BaseModel):
    """一段原文，和同一自然段里的前后文。 A passage, and the rest of its paragraph around it."""

    model_config = _WHOLE

    passage_id: str
    doc_id: str
    title: str
    section: str
    source: str
    published: str
    start: int
    end: int
    text: str
    before: str
    after: str
    url: str
    read: str


class Suggestions(BaseModel):
    """可以先问的问题。 Questions to begin with."""

    model_config = _WHOLE

    suggestions: list[str]


class Health(BaseModel):
    """进程活着。 The process lives."""

    model_config = _WHOLE

    status: Literal["ok"]


class State(BaseModel):
    """能否作答，用的哪个索引。 Whether it answers, and from which index."""

    model_config = _WHOLE

    ready: bool
    degraded: bool
    generation: str | None
    encoder: str | None
    documents: int
    passages: int
    notices: list[str]
