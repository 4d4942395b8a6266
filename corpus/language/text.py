"""Chinese text as the search sees it: normal form, sentences, words.

The only module that imports jieba and OpenCC, so that question and article are always cut alike.
"""

from __future__ import annotations

import math
import re
import unicodedata
import warnings
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

import opencc

from corpus.language.cedict import places
from corpus.language.sentences import SENTENCE_LIMIT, sentences

with warnings.catch_warnings():
    # Its patterns have invalid escapes, and where setuptools is installed it imports the deprecated pkg_resources.
    warnings.simplefilter("ignore")
    import jieba

__all__ = [
    "HAN",
    "RUN_LIMIT",
    "SENTENCE_LIMIT",
    "Segmenter",
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

_HAN_RUN = re.compile(rf"[{HAN}]+")
_RUN = re.compile(rf"[{HAN}]+|[a-z0-9]+(?:[.%+-][a-z0-9]+)*%?")
_SURROGATE = re.compile(r"[\ud800-\udfff]")

_SURNAMES = frozenset(
    "王李张刘陈杨赵黄周吴徐孙胡朱高林何郭马罗梁宋郑谢韩唐冯于董萧程曹袁邓许傅沈曾彭吕苏卢蒋蔡贾丁魏薛叶阎余潘杜戴夏钟汪田"
    "任姜范方石姚谭廖邹熊金陆郝孔白崔康毛邱秦江史顾侯邵孟龙万段雷钱汤尹黎易常武乔贺赖龚文岳耿习欧齐庞樊兰殷施陶洪翟安颜倪"
    "严牛温芦季俞章鲁葛伍韦申尤毕聂丛焦向柳邢路"
)


@cache
def _folding() -> dict[int, str]:
    """Every character of the basic plane that folds into another one."""
    table: dict[int, str] = {}
    for code in range(0x80, 0x10000):
        folded = unicodedata.normalize("NFKC", chr(code)).lower()
        # An expansion such as … or ㈠ stays as it is: folding must keep every offset.
        if len(folded) == 1 and folded != chr(code):
            table[code] = folded
    han = [chr(code) for code in range(0x3400, 0xA000)]
    simplified = opencc.OpenCC("t2s").convert("\n".join(han)).split("\n")
    table |= {ord(t): s for t, s in zip(han, simplified, strict=True) if len(s) == 1 and s != t}
    return {code: table.get(ord(char), char) for code, char in table.items()} | {
        c: chr(c + 32) for c in range(65, 91)
    }


def fold(text: str) -> str:
    """NFKC, lower case, simplified: as long as `text`, character for character, so that offsets hold in both."""
    return text.translate(_folding())


@cache
def _taiwan() -> opencc.OpenCC:
    return opencc.OpenCC("tw2sp")


def mainland(text: str) -> str:
    """Traditional `text` in simplified characters and mainland wording (資訊 → 信息); length may change."""
    # OpenCC takes UTF-8 only, which has no lone surrogates; JSON from outside may.
    return str(_taiwan().convert(_SURROGATE.sub("\ufffd", text)))


def is_traditional(text: str) -> bool:
    """Whether some character of `text` is a traditional form."""
    return any(fold(run) != run for run in _HAN_RUN.findall(text))


def is_english(text: str) -> bool:
    """Whether `text` has Latin letters and no Chinese character."""
    return bool(re.search("[A-Za-z]", text)) and not _HAN_RUN.search(text)


class Segmenter:
    """Cuts text into search terms with jieba and a dictionary of its own; equal terms give equal cuts."""

    def __init__(self, terms: Iterable[str] = ()) -> None:
        general = lexicon()
        self._jieba = jieba.Tokenizer()
        self._jieba.FREQ, self._jieba.total, self._jieba.initialized = (
            dict(general.counts),
            general.total,
            True,
        )
        self.terms = tuple(sorted({fold(t) for t in terms}))
        for term in self.terms:
            self._jieba.add_word(term)

    def words(self, text: str, guess: bool = True) -> list[str]:
        """The words of `text`, folded, in order, without punctuation but the signs in 1+6 and covid-19.

        `guess`: join unknown characters that look like a word.
        """
        return [
            w for run in _runs(fold(text)) for w in self._jieba.cut(run, HMM=guess) if w.strip()
        ]

    def search_words(self, text: str) -> list[str]:
        """jieba's search-mode words, folded: long words come with the shorter ones in them."""
        return [w for run in _runs(fold(text)) for w in self._jieba.cut_for_search(run)]

    def search_terms(self, text: str) -> list[str]:
        """What is indexed: the search-mode words, then the bigrams of every Chinese run, folded."""
        found = self.search_words(text)
        for run in _HAN_RUN.findall(fold(text)):
            found += [run[i : i + 2] for i in range(len(run) - 1)] or [run]
        return found

    def is_word(self, text: str) -> bool:
        """Whether the dictionary, ours or jieba's, holds `text` (folded)."""
        return bool(self._jieba.FREQ.get(text))

    def rarity(self, word: str) -> float:
        """How rare `word` is in general: -log10 of its share in jieba's counts, from 2.3 (的) to 7.8 (unknown)."""
        return math.log10(self._jieba.total / max(1, self._jieba.FREQ.get(word) or 1))


def leads(word: str) -> bool:
    """Whether `word` is a verb, adverb, preposition or the like: what leads to a noun (推进, 由, 把)."""
    return word in lexicon().leading


def is_place(word: str) -> bool:
    """Whether `word` (folded) names a place, such as 杭州, 杭州市 or 徐汇区."""
    return word in places()


def is_person(word: str) -> bool:
    """Whether `word` (folded) may be a person's name: a surname, then one or two characters."""
    return 2 <= len(word) <= 3 and (word in lexicon().persons or word[0] in _SURNAMES)


def _runs(folded: str) -> Iterator[str]:
    for match in _RUN.finditer(folded):
        run = match.group()
        for at in range(0, len(run), RUN_LIMIT):
            yield run[at : at + RUN_LIMIT]


_LEADING = ("v", "d", "p", "c", "u")
_VERBAL_NOUN = ("vn",)
_PERSON = ("nr",)


@dataclass(frozen=True, slots=True)
class Lexicon:
    """About 350,000 words of general Chinese.

    `counts` is word → how often it was counted, 0 for what only begins a word; `total` is their sum.
    `leading` are the verbs, adverbs, prepositions, conjunctions and particles that are no nouns; `persons` are names.
    """

    counts: Mapping[str, int]
    total: int
    leading: frozenset[str]
    persons: frozenset[str]


@cache
def lexicon() -> Lexicon:
    """The dictionary inside the package jieba: about 70 MB, and half a second the first time."""
    # A word, its count and its part of speech a line, and no space in any of them.
    fields = files("jieba").joinpath("dict.txt").read_text(encoding="utf-8").split()
    words, tags = fields[::3], fields[2::3]
    numbers = list(map(int, fields[1::3]))
    counts = dict.fromkeys((word[:size] for word in words for size in range(1, len(word))), 0)
    counts |= zip(words, numbers, strict=True)
    return Lexicon(
        counts=counts,
        total=sum(numbers),
        leading=_tagged(words, tags, _LEADING) - _tagged(words, tags, _VERBAL_NOUN),
        persons=_tagged(words, tags, _PERSON),
    )


def _tagged(words: list[str], tags: list[str], wanted: tuple[str, ...]) -> frozenset[str]:
    """The words of which some part of speech begins with one of `wanted`."""
    return frozenset(word for word, tag in zip(words, tags, strict=True) if tag.startswith(wanted))
