"""The answer object: the JSON form of an answer, the same on the command line and over HTTP.

The models state every field once. They make the JSON, and FastAPI describes them in /openapi.json.
"""

from __future__ import annotations

from typing import Any

from pydantic import BaseModel, ConfigDict, Field

from bot.answer import Answer, Citation, Label, Outcome, ReaderName
from index import Hit

STRICT = ConfigDict(extra="forbid", strict=True)

SCORE_DECIMALS = 6
"""Decimals of a score, which comes from float32 and so holds about seven digits."""


class CitationObject(BaseModel):
    """一处引文：`quote` 就是原文的 start 到 end。 A citation: `quote` is the text from start to end."""

    model_config = STRICT

    n: int = Field(description="答案里的 [n] / the [n] of the text")
    doc_id: str
    title: str
    section: str
    start: int = Field(description="字符位置 / characters")
    end: int
    quote: str


class HitObject(BaseModel):
    """检索到的段落。 A passage found."""

    model_config = STRICT

    passage_id: str
    doc_id: str
    title: str
    section: str
    start: int
    end: int
    score: float
    text: str


class AnswerObject(BaseModel):
    """答案。 The answer object."""

    model_config = STRICT

    question: str
    outcome: Outcome = Field(
        description="answered、absent（资料没有说）、about（问的是本程序） / as named"
    )
    answered: bool
    text: str = Field(description="句末有 [n] / with [n] at the ends of sentences")
    short_answer: str | None = Field(
        description="答案本身，某处引文的一段 / the span itself, a slice of some quote"
    )
    citations: list[CitationObject]
    hits: list[HitObject]
    reader: ReaderName
    label: Label
    ai_generated: bool
    notices: list[str]
    suggestions: list[str] = Field(description="接着可以问的 / what may be asked next")
    milliseconds: dict[str, float]
    index: dict[str, Any]


def citation_object(n: int, citation: Citation) -> CitationObject:
    """The JSON form of the `n`-th citation of an answer, from 1."""
    return CitationObject(
        n=n,
        doc_id=citation.document.doc_id,
        title=citation.document.title,
        section=citation.section,
        start=citation.start,
        end=citation.end,
        quote=citation.quote,
    )


def hit_object(hit: Hit) -> HitObject:
    """The JSON form of a hit; `text` is a slice of the document."""
    passage = hit.passage
    return HitObject(
        passage_id=passage.passage_id,
        doc_id=passage.document.doc_id,
        title=passage.document.title,
        section=passage.heading,
        start=passage.start,
        end=passage.end,
        score=round(hit.score, SCORE_DECIMALS),
        text=passage.text,
    )


def answer_object(answer: Answer) -> AnswerObject:
    """The JSON form of `answer`."""
    return AnswerObject(
        question=answer.question,
        outcome=answer.outcome,
        answered=answer.outcome == "answered",
        text=answer.text,
        short_answer=answer.short_answer,
        citations=[citation_object(n, cited) for n, cited in enumerate(answer.citations, 1)],
        hits=[hit_object(hit) for hit in answer.hits],
        reader=answer.reader,
        label=answer.label,
        ai_generated=answer.ai_generated,
        notices=list(answer.notices),
        suggestions=list(answer.suggestions),
        milliseconds=dict(answer.milliseconds),
        index=dict(answer.index),
    )
