"""Sentences that stand by themselves: one that leans on the sentence before is cited with it."""

from __future__ import annotations

import re

from bot.answer import Citation
from corpus import Passage
from corpus.language.sentences import SENTENCE_LIMIT
from corpus.language.text import fold

PIECE = 14
"""Characters of a clause between semicolons that is a mere piece of what its paragraph says:
低保户养的一只犬；
"""

_BETWEEN = 2
"""Characters between two sentences of a paragraph, at most."""

# 同年…, 与之相应…, 对此…: understood only with what stands before
_LEANS = re.compile(
    r"[，,、；;]|同[年月日时]|其(?!他|余|实)|这|该|此(?!外)|[与对为因据由]此|与之|对其|他|她|它|后者|前者|上述|前[款项]|"
    r"(?:但|而|然而|不过|所以|因而|因此|于是|并|也|则|却|那|又|还|另)(?!是否|且)"
)


def leans(passage: Passage) -> bool:
    """Whether a sentence is not understood without the one before it."""
    return bool(_LEANS.match(fold(passage.text)))


def standing(passage: Passage, before: Passage | None) -> Citation | None:
    """The citation of a sentence, with the one before it where it leans on that.

    None where it leans on a sentence that does not fit beside it.
    """
    if not leans(passage):
        return _whole(passage)
    if before is None or before.document is not passage.document:
        return None
    is_next = passage.start - before.end <= _BETWEEN
    fits = passage.end - before.start <= SENTENCE_LIMIT
    if not is_next or not fits or leans(before):
        return None
    return Citation(passage.document, before.start, passage.end)


def _whole(passage: Passage) -> Citation:
    """A sentence, or its paragraph where it is a mere piece of that and there is room."""
    text = passage.text.rstrip()
    if len(text) < PIECE and text.endswith(("；", ";")):
        unit = passage.document.units_in(passage.start, passage.end)[0]
        if unit.end - unit.start <= SENTENCE_LIMIT:
            return Citation(passage.document, unit.start, unit.end)
    return Citation(passage.document, passage.start, passage.end)
