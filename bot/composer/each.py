"""Each of several things in a line of its own: those that a question names, or places."""

from __future__ import annotations

from collections.abc import Mapping, Sequence, Set
from dataclasses import dataclass, replace

import numpy as np

from bot.answer import Citation
from bot.composer.composition import CITED_AT_MOST, Composition, Line
from bot.composer.gathering import is_covered
from bot.composer.labels import MENTIONED, forms_of, naming, spoken_of, told_of
from bot.composer.lists import whole_list
from bot.composer.places import each_place
from bot.composer.rows import column_names, row_citation
from bot.composer.sources import Material
from bot.composer.standing import standing
from bot.i18n import Pair, pick
from bot.question.analysis import Question
from bot.question.scope import Scope
from bot.question.summaries import leans
from bot.question.things import asks_number, asks_places, only_about, things_named
from bot.reader.by_rule import read_by_rule
from bot.reader.candidates import Sentence, coverage
from bot.reader.extractive import Candidate
from bot.reader.tables import Table, is_about, labels_of, tables_of
from corpus import Passage, Unit
from corpus.language.text import fold, is_place
from index import Hit, Vectors

NOT_SAID: Pair = ("文中没有提到", "not mentioned")

FOUND = 8
"""Passages that are read of those found for the question and for each thing."""

NAMED = 2.0
"""What a sentence gains (log-odds) that has the name of the thing, by the share of its words."""

OWN = 0.5
"""What it gains for each by which it answers better about this thing than about the others."""

IN_DOCUMENT, IN_PLACE = 1.0, 3.0
"""What it gains in the document, and in the list, table or paragraph, that answers best about all. On
the 26 questions for fitting whose things stand in no table these four cite .86 of the points with a
precision of .82; without what the place gains .77 and .67.
"""

BEHIND, FAR = 8.0, 16.0
"""A sentence this much below the best of all that has nothing, or has something, of the name says nothing
about a thing.
"""

ELSEWHERE = 20.0
"""What a sentence loses in a document whose title has another of the things: 青岛 in 潍坊市供热条例."""

FURTHER, IN_PARAGRAPH = 1.0, 1.0
"""Another sentence may be this much below the best about its thing, and as much more in its paragraph:
.86 of the points with .82 precision; without others .76 and .84, with twice that .88 and .70.
"""

FURTHER_AT_MOST = 3
"""Sentences about one thing."""

TOLD = 5.6
"""The mean of what the best sentences score with what their names add from which they tell. Of 29
questions for fitting 28 have it of their own documents, and 17 of 174 of documents about other things.
"""


@dataclass(frozen=True, slots=True)
class Weighed:
    """The sentences that may be cited, and what they say about n things.

    `scores` (n, candidates) says how well each answers about each thing, `named` (n, candidates)
    how much of its name each has, 0 to 1, `worth` (n, candidates) how likely it is to be cited.
    """

    candidates: Sequence[Candidate]
    scores: Vectors
    named: Vectors
    worth: Vectors


def one_for_each(material: Material) -> Composition | None:
    """A line for each thing asked about; None where the question names none and the text lists none."""
    if not material.candidates:
        return None
    if read_by_rule(material.question, material.hits, material.scope) is not None:
        return None
    names = things_named(_without_title(material))
    found = _of_names(material, names) if len(names) > 1 else None
    if found is None and asks_places(material.question):
        found = each_place(material)
    return found or whole_list(material)


def _without_title(material: Material) -> Question:
    """The question without the title of the only document that it names in full: 《三间食堂，一间关了门》."""
    aims, question = material.scope.aims, material.question
    named = [aim for aim in aims if aim.fit >= 1]
    is_alone = material.scope.by == "title" and question.asked == question.whole
    if len(named) == 1 and is_alone and fold(named[0].document.name) in fold(question.asked):
        return replace(question, asked=named[0].question.whole)
    return question


def _of_names(material: Material, names: Sequence[str]) -> Composition | None:
    """A line for each name: the rows of one table where it has them, else the best sentences."""
    rows = _named_rows(material, names)
    if rows is not None:
        table, found = rows
        composition = _composed(material, names, found)
        return replace(composition, lines=(*column_names(table), *composition.lines))
    best = material.candidates[int(np.argmax(material.evidence.scores))].sentence.folded
    if asks_number(material.question) and all(
        any(form in best for form in forms_of(name)) for name in names
    ):
        return None
    weighed = _weigh(material, names)
    # By words alone a sentence is as good as the one before it.
    by_meaning = material.sources.snapshot.dense is not None
    chosen = _assigned(weighed, FURTHER_AT_MOST if by_meaning else 1)
    if len({number for numbers in chosen for number in numbers}) < 2:
        return None
    if not is_covered(material) and not _is_told(weighed, chosen):
        return None
    return _spoken_of(material, names, [_cited(material, weighed, numbers) for numbers in chosen])


def _composed(
    material: Material, names: Sequence[str], found: Sequence[Sequence[Citation]]
) -> Composition:
    not_said = pick(NOT_SAID, material.question.language)
    lines = []
    for name, citations in zip(names, found, strict=True):
        lines.append(Line(_label(name, material), tuple(citations), "" if citations else not_said))
    return Composition("list", tuple(lines), material.confidence)


def _spoken_of(
    material: Material, names: Sequence[str], found: Sequence[Sequence[Citation]]
) -> Composition | None:
    """The same with only those sentences behind a name that speak of it, the others behind them.

    None where none so much as mentions one: 第二年 says nothing of what is free for guide dogs.
    """
    understood = [material.sources.understand(name) for name in names]
    things = [naming(name, one) for name, one in zip(names, understood, strict=True)]
    own: list[list[Citation]] = []
    rest: list[Citation] = []
    for number, citations in enumerate(found):
        spoken = told_of(number, citations, things)
        own.append(spoken)
        rest += [] if spoken else citations
    if not any(own):
        near = [naming(name, one, MENTIONED) for name, one in zip(names, understood, strict=True)]
        if not any(spoken_of(one, near) for one in rest):
            return None
    composition = _composed(material, names, own)
    lines = [
        line
        for line, citations in zip(composition.lines, found, strict=True)
        if line.citations or not citations
    ]
    told = {one for citations in own for one in citations}
    left = tuple(one for one in dict.fromkeys(rest) if one not in told)
    return replace(composition, lines=(*lines, Line("", left)) if left else tuple(lines))


def _label(name: str, material: Material) -> str:
    """A name as the question writes it; it was folded."""
    asked = material.question.asked
    at = fold(asked).find(name)
    return asked[at : at + len(name)] if at >= 0 and len(fold(asked)) == len(asked) else name


def _is_told(weighed: Weighed, chosen: Sequence[Sequence[int]]) -> bool:
    """Whether the sentences of the things answer, on the mean, and have the names."""
    tell = weighed.scores + NAMED * weighed.named
    firsts = [float(tell[thing, numbers[0]]) for thing, numbers in enumerate(chosen) if numbers]
    return sum(firsts) >= TOLD * len(firsts)


def _weigh(material: Material, names: Sequence[str]) -> Weighed:
    """What is found for the question and for each of the things, held against each of the things."""
    sources = material.sources
    abouts = [_about(material, name, names) for name in names]
    passages: dict[Passage, Hit] = {}
    for one in (material, *abouts):
        for hit in one.hits[:FOUND]:
            passages.setdefault(hit.passage, hit)
    candidates = sources.reader.candidates_for(list(passages.values()))
    rows = []
    named = []
    for name, about in zip(names, abouts, strict=True):
        rows.append(sources.reader.weigh(about.question, candidates, (), about.scope).scores)
        words = sources.understand(name).terms or {name: 1.0}
        named.append([_named_in(name, words, one.sentence) for one in candidates])
    shares = np.array(named, np.float32)
    scores = np.array(rows, np.float32) - ELSEWHERE * _of_another(names, candidates)
    others = (scores.sum(axis=0) - scores) / (len(names) - 1)
    worth = scores + OWN * (scores - others) + NAMED * shares
    return Weighed(candidates, scores, shares, worth + _together(worth, shares, candidates))


def _of_another(names: Sequence[str], candidates: Sequence[Candidate]) -> Vectors:
    """(n, candidates) 1 where the title of a sentence's document has another of the places and not this."""
    titles = [fold(one.sentence.span.document.title) for one in candidates]
    rows = []
    for name in names:
        rows.append([is_place(name) and name in title for title in titles])
    has = np.array(rows)
    return (has.any(axis=0) & ~has).astype(np.float32)


def _about(material: Material, name: str, names: Sequence[str]) -> Material:
    """The question about one of its things, with what is found for it."""
    sources = material.sources
    question = sources.understand(only_about(material.question.asked, name, names))
    aims = []
    for aim in material.scope.aims:
        asked = sources.understand(only_about(aim.question.whole, name, names))
        aims.append(aim._replace(question=asked))
    scope = replace(material.scope, aims=tuple(aims))
    hits = sources.search(question, FOUND, _scope_of(name, material) or scope)
    return replace(material, question=question, scope=scope, hits=hits)


def _scope_of(place: str, material: Material) -> Scope | None:
    """The documents of a place, by their titles; None where the thing is no place or no title has it."""
    if not is_place(place):
        return None
    allowed = material.scope.doc_ids
    titled = tuple(
        one.doc_id
        for one in material.sources.documents
        if place in fold(one.title) and (allowed is None or one.doc_id in allowed)
    )
    return Scope(doc_ids=titled) if titled else None


def _named_in(name: str, words: Mapping[str, float], sentence: Sentence) -> float:
    """How much of a name a sentence has, 0 to 1; 1 where it speaks of that place."""
    is_of = name in sentence.places or name in sentence.years
    is_of = is_of or (is_place(name) and name in fold(sentence.span.document.title))
    if is_of or any(form in sentence.folded for form in forms_of(name)):
        return 1.0
    return coverage(words, sentence.folded)


def _together(worth: Vectors, named: Vectors, candidates: Sequence[Candidate]) -> Vectors:
    """(candidates,) what sentences gain in the document, and in the place, that answers best about all."""
    gain = np.zeros(len(candidates), np.float32)
    documents = [one.sentence.span.document.doc_id for one in candidates]
    places = [_place_of_sentence(one.sentence) for one in candidates]
    gain[_best_group(worth, named, documents)] += IN_DOCUMENT
    gain[_best_group(worth, named, places)] += IN_PLACE
    return gain


def _best_group(worth: Vectors, named: Vectors, keys: Sequence[object]) -> list[int]:
    """The numbers of the candidates of the group whose sentences about the things are the best in sum."""
    groups: dict[object, list[int]] = {}
    for number, key in enumerate(keys):
        groups.setdefault(key, []).append(number)
    # What a thing has to fall back on that has no sentence in a group.
    lacking = np.minimum(worth.min(axis=1), 0)

    def value(numbers: list[int]) -> float:
        inside = worth[:, numbers]
        firsts = _firsts(inside, named[:, numbers])
        told = [lacking[i] if n is None else inside[i, n] for i, n in enumerate(firsts)]
        return float(sum(told))

    return max(groups.values(), key=value)


def _firsts(worth: Vectors, named: Vectors) -> list[int | None]:
    """The column that goes with each row, the best pairs first.

    One goes with several rows only where it has all their names.
    """
    left = worth.copy()
    firsts: list[int | None] = [None] * len(worth)
    for _ in worth:
        thing, number = divmod(int(np.argmax(left)), left.shape[1])
        if left[thing, number] == -np.inf:
            break
        firsts[thing] = number
        left[thing] = -np.inf
        left[named[:, number] < 1, number] = -np.inf
    return firsts


def _place_of_sentence(sentence: Sentence) -> tuple[str, int]:
    """The document and the beginning of the paragraph of a sentence, or of what leads to it."""
    span = sentence.span
    unit = span.document.units_in(span.start, span.end)[0]
    return span.document.doc_id, unit.leads[0].start if unit.leads else unit.start


def _assigned(weighed: Weighed, most: int) -> list[list[int]]:
    """The candidates that are cited about each thing, the best first, at most `most`."""
    worth, named = weighed.worth, weighed.named
    firsts = _firsts(worth, named)
    best = max(float(worth[thing, n]) for thing, n in enumerate(firsts) if n is not None)
    chosen: list[list[int]] = []
    for thing, number in enumerate(firsts):
        least = best - (FAR if number is not None and named[thing, number] else BEHIND)
        is_said = number is not None and worth[thing, number] >= least
        chosen.append([number] if number is not None and is_said else [])
    taken = frozenset(number for numbers in chosen for number in numbers)
    most = min(most, CITED_AT_MOST // len(chosen))
    for thing, numbers in enumerate(chosen):
        numbers += _further(thing, numbers[0], taken, weighed)[: most - 1] if numbers else []
    return chosen


def _further(thing: int, first: int, taken: Set[int], weighed: Weighed) -> list[int]:
    """Other candidates of a document that say hardly less about one thing, and less about the others."""
    worth = weighed.worth[thing]
    is_own = weighed.worth.argmax(axis=0) == thing
    span = weighed.candidates[first].sentence.span
    paragraph = span.document.units_in(span.start, span.end)[0]
    found = []
    for number in map(int, np.argsort(-worth, kind="stable")):
        other = weighed.candidates[number].sentence.span
        if number in taken or not is_own[number] or other.document is not span.document:
            continue
        beside = paragraph.start <= other.start < paragraph.end
        if worth[number] >= worth[first] - FURTHER - IN_PARAGRAPH * beside:
            found.append(number)
    return found


def _cited(material: Material, weighed: Weighed, numbers: Sequence[int]) -> list[Citation]:
    """The citations of candidates, in the order of the text."""
    collection = material.sources.snapshot.collection
    found = []
    for number in numbers:
        candidate = weighed.candidates[number]
        span = candidate.sentence.span
        # A mere piece of a paragraph says enough of the thing that its line names.
        before = collection.before(candidate.row) if leans(span.text) else None
        found.append((before and standing(span, before)) or _whole(candidate.sentence))
    return sorted(found, key=lambda one: one.start)


def _named_rows(
    material: Material, names: Sequence[str]
) -> tuple[Table, list[list[Citation]]] | None:
    """The rows of the first table about the question that has a row for more than half the names."""
    for table in tables_of(material.hits):
        rows = [_row_of(name, table) for name in names]
        count = len({row.start for row in rows if row is not None})
        if 2 * count > len(names) and _is_of(table, material, names, count == len(names)):
            return table, [[row_citation(row)] if row is not None else [] for row in rows]
    return None


def _is_of(table: Table, material: Material, names: Sequence[str], has_all: bool) -> bool:
    """Whether a table is about the rest of the question; one that has all the names, about a word of it."""
    about = material.scope.question_for(table.document, material.question)
    rest = dict(about.terms)
    for term in about.terms:
        if any(term in name for name in names):
            del rest[term]
    if is_about(replace(about, terms=rest, whole=""), table, None):
        return True
    around = fold(" ".join([table.document.title, *(unit.text for unit in table.headers)]))
    return has_all and any(len(term) > 1 and term in around for term in rest)


def _row_of(name: str, table: Table) -> Unit | None:
    forms = forms_of("".join(name.split()))
    for row, cells in zip(table.rows, table.cells, strict=True):
        if any(form in label for label in labels_of(cells) for form in forms):
            return row
    return None


def _whole(sentence: Sentence) -> Citation:
    return Citation(sentence.span.document, sentence.span.start, sentence.span.end)
