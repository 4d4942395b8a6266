"""The module gives each text its own vector, however texts are put together."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pytest
from support.packed import HIDDEN, POSITIONS, reference, write_packed

from index.e5.convert import converted_folder
from index.e5.onnx_model import OnnxModel
from index.e5.weights import read_packed_model

if TYPE_CHECKING:
    from index.e5.model import OnnxModule

pytestmark = pytest.mark.xdist_group(
    "sentence_transformers"
)  # takes seconds to import: in one process

TEXTS = ["城市", "", "城市治理", "ab a b" * 9, "市城市 1 é", "治理" * 30, "a"]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("module")
    return converted_folder(
        folder / "cache", progress=False, packed=write_packed(folder / "small.bin")
    )[0]


@pytest.fixture(scope="module")
def module(folder: Path) -> OnnxModule:
    from index.e5.model import OnnxModule  # with torch: seconds that no other process need spend

    return OnnxModule(OnnxModel(folder, threads=2))


def vectors(module: OnnxModule, texts: list[str], prompt: str | None = None) -> np.ndarray:
    rows: np.ndarray = module.forward(module.preprocess(texts, prompt=prompt))[
        "sentence_embedding"
    ].numpy()
    return rows


def test_texts_are_padded_under_a_mask_and_cut(module: OnnxModule) -> None:
    features = module.preprocess(TEXTS)
    ids, mask = features["input_ids"], features["attention_mask"]
    assert ids.shape == mask.shape == (len(TEXTS), POSITIONS)
    assert (ids[mask == 0] == 1).all()
    assert mask.sum(dim=1).tolist() == [len(module.tokenizer.encode(text).ids) for text in TEXTS]
    assert ids[5].tolist() == [0, 4, *[8] * (POSITIONS - 3), 2]


def test_a_vector_does_not_depend_on_its_neighbours(module: OnnxModule) -> None:
    together = vectors(module, TEXTS)
    assert together.dtype == np.float32
    assert (together == np.concatenate([vectors(module, [text]) for text in TEXTS])).all()
    assert (together[::-1] == vectors(module, TEXTS[::-1])).all()


def test_vectors_are_those_of_the_bert(tmp_path: Path, module: OnnxModule) -> None:
    model = read_packed_model(write_packed(tmp_path / "small.bin"))
    for text, vector in zip(TEXTS, vectors(module, TEXTS), strict=True):
        assert vector @ reference(model, module.tokenizer.encode(text).ids) > 0.99


def test_a_prompt_is_put_before_each_text(module: OnnxModule) -> None:
    assert (
        vectors(module, ["城市", "a"], "query: ") == vectors(module, ["query: 城市", "query: a"])
    ).all()


def test_threads_may_share_it(module: OnnxModule) -> None:
    alone = vectors(module, TEXTS)
    with ThreadPoolExecutor(8) as pool:
        for rows in pool.map(lambda _: vectors(module, TEXTS), range(32)):
            assert (rows == alone).all()


def test_a_copy_is_the_same(tmp_path: Path, module: OnnxModule) -> None:
    module.save(str(tmp_path))
    copy = type(module).load(str(tmp_path))
    assert copy.facts == module.facts
    assert copy.get_embedding_dimension() == HIDDEN
    assert (vectors(copy, TEXTS) == vectors(module, TEXTS)).all()


def test_a_damaged_copy_is_refused(tmp_path: Path, module: OnnxModule) -> None:
    module.save(str(tmp_path))
    with (tmp_path / "model.onnx.data").open("r+b") as file:
        file.write(b"?")
    with pytest.raises(ValueError, match=r"model\.onnx\.data has changed"):
        type(module)(OnnxModel(tmp_path))
