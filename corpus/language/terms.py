"""The domain dictionary: terms given in `corpus/terms.txt`, and terms mined from the documents themselves.

A general dictionary cuts names such as 一网统管 to pieces, and pieces are found everywhere.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator
from itertools import pairwise
from pathlib import Path

from corpus.document import Document
from corpus.language.text import HAN, Segmenter, fold, is_person

TERMS_FILE = Path(__file__).parent / "terms.txt"
MINED_AT_MOST = 5000

_QUOTED = re.compile(rf"[“「『‘《\"]([{HAN}a-z0-9·+]{{2,12}})[”」』’》\"]")
_HAN_WORD = re.compile(rf"[{HAN}]+")
_COMMON = 3.0
"""Rarity below which a word is grammar rather than a part of a name: 在, 我们, 进行."""


def given_terms(path: Path = TERMS_FILE) -> dict[str, str]:
    """The terms of a dictionary file, one a line, each with its English (may be empty); # begins a comment."""
    lines = (
        line.partition("#")[0].split(maxsplit=1)
        for line in path.read_text(encoding="utf-8").splitlines()
    )
    return {line[0]: "".join(line[1:]).strip() for line in lines if line}


def mined_terms(documents: Iterable[Document], least: int = 3) -> list[str]:
    """Names that the documents use and a general dictionary cuts apart, folded and sorted, at most `MINED_AT_MOST`.

    What stands in quotation or title marks is a name; so is what looks like a person's; so are two words that stand
    side by side `least` times or more, and in at least half of the places of the rarer one.
    """
    segmenter = Segmenter()
    quoted: Counter[str] = Counter()
    words: Counter[str] = Counter()
    pairs: Counter[tuple[str, str]] = Counter()
    for document in documents:
        folded = fold(document.text)
        quoted.update(_QUOTED.findall(folded))
        for clause in _HAN_WORD.findall(folded):
            cut = segmenter.words(clause)
            words.update(cut)
            pairs.update(pairwise(cut))
    terms = {t: n for t, n in quoted.items() if not segmenter.is_word(t)}
    terms |= {w: n for w, n in words.items() if is_person(w) and not segmenter.is_word(w)}
    terms |= {
        left + right: pairs[left, right] for left, right in _close(words, pairs, segmenter, least)
    }
    ranked = sorted(terms, key=lambda term: (-terms[term], term))
    return sorted(ranked[:MINED_AT_MOST])


def _close(
    words: Counter[str], pairs: Counter[tuple[str, str]], segmenter: Segmenter, least: int
) -> Iterator[tuple[str, str]]:
    """The pairs of neighbours that are one name."""
    for (left, right), count in pairs.items():
        often = count >= least and 2 * count >= min(words[left], words[right])
        if (
            often
            and 3 <= len(left + right) <= 8
            and min(map(segmenter.rarity, (left, right))) >= _COMMON
        ):
            yield left, right
