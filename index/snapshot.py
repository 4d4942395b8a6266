"""An index in memory: immutable, whole, made in one go or read from one generation's folder."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np

from corpus import Document
from corpus.language.glossary import build_glossary
from corpus.language.terms import NO_VOCABULARY, Vocabulary, mined_terms
from corpus.language.text import Segmenter
from corpus.split import PASSAGE_SIZE
from index.collection import Collection, collect
from index.dense import DenseRetriever
from index.lexical import LexicalRetriever
from index.retriever import Encoder, Vectors

WORDS_FILE = "words.json"
FORM = 2
"""Of what `Snapshot.save` writes; another number, and an index is not read but made anew."""

BATCH = 128

Progress = Callable[[int, int], object]
"""Told the texts encoded so far, and how many there are to encode."""


@dataclass(frozen=True, slots=True)
class Snapshot:
    """`dense` is None where the encoder is not to be had. `glossary` is English → words of the collection.

    `words` are the words of the passages' text, folded, long ones with the shorter ones in them. `vocabulary` holds the
    word lists of the corpus.
    """

    collection: Collection
    segmenter: Segmenter
    lexical: LexicalRetriever
    dense: DenseRetriever | None
    glossary: Mapping[str, list[str]]
    words: frozenset[str]
    vocabulary: Vocabulary

    def save(self, folder: Path) -> None:
        """Writes every part into `folder`."""
        words = {
            "terms": self.segmenter.terms,
            "glossary": self.glossary,
            "words": sorted(self.words),
            "vocabulary": asdict(self.vocabulary),
        }
        (folder / WORDS_FILE).write_text(json.dumps(words, ensure_ascii=False), encoding="utf-8")
        self.collection.save(folder)
        self.lexical.save(folder)
        if self.dense:
            self.dense.save(folder)

    @classmethod
    def load(cls, folder: Path, encoder: Encoder | None) -> Snapshot:
        """Reads what `save` wrote; without an encoder, only the lexical half."""
        stored = json.loads((folder / WORDS_FILE).read_text(encoding="utf-8"))
        collection, segmenter = Collection.load(folder), Segmenter(stored["terms"])
        lexical = LexicalRetriever.load(folder, collection, segmenter)
        dense = DenseRetriever.load(folder, collection, encoder) if encoder else None
        synonyms = stored["vocabulary"]["synonyms"]
        return cls(
            collection,
            segmenter,
            lexical,
            dense,
            stored["glossary"],
            frozenset(stored["words"]),
            Vocabulary(
                stored["vocabulary"]["terms"],
                {word: tuple(written) for word, written in synonyms.items()},
            ),
        )


def known_vectors(snapshot: Snapshot) -> dict[str, Vectors]:
    """Encoded text → its vector, for all passages and sentences: what a later build need not encode again."""
    if not snapshot.dense:
        return {}
    of_passages, of_sentences = snapshot.dense.vectors()
    known = dict(zip(snapshot.collection.searched(), of_passages, strict=True))
    return known | dict(
        zip((s.text for s in snapshot.collection.sentences), of_sentences, strict=True)
    )


def build(
    documents: Sequence[Document],
    encoder: Encoder | None,
    size: int = PASSAGE_SIZE,
    known: Mapping[str, Vectors] | None = None,
    progress: Progress | None = None,
    vocabulary: Vocabulary = NO_VOCABULARY,
) -> Snapshot:
    """Makes an index of `documents`, in passages of at most `size` characters.

    Texts in `known` keep their vectors, the others are encoded. `vocabulary` holds the word lists
    of the corpus.
    """
    collection = collect(documents, size)
    least = 2 if len(documents) < 20 else 3
    segmenter = Segmenter([*vocabulary.terms, *mined_terms(documents, least)])
    dense = None
    if encoder and collection.passages:
        texts = [*collection.searched(), *(s.text for s in collection.sentences)]
        vectors = encode(texts, encoder, known or {}, progress)
        split = len(collection.passages)
        dense = DenseRetriever.build(collection, vectors[:split], vectors[split:], encoder)
    lexical = LexicalRetriever.build(collection, segmenter)
    counts = Counter(w for p in collection.passages for w in segmenter.search_words(p.text))
    districts = Counter(c for p in collection.passages for c in p.text if c in "省市县区镇村")
    glossary = build_glossary(counts | districts, vocabulary.terms)
    return Snapshot(collection, segmenter, lexical, dense, glossary, frozenset(counts), vocabulary)


def encode(
    texts: Sequence[str],
    encoder: Encoder,
    known: Mapping[str, Vectors],
    progress: Progress | None = None,
) -> Vectors:
    """(n, dim) float32, unit rows: `texts` as documents, each distinct one encoded once, none that is `known`."""
    fresh = sorted({t for t in texts if t not in known}, key=lambda t: (-len(t), t))
    made: dict[str, Vectors] = {}
    # Neighbours in length share a batch, which is as slow as its longest text; long ones first, so that a bar that
    # foretells the end errs on the safe side.
    for start in range(0, len(fresh), BATCH):
        batch = fresh[start : start + BATCH]
        made.update(zip(batch, np.asarray(encoder.encode_document(batch), np.float32), strict=True))
        if progress:
            progress(len(made), len(fresh))
    return np.stack([made[t] if t in made else known[t] for t in texts])
