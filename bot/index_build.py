"""Opens the index of a corpus: reads it from disk, or builds it if it is missing or stale."""

from __future__ import annotations

import os
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path
from typing import NamedTuple

from bot.earlier_index import (
    NOTHING,
    AlreadyRead,
    EarlierIndex,
    Held,
    earlier_generations,
    earlier_index,
    holds_vectors,
)
from bot.i18n import Pair
from bot.index_facts import corpus_name, counts, facts_of, index_fingerprint
from bot.index_location import (
    BUNDLED,
    IndexLocation,
    build_fingerprint,
    check_encoder,
    check_version,
    content_hash,
    encoder_facts,
    has_vectors_of,
    is_readable,
    library,
    locate_index,
    reproduces_vectors,
    variant_of,
)
from bot.model_settings import EncoderSettings
from bot.reader.network import SpanReader
from bot.reader.network_weights import reader_folder
from bot.service import IndexState, Service
from bot.settings import Settings
from corpus import Document, EncoderUnavailable, IndexDamaged, IndexForeign
from corpus.language.terms import Vocabulary, read_vocabulary
from corpus.load import Loaded, load_folders, read_corpus
from corpus.progress import Bar
from index.disk import JSON, IndexUnavailable, explained
from index.e5.convert import default_cache
from index.encoder import DEFAULT, load_encoder
from index.manifest import Generation
from index.remote.embeddings import RemoteEncoder
from index.remote.server import Server
from index.retriever import KnownEncoder
from index.snapshot import (
    Encoding,
    Snapshot,
    build,
)
from index.store import Store


class FoundEncoder(NamedTuple):
    """An encoder, or None with a notice that says why."""

    encoder: KnownEncoder | None
    notices: tuple[Pair, ...] = ()


@dataclass(frozen=True, slots=True)
class BuildOptions:
    """How an index is opened, and built where it has to be.

    `found` is what `find_encoder` has found. `progress` shows a bar on standard error.
    """

    settings: Settings
    found: FoundEncoder
    progress: bool = True

    @property
    def encoder(self) -> KnownEncoder | None:
        """None where words alone are searched."""
        return self.found.encoder


@dataclass(frozen=True, slots=True)
class OpenIndex:
    """An index in memory, and the generation on disk that it was read from or written as."""

    snapshot: Snapshot
    encoder: KnownEncoder | None
    generation: Generation
    notices: tuple[Pair, ...] = ()
    refusal: IndexUnavailable | None = None
    """Why the index could not be brought up to date, for one that is used all the same."""

    @property
    def documents(self) -> tuple[Document, ...]:
        """The documents of the index."""
        return self.snapshot.collection.documents

    @property
    def identity(self) -> dict[str, object]:
        """What every answer says about the index. `encoder` is None if there are no vectors."""
        has_vectors = self.encoder is not None and self.snapshot.dense is not None
        return {
            "generation": self.generation.name,
            "encoder": self.encoder.name if self.encoder and has_vectors else None,
            "fingerprint": self.generation.facts["fingerprint"],
        }

    def service(self, settings: Settings) -> Service:
        """The service that answers from this index."""
        network, notices = find_network(settings)
        return Service(self.snapshot, self.encoder, settings, self.state(notices), network)

    def state(self, notices: tuple[Pair, ...] = ()) -> IndexState:
        """What every answer says about the index, with further `notices`."""
        return IndexState(self.identity, (*self.notices, *notices), self.generation)


def open_service(
    settings: Settings, corpus: Path | None = None, index: Path | None = None
) -> Service:
    """The service that answers from `corpus`, by default the articles. Raises as `open_to_answer`."""
    return open_to_answer(settings, corpus, index).service(settings)


def open_to_answer(
    settings: Settings, corpus: Path | None = None, index: Path | None = None
) -> OpenIndex:
    """As `open_index`, but an earlier index of the corpus stands in for one that cannot be written.

    For answers, not for figures: a notice says that the index is not up to date. Raises as
    `open_index`, IndexUnavailable only where no earlier index is whole, of a form that this program
    reads, and by the same encoder.
    """
    try:
        return open_index(settings, corpus, index)
    except IndexUnavailable as refusal:
        location = locate_index(corpus or recorded_corpus(index), index, variant_of(settings))
        encoder, notices = find_encoder(settings)
        for generation in earlier_generations(location):
            if _can_stand_in(generation, location, encoder):
                notice = _stale_notice(generation, refusal)
                opened = _load(generation, encoder, (*notices, notice))
                return replace(opened, refusal=refusal)
        raise


def open_index(
    settings: Settings, corpus: Path | None = None, index: Path | None = None, progress: bool = True
) -> OpenIndex:
    """The index of `corpus`, built or brought up to date first; `locate_index` says where it lies.

    An `index` without a `corpus` is used as it is. Without an encoder there is only the lexical
    half, with a notice. A damaged generation is replaced by the one before, with a notice, if that
    has the same content. `progress` shows a bar on standard error. Raises DocumentError,
    IndexDamaged, IndexForeign, IndexLocked and IndexUnavailable.
    """
    options = BuildOptions(settings, find_encoder(settings, progress), progress)
    return _opened(_location(settings, corpus, index), options)


def update_index(
    options: BuildOptions, corpus: Path | None, index: Path | None, read: AlreadyRead = NOTHING
) -> OpenIndex:
    """As `open_index`, with the encoder of `options`, and what was `read` already.

    An `index` without a `corpus` is of the library, and follows it.
    """
    location = locate_index(corpus, index, variant_of(options.settings))
    return _opened(location, options, read)


def hold_index(options: BuildOptions, corpus: Path | None, index: Path | None) -> Held:
    """What the index is about that `update_index` would give; its searches are not loaded."""
    location = locate_index(corpus, index, variant_of(options.settings))
    with suppress(FileNotFoundError):
        # A writer may have deleted it meanwhile.
        generation, _ = _up_to_date(location, options)
        if generation is not None:
            _check(generation, location, options.encoder)
            return Held.read(generation)
    opened = update_index(options, corpus, index)
    return Held(opened.generation, opened.snapshot.collection)


def updated_facts(
    options: BuildOptions, corpus: Path | None, index: Path | None
) -> Mapping[str, JSON]:
    """The facts of the index that `update_index` would give; one that is up to date is not loaded."""
    location = locate_index(corpus, index, variant_of(options.settings))
    generation, _ = _up_to_date(location, options)
    if generation is None:
        generation = update_index(options, corpus, index).generation
    return generation.facts


def reopen_index(
    settings: Settings,
    encoder: KnownEncoder | None,
    held: Generation | None,
    corpus: Path | None,
    index: Path | None,
) -> OpenIndex | None:
    """As `open_index`, with an encoder that is loaded already; None where it would be `held`."""
    location = _location(settings, corpus, index)
    options = BuildOptions(settings, FoundEncoder(encoder), progress=False)
    generation, _ = _up_to_date(location, options)
    if held is not None and generation is not None and generation.seal == held.seal:
        return None
    return _opened(location, options)


def _location(settings: Settings, corpus: Path | None, index: Path | None) -> IndexLocation:
    """Where the index lies. One that is used as it is has no content that it should have."""
    recorded = _recorded_name(index) if corpus is None else None
    if index is None or recorded is None:
        return locate_index(corpus, index, variant_of(settings))
    paths = (Path(recorded),) if recorded else library()
    return IndexLocation(paths, "", index, True, variant_of(settings))


def _opened(
    location: IndexLocation, options: BuildOptions, read: AlreadyRead = NOTHING
) -> OpenIndex:
    while True:
        generation, of_damages = _up_to_date(location, options)
        if generation is None:
            return _write(location, options, read)
        try:
            notices = (*options.found.notices, *of_damages)
            return _read(generation, location, options.encoder, notices)
        except FileNotFoundError:
            # A writer may have put another in its place and deleted it. Else: raises the damage.
            if Store(location.root).current() == generation:
                raise


def _up_to_date(
    location: IndexLocation, options: BuildOptions
) -> tuple[Generation | None, tuple[Pair, ...]]:
    """The generation to read, with notices of damage; None where one has to be built."""
    store = Store(location.root)
    generation, damages = store.open()
    used_as_it_is = not location.content
    settings, encoder = options.settings, options.encoder
    if generation and (used_as_it_is or not is_stale(generation, location, settings, encoder)):
        return generation, tuple((damage.zh, damage.en) for damage in damages)
    # A stale generation does not make up for a damaged one: this raises the damage.
    store.current()
    return None, ()


def build_index(
    settings: Settings, corpus: Path | None = None, index: Path | None = None, progress: bool = True
) -> OpenIndex:
    """Builds the index of `corpus` anew; texts that were encoded before keep their vectors."""
    location = locate_index(corpus or recorded_corpus(index), index, variant_of(settings))
    return _write(location, BuildOptions(settings, find_encoder(settings, progress), progress))


def recorded_corpus(index: Path | None) -> Path | None:
    """The corpus that the index in a folder was built from; None for the library or no such index."""
    name = _recorded_name(index)
    return Path(name) if name else None


def _recorded_name(index: Path | None) -> str | None:
    """What `corpus_name` said of the corpus that an index was built from."""
    if index is None:
        return None
    with suppress(IndexDamaged, IndexForeign):
        generation, _ = Store(index).open()
        if generation:
            return str(generation.facts["corpus"])
    return None


def find_encoder(settings: Settings, progress: bool = True) -> FoundEncoder:
    """The encoder that the settings name; or None, with a notice that says why and what to do."""
    try:
        return FoundEncoder(_encoder(settings.encoder, progress))
    except EncoderUnavailable as error:
        zh = f"现在只按词语检索，换了说法的内容可能找不到。{error.zh}"
        en = f"Searching by words only; what is worded otherwise may be missed. {error.en}"
        return FoundEncoder(None, ((zh, en),))


def _encoder(settings: EncoderSettings, progress: bool) -> KnownEncoder:
    """The encoder of another program where one is named, else ours. Raises EncoderUnavailable."""
    if settings.url:
        server = Server("encoder.url", settings.url, settings.key.get_secret_value())
        return RemoteEncoder(server, settings.model, settings.seconds)
    name = DEFAULT if settings.name == "default" else settings.name
    return load_encoder(name, threads=settings.threads or None, progress=progress)


def find_network(
    settings: Settings, progress: bool = True
) -> tuple[SpanReader | None, tuple[Pair, ...]]:
    """The reading network if the settings name it; or None, with a notice if it cannot load."""
    if settings.reader == "rules":
        return None, ()
    try:
        folder = reader_folder(default_cache(), progress=progress)
        return SpanReader(folder, settings.encoder.threads or os.cpu_count() or 1), ()
    except EncoderUnavailable as error:
        return None, ((f"现在由规则作答。{error.zh}", f"Answering by rules. {error.en}"),)


def is_stale(
    generation: Generation,
    location: IndexLocation,
    settings: Settings,
    encoder: KnownEncoder | None,
) -> bool:
    """Whether an index differs from the one that would be built now.

    The vectors of another encoder do not make an index stale that `--index` names: that is for its
    owner to decide.
    """
    facts = generation.facts
    if encoder and not has_vectors_of(encoder, facts):
        may_keep_vectors = location.named and facts.get("encoder")
        if not may_keep_vectors:
            return True
    has_same_content = facts.get("content") == location.content
    return not has_same_content or facts.get("recipe") != build_fingerprint(settings)


def _read(
    generation: Generation,
    location: IndexLocation,
    encoder: KnownEncoder | None,
    notices: tuple[Pair, ...],
) -> OpenIndex:
    _check(generation, location, encoder)
    return _load(generation, encoder, notices)


def _check(generation: Generation, location: IndexLocation, encoder: KnownEncoder | None) -> None:
    """Raises IndexForeign where an index is of another version of the program, or another encoder."""
    check_version(generation.facts, location)
    if encoder and generation.facts["encoder"]:
        check_encoder(encoder, generation.facts, location)


def _load(
    generation: Generation, encoder: KnownEncoder | None, notices: tuple[Pair, ...]
) -> OpenIndex:
    has_vectors = bool(generation.facts["encoder"])
    with explained(generation.folder):
        snapshot = Snapshot.load(generation.folder, encoder if has_vectors else None)
    return OpenIndex(snapshot, encoder, generation, notices)


def _can_stand_in(
    generation: Generation, location: IndexLocation, encoder: KnownEncoder | None
) -> bool:
    """Whether an index is of this corpus, can be read, and has no vectors of another encoder."""
    facts = generation.facts
    is_of_corpus = facts.get("corpus") == corpus_name(location.corpus)
    has_same_content = facts.get("content") == location.content
    if not is_readable(facts) or not (is_of_corpus or has_same_content):
        return False
    if encoder is None or not facts["encoder"]:
        return True
    return has_vectors_of(encoder, facts) and reproduces_vectors(encoder, facts)


def _stale_notice(generation: Generation, refusal: IndexUnavailable) -> Pair:
    return (
        f"索引不是最新的，也无法更新：{refusal.zh}。现用 {generation.made} 的 {generation.name}，"
        "此后的改动不在其中。",
        f"The index is not up to date and cannot be: {refusal.en}. Answering from "
        f"{generation.name} of {generation.made}, without later changes.",
    )


def _write(
    location: IndexLocation, options: BuildOptions, read: AlreadyRead = NOTHING
) -> OpenIndex:
    """Builds an index and writes it as a new generation."""
    encoder = options.encoder
    facts: dict[str, JSON] = {
        "corpus": corpus_name(location.corpus),
        "recipe": build_fingerprint(options.settings),
        **encoder_facts(encoder),
    }
    built: list[Snapshot] = []

    def fill(folder: Path) -> None:
        # Inside the lock, so that two processes do not encode the same corpus, and what is filed
        # under a content is what was read.
        earlier = earlier_index(location, encoder, facts, read)
        snapshot = _build(location, options, earlier, facts)
        snapshot.save(folder)
        earlier.counting.cuts.save(folder)
        built.append(snapshot)

    # Without an encoder now, the vectors that are there are for when it is back.
    keeps = holds_vectors if encoder is None else None
    generation = Store(location.root).write(facts, fill, keeps)
    return OpenIndex(built[0], encoder, generation, options.found.notices)


def _build(
    location: IndexLocation, options: BuildOptions, earlier: EarlierIndex, facts: dict[str, JSON]
) -> Snapshot:
    """The index of what the corpus holds now; what is true of this is added to `facts`."""
    content, loaded, vocabulary = _read_corpus(location, earlier.documents)
    facts.update(facts_of(content, loaded))
    facts["fingerprint"] = index_fingerprint(facts)
    title = "建索引 / indexing"
    with Bar(title, shown=options.progress, delay=1) as bar:
        snapshot = build(
            loaded.documents,
            options.encoder,
            options.settings.split.size,
            vocabulary,
            Encoding(earlier.vectors, bar.tell),
            earlier.counting,
        )
    facts.update(counts(snapshot.collection))
    return snapshot


def _read_corpus(
    location: IndexLocation, known: Mapping[str, Document]
) -> tuple[str, Loaded, Vocabulary]:
    """The content hash of a corpus, its documents and its word lists, all of one moment."""
    content = content_hash(location.corpus)
    while True:
        if BUNDLED in location.corpus:
            loaded = load_folders(location.corpus, known)
        else:
            loaded = read_corpus(location.corpus[0], known)
        vocabulary = read_vocabulary(location.corpus)
        before, content = content, content_hash(location.corpus)
        if content == before:
            return content, loaded, vocabulary
