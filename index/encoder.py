"""Encoders: any sentence-transformers model on this machine, by name or folder.

The default needs no network.
"""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Mapping, Sequence
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass
from pathlib import Path
from threading import Lock
from typing import TYPE_CHECKING, Any, Protocol

import numpy as np
import numpy.typing as npt
from safetensors import SafetensorError

from corpus.errors import EncoderUnavailable
from index.disk import file_sha256
from index.e5.convert import (
    MODULE,
    NAME,
    PROMPTS,
    ModelFacts,
    converted_folder,
    default_cache,
)
from index.e5.onnx_model import OnnxModel
from index.remote.embeddings import RemoteEncoder
from index.retriever import Encoder, Vectors

if TYPE_CHECKING:
    from sentence_transformers import SentenceTransformer

DEFAULT = NAME

FEW = 8
"""Texts that are not worth the seconds that a SentenceTransformer takes to import: a question, or the
probes of a fingerprint.
"""

# What a model's vectors depend on: configuration, weights, vocabulary.
_MODEL_SUFFIXES = {".json", ".safetensors", ".bin", ".model", ".txt"}

# A folder with one of these is a model's.
_MODEL_HEADS = ("modules.json", "config.json")

_PROBES = (
    "城市治理要像绣花一样精细。",
    "Urban governance needs the care of embroidery.",
    "12345 热线 24 小时受理。",
)


class TextModel(Protocol):
    """What `TextEncoder` asks of a model: a SentenceTransformer fits, and so does `BundledModel`."""

    prompts: dict[str, str | None]

    def encode_query(self, texts: list[str], /, *, show_progress_bar: bool) -> Any:
        """Returns (n, dim) numbers for n questions."""
        ...

    def encode_document(self, texts: list[str], /, *, show_progress_bar: bool) -> Any:
        """Returns (n, dim) numbers for n texts to be found."""
        ...

    def get_embedding_dimension(self) -> int | None:
        """Returns the width of the vectors, where it is known."""
        ...


class BundledModel:
    """The default encoder: a SentenceTransformer around an ONNX graph. Threads may call it at once.

    It is made when more than FEW texts are to be encoded; until then the graph encodes them by itself,
    to the same vectors.
    """

    def __init__(self, onnx: OnnxModel) -> None:
        self.prompts: dict[str, str | None] = dict(PROMPTS)
        self._onnx = onnx
        self._transformer: SentenceTransformer | None = None
        self._making = Lock()

    def encode_query(self, texts: list[str], /, *, show_progress_bar: bool = False) -> Any:
        """Returns (n, dim) float32, unit rows, for n questions."""
        model = self._model_for(texts)
        return model.encode_query(texts, show_progress_bar=show_progress_bar)

    def encode_document(self, texts: list[str], /, *, show_progress_bar: bool = False) -> Any:
        """Returns (n, dim) float32, unit rows, for n texts to be found."""
        model = self._model_for(texts)
        return model.encode_document(texts, show_progress_bar=show_progress_bar)

    def get_embedding_dimension(self) -> int:
        """Returns the width of the vectors."""
        return self._onnx.get_embedding_dimension()

    def _model_for(self, texts: Sequence[str]) -> TextModel:
        if self._transformer is None and len(texts) <= FEW:
            return self._onnx
        with self._making:
            if self._transformer is None:
                self._transformer = _transformer(self._onnx)
        return self._transformer


def _transformer(onnx: OnnxModel) -> SentenceTransformer:
    """The SentenceTransformer whose only module runs `onnx`."""
    # Takes seconds to import.
    from sentence_transformers import SentenceTransformer

    from index.e5.model import OnnxModule

    return SentenceTransformer(
        modules=[OnnxModule(onnx)], prompts=PROMPTS, device="cpu", similarity_fn_name="cosine"
    )


@dataclass(frozen=True, eq=False)
class TextEncoder:
    """A model whose rows have unit length, and which threads may share.

    `weights` identifies the model's files. `lock` is held while it encodes: most tokenizers change
    state as they work.
    """

    name: str
    model: TextModel
    weights: str
    lock: AbstractContextManager[object]

    def encode_query(self, sentences: list[str]) -> Vectors:
        """Returns (n, dim) float32, unit rows, for n questions."""
        texts = _without_surrogates(sentences)
        with self.lock:
            return self._unit_rows(self.model.encode_query(texts, show_progress_bar=False))

    def encode_document(self, sentences: list[str]) -> Vectors:
        """Returns (n, dim) float32, unit rows, for n texts to be found."""
        texts = _without_surrogates(sentences)
        with self.lock:
            return self._unit_rows(self.model.encode_document(texts, show_progress_bar=False))

    def _unit_rows(self, vectors: npt.ArrayLike) -> Vectors:
        """Returns (n, dim) float32: `vectors` (n, dim), each divided by its length."""
        rows = np.asarray(vectors, np.float32).reshape(-1, self.dim)
        lengths = np.linalg.norm(rows, axis=1, keepdims=True).astype(np.float32)
        # A row of zeros stays one.
        unit: Vectors = rows / np.maximum(lengths, np.float32(1e-12))
        return unit

    @property
    def dim(self) -> int:
        """The width of the vectors."""
        return int(self.model.get_embedding_dimension() or 0)

    @property
    def prompts(self) -> Mapping[str, str]:
        """What is put before a "query" and a "document"."""
        return {kind: self.model.prompts.get(kind) or "" for kind in PROMPTS}


def load_encoder(
    name: str = DEFAULT,
    cache: Path | None = None,
    *,
    threads: int | None = None,
    progress: bool = True,
) -> TextEncoder:
    """Loads the encoder `name`: the default, a folder, or a model in the Hugging Face cache.

    Nothing is downloaded. The default is converted on first use into `cache` (by default
    `default_cache()`), with a bar on standard error if `progress`, and encodes `threads` texts at
    once (by default one a core). Raises EncoderUnavailable.
    """
    facts = None
    if name == DEFAULT:
        folder, facts = converted_folder(cache or default_cache(), progress=progress)
    else:
        folder = _find(name)
    try:
        if facts or _is_converted(folder):
            return _load_converted(name, folder, threads, facts)
        return _load(name, folder)
    except (
        ImportError,
        KeyError,
        OSError,
        RuntimeError,
        SafetensorError,
        TypeError,
        ValueError,
    ) as error:
        raise EncoderUnavailable(
            f"编码模型无法载入（{folder}）：{error}。请检查该目录，或改用默认的 {DEFAULT}",
            f"the encoder cannot be loaded ({folder}): {error}. "
            f"Check the folder, or use the default, {DEFAULT}",
        ) from error


def is_bundled(encoder: Encoder | None) -> bool:
    """Whether an encoder is the one that comes with the program."""
    return isinstance(encoder, TextEncoder) and encoder.name == DEFAULT


def describe(encoder: Encoder) -> dict[str, object]:
    """Returns what the vectors depend on, as far as is known: weights, width and prompts."""
    if isinstance(encoder, TextEncoder | RemoteEncoder):
        return {"weights": encoder.weights, "dim": encoder.dim, "prompts": encoder.prompts}
    width = probe(encoder).shape[1]
    return {"weights": type(encoder).__qualname__, "dim": width, "prompts": {}}


def fingerprint(encoder: Encoder) -> str:
    """Returns 16 hexadecimal digits; where they differ, vectors are not comparable.

    A model that moves to another folder keeps its fingerprint.
    """
    described = json.dumps(describe(encoder), sort_keys=True)
    return hashlib.sha256(described.encode()).hexdigest()[:16]


def probe(encoder: Encoder) -> Vectors:
    """Returns (3, dim) float32: the vectors of three fixed sentences.

    Kept with an index, they show whether an encoder still gives the vectors that it gave.
    """
    return encoder.encode_document(list(_PROBES))


def _without_surrogates(sentences: list[str]) -> list[str]:
    """Replaces lone surrogates, which tokenizers refuse, by question marks."""
    return [sentence.encode("utf-8", "replace").decode("utf-8") for sentence in sentences]


def _find(name: str) -> Path:
    """Returns the folder of a model on this machine, without asking the network.

    Raises EncoderUnavailable.
    """
    folder = Path(os.path.expanduser(name))
    if folder.is_dir() and any((folder / head).is_file() for head in _MODEL_HEADS):
        return folder
    from huggingface_hub import snapshot_download

    cache = os.environ.get("SENTENCE_TRANSFORMERS_HOME")
    repositories = [name] if "/" in name else [f"sentence-transformers/{name}", name]
    for repository in repositories:
        try:
            return Path(snapshot_download(repository, cache_dir=cache, local_files_only=True))
        except (OSError, ValueError):  # not in the cache; not the name of a repository
            continue
    raise EncoderUnavailable(
        f"找不到编码模型 {name}：它不是模型目录，也不在 Hugging Face 缓存中，本程序从不下载。"
        f"请检查 encoder.name，或在联网的机器上下载后复制过来，或改用默认的 {DEFAULT}",
        f"no encoder {name}: neither the folder of a model nor in the Hugging Face cache, and "
        f"nothing is downloaded. Check encoder.name, copy the model here, or use the default, "
        f"{DEFAULT}",
    )


def _load(name: str, folder: Path) -> TextEncoder:
    # Takes seconds to import: only when an encoder is wanted.
    from sentence_transformers import SentenceTransformer

    model = SentenceTransformer(str(folder), local_files_only=True)
    return TextEncoder(name, model, _folder_digest(folder), Lock())


def _load_converted(
    name: str, folder: Path, threads: int | None, facts: ModelFacts | None
) -> TextEncoder:
    onnx = OnnxModel(folder, threads, facts)
    return TextEncoder(name, BundledModel(onnx), onnx.facts.weights, nullcontext())


def _is_converted(folder: Path) -> bool:
    """Tells whether the folder is one that `converted_folder` made, or a copy of it.

    Its only module is ours: no code of others would run.
    """
    path = folder / "modules.json"
    if not path.is_file():
        return False
    types = [module["type"] for module in json.loads(path.read_bytes())]
    return types == [MODULE]


def _folder_digest(folder: Path) -> str:
    """Returns a SHA-256, in hexadecimal, that identifies the model in a folder wherever it lies."""
    paths = [path for path in folder.rglob("*") if path.suffix in _MODEL_SUFFIXES]
    digest = hashlib.sha256()
    for path in sorted(paths):
        digest.update(f"{path.relative_to(folder)} {file_sha256(path)}\n".encode())
    return digest.hexdigest()
