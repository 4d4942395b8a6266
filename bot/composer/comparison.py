"""What is said of two or more things side by side: of each the sentences on the same aspects.

Each side is searched for by itself. Of its sentences those are chosen that answer best and are
nearest in meaning to those of the other sides: 退还百分之五十 beside 退还热费的20%.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np

from bot.composer.composition import Composition
from bot.composer.sides import Compared, Side, compared
from bot.composer.sources import Material, Sources
from bot.composer.standing import standing
from bot.composer.statements import Statement, is_inside, lines_of
from bot.question.analysis import Question
from bot.question.scope import Scope
from bot.reader.extractive import Candidate
from bot.reader.features import FEATURES
from bot.reader.lists import listed
from bot.reader.spans import dates
from corpus import Passage
from corpus.language.quantities import lacks_any, quantities
from corpus.language.text import fold
from index import Hit

PASSAGES = 20
"""Passages of a side whose sentences may be cited."""

LOOKED_BACK = 12
"""Sentences before one, in its section, that may say what it is about."""

ROUNDS = {2: 3, 3: 2}
"""Sentences of each side, at most, by the number of sides; else one. On the twelve questions for
fitting three of each of two sides found 82 % of the points, and 68 % of what they cite was one; two
found 76 % and 72 %, one 52 % and 62 %.
"""

NEAR = 2.0
"""How far the score of a sentence, by the ranking without a network, may lie behind the best of its
side for it to be cited beside it: at 1 fewer points are found, at 3 no more, less exactly.
"""

LIKENESS = 30.0
"""What the cosine of two sentences counts in units of such scores: at 0 and 15 fewer questions are
answered whole, four of twelve for five.
"""

SURE, SAID, SHARE = 5.8, 5.0, 0.15
"""The score of the best sentence from which a comparison is given at all, that from which a side is
spoken of, and the least share of the words of the question, by rarity. On the twelve questions for
fitting the best had 6.2 or more, on eight on what the documents do not say 5.7 or less; with sides
spoken of from 4 instead of 5, 69 % for 72 % of what was cited were points.
"""

PAIRS, LIKE = 4, 0.94
"""Pairs of sentences of two whole documents that are compared, at most, and the cosine from which they
speak of one thing.
"""

_CONTEXT = FEATURES.index("context")


def compare(material: Material) -> Composition | None:
    """A line for each side; None where the question names no two sides, or nothing is said of them."""
    asked = compared(material)
    if asked is None:
        return None
    sources = material.sources
    chosen = found = _alike(asked.sides, sources) if asked.is_whole else []
    if not any(chosen):
        if asked.is_whole and not asked.aspects:
            return None
        found = [_statements(number, asked, sources) for number in range(len(asked.sides))]
        if not _is_comparison(asked, found):
            return None
        chosen = _side_by_side(found, sources)
    lines = lines_of(asked, chosen, material)
    if not any(line.label and line.citations for line in lines):
        return None
    return Composition("comparison", lines, material.confidence)


def _is_comparison(asked: Compared, found: Sequence[Sequence[Statement]]) -> bool:
    """Whether one side surely is spoken of, and every other that has no name which is found nowhere."""
    best = max((of_side[0].score for of_side in found if of_side), default=0.0)
    sides = zip(asked.sides, found, strict=True)
    return best >= SURE and all(of_side or side.is_proper for side, of_side in sides)


def _statements(number: int, asked: Compared, sources: Sources) -> list[Statement]:
    """What is said of a side, the best first."""
    side = asked.sides[number]
    question = _question(side, asked, sources)
    within = Scope(doc_ids=tuple(document.doc_id for document in side.documents))
    candidates = sources.reader.candidates_for(sources.search(question, PASSAGES, within))
    if not candidates:
        return []
    evidence = sources.reader.weigh(question, candidates)
    about = [_sides_of(candidate, asked.sides, sources) for candidate in candidates]
    kept = list(range(len(candidates)))
    least = SAID
    if not side.owns:
        named = [row for row in kept if number in about[row]]
        if not named:
            # In other words: only the question tells the sides apart.
            least = SURE
            named = [row for row in kept if not about[row] and not side.is_proper]
        kept = named
    found = []
    for row in kept:
        score, share = float(evidence.scores[row]), float(evidence.features[row, _CONTEXT])
        span = candidates[row].sentence.span
        if score >= least and share >= SHARE and not span.text.rstrip().endswith(("？", "?")):
            found.append(Statement(span, candidates[row].row, score, about[row]))
    found.sort(key=lambda one: -one.score)
    return _standing(_with_lists(question, found), sources)


def _question(side: Side, asked: Compared, sources: Sources) -> Question:
    """What is asked of a side; its name is not searched for in documents that are about it alone."""
    name = "" if side.owns else side.name
    return sources.understand(f"{name} {asked.aspects}".strip() or side.name)


def _sides_of(candidate: Candidate, sides: Sequence[Side], sources: Sources) -> frozenset[int]:
    """The numbers of the sides that a sentence is about: named in it, or else nearest before it."""
    for text in _texts_before(candidate, sources):
        folded = fold(text)
        named = [number for number, side in enumerate(sides) if side.is_named_in(folded)]
        if named:
            return frozenset(named)
    return frozenset()


def _texts_before(candidate: Candidate, sources: Sources) -> Iterator[str]:
    """A sentence, what it is not understood without, those before it in its section, and the headings."""
    span = candidate.sentence.span
    document = span.document
    yield span.text
    yield " ".join(document.text[start:end] for start, end in span.leads)
    units = document.units_in(span.start, span.end)
    if units and units[0].kind == "row":
        return
    section = document.section_at(span.start)
    begin = section.start if section else 0
    every = sources.snapshot.collection.sentences
    for row in range(candidate.row - 1, max(-1, candidate.row - 1 - LOOKED_BACK), -1):
        if every[row].document is not document or every[row].start < begin:
            break
        yield every[row].text
    yield span.heading
    yield document.title


def _with_lists(question: Question, found: Sequence[Statement]) -> list[Statement]:
    """Statements, lead lines with the lists they lead to, without the items of those.

    A lead line whose list is too long to be cited says nothing: its items speak for themselves.
    """
    whole: list[Passage] = []
    kept = []
    for one in found:
        if one.span.text.rstrip().endswith(("：", ":")):
            passages = listed(question, one.span)
            if len(passages) != 1:
                continue
            one = one._replace(span=passages[0])
            whole.append(one.span)
        kept.append(one)
    return [one for one in kept if not any(is_inside(one.span, other) for other in whole)]


def _standing(found: Sequence[Statement], sources: Sources) -> list[Statement]:
    """Statements that can be cited with what they lean on; all where none can."""
    collection = sources.snapshot.collection
    kept = [one for one in found if standing(one.span, collection.before(one.row)) is not None]
    return kept or list(found)


def _side_by_side(found: Sequence[Sequence[Statement]], sources: Sources) -> list[list[Statement]]:
    """Of each side the statements that answer best and are nearest to those of the others.

    In each round the best that is left leads, and the other sides follow with what is near it.
    """
    chosen: list[list[Statement]] = [[] for _ in found]
    taken: set[int] = set()
    for _ in range(ROUNDS.get(len(found), 1)):
        left = [_left(of_side, taken) for of_side in found]
        filled = [number for number, of_side in enumerate(left) if of_side]
        if not filled:
            break
        filled.sort(key=lambda number: found[number][0].score - left[number][0].score)
        leading = left[filled[0]][0]
        for number in filled:
            of_side = [one for one in left[number] if one.row not in taken]
            is_told = len(leading.about) > 1 and number in leading.about and leading.row in taken
            if of_side and not is_told:
                picked = leading if leading in of_side else _nearest(of_side, leading, sources)
                taken.add(picked.row)
                chosen[number].append(picked)
    return chosen


def _left(of_side: Sequence[Statement], taken: set[int]) -> list[Statement]:
    """The statements of a side that answer nearly as well as its best and are not taken."""
    return [one for one in of_side if one.row not in taken and one.score >= of_side[0].score - NEAR]


def _nearest(statements: Sequence[Statement], other: Statement, sources: Sources) -> Statement:
    """The statement that answers well and is near in meaning to that of another side."""
    dense = sources.snapshot.dense
    if dense is None:
        return statements[0]
    vectors = dense.sentence_vectors([one.row for one in [*statements, other]])
    scores = np.array([one.score for one in statements])
    return statements[int(np.argmax(scores + LIKENESS * (vectors[:-1] @ vectors[-1])))]


def _alike(sides: Sequence[Side], sources: Sources) -> list[list[Statement]]:
    """Of the documents of two sides the sentences nearest in meaning that state other numbers."""
    dense = sources.snapshot.dense
    if dense is None or len(sides) > 2:
        return []
    one, other = (_every_statement(side, sources) for side in sides)
    if not one or not other:
        return []
    vectors = dense.sentence_vectors([statement.row for statement in one])
    others = dense.sentence_vectors([statement.row for statement in other])
    cosines = vectors @ others.T
    chosen: list[list[Statement]] = [[], []]
    for at in np.argsort(-cosines, axis=None, kind="stable"):
        row, column = divmod(int(at), cosines.shape[1])
        if len(chosen[0]) == PAIRS or cosines[row, column] < LIKE:
            break
        pair = one[row], other[column]
        is_new = pair[0] not in chosen[0] and pair[1] not in chosen[1]
        if is_new and _differ(pair[0].span.text, pair[1].span.text):
            chosen[0].append(pair[0])
            chosen[1].append(pair[1])
    return chosen


def _differ(one: str, other: str) -> bool:
    """Whether two texts state numbers, and not the same ones."""
    held, others = quantities(fold(one)), quantities(fold(other))
    return bool(held and others) and (lacks_any(held, others) or lacks_any(others, held))


def _every_statement(side: Side, sources: Sources) -> list[Statement]:
    """The sentences of the documents of a side that stand by themselves, without those with a date."""
    collection = sources.snapshot.collection
    rows = collection.passages_in(document.doc_id for document in side.documents)
    hits = [Hit(collection.passages[row], 1.0) for row in rows]
    found = []
    for candidate in sources.reader.candidates_for(hits):
        span = candidate.sentence.span
        if standing(span, None) is not None and not dates(candidate.sentence.folded):
            found.append(Statement(span, candidate.row, 0.0))
    return found
