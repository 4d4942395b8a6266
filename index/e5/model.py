"""A module for a SentenceTransformer that runs an ONNX graph."""

from __future__ import annotations

import shutil
from pathlib import Path

import numpy as np
import torch
from tokenizers import Tokenizer

from index.e5.convert import GRAPH, TOKENIZER, WEIGHTS, ModelFacts, check_model, seal_model
from index.e5.session import Session

Features = dict[str, torch.Tensor]

# The id of <pad>, where the mask is 0.
_PAD = 1


class OnnxModule(torch.nn.Module):
    """Turns texts into unit vectors, alone in its SentenceTransformer.

    The texts of a batch run on `threads` threads, by default torch's number, the cores. Threads may
    call it at once.
    """

    save_in_root = True

    def __init__(
        self, folder: Path, threads: int | None = None, facts: ModelFacts | None = None
    ) -> None:
        """Loads the model of `folder`. `facts` is what `check_model` returned, if just called.

        Raises OSError where a file of the folder is missing, ValueError where one has changed.
        """
        super().__init__()
        self.folder = folder
        self.facts = facts or check_model(folder)
        self.tokenizer = Tokenizer.from_file(str(folder / TOKENIZER))
        self.max_seq_length = self.facts.max_seq_length
        self.tokenizer.enable_truncation(self.max_seq_length)
        self.session = Session(folder / GRAPH, threads or torch.get_num_threads())

    def preprocess(self, inputs: list[str], prompt: str | None = None, **_: object) -> Features:
        """Returns token ids and mask, (n, length) int64, padded on the right, of n texts."""
        # Not encode_batch: its own threads gain nothing here and break when the process forks.
        encodings = [self.tokenizer.encode((prompt or "") + text) for text in inputs]
        lengths = np.array([len(encoding.ids) for encoding in encodings])
        mask = np.arange(lengths.max()) < lengths[:, None]
        ids = np.full(mask.shape, _PAD, np.int64)
        ids[mask] = np.concatenate([encoding.ids for encoding in encodings])
        return {
            "input_ids": torch.from_numpy(ids),
            "attention_mask": torch.from_numpy(mask.astype(np.int64)),
        }

    def forward(self, features: Features, **_: object) -> Features:
        """Adds `sentence_embedding`, (n, dim) float32, unit rows, to what `preprocess` returned."""
        texts = []
        lengths = features["attention_mask"].sum(dim=1).tolist()
        for ids, length in zip(features["input_ids"].numpy(), lengths, strict=True):
            texts.append(ids[:length])
        vectors = np.stack([outputs[0] for outputs in self.session.run(texts)])
        return features | {"sentence_embedding": torch.from_numpy(vectors)}

    def get_embedding_dimension(self) -> int:
        """Returns the width of the vectors."""
        return self.session.width()

    def save(self, output_path: str, *_: object, **__: object) -> None:
        """Copies the module's files into the folder `output_path` and seals them."""
        names = (GRAPH, WEIGHTS, TOKENIZER)
        for name in names:
            shutil.copyfile(self.folder / name, Path(output_path, name))
        seal_model(Path(output_path), names, self.facts)

    @classmethod
    def load(cls, model_name_or_path: str, **_: object) -> OnnxModule:
        """Loads the model of a local folder."""
        return cls(Path(model_name_or_path))
