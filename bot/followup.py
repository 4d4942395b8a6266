"""Follow-up questions without a model: what a short question leaves out is carried over from the question before it."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace

from bot.question import Question, analyse
from corpus.text import Segmenter, fold, is_place

CARRIED = 0.6
"""Weight of a carried term beside one the question has itself."""

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
    """Whether the question points back, is elliptic, or says too little to be searched."""
    folded = fold(question.text)
    return bool(_POINTING.search(folded) or _ELLIPTIC.search(folded)) or len(question.terms) < 2


def _named(answer: str, segmenter: Segmenter) -> dict[str, float]:
    """Places and quoted names of an answer: what a pronoun may point to."""
    folded = fold(answer)
    names = [*_QUOTED.findall(folded), *(w for w in segmenter.words(folded) if is_place(w))]
    return {name: segmenter.rarity(name) for name in names}


def _carry(question: Question, earlier: Question, named: Mapping[str, float]) -> Question:
    carried = {t: w for t, w in (*earlier.terms.items(), *named.items()) if not _replaced(t, question)}
    carried = {t: CARRIED * w for t, w in carried.items() if t not in question.terms}
    asks = question.kind != "bare"
    return replace(
        question if asks else earlier,
        text=" ".join([*carried, question.text]) if asks else " ".join([*question.terms, earlier.text]),
        terms={**question.terms, **carried},
        numbers=question.numbers if asks else question.numbers | earlier.numbers,
        kind=question.kind if asks else earlier.kind,
    )


def _replaced(term: str, question: Question) -> bool:
    """Whether the question names another of the same sort: a place for a place, 中观层面 for 微观层面."""
    if is_place(term):
        return any(is_place(own) for own in question.terms)
    return any(len(own) == len(term) > 1 and own != term and own[-1:] == term[-1:] and own[1:] == term[1:] for own in question.terms)
