"""The documents that the chat page limits a question to, as its browser sends them."""

from __future__ import annotations

import json
from collections.abc import Collection

from bot.request_limits import NO_LIMITS, Limits
from corpus import UsageError


def limits_of_chosen(chosen: str, held: Collection[str]) -> Limits:
    """The limits that `chosen` sets, a JSON array of ids of documents; none where it is empty.

    `held` are the ids that there are. Raises UsageError where `chosen` is no such array, and where
    none of its documents is held any more.
    """
    if not chosen:
        return NO_LIMITS
    try:
        ids = json.loads(chosen)
    except (ValueError, RecursionError):
        ids = None
    if ids == []:
        return NO_LIMITS
    named = ids if isinstance(ids, list) else []
    known = frozenset(one for one in named if isinstance(one, str) and one in held)
    if not known:
        raise UsageError(
            "所选的文章已不在收录之中：请去掉输入框下的范围，或另选文章。",
            "The articles chosen are no longer held: remove them below the box, or choose others.",
        )
    return Limits(doc_ids=known)
