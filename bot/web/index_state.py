"""What the index says of itself, as the operator and the curious read it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, NamedTuple

from bot.i18n import Pair
from bot.service import Service
from index.manifest import Generation


class ShownIndex(NamedTuple):
    """The health of the index, a name of the texts; its passages; what it is; when it was made, in
    local time, None where that is not known; and what is amiss.
    """

    health: str
    passages: int
    facts: Mapping[str, Any]
    made: datetime | None
    notices: Sequence[Pair]


def index_state(service: Service, generation: Generation | None) -> ShownIndex:
    """What the index that answers now says of itself."""
    mode = service.settings.retrieval.mode
    is_whole = service.snapshot.dense is not None or mode == "lexical"
    made = datetime.fromisoformat(generation.made).astimezone() if generation else None
    return ShownIndex(
        health=mode if is_whole else "degraded",
        passages=len(service.snapshot.collection.passages),
        facts=service.index,
        made=made,
        notices=service.notices,
    )


def left_out_files(generation: Generation | None) -> list[Pair]:
    """Why files were left out."""
    if generation is None:
        return []
    # Who reads this needs the name of a file, not where the machine keeps it.
    folder = f"{generation.facts.get('corpus', '')}/"
    pairs: Any = generation.facts.get("left_out", ())
    return [(zh.replace(folder, ""), en.replace(folder, "")) for zh, en in pairs]
