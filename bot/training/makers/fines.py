"""What an act costs: a fine, or a term in prison."""

from __future__ import annotations

import re
from collections.abc import Iterator

from bot.evals.regulation_questions import fines as fined
from bot.training.makers.by_rule import by_rule
from bot.training.makers.made import Made, cited, span_of
from bot.training.makers.said import SAID, sentences_of
from bot.training.makers.wording import worded
from corpus import Document
from corpus.document import Span
from corpus.language.text import fold

MAKER = "fines"

_FRAMES = (
    "{act}要罚多少钱？",
    "{act}罚多少？",
    "{act}会被罚款多少？",
    "对{act}的行为，罚款是多少？",
    "{act}，要交多少罚款？",
)
# 故意杀人的，处死刑、无期徒刑或者十年以上有期徒刑
_TERM = re.compile(
    rf"^(?P<act>(?!有下列|犯|前款|明知|对|并|又|情节){SAID}{{4,40}}?)的,(?:对[^,]{{4,24}},)?处(?P<a>[^,。;]{{0,24}}?(?:有期徒刑|无期徒刑|拘役|管制|死刑)[^,。;]{{0,16}}?)(?=[,。;])"
)
_OF_TERM = ("{act}判几年？", "{act}会判什么刑？", "{act}要坐多少年牢？", "{act}怎么判刑？")


def fines(document: Document) -> Iterator[Made]:
    """Every act that has one fine, and every crime with its term in prison."""
    for asked in fined(document):
        offence = asked.gold[0]
        start = offence.start + offence.text.index(asked.answers[0])
        span = Span(start, start + len(asked.answers[0]))
        for question in worded(document, _FRAMES, asked.asked, {"act": asked.asked}):
            yield Made(document, question, span, cited(offence), "number", MAKER)
    for sentence in sentences_of(document):
        found = _TERM.search(fold(sentence.text))
        if found:
            act = sentence.text[slice(*found.span("act"))]
            span = span_of(sentence, found, "a")
            for question in worded(document, _OF_TERM, act, {"act": act}):
                yield Made(document, question, span, cited(sentence), "number", MAKER)
    for made in by_rule(document, MAKER, "fine"):
        # 对单位处…罚款，对个人处…罚款: the first is not the whole answer
        if made.cited_text.count("罚款") == 1:
            yield made
