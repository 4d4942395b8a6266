"""Follow-up questions: carries over from the question before what a short question leaves out."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path

from bot.question.analysis import Question, analyse
from bot.question.metadata import adds_nothing, asked_sections, names_article
from bot.question.smalltalk import smalltalk_kind, without_courtesy
from corpus.language.text import Segmenter, fold, is_place

CARRIED = 0.6
"""Weight of a carried term beside one the question has itself."""

TELLING = 5.0
"""Rarity from which a single term is enough to search for."""

TELLING_TERMS = 4
"""Number of less rare terms that are enough together."""

RULES_FILE = Path(__file__).parent / "rules/followup.toml"

_RULES = tomllib.loads(RULES_FILE.read_text("utf-8"))
_POINTING = re.compile("|".join(_RULES["pointing"]))
_ELLIPTIC = re.compile("|".join(_RULES["elliptic"]))
_FRESH = re.compile("|".join(_RULES["fresh"]))
_QUOTED = re.compile("|".join(_RULES["quoted"]))
# The 2685 of 2685万次; 60%
_NUMBER = re.compile(r"(?<![\d+.])\d+(?:\.\d+)?%?")
# “两张网”
_MARKED = re.compile(r"[“「『\"][^”」』\"]{1,12}[”」』\"]")
# 在〔桃源街道〕
_STREET = re.compile(
    r"(?:(?<=在)|(?<![\u4e00-\u9fff]))[^\W\da-z_有多少哪什么几的是在]{2,12}?(?:街道|镇|乡|村)"
)
# The 码 of 码呢？; 的 and 了 alone ask nothing.
_SAYS = re.compile(r"[^\W的了啊]")
# 杭州市, 徐汇区, 桃源街道
_AREA = re.compile(r"..(?:[省市县区镇村]|街道)$")


def resolve(asked: str, history: Sequence[Mapping[str, str]], segmenter: Segmenter) -> Question:
    """`asked` completed from `history` (turns, oldest first) so that it stands by itself.

    Goes back over as many questions as depend on one another; small talk between them is skipped.
    """
    if not _SAYS.search(asked):
        return analyse(asked, segmenter)
    chain = [(len(history), analyse(without_courtesy(asked), segmenter))]
    for at in range(len(history) - 1, -1, -1):
        if not _is_incomplete(chain[-1][1]):
            break
        turn = history[at]
        if turn["role"] == "user" and not smalltalk_kind(turn["content"]):
            chain.append((at, analyse(without_courtesy(turn["content"]), segmenter)))
    _, whole = chain.pop()
    for at, question in reversed(chain):
        answer = history[at - 1]["content"] if history[at - 1]["role"] == "assistant" else ""
        pointed = _POINTING.search(fold(question.asked))
        whole = _carry(
            question,
            _at_place(question, whole, segmenter),
            _names_in(answer, segmenter) if pointed else {},
        )
    return whole


def _is_incomplete(question: Question) -> bool:
    """Whether the question refers back, is elliptic, or has no term worth searching for."""
    folded = fold(question.text)
    if _FRESH.search(folded):
        return False
    names_something = len(question.terms) >= TELLING_TERMS or any(
        rare >= TELLING for rare in question.terms.values()
    )
    leans = _POINTING.search(folded) or _ELLIPTIC.search(folded) or adds_nothing(folded)
    return bool(leans) or not names_something


def _names_in(answer: str, segmenter: Segmenter) -> dict[str, float]:
    """Places and quoted names of an answer, each with its rarity: what a pronoun may refer to."""
    folded = fold(answer)
    names = [
        *_QUOTED.findall(folded),
        *(word for word in segmenter.words(folded) if is_place(word)),
    ]
    return {name: segmenter.rarity(name) for name in names}


def _at_place(question: Question, earlier: Question, segmenter: Segmenter) -> Question:
    """`earlier` with its street or village replaced by the only place in `question`."""
    own = [term for term in question.terms if _is_area(term)]
    street = _STREET.search(fold(earlier.text))
    if len(own) != 1 or not street:
        return earlier
    start, end = street.span()
    return analyse(earlier.text[:start] + own[0] + earlier.text[end:], segmenter)


def _carry(question: Question, earlier: Question, named: Mapping[str, float]) -> Question:
    """`question` with those terms of `earlier` and of `named` that it does not replace by its own.

    A question without an interrogative (那上海呢？) takes over that of `earlier`.
    """
    of_article = _of_the_article(question, earlier)
    if of_article:
        return of_article
    text, gone = _substituted(question, earlier.text)
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
    """The completed question if it is about the article itself, else None."""
    own, before = asked_sections(question), asked_sections(earlier)
    alone = own != ("出处",) and not _POINTING.search(fold(question.asked))
    if own and (before or alone or names_article(question.asked)):
        return question
    if own or not before or not adds_nothing(question.asked):
        return None
    asking = earlier if question.kind == "bare" else question
    whole = f"{earlier.text} {question.text}"
    return replace(asking, asked=f"{earlier.asked} {question.asked}", whole=whole, text=whole)


def _substituted(question: Question, text: str) -> tuple[str, str]:
    """`text` with its only number or quoted name replaced by that of `question`; and the old one."""
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
    """The term of the question that replaces `term`: a place for a place, 中观 for 微观; or empty."""
    if term in question.terms:
        return ""
    return next((own for own in question.terms if _stand_alike(term, own)), "")


def _stand_alike(one: str, other: str) -> bool:
    return (_is_area(one) and _is_area(other)) or (
        len(one) == len(other) > 1 and one[1:] == other[1:]
    )


def _is_area(word: str) -> bool:
    return is_place(word) or bool(_AREA.search(word))
