"""Every name of a sentence, of a place, a person, a body or a work, stands in what it cites."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from bot.llm.checks import english
from bot.llm.checks.rules import RULES
from bot.llm.checks.statement import Statement
from bot.reader.candidates import PARTLY, covered
from corpus.language.cedict import is_name
from corpus.language.text import HAN, Segmenter, is_english, is_person, is_place, leads, lexicon

UNKNOWN = 7.5
"""Rarity of a word that general dictionaries do not have: most are names."""

RARE_PERSON = 5.5
"""Rarity from which a word that may be a person's name is taken for one: 明白 and 文明 may be, too."""

# 《上海市绿化条例》
_WORK = re.compile(r"[《〈]([^》〉]{2,40})[》〉]")
# 九月, 二十四, 两人, 2.7, 50%: numbers are held by their value
_NUMBER = re.compile(
    r"(?:\d[\d.,]*|[零〇一二两三四五六七八九十百千万亿]+)(?:多|余|几)?(?:%|[年月日号天时点分名位家个人])?"
)
# A word that no dictionary has and that holds one of these is no name but was cut wrongly: 在需时
_GRAMMAR = re.compile(
    "[的了在是和与及或就也都将会应要有所以其这那对向把被由于为并而但不未且则从自按经让使等需时至到日月一二三四五六七八九十]"
)
# 上海 of 上海市
_SUFFIX = re.compile(r"(?<=..)[省市县区州国]$")
# Latin letters and what is joined to them: covid-19, g20, 5g
_LATIN = re.compile(r"[a-z]")
# What names a body by its class: 公安机关, 城市管理部门
_CLASS = frozenset(RULES["bodies"].split())
_ENDS = tuple(one for one in _CLASS if len(one) > 1)
_CLASSES = re.compile("|".join(sorted(_CLASS, key=len, reverse=True)))
# A run of words without signs: 城市管理部门 in （城市管理部门）、
_RUN = re.compile(rf"[{HAN}a-z0-9]+")
_DETERMINES = frozenset(RULES["determiners"].split())
_SELF = {"我国": "中国", "中国": "我国", "本市": "市", "全国": "中国"}
"""Names for what a text calls so from inside."""

LONGEST_BODY = 3
"""Words before the class of a body that belong to its name, at most."""


def lacks_name(claim: Statement, source: Statement, segmenter: Segmenter) -> bool:
    """Whether a name of the claim does not stand in the source."""
    known = source.everything
    if is_english(claim.folded):
        told = (*claim.names, *english.counted(claim.folded))
        return not all(english.stands(word, known) for word in told)
    for word in claim.words:
        if is_proper(word, segmenter) and not _stands(word, known):
            is_guess = segmenter.rarity(word) >= UNKNOWN and not is_person(word)
            if not (is_guess and _is_cut_wrongly(word, known)):
                return True
    if any(not _stands(name, known) for name in _WORK.findall(claim.folded)):
        return True
    return any(not _is_body(body, known) for body in _bodies(claim.folded, segmenter))


def is_proper(word: str, segmenter: Segmenter) -> bool:
    """Whether a folded word names something of its own."""
    if _LATIN.search(word):
        return True
    if len(word) < 2 or _NUMBER.fullmatch(word):
        return False
    if is_place(word) or is_name(word):
        return True
    rarity = segmenter.rarity(word)
    if rarity >= UNKNOWN:
        return not _GRAMMAR.search(word)
    return rarity >= RARE_PERSON and word in lexicon().persons


def _stands(name: str, known: str) -> bool:
    """Whether a text has a name, without 市 or 县 at its end, or as it is called from inside."""
    core = _SUFFIX.sub("", name)
    return core in known or _SELF.get(name, core) in known


def _is_cut_wrongly(word: str, known: str) -> bool:
    """Whether a word of no dictionary is likely a piece of others: 计占 of 以总吨计占世界总量."""
    return covered(word, known) >= PARTLY / 2 or all(char in known for char in word)


def _bodies(folded: str, segmenter: Segmenter) -> Iterator[tuple[str, ...]]:
    """The names of bodies: a class with the nouns before it, 城市|管理|部门, or a word that ends with one."""
    for run in _RUN.findall(folded):
        words = segmenter.words_of_folded(run) if _CLASSES.search(run) else []
        for at in range(len(words)):
            body = _body_at(words, at)
            if body:
                yield body


def _body_at(words: Sequence[str], at: int) -> tuple[str, ...]:
    """The name of a body that ends with `words[at]`; empty where none does."""
    word = words[at]
    if word in _CLASS:
        start = _beginning(words, at)
        return tuple(words[start : at + 1]) if start < at else ()
    return (word,) if word.endswith(_ENDS) else ()


def _beginning(words: Sequence[str], at: int) -> int:
    """The number of the first word of the name that ends with the class `words[at]`."""
    start = at
    while start > max(0, at - LONGEST_BODY) and not _ends_name(words[start - 1]):
        start -= 1
    return start


def _ends_name(word: str) -> bool:
    is_function = leads(word) or len(word) < 2 or word in _DETERMINES
    return is_function or bool(_NUMBER.search(word))


def _is_body(body: tuple[str, ...], known: str) -> bool:
    """Whether a text has the name of a body, its nearest word with the class, or all of its words: 生产公司."""
    if "".join(body) in known or (len(body) > 2 and "".join(body[-2:]) in known):
        return True
    return len(body) > 1 and all(word in known for word in body)
