"""The words of one corpus: lists kept beside its documents, and names mined from the documents.

A general dictionary cuts names such as 一网统管 into pieces, and the pieces are found everywhere.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import chain, pairwise
from pathlib import Path
from typing import NamedTuple

from corpus.document import Document
from corpus.errors import DocumentError
from corpus.intake.decode import read_toml, shown
from corpus.language.cuts import Cuts
from corpus.language.text import HAN, Segmenter, fold, is_person

TERMS_FILE = "_terms.toml"
SYNONYMS_FILE = "_synonyms.toml"

LARGEST_LIST = 1024 * 1024
"""Largest list, bytes: some 20,000 lines, which jieba takes in within a quarter of a second."""

LONGEST_WORD = 40
"""Longest term or everyday word, characters: jieba keeps every beginning of a term in memory."""

MINED_AT_MOST = 5000
"""Mined terms kept, the most frequent ones: jieba takes them in within a tenth of a second."""

# “智治通”, 《枫桥经验》, "1+6": what stands in marks, already folded.
_QUOTED = re.compile(rf"[“「『‘《\"]([{HAN}a-z0-9·+]{{2,12}})[”」』’》\"]")
# 网格党建
_HAN_WORD = re.compile(rf"[{HAN}]+")
_COMMON = 3.0
"""Rarity below which a word is grammar rather than a part of a name: 在, 我们, 进行."""


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """The word lists of a corpus, folded; empty where it has none.

    `terms` maps a term to its English (several separated by semicolons, or empty). `synonyms` maps
    an everyday word to the words that the documents write instead.
    """

    terms: Mapping[str, str] = field(default_factory=dict)
    synonyms: Mapping[str, tuple[str, ...]] = field(default_factory=dict)


NO_VOCABULARY = Vocabulary()
"""That of a corpus without word lists."""


class _Form(NamedTuple):
    """A kind of list: its file, its table, and what a line of it looks like in each language."""

    file: str
    table: str
    zh: str
    en: str


_TERMS = _Form(TERMS_FILE, "terms", '"词" = "英文"（可空）', '"term" = "English" (may be empty)')
_SYNONYMS = _Form(
    SYNONYMS_FILE,
    "synonyms",
    '"日常说法" = "文章的写法"（都用空格分开）',
    '"everyday words" = "words the documents write" (separated by spaces)',
)


def vocabulary_files(corpus: Path) -> list[Path]:
    """The word lists that a corpus has: those in the folder, or in the folder of the file."""
    folder = corpus if corpus.is_dir() else corpus.parent
    found = [folder / TERMS_FILE, folder / SYNONYMS_FILE]
    return [path for path in found if path.is_file()]


def read_vocabulary(corpus: Sequence[Path]) -> Vocabulary:
    """Reads the word lists of a corpus, of folders or a file; a list that is not there is empty.

    Raises DocumentError where a list cannot be read, is larger than `LARGEST_LIST` bytes, or is not
    of its form.
    """
    terms: dict[str, str] = {}
    synonyms: dict[str, tuple[str, ...]] = {}
    for path in chain.from_iterable(map(vocabulary_files, corpus)):
        if path.name == TERMS_FILE:
            terms |= _read_rows(path, _TERMS)
            continue
        for everyday, written in _read_rows(path, _SYNONYMS).items():
            for word in everyday.split():
                # A word may stand in several rows, and then has what all of them say.
                both = [*synonyms.get(word, ()), *written.split()]
                synonyms[word] = tuple(dict.fromkeys(both))
    return Vocabulary(terms, synonyms)


def _read_rows(path: Path, form: _Form) -> dict[str, str]:
    """The rows of a list, folded. Raises DocumentError."""
    content = read_toml(path, LARGEST_LIST)
    rows = content.pop(form.table, {})
    for name in content:
        raise _wrong(path, form, name)
    if not isinstance(rows, dict):
        raise _wrong(path, form, form.table)
    folded: dict[str, str] = {}
    for words, value in rows.items():
        longest = max(map(len, words.split() or [""])) if form is _SYNONYMS else len(words)
        if not isinstance(value, str) or not words.strip() or longest > LONGEST_WORD:
            raise _wrong(path, form, words)
        folded[fold(words)] = fold(value)
    return folded


def _wrong(path: Path, form: _Form, name: str) -> DocumentError:
    """The error for the entry `name` of a list."""
    name = name[:LONGEST_WORD]
    return DocumentError(
        f"{shown(path)} 中的“{name}”不对。文件里只写一张表 [{form.table}]，每行是 {form.zh}，"
        f"词不超过 {LONGEST_WORD} 字。",
        f'{shown(path)} has a wrong entry "{name}". It holds one table, [{form.table}], with rows '
        f"{form.en}; a word has at most {LONGEST_WORD} characters.",
    )


def mined_terms(
    documents: Iterable[Document], least: int = 3, cuts: Cuts | None = None
) -> list[str]:
    """Names that the documents use and a general dictionary cuts apart, folded and sorted, at most
    `MINED_AT_MOST`.

    What stands in quotation or title marks is a name; so is what looks like a person's; so are two
    words that stand side by side `least` times or more, and in at least half of the places of the
    rarer one. `cuts` are by the general dictionary: what is not among them is added.
    """
    segmenter = Segmenter()
    used = _words_used(documents, segmenter, cuts or Cuts())
    counts: dict[str, int] = {}
    for name, count in used.quoted.items():
        if not segmenter.is_word(name):
            counts[name] = count
    for word, count in used.words.items():
        if is_person(word) and not segmenter.is_word(word):
            counts[word] = count
    for pair, count in used.pairs.items():
        if count < least:
            continue
        left, right = pair.split(" ")
        together = 2 * count >= min(used.words[left], used.words[right])
        if together and _may_be_name(left, right, segmenter):
            counts[left + right] = count
    ranked = sorted(counts, key=lambda term: (-counts[term], term))
    return sorted(ranked[:MINED_AT_MOST])


class _WordsUsed(NamedTuple):
    """How often documents use what stands in marks, words, and pairs of words side by side.

    The words of a pair are parted by a space: tuples would take four times as long.
    """

    quoted: Counter[str]
    words: Counter[str]
    pairs: Counter[str]


def _words_used(documents: Iterable[Document], segmenter: Segmenter, cuts: Cuts) -> _WordsUsed:
    """What documents use, by their cuts; what is not among these is added."""
    used = _WordsUsed(Counter(), Counter(), Counter())
    with segmenter.remembering(cuts):
        for document in documents:
            folded = fold(document.text)
            used.quoted.update(_QUOTED.findall(folded))
            of_document: list[str] = []
            neighbours: list[str] = []
            for clause in _HAN_WORD.findall(folded):
                cut = segmenter.words_of_folded(clause)
                of_document += cut
                neighbours += map(" ".join, pairwise(cut))
            used.words.update(of_document)
            used.pairs.update(neighbours)
    return used


def _may_be_name(left: str, right: str, segmenter: Segmenter) -> bool:
    """Whether two neighbours may make one name: of 3 to 8 characters, and neither is grammar."""
    if not 3 <= len(left + right) <= 8:
        return False
    return segmenter.rarity(left) >= _COMMON and segmenter.rarity(right) >= _COMMON
