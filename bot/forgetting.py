"""Deletes what still holds the text of documents that were removed.

That is in indexes, feedback, runs of evals and drafts of questions. The files themselves are no
matter of this module.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from typing import Any

from bot.evals import drafts, runs
from bot.evals.drafts import Drafts
from bot.evals.runs import Runs
from bot.index_build import corpus_name, index_roots
from bot.index_location import IndexLocation, library
from bot.settings import home
from bot.storage import feedback
from bot.storage.feedback import Feedback
from index.manifest import Generation
from index.store import Store


def forget(location: IndexLocation, kept: Collection[str], removed: Iterable[str]) -> None:
    """Deletes the generations of a corpus that hold other files than `kept`, by their digests.

    Those of every place and setting are meant, but none of another corpus. What feedback, runs and
    drafts have of the documents `removed` goes, or of one that such a generation alone holds.
    Raises IndexLocked and DatabaseUnavailable; to call it again is safe then, as it is after a
    crash.
    """
    doomed: list[tuple[Store, list[int]]] = []
    gone, there = set(removed), set[str]()
    for root in index_roots(location):
        is_place_of_corpus = root == location.root or (
            location.corpus == library() and root.parent == home()
        )
        store = Store(root)
        numbers = []
        for number, generation in store.generations().items():
            doc_ids = _doc_ids(generation, corpus_name(location.corpus), is_place_of_corpus)
            there.update(doc_id for digest, doc_id in doc_ids.items() if digest in kept)
            others = {doc_id for digest, doc_id in doc_ids.items() if digest not in kept}
            if others:
                gone |= others
                numbers.append(number)
        doomed.append((store, numbers))
    # Indexes last: after a crash the generations still tell which documents are meant.
    Feedback(home() / feedback.FILE).forget(gone - there)
    Runs(home() / runs.FILE).forget(gone - there)
    Drafts(home() / drafts.FILE).forget(gone - there)
    for store, numbers in doomed:
        store.forget(numbers)


def _doc_ids(
    generation: Generation | None, corpus: str, is_place_of_corpus: bool
) -> dict[str, str]:
    """What a generation holds of a corpus: the digest of each file and the id of its document.

    One that does not say, being damaged or of an earlier version, counts as holding something else.
    """
    facts: dict[str, Any] = dict(generation.facts) if generation else {}
    if "files" in facts:
        return dict(facts["files"]) if facts["corpus"] == corpus else {}
    return {"": ""} if is_place_of_corpus else {}
