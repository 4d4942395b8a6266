"""The words of a collection, as they are kept with its index."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict
from pathlib import Path
from typing import Any, NamedTuple

from corpus.language.glossary import keys_by_word
from corpus.language.terms import Vocabulary

WORDS_FILE = "words.json"


class StoredWords(NamedTuple):
    """What the texts gave: the terms that cut them, their English, and their words.

    `glossary` maps English to words of the collection. `words` are folded and sorted. `vocabulary`
    holds the word lists of the corpus.
    """

    terms: tuple[str, ...]
    glossary: Mapping[str, list[str]]
    words: list[str]
    vocabulary: Vocabulary

    def save(self, folder: Path) -> None:
        """Writes them into `folder`."""
        stored = {**self._asdict(), "vocabulary": asdict(self.vocabulary)}
        (folder / WORDS_FILE).write_text(json.dumps(stored, ensure_ascii=False), encoding="utf-8")

    @classmethod
    def load(cls, folder: Path) -> StoredWords:
        """Reads what `save` wrote."""
        stored = json.loads((folder / WORDS_FILE).read_text(encoding="utf-8"))
        return cls(
            terms=tuple(stored["terms"]),
            glossary=stored["glossary"],
            words=stored["words"],
            vocabulary=_vocabulary(stored["vocabulary"]),
        )

    def english(self, vocabulary: Vocabulary) -> dict[str, list[str]]:
        """Word → its keys in a glossary, as far as they hold with these word lists."""
        return keys_by_word(self.glossary, self.words) if vocabulary == self.vocabulary else {}


def _vocabulary(stored: Mapping[str, Any]) -> Vocabulary:
    """Returns the vocabulary whose `asdict` went through JSON, which knows no tuples."""
    synonyms = {word: tuple(written) for word, written in stored["synonyms"].items()}
    return Vocabulary(stored["terms"], synonyms)
