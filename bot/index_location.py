"""Where a corpus lies, what is in its files, and where its index belongs."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from pathlib import Path

import corpus as corpus_package
from bot.settings import home
from corpus import DocumentError
from corpus.intake.decode import shown

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
