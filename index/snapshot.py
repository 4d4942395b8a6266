"""An index in memory: immutable, whole, made in one go or read from one generation's folder."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from corpus import Document, Passage
from corpus.glossary import build_glossary
from corpus.split import PASSAGE_SIZE
from corpus.terms import given_terms, mined_terms
from corpus.text import Segmenter
from index.collection import Collection, collect
from index.dense import DenseRetriever
from index.lexical import LexicalRetriever
from index.retriever import Encoder, Vectors

WORDS_FILE = "words.json"


@dataclass(frozen=True, slots=True)
class Snapshot:
    """`dense` is None where the encoder is not to be had. `glossary` is English → words of the collection."""

    collection: Collection
    segmenter: Segmenter
    lexical: LexicalRetriever
    dense: DenseRetriever | None
    glossary: Mapping[str, list[str]]

    def save(self, folder: Path) -> None:
        """Writes every part into `folder`."""
        words = {"terms": self.segmenter.terms, "glossary": self.glossary}
        (folder / WORDS_FILE).write_text(json.dumps(words, ensure_ascii=False), encoding="utf-8")
        self.collection.save(folder)
        self.lexical.save(folder)
        if self.dense:
            self.dense.save(folder)

    @classmethod
    def load(cls, folder: Path, encoder: Encoder | None) -> Snapshot:
        """Reads what `save` wrote; without an encoder, only the lexical half."""
        words = json.loads((folder / WORDS_FILE).read_text(encoding="utf-8"))
        collection, segmenter = Collection.load(folder), Segmenter(words["terms"])
        lexical = LexicalRetriever.load(folder, collection, segmenter)
        dense = DenseRetriever.load(folder, collection, encoder) if encoder else None
        return cls(collection, segmenter, lexical, dense, words["glossary"])


def text_to_encode(passage: Passage) -> str:
    """What a passage's vector is made of: title and heading, then the text."""
    return f"{passage.context}\n{passage.text}" if passage.context else passage.text


def known_vectors(snapshot: Snapshot) -> dict[str, Vectors]:
    """Encoded text → its vector, for all passages and sentences: what a later build need not encode again."""
    if not snapshot.dense:
        return {}
    of_passages, of_sentences = snapshot.dense.vectors()
    known = dict(zip(map(text_to_encode, snapshot.collection.passages), of_passages, strict=True))
    return known | dict(zip((s.text for s in snapshot.collection.sentences), of_sentences, strict=True))


def build(
    documents: Sequence[Document],
    encoder: Encoder | None,
    size: int = PASSAGE_SIZE,
    known: Mapping[str, Vectors] | None = None,
) -> Snapshot:
    """Makes an index of `documents`; texts in `known` keep their vectors, the others are encoded."""
    collection = collect(documents, size)
    terms = given_terms()
    segmenter = Segmenter([*terms, *mined_terms(documents, 2 if len(documents) < 20 else 3)])
    dense = None
    if encoder and collection.passages:
        of_passages = encode(map(text_to_encode, collection.passages), encoder, known or {})
        of_sentences = encode((s.text for s in collection.sentences), encoder, known or {})
        dense = DenseRetriever.build(collection, of_passages, of_sentences, encoder)
    lexical = LexicalRetriever.build(collection, segmenter)
    vocabulary = {t for p in collection.passages for t in segmenter.search_terms(p.text)}
    return Snapshot(collection, segmenter, lexical, dense, build_glossary(vocabulary, terms))


def encode(texts: Iterable[str], encoder: Encoder, known: Mapping[str, Vectors]) -> Vectors:
    """(n, dim) float32, unit rows: `texts` as documents, each distinct one encoded once, none that is `known`."""
    wanted = list(texts)
    fresh = list(dict.fromkeys(t for t in wanted if t not in known))
    vectors = {**known, **dict(zip(fresh, np.asarray(encoder.encode_document(fresh), np.float32), strict=True))}
    return np.stack([vectors[t] for t in wanted])
