"""The default encoder as a module for a SentenceTransformer."""

from __future__ import annotations

import shutil
from pathlib import Path

import numpy as np
import torch

from index.e5.convert import GRAPH, TOKENIZER, WEIGHTS, seal_model
from index.e5.onnx_model import OnnxModel

Features = dict[str, torch.Tensor]

# The id of <pad>, where the mask is 0.
_PAD = 1


class OnnxModule(torch.nn.Module):
    """Turns texts into unit vectors, alone in its SentenceTransformer. Threads may call it at once."""

    save_in_root = True

    def __init__(self, onnx: OnnxModel) -> None:
        """A module that runs `onnx`, which others may use at the same time."""
        super().__init__()
        self.onnx = onnx
        self.facts = self.onnx.facts
        self.tokenizer = self.onnx.tokenizer
        self.max_seq_length = self.facts.max_seq_length

    def preprocess(self, inputs: list[str], prompt: str | None = None, **_: object) -> Features:
        """Returns token ids and mask, (n, length) int64, padded on the right, of n texts."""
        texts = [self.onnx.token_ids((prompt or "") + text) for text in inputs]
        lengths = np.array([len(text) for text in texts])
        mask = np.arange(lengths.max()) < lengths[:, None]
        ids = np.full(mask.shape, _PAD, np.int64)
        ids[mask] = np.concatenate(texts)
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
        vectors = np.stack([outputs[0] for outputs in self.onnx.session.run(texts)])
        return features | {"sentence_embedding": torch.from_numpy(vectors)}

    def get_embedding_dimension(self) -> int:
        """Returns the width of the vectors."""
        return self.onnx.get_embedding_dimension()

    def save(self, output_path: str, *_: object, **__: object) -> None:
        """Copies the module's files into the folder `output_path` and seals them."""
        names = (GRAPH, WEIGHTS, TOKENIZER)
        for name in names:
            shutil.copyfile(self.onnx.folder / name, Path(output_path, name))
        seal_model(Path(output_path), names, self.facts)

    @classmethod
    def load(cls, model_name_or_path: str, **_: object) -> OnnxModule:
        """Loads the model of a local folder."""
        return cls(OnnxModel(Path(model_name_or_path)))
