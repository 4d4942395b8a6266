"""Finds the documents that a question names: by title, short or broken title, or number (文号).

济南那个名城保护的条例 names 济南市历史文化名城保护条例. What a question shares with a title is weighed by
how few titles of the library have it.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from functools import cache
from typing import NamedTuple

import numpy as np

from corpus import Document
from corpus.language.text import Segmenter, fold, is_place

GENRES = ("条例", "办法", "规定", "细则", "规则", "章程", "规范", "通知", "意见", "方案", "公告")
"""What a document may call itself: 本条例, 本办法."""

_PLACES_AT_MOST = 6
"""Characters at the beginning of a title in which a place may begin: 上海市|浦东新区."""

SHORTEST_TITLE = 4
"""Characters of a title from which a question that holds it names the document: 公告 names none."""

SAME_TITLE = 0.8
"""Share of the pairs of a quoted title that a held title must have to be meant by it."""

LEAST_SHARED = 0.15
"""Share of a title, by weight, from which a question may name it."""

CLOSE = 0.8
"""A document whose title fits a question nearly as well as the best, by this share, is meant too."""

TELLING_TITLE = 7
"""Characters from which a title is no mere word: 中华民国 and 台湾大学 are titles of an encyclopaedia, and
stand in questions about other things.
"""

SURELY = 0.5
"""Share of a title, by weight, with which a question names it without saying what kind it is."""

SMALLEST = 1e-6
"""Divides what may be 0."""

CONSIDERED = 100
"""Titles, those that share most with the question, that are held against it one by one."""

_GENRE = "|".join(GENRES)
# 条例 at the end of 德州市养犬管理条例, 办法 in …办法(试行)
_GENRE_OF_TITLE = re.compile(rf"({_GENRE})(?:\(.*\))?$")
# 的规定 after 济南养犬, 这个条例
_GENRE_AFTER = re.compile(
    rf"(?:的|那个|这个|那部|这部)?(?:管理|保护|促进|服务)?(?:的|那个|这个|那部|这部)?(?:{_GENRE}|法规|文件|政策)?》?"
)
_GENRE_WORD = re.compile(rf"{_GENRE}|法规|文件|政策")
# What may stand inside a name: the 那个 of 济南那个养犬条例
_GLUE = re.compile(r"(?:那个|这个|那部|这部|的|市|省|区|县|关于|有关|最新|现行|新|老|《|》|\s)*")
# 《济南市养犬管理条例》
_QUOTED = re.compile(r"《([^《》]{2,60})》")
# 市 at the end of 济南市
_SUFFIX = re.compile(r"(?<=..)[省市县区]$")
# 国发〔2020〕1号, 济政字〔2021〕15号; not 第5号
_NUMBER = re.compile(r"[\u4e00-\u9fff]{2,12}〔\d{4}〕\s*第?\d+号")
# The brackets that are written around the year of a number
_BRACKETS = str.maketrans("[](){}【】", "〔〕〔〕〔〕〔〕")
# The marks around and in a title that a question leaves out
_MARKS = re.compile(r"[《》〈〉\"“”\s]")
_QUOTATION = '"“”'
_INNER_MARKS = f"《》〈〉{_QUOTATION}"


class Naming(NamedTuple):
    """A document that a question names.

    `fit` (0 to 1) is how much of its title the question has. `start` and `end` are the characters
    of the question that name it. `is_sure` where that can hardly mean anything else.
    """

    document: Document
    fit: float
    start: int
    end: int
    is_sure: bool


class _Title(NamedTuple):
    document: Document
    folded: str
    places: frozenset[str]


class Titles:
    """The titles of a library."""

    def __init__(self, documents: Sequence[Document]) -> None:
        self._titles = [_title(document) for document in documents]
        self._numbers = _numbers(documents)
        rows: dict[str, list[int]] = {}
        for row, title in enumerate(self._titles):
            for pair in _pairs(title.folded):
                rows.setdefault(pair, []).append(row)
        self._rows = {pair: np.array(found) for pair, found in rows.items()}
        count = len(self._titles)
        self._weights = {pair: np.log1p(count / len(found)) for pair, found in rows.items()}
        weighed = [self._weight(_pairs(title.folded)) for title in self._titles]
        self._wholes = np.array(weighed or [0.0], np.float32)
        self.places = frozenset[str]().union(*(title.places for title in self._titles))

    def named(self, asked: str) -> list[Naming]:
        """The documents that the question `asked` names, the best first; two may be meant."""
        folded = fold(asked)
        if by_number := self._numbered(folded):
            return by_number
        found = []
        for row in self._likeliest(_pairs(folded)):
            naming = self._held_against(self._titles[row], folded)
            if naming is not None:
                found.append(naming)
        found.sort(key=lambda naming: (-naming.is_sure, -naming.fit))
        return _best_of_each_place(found)

    def own_name(self, document: Document) -> str:
        """What a document calls itself: 本条例; empty where its title does not say what it is."""
        genre = _GENRE_OF_TITLE.search(_bare(document.title))
        return f"本{genre[1]}" if genre else ""

    def is_held(self, work: str) -> bool:
        """Whether a work that is named in full, 《…》, is a document of the library, or part of its title.

        《扬州市养犬管理条例》 is not 德州市养犬管理条例.
        """
        name = _bare(work)
        pairs, places = _pairs(name), places_in(name)
        for row in self._likeliest(pairs):
            title = self._titles[row]
            if places and title.places and not places & title.places:
                continue
            shared = len(pairs & _pairs(title.folded))
            if name in title.folded or shared >= SAME_TITLE * len(pairs):
                return True
        return False

    def nearest(self, work: str) -> Document | None:
        """The document whose title shares most with `work`, a third of it at least, or None."""
        pairs = _pairs(_bare(work))
        likeliest = self._likeliest(pairs)
        if not len(likeliest):
            return None
        title = self._titles[likeliest[0]]
        shared = len(pairs & _pairs(title.folded))
        return title.document if 3 * shared >= len(pairs) else None

    def of_places(self, places: frozenset[str]) -> list[Document]:
        """The rules of one of `places`, folded and without 市: documents whose title says what they are."""
        rules = [title for title in self._titles if _GENRE_OF_TITLE.search(title.folded)]
        return [title.document for title in rules if title.places & places]

    def _likeliest(self, pairs: frozenset[str]) -> Sequence[int]:
        """The rows of the titles that share most with `pairs`, by weight, the best first."""
        shared = np.zeros(len(self._wholes), np.float32)
        for pair in pairs & self._rows.keys():
            shared[self._rows[pair]] += self._weights[pair]
        shares = shared / np.maximum(self._wholes, SMALLEST)
        best = np.argsort(-shares, kind="stable")[:CONSIDERED]
        return [int(row) for row in best if shares[row] > 0]

    def _numbered(self, folded: str) -> list[Naming]:
        """The documents whose numbers stand in a folded question."""
        found = []
        for match in _NUMBER.finditer(folded.translate(_BRACKETS)):
            for number, documents in self._numbers.items():
                if match.group().endswith(number):
                    start = match.end() - len(number)
                    found += [Naming(d, 1.0, start, match.end(), True) for d in documents]
        return found

    def _held_against(self, title: _Title, folded: str) -> Naming | None:
        """How a folded question names a title; None where it does not."""
        whole_title = _where(title.folded, folded)
        if whole_title is not None:
            start, end = whole_title
            if not _is_telling(title, folded, start):
                return Naming(title.document, 1.0, start, end, False)
            return _with_marks(Naming(title.document, 1.0, start, end, True), folded)
        pairs = _pairs(title.folded)
        whole = max(self._weight(pairs), SMALLEST)
        found = []
        for start, end in _clusters(pairs, folded):
            fit = self._weight(pairs & _pairs(folded[start:end])) / whole
            judged = self._judged(title, Naming(title.document, fit, start, end, False), folded)
            if judged is not None and (judged.is_sure or fit >= LEAST_SHARED):
                found.append(judged)
        return max(found, key=lambda naming: (naming.is_sure, naming.fit), default=None)

    def _judged(self, title: _Title, naming: Naming, folded: str) -> Naming | None:
        """A naming with the word of genre after it, and whether it is sure; None for another place."""
        asked_places = places_in(folded)
        if title.places and asked_places and not title.places & asked_places:
            return None
        after = _GENRE_AFTER.match(folded, naming.end)
        is_genre = after is not None and _GENRE_WORD.search(after.group())
        end = after.end() if after and is_genre else naming.end
        name = folded[naming.start : end]
        content = frozenset(_pairs(name)) & _pairs(title.folded)
        for place in title.places:
            content -= _pairs(place)
        has_place = any(place in name for place in title.places)
        has_genre = bool(_GENRE_WORD.search(name))
        is_quoted = _is_quoted(title, folded, naming.start)
        is_most = naming.fit >= SURELY and len(title.folded) >= TELLING_TITLE
        is_name = is_quoted or (has_place and has_genre) or is_most
        quotes = [quote.span() for quote in _QUOTED.finditer(folded)]
        in_marks = any(start <= naming.start < end for start, end in quotes)
        is_sure = bool(content) and is_name and (is_quoted or not in_marks)
        found = Naming(title.document, naming.fit, naming.start, end, is_sure)
        return _with_marks(found, folded)

    def _weight(self, pairs: Iterable[str]) -> float:
        return float(sum(self._weights.get(pair, 0.0) for pair in pairs))


def quoted_works(asked: str) -> list[str]:
    """The works that a question names in title marks: 《济南市养犬管理条例》."""
    return [work for work in _QUOTED.findall(asked) if len(work.strip()) > 1]


@cache
def words_of_the_language() -> Segmenter:
    """Cuts by the general dictionary alone: names of a library, 浙江省物业管理, would hide a place."""
    return Segmenter()


def places_in(folded: str) -> frozenset[str]:
    """The places that a folded text names, without 省, 市, 县, 区 at their end."""
    words = words_of_the_language().words(folded, guess=False)
    return frozenset(_SUFFIX.sub("", word) for word in words if is_place(word))


def _title(document: Document) -> _Title:
    folded = _bare(document.title)
    genre = _GENRE_OF_TITLE.search(folded)
    places = places_in(folded)
    if genre:
        places |= _places_before(folded)
    return _Title(document, folded, places)


def _places_before(folded: str) -> frozenset[str]:
    """The places at the beginning of a title, also those that the dictionary joins: 上海市浦东新区."""
    found = set()
    for start in range(_PLACES_AT_MOST):
        for end in range(start + 2, start + 5):
            if is_place(folded[start:end]):
                found.add(_SUFFIX.sub("", folded[start:end]))
    return frozenset(found)


def _numbers(documents: Iterable[Document]) -> Mapping[str, list[Document]]:
    """The documents by their number, where it says of whom and of which year: 国发〔2020〕1号."""
    numbers: dict[str, list[Document]] = {}
    for document in documents:
        for name, value in document.details:
            number = fold(value).translate(_BRACKETS)
            if name == "文号" and _NUMBER.fullmatch(number):
                numbers.setdefault(number, []).append(document)
    return numbers


def _is_quoted(title: _Title, folded: str, start: int) -> bool:
    """Whether the title marks before `start` hold a title: most of their pairs, not the first words alone."""
    quoted = _QUOTED.match(folded, max(0, start - 1))
    if quoted is None:
        return False
    pairs = _pairs(_bare(quoted[1]))
    return len(pairs & _pairs(title.folded)) >= SAME_TITLE * len(pairs)


def _is_telling(title: _Title, folded: str, start: int) -> bool:
    """Whether a question that has a whole title can hardly mean anything else by it."""
    is_quoted = folded[max(0, start - 1) : start] in ("《", "〈")
    is_long = len(title.folded) >= TELLING_TITLE
    return is_quoted or is_long or bool(_GENRE_OF_TITLE.search(title.folded))


def _where(title: str, folded: str) -> tuple[int, int] | None:
    """Where a folded question has a whole title, whatever marks are in it: 别让“小门”关上; None
    without.
    """
    at = [place for place, char in enumerate(folded) if char not in _INNER_MARKS]
    start = "".join(folded[place] for place in at).find(title)
    if len(title) < SHORTEST_TITLE or start < 0:
        return None
    begin, end = at[start], at[start + len(title) - 1] + 1
    while begin and folded[begin - 1] in _QUOTATION:
        begin -= 1
    while end < len(folded) and folded[end] in _QUOTATION:
        end += 1
    return begin, end


def _bare(title: str) -> str:
    return _MARKS.sub("", fold(title))


def _pairs(text: str) -> frozenset[str]:
    return frozenset(text[at : at + 2] for at in range(len(text) - 1))


def _clusters(pairs: frozenset[str], folded: str) -> list[tuple[int, int]]:
    """The stretches of a folded question that a title has, with what is only glue between them."""
    runs: list[tuple[int, int]] = []
    for at in range(len(folded) - 1):
        if folded[at : at + 2] not in pairs:
            continue
        if runs and (at <= runs[-1][1] or _GLUE.fullmatch(folded, runs[-1][1], at)):
            runs[-1] = runs[-1][0], at + 2
        else:
            runs.append((at, at + 2))
    return runs


def _with_marks(naming: Naming, folded: str) -> Naming:
    """A naming with the title marks around it."""
    start, end = naming.start, naming.end
    if start and folded[start - 1] in "《〈":
        start -= 1
    if end < len(folded) and folded[end] in "》〉":
        end += 1
    return naming._replace(start=start, end=end)


def _best_of_each_place(found: Sequence[Naming]) -> list[Naming]:
    """Of namings by the same characters those that fit nearly as well as the best."""
    kept: list[Naming] = []
    for naming in found:
        rivals = [other for other in kept if naming.start < other.end and other.start < naming.end]
        if not rivals or (
            naming.is_sure == rivals[0].is_sure and naming.fit >= CLOSE * rivals[0].fit
        ):
            kept.append(naming)
    return kept
