"""Sentences that stand by themselves: one that leans on the sentence before is cited with it."""

from __future__ import annotations

from bot.answer import Citation
from bot.question.summaries import leans
from bot.reader.others_views import with_rejection
from corpus import Passage
from corpus.language.sentences import SENTENCE_LIMIT
from corpus.split import said_from

PIECE = 20
"""Characters of a clause between semicolons that is a mere piece of what its paragraph says:
低保户养的一只犬；
"""

NAMES_ONLY = frozenset({"heading", "header", "label", "question"})
"""Kinds of units that name what is said and do not say it."""

BETWEEN = 2
"""Characters between two sentences of a paragraph, at most."""


def standing(passage: Passage, before: Passage | None) -> Citation | None:
    """The citation of a sentence, with the one before it where it leans on that.

    None where it leans on a sentence that does not fit beside it.
    """
    if not leans(passage.text):
        return _whole(passage)
    if before is None or before.document is not passage.document:
        return None
    is_next = passage.start - before.end <= BETWEEN
    fits = passage.end - before.start <= SENTENCE_LIMIT
    if not is_next or not fits or leans(before.text):
        return None
    return Citation(passage.document, before.start, passage.end)


def _whole(passage: Passage) -> Citation:
    """A sentence, or its paragraph where it is a mere piece of that and there is room; what others think
    with what rejects it.
    """
    unit = passage.document.units_in(passage.start, passage.end)[0]
    first = said_from(unit)
    # The mark of an answer counts: 答：有食堂的学校自己做，目前有218所； is more than a piece.
    size = passage.end - (unit.start if passage.start == first else passage.start)
    is_piece = size < PIECE and passage.text.rstrip().endswith(("；", ";"))
    if is_piece and unit.end - first <= SENTENCE_LIMIT:
        return Citation(passage.document, first, unit.end)
    whole = with_rejection(passage)
    return Citation(whole.document, whole.start, whole.end)
