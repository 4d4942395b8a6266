"""Finds the few activations that would spoil 8-bit rounding."""

from __future__ import annotations

import numpy as np

from index.e5.weights import Floats, PackedModel

_ORDINARY = 4.0  # no activation but the outliers is often above this


def first_token_peaks(model: PackedModel) -> list[Floats]:
    """By layer, (feed_forward,) powers of two, at least 1: how far `<s>` drives each activation above the ordinary.

    The network parks attention on `<s>`, whose activation in one place of a layer is ten times all others and the same
    in every text. Seen alone it attends to itself only, so that a forward pass is a few products. Dividing the
    activations by these numbers and multiplying the weights changes nothing but the rounding (compare SmoothQuant,
    arXiv 2211.10438).
    """
    matrices, vectors = model.matrices, model.vectors

    def linear(values: Floats, name: str) -> Floats:
        product: Floats = matrices[f"{name}.w"].floats() @ values + vectors[f"{name}.b"]
        return product

    def normal(values: Floats, name: str) -> Floats:
        centred = values - values.mean()
        scaled: Floats = centred / np.sqrt(centred.var() + model.sizes.epsilon)
        return scaled * vectors[f"{name}.w"] + vectors[f"{name}.b"]

    hidden, bos = model.sizes.hidden, model.pieces.bos
    words = matrices["emb.word"]
    word = type(words)(words.scales[bos : bos + 1], words.packed[bos : bos + 1]).floats()[0]
    state = normal(word + vectors["emb.pos"][:hidden] + vectors["emb.type"][:hidden], "emb.ln")
    peaks = []
    for layer in (f"l{number}" for number in range(model.sizes.layers)):
        state = normal(state + linear(linear(state, f"{layer}.v"), f"{layer}.ao"), f"{layer}.aln")
        raised = gelu(linear(state, f"{layer}.fi"))
        peaks.append(np.exp2(np.ceil(np.log2(np.maximum(raised / _ORDINARY, 1)))).astype(np.float32))
        state = normal(state + linear(raised, f"{layer}.fo"), f"{layer}.oln")
    return peaks


def gelu(values: Floats) -> Floats:
    """The tanh form of GELU (arXiv 1606.08415), which the graph uses too."""
    inner = np.sqrt(2 / np.pi) * (values + 0.044715 * values**3)
    values = 0.5 * values * (1 + np.tanh(inner))
    return values
