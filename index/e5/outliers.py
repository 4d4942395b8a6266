"""Finds the few values that would spoil 8-bit rounding."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from index.e5.weights import Blocks, Floats, PackedModel

# Measured on the default model: lower, and the weights lose more than the values gain.
_ORDINARY_STATE, _ORDINARY_ACTIVATION = 8.0, 4.0


@dataclass(frozen=True, slots=True)
class Peaks:
    """How far a layer's values rise above the ordinary by place: powers of two, at least 1.

    Dividing the values by them and multiplying the weights' rows changes nothing but the rounding (compare SmoothQuant,
    arXiv 2211.10438).
    """

    states: Floats  # (hidden,), which the feed-forward part takes
    activations: Floats  # (feed_forward,), inside it


def first_token_peaks(model: PackedModel) -> list[Peaks]:
    """The peaks of each layer for `<s>`.

    The network parks attention on `<s>`, of whose values a few are ten times all others and the same in every text.
    Alone it attends to itself, so that a forward pass is a few products.
    """
    matrices, vectors = model.matrices, model.vectors

    def linear(values: Floats, name: str) -> Floats:
        product: Floats = matrices[f"{name}.w"].floats() @ values + vectors[f"{name}.b"]
        return product

    def normal(values: Floats, name: str) -> Floats:
        centred = values - values.mean()
        scaled: Floats = centred / np.sqrt(centred.var() + model.sizes.epsilon)
        return scaled * vectors[f"{name}.w"] + vectors[f"{name}.b"]

    hidden, first = model.sizes.hidden, slice(model.pieces.bos, model.pieces.bos + 1)
    words = model.words
    word = Blocks(words.scales[first], words.packed[first]).floats()[0]
    state = normal(word + vectors["emb.pos"][:hidden] + vectors["emb.type"][:hidden], "emb.ln")
    peaks = []
    for layer in (f"l{number}" for number in range(model.sizes.layers)):
        state = normal(state + linear(linear(state, f"{layer}.v"), f"{layer}.ao"), f"{layer}.aln")
        raised = gelu(linear(state, f"{layer}.fi"))
        peaks.append(Peaks(_above(state, _ORDINARY_STATE), _above(raised, _ORDINARY_ACTIVATION)))
        state = normal(state + linear(raised, f"{layer}.fo"), f"{layer}.oln")
    return peaks


def gelu(values: Floats) -> Floats:
    """The tanh form of GELU (arXiv 1606.08415), which the graph uses too."""
    inner = np.sqrt(2 / np.pi) * (values + 0.044715 * values**3)
    values = 0.5 * values * (1 + np.tanh(inner))
    return values


def _above(values: Floats, ordinary: float) -> Floats:
    powers: Floats = np.exp2(np.ceil(np.log2(np.maximum(np.abs(values) / ordinary, 1)))).astype(np.float32)
    return powers
