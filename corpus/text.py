"""Chinese text as the search sees it: normal form, sentences, words. The only module that knows jieba and OpenCC."""

from __future__ import annotations

import logging
import math
import re
import unicodedata
from collections.abc import Iterable, Iterator
from functools import cache

import jieba
import opencc

from corpus.cedict import places

SENTENCE_LIMIT = 200
"""Longest sentence or clause, characters: what one citation may quote."""

RUN_LIMIT = 200
"""Longest run given to jieba, characters: its hidden Markov model is quadratic on unbroken runs."""

HAN = r"\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003134f"

_ENDS = "。！？!?；;…"
_CLOSERS = "”’」』）)】》\"'"
_BRACKETS = {"(": ")", "（": "）", "《": "》", "【": "】", "[": "]"}
_RUN = re.compile(rf"[{HAN}]+|[a-z0-9]+(?:[.%+-][a-z0-9]+)*%?")
_HAN_RUN = re.compile(rf"[{HAN}]+")

_SURNAMES = frozenset(
    "王李张刘陈杨赵黄周吴徐孙胡朱高林何郭马罗梁宋郑谢韩唐冯于董萧程曹袁邓许傅沈曾彭吕苏卢蒋蔡贾丁魏薛叶阎余潘杜戴夏钟汪田任姜范方石姚谭廖邹"
    "熊金陆郝孔白崔康毛邱秦江史顾侯邵孟龙万段雷钱汤尹黎易常武乔贺赖龚文岳耿习欧齐庞樊兰殷施陶洪翟安颜倪严牛温芦季俞章鲁葛伍韦申尤毕聂丛焦向柳邢路"
)

jieba.setLogLevel(logging.WARNING)


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
    return {code: table.get(ord(char), char) for code, char in table.items()} | {c: chr(c + 32) for c in range(65, 91)}


def fold(text: str) -> str:
    """NFKC, lower case, simplified: as long as `text`, character for character, so that offsets hold in both."""
    return text.translate(_folding())


@cache
def _taiwan() -> opencc.OpenCC:
    return opencc.OpenCC("tw2sp")


def mainland(text: str) -> str:
    """Traditional `text` in simplified characters and mainland wording (資訊 → 信息); length may change."""
    return _taiwan().convert(text)


def is_traditional(text: str) -> bool:
    """Whether some character of `text` is a traditional form."""
    return any(fold(run) != run for run in _HAN_RUN.findall(text))


def is_english(text: str) -> bool:
    """Whether `text` has Latin letters and no Chinese character."""
    return bool(re.search("[A-Za-z]", text)) and not _HAN_RUN.search(text)


def sentences(text: str, limit: int = SENTENCE_LIMIT) -> list[tuple[int, int]]:
    """Spans (characters, end exclusive) of the sentences and clauses between semicolons, without the space around.

    Nothing but white space lies between the spans. A sentence longer than `limit` is cut at its commas.
    """
    spans: list[tuple[int, int]] = []
    start = 0
    for end in _ends(text):
        spans += _bounded(text, start, end, limit)
        start = end
    return spans + list(_bounded(text, start, len(text), limit))


def _ends(text: str) -> Iterator[int]:
    """Offsets just past each end of a sentence."""
    at, size = 0, len(text)
    closing: list[str] = []
    while at < size:
        char = text[at]
        at += 1
        if char == "\n":
            closing.clear()
            yield at
        elif char in _BRACKETS and _closes(text, at, _BRACKETS[char]):
            closing.append(_BRACKETS[char])
        elif closing and char == closing[-1]:
            closing.pop()
        elif not closing and (char in _ENDS or _is_period(text, at - 1)):
            while at < size and text[at] in _ENDS + _CLOSERS:
                at += 1
            yield at


def _closes(text: str, at: int, closer: str) -> bool:
    """Whether a bracket opened before `at` closes on its line, near enough to be quoted whole."""
    line = text.find("\n", at, at + SENTENCE_LIMIT)
    return text.find(closer, at, line if line >= 0 else at + SENTENCE_LIMIT) >= 0


def _is_period(text: str, at: int) -> bool:
    """A Latin full stop: after a letter of a word longer than an initial or after a digit, before a space and a capital."""
    return (
        text[at] == "."
        and bool(re.match(r"[\"')]*\s+[\"'(]*[A-Z\u4e00-\u9fff]", text[at + 1 : at + 8]))
        and (bool(re.search(r"(?:[a-z0-9]{2}|[)\"'%])$", text[max(0, at - 2) : at])))
    )


def _bounded(text: str, start: int, end: int, limit: int) -> Iterator[tuple[int, int]]:
    """The span without the space around it, in pieces of at most `limit` characters cut after commas where there are any."""
    while start < end and text[start].isspace():
        start += 1
    while end > start and text[end - 1].isspace():
        end -= 1
    while end - start > limit:
        cut = max(text.rfind(mark, start + limit // 2, start + limit) for mark in "，,、：: ") + 1 or start + limit
        yield start, cut
        start = cut
    if start < end:
        yield start, end


class Segmenter:
    """Cuts text into search terms with jieba and a dictionary of its own; equal terms give equal cuts."""

    def __init__(self, terms: Iterable[str] = ()) -> None:
        self._jieba = jieba.Tokenizer()
        self.terms = tuple(sorted({fold(t) for t in terms}))
        for term in self.terms:
            self._jieba.add_word(term)

    def words(self, text: str, guess: bool = True) -> list[str]:
        """The words of `text`, folded, in order, without punctuation. `guess`: join unknown characters that look like a word."""
        return [w for run in _runs(fold(text)) for w in self._jieba.cut(run, HMM=guess) if w.strip()]

    def search_words(self, text: str) -> list[str]:
        """jieba's search-mode words, folded: long words come with the shorter ones in them."""
        return [w for run in _runs(fold(text)) for w in self._jieba.cut_for_search(run)]

    def search_terms(self, text: str) -> list[str]:
        """What is indexed: the search-mode words, then the bigrams of every Chinese run, folded."""
        folded = fold(text)
        found = self.search_words(text)
        for match in _HAN_RUN.finditer(folded):
            run = match.group()
            found += [run[i : i + 2] for i in range(len(run) - 1)] or [run]
        return found

    def is_word(self, text: str) -> bool:
        """Whether the dictionary, ours or jieba's, holds `text` (folded)."""
        self._jieba.check_initialized()
        return bool(self._jieba.FREQ.get(text))

    def rarity(self, word: str) -> float:
        """How rare `word` is in general Chinese: -log10 of its share in jieba's counts, about 1.5 (的) to 8 (unknown)."""
        self._jieba.check_initialized()
        return math.log10(self._jieba.total / max(1, self._jieba.FREQ.get(word) or 1))


@cache
def _tagged(tags: str) -> frozenset[str]:
    """The words that jieba's dictionary gives a part of speech beginning with one of `tags`, separated by spaces."""
    wanted = tuple(tags.split())
    with jieba.dt.get_dict_file() as lines:
        rows = (line.decode("utf-8").split() for line in lines)
        return frozenset(row[0] for row in rows if len(row) == 3 and row[2].startswith(wanted))


def leads(word: str) -> bool:
    """Whether `word` is a verb, adverb, preposition or the like: what leads to a noun (大力, 推进, 由)."""
    return word in _tagged("v d p c u") and word not in _tagged("vn")


def is_place(word: str) -> bool:
    """Whether `word` (folded) names a place, such as 杭州, 杭州市 or 徐汇区."""
    return word in places()


def is_person(word: str) -> bool:
    """Whether `word` (folded) may be a person's name: a surname, then one or two characters."""
    return 2 <= len(word) <= 3 and (word in _tagged("nr") or word[0] in _SURNAMES)


def _runs(folded: str) -> Iterator[str]:
    for match in _RUN.finditer(folded):
        run = match.group()
        for at in range(0, len(run), RUN_LIMIT):
            yield run[at : at + RUN_LIMIT]
