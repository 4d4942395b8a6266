"""Builds the windows: source by source, library by library, until each source has its share."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
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
from bot.training.makers.swaps import MAKER as SWAPPED
from bot.training.makers.swaps import swaps
from bot.training.served.asking import Asker, Served
from bot.training.served.kept import ServedWindows, joined, load_served, served_windows
from bot.training.served.libraries import SOURCES, SWAPS, Library, libraries_in
from index import Encoder
from index.disk import file_sha256
from index.snapshot import build

Report = Callable[[str, int, int], object]
"""Called after each library with its source, the windows that source has, and how many it should."""


@dataclass(frozen=True, slots=True)
class Means:
    """What windows are made with: the encoder of the search, and the network's tokenizer."""

    encoder: Encoder
    tokenizer: Tokenizer


@dataclass(frozen=True, slots=True)
class Plan:
    """What is made: about `total` windows of the sources in `folder`, drawn by `seed`.

    `parts` is where the windows of each library are kept, so that a building that was broken off
    goes on with the next library.
    """

    folder: Path
    total: int
    seed: int
    parts: Path


def build_windows(plan: Plan, means: Means, report: Report) -> ServedWindows:
    """The windows of all sources. The same files and seed give the same, broken off or not.

    Raises DocumentError and UsageError where a file of a source is not what it should be, or a part
    cannot be written.
    """
    files = _hashes(plan.folder)
    parts: list[ServedWindows] = []
    for source in SOURCES:
        parts += _of_source(source, plan, means, files, report)
    whole = joined(parts, plan.seed, files)
    return whole.only(_mixed(whole, plan.seed))


def _of_source(
    source: str, plan: Plan, means: Means, files: Mapping[str, str], report: Report
) -> Iterator[ServedWindows]:
    """The windows of each library, until the source has its share; those that are kept as they are."""
    wanted = round(SOURCES[source].share * plan.total)
    windows = Windows(means.tokenizer)
    found = 0
    for number, library in enumerate(libraries_in(plan.folder, source, plan.seed)):
        path = plan.parts / f"{source}-{number}-of-{plan.total}.npz"
        part = load_served(path) if path.exists() else None
        if part is None or (part.seed, part.files) != (plan.seed, files):
            asker = Asker(library, _service(library, means.encoder), windows)
            made = _answered(library, asker, wanted - found, plan.seed)
            made += _swapped(library, asker, wanted, plan.seed)
            part = served_windows(source, made, plan.seed, files)
            plan.parts.mkdir(parents=True, exist_ok=True)
            part.save(path)
        yield part
        found += sum(origin.part != SWAPPED for origin in part.origins)
        report(source, found, wanted)
        if found >= wanted:
            return


def _mixed(windows: ServedWindows, seed: int) -> list[int]:
    """The rows of all windows but of the swaps that would be more than their share."""
    plain = [at for at, origin in enumerate(windows.origins) if origin.part != SWAPPED]
    swapped = [at for at, origin in enumerate(windows.origins) if origin.part == SWAPPED]
    most = round(len(plain) * SWAPS / (1 - SWAPS))
    drawn = np.random.default_rng([seed, len(SOURCES)]).permutation(len(swapped))[:most]
    return sorted([*plain, *(swapped[at] for at in drawn.tolist())])


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
