"""What stands around a sentence: the rest of its paragraph, what it leads to, and what carries it on."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import takewhile

from bot.answer import Citation
from bot.composer.composition import Line
from bot.composer.outline import LONGEST_QUESTION
from bot.composer.telling import ARTICLE
from bot.question.summaries import leans
from bot.reader.candidates import place_names
from corpus import Document, Unit
from corpus.document import Span
from corpus.language.sentences import sentences
from corpus.language.text import Segmenter, fold

ENOUGH = 160
"""Characters beside the sentence itself from which its paragraph is enough; else the next go on."""

BEFORE = 300
"""Characters of a paragraph before the sentence from which it is not told from its beginning."""

CARRIED_ON = 3
"""Most paragraphs that carry on what the paragraph of a sentence says."""

_TOLD = frozenset({"paragraph", "answer", "item", "code"})


def around(
    cited: Citation, point: Sequence[Citation], others: Sequence[Citation], segmenter: Segmenter
) -> tuple[Line, ...]:
    """The paragraphs around a cited sentence, a line each, with their sentences.

    They end where another point of the answer, one of `others`, begins, or where other places are
    spoken of. Empty where nothing stands there but the sentences of `point`.
    """
    within = _between(cited, others)
    is_article = article_at(cited.document, cited.start) is not None
    places = _places(cited.document, Span(cited.start, cited.end), segmenter)
    lines: list[Line] = []
    beside = 0
    for number, unit in enumerate(_units(cited, within)):
        is_own = unit.start < cited.end and cited.start < unit.end
        is_bound = is_own or is_article or _is_led(unit, cited)
        if not is_bound and (number > CARRIED_ON or beside >= ENOUGH):
            break
        every = [span for span in _sentences(unit, cited) if _is_within(span, within, cited)]
        spans = _of_places(every, cited, places, segmenter)
        beside += sum(span.end - span.start for span in spans if not _is_held(span, point))
        if spans:
            lines.append(Line("", tuple(Citation(cited.document, *span) for span in spans)))
        if len(spans) < len(every) and every[-1] not in spans:
            break
    return tuple(lines) if beside else ()


def paragraphs(document: Document, within: Span) -> tuple[Line, ...]:
    """The paragraphs between two characters, a line each, with all their sentences."""
    lines = []
    for unit in document.units_in(*within):
        if unit.kind in _TOLD:
            spans = [(unit.start + start, unit.start + end) for start, end in sentences(unit.text)]
            lines.append(Line("", tuple(Citation(document, *span) for span in spans)))
    return tuple(lines)


def section_of(cited: Citation) -> Span:
    """The characters of the section of a sentence; of the whole document where it has none."""
    section = cited.document.section_at(cited.start)
    return Span(section.start, section.end) if section else Span(0, len(cited.document.text))


def article_at(document: Document, start: int) -> Span | None:
    """The article of a law that holds a character: from 第十二条 to before 第十三条; else None."""
    section = document.section_at(start)
    first, last = (section.start, section.end) if section else (0, len(document.text))
    heads = [unit.start for unit in document.units_in(first, last) if ARTICLE.match(unit.text)]
    before = [head for head in heads if head <= start]
    if not before:
        return None
    return Span(before[-1], next((head for head in heads if head > start), last))


def _between(cited: Citation, others: Sequence[Citation]) -> Span:
    """The characters from the point before a sentence to the one behind it, in its section."""
    start, end = article_at(cited.document, cited.start) or section_of(cited)
    for other in others:
        if other.document is not cited.document:
            continue
        if other.end <= cited.start:
            start = max(start, other.end)
        elif other.start >= cited.end:
            end = min(end, other.start)
    return Span(start, end)


def _units(cited: Citation, within: Span) -> Iterator[Unit]:
    """The paragraph of a sentence and those behind it that carry it on; of an article all of it."""
    document = cited.document
    own = document.units_in(cited.start, cited.end)
    is_article = article_at(document, cited.start) is not None
    first = own[0].start if own else cited.start
    if is_article:
        first = within.start
    units = document.units_in(first, within.end)
    if own and own[0].kind == "heading":
        yield from takewhile(lambda one: one.start <= own[0].start or one.kind != "heading", units)
        return
    for unit in units:
        if unit.start >= cited.end and _begins_another(unit):
            return
        if unit.kind in _TOLD:
            yield unit


def _begins_another(unit: Unit) -> bool:
    """Whether a line is a heading, or asks and so is the name of what follows."""
    text = unit.text.rstrip()
    is_asked = len(text) <= LONGEST_QUESTION and text.endswith(("？", "?"))
    return is_asked or unit.kind in ("heading", "question")


def _is_led(unit: Unit, cited: Citation) -> bool:
    """Whether a unit is an item of the list that what is cited leads to."""
    return any(lead.start < cited.end and cited.start < lead.end for lead in unit.leads)


def _sentences(unit: Unit, cited: Citation) -> list[Span]:
    """The sentences of a paragraph; from near the one that is cited where much stands before it."""
    spans = [Span(unit.start + start, unit.start + end) for start, end in sentences(unit.text)]
    if not unit.start <= cited.start < unit.end or cited.start - unit.start <= BEFORE:
        return spans
    first = next((n for n, span in enumerate(spans) if span.end > cited.start), 0)
    first = max(0, first - 1)
    while first and leans(unit.document.text[slice(*spans[first])]):
        first -= 1
    return spans[first:]


def _is_within(span: Span, within: Span, cited: Citation) -> bool:
    is_own = span.start < cited.end and cited.start < span.end
    return is_own or (within.start <= span.start and span.end <= within.end)


def _of_places(
    spans: Sequence[Span], cited: Citation, places: frozenset[str], segmenter: Segmenter
) -> list[Span]:
    """The sentences next to one that is cited, up to those that speak of other places than it does."""
    kept: list[Span] = []
    for span in spans:
        is_own = span.start < cited.end and cited.start < span.end
        own = _places(cited.document, span, segmenter)
        if not places or is_own or not own or own & places:
            kept.append(span)
        elif span.start >= cited.end:
            break
        else:
            kept.clear()
    return kept


def _places(document: Document, span: Span, segmenter: Segmenter) -> frozenset[str]:
    return place_names(segmenter.search_words(fold(document.text[span.start : span.end])))


def _is_held(span: Span, told: Sequence[Citation]) -> bool:
    return any(one.start <= span.start and span.end <= one.end for one in told)
