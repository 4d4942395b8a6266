"""What a follow-up may mean: the question before with other words in it, or its own words alone.

Both 那儿童呢 and 那周末呢 follow 平日成人入园多少钱: what X in X呢 stands for is told by which words of the
question before are most like it, and what the documents say decides between the readings.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace

from bot.question.analysis import Question, analyse
from bot.question.followup import CARRIED_WEIGHT, is_elliptic, leaves, points_back
from corpus.language.bounds import asked_amounts
from corpus.language.quantities import quantities
from corpus.language.text import Segmenter, fold

Likeness = Callable[[str, str], float]
"""How alike two wordings are, -1 to 1."""

LONGEST_STRETCH = 3
"""Words of a stretch of the question before that X of X呢 may replace."""

STRETCHES = 2
"""Stretches tried."""

SAME_ENDING = 0.05
"""What the same last character adds to a likeness: 熟食摊 and 食材摊."""

ADDED = 0.03
"""How much less like anything a clause is that is put before the question: 那周末呢 rather replaces 平日."""

UNLIKE = 0.88
"""How alike the bundled encoder finds two words of different things: .85 to .90 of some thirty pairs."""

AMOUNT_RARITY = 7.0
"""Rarity of an amount, as it is written, among the terms of X."""

# 那 and 呢 of 那电梯房呢？
_AROUND = re.compile(r"^(?:那么?|还有|换成|换作|改成|至于|再说)|(?:又是?)?呢?[?？。!！\s]*$")
# 要是敲门没人应
_CONDITION = re.compile(r"^(?:要是|如果|假如|万一|若是?|只要)")
# 《三间食堂，一间关了门》
_TITLE = re.compile(r"《[^《》]*》")
# Nothing that is spoken of: 的, 在, 多少
_NO_THING = re.compile(
    r"多少|[几哪谁吗]|什么|多[久长大远]|怎么?|如何|为何|[,，。;；:：?？!！、\s]|是|有没有"
)
# What a stretch does not begin or end with: 〔住宅〕的
_EDGE = re.compile(r"^(?:[的了在从到由把被给对和与]|每)|[的了在从到由把被给对和与]$")


@dataclass(frozen=True, slots=True)
class Meaning:
    """A question that a follow-up may stand for.

    `own` are the terms that it has of itself, `carried` those of the questions before, each with
    its rarity. `is_inside` where it is asked of the document that answered the question before.
    `fit` (-1 to 1) is how like them the words are that its own have replaced.
    """

    question: Question
    own: Mapping[str, float]
    carried: Mapping[str, float]
    is_inside: bool = False
    fit: float = UNLIKE


def readings(
    typed: Question, resolved: Question, earlier: Question, segmenter: Segmenter, alike: Likeness
) -> Sequence[Meaning]:
    """What `typed` may mean after `earlier`, which stands by itself; `resolved` is the plainest."""
    own = dict(typed.terms)
    carried = {term: rarity for term, rarity in resolved.terms.items() if term not in own}
    plain = Meaning(resolved, own, carried)
    if is_elliptic(typed):
        return _with_new_words(typed, plain, earlier, segmenter, alike)
    # Where it stands by itself it is still known to follow: its text is not what was asked.
    alone = f"{typed.text} "
    again = Meaning(replace(typed, whole=alone), own, {}, True)
    if not carried:
        return [plain, again]
    if not points_back(typed):
        # A question that is clean is better read than one behind a row of carried words.
        clean = replace(resolved, whole=alone)
        return [plain, replace(plain, question=clean, is_inside=True), again]
    return [plain, replace(plain, is_inside=True), again]


def _with_new_words(
    typed: Question, plain: Meaning, earlier: Question, segmenter: Segmenter, alike: Likeness
) -> Sequence[Meaning]:
    """`earlier` with the X of X呢 in place of what is likest, or before it."""
    words = _AROUND.sub("", fold(typed.asked)).strip()
    own = dict(analyse(_CONDITION.sub("", words), segmenter).terms)
    news = with_amounts(new_terms(own, fold(earlier.whole)), words)
    found = []
    if words in fold(plain.question.whole):
        again = replace(plain.question, asked=typed.asked, news=news)
        found.append(replace(plain, question=again, own=news))
    before = _typed(earlier)
    if not _CONDITION.match(words):
        for fit, start, end in stretches(words, before, segmenter, alike)[:STRETCHES]:
            whole = before[:start] + words + before[end:]
            replaced = frozenset(new_terms(analyse(before[start:end], segmenter).terms, words))
            question = replace(
                _in_words(whole, typed, own, segmenter), news=news, replaced=replaced
            )
            found.append(_meaning(question, fit))
    added = _in_words(f"{words}，{before}", typed, own, segmenter)
    found.append(_meaning(replace(added, news=news), UNLIKE - ADDED))
    if leaves(words):
        return found
    return [*found, *(replace(one, is_inside=True) for one in found)]


def _typed(earlier: Question) -> str:
    """A question without the words before it that were carried over from others."""
    is_behind = earlier.whole.endswith(earlier.asked)
    return earlier.asked if is_behind else earlier.whole


def _meaning(question: Question, fit: float) -> Meaning:
    """The meaning of a question with new words in it."""
    carried = {term: question.terms[term] / CARRIED_WEIGHT for term in question.carried}
    return Meaning(question, question.news, carried, fit=fit)


def new_terms(terms: Mapping[str, float], known: str) -> Mapping[str, float]:
    """What `terms` say that a folded text does not: 单亲 of 单亲家庭 behind 低保家庭. All where it has all.

    A single character, which many a sentence has, counts only where there is nothing longer.
    """
    new = {}
    for term, rarity in terms.items():
        if term not in known:
            new[_new_part(term, known)] = rarity
    found = new or dict(terms)
    longer = {term: rarity for term, rarity in found.items() if len(term) > 1}
    return longer or found


def with_amounts(terms: Mapping[str, float], words: str) -> Mapping[str, float]:
    """`terms` with the amounts in folded `words`, and without what these consist of: 9栋, not 栋."""
    amounts = [words[start:end] for _, start, end in asked_amounts(words)]
    told = " ".join(amounts)
    found = {term: rarity for term, rarity in terms.items() if term not in told}
    return {**found, **dict.fromkeys(amounts, AMOUNT_RARITY)}


def _new_part(term: str, known: str) -> str:
    """A term without the end, or else the beginning, that a text has; two characters at least are left."""
    for size in range(len(term) - 1, 1, -1):
        left = max(2, len(term) - size)
        if term[-size:] in known:
            return term[:left]
        if term[:size] in known:
            return term[-left:]
    return term


def stretches(
    words: str, whole: str, segmenter: Segmenter, alike: Likeness
) -> list[tuple[float, int, int]]:
    """The stretches of `whole` that `words` may replace, the likeliest first, none over another."""
    folded = fold(whole)
    quoted = [title.span() for title in _TITLE.finditer(whole)]
    scored = []
    for start, end in _runs(folded, segmenter):
        stretch = folded[start:end]
        if any(first < end and start < last for first, last in quoted):
            continue
        fit = alike(stretch, words) + SAME_ENDING * (stretch[-1] == words[-1:])
        if bool(quantities(stretch)) != bool(quantities(words)):
            fit -= SAME_ENDING
        scored.append((fit, start, end))
    scored.sort(key=lambda one: -one[0])
    kept: list[tuple[float, int, int]] = []
    for fit, start, end in scored:
        if all(end <= first or start >= last for _, first, last in kept):
            kept.append((fit, start, end))
    return kept


def _runs(folded: str, segmenter: Segmenter) -> list[tuple[int, int]]:
    """Where runs of at most LONGEST_STRETCH words stand that may name a thing or a condition."""
    places: list[tuple[int, int]] = []
    at = 0
    for word in segmenter.words(folded, guess=False):
        start = folded.find(word, at)
        if start >= 0:
            at = start + len(word)
            places.append((start, at))
    runs = []
    for number, (start, _) in enumerate(places):
        for _, end in places[number : number + LONGEST_STRETCH]:
            stretch = folded[start:end]
            if not (_NO_THING.search(stretch) or _EDGE.search(stretch)):
                runs.append((start, end))
    return runs


def _in_words(
    whole: str, typed: Question, own: Mapping[str, float], segmenter: Segmenter
) -> Question:
    """The question `whole`, which has the words of `typed` in it, with their terms `own`."""
    asked = analyse(whole, segmenter)
    carried = {term: rarity for term, rarity in asked.terms.items() if term not in own}
    weighed = {term: CARRIED_WEIGHT * rarity for term, rarity in carried.items()}
    return replace(
        asked,
        asked=typed.asked,
        text=" ".join([whole, *own]),
        terms={**own, **weighed},
        carried=frozenset(carried),
    )
