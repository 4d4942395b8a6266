"""The default encoder's model: texts to unit vectors by an ONNX graph, without torch."""

from __future__ import annotations

import os
from pathlib import Path

import numpy as np
from tokenizers import Tokenizer

from index.e5.convert import GRAPH, PROMPTS, TOKENIZER, ModelFacts, check_model
from index.e5.session import Session, TokenIds
from index.retriever import Vectors

BATCH = 32
"""Texts that wait for a thread together: those of another caller do not wait behind thousands."""


class OnnxModel:
    """Turns texts into vectors, each by itself. Threads may call it at once.

    The texts of a batch run on `threads` threads, by default one a core.
    """

    def __init__(
        self, folder: Path, threads: int | None = None, facts: ModelFacts | None = None
    ) -> None:
        """Loads the model of `folder`. `facts` is what `check_model` returned, if just called.

        Raises OSError where a file of the folder is missing, ValueError where one has changed.
        """
        self.folder = folder
        self.facts = facts or check_model(folder)
        self.prompts: dict[str, str | None] = dict(PROMPTS)
        self.tokenizer = Tokenizer.from_file(str(folder / TOKENIZER))
        self.tokenizer.enable_truncation(self.facts.max_seq_length)
        self.session = Session(folder / GRAPH, threads or os.cpu_count() or 1)

    def encode_query(self, sentences: list[str], **_: object) -> Vectors:
        """Returns (n, dim) float32, unit rows, for n questions."""
        return self._encode(PROMPTS["query"], sentences)

    def encode_document(self, sentences: list[str], **_: object) -> Vectors:
        """Returns (n, dim) float32, unit rows, for n texts to be found."""
        return self._encode(PROMPTS["document"], sentences)

    def token_ids(self, text: str) -> TokenIds:
        """Returns (length,) int64: the tokens of `text`, cut at the length that the model takes."""
        # Not encode_batch: its own threads gain nothing here and break when the process forks.
        return np.array(self.tokenizer.encode(text).ids, np.int64)

    def get_embedding_dimension(self) -> int:
        """Returns the width of the vectors."""
        return self.session.width()

    def _encode(self, prompt: str, sentences: list[str]) -> Vectors:
        rows = np.zeros((len(sentences), self.get_embedding_dimension()), np.float32)
        for start in range(0, len(sentences), BATCH):
            batch = sentences[start : start + BATCH]
            ids = [self.token_ids(prompt + sentence) for sentence in batch]
            for row, outputs in enumerate(self.session.run(ids), start):
                rows[row] = outputs[0]
        return rows
