"""Follow-up questions without a model: what a short question leaves out is carried over from the question before it."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace

from bot.question import Question, analyse
from corpus.text import Segmenter, fold, is_place

CARRIED = 0.6
"""Weight of a carried term beside one the question has itself."""

TELLING = 5.0
"""Rarity from which one word alone tells what a question is about."""

_POINTING = re.compile(
    r"[它他她]们?|其(?!他|它|实|余)|这(?!篇|种文|文)|那(?=个|些|里|时|年|次|份|座|家|项|边|么|几|两|呢|一)|该(?!如何|怎)|此(?!文)|上述|前者|后者|另外|另一|剩下|其余|其他|还有|"
    r"\b(?:it|its|they|them|their|he|she|his|her|this|that|these|those|there|the other|others?)\b"
)
_ELLIPTIC = re.compile(r"^(?:那么?|还有|and |what about|how about)|呢[?？]?$")
_QUOTED = re.compile(r"[“「『\"《]([^”」』\"》]{2,20})[”」』\"》]")


def resolve(asked: str, history: Sequence[Mapping[str, str]], segmenter: Segmenter) -> Question:
    """`asked` as a question that stands by itself, from `history` (turns with role and content, oldest first)."""
    question = analyse(asked, segmenter)
    turns = list(history)
    while turns and turns[-1]["role"] != "user":
        turns.pop()
    if not turns or not _leaves_out(question):
        return question
    earlier = resolve(turns[-1]["content"], turns[:-1], segmenter)
    answer = history[-1]["content"] if history[-1]["role"] == "assistant" else ""
    return _carry(question, earlier, _named(answer, segmenter) if _POINTING.search(fold(asked)) else {})


def _leaves_out(question: Question) -> bool:
    """Whether the question points back, is elliptic, or names nothing that could be searched."""
    folded = fold(question.text)
    names_something = any(weight >= TELLING for weight in question.terms.values()) or len(question.terms) > 3
    return bool(_POINTING.search(folded) or _ELLIPTIC.search(folded)) or not names_something


def _named(answer: str, segmenter: Segmenter) -> dict[str, float]:
    """Places and quoted names of an answer: what a pronoun may point to."""
    folded = fold(answer)
    names = [*_QUOTED.findall(folded), *(w for w in segmenter.words(folded) if is_place(w))]
    return {name: segmenter.rarity(name) for name in names}


def _carry(question: Question, earlier: Question, named: Mapping[str, float]) -> Question:
    carried: dict[str, float] = {}
    text = earlier.text
    for term, weight in (*earlier.terms.items(), *named.items()):
        instead = _replacement(term, question)
        if instead:
            text = text.replace(term, instead)
        elif term not in question.terms:
            carried[term] = CARRIED * weight
    asks = question.kind != "bare"
    return replace(
        question if asks else earlier,
        asked=question.asked if asks else f"{text} {question.asked}",
        text=" ".join([*carried, question.text]) if asks else " ".join([text, *question.terms]),
        terms={**question.terms, **carried},
        numbers=question.numbers if asks else question.numbers | earlier.numbers,
        kind=question.kind if asks else earlier.kind,
    )


def _replacement(term: str, question: Question) -> str:
    """What the question names instead of `term`: a place for a place, 中观 for 微观; empty where nothing."""
    for own in question.terms:
        if own == term:
            return ""
        if (is_place(term) and is_place(own)) or (len(own) == len(term) > 1 and own[1:] == term[1:]):
            return own
    return ""
