"""Where the index of a corpus lies on disk: by its content and the settings that shape an index."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from pathlib import Path

import corpus as corpus_package
from bot.settings import Settings, home
from corpus import DocumentError
from corpus.intake.decode import shown
from corpus.language.terms import vocabulary_files
from corpus.load import NO_DOCUMENT

ARTICLES = Path(corpus_package.__file__).parent / "articles"
"""The corpus that is used if none is named."""


@dataclass(frozen=True, slots=True)
class IndexLocation:
    """The folder `root` of an index, and the corpus it is built from.

    `content` is the SHA-256 of the corpus' files. `named` is true for a folder given by --index,
    whose owner keeps it. `variant` holds the assignments by which the settings differ from the
    defaults, as far as they shape an index.
    """

    corpus: Path
    content: str
    root: Path
    named: bool
    variant: tuple[str, ...] = ()

    @property
    def command(self) -> str:
        """The command that builds this index."""
        words = ["chengwen index build"]
        if not is_articles(self.corpus):
            words.append(f"--corpus {shown(self.corpus)}")
        if self.named:
            words.append(f"--index {shown(self.root)}")
        for assignment in self.variant:
            words.append(f"--set {shown(Path(assignment))}")
        return " ".join(words)


def locate_index(
    corpus: Path | None = None, index: Path | None = None, variant: tuple[str, ...] = ()
) -> IndexLocation:
    """The location of the index of `corpus`, a folder or a file; by default the articles.

    The index of the articles is CHENGWEN_HOME/index, that of another corpus
    CHENGWEN_HOME/corpora/CONTENT. A `variant` adds -HASH to the name, so that indexes of different
    settings lie side by side. `index` names another folder. Raises DocumentError if the corpus
    cannot be read.
    """
    corpus = corpus or ARTICLES
    content = content_hash(corpus)
    if index is not None:
        return IndexLocation(corpus, content, index, True, variant)
    usual = Path("index") if is_articles(corpus) else Path("corpora", content[:16])
    root = home() / usual
    if variant:
        variant_hash = hashlib.sha256("\n".join(variant).encode()).hexdigest()[:8]
        root = root.with_name(f"{root.name}-{variant_hash}")
    return IndexLocation(corpus, content, root, False, variant)


def variant_of(settings: Settings) -> tuple[str, ...]:
    """The assignments that make an index other than the default one, such as "split.size=400"."""
    defaults = Settings()
    values = {
        "encoder.name": (settings.encoder.name, defaults.encoder.name),
        "split.size": (settings.split.size, defaults.split.size),
    }
    return tuple(f"{name}={value}" for name, (value, default) in values.items() if value != default)


def is_articles(corpus: Path) -> bool:
    """Whether `corpus` is the default one."""
    return corpus.resolve() == ARTICLES.resolve()


def content_hash(corpus: Path) -> str:
    """The SHA-256 of the names and bytes of a corpus' files, in hex. Raises DocumentError."""
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
    """The files that an index depends on: the documents, what is said beside them, the word lists.

    Of a folder they are sorted.
    """
    word_lists = vocabulary_files(corpus)
    if not corpus.is_dir():
        notes = [corpus.with_suffix(".toml"), corpus.with_name(f"{corpus.name}.toml")]
        return [corpus, *(path for path in notes if path.is_file()), *word_lists]
    files = word_lists
    for path in corpus.iterdir():
        if path.is_file() and not path.name.startswith((".", NO_DOCUMENT)):
            files.append(path)
    return sorted(files)
