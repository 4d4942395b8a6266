"""The short answer to an English question, read through the Chinese terms that it is searched by.

The network was trained on Chinese questions. Of 38 English questions that have short answers and are
answered, it finds .158 exactly and F1 is .368, rules alone .105 and .264.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from bot.question.analysis import Kind, Question
from bot.reader.by_rule import Reading
from bot.reader.network import ReadingTask, SpanReader
from bot.reader.short_answer_choice import short_answer_of
from corpus import Passage
from corpus.language.text import Segmenter
from index import Hit

INTERROGATIVES: Mapping[Kind, str] = {
    "number": "多少",
    "date": "什么时候",
    "person": "谁",
    "place": "哪里",
    "list": "哪些",
    "why": "为什么",
    "how": "怎么",
    "what": "什么",
    "bare": "什么",
}
"""What each kind of question asks with; one that asks whether something is so has no short answer."""


def with_short_answer(
    reading: Reading,
    question: Question,
    hits: Sequence[Hit],
    network: SpanReader | None,
    segmenter: Segmenter,
) -> Reading:
    """A reading with the short answer to an English question where the network finds one.

    It reads the passage of the first citation, which is one window or two.
    """
    is_read = network is not None and question.language == "en" and reading.citations
    asks = INTERROGATIVES.get(question.kind)
    if not is_read or network is None or asks is None or question.text == question.whole:
        return reading
    citation = reading.citations[0]
    cited = Passage(citation.document, citation.start, citation.end)
    terms = question.text.removeprefix(question.whole).strip()
    asked = replace(question, whole=f"{terms} {asks}")
    for passage, _ in hits:
        if passage.document is cited.document and passage.start <= cited.start < passage.end:
            (scores,) = network.read([ReadingTask(asked.whole, passage.context, passage.text)])
            placed = scores.shifted(passage.start)
            short = short_answer_of(asked, cited, placed, reading.confidence, segmenter)
            if short is not None:
                text = cited.text[slice(*short.span)]
                return replace(reading, short_answer=text, signs=short.signs)
    return reading
