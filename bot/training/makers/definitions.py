"""What a word means: 本条例所称供热，是指…"""

from __future__ import annotations

import re
from collections.abc import Iterator

from bot.evals.regulation_questions import definitions as defined
from bot.training.makers.by_rule import by_rule
from bot.training.makers.made import Made, cited
from bot.training.makers.wording import worded
from corpus import Document
from corpus.document import Span

MAKER = "definitions"

_FRAMES = (
    "什么是{word}？",
    "{word}是什么意思？",
    "{word}指的是什么？",
    "{word}怎么理解？",
    "{word}是指哪些？",
    "怎样才算{word}？",
    "{word}的定义是什么？",
    "哪些属于{word}？",
)
_MEANS = re.compile("[是所]?指的?")
_END = "。；;.\n "


def definitions(document: Document) -> Iterator[Made]:
    """Every word that the document defines; what follows 是指 answers, without its last mark."""
    for asked in defined(document):
        sentence = asked.gold[0]
        means = _MEANS.search(sentence.text, sentence.text.index(asked.asked) + len(asked.asked))
        if means is None:
            continue
        answer = sentence.text[means.end() :].strip(_END).lstrip("：:")
        start = sentence.start + sentence.text.index(answer, means.end())
        span = Span(start, start + len(answer))
        for question in worded(document, _FRAMES, asked.asked, word=asked.asked):
            yield Made(document, question, span, cited(sentence), "text", MAKER)
    yield from by_rule(document, MAKER, "name")
