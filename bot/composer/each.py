"""Each of several things in a line of its own: those that a question names, places, rows of a table."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from itertools import islice
from typing import NamedTuple

import numpy as np

from bot.answer import Citation
from bot.composer.composition import Composition, Line
from bot.composer.lists import weighed_series, whole_list
from bot.composer.series import Series
from bot.composer.sources import Material
from bot.i18n import Pair, pick
from bot.question.things import about_one, asks_number, asks_places, things_named
from bot.question.titles import places_in
from bot.reader.candidates import Sentence
from bot.reader.extractive import Candidate, Evidence, read_by_rule
from bot.reader.tables import Table, cell_text, is_about, labels_of, tables_of
from corpus import Passage, Unit
from corpus.document import Span
from corpus.language.text import fold
from corpus.split import ROW_LIMIT
from index import Hit

NOT_SAID: Pair = ("文中没有提到", "not mentioned")

FURTHER = 24
"""Passages beside the hits in which a thing that is named is looked for."""

LEAST_ALIKE = 0.5
"""Share of the character pairs of a thing's name by which a sentence speaks of it."""

BEHIND = 3.0
"""A sentence this much below the best of all (log-odds) says nothing of what is asked about a thing."""

TOGETHER = 1.0
"""What a sentence gains (log-odds) in the paragraph that answers best about another of the things."""

SHARED = 2.0
"""What a sentence loses (log-odds) for each other of the things that it speaks of as well."""

OF_PLACES = 2.0
"""A sentence about a further place is at most this much below the best of all (log-odds)."""

A_PLACE_AT_MOST = 2
"""Sentences about one place."""

DOUBTED = 0.8
"""Share of the threshold that is enough where the documents speak of all the things."""


class Pool(NamedTuple):
    """The sentences that may be cited, with what is known of them for one question."""

    candidates: Sequence[Candidate]
    evidence: Evidence


def one_for_each(material: Material) -> Composition | None:
    """A line for each thing asked about; None where the question names none and the text lists none."""
    if not material.candidates:
        return None
    if read_by_rule(material.question, material.hits, material.scope) is not None:
        return None
    names = things_named(material.question)
    found = _of_names(material, names) if len(names) > 1 else None
    if found is None:
        found = _of_rows(material)
    if found is None and asks_places(material.question):
        return _of_places(material)
    return found or whole_list(material)


def _of_names(material: Material, names: Sequence[str]) -> Composition | None:
    """A line for each name; the rows of one table or the items of one list where they have all."""
    rows = _named_rows(material, names)
    if rows is not None:
        table, found = rows
        composition = _composed(material, names, found)
        return replace(composition, lines=(*_column_names(table), *composition.lines))
    items = _named_items(material, names)
    if items is not None and _is_likely(material):
        return _composed(material, names, items)
    return _of_sentences(material, names)


def _composed(
    material: Material, names: Sequence[str], found: Sequence[Sequence[Citation]]
) -> Composition:
    not_said = pick(NOT_SAID, material.question.language)
    lines = []
    for name, citations in zip(names, found, strict=True):
        lines.append(Line(_label(name, material), tuple(citations), "" if citations else not_said))
    return Composition("list", tuple(lines), material.confidence)


def _label(name: str, material: Material) -> str:
    """A name as the question writes it; it was folded."""
    asked = material.question.asked
    at = fold(asked).find(name)
    return asked[at : at + len(name)] if at >= 0 and len(fold(asked)) == len(asked) else name


def _is_likely(material: Material) -> bool:
    least = DOUBTED * material.sources.reader.threshold(bool(material.scores))
    return material.is_answered or material.confidence >= least


def _named_rows(
    material: Material, names: Sequence[str]
) -> tuple[Table, list[list[Citation]]] | None:
    """The rows of the first table about the question that has a row for more than half the names."""
    for table in tables_of(material.hits):
        about = material.scope.question_for(table.document, material.question)
        rest = {t: w for t, w in about.terms.items() if not any(t in name for name in names)}
        asked = replace(about, terms=rest, whole="")
        if not is_about(asked, table, None):
            continue
        rows = [_row_of(name, table) for name in names]
        if 2 * sum(row is not None for row in rows) > len(names):
            return table, [[_citation(row)] if row is not None else [] for row in rows]
    return None


def _row_of(name: str, table: Table) -> Unit | None:
    squeezed = "".join(name.split())
    for row in table.rows:
        if any(squeezed in label for label in labels_of(row)):
            return row
    return None


def _named_items(material: Material, names: Sequence[str]) -> list[list[Citation]] | None:
    """The items of the best list that has one for each name, in the order of the names."""
    for weighed in weighed_series(material):
        series = weighed.series
        items = _assigned(series, names)
        if items is not None:
            return [[Citation(series.document, *item)] for item in items]
    return None


def _assigned(series: Series, names: Sequence[str]) -> list[Span] | None:
    """The item that each name means; one that none is like goes with the name in its place."""
    texts = [fold(series.document.text[slice(*item)]) for item in series.items]
    chosen: list[int] = []
    unlike = 0
    for number, name in enumerate(names):
        alike = [_alike(name, text) for text in texts]
        best = int(np.argmax(alike))
        if alike[best] < LEAST_ALIKE:
            unlike += 1
            best = min(number, len(texts) - 1)
        chosen.append(best)
    in_order = chosen == list(range(len(names))) and len(texts) - len(names) <= 1
    if len(set(chosen)) < len(names) or 2 * unlike > len(names) or (unlike and not in_order):
        return None
    return [series.items[number] for number in chosen]


def _alike(name: str, folded: str) -> float:
    """How much of a name a folded text has, by pairs of characters, 0 to 1; 1 where it has it whole."""
    if name in folded:
        return 1.0
    pairs = [name[at : at + 2] for at in range(len(name) - 1)]
    return sum(pair in folded for pair in pairs) / len(pairs) if pairs else 0.0


def _of_sentences(material: Material, names: Sequence[str]) -> Composition | None:
    """For each name the sentence about it that answers best; None where no two have one."""
    best = material.candidates[int(np.argmax(material.evidence.scores))].sentence.folded
    if asks_number(material.question) and all(name in best for name in names):
        return None
    candidates = _pool(material, names)
    pools = [_asked_of(material, candidates, name, tuple(names)) for name in names]
    worths = [_worths(name, names, pool) for name, pool in zip(names, pools, strict=True)]
    found = [_best(worth, candidates) for worth in _drawn_together(worths, candidates)]
    if len({citation for citations in found for citation in citations}) < 2:
        return None
    is_read = bool(material.scores)
    reader = material.sources.reader
    if not _is_likely(material) and not any(reader.answers(p.evidence, is_read) for p in pools):
        return None
    return _composed(material, names, found)


def _pool(material: Material, names: Sequence[str]) -> list[Candidate]:
    """The candidates, and the sentences of further passages of their documents that have a name."""
    held = {hit.passage for hit in material.hits}
    documents = {hit.passage.document.doc_id for hit in material.hits[:3]}
    collection = material.sources.snapshot.collection
    rows = collection.passages_in(documents)
    passages = (collection.passages[int(row)] for row in rows)
    further = (p for p in passages if p not in held and any(n in fold(p.text) for n in names))
    hits = [*material.hits, *(Hit(passage, 0.0) for passage in islice(further, FURTHER))]
    return material.sources.reader.candidates_for(hits)


def _asked_of(
    material: Material, candidates: Sequence[Candidate], name: str, names: tuple[str, ...]
) -> Pool:
    """What is known of candidates for the question about one of its things."""
    asked = about_one(material.question, name, names)
    aims = tuple(
        aim._replace(question=about_one(aim.question, name, names)) for aim in material.scope.aims
    )
    scope = replace(material.scope, aims=aims)
    evidence = material.sources.reader.weigh(asked, candidates, material.scores, scope)
    return Pool(candidates, evidence)


def _worths(name: str, names: Sequence[str], pool: Pool) -> dict[int, float]:
    """The sentences about a name and how well each answers; one about it alone rather."""
    others = [other for other in names if other not in name]
    worth: dict[int, float] = {}
    for number, candidate in enumerate(pool.candidates):
        if _speaks_of(name, candidate.sentence):
            shared = sum(other in candidate.sentence.folded for other in others)
            worth[number] = float(pool.evidence.scores[number]) - SHARED * shared
    return worth


def _drawn_together(
    worths: Sequence[dict[int, float]], candidates: Sequence[Candidate]
) -> list[dict[int, float]]:
    """The worths with a gain for the paragraph of the best of all, without what is far behind it."""
    every = [(value, number) for worth in worths for number, value in worth.items()]
    if not every:
        return list(worths)
    best, number = max(every)
    span = candidates[number].sentence.span
    place = _place_in(span)
    found = []
    for worth in worths:
        kept = {}
        for one, value in worth.items():
            if value >= best - BEHIND:
                beside = _place_in(candidates[one].sentence.span) == place
                kept[one] = value + TOGETHER * beside
        found.append(kept)
    return found


def _place_in(span: Passage) -> tuple[str, int]:
    """The document and the beginning of the paragraph of a sentence, or of the article that holds it."""
    unit = span.document.units_in(span.start, span.end)[0]
    return span.document.doc_id, unit.leads[0].start if unit.leads else unit.start


def _best(worth: dict[int, float], candidates: Sequence[Candidate]) -> list[Citation]:
    if not worth:
        return []
    return [_whole(candidates[max(worth, key=lambda number: worth[number])].sentence)]


def _speaks_of(name: str, sentence: Sentence) -> bool:
    """Whether a sentence has a name; of one that begins with a place, its own part is enough: 济南古城."""
    if name in sentence.folded or name in sentence.places:
        return True
    for place in places_in(name):
        own = name.removeprefix(place).removeprefix("市")
        if own != name and len(own) > 1 and own in sentence.folded:
            return True
    return False


def _whole(sentence: Sentence) -> Citation:
    return Citation(sentence.span.document, sentence.span.start, sentence.span.end)


def _citation(unit: Unit) -> Citation:
    return Citation(unit.document, unit.start, unit.end)


def _of_rows(material: Material) -> Composition | None:
    """The rows of a table by the column that is named behind 各 or 每, those alone that are asked for."""
    asked = "".join(fold(material.question.asked).split())
    for table in tables_of(material.hits):
        about = material.scope.question_for(table.document, material.question)
        column = _key_column(table, asked)
        if column is None or not is_about(about, table, table.rows[0]):
            continue
        rows = _asked_rows(table, column, asked)
        if len(rows) > 1:
            lines = tuple(Line(_shown_cell(row, column), (_citation(row),)) for row in rows)
            return Composition("list", (*_column_names(table), *lines), material.confidence)
    return None


def _column_names(table: Table) -> tuple[Line, ...]:
    """The names of the columns as a line, where they are too long to stand in brackets behind a row."""
    first, last = table.headers[0], table.headers[-1]
    citation = _citation(table.rows[0])
    if citation.shown != citation.quote:
        return ()
    start = first.start if last.end - first.start <= ROW_LIMIT else last.start
    return (Line("", (Citation(table.document, start, last.end),)),)


def _key_column(table: Table, asked: str) -> int | None:
    """The column of labels whose name a question has behind 各 or 每, or None: 各个年龄段."""
    for column in range(len(labels_of(table.rows[0]))):
        name = cell_text(table.headers[0], column)
        ends = {name, name[:2], name[-1:]} - {""}
        if any(re.search(rf"(?:各个?|每一?个?|哪些){re.escape(end)}", asked) for end in ends):
            return column
    return None


def _asked_rows(table: Table, key: int, asked: str) -> list[Unit]:
    """The rows that have what the question says of the other columns of labels: 护理补贴."""
    rows = list(table.rows)
    for column in range(len(labels_of(table.rows[0]))):
        named = {cell_text(row, column) for row in rows if cell_text(row, column) in asked} - {""}
        if column != key and named:
            rows = [row for row in rows if cell_text(row, column) in named]
    return rows


def _shown_cell(row: Unit, column: int) -> str:
    start, end = row.cells[column]
    return row.document.text[start:end]


def _of_places(material: Material) -> Composition | None:
    """The best sentences about each place that the documents name."""
    if not _is_likely(material):
        return None
    scores = material.evidence.scores
    order = [
        int(n) for n in np.argsort(-scores, kind="stable") if scores[n] >= scores.max() - OF_PLACES
    ]
    found: dict[str, list[Citation]] = {}
    for number in order:
        sentence = material.candidates[number].sentence
        place = _place_of(sentence)
        cited = found.setdefault(place, []) if place else []
        if place and len(cited) < A_PLACE_AT_MOST:
            cited.append(_whole(sentence))
    if len(found) < 2:
        return None
    lines = tuple(Line(place, tuple(citations)) for place, citations in found.items())
    return Composition("list", lines, material.confidence)


def _place_of(sentence: Sentence) -> str:
    """The place that a sentence names first, or empty. 同心 in 同心圆 is none, whose word goes on."""
    return min(places_in(sentence.folded), key=sentence.folded.find, default="")
