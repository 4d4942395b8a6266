"""Deletes what still holds the text of documents that were removed.

That is in indexes, feedback, runs of evals and drafts of questions. The files themselves are no
matter of this module.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any, NamedTuple

from bot.earlier_index import hand_on, index_roots
from bot.evals import drafts, runs
from bot.evals.drafts import Drafts
from bot.evals.runs import Runs
from bot.index_facts import corpus_name
from bot.index_location import IndexLocation, is_readable, library
from bot.settings import home
from bot.storage import feedback
from bot.storage.feedback import Feedback
from index.disk import IndexUnavailable
from index.manifest import Generation
from index.store import Store


class _Held(NamedTuple):
    """A generation of the corpus: the ids of the documents that it has of files kept, and of others.

    `generation` is None for one that does not say, being damaged or of an earlier version.
    """

    root: Path
    number: int
    generation: Generation | None = None
    kept: frozenset[str] = frozenset()
    others: frozenset[str] = frozenset()

    @property
    def is_doomed(self) -> bool:
        """Whether it holds, or may hold, what is not kept."""
        return self.generation is None or bool(self.others)


def forget(location: IndexLocation, kept: Collection[str], removed: Iterable[str]) -> None:
    """Deletes the generations of a corpus that hold other files than `kept`, by their digests.

    Those of every place and setting are meant, but none of another corpus. The vectors of the files
    `kept` are handed on where no other generation has them. What feedback, runs and drafts have of
    the documents `removed` goes, or of one that such a generation alone holds. Raises IndexLocked
    and DatabaseUnavailable; to call it again is safe then, as it is after a crash.
    """
    held = list(_generations(location, kept))
    there = frozenset[str]().union(*(one.kept for one in held))
    gone = frozenset(removed).union(*(one.others for one in held)) - there
    # Indexes last: after a crash the generations still tell which documents are meant.
    Feedback(home() / feedback.FILE).forget(gone)
    Runs(home() / runs.FILE).forget(gone)
    Drafts(home() / drafts.FILE).forget(gone)
    for generation in _with_vectors_alone(held):
        # They save time; the text has to go all the same, from a full disk too.
        with suppress(IndexUnavailable):
            hand_on(generation, kept)
    for root in dict.fromkeys(one.root for one in held):
        Store(root).forget([one.number for one in held if one.root == root and one.is_doomed])


def _generations(location: IndexLocation, kept: Collection[str]) -> Iterator[_Held]:
    """The generations of the corpus, those of a folder from the oldest to the newest."""
    corpus = corpus_name(location.corpus)
    for root in index_roots(location):
        is_place_of_corpus = root == location.root or (
            location.corpus == library() and root.parent == home()
        )
        for number, generation in Store(root).generations().items():
            facts: dict[str, Any] = dict(generation.facts) if generation else {}
            if "files" not in facts and is_place_of_corpus:
                yield _Held(root, number)
            elif facts.get("corpus") == corpus and "files" in facts:
                of_kept = {doc for digest, doc in facts["files"].items() if digest in kept}
                others = {doc for digest, doc in facts["files"].items() if digest not in kept}
                yield _Held(root, number, generation, frozenset(of_kept), frozenset(others))


def _with_vectors_alone(held: Sequence[_Held]) -> Iterator[Generation]:
    """The newest doomed generation with each kind of vectors that no generation that stays has."""
    done = {_vectors(one.generation) for one in held if one.generation and not one.is_doomed}
    for one in reversed(held):
        if one.generation is None or not is_readable(one.generation.facts):
            continue
        vectors = _vectors(one.generation)
        if one.generation.facts["encoder"] and vectors not in done:
            done.add(vectors)
            yield one.generation


def _vectors(generation: Generation) -> tuple[object, object]:
    """What makes the vectors of an index: the fingerprint of the encoder, and how texts are cut."""
    facts: dict[str, Any] = dict(generation.facts)
    return facts["encoder"] and facts["encoder"]["fingerprint"], facts["recipe"]["size"]
