"""Draws the BERT as an ONNX graph: embeddings in 4 bits as they are, matrices in 8, mean pooling and unit rows inside.

It takes texts of one length without padding: so a text's vector never depends on its neighbours in a batch, whose range
would set the rounding of its activations.
"""

from __future__ import annotations

import shutil
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import onnx
from onnx import TensorProto, helper, numpy_helper

from index.e5.weights import BLOCK, Blocks, Floats, Matrix, PackedModel

# Two products of an 8-bit activation and a weight of at most 64 fit the 16-bit sums of AVX2; a greater weight would be
# clipped there and not on newer processors.
_LARGEST = 63
_OPSETS = {"": 21, "com.microsoft": 1}


@dataclass(frozen=True, slots=True)
class Heads:
    """What reads an answer off the last states: `span` for its first and last token, `answer` for there being one."""

    span: Floats  # (2, hidden)
    span_bias: Floats  # (2,)
    answer: Floats  # (1, hidden)
    answer_bias: Floats  # (1,)


def write_graph(
    model: PackedModel, path: Path, step: Callable[[], object], heads: Heads | None = None
) -> None:
    """Writes `input_ids` (n, length) -> `sentence_embedding` (n, hidden) float32, unit rows; weights in `path`.data.

    With `heads` -> `span` (n, length, 2) and `answer` (n, 1) float32, log-odds. Calls `step` after each layer.
    """
    graph = _Graph(model)
    peaks = first_token_peaks(model)
    states = graph.embeddings()
    for number in range(model.sizes.layers):
        states = graph.layer(states, number, peaks[number])
        step()
    outputs = graph.read(states, heads) if heads else graph.pooled(states)
    ids = helper.make_tensor_value_info("input_ids", TensorProto.INT64, ["n", "length"])
    drawn = helper.make_graph(graph.nodes, "bert", [ids], outputs, graph.constants)
    opsets = [helper.make_opsetid(domain, version) for domain, version in _OPSETS.items()]
    whole = helper.make_model(drawn, opset_imports=opsets, ir_version=10)
    # Weights beside the graph are mapped, not read, by ONNX Runtime: 60 MB less in memory.
    onnx.save_model(
        whole, path, save_as_external_data=True, location=path.name + ".data", size_threshold=1024
    )
    shutil.copymode(path, f"{path}.data")  # else only its writer could read it


class _Graph:
    """Nodes and constants. Every method adds some and returns the name of the last one's output."""

    def __init__(self, model: PackedModel) -> None:
        self.model = model
        self.nodes: list[onnx.NodeProto] = []
        self.constants: list[onnx.TensorProto] = []

    def constant(self, values: npt.NDArray[np.generic]) -> str:
        self.constants.append(
            numpy_helper.from_array(np.ascontiguousarray(values), f"c{len(self.constants)}")
        )
        return str(self.constants[-1].name)

    def nibbles(self, values: npt.NDArray[np.uint8]) -> str:
        """(rows, columns) of 0 to 15, as signed 4-bit numbers: 8 becomes 0."""
        signed = values ^ 8
        packed = signed[:, 0::2] | signed[:, 1::2] << 4
        name = f"c{len(self.constants)}"
        tensor = TensorProto(
            name=name, data_type=TensorProto.INT4, dims=values.shape, raw_data=packed.tobytes()
        )
        self.constants.append(tensor)
        return name

    def add(
        self,
        kind: str,
        inputs: Sequence[str],
        *,
        output: str = "",
        domain: str = "",
        **attributes: Any,
    ) -> str:
        output = output or f"n{len(self.nodes)}"
        self.nodes.append(helper.make_node(kind, inputs, [output], domain=domain, **attributes))
        return output

    def fused(self, kind: str, inputs: Sequence[str], **attributes: Any) -> str:
        """One of ONNX Runtime's own operators."""
        return self.add(kind, inputs, domain="com.microsoft", **attributes)

    def normal(self, states: str, name: str) -> str:
        weights = [self.constant(self.model.vectors[f"{name}.{part}"]) for part in "wb"]
        return self.add("LayerNormalization", [states, *weights], epsilon=self.model.sizes.epsilon)

    def embeddings(self) -> str:
        """Word + place + type 0."""
        words, hidden = self.model.words, self.model.sizes.hidden
        table = [
            self.nibbles(words.nibbles()),
            "input_ids",
            self.constant(words.scales.astype(np.float32)),
        ]
        word = self.fused(
            "GatherBlockQuantized", table, block_size=BLOCK, gather_axis=0, quantize_axis=1
        )
        places = (
            self.model.vectors["emb.pos"].reshape(-1, hidden)
            + self.model.vectors["emb.type"][:hidden]
        )
        length = self.add("Shape", ["input_ids"], start=1, end=2)
        zero = self.constant(np.array([0]))
        place = self.add("Slice", [self.constant(places), zero, length, zero])
        return self.normal(self.add("Add", [word, place]), "emb.ln")

    def layer(self, states: str, number: int, peaks: Peaks) -> str:
        name = f"l{number}"
        rounded = [f"{states}.{part}" for part in ("rounded", "scale", "zero")]
        self.nodes.append(helper.make_node("DynamicQuantizeLinear", [states], rounded))
        projected = [self.product(rounded, f"{name}.{part}") for part in "qkv"]
        attended = self.fused("MultiHeadAttention", projected, num_heads=self.model.sizes.heads)
        states = self.normal(
            self.add("Add", [states, self.linear(attended, f"{name}.ao")]), f"{name}.aln"
        )
        raised = self.fused("FastGelu", [self.linear(states, f"{name}.fi", peaks.states)])
        change = self.linear(raised, f"{name}.fo", peaks.activations)
        return self.normal(self.add("Add", [states, change]), f"{name}.oln")

    def pooled(self, states: str) -> list[onnx.ValueInfoProto]:
        """The mean of all states, as a unit row."""
        mean = self.add("ReduceMean", [states, self.constant(np.array([1]))], keepdims=0)
        name = self.add("LpNormalization", [mean], output="sentence_embedding", axis=-1, p=2)
        return [
            helper.make_tensor_value_info(name, TensorProto.FLOAT, ["n", self.model.sizes.hidden])
        ]

    def read(self, states: str, heads: Heads) -> list[onnx.ValueInfoProto]:
        """Every place as the first or last token of the answer, and the first as its being there at all."""
        first = self.add(
            "Flatten", [self.add("Gather", [states, self.constant(np.array([0]))], axis=1)], axis=1
        )
        spans = self.add("MatMul", [states, self.constant(heads.span.T)])
        span = self.add("Add", [spans, self.constant(heads.span_bias)], output="span")
        transposed, bias = self.constant(heads.answer.T), self.constant(heads.answer_bias)
        answer = self.add("Gemm", [first, transposed, bias], output="answer")
        shapes: dict[str, list[str | int]] = {span: ["n", "length", 2], answer: ["n", 1]}
        return [
            helper.make_tensor_value_info(name, TensorProto.FLOAT, shape)
            for name, shape in shapes.items()
        ]

    def linear(self, states: str, name: str, factors: Floats | None = None) -> str:
        """states @ weights + bias, the states divided by `factors` and the weights' rows multiplied by them."""
        if factors is not None and factors.max() > 1:
            states = self.add("Mul", [states, self.constant(1 / factors)])
        weights, scales = round_columns(self.model.matrices[f"{name}.w"], factors)
        bias = self.constant(self.model.vectors[f"{name}.b"])
        return self.fused(
            "DynamicQuantizeMatMul",
            [states, self.constant(weights), self.constant(scales), "", bias],
        )

    def product(self, rounded: list[str], name: str) -> str:
        """The same of states rounded before."""
        weights, scales = round_columns(self.model.matrices[f"{name}.w"])
        bias = self.constant(self.model.vectors[f"{name}.b"])
        values, scale, zero = rounded
        inputs = [values, self.constant(weights), scale, self.constant(scales), zero, "", bias]
        return self.fused("MatMulIntegerToFloat", inputs)


def round_columns(
    matrix: Matrix, factors: Floats | None = None
) -> tuple[npt.NDArray[np.int8], Floats]:
    """A matrix (out, in) -> (in, out) int8 and the scale of each column: weight = int8 * scale."""
    weights = matrix.floats().T if factors is None else matrix.floats().T * factors[:, None]
    scales = np.maximum(np.abs(weights).max(axis=0), 1e-12) / _LARGEST
    return np.rint(weights / scales).astype(np.int8), scales


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
    powers: Floats = np.exp2(np.ceil(np.log2(np.maximum(np.abs(values) / ordinary, 1)))).astype(
        np.float32
    )
    return powers
