"""Whether a question asks for all that an author proposes, and whether a sentence proposes something.

The words are in `rules/proposals.toml`.
"""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

from corpus.language.text import Segmenter, fold

RULES_FILE = Path(__file__).parent / "rules/proposals.toml"

_RULES = tomllib.loads(RULES_FILE.read_text("utf-8"))
_ASKS = re.compile("|".join(_RULES["question"]["asks"]))
_EMPTY = re.compile("|".join(_RULES["question"]["empty"]))
_MODAL = frozenset(_RULES["sentence"]["modal"])
_REPORTED = re.compile(_RULES["sentence"]["reported"])
_CLAUSE_END = re.compile(r"[,，。；;:：、]")


def asks_proposals(text: str) -> bool:
    """Whether a question asks what an author proposes and names no subject: 作者提了哪些建议.

    停车难有哪些对策 names one.
    """
    folded = fold(text)
    if not _ASKS.search(folded):
        return False
    rest = _EMPTY.sub("", _ASKS.sub("", folded))
    return not any(map(str.isalnum, rest))


def proposes(text: str, segmenter: Segmenter) -> bool:
    """Whether a sentence says itself what is to be done; what another is reported to have said does not."""
    folded = fold(text)
    return not _REPORTED.search(folded) and not _MODAL.isdisjoint(segmenter.words(folded))


def opens_proposing(text: str, segmenter: Segmenter) -> bool:
    """Whether a sentence begins with what is to be done: 要推动重心下移."""
    return next(iter(segmenter.words(fold(text))), "") in _MODAL


def begins_proposing(text: str, segmenter: Segmenter) -> bool:
    """Whether a clause of a sentence begins by saying what is to be done: ……,要推动重心下移."""
    return any(opens_proposing(clause, segmenter) for clause in _CLAUSE_END.split(text))
