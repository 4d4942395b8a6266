"""The file of windows to train on: one archive of arrays, from which a training draws."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path
from typing import NamedTuple
from zipfile import BadZipFile
from zlib import error as BadCompression

import numpy as np
import numpy.typing as npt

from bot.training.data import Sample
from bot.training.makers.swaps import MAKER as SWAPPED
from bot.training.served.asking import Served
from bot.training.served.libraries import SOURCES
from corpus import UsageError
from corpus.intake.decode import shown
from corpus.refusals import refusal_of
from index.disk import write_atomically

FORMAT = 1

_UNREADABLE = (OSError, EOFError, BadZipFile, BadCompression, LookupError, TypeError, ValueError)
"""What reading raises: nothing there, an empty file, one that is cut off or changed, and one of
other arrays, or of other facts.
"""


class Origin(NamedTuple):
    """Where a window is from: the source, the maker of its question, and the document that it shows."""

    source: str
    maker: str
    doc_id: str

    @property
    def group(self) -> str:
        """The kind of text."""
        return SOURCES[self.source].group

    @property
    def part(self) -> str:
        """What of the mixture it is: the kind of text, or a swap."""
        return SWAPPED if self.maker == SWAPPED else self.group


@dataclass(frozen=True, slots=True, eq=False)
class ServedWindows:
    """Windows in the order in which they were made, with the origin of each.

    `seed` drew them; `files` are the SHA-256 of the files that they are made of, by name.
    """

    samples: tuple[Sample, ...]
    origins: tuple[Origin, ...]
    seed: int
    files: Mapping[str, str]

    def epoch(self, number: int) -> Sequence[Sample]:
        """The samples of epoch `number`: of each the same, in another order by `batches`."""
        return self.samples

    def without(self, groups: Collection[str]) -> ServedWindows:
        """Those of other kinds of text alone."""
        kept = [at for at, origin in enumerate(self.origins) if origin.group not in groups]
        return self.only(kept)

    def only(self, rows: Sequence[int]) -> ServedWindows:
        """Those of some rows, in that order."""
        samples = tuple(self.samples[at] for at in rows)
        origins = tuple(self.origins[at] for at in rows)
        return ServedWindows(samples, origins, self.seed, self.files)

    def counts(self) -> list[tuple[str, str, int, int]]:
        """(part, source, windows with an answer, windows without) in order of part and source."""
        with_answer: Counter[tuple[str, str]] = Counter()
        every: Counter[tuple[str, str]] = Counter()
        for sample, origin in zip(self.samples, self.origins, strict=True):
            key = origin.part, origin.source
            every[key] += 1
            with_answer[key] += sample.start > 0
        return [(*key, with_answer[key], every[key] - with_answer[key]) for key in sorted(every)]

    def save(self, path: Path) -> None:
        """Writes the archive. Raises UsageError where that is not possible."""
        names = sorted({name for origin in self.origins for name in origin})
        number = {name: at for at, name in enumerate(names)}
        origins = [[number[name] for name in origin] for origin in self.origins]
        answers = [(one.start, one.end) for one in self.samples]
        facts = {"format": FORMAT, "seed": self.seed, "files": dict(self.files)}
        archive = BytesIO()
        np.savez_compressed(
            archive,
            allow_pickle=False,
            facts=np.array(json.dumps(facts)),
            names=np.array(names, str),
            origins=np.array(origins, np.int32).reshape(-1, 3),
            answers=np.array(answers, np.int16).reshape(-1, 2),
            lengths=np.array([len(one.ids) for one in self.samples], np.int32),
            ids=np.concatenate([np.zeros(0, np.int32), *(one.ids for one in self.samples)]),
        )
        try:
            write_atomically(path, archive.getvalue())
        except OSError as error:
            refusal = refusal_of(error, path.parent)
            raise UsageError(
                f"无法写入 {shown(path)}：{refusal.zh}，{refusal.remedy_zh}。",
                f"Cannot write {shown(path)}: {refusal.en}: {refusal.remedy_en}.",
            ) from error


def served_windows(
    source: str, made: Sequence[Served], seed: int, files: Mapping[str, str]
) -> ServedWindows:
    """The windows that were made of a source."""
    samples = tuple(served.sample for served in made)
    origins = tuple(Origin(source, served.made.maker, served.document.doc_id) for served in made)
    return ServedWindows(samples, origins, seed, files)


def joined(parts: Sequence[ServedWindows], seed: int, files: Mapping[str, str]) -> ServedWindows:
    """The windows of all parts, in order."""
    samples = [sample for part in parts for sample in part.samples]
    origins = [origin for part in parts for origin in part.origins]
    return ServedWindows(tuple(samples), tuple(origins), seed, files)


def load_served(path: Path) -> ServedWindows:
    """Reads what `save` wrote. Raises UsageError where the file is none, or of another version."""
    try:
        with np.load(path, allow_pickle=False) as arrays:
            facts = json.loads(str(arrays["facts"]))
            if facts["format"] != FORMAT:
                raise _another_version(path)
            return _read(arrays, facts["seed"], facts["files"])
    except _UNREADABLE as error:
        raise UsageError(
            f"{shown(path)} 不是训练窗口的文件：{error}。请用 python -m bot.training.served 生成。",
            f"{shown(path)} holds no windows to train on: {error}. Make them by python -m bot.training.served.",
        ) from error


def _another_version(path: Path) -> UsageError:
    return UsageError(
        f"{shown(path)} 是另一个版本的：请重新生成。",
        f"{shown(path)} is of another version: make it anew.",
    )


def _read(
    arrays: Mapping[str, npt.NDArray[np.generic]], seed: int, files: Mapping[str, str]
) -> ServedWindows:
    """The windows of an archive."""
    names = arrays["names"].tolist()
    ids = arrays["ids"].astype(np.int32, copy=False)
    ends = np.cumsum(arrays["lengths"]).tolist()
    samples = []
    for start, end, (first, last) in zip(
        [0, *ends[:-1]], ends, arrays["answers"].tolist(), strict=False
    ):
        samples.append(Sample(ids[start:end], first, last))
    origins = tuple(Origin(*(names[at] for at in row)) for row in arrays["origins"].tolist())
    return ServedWindows(tuple(samples), origins, seed, files)
