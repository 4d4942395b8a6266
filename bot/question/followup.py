"""Completes follow-up questions with what they leave out of the questions before (那上海呢？).

The regular expressions that recognise a follow-up question are in `rules/followup.toml`.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path

from bot.question.analysis import Question, analyse
from bot.question.continuing import continuing
from bot.question.metadata import adds_nothing, asked_sections, names_article
from bot.question.smalltalk import needed_no_document, without_courtesy
from corpus.language.text import Segmenter, fold, is_place

CARRIED_WEIGHT = 0.6
"""Weight of a carried term against one of the question itself: less, so that those lead."""

TELLING_RARITY = 5.0
"""Rarity (about 2 to 8) from which a single term is enough to search for."""

TELLING_TERMS = 4
"""Number of terms that are enough together, however common each is."""

NAMING_TERMS = 2
"""Terms of a question that is whole, those of a single character not counted."""

RULES_FILE = Path(__file__).parent / "rules/followup.toml"

_RULES = tomllib.loads(RULES_FILE.read_text("utf-8"))
# The 它 of 它是谁建的？
_POINTING = re.compile("|".join(_RULES["pointing"]))
# The 没有业委会， of 没有业委会，也能申请吗, up to the 也
_WITHIN = re.compile(f"({'|'.join(_RULES['within'])})也")
# 那上海呢？, what about shanghai
_ELLIPTIC = re.compile("|".join(_RULES["elliptic"]))
# 换个话题, a new question
_FRESH = re.compile("|".join(_RULES["fresh"]))
# 还有哪些要求
_MORE = re.compile("|".join(_RULES["more"]))
# 其他城市呢
_ELSEWHERE = re.compile("|".join(_RULES["elsewhere"]))
# The 两张网 of “两张网”, the 条例 of 《条例》
_QUOTED = re.compile("|".join(_RULES["quoted"]))
# The 2685 of 2685万次; 60%
_NUMBER = re.compile(r"(?<![\d+.])\d+(?:\.\d+)?%?")
# “两张网”
_QUOTATION = re.compile(r"[“「『\"][^”」』\"]{1,12}[”」』\"]")
# 在〔桃源街道〕
_STREET = re.compile(
    r"(?:(?<=在)|(?<![\u4e00-\u9fff]))[^\W\da-z_有多少哪什么几的是在]{2,12}?(?:街道|镇|乡|村)"
)
# The 码 of 码呢？; 的 and 了 alone ask nothing.
_ASKS_SOMETHING = re.compile(r"[^\W的了啊]")
# 杭州市, 徐汇区, 桃源街道
_AREA = re.compile(r"..(?:[省市县区镇村]|街道)$")


def resolve(asked: str, history: Sequence[Mapping[str, str]], segmenter: Segmenter) -> Question:
    """`asked` completed from `history` (turns, oldest first) so that it stands by itself.

    Goes back over as many questions as depend on one another. Small talk and requests between them are
    skipped, and what carried an answer on (还有吗).
    """
    if not _ASKS_SOMETHING.search(asked):
        return analyse(asked, segmenter)
    *dependent, (_, complete) = _chain(asked, history, segmenter)
    for turn, question in reversed(dependent):
        names: dict[str, float] = {}
        before = history[turn - 1]
        if before["role"] == "assistant" and points_back(question):
            names = _names_in(before["content"], segmenter)
        complete = _carry(question, _at_place(question, complete, segmenter), names)
    return complete


def _chain(
    asked: str, history: Sequence[Mapping[str, str]], segmenter: Segmenter
) -> list[tuple[int, Question]]:
    """`asked` and the questions before it, up to the first that is complete, the latest first.

    Each comes with the number of its turn in `history`.
    """
    question = analyse(without_courtesy(asked), segmenter)
    chain = [(len(history), question)]
    for number in range(len(history) - 1, -1, -1):
        if not _is_incomplete(question):
            break
        turn = history[number]
        if turn["role"] == "user" and _asks_of_its_own(number, history):
            question = analyse(without_courtesy(turn["content"]), segmenter)
            chain.append((number, question))
    return chain


def _asks_of_its_own(turn: int, history: Sequence[Mapping[str, str]]) -> bool:
    is_continuing = continuing(history[turn]["content"]) is not None
    return not is_continuing and not needed_no_document(turn, history)


def _is_incomplete(question: Question) -> bool:
    """Whether the question refers back, is elliptic, or has no term worth searching for."""
    folded = fold(question.whole)
    if _FRESH.search(folded):
        return False
    if _leaves_out(folded):
        return True
    has_rare_term = any(rarity >= TELLING_RARITY for rarity in question.terms.values())
    return not has_rare_term and len(question.terms) < TELLING_TERMS


def _leaves_out(folded: str) -> bool:
    """Whether a folded question shows that it leaves out what was said before: 它, 那上海呢, 为什么."""
    shows = _points_back(folded) or bool(_ELLIPTIC.search(folded))
    return shows or adds_nothing(folded)


def stands_alone(question: Question) -> bool:
    """Whether a question as it was typed is whole, so that it may be asked without those before it."""
    return not _is_incomplete(question) and _names_things(question)


def may_stand_alone(question: Question) -> bool:
    """Whether a question may be whole: it has a telling word, or names things, and shows no lack of others."""
    if not _is_incomplete(question):
        return True
    return _names_things(question) and not _leaves_out(fold(question.whole))


def _names_things(question: Question) -> bool:
    """Whether a question has the words of more than one thing: 港口的主任是谁, not 省里出多少."""
    return sum(len(term) > 1 for term in question.terms) >= NAMING_TERMS


def is_elliptic(question: Question) -> bool:
    """Whether a question is only the end of one: 那上海呢, 换成上海."""
    return question.kind == "bare" and bool(_ELLIPTIC.search(fold(question.text)))


def points_back(question: Question) -> bool:
    """Whether a question has a word for what was spoken of before: 它, 那里, 还有."""
    return _points_back(fold(question.asked))


def _points_back(folded: str) -> bool:
    """Whether a folded text has a word for what was spoken of before it, and not in it."""
    return bool(_POINTING.search(_WITHIN.sub(r"\1", folded)))


def asks_more(question: Question) -> bool:
    """Whether a question asks for more than was said before it: 还有哪些要求."""
    return bool(_MORE.search(fold(question.asked)))


def leaves(words: str) -> bool:
    """Whether the folded X of X呢 leaves the document that was spoken of: 其他城市."""
    return bool(_ELSEWHERE.match(words))


def _names_in(answer: str, segmenter: Segmenter) -> dict[str, float]:
    """Places and quoted names of an answer, each with its rarity: what a pronoun may refer to."""
    folded = fold(answer)
    names: list[str] = _QUOTED.findall(folded)
    names += filter(is_place, segmenter.words(folded))
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
    about_article = _about_article(question, earlier)
    if about_article:
        return about_article
    text, replaced = _with_own_numbers_and_names(question, earlier.text)
    before, after, focus = earlier.before, earlier.after, earlier.focus
    carried: dict[str, float] = {}
    for term, rarity in (*earlier.terms.items(), *named.items()):
        own = _replacement(term, question)
        if own:
            text = text.replace(term, own)
            before = before.replace(term, own)
            after = after.replace(term, own)
            focus = focus.replace(term, own)
        elif term not in question.terms and term not in replaced:
            carried[term] = CARRIED_WEIGHT * rarity
    terms = {**question.terms, **carried}
    if question.kind != "bare":
        return _with_carried_terms(question, carried, terms)
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
        carried=frozenset(carried),
    )


def _with_carried_terms(
    question: Question, carried: Mapping[str, float], terms: Mapping[str, float]
) -> Question:
    """`question`, which has an interrogative, with the carried terms put before it."""
    asked = question.asked
    if asked_sections(question):
        # 什么时候发布的？ asks about what the question before was about, not about the article.
        asked = " ".join([*carried, asked])
    whole = " ".join([*carried, question.text])
    held = frozenset(carried)
    return replace(question, asked=asked, whole=whole, text=whole, terms=terms, carried=held)


def _about_article(question: Question, earlier: Question) -> Question | None:
    """The completed question if it is about the article itself, else None."""
    own_sections = asked_sections(question)
    earlier_sections = asked_sections(earlier)
    if own_sections:
        # 来源 and 它的作者 alone may be about what the question before was about.
        is_alone = own_sections != ("出处",) and not points_back(question)
        is_about_article = earlier_sections or is_alone or names_article(question.asked)
        return question if is_about_article else None
    if not earlier_sections or not adds_nothing(question.asked):
        return None
    asking = earlier if question.kind == "bare" else question
    whole = f"{earlier.text} {question.text}"
    return replace(asking, asked=f"{earlier.asked} {question.asked}", whole=whole, text=whole)


def _with_own_numbers_and_names(question: Question, text: str) -> tuple[str, str]:
    """`text` with its only number and its only quoted name replaced by those of `question`.

    The second string returned holds what was replaced.
    """
    folded = fold(question.asked)
    replaced = ""
    old, new = _only_ones(_NUMBER, text, folded)
    if old != new:
        replaced += old
        text = _NUMBER.sub(new, text)
    old, new = _only_ones(_QUOTATION, text, folded)
    if old != new:
        replaced += old
        text = text.replace(old, new)
    return text, replaced


def _only_ones(pattern: re.Pattern[str], text: str, folded: str) -> tuple[str, str]:
    """What `pattern` finds in `text` and in `folded`, both empty where it is not one thing in each."""
    in_text = set(pattern.findall(fold(text)))
    in_folded = set(pattern.findall(folded))
    if len(in_text) == len(in_folded) == 1:
        return in_text.pop(), in_folded.pop()
    return "", ""


def _replacement(term: str, question: Question) -> str:
    """The term of the question that replaces `term`, or empty: a place for a place, 中观 for 微观."""
    if term in question.terms:
        return ""
    return next((own for own in question.terms if _are_alternatives(term, own)), "")


def _are_alternatives(one: str, other: str) -> bool:
    """Whether two terms are both places, or differ in their first character only."""
    if _is_area(one) and _is_area(other):
        return True
    return len(one) == len(other) > 1 and one[1:] == other[1:]


def _is_area(word: str) -> bool:
    """Whether `word` names a city, or a part of one."""
    return is_place(word) or bool(_AREA.search(word))
