"""An index in memory: immutable and whole, built at once or read from a generation's folder."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import chain
from pathlib import Path

import numpy as np

from corpus import Document
from corpus.language.glossary import build_glossary
from corpus.language.terms import NO_VOCABULARY, Vocabulary, mined_terms
from corpus.language.text import Segmenter
from corpus.split import PASSAGE_SIZE
from index.collection import Collection, collect
from index.cuts import CollectionCuts
from index.dense import DenseRetriever, StoredVectors
from index.lexical import LexicalRetriever
from index.retriever import Encoder, Vectors
from index.words import StoredWords

SNAPSHOT_FORMAT = 4
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
        kept = StoredWords(self.segmenter.terms, self.glossary, sorted(self.words), self.vocabulary)
        kept.save(folder)
        self.collection.save(folder)
        self.lexical.save(folder)
        if self.dense:
            self.dense.stored.save(folder)

    @classmethod
    def load(cls, folder: Path, encoder: Encoder | None) -> Snapshot:
        """Reads what `save` wrote; without an encoder only the lexical half."""
        kept = StoredWords.load(folder)
        collection = Collection.load(folder)
        segmenter = Segmenter(kept.terms).knowing(CollectionCuts.load(folder).all())
        dense = None
        if encoder:
            dense = DenseRetriever(collection, StoredVectors.load(folder), encoder)
        return cls(
            collection=collection,
            segmenter=segmenter,
            lexical=LexicalRetriever.load(folder, collection, segmenter),
            dense=dense,
            glossary=kept.glossary,
            words=frozenset(kept.words),
            vocabulary=kept.vocabulary,
        )


@dataclass(frozen=True, slots=True)
class Encoding:
    """What spares and reports the work of encoding.

    A text in `earlier` keeps that vector, (dim,) float32. `progress` is called after each batch.
    """

    earlier: Mapping[str, Vectors] = field(default_factory=dict)
    progress: Progress | None = None


@dataclass(frozen=True, slots=True)
class Counting:
    """What spares the work of splitting documents and of counting their words.

    What `cuts` has is not cut again; afterwards it has all of the new index. `collection` and
    `words` are those of an index by the same program and settings: what they have is not split, or
    looked up in a dictionary, again.
    """

    cuts: CollectionCuts = field(default_factory=CollectionCuts)
    collection: Collection | None = None
    words: StoredWords | None = None


def vectors_by_text(collection: Collection, stored: StoredVectors) -> dict[str, Vectors]:
    """Returns the vector (dim,) of every text of an index, so that a later one need not encode it."""
    of_passages, of_sentences = stored.all()
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
    counting: Counting | None = None,
) -> Snapshot:
    """Builds the index of `documents` in passages of at most `passage_size` characters.

    `vocabulary` holds the word lists of the corpus. Without an encoder there is only the lexical
    half.
    """
    counting = counting or Counting()
    collection = collect(documents, passage_size, counting.collection)
    dense = None
    if encoder and collection.passages:
        dense = _build_dense(collection, encoder, encoding)
    return by_words(collection, vocabulary, counting, dense)


def by_words(
    collection: Collection,
    vocabulary: Vocabulary,
    counting: Counting,
    dense: DenseRetriever | None = None,
) -> Snapshot:
    """Returns the index of a collection: all but its vectors is counted."""
    documents = collection.documents
    least = 2 if len(documents) < _FEW_DOCUMENTS else 3
    by_general = counting.cuts.by_general()
    segmenter = Segmenter([*vocabulary.terms, *mined_terms(documents, least, by_general)])
    by_terms = counting.cuts.by_terms(segmenter.terms)
    with segmenter.remembering(by_terms):
        words = [segmenter.search_words(passage.text) for passage in collection.passages]
        lexical = LexicalRetriever.build(collection, segmenter, words)
    counting.cuts.keep(segmenter.terms, by_general, by_terms)
    counts = Counter(chain.from_iterable(words))
    known = counting.words.english(vocabulary) if counting.words else {}
    return Snapshot(
        collection=collection,
        segmenter=segmenter.knowing(counting.cuts.all()),
        lexical=lexical,
        dense=dense,
        glossary=build_glossary(counts | _count_districts(collection), vocabulary.terms, known),
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


def _count_districts(collection: Collection) -> Counter[str]:
    """Counts the characters that end the name of a district: 徐汇区 has 区."""
    counts: Counter[str] = Counter()
    for ending in "省市县区镇村":
        counts[ending] = sum(passage.text.count(ending) for passage in collection.passages)
    return +counts
