"""Questions to ask next: made by rule from sentences of the corpus, kept only where the answer comes out right."""

from __future__ import annotations

import re
import tomllib
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache, cached_property
from pathlib import Path
from typing import Any

from bot.answer import Answer
from bot.question.metadata import LINES
from corpus import Document, Passage
from corpus.language.text import fold, is_english, sentences

RULES_FILE = Path(__file__).parent / "rules/suggest.toml"

TRIED_AT_MOST = 40
"""Questions asked at start to see which come out right: about a second."""

READ_AT_MOST = 200
"""Documents that questions are made from; of more, every so many-th."""

LONGEST = 40
"""Characters of a question that is still read at a glance."""

OPENING = 6
FOLLOWING = 3

_HEADING = re.compile(
    r"(?:.*,)?(?P<do>(?:形成|构建|推动|加强|提升|实现|打造|推进|完善|优化|健全)[^,。:]{3,16})$"
)
_VAGUE = re.compile(r"^[、的了和与]|[这该此]|其(?!他|中)|同年|今年|去年|我们")
_PRINTED = str.maketrans(",;:()?!", "，；：（）？！")


@dataclass(frozen=True, slots=True)
class Made:
    """A question, and the span (characters) that a right answer touches."""

    question: str
    kind: str
    answer: Passage

    @property
    def section(self) -> tuple[str, int]:
        """The document and the section it is about."""
        section = self.answer.document.section_at(self.answer.start)
        return self.answer.document.doc_id, section.start if section else 0

    def answered_by(self, given: Answer) -> bool:
        """Whether the short answer, or a whole quote where there is none, holds more than half of the span."""
        for c in given.citations:
            said = given.short_answer or c.quote
            at = c.start + c.quote.find(said)
            if said in c.quote and c.document.doc_id == self.answer.document.doc_id:
                shared = min(at + len(said), self.answer.end) - max(at, self.answer.start)
                return 2 * shared > self.answer.end - self.answer.start
        return False


class Suggestions:
    """What a visitor may ask at first, and after an answer. `ask` is tried out here with every question made."""

    def __init__(self, ask: Callable[[str], Answer], documents: Sequence[Document]) -> None:
        self._ask = ask
        tried = _varied(make(documents), TRIED_AT_MOST)
        self._known = [made for made in tried if made.answered_by(ask(made.question))]
        self.opening = [made.question for made in _varied(self._known, OPENING)]

    @cached_property
    def _english(self) -> list[str]:
        return [asked for asked in _table()["english"] if self._ask(asked).citations]

    def after(self, given: Answer) -> tuple[str, ...]:
        """At most three questions about what stands near the answer, or near the best hit where there is none.

        After an English question they are English, and about the article itself.
        """
        if is_english(given.question):
            return tuple(asked for asked in self._english if asked != given.question)[:FOLLOWING]
        if given.outcome == "about" or not given.hits:
            return tuple(self.opening[:FOLLOWING])
        near = given.citations[0] if given.citations else given.hits[0].passage
        rest = [
            made
            for made in self._known
            if made.answer.document.doc_id == near.document.doc_id
            and made.question != given.question
            and not made.answered_by(given)
        ]
        rest.sort(key=lambda made: abs(made.answer.start - near.start))
        return tuple(made.question for made in rest[:FOLLOWING])


def make(documents: Sequence[Document]) -> list[Made]:
    """Every question the rules make of `documents`, in the order of the text, untried."""
    step = -(-len(documents) // READ_AT_MOST) or 1
    found = [made for document in documents[::step] for made in _of_document(document)]
    return list({made.question: made for made in found if _reads_well(made.question)}.values())


def _of_document(document: Document) -> Iterator[Made]:
    for section in document.sections:
        if section.heading in LINES:
            continue
        heading = _HEADING.match(fold(section.heading))
        if heading:
            do = section.heading[slice(*heading.span("do"))]
            yield Made(
                f"如何{do}？",
                "how",
                Passage(document, section.start, section.start + len(section.heading)),
            )
        for start, end in sentences(document.text[section.start : section.end]):
            yield from _of_sentence(Passage(document, section.start + start, section.start + end))


def _of_sentence(sentence: Passage) -> Iterator[Made]:
    folded = fold(sentence.text)
    for kind, when, ask in _rules():
        match = when.search(folded)
        if match:
            said = {name: sentence.text[slice(*match.span(name))] for name in when.groupindex}
            start, end = match.span("a")
            answer = Passage(sentence.document, sentence.start + start, sentence.start + end)
            yield Made(ask.format_map(said).translate(_PRINTED), kind, answer)


@cache
def _table() -> dict[str, Any]:
    return tomllib.loads(RULES_FILE.read_text(encoding="utf-8"))


@cache
def _rules() -> list[tuple[str, re.Pattern[str], str]]:
    table = _table()
    rules = []
    for rule in table["rule"]:
        when = re.sub("<([A-Z]+)>", lambda part: table["parts"][part[1]], rule["when"])
        rules.append((rule["kind"], re.compile(when), rule["ask"]))
    return rules


def _reads_well(question: str) -> bool:
    pairs = all(
        question.count(left) == question.count(right) for left, right in ("“”", "（）", "《》")
    )
    return pairs and len(question) <= LONGEST and not _VAGUE.search(question)


def _varied(found: list[Made], most: int) -> list[Made]:
    """At most `most` of `found`, in its order: the shortest of the kinds and sections that are taken least so far."""
    rest = list(found)
    chosen: list[Made] = []
    seen: Counter[object] = Counter()
    while rest and len(chosen) < most:
        best = min(
            rest, key=lambda made: (seen[made.kind] + seen[made.section], len(made.question))
        )
        rest.remove(best)
        chosen.append(best)
        seen.update([best.kind, best.section])
    return [made for made in found if made in chosen]
