"""What the tests of prose share: an extract to write from, a model that says what it is given, what is written."""

import asyncio
from collections.abc import AsyncGenerator, Mapping, Sequence
from contextlib import aclosing
from dataclasses import dataclass, field, replace
from functools import cache

from bot.answer import Answer, Citation, extracted_text
from bot.extract import Extract
from bot.i18n import Language
from bot.llm.chat_server import Message
from bot.llm.checks import Checker
from bot.llm.failures import ModelFailed
from bot.llm.writer import Writer, WriterReport
from bot.settings import LlmSettings
from corpus.language.text import Segmenter
from index.remote.failures import FailureKind
from index.remote.server import Server
from support.documents import document_of

ASKED: Mapping[Language, str] = {"zh": "供热期从什么时候开始？", "en": "When does heating begin?"}

SENTENCES: Mapping[Language, tuple[str, ...]] = {
    "zh": (
        "供热期自11月15日起至次年3月15日止。",
        "居民卧室的温度不得低于18摄氏度。",
        "供热单位应当在供热期开始前30日完成检修。",
        "供热价格由市人民政府制定。",
        "用户应当在10月31日前交纳热费。",
        "投诉电话由区主管部门公布。",
    ),
    "en": (
        "Heating begins on 15 November and ends on 15 March.",
        "Bedrooms must not be colder than 18 degrees.",
        "Suppliers inspect the pipes 30 days before heating begins.",
        "The city council sets the price of heating.",
        "Users pay the charge before 31 October.",
        "Each district publishes a number for complaints.",
    ),
}
"""The candidates of an extract, of which the answer cites the first."""


def extract(
    language: Language = "zh",
    confidence: float = 0.8,
    history: Sequence[Mapping[str, str]] = (),
    sentences: Sequence[str] = (),
    asked: str = "",
) -> Extract:
    """An extract of the first of `sentences`, which are all that there is to write from."""
    lines = tuple(sentences) or SENTENCES[language]
    titles = {"zh": "供热办法", "en": "Heating Rules"}
    document = document_of(*lines, title=titles[language])
    starts = [document.text.index(line) for line in lines]
    spans = zip(starts, lines, strict=True)
    candidates = tuple(Citation(document, at, at + len(line)) for at, line in spans)
    question = asked or ASKED[language]
    answer = Answer(
        question,
        "answered",
        extracted_text(candidates[:1]),
        citations=candidates[:1],
        confidence=confidence,
        language=language,
        milliseconds={"total": 10.0},
    )
    return Extract(answer, question, tuple(history), candidates)


@dataclass
class Said:
    """A model that says `deltas` and then fails, where it does; it knows what it was asked, and by whom."""

    deltas: Sequence[str]
    failure: ModelFailed | None = None
    messages: Sequence[Message] = ()
    owner: str = ""
    calls: int = 0
    said: int = 0
    is_closed: bool = False

    async def stream(
        self, messages: Sequence[Message], owner: str = ""
    ) -> AsyncGenerator[str, None]:
        self.messages, self.owner = messages, owner
        self.calls += 1
        try:
            for delta in self.deltas:
                self.said += 1
                yield delta
            if self.failure is not None:
                raise self.failure
        finally:
            self.is_closed = True


def failure(kind: FailureKind) -> ModelFailed:
    """What a client raises."""
    return ModelFailed(kind, Server("llm.url", "http://127.0.0.1:1/v1"))


@dataclass
class Written:
    """What a writer yields: what was sent, and the answer that counts."""

    sent: list[str] = field(default_factory=list)
    answers: list[Answer] = field(default_factory=list)
    reports: list[WriterReport] = field(default_factory=list)

    @property
    def answer(self) -> Answer:
        (answer,) = self.answers
        return answer

    @property
    def report(self) -> WriterReport:
        (report,) = self.reports
        return report


@cache
def checker() -> Checker:
    """The checks by rules alone."""
    return Checker(Segmenter(), None)


def write(model: Said, of: Extract, settings: LlmSettings | None = None) -> Written:
    """What a writer makes of an extract with a model."""
    written = Written()
    writer = Writer(model, checker(), settings or llm_settings(), written.reports.append)

    async def read() -> None:
        async with aclosing(writer.write(of, "site")) as pieces:
            async for piece in pieces:
                if isinstance(piece, Answer):
                    written.answers.append(piece)
                else:
                    written.sent.append(piece)

    asyncio.run(read())
    return written


def says(*deltas: str, failure: ModelFailed | None = None) -> Said:
    """A model that says these pieces, and then fails where it does."""
    return Said(deltas, failure)


def llm_settings(**values: str) -> LlmSettings:
    """The settings of a model."""
    return LlmSettings.model_validate(
        {"url": "http://127.0.0.1:1/v1", "model": "scripted", **values}
    )


def without_time(answer: Answer) -> Answer:
    """An answer as it is whenever it was given."""
    return replace(answer, milliseconds={})
