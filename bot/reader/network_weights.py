"""What training made, a few megabytes: the adapter and the heads, and how they become part of the encoder's BERT."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

import numpy as np
import numpy.typing as npt
from safetensors import SafetensorError, safe_open
from safetensors.numpy import save_file

from corpus.errors import EncoderUnavailable
from corpus.progress import Bar
from index.disk import file_sha256
from index.e5.convert import (
    GRAPH,
    TOKENIZER,
    ModelFacts,
    made_once,
    packed_file,
    seal_model,
)
from index.e5.graph import Heads, write_graph
from index.e5.tokenizer import build_tokenizer
from index.e5.weights import Floats, Full, Matrix, PackedModel, read_packed_model

WEIGHTS = Path(__file__).with_name("reader.safetensors")

Tensors = Mapping[str, Floats]

_FACTORS, _STEPS = (".up", ".down"), ".steps"
_NORM = {"weight": "w", "bias": "b"}


def write_adapter(tensors: Tensors, scale: float, path: Path) -> None:
    """Writes tensors by the names that `Network.trained` gives them: each row of a factor in 8 bits, all else in 16."""
    written: dict[str, npt.NDArray[np.generic]] = {}
    for name, values in tensors.items():
        if name.endswith(_FACTORS):
            steps = np.maximum(np.abs(values).max(axis=1, keepdims=True), 1e-12) / 127
            written[name], written[name + _STEPS] = (
                np.rint(values / steps).astype(np.int8),
                steps.astype(np.float32),
            )
        else:
            written[name] = values.astype(np.float16)
    save_file(written, path, {"scale": str(scale)})


def read_adapter(path: Path = WEIGHTS) -> tuple[Tensors, float]:
    """The tensors in 32 bits, and what the product of low rank is multiplied by. Raises EncoderUnavailable."""
    try:
        with safe_open(path, "np") as file:
            read = {name: file.get_tensor(name).astype(np.float32) for name in file.keys()}  # noqa: SIM118
            names = [name for name in read if not name.endswith(_STEPS)]
            return {name: read[name] * read.get(name + _STEPS, 1) for name in names}, float(
                file.metadata()["scale"]
            )
    except (OSError, SafetensorError, KeyError, TypeError, ValueError) as error:
        raise EncoderUnavailable(
            f"阅读模型的权重 {path} 缺失或已损坏（{error}）：请重新安装城问，或设置 reader=rules。",
            f"the reading network's weights {path} are missing or damaged ({error}): reinstall, or set reader=rules.",
        ) from error


def merge(model: PackedModel, tensors: Tensors, scale: float) -> tuple[PackedModel, Heads]:
    """The BERT with the adapter added to its weights, and the heads."""
    matrices: dict[str, Matrix] = {}
    vectors = dict(model.vectors)
    for name, matrix in model.matrices.items():
        layer, part, _ = name.split(".")
        place = f"layers.{layer.removeprefix('l')}.{part}"
        matrices[name] = Full(
            matrix.floats() + scale * (tensors[f"{place}.up"] @ tensors[f"{place}.down"])
        )
        vectors[f"{layer}.{part}.b"] = tensors[f"{place}.bias"]
    for name in model.vectors:
        layer, part, kind = name.split(".") if name.count(".") == 2 else ("", "", "")
        if part in ("aln", "oln"):
            full = next(long for long, short in _NORM.items() if short == kind)
            vectors[name] = tensors[f"layers.{layer.removeprefix('l')}.{part}.{full}"]
    heads = Heads(
        tensors["span.weight"],
        tensors["span.bias"],
        tensors["answer.weight"],
        tensors["answer.bias"],
    )
    return replace(model, matrices=matrices, vectors=vectors), heads


_FORM = 2  # of what `_convert` writes


def reader_folder(
    cache: Path, weights: Path = WEIGHTS, *, progress: bool = True, packed: Path | None = None
) -> Path:
    """A folder under `cache` with the network of `weights`, made if missing or damaged. Raises EncoderUnavailable."""
    read_adapter(weights)
    known = file_sha256(weights)
    folder = cache / f"reader-{known[:12]}-int8-{_FORM}"
    made_once(folder, lambda made: _convert(packed or packed_file(), weights, made, progress))
    return folder


def _convert(packed: Path, weights: Path, folder: Path, progress: bool) -> ModelFacts:
    model = read_packed_model(packed)
    whole, heads = merge(model, *read_adapter(weights))
    title = "首次使用，转换阅读模型 / first use, converting the reader"
    steps = model.sizes.layers + 1
    with Bar(title, shown=progress) as bar:
        write_graph(whole, folder / GRAPH, lambda: bar.advance(steps), heads)
        tokenizer = build_tokenizer(model.pieces, model.sizes.positions)
        (folder / TOKENIZER).write_text(tokenizer.to_str(), "utf-8")
        bar.advance(steps)
    made_of = f"{file_sha256(packed)} {file_sha256(weights)} int8-{_FORM}"
    facts = ModelFacts(made_of, model.sizes.positions)
    seal_model(folder, sorted(path.name for path in folder.iterdir()), facts)
    return facts
