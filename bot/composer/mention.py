"""Whether the documents mention something: where they do, at most a few places; else that they do not.

The regular expressions are in `bot/question/rules/mention.toml`.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

import bot.question
from bot.answer import Citation
from bot.composer.composition import Absence, Composition, Line
from bot.composer.sources import Material
from bot.composer.verdict_words import YES
from bot.i18n import Pair, pick
from bot.question.analysis import Question
from corpus import Passage
from corpus.language.text import Segmenter, fold, sentences

RULES_FILE = Path(bot.question.__file__).parent / "rules/mention.toml"

NOT_MENTIONED: Pair = ("没有提到{what}。", "{what} is not mentioned.")

PLACES_SHOWN = 4
"""Places that an answer cites."""

PASSAGES_SOUGHT = 50
"""Passages, those that share most with what is looked for, in which it is looked for."""

CERTAIN = 1.0
"""How sure an answer is that shows the words that were asked for."""

_RULES = tomllib.loads(RULES_FILE.read_text("utf-8"))
_CHINESE = re.compile("|".join(_RULES["chinese"]))
_ENGLISH = [re.compile(pattern) for pattern in _RULES["english"]]
_ASKS = re.compile(_RULES["asks"])
_QUOTES = "“”\"'《》「」 "


def look_for(material: Material) -> Composition | Absence | None:
    """Where the documents meant mention what is looked for; None where it is told in other words."""
    what = looked_for(material.question)
    if not what or _ASKS.search(what):
        return None
    understood = material.sources.understand(what)
    found = list(_mentions(understood, what, material, PLACES_SHOWN))
    if found:
        yes = pick(YES, material.question.language)
        lines = _lines(found)
        if not any(line.label for line in lines):
            return Composition("yes_no", lines, CERTAIN, yes)
        return Composition("yes_no", (Line("", (), yes.strip()), *lines), CERTAIN)
    if len(understood.terms) > 1 and material.question.language == "zh":
        return None
    return not_mentioned(material.question)


def not_mentioned(question: Question) -> Absence | None:
    """That what a question looks for is not mentioned; None where it names nothing."""
    what = looked_for(question)
    if not what or _ASKS.search(what):
        return None
    return Absence(pick(NOT_MENTIONED, question.language).format(what=what))


def mentioning(material: Material) -> tuple[Line, ...]:
    """A line for each place that mentions what is looked for, as far as it was searched."""
    what = looked_for(material.question)
    understood = material.sources.understand(what)
    return _lines(list(_mentions(understood, what, material, PASSAGES_SOUGHT))) if what else ()


def looked_for(question: Question) -> str:
    """What a question asks whether it is mentioned, folded; empty where it names nothing."""
    folded = fold(question.asked)
    patterns = _ENGLISH if question.language == "en" else [_CHINESE]
    for pattern in patterns:
        if found := pattern.search(folded):
            return found["what"].strip(_QUOTES)
    return ""


def _mentions(understood: Question, what: str, material: Material, most: int) -> Iterator[Passage]:
    """The sentences that mention it, at most `most`, each document's first before its second."""
    sources = material.sources
    snapshot = sources.snapshot
    meant = [document.doc_id for document in material.documents_meant]
    rows = snapshot.collection.passages_in(meant)
    hits = snapshot.lexical.search(understood.text, PASSAGES_SOUGHT, rows)
    wordings = _wordings(understood, what, snapshot.vocabulary.synonyms)
    seen: set[str] = set()
    later = []
    shown = 0
    for hit in hits:
        for sentence in _sentences(hit.passage):
            if not _mentions_all(sentence, wordings, snapshot.segmenter):
                continue
            if hit.passage.document.doc_id in seen:
                later.append(sentence)
                continue
            seen.add(hit.passage.document.doc_id)
            shown += 1
            yield sentence
            if shown == most:
                return
    yield from later[: most - shown]


def _sentences(passage: Passage) -> Iterator[Passage]:
    for start, end in sentences(passage.text):
        yield Passage(passage.document, passage.start + start, passage.start + end)


def _wordings(
    understood: Question, what: str, synonyms: Mapping[str, tuple[str, ...]]
) -> list[tuple[str, ...]]:
    """What a sentence must have: of each group one. A single Chinese name is looked for as written.

    In other words only by the lists of the corpus: a dictionary has 罚款 and 精细 for fine.
    """
    if understood.language == "en":
        return [(term, *understood.alike.get(term, ())) for term in understood.terms]
    if len(understood.terms) <= 1:
        return [(what, *synonyms.get(what, ()))]
    return [(term, *synonyms.get(term, ())) for term in understood.terms]


def _mentions_all(
    sentence: Passage, wordings: Sequence[tuple[str, ...]], segmenter: Segmenter
) -> bool:
    """Whether a sentence has a word of each group; only one that may is cut into words."""
    folded = fold(sentence.text)
    if not all(any(word in folded for word in group) for group in wordings):
        return False
    edges = _edges(folded, segmenter)
    return all(_is_worded(group, folded, edges) for group in wordings)


def _is_worded(group: Sequence[str], folded: str, edges: frozenset[int]) -> bool:
    return any(_stands_in(word, folded, edges) for word in group)


def _edges(folded: str, segmenter: Segmenter) -> frozenset[int]:
    """Where the words of a folded text begin or end, characters."""
    edges: set[int] = set()
    at = 0
    for word in segmenter.words(folded):
        start = folded.find(word, at)
        if start >= 0:
            at = start + len(word)
            edges.update((start, at))
    return frozenset(edges)


def _stands_in(word: str, folded: str, edges: frozenset[int]) -> bool:
    """Whether a word stands in a text, and not only across two others: 人大 in 工人大会."""
    return any(
        found.start() in edges or found.end() in edges
        for found in re.finditer(re.escape(word), folded)
    )


def _lines(found: Sequence[Passage]) -> tuple[Line, ...]:
    """A line for each place: with its title where there are several documents, else its section."""
    several = len({passage.document.doc_id for passage in found}) > 1
    lines = []
    for passage in found:
        label = passage.document.title if several else passage.heading
        citation = Citation(passage.document, passage.start, passage.end)
        lines.append(Line("" if len(found) == 1 else label, (citation,)))
    return tuple(lines)
