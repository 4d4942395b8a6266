"""E5S1 is read bit by bit."""

import struct
from pathlib import Path

import numpy as np
import pytest
from support.packed import FEED, FORMS, HIDDEN, LAYERS, PIECES, POSITIONS, write_packed

from index.e5.weights import Q4_0, Blocks, Sizes, read_packed_model


def test_a_block_worked_by_hand() -> None:
    # Scale 0.5 is 0x3800. Byte j holds weight j in its low nibble and weight 16 + j in its high one:
    # low nibbles 0, 1, ... 15 are -8, ... 7 times 0.5; high nibbles 15, 14, ... 0 are 7, ... -8 times 0.5.
    data = bytes([0x00, 0x38, *(low | (15 - low) << 4 for low in range(16))])
    block = np.frombuffer(data, Q4_0).reshape(1, 1)
    blocks = Blocks(block["scale"], block["packed"])
    assert blocks.nibbles().tolist() == [[*range(16), *reversed(range(16))]]
    assert blocks.floats().tolist() == [
        [*(n / 2 for n in range(-8, 8)), *(n / 2 for n in range(7, -9, -1))]
    ]


def test_every_block_of_a_row_has_its_own_scale() -> None:
    rows = np.frombuffer(
        b"".join(struct.pack("<e16B", scale, *[0x79] * 16) for scale in (1.0, 2.0, 3.0, 4.0)), Q4_0
    ).reshape(2, 2)
    floats = Blocks(rows["scale"], rows["packed"]).floats()
    assert floats.dtype == np.float32
    assert floats[0].tolist() == [1.0] * 16 + [-1.0] * 16 + [2.0] * 16 + [-2.0] * 16
    assert floats[1].tolist() == [3.0] * 16 + [-3.0] * 16 + [4.0] * 16 + [-4.0] * 16


def test_a_whole_file(tmp_path: Path) -> None:
    model = read_packed_model(write_packed(tmp_path / "small.bin"))
    assert model.sizes == Sizes(
        HIDDEN, LAYERS, 2, FEED, len(PIECES) + 2, POSITIONS, 2, float(np.float32(1e-12))
    )
    assert model.pieces.texts == PIECES
    assert (model.pieces.bos, model.pieces.pad, model.pieces.eos, model.pieces.unk) == (0, 1, 2, 3)
    assert model.pieces.scores[PIECES.index("城市")] == -3.5
    assert model.pieces.normal_forms == FORMS
    assert model.words.floats().shape == (len(PIECES) + 2, HIDDEN)
    assert model.matrices["l1.fi.w"].floats().shape == (FEED, HIDDEN)
    assert model.matrices["l1.fo.w"].floats().shape == (HIDDEN, FEED)
    assert model.vectors["l1.fi.b"].shape == (FEED,)


def test_vectors_are_read_as_written(tmp_path: Path) -> None:
    bias = np.linspace(-1, 1, FEED, dtype=np.float32)
    model = read_packed_model(write_packed(tmp_path / "small.bin", l0_fi_b=bias))
    assert model.vectors["l0.fi.b"].tolist() == bias.tolist()


@pytest.mark.parametrize("share", [0.0, 0.001, 0.01, 0.05, 0.3, 0.9, 0.9999])
def test_a_file_cut_short_is_refused(tmp_path: Path, share: float) -> None:
    path = write_packed(tmp_path / "small.bin")
    data = path.read_bytes()
    path.write_bytes(data[: int(len(data) * share)])
    with pytest.raises(ValueError, match=r"small\.bin"):
        read_packed_model(path)


def test_another_format_is_refused(tmp_path: Path) -> None:
    path = write_packed(tmp_path / "small.bin")
    path.write_bytes(b"GGUF" + path.read_bytes()[4:])
    with pytest.raises(ValueError, match="E5S1"):
        read_packed_model(path)
