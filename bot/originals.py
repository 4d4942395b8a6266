"""The files of the documents as they came, where visitors may have them."""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from bot.index_location import library
from bot.live import Live
from corpus.load import CorpusFile, digest_of, ids_of


@dataclass(frozen=True, slots=True)
class Originals:
    """The files of the documents that `live` answers from, as far as its settings show them.

    They are told by their digests, which the index has: no other file of a folder is shown.
    """

    live: Live

    def hold(self, doc_id: str) -> bool:
        """Whether the index was made from a file of this document. The file may be gone by now."""
        return doc_id in self._doc_ids.values()

    def find(self, doc_id: str) -> CorpusFile | None:
        """The file of a document; None where it is not shown, is gone, or is another one by now."""
        digests = {digest for digest, known in self._doc_ids.items() if known == doc_id}
        for path in self._named(doc_id) if digests else ():
            try:
                digest = digest_of(path)
            except OSError:
                continue
            if digest in digests:
                return CorpusFile(path, digest)
        return None

    @property
    def _doc_ids(self) -> dict[str, str]:
        """The doc_ids that the index was made from files of, by the digests of these."""
        service, generation = self.live.now
        if generation is None or service.settings.page.originals == "off":
            return {}
        facts: Any = generation.facts
        doc_ids: dict[str, str] = facts.get("files", {})
        return doc_ids

    def _named(self, doc_id: str) -> Iterator[Path]:
        """The files whose names give this doc_id; a link may lead out of the folder, so it is none."""
        for place in self._places():
            folder, names = (
                (place, _names(place)) if place.is_dir() else (place.parent, [place.name])
            )
            for name in names:
                path = folder / name
                if doc_id in ids_of(path) and path.is_file() and not path.is_symlink():
                    yield path

    def _places(self) -> tuple[Path, ...]:
        """The corpus that the index was made from: folders, or one file."""
        generation = self.live.generation
        corpus = generation.facts.get("corpus") if generation else ""
        return (Path(str(corpus)),) if corpus else library()


def _names(folder: Path) -> list[str]:
    try:
        return sorted(os.listdir(folder))
    except OSError:
        return []
