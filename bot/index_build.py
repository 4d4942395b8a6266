"""From files on disk to a service: reads the index of a corpus, or builds it where it is missing or stale."""

from __future__ import annotations

import hashlib
import json
import os
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from tqdm import tqdm

from bot.index_location import (
    IndexLocation,
    check_encoder,
    check_version,
    encoder_facts,
    find,
    gives_the_same,
    is_of,
    is_readable,
    recipe,
    variant,
)
from bot.reader.network import SpanReader
from bot.reader.network_weights import reader_folder
from bot.service import Service
from bot.settings import Settings, home
from corpus import ChengwenError, EncoderUnavailable, IndexDamaged, IndexForeign
from corpus.load import read_corpus
from index import Vectors
from index.disk import JSON, explained
from index.e5.convert import default_cache
from index.encoder import DEFAULT, TextEncoder, load_encoder
from index.manifest import Generation
from index.snapshot import Progress, Snapshot, build, vectors_by_text
from index.store import Store

Notice = tuple[str, str]
"""What readers of an answer should know, in Chinese and in English."""


@dataclass(frozen=True, slots=True)
class OpenIndex:
    """An index in memory, and the generation on disk that it is."""

    snapshot: Snapshot
    encoder: TextEncoder | None
    generation: Generation
    notices: tuple[Notice, ...] = ()

    @property
    def about(self) -> dict[str, object]:
        """What every answer says of the index. `encoder` is None where no vectors are used."""
        encoder = self.encoder.name if self.encoder and self.snapshot.dense else None
        mark = self.generation.facts["fingerprint"]
        return {"generation": self.generation.name, "encoder": encoder, "fingerprint": mark}

    def service(self, settings: Settings) -> Service:
        """What answers from it."""
        network, notices = find_network(settings)
        return Service(
            self.snapshot, self.encoder, settings, self.about, (*self.notices, *notices), network
        )


def open_service(
    settings: Settings, corpus: Path | None = None, index: Path | None = None
) -> Service:
    """The service that answers from `corpus`, by default the articles. Raises what `open_index` raises."""
    return open_index(settings, corpus, index).service(settings)


def open_index(
    settings: Settings, corpus: Path | None = None, index: Path | None = None, progress: bool = True
) -> OpenIndex:
    """The index of `corpus`, built or brought up to date first where that is needed; `find` tells where it lies.

    An `index` without a `corpus` is used as it is. Without an encoder there is the lexical half only, with a notice. A
    damaged generation gives way to the one before, with a notice, if that is of the same content. `progress`: a bar on
    standard error. Raises DocumentError, IndexDamaged, IndexForeign, IndexLocked and IndexUnavailable.
    """
    alone = recorded_corpus(index) if corpus is None else None
    kind = variant(settings)
    place = (
        IndexLocation(alone, "", index, True, kind)
        if alone and index
        else find(corpus, index, kind)
    )
    store = Store(place.root)
    generation, damages = store.open()
    encoder, notices = find_encoder(settings, progress)
    if generation is None or (not alone and is_stale(generation, place, settings, encoder)):
        store.current()  # A stale generation does not make up for a damaged one: this raises the damage.
        return _write(place, settings, encoder, notices, progress)
    return _read(generation, place, encoder, (*notices, *((d.zh, d.en) for d in damages)))


def build_index(
    settings: Settings, corpus: Path | None = None, index: Path | None = None, progress: bool = True
) -> OpenIndex:
    """Builds the index of `corpus` anew, whatever state it is in; texts already encoded keep their vectors."""
    place = find(corpus or recorded_corpus(index), index, variant(settings))
    encoder, notices = find_encoder(settings, progress)
    return _write(place, settings, encoder, notices, progress)


def recorded_corpus(index: Path | None) -> Path | None:
    """The corpus that the index in a folder was built from, or None where the folder has no index that says so."""
    with suppress(IndexDamaged, IndexForeign):
        generation = Store(index).open()[0] if index else None
        return Path(str(generation.facts["corpus"])) if generation else None
    return None


def find_encoder(
    settings: Settings, progress: bool = True
) -> tuple[TextEncoder | None, tuple[Notice, ...]]:
    """The encoder that the settings name, or None and a notice of why not and what to do."""
    name = DEFAULT if settings.encoder.name == "default" else settings.encoder.name
    try:
        return load_encoder(name, threads=settings.encoder.threads or None, progress=progress), ()
    except EncoderUnavailable as error:
        zh = f"现在只按词语检索，换了说法的内容可能找不到。{error.zh}"
        en = f"Searching by words only; what is worded otherwise may be missed. {error.en}"
        return None, ((zh, en),)


def find_network(
    settings: Settings, progress: bool = True
) -> tuple[SpanReader | None, tuple[Notice, ...]]:
    """The reading network, where the settings name it, or None and a notice of why not and what to do."""
    if settings.reader != "neural":
        return None, ()
    try:
        folder = reader_folder(default_cache(), progress=progress)
        return SpanReader(folder, settings.encoder.threads or os.cpu_count() or 1), ()
    except EncoderUnavailable as error:
        return None, ((f"现在由规则作答。{error.zh}", f"Answering by rules. {error.en}"),)


def is_stale(
    generation: Generation, place: IndexLocation, settings: Settings, encoder: TextEncoder | None
) -> bool:
    """Whether an index is not what would be built now.

    One that `--index` names is not stale for being another encoder's: that is for its owner to decide.
    """
    facts = generation.facts
    if encoder and not is_of(encoder, facts) and not (place.named and facts.get("encoder")):
        return True
    return facts.get("content") != place.content or facts.get("recipe") != recipe(settings)


def _read(
    generation: Generation,
    place: IndexLocation,
    encoder: TextEncoder | None,
    notices: tuple[Notice, ...],
) -> OpenIndex:
    facts = generation.facts
    check_version(facts, place)
    has_vectors = bool(facts["encoder"])
    if encoder and has_vectors:
        check_encoder(encoder, facts, place)
    with explained(place.root):
        snapshot = Snapshot.load(generation.folder, encoder if has_vectors else None)
    return OpenIndex(snapshot, encoder, generation, notices)


def _write(
    place: IndexLocation,
    settings: Settings,
    encoder: TextEncoder | None,
    notices: tuple[Notice, ...],
    progress: bool,
) -> OpenIndex:
    documents, left_out = read_corpus(place.corpus)
    facts: dict[str, JSON] = {
        "corpus": str(place.corpus.resolve()),
        "content": place.content,
        "recipe": recipe(settings),
        **encoder_facts(encoder),
        "left_out": [[error.zh, error.en] for error in left_out],
    }
    facts["fingerprint"] = _fingerprint(facts)
    known = earlier_vectors(place, encoder) if encoder else {}
    made: list[Snapshot] = []

    def fill(folder: Path) -> None:
        # Inside the lock, so that two processes do not encode the same corpus; the counts are known only then.
        with _bar(progress) as advance:
            snapshot = build(documents, encoder, settings.split.size, known, advance)
        snapshot.save(folder)
        facts.update(_counts(snapshot))
        made.append(snapshot)

    generation = Store(place.root).write(facts, fill)
    return OpenIndex(made[0], encoder, generation, notices)


def _counts(snapshot: Snapshot) -> dict[str, JSON]:
    collection = snapshot.collection
    return {
        "documents": len(collection.documents),
        "characters": sum(len(document.text) for document in collection.documents),
        "passages": len(collection.passages),
        "sentences": len(collection.sentences),
    }


def _fingerprint(facts: Mapping[str, JSON]) -> str:
    """16 hex digits: equal for two indexes that give the same answers, on whatever machine they were built."""
    decisive = [facts[name] for name in ("content", "recipe", "encoder")]
    return hashlib.sha256(json.dumps(decisive, sort_keys=True).encode()).hexdigest()[:16]


def earlier_vectors(place: IndexLocation, encoder: TextEncoder) -> dict[str, Vectors]:
    """Encoded text → its vector, from the indexes of this corpus that have vectors of `encoder`.

    Those are all of the same content, for each was cut otherwise; without any, the last of other content.
    """
    known: dict[str, Vectors] = {}
    for generation in _earlier(place):
        facts = generation.facts
        if known and facts.get("content") != place.content:
            continue
        if is_readable(facts) and is_of(encoder, facts) and gives_the_same(encoder, facts):
            with explained(generation.folder):
                known |= vectors_by_text(Snapshot.load(generation.folder, encoder))
    return known


def _earlier(place: IndexLocation) -> Iterator[Generation]:
    """The index at `place`, then those of the same folder or file when it had other content, newest first."""
    roots = {*home().glob("index*"), *home().glob("corpora/*")} - {place.root}
    others = sorted(roots, key=lambda root: root.stat().st_mtime, reverse=True)
    for root in (place.root, *others):
        with suppress(ChengwenError):
            generation = Store(root).open()[0]
            if generation and (
                root == place.root or generation.facts.get("corpus") == str(place.corpus.resolve())
            ):
                yield generation


@contextmanager
def _bar(shown: bool) -> Iterator[Progress]:
    """A bar on standard error, once the work has taken a second."""
    with tqdm(
        desc="建索引 / indexing", unit="", file=sys.stderr, delay=1, disable=not shown
    ) as bar:

        def advance(done: int, total: int) -> None:
            bar.total = total
            bar.update(done - bar.n)

        yield advance
