"""The graph against the same BERT in numpy."""

from pathlib import Path

import numpy as np
import onnxruntime
import pytest
from support.packed import (
    FEED,
    HIDDEN,
    PIECES,
    POSITIONS,
    reference,
    write_packed,
    write_with_outlier,
)

from index.e5.graph import round_columns, write_graph
from index.e5.weights import Blocks, PackedModel, read_packed_model


def draw(packed: Path) -> tuple[PackedModel, onnxruntime.InferenceSession]:
    model, folder = read_packed_model(packed), packed.parent
    steps: list[None] = []
    write_graph(model, folder / "model.onnx", lambda: steps.append(None))
    assert len(steps) == model.sizes.layers
    return model, onnxruntime.InferenceSession(
        folder / "model.onnx", providers=["CPUExecutionProvider"]
    )


def run(session: onnxruntime.InferenceSession, ids: list[int]) -> np.ndarray:
    (vector,) = session.run(None, {"input_ids": np.array([ids], np.int64)})[0]
    return np.asarray(vector)


def texts(count: int) -> list[list[int]]:
    random = np.random.default_rng(1)
    return [
        [0, *random.integers(0, len(PIECES), random.integers(POSITIONS - 2)).tolist(), 2]
        for _ in range(count)
    ]


def test_embeddings_stay_exact_in_4_bits(tmp_path: Path) -> None:
    model, session = draw(write_packed(tmp_path / "small.bin", layers=0))
    for ids in texts(50):
        np.testing.assert_allclose(run(session, ids), reference(model, ids, layers=0), atol=1e-6)


def test_vectors_are_those_of_the_bert(tmp_path: Path) -> None:
    model, session = draw(write_packed(tmp_path / "small.bin"))
    rows = np.array([run(session, ids) for ids in texts(50)])
    cosines = [row @ reference(model, ids) for row, ids in zip(rows, texts(50), strict=True)]
    assert rows.shape == (50, HIDDEN)
    assert np.linalg.norm(rows, axis=1) == pytest.approx(1, abs=1e-6)
    assert min(cosines) > 0.99 and np.mean(cosines) > 0.999


def test_an_outlier_does_not_spoil_the_rounding_of_the_rest(tmp_path: Path) -> None:
    # In steps of 5000 / 255 = 20, all other activations would be nothing.
    model, session = draw(write_with_outlier(tmp_path / "small.bin", 5000))
    assert min(run(session, ids) @ reference(model, ids) for ids in texts(50)) > 0.99


def test_texts_of_one_length_may_go_together(tmp_path: Path) -> None:
    model, session = draw(write_packed(tmp_path / "small.bin"))
    ids = [[0, 5, 6, 2], [0, 7, 8, 2]]
    rows = session.run(None, {"input_ids": np.array(ids, np.int64)})[0]
    assert all(row @ reference(model, one) > 0.99 for row, one in zip(rows, ids, strict=True))


def test_weights_lie_beside_the_graph_for_all_to_read(tmp_path: Path) -> None:
    draw(write_packed(tmp_path / "small.bin"))
    graph, weights = tmp_path / "model.onnx", tmp_path / "model.onnx.data"
    assert graph.stat().st_mode == weights.stat().st_mode
    assert graph.stat().st_size < weights.stat().st_size


def test_columns_are_rounded_to_7_bits(tmp_path: Path) -> None:
    model = read_packed_model(write_packed(tmp_path / "small.bin"))
    blocks = model.matrices["l0.fi.w"]
    rounded, scales = round_columns(blocks)
    assert rounded.dtype == np.int8 and rounded.shape == (HIDDEN, FEED) and scales.shape == (FEED,)
    assert np.abs(rounded).max(axis=0).tolist() == [63] * FEED
    assert (np.abs(rounded * scales - blocks.floats().T) <= scales / 2 + 1e-7).all()


def test_a_column_of_zeros_has_a_scale() -> None:
    blocks = Blocks(np.zeros((1, 1), np.float16), np.zeros((1, 1, 16), np.uint8))
    rounded, scales = round_columns(blocks)
    assert not rounded.any() and scales[0] > 0
