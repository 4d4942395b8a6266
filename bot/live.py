"""The index that answers now: it is replaced as a whole when the library has changed.

A request keeps the service that it began with; the old one goes when the last such request ends, so
that two are in memory at most.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from itertools import count
from pathlib import Path
from threading import Event, Thread, Timer
from weakref import ref

from bot.i18n import Pair, language_of_locale
from bot.index_build import find_encoder, reopen_index
from bot.index_location import documents_folder, files_of, library
from bot.library_lock import unchanged
from bot.question.suggest_made import GeneratedQuestion
from bot.service import IndexState, Service
from bot.settings import Settings
from corpus import ChengwenError, Document, IndexLocked
from index.manifest import Generation
from index.retriever import KnownEncoder
from index.store import CURRENT

LOOK_SECONDS = 1.0
"""Between two looks at the library and its index."""

ENCODER_SECONDS = 30.0
"""Between two looks for an encoder in another program that did not answer at the start."""

SETTLE_SECONDS = 15.0
"""After a start or a change, before suggestions are tried: what is asked at once has the processor."""


class Live:
    """The service that answers now, and the generation on disk that it answers from."""

    def __init__(self, service: Service, generation: Generation | None = None) -> None:
        self._now = service, generation
        self._told: list[Callable[[], object]] = []

    @property
    def service(self) -> Service:
        """Take it once for a request, and keep it."""
        return self._now[0]

    @property
    def now(self) -> tuple[Service, Generation | None]:
        """The service and the generation, of one moment."""
        return self._now

    @property
    def documents(self) -> dict[str, Document]:
        """The documents that are answered from now, by id. Take them once for a request."""
        return documents_of(self.service)

    @property
    def generation(self) -> Generation | None:
        """None where the service answers from no index on disk."""
        return self._now[1]

    def tell(self, callback: Callable[[], object]) -> None:
        """Calls `callback` after every change, in the thread that makes it."""
        self._told.append(callback)

    def replace(self, service: Service, generation: Generation | None) -> None:
        """From now on this one answers. One assignment: no request finds half of each."""
        self._now = service, generation
        for callback in self._told:
            callback()


def documents_of(service: Service) -> dict[str, Document]:
    """The documents of the index that a service answers from, by id."""
    return {document.doc_id: document for document in service.snapshot.collection.documents}


@dataclass(frozen=True, slots=True)
class Watch:
    """Takes what changes in a library into the service of `live`, LOOK_SECONDS after it changed.

    `encoder` is the one that `live` began with; it is used on. `corpus` and `index` are as for
    `open_index`.
    """

    live: Live
    encoder: KnownEncoder | None
    settings: Settings
    corpus: Path | None = None
    index: Path | None = None

    @contextmanager
    def looking(self) -> Iterator[Thread]:
        """Looks in a thread of its own until the block ends; that does not wait for a last look."""
        _suggest(self.live.service, ())
        leaving = Event()
        thread = Thread(target=self._look_until, args=(leaving,), name="library", daemon=True)
        thread.start()
        try:
            yield thread
        finally:
            leaving.set()

    def refresh(self) -> bool:
        """Opens the index anew, building it where the library has changed. Whether it is another one.

        Raises what `open_index` raises, and IndexLocked while documents are added or removed.
        """
        return self._take(self.live.generation)

    def returned(self) -> Watch | None:
        """The same watch with its encoder, which is in another program and has come back, and in use.

        None where it has not, or where there is none to wait for. Raises as `refresh`.
        """
        if self.encoder is not None or not self.settings.encoder.url:
            return None
        encoder = find_encoder(self.settings, progress=False).encoder
        if encoder is None:
            return None
        watch = replace(self, encoder=encoder)
        # Whatever index is in use, it is without vectors.
        watch._take(None)
        return watch

    def _take(self, held: Generation | None) -> bool:
        """Answers from the index as it should be now, unless that is `held`. Whether it is another."""
        # A document that is being added may be taken back, and whoever adds it writes the index.
        with unchanged(self.corpus or documents_folder()):
            opened = reopen_index(self.settings, self.encoder, held, self.corpus, self.index)
        if opened is None:
            return False
        network = self.live.service.network
        state = IndexState(opened.identity, self._notices(opened.notices), opened.generation)
        service = Service(opened.snapshot, self.encoder, self.settings, state, network)
        # Before it answers: a request that needs them would wait, and in the event loop all would.
        _suggest(service, self.live.service.suggestions.known)
        self.live.replace(service, opened.generation)
        return True

    def _notices(self, of_index: Sequence[Pair]) -> tuple[Pair, ...]:
        """What is said of another index, between what is said of models that are missing."""
        before = self.live.service
        lacks_network = self.settings.reader != "rules" and before.network is None
        of_encoder = before.notices[:1] if self.encoder is None else ()
        of_network = before.notices[-1:] if lacks_network else ()
        return (*of_encoder, *of_index, *of_network)

    def _look_until(self, leaving: Event) -> None:
        watch = self
        # The first look finds what has changed since the index was opened.
        seen: tuple[object, ...] = ()
        for look in count(1):
            if leaving.wait(LOOK_SECONDS):
                return
            now = seen
            try:
                if look % round(ENCODER_SECONDS / LOOK_SECONDS) == 0:
                    watch = watch.returned() or watch
                now = watch._traces()
                if now != seen:
                    watch.refresh()
            except (IndexLocked, OSError):
                # Another process will have finished at one of the next looks, descriptors be free.
                continue
            except ChengwenError as error:
                logging.getLogger(__name__).warning(error.message(language_of_locale()))
            seen = now

    def _traces(self) -> tuple[object, ...]:
        """What changes where a file of the library or the index on disk changes; it costs no reading."""
        found: list[object] = []
        for place in library() if self.corpus is None else (self.corpus,):
            found += [(path, *_trace(path)) for path in files_of(place)]
        if self.live.generation:
            found.append(_trace(self.live.generation.folder.parent / CURRENT))
        return tuple(found)


def _suggest(service: Service, before: Sequence[GeneratedQuestion]) -> None:
    """Has a service suggest something at once, and when it has settled try what is better."""
    if not service.suggesting.at_once(before):
        # By a weak reference: one that another has replaced meanwhile is neither kept nor asked.
        waiting = Timer(SETTLE_SECONDS, _try_suggestions, (ref(service),))
        waiting.daemon = True
        waiting.start()


def _try_suggestions(of: ref[Service]) -> None:
    service = of()
    if service is not None:
        service.suggesting.try_all()


def _trace(path: Path) -> tuple[int, int, int]:
    try:
        status = path.stat()
    except OSError:
        return 0, 0, 0
    return status.st_ino, status.st_size, status.st_mtime_ns
