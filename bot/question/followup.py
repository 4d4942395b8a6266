"""Follow-up questions without a model: what a short question leaves out is carried over from the question before it."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path

from bot.question.analysis import Question, analyse
from bot.question.metadata import adds_nothing, asked_sections, names_article
from bot.question.smalltalk import about, without_courtesy
from corpus.language.text import Segmenter, fold, is_place

CARRIED = 0.6
"""Weight of a carried term beside one the question has itself."""

TELLING = 5.0
"""Rarity from which one word alone tells what a question is about."""

TELLING_TERMS = 4
"""So many words tell it together."""

RULES_FILE = Path(__file__).parent / "rules/followup.toml"

_RULES = tomllib.loads(RULES_FILE.read_text("utf-8"))
_POINTING = re.compile("|".join(_RULES["pointing"]))
_ELLIPTIC = re.compile("|".join(_RULES["elliptic"]))
_FRESH = re.compile("|".join(_RULES["fresh"]))
_QUOTED = re.compile("|".join(_RULES["quoted"]))
_NUMBER = re.compile(r"(?<![\d+.])\d+(?:\.\d+)?%?")
_MARKED = re.compile(r"[“「『\"][^”」』\"]{1,12}[”」』\"]")
_STREET = re.compile(
    r"(?:(?<=在)|(?<![\u4e00-\u9fff]))[^\W\da-z_有多少哪什么几的是在]{2,12}?(?:街道|镇|乡|村)"
)
_SAYS = re.compile(r"[^\W的了啊]")
_AREA = re.compile(r"..(?:[省市县区镇村]|街道)$")


def resolve(asked: str, history: Sequence[Mapping[str, str]], segmenter: Segmenter) -> Question:
    """`asked` as a question that stands by itself, from `history` (turns with role and content, oldest first).

    It goes back over as many questions as lean on one another; greetings and thanks between them do not count.
    """
    if not _SAYS.search(asked):
        return analyse(asked, segmenter)
    chain = [(len(history), analyse(without_courtesy(asked), segmenter))]
    for at in range(len(history) - 1, -1, -1):
        if not _leaves_out(chain[-1][1]):
            break
        turn = history[at]
        if turn["role"] == "user" and not about(turn["content"]):
            chain.append((at, analyse(without_courtesy(turn["content"]), segmenter)))
    _, whole = chain.pop()
    for at, question in reversed(chain):
        answer = history[at - 1]["content"] if history[at - 1]["role"] == "assistant" else ""
        pointed = _POINTING.search(fold(question.asked))
        whole = _carry(
            question,
            _there(question, whole, segmenter),
            _named(answer, segmenter) if pointed else {},
        )
    return whole


def _leaves_out(question: Question) -> bool:
    """Whether the question points back, is elliptic, or names nothing that could be searched."""
    folded = fold(question.text)
    if _FRESH.search(folded):
        return False
    names_something = len(question.terms) >= TELLING_TERMS or any(
        rare >= TELLING for rare in question.terms.values()
    )
    leans = _POINTING.search(folded) or _ELLIPTIC.search(folded) or adds_nothing(folded)
    return bool(leans) or not names_something


def _named(answer: str, segmenter: Segmenter) -> dict[str, float]:
    """Places and quoted names of an answer, each with its rarity: what a pronoun may point to."""
    folded = fold(answer)
    names = [
        *_QUOTED.findall(folded),
        *(word for word in segmenter.words(folded) if is_place(word)),
    ]
    return {name: segmenter.rarity(name) for name in names}


def _there(question: Question, earlier: Question, segmenter: Segmenter) -> Question:
    """`earlier` asked of the place that `question` names, where it is of a street or village no dictionary has."""
    own = [term for term in question.terms if _is_area(term)]
    street = _STREET.search(fold(earlier.text))
    if len(own) != 1 or not street:
        return earlier
    start, end = street.span()
    return analyse(earlier.text[:start] + own[0] + earlier.text[end:], segmenter)


def _carry(question: Question, earlier: Question, named: Mapping[str, float]) -> Question:
    """`question` with the terms of `earlier` and of `named` that it does not replace by its own.

    One that asks nothing itself (那上海呢？) asks what `earlier` asked.
    """
    of_article = _of_the_article(question, earlier)
    if of_article:
        return of_article
    text, gone = _with_its_own(question, earlier.text)
    before, after, focus = earlier.before, earlier.after, earlier.focus
    carried: dict[str, float] = {}
    for term, rarity in (*earlier.terms.items(), *named.items()):
        instead = _replacement(term, question)
        if instead:
            text, before, after, focus = (
                said.replace(term, instead) for said in (text, before, after, focus)
            )
        elif term not in question.terms and term not in gone:
            carried[term] = CARRIED * rarity
    terms = {**question.terms, **carried}
    if question.kind != "bare":
        # 什么时候发布的？ asks of what was spoken of, not of the article.
        asked = " ".join([*carried, question.asked]) if asked_sections(question) else question.asked
        whole = " ".join([*carried, question.text])
        return replace(question, asked=asked, whole=whole, text=whole, terms=terms)
    return replace(
        earlier,
        asked=f"{text} {question.asked}",
        whole=text,
        text=" ".join([text, *question.terms]),
        before=before,
        after=after,
        focus=focus,
        terms=terms,
        numbers=question.numbers or earlier.numbers,
    )


def _of_the_article(question: Question, earlier: Question) -> Question | None:
    """`question` where it asks of the article itself, as `earlier` may have done; None where of what it says."""
    own, before = asked_sections(question), asked_sections(earlier)
    alone = own != ("出处",) and not _POINTING.search(fold(question.asked))
    if own and (before or alone or names_article(question.asked)):
        return question
    if own or not before or not adds_nothing(question.asked):
        return None
    asking = earlier if question.kind == "bare" else question
    whole = f"{earlier.text} {question.text}"
    return replace(asking, asked=f"{earlier.asked} {question.asked}", whole=whole, text=whole)


def _with_its_own(question: Question, text: str) -> tuple[str, str]:
    """The `text` of an earlier question with the one number, or quoted name, of `question` for its own; and those."""
    gone = ""
    for pattern in (_NUMBER, _MARKED):
        old, new = (set(pattern.findall(fold(said))) for said in (text, question.asked))
        if len(old) == len(new) == 1 and old != new:
            gone += min(old)
            text = (
                text.replace(min(old), min(new))
                if pattern is _MARKED
                else re.sub(pattern, min(new), text)
            )
    return text, gone


def _replacement(term: str, question: Question) -> str:
    """What the question names instead of `term`: a place for a place, 中观 for 微观; empty where nothing."""
    if term in question.terms:
        return ""
    return next((own for own in question.terms if _stand_alike(term, own)), "")


def _stand_alike(one: str, other: str) -> bool:
    return (_is_area(one) and _is_area(other)) or (
        len(one) == len(other) > 1 and one[1:] == other[1:]
    )


def _is_area(word: str) -> bool:
    return is_place(word) or bool(_AREA.search(word))
