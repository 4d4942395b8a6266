"""What the network reads for a question: the first passages found, and more where these leave doubt."""

from __future__ import annotations

from collections.abc import Sequence

from bot.question.analysis import Question
from bot.question.scope import NO_SCOPE, Scope
from bot.reader.by_rule import lines_about_document
from bot.reader.network import ReadingTask, SpanReader, SpanScores
from corpus import Passage
from index import Hit

WINDOWS_FIRST, WINDOWS_AT_MOST = 8, 12
"""Windows that the network reads for one answer, and all it reads where the first leave doubt."""

NO_DOUBT = 2.0
"""Log-odds of a span from which no more is read."""


def read_passages(
    network: SpanReader | None, question: Question, hits: Sequence[Hit], scope: Scope = NO_SCOPE
) -> list[SpanScores]:
    """The network's scores of spans in the first hits, one item a passage, placed in the documents.

    It reads WINDOWS_FIRST windows, and up to WINDOWS_AT_MOST where no span in these is sure.
    Empty if it does not read.
    """
    if network is None or not is_for_network(question, hits, scope):
        return []
    tasks = [reading_task(question, passage, scope) for passage, _ in hits]
    scores = network.read(tasks, WINDOWS_FIRST)
    if len(scores) < len(tasks) and not any(map(_is_sure, scores)):
        left = WINDOWS_AT_MOST - sum(len(one.windows) for one in scores)
        if left > 0:
            scores += network.read(tasks[len(scores) :], left)
    placed = zip(hits, scores, strict=False)
    return [in_passage.shifted(hit.passage.start) for hit, in_passage in placed]


def is_for_network(question: Question, hits: Sequence[Hit], scope: Scope = NO_SCOPE) -> bool:
    """Whether the network reads for a question.

    It leaves out questions about the article itself, which rules answer, and English ones: it was
    trained on Chinese questions alone.
    """
    if question.language == "en" or not hits:
        return False
    about = scope.question_for(hits[0].passage.document, question)
    return not lines_about_document(about, hits)


def reading_task(question: Question, passage: Passage, scope: Scope = NO_SCOPE) -> ReadingTask:
    """What the network reads of a passage: what is asked of its document, its context and its text."""
    asked = scope.question_for(passage.document, question)
    return ReadingTask(asked.whole, passage.context, passage.text)


def _is_sure(scores: SpanScores) -> bool:
    best = scores.best()
    return best is not None and best.odds >= NO_DOUBT
