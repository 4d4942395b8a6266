"""Which rows of which table a question asks for: 各条线路, 老年卡半价的线路, 末班最晚的线路.

A question names the column of what it asks for (线路) behind 各, 每 or 哪些, or before 有哪些. What it
says of the other columns leaves some of the rows; see `bot.reader.conditions`.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple

from bot.question.analysis import Kind, Question
from bot.question.scope import NO_SCOPE, Scope
from bot.question.titles import words_of_the_language
from bot.reader.candidates import coverage, years_in
from bot.reader.columns import Column, grid_of
from bot.reader.conditions import Condition, compared, mentioned, timed, valued
from bot.reader.extremes import extreme
from bot.reader.tables import Table, squeezed, tables_of, with_whole_years
from bot.reader.versions import age, are_versions
from corpus import Unit
from corpus.document import Span
from corpus.language.quantities import lacks_any, quantities
from corpus.language.text import fold
from index import Hit

ABOUT = 0.6
"""Share of the words of a question, by rarity, that its conditions and what the table is called must have.
Of 116 questions for design, asked of 42 documents with tables and without, those that rows answer have .62
to 1 but for one of .58, and the others, and other tables, at most .54.
"""

_NO_ROWS: frozenset[Kind] = frozenset({"why", "yes"})
"""Kinds of questions that are not answered by rows."""

_MEASURE = "[个条所项类种座家门处位款名间班份张户辆支级样段]?"
_EACH, _WHICH = "各|每一?|所有的?|全部的?", "哪(?:些|几|一)?|什么"
# 各条公交 before 线路, 哪些 before 小学
_BEHIND = rf"(?:(?P<each>{_EACH})|{_WHICH}){_MEASURE}(?P<between>[^的,。?!、;:有是]{{0,6}}?)"
# 有哪些 behind 线路, 是哪条 behind 街道
_BEFORE = r"(?=(?:都|一共|总共|分别)?[有是为]?(?:哪|什么))"
# 里哪座 behind 水厂
_AMONG = rf"(?:里[头面边]?|[之当其]?中)[,]?(?:都|数)?[有是]?哪一?{_MEASURE}"
# 的 before 线路 at the end: 票价4元的线路
_AT_END = r"(?<=的)[^的,。?!、;:]{0,4}"
_END = r"(?=\W*$)"
# What one of these patterns needs
_MAY_ASK = re.compile(rf"[各每哪最]|所有|全部|什么|{_AT_END}{_END}")
_SEVERAL = re.compile(r"哪些|哪几")
# 门票多少钱, 几点开馆, 电话分别是
_VALUE = re.compile(r"多少|几[点号]|分别|各[是为]|什么时")
# What makes a question ask for the others
_NEGATED = re.compile(r"[不没未无非]|除了|以外")


class AskedRows(NamedTuple):
    """The rows of a table that a question asks for, and the number of the column that names each.

    `is_extreme` tells that they have the largest or the smallest of a column.
    """

    table: Table
    key: int
    rows: tuple[Unit, ...]
    is_extreme: bool


class Key(NamedTuple):
    """The column of what is asked for, the characters of the question that name it, and whether it asks
    for each. They are none where the question does not name the column.
    """

    column: int
    span: Span
    is_each: bool

    @property
    def is_named(self) -> bool:
        """Whether the question names the column."""
        return self.span.start < self.span.end


class _Held(NamedTuple):
    """A question held against a table: what it asks, as it is compared, with its words by rarity, what the
    table is called, folded, its columns, and the one of what is asked for.
    """

    asked: str
    terms: Mapping[str, float]
    known: str
    columns: Sequence[Column]
    key: Key

    @property
    def names(self) -> list[Condition]:
        """Where the question has the whole names of columns, which leave no row out by themselves."""
        found = []
        for column in self.columns:
            names = [re.escape(name) for name in column.names if len(name) > 1]
            for one in re.finditer("|".join(names), self.asked) if names else ():
                found.append(Condition(column.number, frozenset(), *one.span()))
        return found


def asked_rows(
    question: Question, hits: Sequence[Hit], scope: Scope = NO_SCOPE
) -> AskedRows | None:
    """The rows that a question asks for of the table, of those that `hits` touch, that it is most about.

    None where it asks for no rows, is about none of the tables, or as much about two of them.
    """
    is_open = question.kind not in _NO_ROWS and question.language == "zh"
    if not is_open or not _MAY_ASK.search(squeezed(question.whole)):
        return None
    found: list[tuple[float, AskedRows]] = []
    for table in tables_of(hits):
        rows = _rows_of(table, scope.question_for(table.document, question))
        if rows is not None:
            found.append(rows)
    return _surest(found) if found else None


def _surest(found: Sequence[tuple[float, AskedRows]]) -> AskedRows | None:
    """The rows of the table that a question is most about; of versions of a document, of the newest.

    None where another table is as likely, or may have more of an extreme: the latest of one table of a
    document is not that of the next.
    """
    best, first = max(found, key=lambda one: one[0])
    document = first.table.document
    rivals = [
        one
        for share, one in found
        if share == best or (first.is_extreme and one.table.document is document)
    ]
    chosen = max(rivals, key=lambda one: age(one.table.document))
    others = (one for one in rivals if one is not chosen)
    return chosen if all(_is_older(one, chosen) for one in others) else None


def _is_older(rows: AskedRows, chosen: AskedRows) -> bool:
    one, newest = rows.table.document, chosen.table.document
    return are_versions(one, newest) and age(one) < age(newest)


def _rows_of(table: Table, question: Question) -> tuple[float, AskedRows] | None:
    """The rows of a table that a question asks for, with how much it is about the table, 0 to 1."""
    rows, columns, labels = grid_of(table)
    asked = with_whole_years(squeezed(question.whole), table)
    key = _key(asked, columns[:labels])
    if key is None or not rows or _is_named(columns[key.column], asked):
        return None
    held = _Held(asked, question.terms, _known(table), columns, key)
    told = _conditions(held)
    left = [n for n in range(len(rows)) if all(n in one.rows for one in told)]
    if not left:
        return None
    if len(left) < len(rows):
        columns = [column.of_rows(left) for column in columns]
    most = extreme(asked, columns, key.column, key.span.end)
    if most is not None:
        told.append(most)
        left = [n for at, n in enumerate(left) if at in most.rows]
    share = 0.0 if _lacks_year(held, told, table) else _about(held, told, question.alike)
    # 槐市口 that one row alone has names it, and asks for no several.
    least = 1 if key.is_named else 2
    if len(left) < least or share < ABOUT or not _tells(held, told):
        return None
    chosen = tuple(rows[n] for n in left)
    return share, AskedRows(table, key.column, chosen, most is not None)


def _key(asked: str, labels: Sequence[Column]) -> Key | None:
    """The column of labels of what a question asks for: the first where it asks for several without
    naming what, as 收哪些费用.
    """
    bounds = _bounds(asked)
    for column in labels:
        for name in _names(column):
            found = _asks_for(name, asked, bounds)
            if found is not None:
                return Key(column.number, *found)
    return Key(0, Span(0, 0), False) if _SEVERAL.search(asked) else None


def _names(column: Column) -> list[str]:
    """What the rows of a column may be called: by its name, 项 of 项目, or what most labels end with."""
    names = [part for name in column.names for part in (name, name[:2], name[-2:])]
    names += [part for name in column.names for part in (name[:1], name[-1:])]
    for size in (2, 1):
        ends = Counter(cell[-size:] for cell in column.cells if len(cell) > size)
        names += [end for end, count in ends.items() if 2 * count > len(column.cells)]
    return list(dict.fromkeys(name for name in names if not name.isdigit()))


def _asks_for(name: str, asked: str, bounds: Mapping[int, int]) -> tuple[Span, bool] | None:
    """Where a question asks for what is called `name`, and whether for each."""
    behind = re.search(rf"{_BEHIND}(?P<name>{re.escape(name)})", asked)
    if behind and behind.end() in bounds:
        begin = bounds[behind.end()]
        # 条件 in 哪些条件 is not 件; 项 in 各项 begins with what asks.
        is_whole = begin >= behind.start("name") or begin <= behind.start()
        if len(name) > 1 or (is_whole and not behind["between"]):
            return Span(behind.start(), behind.end()), behind["each"] is not None
    among = re.search(rf"{re.escape(name)}{_AMONG}", asked)
    if among and (len(name) > 1 or bounds.get(among.start() + 1) == among.start()):
        return Span(*among.span()), False
    if len(name) < 2:
        return None
    other = re.search(rf"{re.escape(name)}{_BEFORE}|{_AT_END}{re.escape(name)}{_END}", asked)
    return (Span(*other.span()), False) if other else None


def _bounds(asked: str) -> dict[int, int]:
    """Where the words of a question end, with where they begin."""
    bounds = {}
    at = 0
    for word in words_of_the_language().words(asked, guess=False):
        at = asked.find(word, at)
        bounds[at + len(word)] = at
        at += len(word)
    return bounds


def _is_named(column: Column, asked: str) -> bool:
    """Whether a question names one of the rows: it asks for no others."""
    labels = {cell for cell in column.cells if len(cell) > 1 and cell in asked}
    return any(re.search(rf"(?<!\d){re.escape(label)}(?!\d)", asked) for label in labels)


def _conditions(held: _Held) -> list[Condition]:
    """What a question says of the columns beside that of what it asks for."""
    asked, key = held.asked, held.key
    others = [column for column in held.columns if column.number != key.column]
    names = _spans(held.names)
    taken = [key.span, *names]
    told = timed(asked, held.columns, taken)
    told += compared(asked, others, [*taken, *_spans(told)])
    told += valued(asked, others, [key.span, *_spans(told)], names)
    if key.is_each or not key.is_named:
        return told
    terms = [term for term in held.terms if term not in held.known]
    return told + mentioned(terms, asked, others, [*taken, *_spans(told)])


def _spans(told: Iterable[Condition]) -> list[Span]:
    return [Span(one.start, one.end) for one in told]


def _tells(held: _Held, told: Sequence[Condition]) -> bool:
    """Whether a question says which rows it asks for, and nothing that these may not have: no other number,
    no 不, no value that may be of several columns, and nothing of another column, as 哪些馆能停车, but what
    it asks for each.
    """
    rest = _without([held.key.span, *_spans(told), *_spans(held.names)], held.asked)
    is_more = lacks_any(quantities(rest), quantities(held.known)) or _has_value(held, rest)
    if is_more or _NEGATED.search(rest):
        return False
    if held.key.is_each:
        return True
    columns = {one.column for one in told} | {held.key.column}
    is_alone = all(one.column in columns for one in held.names)
    return bool(told) and (is_alone or bool(_VALUE.search(held.asked)))


def _has_value(held: _Held, rest: str) -> bool:
    """Whether a value of the table stands in what is left of a question; its title says it of all rows."""
    known = squeezed(held.known)
    found = {value for column in held.columns for value in column.rows_by_value if value in rest}
    return any(len(value) > 1 and value not in known for value in found)


def _without(spans: Iterable[Span], asked: str) -> str:
    kept = list(asked)
    for start, end in spans:
        kept[start:end] = " " * (end - start)
    return "".join(kept)


def _about(held: _Held, told: Sequence[Condition], alike: Mapping[str, tuple[str, ...]]) -> float:
    """The share of the words of a question, by rarity, that its conditions, or what the table is called,
    have. `alike` are synonyms of its words.
    """
    # 各街道 says nothing of what is asked about each.
    rest = _without([held.key.span] if held.key.is_each else [], held.asked)
    terms = {term: weight for term, weight in held.terms.items() if term in rest}
    said = [held.known, *(held.asked[one.start : one.end] for one in told)]
    asking = held.asked[slice(*held.key.span)]
    # 水厂里哪座 is the name of what is asked for, and no more.
    said += [asking] if re.search(f"{_AMONG}$", asking) else []
    # 末班 is the column of 末班车.
    names = {name for column in held.columns for name in column.names if len(name) > 1}
    said += [term for term in terms if any(name in term for name in names)]
    return coverage(terms, " ".join(said), alike) if terms else 1.0


def _lacks_year(held: _Held, told: Sequence[Condition], table: Table) -> bool:
    """Whether a question has a year that neither a table nor what it is called has; 1500 of a comparison is
    none.
    """
    years = years_in(_without(_spans(told), held.asked))
    if not years:
        return False
    return bool(years - years_in(" ".join([held.known, *(row.text for row in table.rows)])))


def _known(table: Table) -> str:
    """What a table is called, folded: its title, its headings and the names of its columns."""
    document = table.document
    around = [document.title, *(unit.text for unit in table.headers)]
    for unit in (*table.headers, *table.rows[:1]):
        around += [document.text[start:end] for start, end in unit.context]
    return fold(" ".join(around))
