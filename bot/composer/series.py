"""Where a document lists things: items below a lead line, 一是…；二是…, steps, clauses, and articles."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from functools import lru_cache
from itertools import groupby
from typing import Literal, NamedTuple

from corpus import Document, Passage, Unit
from corpus.document import Span
from corpus.language.sentences import SENTENCE_LIMIT
from corpus.language.text import fold
from corpus.split import sentences_in

Listing = Literal["items", "ordinals", "clauses", "paragraphs", "headings"]

REMEMBERED = 256
"""Documents whose series are kept."""

TELLING = 12
"""An item with fewer characters behind its ordinal, such as 第二步，协商与调解。, names only what the
sentences behind it tell: it goes on with them up to TOLD characters."""

TOLD = 60

STRAY = 700
"""Characters within which a series goes on to its next ordinal."""

_NUMERALS = {numeral: number for number, numeral in enumerate("一二三四五六七八九十", 1)}
_NUMERAL = r"(?P<n>[一二三四五六七八九十]|\d{1,2})"
_AT = r"(?:^|(?<=[。：:；;！？\n]))\s*"
# 一是…；二是…, 其一, 第一步, 第二个原因是, （1）, 首先…其次…最后…
_ORDINALS = {
    "is": re.compile(rf"{_AT}{_NUMERAL}(?:是|要|靠)(?!一)"),
    "of": re.compile(rf"{_AT}其{_NUMERAL}"),
    "place": re.compile(
        rf"{_AT}(?:第{_NUMERAL}(?:[^\W\d_]{{1,3}}?)?[，,、：:是]"
        r"|(?P<first>首先|头一[^\W\d_][，,、：:是])"
        "|(?P<next>其次|再次|再者|然后|接着|随后|最后))"
    ),
    "bracket": re.compile(rf"{_AT}[（(]{_NUMERAL}[)）]"),
    "mark": re.compile(r"(?:^|(?<=[。：:；;！？\s，,]))\s*(?P<n>[①②③④⑤⑥⑦⑧⑨⑩])"),
}
_CIRCLED = {mark: number for number, mark in enumerate("①②③④⑤⑥⑦⑧⑨⑩", 1)}
# 一、 and 1. before a heading
_HEADING = re.compile(rf"(?:第?{_NUMERAL}[、.．章节是]|[（(]{_NUMERAL.replace('n', 'm', 1)}[)）])")
_COLON = re.compile(r"[：:](?!\d)")


class Series(NamedTuple):
    """What is listed in one place of a document, in its order.

    `lead` is the line that says what is listed, or None.
    """

    document: Document
    lead: Span | None
    items: tuple[Span, ...]
    listing: Listing

    @property
    def spans(self) -> tuple[Span, ...]:
        """The lead and the items."""
        return ((self.lead,) if self.lead else ()) + self.items

    def number_at(self, start: int, end: int) -> int | None:
        """The item that shares a character with a span; -1 for the lead; None for neither."""
        for number, item in enumerate(self.items):
            if start < item.end and item.start < end:
                return number
        if self.lead and start < self.lead.end and self.lead.start < end:
            return -1
        return None

    @property
    def heading(self) -> str:
        """The heading of the section in which it begins, or empty."""
        start, end = self.items[0]
        return Passage(self.document, start, end).heading

    @property
    def text(self) -> str:
        """The lead and the items, folded, with what they are called: title and headings."""
        text = self.document.text
        around = Passage(self.document, self.items[0].start, self.items[0].end).context
        return fold(" ".join([around, *(text[start:end] for start, end in self.spans)]))


@lru_cache(REMEMBERED)
def series_in(document: Document) -> tuple[Series, ...]:
    """The series of a document. They may overlap: an item may list things itself."""
    found = [*_blocks(document), *_articles(document), *_headings(document)]
    for unit_run in _runs(document):
        spans = [span for unit in unit_run for span in _sentences(unit)]
        found += _ordinals(document, spans)
    for unit in document.units:
        if unit.kind in ("paragraph", "answer", "item"):
            found += _clauses(document, _sentences(unit))
    return tuple(found)


def _blocks(document: Document) -> Iterator[Series]:
    """The items that share a lead line; those led by one of them are passed over.

    Items without one share the heading above them.
    """
    by_lead: dict[Span | None, list[Span]] = {}
    for unit in document.units:
        if unit.kind == "item":
            lead = unit.leads[0] if unit.leads else None
            by_lead.setdefault(lead, []).append(Span(unit.start, unit.end))
        elif unit.kind == "heading":
            yield from _led(document, None, by_lead.pop(None, []))
    for lead, spans in by_lead.items():
        yield from _led(document, lead, spans)


def _led(document: Document, lead: Span | None, items: Sequence[Span]) -> Iterator[Series]:
    if len(items) > 1:
        yield Series(document, lead, tuple(items), "items")


def _articles(document: Document) -> Iterator[Series]:
    """The paragraphs of an article of a law, its first with them."""
    by_lead: dict[Span, list[Span]] = {}
    for unit in document.units:
        if unit.kind == "paragraph" and unit.leads:
            by_lead.setdefault(unit.leads[0], []).append(Span(unit.start, unit.end))
    for lead, spans in by_lead.items():
        if len(spans) > 1:
            yield Series(document, None, (lead, *spans), "paragraphs")


def _headings(document: Document) -> Iterator[Series]:
    """Headings that are numbered one after the other."""
    headings = [unit for unit in document.units if unit.kind == "heading"]
    run: list[Span] = []
    for unit in headings:
        found = _HEADING.match(unit.text)
        number = _number(found.group("n") or found.group("m")) if found else 0
        if number == len(run) + 1:
            run.append(Span(unit.start, unit.end))
        elif number == 1:
            if len(run) > 1:
                yield Series(document, None, tuple(run), "headings")
            run = [Span(unit.start, unit.end)]
    if len(run) > 1:
        yield Series(document, None, tuple(run), "headings")


def _runs(document: Document) -> Iterator[list[Unit]]:
    """Paragraphs that stand one after the other in a section."""
    for is_prose, units in groupby(
        document.units, lambda unit: unit.kind in ("paragraph", "answer")
    ):
        if is_prose:
            yield list(units)


def _ordinals(document: Document, spans: Sequence[Span]) -> Iterator[Series]:
    """The series in sentences that follow each other: 一是…；二是…."""
    for pattern in _ORDINALS.values():
        for run in _counted(pattern, document, spans):
            yield from _numbered(document, run, spans)


def _counted(
    pattern: re.Pattern[str], document: Document, spans: Sequence[Span]
) -> Iterator[list[tuple[int, Span]]]:
    """The runs of ordinals that count on from 1: where each stands, and its sentence. Some are empty."""
    run: list[tuple[int, Span]] = []
    for span in spans:
        for at, number in _marks(pattern, document.text[span.start : span.end], len(run)):
            if run and number == len(run) + 1 and span.start - run[-1][1].end < STRAY:
                run.append((span.start + at, span))
            elif number == 1:
                yield run
                run = [(span.start + at, span)]
    yield run


def _marks(pattern: re.Pattern[str], text: str, so_far: int) -> Iterator[tuple[int, int]]:
    """Where ordinals stand in a sentence, and their numbers; `so_far` are those before it."""
    for found in pattern.finditer(text):
        groups = found.groupdict()
        if groups.get("first"):
            number = 1
        elif groups.get("next"):
            number = so_far + 1
        else:
            number = _number(groups["n"] or "")
        so_far = number
        yield found.start() + len(found.group()) - len(found.group().lstrip()), number


def _number(numeral: str) -> int:
    if numeral.isdecimal():
        return int(numeral)
    return _NUMERALS.get(numeral) or _CIRCLED.get(numeral, 0)


def _numbered(
    document: Document, run: Sequence[tuple[int, Span]], spans: Sequence[Span]
) -> Iterator[Series]:
    """The series whose items begin at places in sentences, with the line that leads to it.

    Items that share a sentence are no series: the sentence says it all.
    """
    if len({span for _, span in run}) < 2:
        return
    starts = [start for start, _ in run]
    items = []
    for (start, span), following in zip(run, [*starts[1:], len(document.text)], strict=True):
        items.append(_told(document, Span(start, min(span.end, following)), following, spans))
    first_start, first = run[0]
    lead = Span(first.start, first_start) if first_start > first.start else None
    if lead is None:
        before = [span for span in spans if span.end <= first.start]
        lead = before[-1] if before else None
    yield Series(document, lead, tuple(items), "ordinals")


def _told(document: Document, item: Span, limit: int, spans: Sequence[Span]) -> Span:
    """An item with what tells it, where it is hardly more than a name, up to `limit`."""
    if item.end - item.start >= TELLING:
        return item
    end = item.end
    for span in spans:
        if span.start < end:
            continue
        is_apart = "\n" in document.text[end : span.start]
        if is_apart or span.end > limit or span.end - item.start > SENTENCE_LIMIT:
            break
        end = span.end
        if end - item.start >= TOLD:
            break
    return Span(item.start, end)


def _clauses(document: Document, spans: Sequence[Span]) -> Iterator[Series]:
    """Three or more clauses that semicolons join, behind the colon or the sentence before them."""
    run: list[Span] = []
    for number, span in enumerate(spans):
        run.append(span)
        if document.text[span.start : span.end].endswith(("；", ";")):
            continue
        if len(run) > 2:
            first = number - len(run) + 1
            yield _of_clauses(document, run, spans[first - 1] if first else None)
        run = []


def _of_clauses(document: Document, run: Sequence[Span], before: Span | None) -> Series:
    start, end = run[0]
    colon = _COLON.search(document.text, start, end)
    if colon is None:
        return Series(document, before, tuple(run), "clauses")
    lead = Span(start, colon.end())
    return Series(document, lead, (Span(colon.end(), end), *run[1:]), "clauses")


def _sentences(unit: Unit) -> list[Span]:
    found = sentences_in(Passage(unit.document, unit.start, unit.end))
    return [Span(one.start, one.end) for one in found]
