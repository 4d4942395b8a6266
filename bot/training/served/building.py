"""Builds the windows: source by source, library by library, until each source has its share."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path

import numpy as np
from tokenizers import Tokenizer

from bot.evals.regulation_names import hash_of
from bot.reader.network import Windows
from bot.service import Service
from bot.settings import Settings
from bot.training.kinds import CMRC, DRCD, LAWS, NEWS
from bot.training.makers.made import Made
from bot.training.makers.sources import NEWS_CORPUS, STARD
from bot.training.makers.swaps import swaps
from bot.training.served.asking import Asker, Served
from bot.training.served.kept import ServedWindows, served_windows
from bot.training.served.libraries import SOURCES, SWAPS, Library, libraries_in
from index import Encoder
from index.disk import file_sha256
from index.snapshot import build

Sourced = tuple[str, Served]
"""A window after the name of its source."""

Report = Callable[[str, int, int], object]
"""Called after each library with its source, the windows that source has, and how many it should."""


@dataclass(frozen=True, slots=True)
class Means:
    """What windows are made with: the encoder of the search, and the network's tokenizer."""

    encoder: Encoder
    tokenizer: Tokenizer


def build_windows(
    folder: Path, means: Means, total: int, seed: int, report: Report
) -> ServedWindows:
    """About `total` windows of the sources in `folder`. The same files and seed give the same.

    Raises DocumentError and UsageError where a file of a source is not what it should be.
    """
    windows = Windows(means.tokenizer)
    plain: list[Sourced] = []
    swapped: list[Sourced] = []
    for name, source in SOURCES.items():
        wanted = round(source.share * total)
        own: list[Served] = []
        for library in libraries_in(folder, name, seed):
            asker = Asker(library, _service(library, means.encoder), windows)
            own += _answered(library, asker, wanted - len(own), seed)
            swapped += [(name, served) for served in _swapped(library, asker, wanted, seed)]
            report(name, len(own), wanted)
            if len(own) >= wanted:
                break
        plain += [(name, served) for served in own]
    most = round(len(plain) * SWAPS / (1 - SWAPS))
    chosen = np.random.default_rng([seed, len(SOURCES)]).permutation(len(swapped))[:most]
    kept = [swapped[at] for at in sorted(chosen.tolist())]
    return served_windows([*plain, *kept], seed, _hashes(folder))


def _service(library: Library, encoder: Encoder) -> Service:
    """The service that answers from a library, without a network."""
    return Service(build(library.documents, encoder), encoder, Settings())


def _answered(library: Library, asker: Asker, wanted: int, seed: int) -> list[Served]:
    """The windows of the library's questions, until there are `wanted`."""
    made: list[Served] = []
    for question in library.questions:
        if len(made) >= wanted:
            break
        made += asker.windows_of(question, _rng(question, seed))
    return made


def _swapped(library: Library, asker: Asker, wanted: int, seed: int) -> list[Served]:
    """The windows of one swap of each of the library's questions, until they are half of `wanted`.

    Few questions name what can be exchanged: half, so that those of all sources are enough.
    """
    made: list[Served] = []
    for question in library.questions:
        options = list(swaps(question))
        if options and len(made) < wanted / 2:
            rng = _rng(question, seed)
            made += asker.windows_of_swap(options[int(rng.integers(len(options)))], rng)
    return made


def _rng(made: Made, seed: int) -> np.random.Generator:
    """The random numbers of a question, whatever was asked before it."""
    return np.random.default_rng([seed, hash_of(made.question, made.document.doc_id)])


def _hashes(folder: Path) -> dict[str, str]:
    """The SHA-256 of each file that windows are made of; of a folder that of the hashes of its files."""
    found: dict[str, str] = {}
    for name in (CMRC, DRCD, LAWS, STARD, NEWS, NEWS_CORPUS):
        path = folder / name
        if path.is_file():
            found[name] = file_sha256(path)
        elif path.is_dir():
            files = sorted(one for one in path.rglob("*") if one.is_file())
            joined = "".join(file_sha256(one) for one in files)
            found[name] = sha256(joined.encode()).hexdigest()
    return found
