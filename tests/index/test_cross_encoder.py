"""A CrossEncoder in a folder, a very small one: its scores, and the folders that have none."""

import json
import shutil
import sys
from concurrent.futures import ThreadPoolExecutor
from importlib import import_module
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from corpus.errors import EncoderUnavailable
from index.cross_encoder import LocalReranker

pytestmark = pytest.mark.xdist_group(
    "sentence_transformers"
)  # takes seconds to import: in one process

WORDS = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", *"城市治理垃圾分类公园开放"]


def write_model(folder: Path, labels: int) -> Path:
    """A BERT of random weights, with a vocabulary of some characters."""
    import torch

    # Its names are made as they are asked for.
    transformers: Any = import_module("transformers")
    folder.mkdir()
    (folder / "vocab.txt").write_text("\n".join(dict.fromkeys(WORDS)), "utf-8")
    torch.manual_seed(1)
    config = transformers.BertConfig(
        vocab_size=len(WORDS),
        hidden_size=16,
        num_hidden_layers=1,
        num_attention_heads=2,
        intermediate_size=16,
        num_labels=labels,
    )
    transformers.BertForSequenceClassification(config).save_pretrained(folder)
    transformers.BertTokenizerFast(vocab_file=str(folder / "vocab.txt")).save_pretrained(folder)
    return folder


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_model(tmp_path_factory.mktemp("rerankers") / "small", 1)


def test_scores_belong_to_their_texts(folder: Path) -> None:
    reranker = LocalReranker(str(folder))
    texts = ["公园开放", "垃圾分类", "城市治理", "", "公园开放" * 500]
    scores = reranker.scores("公园", texts)
    assert scores.dtype == np.float32 and scores.shape == (5,)
    for text, score in zip(texts, scores, strict=True):
        assert reranker.scores("公园", [text])[0] == pytest.approx(score, abs=1e-5)
    assert len(set(scores.tolist())) > 1
    assert reranker.scores("公园", []).shape == (0,)
    assert reranker.name == str(folder)


def test_threads_share_it(folder: Path) -> None:
    reranker = LocalReranker(str(folder))
    with ThreadPoolExecutor(4) as threads:
        many = list(threads.map(lambda _: reranker.scores("公园", ["垃圾分类", "公园"]), range(8)))
    assert all(np.allclose(scores, many[0]) for scores in many)


def test_what_is_no_reranker_is_refused(folder: Path, tmp_path: Path) -> None:
    nowhere = tmp_path / "none"
    damaged = tmp_path / "damaged"
    shutil.copytree(folder, damaged)
    (damaged / "model.safetensors").write_bytes(b"no weights")
    other = tmp_path / "other"
    other.mkdir()
    (other / "config.json").write_text(json.dumps({"model_type": "no such type"}))
    for place in (nowhere, damaged, other):
        with pytest.raises(EncoderUnavailable) as caught:
            LocalReranker(str(place))
        assert str(place) in caught.value.zh and "reranker.name" in caught.value.en
    with pytest.raises(EncoderUnavailable, match="3"):
        LocalReranker(str(write_model(tmp_path / "three", 3)))


def test_without_its_libraries_it_says_what_to_install(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "sentence_transformers", None)
    with pytest.raises(EncoderUnavailable, match="pip install torch sentence-transformers"):
        LocalReranker(str(folder))
