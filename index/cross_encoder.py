"""Rerankers on this machine: any CrossEncoder of sentence-transformers in a folder."""

from __future__ import annotations

import os
from pathlib import Path
from threading import Lock
from typing import TYPE_CHECKING

import numpy as np
from safetensors import SafetensorError

from corpus.errors import EncoderUnavailable
from index.retriever import Scores

if TYPE_CHECKING:
    from sentence_transformers import CrossEncoder

_CONFIGURATION = "config.json"
"""What the folder of a model has."""


class LocalReranker:
    """A CrossEncoder. Threads may share it: one at a time, since most tokenizers change state."""

    def __init__(self, name: str) -> None:
        """Loads the folder `name`. Raises EncoderUnavailable."""
        self.name = name
        self._lock = Lock()
        self._model = _load(Path(os.path.expanduser(name)))

    def scores(self, question: str, texts: list[str]) -> Scores:
        """Returns (n,) float32: how well each of n `texts` answers."""
        pairs = [(question, text) for text in texts]
        if not pairs:
            return np.zeros(0, np.float32)
        with self._lock:
            scores = self._model.predict(pairs, show_progress_bar=False)
        return np.asarray(scores, np.float32)


def _load(folder: Path) -> CrossEncoder:
    if not (folder / _CONFIGURATION).is_file():
        raise _unavailable(folder, ("不是模型目录", "it is no folder of a model"))
    # Takes seconds to import: only where a reranker is wanted.
    from sentence_transformers import CrossEncoder

    try:
        model: CrossEncoder = CrossEncoder(str(folder), local_files_only=True, device="cpu")
    except (
        ImportError,
        KeyError,
        OSError,
        RuntimeError,
        SafetensorError,
        TypeError,
        ValueError,
    ) as error:
        raise _unavailable(folder, (str(error), str(error))) from error
    if model.num_labels != 1:
        why = (
            f"每对给出 {model.num_labels} 个分数，应是一个",
            f"it has {model.num_labels} scores for a pair, not one",
        )
        raise _unavailable(folder, why)
    return model


def _unavailable(folder: Path, why: tuple[str, str]) -> EncoderUnavailable:
    return EncoderUnavailable(
        f"重排模型无法载入（{folder}）：{why[0]}。请检查 reranker.name，本程序从不下载。",
        f"the reranker cannot be loaded ({folder}): {why[1]}. Check reranker.name; "
        "nothing is downloaded.",
    )
