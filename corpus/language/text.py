"""Chinese text as the search sees it: its normal form, its sentences and its words.

Only this module imports jieba and OpenCC, so that questions and documents are always cut alike.
"""

from __future__ import annotations

import math
import re
import unicodedata
import warnings
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from copy import copy
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from itertools import pairwise

import opencc

from corpus.language.cedict import places
from corpus.language.cuts import Cuts
from corpus.language.sentences import SENTENCE_LIMIT, sentences

with warnings.catch_warnings():
    # Its patterns have invalid escapes, and with setuptools it imports the deprecated
    # pkg_resources.
    warnings.simplefilter("ignore")
    import jieba

__all__ = [
    "HAN",
    "RUN_LIMIT",
    "SENTENCE_LIMIT",
    "Segmenter",
    "bigrams",
    "fold",
    "is_english",
    "is_person",
    "is_place",
    "is_traditional",
    "leads",
    "mainland",
    "sentences",
]

RUN_LIMIT = 200
"""Longest run given to jieba, characters: its hidden Markov model is quadratic on unbroken runs."""

HAN = r"\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003134f"
"""Chinese characters, for use inside the brackets of a regular expression."""

# 城市治理 in "城市治理（2020）"
_HAN_RUN = re.compile(rf"[{HAN}]+")

# 城市治理, "2020", "covid-19", "1+6", "60.6%"; text is folded first
_RUN = re.compile(rf"[{HAN}]+|[a-z0-9]+(?:[.%+-][a-z0-9]+)*%?")

# Half of an emoji, as JSON may have it: "\ud83d"
_SURROGATE = re.compile(r"[\ud800-\udfff]")

# Frequent surnames, about in the order of frequency.
_SURNAMES = frozenset(
    "王李张刘陈杨赵黄周吴徐孙胡朱高林何郭马罗梁宋郑谢韩唐冯于董萧程曹袁邓许傅沈曾彭吕苏卢蒋蔡贾丁"
    "魏薛叶阎余潘杜戴夏钟汪田任姜范方石姚谭廖邹熊金陆郝孔白崔康毛邱秦江史顾侯邵孟龙万段雷钱汤尹黎"
    "易常武乔贺赖龚文岳耿习欧齐庞樊兰殷施陶洪翟安颜倪严牛温芦季俞章鲁葛伍韦申尤毕聂丛焦向柳邢路"
)


@cache
def _folding() -> dict[int, str]:
    """Code point → its folded form, for all of the basic plane that fold into another character."""
    table: dict[int, str] = {}
    for code in range(0x80, 0x10000):
        folded = unicodedata.normalize("NFKC", chr(code)).lower()
        # An expansion such as … or ㈠ stays as it is: folding must keep every offset.
        if len(folded) == 1 and folded != chr(code):
            table[code] = folded
    table |= _simplified_forms()
    # The normal form of a character may fold again: U+F900 gives 豈, which gives 岂.
    folding = {code: table.get(ord(char), char) for code, char in table.items()}
    for code in range(ord("A"), ord("Z") + 1):
        folding[code] = chr(code).lower()
    return folding


def _simplified_forms() -> dict[int, str]:
    """Code point of a traditional character → its simplified form."""
    han = [chr(code) for code in range(0x3400, 0xA000)]
    simplified = opencc.OpenCC("t2s").convert("\n".join(han)).split("\n")
    forms: dict[int, str] = {}
    for traditional, simple in zip(han, simplified, strict=True):
        if len(simple) == 1 and simple != traditional:
            forms[ord(traditional)] = simple
    return forms


def fold(text: str) -> str:
    """The normal form of `text`: NFKC, lower case, simplified characters.

    It has the length of `text`, character for character, so that offsets hold in both.
    """
    return text.translate(_folding())


@cache
def _taiwan() -> opencc.OpenCC:
    return opencc.OpenCC("tw2sp")


def mainland(text: str) -> str:
    """Traditional `text` in mainland characters and wording (資訊 → 信息); its length may change."""
    # OpenCC takes UTF-8 only, which has no lone surrogates; JSON from outside may.
    return str(_taiwan().convert(_SURROGATE.sub("\ufffd", text)))


def is_traditional(text: str) -> bool:
    """Whether a character of `text` is a traditional form."""
    return any(fold(run) != run for run in _HAN_RUN.findall(text))


def is_english(text: str) -> bool:
    """Whether `text` has Latin letters and no Chinese character."""
    return bool(re.search("[A-Za-z]", text)) and not _HAN_RUN.search(text)


class Segmenter:
    """Cuts text into search terms with jieba and extra dictionary terms.

    Equal terms give equal cuts; a term changes those alone in which it stands.
    """

    def __init__(self, terms: Iterable[str] = ()) -> None:
        general = lexicon()
        self._jieba = jieba.Tokenizer()
        # So that it reads no dictionary, and no cache from the folder of temporary files.
        self._jieba.FREQ = dict(general.counts)
        self._jieba.total = general.total
        self._jieba.initialized = True
        self.terms = tuple(sorted({fold(term) for term in terms}))
        for term in self.terms:
            self._jieba.add_word(term)
            # It adds the term to the sum, and with it would shift the weight of every other word.
            self._jieba.total = general.total
        self._known: Mapping[str, str] = {}
        self._cuts: Cuts | None = None

    @contextmanager
    def remembering(self, cuts: Cuts) -> Iterator[None]:
        """Takes from `cuts`, and adds to them, what is cut inside the block. For one thread."""
        self._cuts = cuts
        try:
            yield
        finally:
            self._cuts = None

    def knowing(self, cuts: Mapping[str, str]) -> Segmenter:
        """One that cuts alike, and does not cut again what `cuts` has: run → words, parted by spaces."""
        knowing = copy(self)
        knowing._known = cuts
        return knowing

    def words(self, text: str, guess: bool = True) -> list[str]:
        """The words of `text`, folded, in order.

        Punctuation is left out, but for the signs in 1+6 and covid-19. With `guess`, unknown
        characters that look like a word are joined.
        """
        folded = fold(text)
        if guess:
            return self.words_of_folded(folded)
        return [word for run in _runs(folded) for word in self._jieba.cut(run, HMM=False)]

    def words_of_folded(self, folded: str) -> list[str]:
        """As `words`, for a text that is folded already."""
        return [word for run in _runs(folded) for word in self._cut(run)]

    def search_words(self, text: str) -> list[str]:
        """The words of `text`, folded, each with the shorter words in it (jieba's search mode)."""
        found: list[str] = []
        for run in _runs(fold(text)):
            if self._cuts is None:
                found += self._with_shorter_words(self._cut(run))
                continue
            if run not in self._cuts.searched:
                self._cuts.searched[run] = self._with_shorter_words(self._cut(run))
            found += self._cuts.searched[run]
        return found

    def search_terms(self, text: str) -> list[str]:
        """What is indexed, folded: the search words, then the bigrams of all Chinese runs."""
        return [*self.search_words(text), *bigrams(text)]

    def is_word(self, text: str) -> bool:
        """Whether `text` (folded) is a word of jieba's dictionary or one of the extra terms."""
        return bool(self._jieba.FREQ.get(text))

    def rarity(self, word: str) -> float:
        """How rare `word` is: -log10 of its share in jieba's counts, from 2.3 (的) to 7.8 (unknown)."""
        count = self._jieba.FREQ.get(word) or 1
        return math.log10(self._jieba.total / max(1, count))

    def _cut(self, run: str) -> list[str]:
        if self._cuts is not None:
            return self._cuts.words(run, self._jieba.cut)
        known = self._known.get(run)
        return known.split(" ") if known else list(self._jieba.cut(run))

    def _with_shorter_words(self, words: Iterable[str]) -> list[str]:
        found: list[str] = []
        for word in words:
            # Most words have none.
            if len(word) > 2:
                found += self._shorter_words(word, 2)
                found += self._shorter_words(word, 3)
            found.append(word)
        return found

    def _shorter_words(self, word: str, size: int) -> list[str]:
        """The words of `size` characters inside a longer one."""
        if len(word) <= size:
            return []
        frequencies = self._jieba.FREQ
        parts = [word[start : start + size] for start in range(len(word) - size + 1)]
        return [part for part in parts if frequencies.get(part)]


def bigrams(text: str) -> list[str]:
    """The bigrams of all Chinese runs of `text`, folded; of a run of one character, that."""
    found: list[str] = []
    for run in _HAN_RUN.findall(fold(text)):
        found += map("".join, pairwise(run)) if len(run) > 1 else [run]
    return found


def leads(word: str) -> bool:
    """Whether `word` is a verb, adverb, preposition or the like, which leads to a noun (推进, 由)."""
    return word in lexicon().leading


def is_relative(word: str) -> bool:
    """Whether `word` says where, when or how many, or points, and names no thing: 后面, 后来, 一天, 他们."""
    return word in lexicon().relative


def is_place(word: str) -> bool:
    """Whether `word` (folded) names a place, such as 杭州, 杭州市 or 徐汇区."""
    return word in places()


def is_person(word: str) -> bool:
    """Whether `word` (folded) may be a person's name: a surname, then one or two characters."""
    return 2 <= len(word) <= 3 and (word in lexicon().persons or word[0] in _SURNAMES)


def _runs(folded: str) -> Iterator[str]:
    """The runs of characters that are cut into words, each of at most `RUN_LIMIT` characters."""
    for match in _RUN.finditer(folded):
        run = match.group()
        for start in range(0, len(run), RUN_LIMIT):
            yield run[start : start + RUN_LIMIT]


# The first letters of jieba's parts of speech: v verb, d adverb, p preposition, c conjunction, u
# particle.
_LEADING = ("v", "d", "p", "c", "u")
_VERBAL_NOUN = ("vn",)
_PERSON = ("nr",)
# f direction, t time, m number, q measure word, r pronoun
_RELATIVE = ("f", "t", "m", "q", "r")


@dataclass(frozen=True, slots=True)
class Lexicon:
    """About 350,000 words of general Chinese.

    `counts` maps a word to how often it was counted, and what only begins a word to 0; `total` is
    the sum. `leading` holds the verbs, adverbs, prepositions, conjunctions and particles that are
    no nouns, `persons` the names of people, `relative` words for places, times and numbers, and
    pronouns.
    """

    counts: Mapping[str, int]
    total: int
    leading: frozenset[str]
    persons: frozenset[str]
    relative: frozenset[str]


@cache
def lexicon() -> Lexicon:
    """The dictionary inside the package jieba: about 70 MB, and half a second the first time."""
    # Each line has a word, its count and its part of speech, and none of them has a space in it.
    fields = files("jieba").joinpath("dict.txt").read_text(encoding="utf-8").split()
    words = fields[::3]
    numbers = [int(number) for number in fields[1::3]]
    tags = fields[2::3]
    counts: dict[str, int] = {}
    for word in words:
        for size in range(1, len(word)):
            counts[word[:size]] = 0
    counts.update(zip(words, numbers, strict=True))
    return Lexicon(
        counts=counts,
        total=sum(numbers),
        leading=_tagged(words, tags, _LEADING) - _tagged(words, tags, _VERBAL_NOUN),
        persons=_tagged(words, tags, _PERSON),
        relative=_tagged(words, tags, _RELATIVE),
    )


def _tagged(words: list[str], tags: list[str], wanted: tuple[str, ...]) -> frozenset[str]:
    """The words of which some part of speech begins with one of `wanted`."""
    return frozenset(word for word, tag in zip(words, tags, strict=True) if tag.startswith(wanted))
