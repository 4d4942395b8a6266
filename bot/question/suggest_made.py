"""A generated question, and whether an answer to it is good enough for the question to be suggested."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import combinations

from bot.answer import Answer, Citation
from bot.question.analysis import language_of
from bot.question.metadata import LINES
from corpus import Passage
from corpus.language.text import fold

COMPOSED = frozenset({"summary", "chapter", "comparison", "series", "documents", "topic"})
"""Kinds of which several sentences are the answer, two at least."""

SEVERAL_OR_ONE = frozenset({"question", "list", "how"})
"""Kinds of which one sentence or several may be the answer; of all others it is one fact."""

CONFIDENT, CONFIDENT_OF_OWN = 0.5, 0.2
"""Least confidence of an answer whose question is suggested: it is as likely right as not. Of a question
that the document asks itself, of which the answer is known, it says less.
"""

LONGEST = 40
"""Characters of a question that is still read at a glance, twice as many in English."""

SHORTEST = 6
"""Characters without which a question says too little: 多少钱？"""

POINTS, SUMMED_UP = 2, 3
"""Sentences that a composed answer cites at least, and a summary: two are no summary."""

BEFORE_ANSWER = 6
"""Characters that may stand before the answer to a question that a document asks itself: 答：, 王主任："""

PAIRS = (("“", "”"), ("（", "）"), ("《", "》"), ("「", "」"), ("(", ")"))
"""Marks that come in pairs; a question that holds half of one was cut out of a name."""

# 这一体系…, 其核心…, 今年…, 本条例…: cannot be understood alone.
_VAGUE = re.compile(
    r"^[、的了和与及或,，]|^(?:《[^》]*》中，)?[一二三四五六七八九]是|(?<!自)[该此]|这(?!篇|一[章部])|其(?![他中实余])|其中|同年|今年|去年|我们|他们|她们|[他她它](?!人)"
    r"|本(?:条|办|规|细|法|市|省|区|县|章|款|文)|前款|上述|前述|下列|以下|第.{1,4}[条款项]|[|]|\s{2}"
    # 市、区（市）机构 of no city; 青岛市市
    r"|^[省市区县][、（(]|([省市区县])\1"
)


@dataclass(frozen=True, slots=True)
class GeneratedQuestion:
    """A generated question, and the span (characters) that a correct answer touches.

    Of the kinds "question", which a document asks itself, and "line", which is answered by a line
    around an article, and of those COMPOSED, the span is that in which the answer stands. `topic` is
    a folded word that all sentences of the answer, or their sections, are about; mostly empty.
    """

    question: str
    kind: str
    answer: Passage
    topic: str = ""

    @property
    def section(self) -> tuple[str, int]:
        """The document id and the start of the section that the answer stands in."""
        section = self.answer.document.section_at(self.answer.start)
        return self.answer.document.doc_id, section.start if section else 0

    @property
    def is_composed(self) -> bool:
        """Whether several sentences are the answer."""
        return self.kind in COMPOSED

    def answered_by(self, answer: Answer) -> bool:
        """Whether the short answer, or else a whole quote, holds more than half of the span.

        Of a question that the document asks itself, whether the beginning of its answer is cited,
        and nothing beyond it; of a line and of those composed, whether all that is cited stands
        within the span and is about the topic.
        """
        if self.kind in COMPOSED | {"question", "line"}:
            if not all(self._holds(one) and self._is_on_topic(one) for one in answer.citations):
                return False
            if self.kind == "question":
                begin = self.answer.start + BEFORE_ANSWER
                return any(one.start <= begin for one in answer.citations)
            return len(answer.citations) >= self._least_cited
        for citation in answer.citations:
            text = answer.short_answer or citation.quote
            is_same_document = citation.document.doc_id == self.answer.document.doc_id
            if text in citation.quote and is_same_document:
                start = citation.start + citation.quote.find(text)
                end = min(start + len(text), self.answer.end)
                shared = end - max(start, self.answer.start)
                return 2 * shared > self.answer.end - self.answer.start
        return False

    def is_worth_asking(self, answer: Answer) -> bool:
        """Whether `answer` is the right one, sure and tidy, and in the form asked for."""
        least = CONFIDENT_OF_OWN if self.kind == "question" else CONFIDENT
        if answer.outcome != "answered" or answer.confidence < least:
            return False
        is_fact = answer.form == "fact"
        if self.kind not in SEVERAL_OR_ONE and is_fact == self.is_composed:
            return False
        return self.answered_by(answer) and self._is_tidy(answer.citations)

    @property
    def _least_cited(self) -> int:
        if self.kind == "line":
            return 1
        return SUMMED_UP if self.kind == "summary" else POINTS

    def _is_tidy(self, citations: Sequence[Citation]) -> bool:
        """Whether no text is cited twice, no question as an answer, and no line around the article."""
        for one, other in combinations(citations, 2):
            is_same_document = one.document.doc_id == other.document.doc_id
            if is_same_document and one.start < other.end and other.start < one.end:
                return False
        if self.kind == "line":
            return True
        asks = any(one.quote.rstrip().endswith(("?", "？")) for one in citations)
        return not asks and all(one.section not in LINES for one in citations)

    def _is_on_topic(self, citation: Citation) -> bool:
        return self.topic in fold(f"{citation.section}\n{citation.quote}")

    def _holds(self, citation: Citation) -> bool:
        """Whether what is cited stands within the span."""
        is_same_document = citation.document.doc_id == self.answer.document.doc_id
        starts_within = self.answer.start <= citation.start < self.answer.end
        return is_same_document and starts_within


def reads_well(question: str) -> bool:
    """Whether a question is short, can be understood alone, and holds no half of a pair of marks."""
    longest = 2 * LONGEST if language_of(question) == "en" else LONGEST
    return SHORTEST <= len(question) <= longest and stands_alone(question)


def stands_alone(question: str) -> bool:
    """Whether a question can be understood alone, and holds no half of a pair of marks."""
    if _VAGUE.search(question):
        return False
    return all(question.count(left) == question.count(right) for left, right in PAIRS)
