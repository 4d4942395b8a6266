"""What the bot says: an answer with its citations, which are slices of documents, and its JSON form.

The JSON form is the answer object of docs/api.md, the same on the command line and over HTTP. Its
models state every field once: they make the JSON, and FastAPI describes them in /openapi.json.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final, Literal, NamedTuple

from pydantic import BaseModel, ConfigDict, Field

from bot.i18n import Language
from bot.question.scope import NO_SCOPE, Scope
from corpus import Document, Passage
from corpus.document import Span
from corpus.language.leaning import leant_on
from corpus.language.text import is_english
from index import Hit

Outcome = Literal["answered", "absent", "about"]
ReaderName = Literal["rules", "neural", "llm"]
Label = Literal["原文摘录", "人工智能生成"]
Form = Literal["fact", "list", "comparison", "summary", "yes_no", "documents", "prose"]
"""A single fact, several sentences put together in some form, or prose by a language model."""

EXTRACTED: Final = "原文摘录"
GENERATED: Final = "人工智能生成"
ABSENT = {
    "zh": "资料中没有找到能回答这个问题的内容。",
    "en": "The documents do not answer this question.",
}

CITED_AT_MOST = 4
"""Most citations of an extracted answer."""

TEXT_LIMIT = 400
"""Most characters of an extracted answer, marks included."""

SHOWN_CONTEXT = 120
"""Most characters of context that are shown in brackets behind a quote."""

MARK_SIZE = 3
"""Characters of a citation mark such as [1]."""


@dataclass(frozen=True, slots=True)
class Citation:
    """A span of a document, in characters, end exclusive. The quote is a slice, so never wrong."""

    document: Document
    start: int
    end: int

    @property
    def quote(self) -> str:
        """document.text[start:end]."""
        return self.document.text[self.start : self.end]

    def overlaps(self, other: Citation) -> bool:
        """Whether two have characters of one document in common."""
        is_same = self.document is other.document
        return is_same and self.start < other.end and other.start < self.end

    @property
    def section(self) -> str:
        """The heading of the section that the span begins in, or empty."""
        return self._passage.heading

    @property
    def page(self) -> int | None:
        """The page of a PDF that the span begins on, from 1, or None."""
        return self._passage.page

    @property
    def page_name(self) -> str:
        """The page as a reader calls it, in the language of the document; empty without one."""
        if self.page is None:
            return ""
        return f"p. {self.page}" if is_english(self.document.text) else f"第 {self.page} 页"

    @property
    def context(self) -> tuple[Span, ...]:
        """What the quote is not understood without: column names, a lead line, a question; the date or
        the sentence before that 同年 or 其 points to.
        """
        leads = self._passage.leads
        leant = None if leads else leant_on(self.document.text, self.start, self.end)
        return leads if leant is None else (leant,)

    @property
    def leans(self) -> bool:
        """Whether its context is what it points back to: the date of 同年, the sentence of 其."""
        return bool(self.context) and not self._passage.leads

    @property
    def shown(self) -> str:
        """The quote as an answer shows it: with its context in brackets behind it.

        东城街道 | 112 | 126（街道 | 2019年 | 2020年）
        """
        texts = [self.document.text[start:end] for start, end in self.context]
        context = "；".join(text.rstrip("。；") for text in texts)
        if not texts or len(context) > SHOWN_CONTEXT:
            return self.quote
        return f"{self.quote}（{context}）"

    @property
    def _passage(self) -> Passage:
        return Passage(self.document, self.start, self.end)


class AnswerPart(NamedTuple):
    """A line of a composed answer: what it is about, which may be empty, and its text with marks."""

    label: str
    text: str


@dataclass(frozen=True, slots=True)
class Answer:
    """The answer to one question. Only an `answered` one has citations, at least one.

    `short_answer` is a slice of a quote, or None; the doors make it bold where it is sure.
    `milliseconds` maps "total" and each stage that took place ("understand", "retrieve", "read",
    "decide") to the time spent. `confidence` (0 to 1) orders answers by how likely they are right;
    it is not shown. `language` is that of the question. `parts` are the lines of a composed answer;
    a fact has none. `extract` is the extracted answer beside one that a model wrote, and
    `written_by` the name of that model. `related` are the passages that an absent answer may show.
    """

    question: str
    outcome: Outcome
    text: str
    hits: tuple[Hit, ...] = ()
    citations: tuple[Citation, ...] = ()
    short_answer: str | None = None
    short_answer_sure: bool = False
    reader: ReaderName = "rules"
    notices: tuple[str, ...] = ()
    suggestions: tuple[str, ...] = ()
    milliseconds: Mapping[str, float] = field(default_factory=dict)
    scope: Scope = NO_SCOPE
    index: Mapping[str, Any] = field(default_factory=dict)
    confidence: float = 0.0
    language: Language = "zh"
    form: Form = "fact"
    parts: tuple[AnswerPart, ...] = ()
    extract: Answer | None = None
    written_by: str = ""
    related: tuple[Passage, ...] = ()

    def __post_init__(self) -> None:
        if (self.outcome == "answered") != bool(self.citations):
            raise ValueError(f"{self.outcome} with {len(self.citations)} citations")

    @property
    def ai_generated(self) -> bool:
        """Whether a language model wrote the text."""
        return self.reader == "llm"

    @property
    def label(self) -> Label:
        """What the text is, quoted or generated; it goes wherever the text goes."""
        return GENERATED if self.ai_generated else EXTRACTED


def extracted_text(citations: tuple[Citation, ...]) -> str:
    """The quotes in order, each with its context and its mark: 「……。[1]……（……）[2]」.

    Of quotes that share their context only the last shows it, and none one that is quoted before it.
    """
    pieces = []
    for n, citation in enumerate(citations, 1):
        following = citations[n] if n < len(citations) else None
        is_shared = following is not None and following.context == citation.context
        is_told = is_shared or is_understood(citation, citations[: n - 1], with_context=False)
        pieces.append(f"{citation.quote if is_told else citation.shown}[{n}]")
    return "".join(pieces)


def is_understood(
    citation: Citation, before: Sequence[Citation], with_context: bool = True
) -> bool:
    """Whether those before have all that a quote is not understood without.

    `with_context` where what these lean on is shown too.
    """
    of_document = [one for one in before if one.document is citation.document]
    spans = [(one.start, one.end) for one in of_document]
    if with_context:
        spans += [span for one in of_document for span in one.context]
    joined: list[tuple[int, int]] = []
    for start, end in sorted(spans):
        if joined and start <= joined[-1][1]:
            start, end = joined[-1][0], max(joined.pop()[1], end)
        joined.append((start, end))
    return all(_is_held(needed, joined) for needed in citation.context)


def _is_held(needed: Span, told: Sequence[tuple[int, int]]) -> bool:
    return any(start <= needed.start and needed.end <= end for start, end in told)


STRICT = ConfigDict(extra="forbid", strict=True)

SCORE_DECIMALS = 6
"""Decimals of a score, which comes from float32 and so holds about seven digits."""


class ContextObject(BaseModel):
    """引文离不开的一段原文，如表头、引出列表的一行。 What a quote is not understood without."""

    model_config = STRICT

    start: int
    end: int
    text: str


class CitationObject(BaseModel):
    """一处引文：`quote` 就是原文的 start 到 end。 A citation: `quote` is the text from start to end."""

    model_config = STRICT

    n: int = Field(description="答案里的 [n] / the [n] of the text")
    doc_id: str
    title: str
    section: str
    page: int | None = Field(description="PDF 的页码，从 1 起 / the page of a PDF, from 1")
    start: int = Field(description="字符位置 / characters")
    end: int
    quote: str
    context: list[ContextObject] = Field(
        description="表头、引出列表的一行、所答的问题 / column names, a lead line, the question"
    )


class ScopeObject(BaseModel):
    """问题说的是哪几篇，由什么看出。 What the question was taken to be about, and by what."""

    model_config = STRICT

    doc_ids: list[str]
    by: Literal["title", "place", "history", "request"] | None
    missing: str | None = Field(description="点了名而资料库没有的 / what was named and is not held")


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


class PartObject(BaseModel):
    """组合答案的一行：`text` 里是“label：text”。 A line of a composed answer."""

    model_config = STRICT

    label: str = Field(description="说的是什么，可以为空 / what it is about; may be empty")
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
    form: Form = Field(
        description="一处事实、列举、比较、摘要、是否、哪些文章 / one fact, or several sentences put together"
    )
    parts: list[PartObject] = Field(
        description="组合答案的各行，单个事实为空 / the lines of a composed answer, none of a fact"
    )
    short_answer: str | None = Field(
        description="答案本身，某处引文的一段 / the span itself, a slice of some quote"
    )
    short_answer_sure: bool = Field(
        description="是否有把握，只有这时才加粗 / whether it is sure: bold only then"
    )
    confidence: float = Field(description="所引句子答对的可能，0 到 1 / how likely it answers")
    scope: ScopeObject
    citations: list[CitationObject]
    hits: list[HitObject]
    reader: ReaderName
    label: Label
    ai_generated: bool
    written_by: str | None = Field(
        None,
        exclude_if=lambda name: name is None,
        description="写这段文字的模型；摘录没有这一项 / the model that wrote the text; extracts lack it",
    )
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
        page=citation.page,
        start=citation.start,
        end=citation.end,
        quote=citation.quote,
        context=[
            ContextObject(start=start, end=end, text=citation.document.text[start:end])
            for start, end in citation.context
        ],
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


def scope_object(scope: Scope) -> ScopeObject:
    """The JSON form of a scope."""
    return ScopeObject(doc_ids=scope.named_ids, by=scope.by, missing=scope.missing)


def confidence_shown(answer: Answer) -> float:
    """The confidence of an answer as its JSON forms have it."""
    return round(answer.confidence, SCORE_DECIMALS)


def answer_object(answer: Answer) -> AnswerObject:
    """The JSON form of `answer`."""
    return AnswerObject(
        question=answer.question,
        outcome=answer.outcome,
        answered=answer.outcome == "answered",
        text=answer.text,
        form=answer.form,
        parts=[PartObject(label=part.label, text=part.text) for part in answer.parts],
        short_answer=answer.short_answer,
        short_answer_sure=answer.short_answer_sure,
        confidence=confidence_shown(answer),
        scope=scope_object(answer.scope),
        citations=[citation_object(n, cited) for n, cited in enumerate(answer.citations, 1)],
        hits=[hit_object(hit) for hit in answer.hits],
        reader=answer.reader,
        label=answer.label,
        ai_generated=answer.ai_generated,
        written_by=answer.written_by or None,
        notices=list(answer.notices),
        suggestions=list(answer.suggestions),
        milliseconds=dict(answer.milliseconds),
        index=dict(answer.index),
    )
