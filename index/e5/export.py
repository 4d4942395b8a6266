"""Writes the default encoder's weights as a Hugging Face BERT in 32 bits."""

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
    sizes, pieces = model.sizes, model.pieces
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
        "pad_token_id": pieces.pad,
    }
    tokens = {"bos": pieces.bos, "cls": pieces.bos, "eos": pieces.eos, "sep": pieces.eos, "pad": pieces.pad}
    settings = {f"{kind}_token": pieces.texts[place] for kind, place in tokens.items()}
    settings |= {"tokenizer_class": "PreTrainedTokenizerFast", "unk_token": pieces.texts[pieces.unk]}
    (folder / "config.json").write_text(json.dumps(config), "utf-8")
    (folder / "tokenizer_config.json").write_text(json.dumps(settings | {"model_max_length": sizes.positions}), "utf-8")
    (folder / "tokenizer.json").write_text(build_tokenizer(pieces, sizes.positions).to_str(), "utf-8")
    save_file(_tensors(model), folder / "model.safetensors", metadata={"format": "pt"})


def _tensors(model: PackedModel) -> dict[str, Floats]:
    """The weights under BertModel's names."""
    hidden = model.sizes.hidden
    tensors = {"embeddings.word_embeddings.weight": model.words.floats()}
    for name, theirs in _EMBEDDINGS.items():
        tensors[f"embeddings.{theirs}.weight"] = model.vectors[name].reshape(-1, hidden)
    norms = {"emb.ln": "embeddings.LayerNorm"}
    for number in range(model.sizes.layers):
        norms |= {f"l{number}.{name}": f"encoder.layer.{number}.{theirs}" for name, theirs in _NORMS.items()}
        for name, theirs in _MATRICES.items():
            tensors[f"encoder.layer.{number}.{theirs}.weight"] = model.matrices[f"l{number}.{name}.w"].floats()
            tensors[f"encoder.layer.{number}.{theirs}.bias"] = model.vectors[f"l{number}.{name}.b"]
    for name, theirs in norms.items():
        tensors[f"{theirs}.weight"], tensors[f"{theirs}.bias"] = (model.vectors[f"{name}.{part}"] for part in "wb")
    # Mean pooling has no use for BERT's own pooler, but without one transformers reports missing weights.
    tensors |= {"pooler.dense.weight": np.zeros((hidden, hidden), np.float32)}
    tensors |= {"pooler.dense.bias": np.zeros(hidden, np.float32)}
    return {name: np.ascontiguousarray(values) for name, values in tensors.items()}
