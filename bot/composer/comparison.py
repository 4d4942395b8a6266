"""What two or more things have to do with each other: of each side what is said of the same aspects.

The sides are places in one document, terms, rows of a table, or documents. Each is searched for by
itself, and of its sentences those are chosen that answer best and are nearest in meaning to those
of the other sides: 退还百分之五十 beside 退还热费的20%.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from bot.answer import Citation
from bot.composer.composition import Composition, Line
from bot.composer.sources import Material, Sources
from bot.composer.standing import standing
from bot.question.comparing import Comparison, comparison
from bot.question.analysis import Question
from bot.question.scope import Scope
from bot.reader.candidates import covered, place_names
from bot.reader.extractive import Candidate
from bot.reader.lists import listed
from corpus import Document, Passage
from corpus.language.text import fold
from index import Vectors

PASSAGES = 20
"""Passages of a side whose sentences may be cited."""

LOOKED_BACK = 12
"""Sentences before one, in its section, that may say what it is about."""

MENTIONED = 0.5
"""Share of the words of a side from which a text mentions it."""

SURE_NEAR = 2.5
"""How far the score of a sentence may lie behind the best of its side for it to be cited beside it."""

SHARED = 3.0
"""What is taken off a sentence that is about several sides: it tells them apart less."""

LIKENESS = 30.0
"""What the cosine of two sentences counts, in units of the scores of the ranking."""

DIFFERING = 10.0
"""What counts that a side's question is nearer to a sentence than those of the other sides, where no
sentence names a side."""

ROUNDS = {2: 3, 3: 2}
"""Sentences of each side, at most, by the number of sides; else one."""

SIDES_AT_MOST = 6

NOT_SAID = {"zh": "文中没有提到", "en": "the documents do not say"}


@dataclass(frozen=True, slots=True)
class Side:
    """One of the things compared.

    `words` tell it from the others, with their weights. `documents` are the ids of those searched;
    with `owns` they are about it alone.
    """

    name: str
    words: Mapping[str, float]
    documents: tuple[str, ...]
    owns: bool = False

    def is_named_in(self, folded: str) -> bool:
        """Whether a folded text mentions it."""
        whole = sum(self.words.values())
        found = sum(weight * covered(word, folded) for word, weight in self.words.items())
        return found >= MENTIONED * whole


class Statement(NamedTuple):
    """What may be cited for a side: the sentence of `row`, or the list that it leads to.

    `score` says how well it answers.
    """

    span: Passage
    row: int
    score: float


def compare(material: Material) -> Composition | None:
    """A line for each side; None where the question names no two sides, or nothing is said of them."""
    sources = material.sources
    whole = _asked(material)
    asked = comparison(whole, sources.snapshot.segmenter)
    if asked is None or len(asked.sides) > SIDES_AT_MOST:
        return None
    sides = _sides(whole, asked, material)
    if len(sides) < 2:
        return None
    found = [_statements(side, sides, asked, sources) for side in sides]
    if sum(map(bool, found)) < 1:
        return None
    chosen = _side_by_side(found, sources)
    return _composition(material, sides, chosen)


def _asked(material: Material) -> str:
    """The question without the title of the only document that it names."""
    sure = [aim for aim in material.scope.aims if aim.fit >= 1]
    return sure[0].question.whole if len(sure) == 1 else material.question.whole


def _sides(whole: str, asked: Comparison, material: Material) -> list[Side]:
    """The sides with what is searched for each."""
    sources = material.sources
    held = material.documents_meant
    owned = [_own_documents(name, held, sources) for name in asked.sides]
    common = frozenset.intersection(*map(frozenset, owned)) if owned else frozenset()
    terms = [dict(sources.understand(name).terms) for name in asked.sides]
    folded = fold(whole)
    sides = []
    for number, name in enumerate(asked.sides):
        others = [set(other) for at, other in enumerate(terms) if at != number]
        words = {word: weight for word, weight in terms[number].items() if not any(word in o for o in others)}
        own = [doc_id for doc_id in owned[number] if doc_id not in common]
        rest = [d.doc_id for d in held if not any(d.doc_id in ids for ids in owned) or d.doc_id in common]
        start = folded.find(name)
        written = whole[start : start + len(name)] if start >= 0 else name
        sides.append(Side(written, words or {name: 1.0}, tuple(own or rest), bool(own)))
    return sides


def _own_documents(name: str, held: Sequence[Document], sources: Sources) -> list[str]:
    """The documents whose title is the name of a side or has its place."""
    titled, of_place = [], []
    places = place_names(sources.snapshot.segmenter.words(name, guess=False))
    for document in held:
        title = fold(document.title).strip("《》")
        if name in title or (len(title) > 3 and title in name):
            titled.append(document.doc_id)
        elif any(place in title for place in places):
            of_place.append(document.doc_id)
    return titled or of_place


def _statements(
    side: Side, sides: Sequence[Side], asked: Comparison, sources: Sources
) -> list[Statement]:
    """What is said of a side, the best first."""
    text = asked.aspects if side.owns and asked.aspects else f"{side.name} {asked.aspects}".strip()
    question = sources.understand(text)
    if not side.documents:
        return []
    hits = sources.search(question, PASSAGES, Scope(doc_ids=side.documents))
    candidates = sources.reader.candidates_for(hits)
    if not candidates:
        return []
    scores = sources.reader.weigh(question, candidates).scores
    about = [_sides_of(candidate, sides, sources) for candidate in candidates]
    number = sides.index(side)
    if side.owns:
        kept = [row for row in range(len(candidates))]
    elif any(number in those for those in about):
        kept = [row for row, those in enumerate(about) if number in those]
    else:
        kept = list(range(len(candidates)))
        scores = scores + DIFFERING * _nearer(candidates, number, sides, asked, sources)
    found = []
    for row in kept:
        score = float(scores[row]) - SHARED * (len(about[row]) > 1)
        found.append(Statement(candidates[row].sentence.span, candidates[row].row, score))
    found.sort(key=lambda one: -one.score)
    return _standing(_with_lists(question, found), sources)


def _with_lists(question: Question, found: Sequence[Statement]) -> list[Statement]:
    """Statements, lead lines with the lists they lead to, without the items of those.

    A lead line whose list is too long to be cited says nothing: its items speak for themselves.
    """
    whole: list[Passage] = []
    kept = []
    for one in found:
        if one.span.text.rstrip().endswith(("：", ":")):
            items = _whole_list(question, one.span)
            if not items:
                continue
            one = one._replace(span=items)
            whole.append(items)
        kept.append(one)
    return [one for one in kept if not any(_is_inside(one.span, other) for other in whole)]


def _standing(found: Sequence[Statement], sources: Sources) -> list[Statement]:
    """Statements that can be cited with what they lean on; all where none can."""
    every = sources.snapshot.collection.sentences
    kept = [one for one in found if standing(one.span, every[one.row - 1]) is not None]
    return kept or list(found)


def _whole_list(question: Question, lead: Passage) -> Passage | None:
    """A lead line with its items, where these are short enough to be one citation."""
    passages = listed(question, lead)
    return passages[0] if len(passages) == 1 else None


def _is_inside(span: Passage, other: Passage) -> bool:
    is_part = other.start <= span.start and span.end <= other.end
    return span.document is other.document and is_part and span != other


def _nearer(
    candidates: Sequence[Candidate],
    number: int,
    sides: Sequence[Side],
    asked: Comparison,
    sources: Sources,
) -> Vectors:
    """(n,) by how much candidates are nearer to the question of a side than to those of the others."""
    dense = sources.snapshot.dense
    if dense is None:
        return np.zeros(len(candidates), np.float32)
    rows = [candidate.row for candidate in candidates]
    cosines = [
        dense.sentence_scores(sources.understand(f"{side.name} {asked.aspects}".strip()).text, rows)
        for side in sides
    ]
    others = np.max([cosines[at] for at in range(len(sides)) if at != number], axis=0)
    nearer: Vectors = 10 * (cosines[number] - others)
    return nearer


def _sides_of(candidate: Candidate, sides: Sequence[Side], sources: Sources) -> frozenset[int]:
    """The numbers of the sides that a sentence is about: those named in it, or nearest before it."""
    sentence = candidate.sentence
    named = _named(sentence.folded, sides)
    if named:
        return named
    leads = [sentence.span.document.text[start:end] for start, end in sentence.span.leads]
    named = _named(fold(" ".join(leads)), sides)
    if named:
        return named
    every = sources.snapshot.collection.sentences
    section = sentence.span.document.section_at(sentence.span.start)
    for row in range(candidate.row - 1, max(-1, candidate.row - 1 - LOOKED_BACK), -1):
        before = every[row]
        if before.document is not sentence.span.document or (
            section is not None and before.start < section.start
        ):
            break
        named = _named(fold(before.text), sides)
        if named:
            return named
    return _named(fold(sentence.span.context), sides)


def _named(folded: str, sides: Sequence[Side]) -> frozenset[int]:
    return frozenset(number for number, side in enumerate(sides) if side.is_named_in(folded))


def _side_by_side(
    found: Sequence[Sequence[Statement]], sources: Sources
) -> list[list[Statement]]:
    """Of each side the statements that answer best and are nearest in meaning to those of the others."""
    chosen: list[list[Statement]] = [[] for _ in found]
    taken: set[int] = set()
    for _ in range(ROUNDS.get(len(found), 1)):
        left = [
            [one for one in of_side if one.row not in taken and one.score >= of_side[0].score - SURE_NEAR]
            for of_side in found
        ]
        filled = [number for number, of_side in enumerate(left) if of_side]
        if not filled:
            break
        anchor = max(filled, key=lambda number: left[number][0].score - found[number][0].score)
        first = left[anchor][0]
        for number in [anchor, *(n for n in filled if n != anchor)]:
            picked = first if number == anchor else _nearest(left[number], first, sources)
            if picked.row not in taken:
                taken.add(picked.row)
                chosen[number].append(picked)
    return chosen


def _nearest(statements: Sequence[Statement], other: Statement, sources: Sources) -> Statement:
    """The statement that answers well and is near in meaning to that of another side."""
    dense = sources.snapshot.dense
    if dense is None:
        return statements[0]
    vectors = dense.sentence_vectors([one.row for one in [*statements, other]])
    totals = [one.score for one in statements] + LIKENESS * (vectors[:-1] @ vectors[-1])
    return statements[int(np.argmax(totals))]


def _composition(
    material: Material, sides: Sequence[Side], chosen: Sequence[Sequence[Statement]]
) -> Composition | None:
    lines = []
    for side, of_side in zip(sides, chosen, strict=True):
        citations = _cited(of_side, material.sources)
        said = "" if citations else NOT_SAID[material.question.language]
        lines.append(Line(side.name, citations, said))
    if not any(line.citations for line in lines):
        return None
    return Composition("comparison", tuple(lines), material.confidence)


def _cited(statements: Sequence[Statement], sources: Sources) -> tuple[Citation, ...]:
    """The citations of statements in the order of the text, none of them leaning on what is left out."""
    every = sources.snapshot.collection.sentences
    found: list[Citation] = []
    for one in sorted(statements, key=lambda one: (one.span.document.doc_id, one.row)):
        before = every[one.row - 1] if one.row else None
        is_told = bool(found) and before is not None and found[-1].end == before.end
        citation = Citation(one.span.document, one.span.start, one.span.end)
        if not is_told:
            citation = standing(one.span, before) or citation
        found.append(citation)
    return tuple(found)
