"""Puts what was found for a question into its answer: several sentences, one, or that there is none."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

from bot.answer import Answer, Citation, extracted_text
from bot.composer.agreement import agreement
from bot.composer.compose import compose, compose_unread
from bot.composer.composition import Absence, Composition, Line, cited, told
from bot.composer.continuing import CERTAIN, Earlier, lines_of
from bot.composer.further import rest_of_list, rest_of_named_list, rest_of_section
from bot.composer.mention import not_mentioned
from bot.composer.others import with_others
from bot.composer.sources import Material
from bot.i18n import Pair, pick
from bot.question.scope import Scope
from bot.reader.by_rule import Reading
from bot.reader.candidates import coverage
from bot.reader.network import SpanReader
from bot.reader.network_reading import read_passages
from bot.reader.sureness import is_sure
from bot.reader.translated import with_short_answer
from bot.stage_timer import StageTimer
from corpus import Passage
from corpus.language.text import fold

MISSING: Pair = ("资料库里没有《{work}》。", "The documents do not include “{work}”.")
MISSING_HERE: Pair = (
    "限定的文章里没有《{work}》。",
    "The documents that were chosen do not include “{work}”.",
)
NEAREST: Pair = ("最接近的是《{work}》。", " The nearest is “{work}”.")


def answer_from(
    material: Material, answer: Answer, network: SpanReader | None, timer: StageTimer
) -> Earlier:
    """`answer`, which says nothing yet, with what the hits of `material` say.

    `network` reads them where the form of the answer needs it; with None rules alone do. New words
    (X of X呢) that nothing says are refused whatever the form.
    """
    if material.question.news and not material.candidates:
        timer.finish("read")
        return Earlier(answer, (), material)
    composition = compose_unread(material)
    if composition is None:
        scores = read_passages(network, material.question, material.hits, material.scope)
        material = replace(material, scores=scores)
    timer.finish("read")
    if composition is None:
        composition = compose(material)
    if composition is not None:
        timer.finish("compose")
        answer = with_composition(answer, composition)
    else:
        answer = _with_fact(answer, material, network, timer)
        if answer.outcome == "absent" and material.form == "mention":
            lack = not_mentioned(material.question)
            answer = with_composition(answer, lack) if lack is not None else answer
    answer = replace(answer, reader="neural" if material.scores else "rules")
    return Earlier(answer, lines_of(answer, composition), material)


def answer_with_rest(
    material: Material, answer: Answer, first: Passage, found: Callable[[], Earlier]
) -> Earlier:
    """`answer` with what else the list says of which `first` is an item, or else with what is `found`.

    Where that is nothing: what the list or the section of `first` says more, if it speaks of what is
    asked for.
    """
    known = Citation(first.document, first.start, first.end)
    lines = rest_of_named_list(material.question, known)
    if lines:
        return _of_lines(lines, Earlier(answer, (), material))
    earlier = found()
    if earlier.answer.outcome != "absent":
        return earlier
    snapshot = material.sources.snapshot
    lines = rest_of_list([known], [known]) or rest_of_section([known], snapshot, [known])
    own = material.question.own
    said = fold(" ".join([first.context, *(one.quote for one in cited(lines))]))
    return _of_lines(lines, earlier) if lines and coverage(own, said) else earlier


def _of_lines(lines: Sequence[Line], earlier: Earlier) -> Earlier:
    composition = Composition("list", tuple(lines), CERTAIN)
    return replace(
        earlier, answer=with_composition(earlier.answer, composition), lines=composition.lines
    )


def with_composition(answer: Answer, composition: Composition | Absence) -> Answer:
    """An answer with what several sentences say, or that none does."""
    if isinstance(composition, Absence):
        return replace(answer, text=composition.text)
    text, parts, citations, _ = told(composition)
    return replace(
        answer,
        outcome="answered",
        form=composition.form,
        text=text,
        parts=parts,
        citations=citations,
        confidence=composition.confidence,
    )


def without_work(answer: Answer, scope: Scope) -> Answer:
    """The refusal of a question about a work that is not held: by its name, with the nearest held."""
    work = (scope.missing or "").strip("《》")
    lack = MISSING if scope.doc_ids is None else MISSING_HERE
    text = pick(lack, answer.language).format(work=work)
    suggestions = (scope.instead,) if scope.instead else ()
    if scope.nearest is not None:
        nearest = scope.nearest.name
        text += pick(NEAREST, answer.language).format(work=nearest)
    return replace(answer, text=text, suggestions=suggestions)


def _with_fact(
    answer: Answer, material: Material, network: SpanReader | None, timer: StageTimer
) -> Answer:
    """An answer with the sentence that states a fact, and what other documents state of it."""
    reader = material.sources.reader
    question, hits = material.question, material.hits
    reading = reader.read(question, hits, material.scores, material.scope)
    segmenter = material.sources.snapshot.segmenter
    reading = with_short_answer(reading, question, hits, network, segmenter)
    timer.finish("decide")
    answer = _with_reading(answer, reading)
    found = agreement(reading, material)
    return with_others(answer, found) if found else answer


def _with_reading(answer: Answer, reading: Reading) -> Answer:
    """An answer with what was read: its citations, or only how sure it would have been."""
    if not reading.citations:
        return replace(answer, confidence=reading.confidence)
    return replace(
        answer,
        outcome="answered",
        text=extracted_text(reading.citations),
        citations=reading.citations,
        short_answer=reading.short_answer,
        short_answer_sure=is_sure(reading.signs),
        confidence=reading.confidence,
    )
