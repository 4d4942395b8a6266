"""An index in memory: immutable and whole, built at once or read from a generation's folder."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

import numpy as np

from corpus import Document
from corpus.language.glossary import build_glossary
from corpus.language.terms import NO_VOCABULARY, Vocabulary, mined_terms
from corpus.language.text import Segmenter
from corpus.split import PASSAGE_SIZE
from index.collection import Collection, collect
from index.cuts import CollectionCuts
from index.dense import DenseRetriever
from index.lexical import LexicalRetriever
from index.retriever import Encoder, Vectors

WORDS_FILE = "words.json"

SNAPSHOT_FORMAT = 3
"""The version of what `Snapshot.save` writes; an index of another version is built anew."""

BATCH = 128
"""Texts given to the encoder at a time; a bar advances after each batch."""

# In fewer documents than this a name has little chance to occur three times: twice is enough.
_FEW_DOCUMENTS = 20

Progress = Callable[[int, int], object]
"""Called with how many texts are encoded so far, and how many there are to encode."""


@dataclass(frozen=True, slots=True)
class Snapshot:
    """An index: what it is about, both halves of the search, and the words of the collection.

    `dense` is None where there is no encoder. `glossary` maps English to words of the collection.
    `words` are the words of the passages' text, folded; long ones come with the shorter ones in
    them. `vocabulary` holds the word lists of the corpus.
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
        stored = {
            "terms": self.segmenter.terms,
            "glossary": self.glossary,
            "words": sorted(self.words),
            "vocabulary": asdict(self.vocabulary),
        }
        (folder / WORDS_FILE).write_text(json.dumps(stored, ensure_ascii=False), encoding="utf-8")
        self.collection.save(folder)
        self.lexical.save(folder)
        if self.dense:
            self.dense.save(folder)

    def only(self, doc_ids: Iterable[str]) -> Snapshot | None:
        """Returns an index of the documents `doc_ids` with the vectors they have; None without any.

        Nothing of the others is in it: words are counted anew.
        """
        rows = self.collection.passages_in(doc_ids)
        if not len(rows):
            return None
        dense = self.dense.only(rows) if self.dense else None
        return _with_words(self.collection.only(rows), dense, self.vocabulary, CollectionCuts())

    @classmethod
    def load(cls, folder: Path, encoder: Encoder | None) -> Snapshot:
        """Reads what `save` wrote; without an encoder only the lexical half."""
        stored = json.loads((folder / WORDS_FILE).read_text(encoding="utf-8"))
        collection = Collection.load(folder)
        cuts = CollectionCuts.load(folder)
        segmenter = Segmenter(stored["terms"]).knowing(cuts.all())
        return cls(
            collection=collection,
            segmenter=segmenter,
            lexical=LexicalRetriever.load(folder, collection, segmenter),
            dense=DenseRetriever.load(folder, collection, encoder) if encoder else None,
            glossary=stored["glossary"],
            words=frozenset(stored["words"]),
            vocabulary=_vocabulary(stored["vocabulary"]),
        )


class Unasked:
    """Stands in for the encoder of an index that is only handed on: its vectors are there already."""

    def encode_query(self, sentences: list[str]) -> Vectors:
        """Raises NotImplementedError."""
        raise NotImplementedError

    def encode_document(self, sentences: list[str]) -> Vectors:
        """Raises NotImplementedError."""
        raise NotImplementedError


@dataclass(frozen=True, slots=True)
class Encoding:
    """What spares and reports the work of encoding.

    A text in `earlier` keeps that vector, (dim,) float32. `progress` is called after each batch.
    """

    earlier: Mapping[str, Vectors] = field(default_factory=dict)
    progress: Progress | None = None


def vectors_by_text(snapshot: Snapshot) -> dict[str, Vectors]:
    """Returns the vector (dim,) of every encoded text, so that a later build need not encode it."""
    if not snapshot.dense:
        return {}
    of_passages, of_sentences = snapshot.dense.vectors()
    collection = snapshot.collection
    vectors = dict(zip(collection.indexed_texts(), of_passages, strict=True))
    for sentence, vector in zip(collection.sentences, of_sentences, strict=True):
        vectors[sentence.text] = vector
    return vectors


def build(
    documents: Sequence[Document],
    encoder: Encoder | None,
    passage_size: int = PASSAGE_SIZE,
    vocabulary: Vocabulary = NO_VOCABULARY,
    encoding: Encoding = Encoding(),
    cuts: CollectionCuts | None = None,
) -> Snapshot:
    """Builds the index of `documents` in passages of at most `passage_size` characters.

    `vocabulary` holds the word lists of the corpus. Without an encoder there is only the lexical
    half. What `cuts` has is not cut again; afterwards it has all of this index.
    """
    cuts = cuts or CollectionCuts()
    collection = collect(documents, passage_size)
    dense = None
    if encoder and collection.passages:
        dense = _build_dense(collection, encoder, encoding)
    return _with_words(collection, dense, vocabulary, cuts)


def _with_words(
    collection: Collection,
    dense: DenseRetriever | None,
    vocabulary: Vocabulary,
    cuts: CollectionCuts,
) -> Snapshot:
    """Returns the index of a collection: all but its vectors is counted."""
    documents = collection.documents
    least = 2 if len(documents) < _FEW_DOCUMENTS else 3
    by_general = cuts.by_general()
    segmenter = Segmenter([*vocabulary.terms, *mined_terms(documents, least, by_general)])
    by_terms = cuts.by_terms(segmenter.terms)
    with segmenter.remembering(by_terms):
        counts = _count_words(collection, segmenter)
        lexical = LexicalRetriever.build(collection, segmenter)
    cuts.keep(segmenter.terms, by_general, by_terms)
    return Snapshot(
        collection=collection,
        segmenter=segmenter.knowing(cuts.all()),
        lexical=lexical,
        dense=dense,
        glossary=build_glossary(counts | _count_districts(collection), vocabulary.terms),
        words=frozenset(counts),
        vocabulary=vocabulary,
    )


def encode(texts: Sequence[str], encoder: Encoder, encoding: Encoding = Encoding()) -> Vectors:
    """Returns (n, dim) float32, unit rows: the vectors of n `texts` as documents.

    Each distinct text is encoded once, and none that has an earlier vector.
    """
    earlier = encoding.earlier
    # Neighbours in length share a batch, which is as slow as its longest text. Long ones come
    # first, so that a bar that foretells the end errs on the safe side.
    missing = {text for text in texts if text not in earlier}
    to_encode = sorted(missing, key=lambda text: (-len(text), text))
    encoded: dict[str, Vectors] = {}
    for start in range(0, len(to_encode), BATCH):
        batch = to_encode[start : start + BATCH]
        vectors = np.asarray(encoder.encode_document(batch), np.float32)
        encoded.update(zip(batch, vectors, strict=True))
        if encoding.progress:
            encoding.progress(len(encoded), len(to_encode))
    return np.stack([encoded[text] if text in encoded else earlier[text] for text in texts])


def _build_dense(collection: Collection, encoder: Encoder, encoding: Encoding) -> DenseRetriever:
    passages = collection.indexed_texts()
    sentences = [sentence.text for sentence in collection.sentences]
    vectors = encode([*passages, *sentences], encoder, encoding)
    of_passages = vectors[: len(passages)]
    of_sentences = vectors[len(passages) :]
    return DenseRetriever.build(collection, of_passages, of_sentences, encoder)


def _count_words(collection: Collection, segmenter: Segmenter) -> Counter[str]:
    counts: Counter[str] = Counter()
    for passage in collection.passages:
        counts.update(segmenter.search_words(passage.text))
    return counts


def _count_districts(collection: Collection) -> Counter[str]:
    """Counts the characters that end the name of a district: 徐汇区 has 区."""
    counts: Counter[str] = Counter()
    for passage in collection.passages:
        counts.update(character for character in passage.text if character in "省市县区镇村")
    return counts


def _vocabulary(stored: Mapping[str, Any]) -> Vocabulary:
    """Returns the vocabulary whose `asdict` went through JSON, which knows no tuples."""
    synonyms = {word: tuple(written) for word, written in stored["synonyms"].items()}
    return Vocabulary(stored["terms"], synonyms)
