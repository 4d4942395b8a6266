"""The sentences that are checked: faithful and corrupt ones of each kind, from all material."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from itertools import product
from typing import NamedTuple

from bot.answer import Citation
from bot.evals.checker.corruptions import (
    Pools,
    invention,
    misplaced_number,
    wrong_date,
    wrong_mark,
    wrong_number,
    wrong_unit,
)
from bot.evals.checker.faithful import FAITHFUL, Maker
from bot.evals.checker.material import HALVES, TEXT_KINDS, Half, Taken, TextKind
from bot.evals.checker.reversals import before_after, exchange, more_less, reworded, single_word
from bot.llm.sentences import MarkedSentence
from corpus.language.text import Segmenter


class Example(NamedTuple):
    """A marked sentence with its candidates, of which the first is its source."""

    kind: str
    text_kind: TextKind
    half: Half
    is_faithful: bool
    sentence: MarkedSentence
    candidates: tuple[Citation, ...]


Corrupting = Callable[[Taken, random.Random], MarkedSentence | None]


def examples(
    material: Sequence[Taken], segmenter: Segmenter, seed: int, each: int
) -> list[Example]:
    """At most `each` examples of every kind, kind of text and half, from different documents if possible."""
    found: list[Example] = []
    for text_kind, half in product(TEXT_KINDS, HALVES):
        of_half = [one for one in material if (one.kind, one.half) == (text_kind, half)]
        for kind, make in _makers(of_half, segmenter).items():
            is_faithful = kind in FAITHFUL
            made = _made(of_half, make, f"{seed} {text_kind} {half} {kind}", each)
            for taken, sentence in made:
                found.append(
                    Example(kind, text_kind, half, is_faithful, sentence, taken.candidates)
                )
    return found


def _makers(material: Sequence[Taken], segmenter: Segmenter) -> dict[str, Corrupting]:
    """Kind → what makes a sentence of it."""
    pools = Pools(material, segmenter)
    by_text: dict[str, Maker] = {
        **FAITHFUL,
        "wrong number": wrong_number,
        "wrong unit": wrong_unit,
        "wrong date": wrong_date,
        "wrong name": pools.wrong_name,
        "wrong place": pools.wrong_place,
        "single-word negation": single_word,
        "reworded negation": reworded,
        "swapped: who and whom": exchange,
        "swapped: before and after": before_after,
        "swapped: more and less": more_less,
        "misplaced number": misplaced_number,
        "negation of a question and answer": _of_worded(single_word),
        "reworded negation of one": _of_worded(reworded),
        "swapped in a question and answer": _of_worded(_any_swap),
    }
    makers = {kind: _marked(make, segmenter) for kind, make in by_text.items()}

    def invented(taken: Taken, choice: random.Random) -> MarkedSentence | None:
        text = invention(taken, material, choice)
        return None if text is None else MarkedSentence(text, (1,))

    def marked_wrongly(taken: Taken, choice: random.Random) -> MarkedSentence | None:
        mark = wrong_mark(taken, choice)
        return None if mark is None else MarkedSentence(taken.text, (mark,))

    return {**makers, "invention": invented, "wrong mark": marked_wrongly}


def _of_worded(make: Maker) -> Maker:
    """What makes of the claims of people what `make` makes of sentences."""

    def made(taken: Taken, choice: random.Random, segmenter: Segmenter) -> str | None:
        for claim in choice.sample(taken.worded, len(taken.worded)):
            text = make(replace(taken, said=claim), choice, segmenter)
            if text is not None:
                return text
        return None

    return made


def _any_swap(taken: Taken, choice: random.Random, segmenter: Segmenter) -> str | None:
    for make in choice.sample([exchange, before_after, more_less], 3):
        text = make(taken, choice, segmenter)
        if text is not None:
            return text
    return None


def _marked(make: Maker, segmenter: Segmenter) -> Corrupting:
    def marked(taken: Taken, choice: random.Random) -> MarkedSentence | None:
        text = make(taken, choice, segmenter)
        is_same = text == taken.text and make is not FAITHFUL["itself"]
        return None if text is None or is_same else MarkedSentence(text, (1,))

    return marked


def _made(
    material: Sequence[Taken], make: Corrupting, seed: str, each: int
) -> Iterator[tuple[Taken, MarkedSentence]]:
    """The first `each` sentences that can be made, one a document until all had their turn."""
    count = 0
    ordered = list(material)
    random.Random(seed).shuffle(ordered)
    for taken in _one_a_document_first(ordered):
        if count == each:
            return
        place = taken.source
        choice = random.Random(f"{seed} {place.document.doc_id} {place.start}")
        sentence = make(taken, choice)
        if sentence is not None:
            count += 1
            yield taken, sentence


def _one_a_document_first(material: Sequence[Taken]) -> list[Taken]:
    rounds: dict[str, int] = {}
    numbered = []
    for at, taken in enumerate(material):
        turn = rounds.get(taken.document.doc_id, 0)
        rounds[taken.document.doc_id] = turn + 1
        numbered.append((turn, at, taken))
    return [taken for _, _, taken in sorted(numbered, key=lambda one: one[:2])]
