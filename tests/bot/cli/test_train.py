"""`chengwen train reader`, on the real encoder for two steps."""

import hashlib
import json
from pathlib import Path

import numpy as np
import pytest

from bot.cli.__main__ import main
from bot.cli.train import shortened
from bot.reader import network_weights
from bot.reader.network_weights import read_adapter, write_adapter
from bot.training.data import Sample
from bot.training.served.kept import Origin, ServedWindows
from bot.training.trainer import Recipe, between

SET = Path(__file__).parents[2] / "data" / "hard.jsonl"


def test_fewer_steps_warm_up_and_cool_down_in_like_shares() -> None:
    recipe = shortened(Recipe(steps=1000, warmup=100, cooldown=250), 40)
    assert (recipe.steps, recipe.warmup, recipe.cooldown) == (40, 4, 10)
    assert shortened(Recipe(steps=1000, warmup=100, cooldown=250), 1).rate(0) == 1.0


def test_between_two_networks_lies_their_weighted_mean() -> None:
    made, begun = {"a": np.array([1, 2], np.float32)}, {"a": np.array([5, 2], np.float32)}
    found = between(made, begun, 0.25)["a"]
    assert found.tolist() == [2, 2] and found.dtype == np.float32


@pytest.mark.encoder
def test_weights_and_their_card(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    command = ["train", "reader", str(SET), "--steps", "2", "--output", str(tmp_path)]
    assert main(command) == 0
    assert capsys.readouterr().out.strip() == str(tmp_path / "reader.safetensors")
    tensors, scale = read_adapter(tmp_path / "reader.safetensors")
    assert tensors["layers.11.fo.up"].shape == (384, 32) and scale == 2.0
    # So early an average is nearly what training has come to; the heads have moved, the adapter has begun to.
    assert 0 < abs(tensors["layers.0.q.up"]).max() < 0.01
    card = (tmp_path / "CARD.md").read_text("utf-8")
    assert "chengwen train reader hard.jsonl --steps 2" in card and "| steps | 2 |" in card
    assert json.loads((tmp_path / "recipe.json").read_text())["steps"] == 2

    made = (tmp_path / "reader.safetensors").read_bytes()
    assert main(command) == 0
    assert (tmp_path / "reader.safetensors").read_bytes() == made
    assert main([*command[:-4], "--steps", "3", "--output", str(tmp_path)]) == 2
    assert "目录" in capsys.readouterr().err


@pytest.mark.encoder
def test_it_begins_with_trained_weights(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    command = [
        "train",
        "reader",
        str(SET),
        str(SET),
        "--from",
        str(network_weights.WEIGHTS),
        "--steps",
        "1",
    ]
    assert main([*command, "--output", str(tmp_path / "out")]) == 0
    begun, made = (
        read_adapter(network_weights.WEIGHTS)[0],
        read_adapter(tmp_path / "out" / "reader.safetensors")[0],
    )
    assert all(abs(made[name] - begun[name]).max() < 0.02 for name in begun)
    card = (tmp_path / "out" / "CARD.md").read_text("utf-8")
    assert "chengwen train reader hard.jsonl hard.jsonl --from reader.safetensors --steps 1" in card
    assert (
        hashlib.sha256(network_weights.WEIGHTS.read_bytes()).hexdigest() in card
        and card.count("| hard |") == 1
    )

    write_adapter({"span.bias": np.zeros(2, np.float32)}, 2.0, tmp_path / "other.safetensors")
    command[5] = str(tmp_path / "other.safetensors")
    assert main([*command, "--output", str(tmp_path / "none")]) == 2
    assert "不是这种网络的权重" in capsys.readouterr().err


def _windows(path: Path) -> str:
    """A file of four windows of two kinds of text."""
    sample = Sample(np.array([0, 6, 5, 2, 2, 7, 8, 2], np.int32), 5, 6)
    none = Sample(np.array([0, 6, 5, 2, 2, 9, 2], np.int32), 0, 0)
    origins = (("cmrc", "squad"), ("cmrc", "squad"), ("laws", "fines"), ("laws", "swaps"))
    ServedWindows(
        (sample, none, sample, none),
        tuple(Origin(source, maker, "d") for source, maker in origins),
        7,
        {"laws": "0123456789abcdef"},
    ).save(path)
    return str(path)


@pytest.mark.encoder
def test_windows_as_served_are_trained_on_and_told_on_the_card(tmp_path: Path) -> None:
    windows = _windows(tmp_path / "served.npz")
    command = ["train", "reader", str(SET), "--served", windows, "--steps", "2"]
    for folder, more in (
        ("all", ["--precision", "bf16"]),
        ("left", ["--leave-out", "regulations"]),
    ):
        assert main([*command, *more, "--output", str(tmp_path / folder)]) == 0
    card = (tmp_path / "all" / "CARD.md").read_text("utf-8")
    assert "hard.jsonl --served served.npz --precision bf16 --steps 2" in card
    assert "| regulations | laws | 1 | 0 | 0.250 |" in card
    assert "| swaps | laws | 0 | 1 | 0.250 |" in card and "| laws | 0123456789abcdef |" in card
    digest = hashlib.sha256((tmp_path / "served.npz").read_bytes()).hexdigest()
    assert f"| windows | {digest} |" in card
    card = (tmp_path / "left" / "CARD.md").read_text("utf-8")
    assert "--leave-out regulations" in card
    assert "| encyclopaedia | cmrc | 1 | 1 | 1.000 |" in card and "| laws | 1 |" not in card


@pytest.mark.encoder
def test_no_windows_are_refused(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    windows = _windows(tmp_path / "served.npz")
    command = ["train", "reader", str(SET), "--served", windows, "--output", str(tmp_path / "out")]
    left = ["--leave-out", "regulations", "--leave-out", "encyclopaedia"]
    assert main([*command, *left]) == 2
    assert "没有可用于训练的窗口" in capsys.readouterr().err
    assert main([*command[:4], str(SET), *command[5:]]) == 2
    assert "不是训练窗口的文件" in capsys.readouterr().err


@pytest.mark.encoder
def test_a_set_without_answers_is_refused(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    row = {
        "id": "a",
        "kind": "absent",
        "question": "月球上有几个人",
        "gold": [],
        "answers": [],
        "outcome": "absent",
    }
    (tmp_path / "none.jsonl").write_text(json.dumps(row, ensure_ascii=False) + "\n", "utf-8")
    assert (
        main(["train", "reader", str(tmp_path / "none.jsonl"), "--output", str(tmp_path / "out")])
        == 2
    )
    assert "没有可用于训练的问题" in capsys.readouterr().err


@pytest.mark.encoder
def test_the_weights_in_the_repository_read(capsys: pytest.CaptureFixture[str]) -> None:
    asked = "成都每年给社区投多少钱？"
    assert main(["ask", asked, "--set", "reader=neural", "--json"]) == 0
    answer = json.loads(capsys.readouterr().out)
    assert (answer["short_answer"], answer["reader"], answer["notices"]) == ("15个亿", "neural", [])
    assert answer["milliseconds"]["read"] > 0
    card = Path(network_weights.__file__).with_name("CARD.md").read_text("utf-8")
    assert hashlib.sha256(network_weights.WEIGHTS.read_bytes()).hexdigest() in card
