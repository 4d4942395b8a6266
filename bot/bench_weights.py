"""Writes the bundled encoder's weights as a folder that torch loads, for the benchmark."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
from safetensors.numpy import save_file

from index.e5.tokenizer import build_tokenizer
from index.e5.weights import Floats, PackedModel

_EMBEDDINGS = {"emb.pos": "position_embeddings", "emb.type": "token_type_embeddings"}
_MATRICES = {
    "q": "attention.self.query",
    "k": "attention.self.key",
    "v": "attention.self.value",
    "ao": "attention.output.dense",
    "fi": "intermediate.dense",
    "fo": "output.dense",
}
_NORMS = {"aln": "attention.output.LayerNorm", "oln": "output.LayerNorm"}


def write_float_folder(model: PackedModel, folder: Path) -> None:
    """Fills a folder that `transformers` and `sentence_transformers` load."""
    sizes = model.sizes
    config = {
        "architectures": ["BertModel"],
        "model_type": "bert",
        "hidden_size": sizes.hidden,
        "num_hidden_layers": sizes.layers,
        "num_attention_heads": sizes.heads,
        "intermediate_size": sizes.feed_forward,
        "vocab_size": sizes.vocabulary,
        "max_position_embeddings": sizes.positions,
        "type_vocab_size": sizes.types,
        "layer_norm_eps": sizes.epsilon,
        "pad_token_id": model.pieces.pad,
    }
    tokenizer = build_tokenizer(model.pieces, sizes.positions).to_str()
    (folder / "config.json").write_text(json.dumps(config), "utf-8")
    (folder / "tokenizer_config.json").write_text(json.dumps(_tokenizer_config(model)), "utf-8")
    (folder / "tokenizer.json").write_text(tokenizer, "utf-8")
    save_file(_tensors(model), folder / "model.safetensors", metadata={"format": "pt"})


def _tokenizer_config(model: PackedModel) -> dict[str, object]:
    pieces = model.pieces
    begin, end = pieces.texts[pieces.bos], pieces.texts[pieces.eos]
    return {
        "bos_token": begin,
        "cls_token": begin,
        "eos_token": end,
        "sep_token": end,
        "pad_token": pieces.texts[pieces.pad],
        "unk_token": pieces.texts[pieces.unk],
        "tokenizer_class": "PreTrainedTokenizerFast",
        "model_max_length": model.sizes.positions,
    }


def _tensors(model: PackedModel) -> dict[str, Floats]:
    """The weights under the names of transformers' BertModel."""
    hidden = model.sizes.hidden
    tensors = {"embeddings.word_embeddings.weight": model.words.floats()}
    for packed, theirs in _EMBEDDINGS.items():
        tensors[f"embeddings.{theirs}.weight"] = model.vectors[packed].reshape(-1, hidden)
    norms = {"emb.ln": "embeddings.LayerNorm"}
    for number in range(model.sizes.layers):
        layer = f"encoder.layer.{number}"
        for packed, theirs in _NORMS.items():
            norms[f"l{number}.{packed}"] = f"{layer}.{theirs}"
        for packed, theirs in _MATRICES.items():
            weight = model.matrices[f"l{number}.{packed}.w"]
            tensors[f"{layer}.{theirs}.weight"] = weight.floats()
            tensors[f"{layer}.{theirs}.bias"] = model.vectors[f"l{number}.{packed}.b"]
    for packed, theirs in norms.items():
        tensors[f"{theirs}.weight"] = model.vectors[f"{packed}.w"]
        tensors[f"{theirs}.bias"] = model.vectors[f"{packed}.b"]
    # Mean pooling does not use the pooler, but transformers reports missing weights without it.
    tensors["pooler.dense.weight"] = np.zeros((hidden, hidden), np.float32)
    tensors["pooler.dense.bias"] = np.zeros(hidden, np.float32)
    return {name: np.ascontiguousarray(values) for name, values in tensors.items()}
