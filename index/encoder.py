"""Encoders: any sentence-transformers model on this machine, by name or folder. The default needs no network."""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Mapping
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass
from pathlib import Path
from threading import Lock
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from corpus.errors import EncoderUnavailable
from index.disk import file_sha256
from index.e5.convert import MODULE, NAME, PROMPTS, ModelFacts, converted_folder, default_cache
from index.retriever import Encoder, Vectors

if TYPE_CHECKING:
    from sentence_transformers import SentenceTransformer

DEFAULT = NAME

_MODEL_FILES = {".json", ".safetensors", ".bin", ".model", ".txt"}
_HEADS = ("modules.json", "config.json")
_PROBES = (
    "城市治理要像绣花一样精细。",
    "Urban governance needs the care of embroidery.",
    "12345 热线 24 小时受理。",
)


@dataclass(frozen=True, eq=False)
class TextEncoder:
    """A SentenceTransformer whose rows have unit length, whatever its own modules do, and which threads may share.

    `weights` identifies the model's files. `turn` is held while it encodes: most tokenizers change state as they work.
    """

    name: str
    model: SentenceTransformer
    weights: str
    turn: AbstractContextManager[object]

    def encode_query(self, sentences: list[str]) -> Vectors:
        """(n, dim) float32, unit rows."""
        with self.turn:
            return self._unit_rows(
                self.model.encode_query(_encodable(sentences), show_progress_bar=False)
            )

    def encode_document(self, sentences: list[str]) -> Vectors:
        """(n, dim) float32, unit rows."""
        with self.turn:
            return self._unit_rows(
                self.model.encode_document(_encodable(sentences), show_progress_bar=False)
            )

    def _unit_rows(self, vectors: npt.ArrayLike) -> Vectors:
        rows = np.asarray(vectors, np.float32).reshape(-1, self.dim)
        lengths = np.linalg.norm(rows, axis=1, keepdims=True).astype(np.float32)
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
    """The encoder called `name`: the default, a folder, or a model in the Hugging Face cache. Never downloads.

    The default is converted on first use into `cache` (by default `default_cache()`), with a bar on standard error if
    `progress`, and encodes `threads` texts at once (by default one a core). Raises EncoderUnavailable.
    """
    if name == DEFAULT:
        folder, facts = converted_folder(cache or default_cache(), progress=progress)
    else:
        folder, facts = _find(name), None
    from safetensors import SafetensorError

    try:
        return (
            _load_onnx(name, folder, threads, facts)
            if facts or _is_onnx(folder)
            else _load(name, folder)
        )
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
            f"the encoder cannot be loaded ({folder}): {error}. Check the folder, or use the default, {DEFAULT}",
        ) from error


def describe(encoder: Encoder) -> dict[str, object]:
    """What its vectors depend on: model, weights, width and prompts, as far as the encoder can tell."""
    if isinstance(encoder, TextEncoder):
        return {"weights": encoder.weights, "dim": encoder.dim, "prompts": encoder.prompts}
    return {"weights": type(encoder).__qualname__, "dim": probe(encoder).shape[1], "prompts": {}}


def fingerprint(encoder: Encoder) -> str:
    """16 hex digits. Where they differ, vectors are not comparable; a model moved to another folder keeps them."""
    return hashlib.sha256(json.dumps(describe(encoder), sort_keys=True).encode()).hexdigest()[:16]


def probe(encoder: Encoder) -> Vectors:
    """(3, dim), three fixed sentences: kept with an index, they show whether an encoder still gives its vectors."""
    return encoder.encode_document(list(_PROBES))


def _encodable(sentences: list[str]) -> list[str]:
    """The sentences with lone surrogates, which tokenizers refuse, replaced by question marks."""
    return [sentence.encode("utf-8", "replace").decode("utf-8") for sentence in sentences]


def _find(name: str) -> Path:
    """The folder of a model on this machine. Raises EncoderUnavailable, at once and without the network."""
    if (folder := Path(os.path.expanduser(name))).is_dir() and any(
        (folder / file).is_file() for file in _HEADS
    ):
        return folder
    from huggingface_hub import snapshot_download

    home = os.environ.get("SENTENCE_TRANSFORMERS_HOME")
    for repository in (name,) if "/" in name else (f"sentence-transformers/{name}", name):
        try:
            return Path(snapshot_download(repository, cache_dir=home, local_files_only=True))
        except (OSError, ValueError):  # not in the cache; not the name of a repository
            continue
    raise EncoderUnavailable(
        f"找不到编码模型 {name}：它不是模型目录，也不在 Hugging Face 缓存中，本程序从不下载。"
        f"请检查 encoder.name，或在联网的机器上下载后复制过来，或改用默认的 {DEFAULT}",
        f"no encoder {name}: neither the folder of a model nor in the Hugging Face cache, and nothing is downloaded. "
        f"Check encoder.name, copy the model here, or use the default, {DEFAULT}",
    )


def _load(name: str, folder: Path) -> TextEncoder:
    from sentence_transformers import (
        SentenceTransformer,
    )  # takes seconds: only when an encoder is wanted

    return TextEncoder(
        name, SentenceTransformer(str(folder), local_files_only=True), _digest(folder), Lock()
    )


def _load_onnx(
    name: str, folder: Path, threads: int | None, facts: ModelFacts | None
) -> TextEncoder:
    from sentence_transformers import SentenceTransformer

    from index.e5.model import OnnxModule

    module = OnnxModule(folder, threads, facts)
    model = SentenceTransformer(
        modules=[module], prompts=PROMPTS, device="cpu", similarity_fn_name="cosine"
    )
    return TextEncoder(name, model, module.facts.weights, nullcontext())


def _is_onnx(folder: Path) -> bool:
    """Whether the folder is a converted one or a copy of it. Its only module is ours: no code of others would run."""
    modules = folder / "modules.json"
    return modules.is_file() and [
        module["type"] for module in json.loads(modules.read_bytes())
    ] == [MODULE]


def _digest(folder: Path) -> str:
    """Identifies the model in a folder, wherever it lies."""
    whole = hashlib.sha256()
    for path in sorted(path for path in folder.rglob("*") if path.suffix in _MODEL_FILES):
        whole.update(f"{path.relative_to(folder)} {file_sha256(path)}\n".encode())
    return whole.hexdigest()
