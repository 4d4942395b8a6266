"""Outliers are found by hand-made ones."""

from pathlib import Path

import numpy as np
import pytest
from support.packed import FEED, HIDDEN, LAYERS, exact_gelu, write_packed

from index.e5.graph import first_token_peaks, gelu
from index.e5.weights import Floats, read_packed_model


def test_gelu_is_near_the_exact_one() -> None:
    values = np.linspace(-6, 40, 500, dtype=np.float32)
    assert np.abs(gelu(values) - exact_gelu(values)).max() < 5e-4
    assert gelu(np.zeros(1, np.float32)).tolist() == [0]


def one(size: int, value: float) -> Floats:
    values = np.zeros(size, np.float32)
    values[5] = value
    return values


# Biases so large that what the weights add is lost in rounding up to a power of two.
@pytest.mark.parametrize(("bias", "peak"), [(1000.0, 256), (500.0, 128), (0.0, 1)])
def test_an_activation_above_the_ordinary_4(tmp_path: Path, bias: float, peak: int) -> None:
    peaks = first_token_peaks(
        read_packed_model(write_packed(tmp_path / "small.bin", l1_fi_b=one(FEED, bias)))
    )
    assert [layer.activations.shape for layer in peaks] == [(FEED,)] * LAYERS
    assert peaks[1].activations[5] == peak
    assert np.delete(peaks[1].activations, 5).max() <= 2


@pytest.mark.parametrize(("bias", "peak"), [(1000.0, 128), (-1000.0, 128), (500.0, 64), (0.0, 1)])
def test_a_state_above_the_ordinary_8_on_either_side(
    tmp_path: Path, bias: float, peak: int
) -> None:
    peaks = first_token_peaks(
        read_packed_model(write_packed(tmp_path / "small.bin", l1_aln_b=one(HIDDEN, bias)))
    )
    assert peaks[1].states.tolist() == [1.0] * 5 + [peak] + [1.0] * (HIDDEN - 6)


def test_dividing_by_a_peak_loses_nothing(tmp_path: Path) -> None:
    for peaks in first_token_peaks(read_packed_model(write_packed(tmp_path / "small.bin"))):
        for powers in (peaks.states, peaks.activations):
            assert (np.log2(powers) % 1 == 0).all() and powers.min() >= 1
