"""Draws the BERT as an ONNX graph: embeddings in 4 bits as they are, matrices in 8.

Mean pooling and unit rows are inside. It takes texts of one length without padding, so that a
text's vector never depends on its neighbours in a batch, whose range would set the rounding of its
activations.
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

from index.e5.weights import BLOCK, Blocks, Bytes, Floats, Matrix, PackedModel

# Two products of an 8-bit activation and a weight of at most 64 fit the 16-bit sums of AVX2; a
# greater weight would be clipped there and not on newer processors.
_LARGEST = 63

# A column of zeros needs a scale too.
_SMALLEST_RANGE = 1e-12

_OPSETS = {"": 21, "com.microsoft": 1}
_IR_VERSION = 10

# Bytes: smaller constants stay in the graph itself.
_EXTERNAL_FROM = 1024


@dataclass(frozen=True, slots=True)
class Heads:
    """What reads an answer off the last states.

    `span` scores each token as the answer's first and last one, `answer` whether there is one.
    """

    span: Floats  # (2, hidden)
    span_bias: Floats  # (2,)
    answer: Floats  # (1, hidden)
    answer_bias: Floats  # (1,)


def write_graph(
    model: PackedModel, path: Path, step: Callable[[], object], heads: Heads | None = None
) -> None:
    """Writes the graph to `path` and its weights to `path`.data; calls `step` after each layer.

    It maps `input_ids` (n, length) int64 to `sentence_embedding` (n, hidden) float32, unit rows; or
    with `heads` to `span` (n, length, 2) and `answer` (n, 1) float32, log-odds.
    """
    graph = _Graph(model)
    peaks = first_token_peaks(model)
    states = graph.embeddings()
    for number in range(model.sizes.layers):
        states = graph.layer(states, number, peaks[number])
        step()
    outputs = graph.answer_scores(states, heads) if heads else graph.pooled(states)
    ids = helper.make_tensor_value_info("input_ids", TensorProto.INT64, ["n", "length"])
    drawn = helper.make_graph(graph.nodes, "bert", [ids], outputs, graph.constants)
    opsets = [helper.make_opsetid(domain, version) for domain, version in _OPSETS.items()]
    whole = helper.make_model(drawn, opset_imports=opsets, ir_version=_IR_VERSION)
    # Weights beside the graph are mapped, not read, by ONNX Runtime: 60 MB less in memory.
    weights = path.name + ".data"
    onnx.save_model(
        whole,
        path,
        save_as_external_data=True,
        location=weights,
        size_threshold=_EXTERNAL_FROM,
    )
    # Else only its writer could read the weights.
    shutil.copymode(path, path.with_name(weights))


class _Graph:
    """Nodes and constants. A method adds some and returns the name of the last one's output."""

    def __init__(self, model: PackedModel) -> None:
        self.model = model
        self.nodes: list[onnx.NodeProto] = []
        self.constants: list[onnx.TensorProto] = []

    def constant(self, values: npt.NDArray[np.generic]) -> str:
        """Adds an array of any shape."""
        name = f"c{len(self.constants)}"
        self.constants.append(numpy_helper.from_array(np.ascontiguousarray(values), name))
        return name

    def nibbles(self, values: Bytes) -> str:
        """Adds (rows, columns) of 0 to 15 as signed 4-bit numbers: 8 becomes 0."""
        signed = values ^ 8
        packed = signed[:, 0::2] | signed[:, 1::2] << 4
        name = f"c{len(self.constants)}"
        tensor = TensorProto(
            name=name, data_type=TensorProto.INT4, dims=values.shape, raw_data=packed.tobytes()
        )
        self.constants.append(tensor)
        return name

    def add(self, kind: str, inputs: Sequence[str], *, output: str = "", **attributes: Any) -> str:
        """Adds a node of `kind`, whose one output is named `output`, by default by its number."""
        output = output or f"n{len(self.nodes)}"
        self.nodes.append(helper.make_node(kind, inputs, [output], **attributes))
        return output

    def fused(self, kind: str, inputs: Sequence[str], **attributes: Any) -> str:
        """Adds one of ONNX Runtime's own operators."""
        return self.add(kind, inputs, domain="com.microsoft", **attributes)

    def normal(self, states: str, name: str) -> str:
        """Adds the layer normalisation `name`."""
        scale = self.constant(self.model.vectors[f"{name}.w"])
        bias = self.constant(self.model.vectors[f"{name}.b"])
        epsilon = self.model.sizes.epsilon
        return self.add("LayerNormalization", [states, scale, bias], epsilon=epsilon)

    def embeddings(self) -> str:
        """Adds word + position + type 0, normalised: (n, length, hidden)."""
        words = self.model.words
        numbers = self.nibbles(words.nibbles())
        scales = self.constant(words.scales.astype(np.float32))
        word = self.fused(
            "GatherBlockQuantized",
            [numbers, "input_ids", scales],
            block_size=BLOCK,
            gather_axis=0,
            quantize_axis=1,
        )
        hidden = self.model.sizes.hidden
        positions = self.model.vectors["emb.pos"].reshape(-1, hidden)
        first_type = self.model.vectors["emb.type"][:hidden]
        length = self.add("Shape", ["input_ids"], start=1, end=2)
        zero = self.constant(np.array([0]))
        table = self.constant(positions + first_type)
        position = self.add("Slice", [table, zero, length, zero])
        return self.normal(self.add("Add", [word, position]), "emb.ln")

    def layer(self, states: str, number: int, peaks: Peaks) -> str:
        """Adds attention and the feed-forward part: (n, length, hidden) to the same."""
        name = f"l{number}"
        rounded = [f"{states}.rounded", f"{states}.scale", f"{states}.zero"]
        self.nodes.append(helper.make_node("DynamicQuantizeLinear", [states], rounded))
        projected = [self.rounded_linear(rounded, f"{name}.{part}") for part in "qkv"]
        heads = self.model.sizes.heads
        attended = self.fused("MultiHeadAttention", projected, num_heads=heads)
        change = self.linear(attended, f"{name}.ao")
        states = self.normal(self.add("Add", [states, change]), f"{name}.aln")
        raised = self.fused("FastGelu", [self.linear(states, f"{name}.fi", peaks.states)])
        change = self.linear(raised, f"{name}.fo", peaks.activations)
        return self.normal(self.add("Add", [states, change]), f"{name}.oln")

    def pooled(self, states: str) -> list[onnx.ValueInfoProto]:
        """Adds the mean of all states as a unit row; returns the graph's output."""
        mean = self.add("ReduceMean", [states, self.constant(np.array([1]))], keepdims=0)
        name = self.add("LpNormalization", [mean], output="sentence_embedding", axis=-1, p=2)
        return [_output(name, ["n", self.model.sizes.hidden])]

    def answer_scores(self, states: str, heads: Heads) -> list[onnx.ValueInfoProto]:
        """Adds the heads; returns the graph's outputs.

        Every token is scored as the first and the last of the answer, the first token as the
        answer's being there at all.
        """
        first = self.add("Gather", [states, self.constant(np.array([0]))], axis=1)
        first = self.add("Flatten", [first], axis=1)
        spans = self.add("MatMul", [states, self.constant(heads.span.T)])
        span_bias = self.constant(heads.span_bias)
        span = self.add("Add", [spans, span_bias], output="span")
        weights = self.constant(heads.answer.T)
        answer_bias = self.constant(heads.answer_bias)
        answer = self.add("Gemm", [first, weights, answer_bias], output="answer")
        return [_output(span, ["n", "length", 2]), _output(answer, ["n", 1])]

    def linear(self, states: str, name: str, factors: Floats | None = None) -> str:
        """Adds states @ weights + bias.

        The states are divided by `factors` (in,), the weights' rows multiplied by them.
        """
        if factors is not None and factors.max() > 1:
            states = self.add("Mul", [states, self.constant(1 / factors)])
        rounded, scales = round_columns(self.model.matrices[f"{name}.w"], factors)
        bias = self.constant(self.model.vectors[f"{name}.b"])
        weights = self.constant(rounded)
        inputs = [states, weights, self.constant(scales), "", bias]
        return self.fused("DynamicQuantizeMatMul", inputs)

    def rounded_linear(self, states: list[str], name: str) -> str:
        """Adds states @ weights + bias of `states` rounded before: values, scale, zero point."""
        values, scale, zero = states
        rounded, scales = round_columns(self.model.matrices[f"{name}.w"])
        bias = self.constant(self.model.vectors[f"{name}.b"])
        weights = self.constant(rounded)
        inputs = [values, weights, scale, self.constant(scales), zero, "", bias]
        return self.fused("MatMulIntegerToFloat", inputs)


def _output(name: str, shape: list[str | int]) -> onnx.ValueInfoProto:
    return helper.make_tensor_value_info(name, TensorProto.FLOAT, shape)


def round_columns(
    matrix: Matrix, factors: Floats | None = None
) -> tuple[npt.NDArray[np.int8], Floats]:
    """Returns a matrix (out, in) as (in, out) int8 and the scale of each column (out,).

    weight = int8 · scale. The rows are multiplied by `factors` (in,) first.
    """
    weights = matrix.floats().T
    if factors is not None:
        weights = weights * factors[:, None]
    largest = np.maximum(np.abs(weights).max(axis=0), _SMALLEST_RANGE)
    scales = largest / _LARGEST
    return np.rint(weights / scales).astype(np.int8), scales


# Measured on the default model: lower, and the weights lose more than the values gain.
_ORDINARY_STATE = 8.0
_ORDINARY_ACTIVATION = 4.0


@dataclass(frozen=True, slots=True)
class Peaks:
    """How far a layer's values rise above the ordinary by place: powers of two, at least 1.

    Dividing the values by them and multiplying the weights' rows changes nothing but the rounding
    (compare SmoothQuant, arXiv 2211.10438).
    """

    states: Floats  # (hidden,), which the feed-forward part takes
    activations: Floats  # (feed_forward,), inside it


def first_token_peaks(model: PackedModel) -> list[Peaks]:
    """Returns the peaks of each layer for `<s>`.

    The network parks attention on `<s>`, of whose values a few are ten times all others and the
    same in every text. Alone it attends to itself, so that a forward pass is a few products.
    """
    hidden = model.sizes.hidden
    first = slice(model.pieces.bos, model.pieces.bos + 1)
    word = Blocks(model.words.scales[first], model.words.packed[first]).floats()[0]
    position = model.vectors["emb.pos"][:hidden]
    first_type = model.vectors["emb.type"][:hidden]
    state = _normal(model, word + position + first_type, "emb.ln")
    peaks = []
    for number in range(model.sizes.layers):
        name = f"l{number}"
        attended = _linear(model, _linear(model, state, f"{name}.v"), f"{name}.ao")
        state = _normal(model, state + attended, f"{name}.aln")
        raised = gelu(_linear(model, state, f"{name}.fi"))
        above_state = _powers_above(state, _ORDINARY_STATE)
        peaks.append(Peaks(above_state, _powers_above(raised, _ORDINARY_ACTIVATION)))
        change = _linear(model, raised, f"{name}.fo")
        state = _normal(model, state + change, f"{name}.oln")
    return peaks


def gelu(values: Floats) -> Floats:
    """Returns the tanh form of GELU (arXiv 1606.08415), which the graph uses too."""
    inner = np.sqrt(2 / np.pi) * (values + 0.044715 * values**3)
    raised: Floats = 0.5 * values * (1 + np.tanh(inner))
    return raised


def _linear(model: PackedModel, values: Floats, name: str) -> Floats:
    """Returns weights @ values (in,) + bias: (out,)."""
    product: Floats = model.matrices[f"{name}.w"].floats() @ values + model.vectors[f"{name}.b"]
    return product


def _normal(model: PackedModel, values: Floats, name: str) -> Floats:
    """Returns the layer normalisation of `values` (hidden,): (hidden,)."""
    centred = values - values.mean()
    scaled: Floats = centred / np.sqrt(centred.var() + model.sizes.epsilon)
    return scaled * model.vectors[f"{name}.w"] + model.vectors[f"{name}.b"]


def _powers_above(values: Floats, ordinary: float) -> Floats:
    """Returns the least powers of two, from 1, by which |values| / power is at most `ordinary`."""
    ratios = np.maximum(np.abs(values) / ordinary, 1)
    powers: Floats = np.exp2(np.ceil(np.log2(ratios))).astype(np.float32)
    return powers
