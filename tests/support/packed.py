"""A small E5S1 file with random weights, and its BERT in plain numpy."""

import math
import struct
from collections.abc import Callable, Mapping
from pathlib import Path

import numpy as np

from index.e5.weights import Floats, PackedModel

HIDDEN, HEADS, FEED, POSITIONS, LAYERS = 32, 2, 64, 24, 2
SPECIAL = ["<s>", "<pad>", "</s>", "<unk>"]
PIECES = [
    *SPECIAL,
    "▁",
    "城",
    "市",
    "城市",
    "治理",
    "▁城市",
    "a",
    "b",
    "ab",
    "é",
    ":",
    "query",
    "passage",
    "1",
    "<mask>",
]
FORMS = {"\t": " ", "\u200b": "", "Ａ": "A", "①": "1", "㎢": "km2", "ａ": "a"}


def write_packed(
    path: Path, layers: int = LAYERS, positions: int = POSITIONS, **change: Floats
) -> Path:
    """Writes a model of `layers` layers; `change` replaces vectors by name, "l0_fi_b" for l0.fi.b."""
    vectors, matrices = _weights(layers, positions)
    vectors |= {name.replace("_", "."): values for name, values in change.items()}
    header = _header(layers, positions)
    path.write_bytes(header + _tensors(vectors, matrices, len(header)))
    return path


def write_with_outlier(path: Path, size: float) -> Path:
    """Writes a model whose activation 5 is always `size` in layer 1, where its weights are zero."""
    vectors, matrices = _weights(LAYERS)
    vectors["l1.fi.b"][5] = size
    weights = np.frombuffer(bytearray(matrices["l1.fo.w"]), "u1").reshape(HIDDEN, -1)
    weights[:, 2 + 5] = weights[:, 2 + 5] & 0xF0 | 8
    path.write_bytes(
        _header(LAYERS)
        + _tensors(vectors, matrices | {"l1.fo.w": weights.tobytes()}, len(_header(LAYERS)))
    )
    return path


def reference(model: PackedModel, ids: list[int], layers: int = LAYERS) -> np.ndarray:
    """(hidden,) the unit vector of one text, as BERT's paper has it, with the exact GELU and no rounding."""
    weights = {name: blocks.floats().astype(np.float64) for name, blocks in model.matrices.items()}
    vectors = {name: values.astype(np.float64) for name, values in model.vectors.items()}

    def linear(x: np.ndarray, name: str) -> np.ndarray:
        return np.asarray(x @ weights[f"{name}.w"].T + vectors[f"{name}.b"])

    def normal(x: np.ndarray, name: str) -> np.ndarray:
        centred = x - x.mean(axis=1, keepdims=True)
        deviation = np.sqrt((centred**2).mean(axis=1, keepdims=True) + model.sizes.epsilon)
        return np.asarray(centred / deviation * vectors[f"{name}.w"] + vectors[f"{name}.b"])

    def heads(x: np.ndarray) -> np.ndarray:
        return x.reshape(len(ids), HEADS, -1).swapaxes(0, 1)

    place = vectors["emb.pos"].reshape(-1, HIDDEN)[: len(ids)] + vectors["emb.type"][:HIDDEN]
    x = normal(model.words.floats()[ids] + place, "emb.ln")
    for layer in (f"l{number}" for number in range(layers)):
        q, k, v = (heads(linear(x, f"{layer}.{part}")) for part in "qkv")
        scores = np.exp(q @ k.swapaxes(1, 2) / math.sqrt(HIDDEN // HEADS))
        attended = (
            (scores / scores.sum(axis=2, keepdims=True) @ v)
            .swapaxes(0, 1)
            .reshape(len(ids), HIDDEN)
        )
        x = normal(x + linear(attended, f"{layer}.ao"), f"{layer}.aln")
        x = normal(x + linear(exact_gelu(linear(x, f"{layer}.fi")), f"{layer}.fo"), f"{layer}.oln")
    mean = x.mean(axis=0)
    return np.asarray(mean / np.linalg.norm(mean))


exact_gelu: Callable[[np.ndarray], np.ndarray] = np.vectorize(
    lambda x: x * (1 + math.erf(x / math.sqrt(2))) / 2
)


def _header(layers: int, positions: int = POSITIONS) -> bytes:
    sizes = (HIDDEN, layers, HEADS, FEED, len(PIECES) + 2, positions, 2)
    encoded = [piece.encode() for piece in PIECES]
    text = b"".join(encoded)
    offsets = np.cumsum([0, *map(len, encoded)]).astype("<u4")
    scores = [
        0.0 if piece in (*SPECIAL, "<mask>") else -3 - 0.5 * (len(piece) - 1) for piece in PIECES
    ]
    forms = b"".join(
        struct.pack(f"<IB{len(form)}I", ord(letter), len(form), *map(ord, form))
        for letter, form in FORMS.items()
    )
    return b"".join(
        [
            b"E5S1" + struct.pack("<I7ifi", 1, *sizes, 1e-12, 32),
            struct.pack("<5iQ", len(PIECES), 0, 2, 1, 3, len(text)) + offsets.tobytes(),
            np.array(scores, "<f4").tobytes() + text,
            struct.pack("<iI", len(FORMS), len(forms)) + forms,
        ]
    )


def _tensors(vectors: Mapping[str, Floats], matrices: Mapping[str, bytes], start: int) -> bytes:
    entries = [
        (name, 0, values.size, values.astype("<f4").tobytes()) for name, values in vectors.items()
    ]
    entries += [(name, 1, len(data) // 18 * 32, data) for name, data in matrices.items()]
    offset = start + 4 + sum(2 + len(name) + 21 for name, *_ in entries)
    directory, body = struct.pack("<i", len(entries)), b""
    for name, kind, count, data in entries:
        directory += struct.pack("<H", len(name)) + name.encode()
        directory += struct.pack("<BIQQ", kind, count, offset + len(body), len(data))
        body += data
    return directory + body


def _weights(layers: int, positions: int = POSITIONS) -> tuple[dict[str, Floats], dict[str, bytes]]:
    random = np.random.default_rng(layers)

    def blocks(rows: int, columns: int) -> bytes:
        count = rows * columns // 32
        scales = random.uniform(0.01, 0.1, count).astype("<f2").view("u1").reshape(count, 2)
        return np.hstack([scales, random.integers(0, 256, (count, 16), np.uint8)]).tobytes()

    def floats(count: int) -> Floats:
        return random.normal(0, 0.2, count).astype(np.float32)

    vectors = {"emb.pos": floats(positions * HIDDEN), "emb.type": floats(2 * HIDDEN)}
    matrices = {"emb.word": blocks(len(PIECES) + 2, HIDDEN)}
    norms = ["emb.ln"]
    for layer in (f"l{number}" for number in range(layers)):
        for part, rows, columns in [
            *((p, HIDDEN, HIDDEN) for p in ("q", "k", "v", "ao")),
            ("fi", FEED, HIDDEN),
        ]:
            matrices[f"{layer}.{part}.w"], vectors[f"{layer}.{part}.b"] = (
                blocks(rows, columns),
                floats(rows),
            )
        matrices[f"{layer}.fo.w"], vectors[f"{layer}.fo.b"] = blocks(HIDDEN, FEED), floats(HIDDEN)
        norms += [f"{layer}.aln", f"{layer}.oln"]
    for norm in norms:
        vectors |= {f"{norm}.w": 1 + floats(HIDDEN), f"{norm}.b": floats(HIDDEN)}
    return vectors, matrices


def adapter(model: PackedModel) -> dict[str, Floats]:
    """Changes nothing of the encoder, and has heads at random."""
    random, hidden = np.random.default_rng(5), model.sizes.hidden
    made: dict[str, Floats] = {
        "span.bias": np.zeros(2, np.float32),
        "answer.bias": np.zeros(1, np.float32),
    }
    for head, rows in (("span", 2), ("answer", 1)):
        made[f"{head}.weight"] = random.normal(size=(rows, hidden)).astype(np.float32)
    for name, matrix in model.matrices.items():
        layer, part, _ = name.split(".")
        rows, columns = matrix.floats().shape
        place = f"layers.{layer[1:]}.{part}"
        made[f"{place}.bias"] = model.vectors[f"{layer}.{part}.b"]
        made[f"{place}.up"], made[f"{place}.down"] = (
            np.zeros((rows, 2), np.float32),
            np.ones((2, columns), np.float32),
        )
    for number in range(model.sizes.layers):
        for norm in ("aln", "oln"):
            for kind in ("weight", "bias"):
                made[f"layers.{number}.{norm}.{kind}"] = model.vectors[
                    f"l{number}.{norm}.{kind[0]}"
                ]
    return made
