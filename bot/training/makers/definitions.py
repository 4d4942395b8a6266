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

COMMON = 2
"""Characters of a word that means something else in every law, such as 工程: the law is named."""

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
# 是指, 指的是
_MEANS = re.compile("[是所]?指的?")
# 什么是供热？, 供热指的是什么？
_ASKED = re.compile("^(?:请问|我想知道)?(?:什么是)?|指的是什么？$|？$")
_END = "。；;.\n "


def definitions(document: Document) -> Iterator[Made]:
    """Every word that the document defines; what follows 是指 answers, without its last mark."""
    for asked in defined(document):
        sentence = asked.gold[0]
        means = _MEANS.search(sentence.text, sentence.text.index(asked.asked) + len(asked.asked))
        # 具体包括：: the rest of the answer stands below
        if means is None or sentence.text.endswith(("：", ":")):
            continue
        # ；所称货物，是指…: the next word
        answer = sentence.text[means.end() :].partition("；所称")[0].strip(_END).lstrip("：:")
        is_named = len(asked.asked) <= COMMON
        start = sentence.start + sentence.text.index(answer, means.end())
        span = Span(start, start + len(answer))
        for question in worded(document, _FRAMES, asked.asked, {"word": asked.asked}, is_named):
            yield Made(document, question, span, cited(sentence), "text", MAKER)
    for made in by_rule(document, MAKER, "name"):
        # A list in front of a word in marks may as well belong to something else.
        if (
            made.answer
            and "所谓" not in made.question
            and not made.answer_text.endswith(("：", ":"))
            and _is_behind(made)
        ):
            yield made


def _is_behind(made: Made) -> bool:
    """Whether the answer stands behind the word that is asked for."""
    word = _ASKED.sub("", made.question.rpartition("，")[2])
    place = made.cited_text.find(word)
    # “杜苏芮”即将登陆
    if made.answer_text.startswith("将"):
        return False
    # …等“四所一庭”: what stands in front of it
    if (
        made.answer
        and word in made.document.text[made.answer.end : made.answer.end + len(word) + 1]
    ):
        return False
    return place >= 0 and made.answer is not None and made.answer.start > made.cited.start + place
