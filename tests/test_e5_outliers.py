"""Outliers are found by hand-made ones."""

from pathlib import Path

import numpy as np
import pytest
from packed import FEED, LAYERS, exact_gelu, write_packed

from index.e5.outliers import first_token_peaks, gelu
from index.e5.weights import read_packed_model


def test_gelu_is_near_the_exact_one() -> None:
    values = np.linspace(-6, 40, 500, dtype=np.float32)
    assert np.abs(gelu(values) - exact_gelu(values)).max() < 5e-4
    assert gelu(np.zeros(1, np.float32)).tolist() == [0]


@pytest.mark.parametrize(("bias", "peak"), [(1000.0, 256), (500.0, 128), (0.0, 1)])
def test_an_activation_far_above_the_rest_is_divided_by_a_power_of_two(tmp_path: Path, bias: float, peak: int) -> None:
    # 1000 / 4 = 250 is rounded up to 256, 500 / 4 = 125 to 128; what the weights add is far less.
    biases = np.zeros(FEED, np.float32)
    biases[5] = bias
    model = read_packed_model(write_packed(tmp_path / "small.bin", l1_fi_b=biases))
    peaks = first_token_peaks(model)
    assert len(peaks) == LAYERS
    assert peaks[1][5] == peak
    assert np.delete(peaks[1], 5).max() <= 2
    assert all((np.log2(layer) % 1 == 0).all() and layer.min() == 1 for layer in peaks)
