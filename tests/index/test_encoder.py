"""Encoders by name and by folder: unit rows, identity, and errors that come at once."""

import json
import os
import shutil
import socket
import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pytest
from support.faults import reap, spawn, watch
from support.packed import HIDDEN, reference, write_packed
from tokenizers import Tokenizer

from bot.bench import torch_encoder, write_float_folder
from corpus.errors import EncoderUnavailable
from index.e5.convert import converted_folder
from index.e5.weights import read_packed_model
from index.encoder import TextEncoder, describe, fingerprint, is_bundled, load_encoder, probe
from index.retriever import Encoder, Vectors

pytestmark = pytest.mark.xdist_group(
    "sentence_transformers"
)  # takes seconds to import: in one process

TEXTS = ["城市", "", "城市治理", "ab a b" * 9, "市城市 1 é", "治理" * 30, "a"]
_ARTICLE = Path(__file__).parents[2] / "corpus/articles/gmw-2020-12-05-chengshi-zhili.txt"


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Two folders of the same small weights: `onnx`, and `float`, which is an ordinary BERT."""
    home = tmp_path_factory.mktemp("models")
    packed = write_packed(home / "small.bin")
    converted_folder(home / "cache", progress=False, packed=packed)[0].rename(home / "onnx")
    (home / "float").mkdir()
    write_float_folder(read_packed_model(packed), home / "float")
    return home


@pytest.fixture(scope="module", params=["onnx", "float"])
def encoder(request: pytest.FixtureRequest, home: Path) -> TextEncoder:
    return load_encoder(str(home / request.param))


@pytest.fixture
def no_network(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[object]]:
    calls: list[object] = []

    def refuse(*arguments: object, **_: object) -> None:
        calls.append(arguments)
        raise OSError("no network in tests")

    for name in ("connect", "connect_ex", "sendto"):
        monkeypatch.setattr(socket.socket, name, refuse)
    monkeypatch.setattr(socket, "getaddrinfo", refuse)
    yield calls


def test_rows_are_unit_float32_in_the_order_of_the_texts(encoder: TextEncoder) -> None:
    for encode in (encoder.encode_query, encoder.encode_document):
        rows = encode(TEXTS)
        assert rows.dtype == np.float32 and rows.shape == (len(TEXTS), HIDDEN)
        assert np.linalg.norm(rows, axis=1) == pytest.approx(1, abs=1e-6)
        for text, row in zip(TEXTS, rows, strict=True):
            assert encode([text])[0] @ row > 0.99999


def test_an_encoder_in_a_folder_did_not_come_with_the_program(encoder: TextEncoder) -> None:
    assert not is_bundled(encoder)
    assert not is_bundled(None)


def test_no_text_gives_no_row(encoder: TextEncoder) -> None:
    rows = encoder.encode_query([])
    assert rows.dtype == np.float32 and rows.shape == (0, HIDDEN)
    assert encoder.encode_document([]).shape == (0, HIDDEN)


def test_half_a_character_is_a_question_mark(encoder: TextEncoder) -> None:
    assert encoder.encode_query(["城\ud800市"])[0] @ encoder.encode_query(["城?市"])[0] > 0.99999


def test_threads_may_share_it(encoder: TextEncoder) -> None:
    alone = encoder.encode_query(TEXTS)
    with ThreadPoolExecutor(8) as pool:
        for rows in pool.map(lambda _: encoder.encode_query(TEXTS), range(16)):
            assert (rows * alone).sum(axis=1) == pytest.approx(1, abs=1e-5)


def test_both_forms_are_the_bert(home: Path, encoder: TextEncoder) -> None:
    model = read_packed_model(home / "small.bin")
    tokenizer = Tokenizer.from_file(str(home / "onnx/tokenizer.json"))
    prompt = encoder.prompts["document"]
    for text, row in zip(TEXTS, encoder.encode_document(TEXTS), strict=True):
        assert row @ reference(model, tokenizer.encode(prompt + text).ids) > 0.99


def test_the_float_form_is_exact(home: Path) -> None:
    model, encoder = read_packed_model(home / "small.bin"), load_encoder(str(home / "float"))
    ids = Tokenizer.from_file(str(home / "onnx/tokenizer.json")).encode("城市治理 ab").ids
    np.testing.assert_allclose(
        encoder.encode_query(["城市治理 ab"])[0], reference(model, ids), atol=1e-5
    )


def test_prompts_tell_questions_from_documents(home: Path) -> None:
    encoder = load_encoder(str(home / "onnx"))
    assert encoder.prompts == {"query": "query: ", "document": "passage: "}
    assert encoder.encode_query(["城市"])[0] @ encoder.encode_document(["城市"])[0] < 0.999


def test_a_model_keeps_its_fingerprint_wherever_it_lies(
    home: Path, encoder: TextEncoder, tmp_path: Path
) -> None:
    shutil.copytree(encoder.name, tmp_path / "moved")
    moved = load_encoder(str(tmp_path / "moved"))
    assert fingerprint(moved) == fingerprint(encoder)
    assert (moved.encode_query(TEXTS) == encoder.encode_query(TEXTS)).all()


def test_the_converted_folder_is_one_of_sentence_transformers(home: Path) -> None:
    """It opens there as well, with the same vectors."""
    from sentence_transformers import SentenceTransformer

    ours = load_encoder(str(home / "onnx"))
    theirs = SentenceTransformer(str(home / "onnx"), trust_remote_code=True, device="cpu")
    for texts in ([], ["城市"], TEXTS * 20):
        found = np.asarray(theirs.encode_query(texts)).reshape(-1, HIDDEN)
        np.testing.assert_allclose(found, ours.encode_query(texts), atol=1e-6)


def test_a_question_needs_no_torch_and_has_the_same_vector(home: Path) -> None:
    """As documents that are encoded by a SentenceTransformer, which many texts bring in."""
    before = load_encoder(str(home / "onnx"))
    after = load_encoder(str(home / "onnx"))
    after.encode_document(TEXTS * 9)
    assert (before.encode_query(TEXTS[:1]) == after.encode_query(TEXTS[:1])).all()
    assert fingerprint(before) == fingerprint(after)
    program = f"""
import sys
from index.encoder import fingerprint, load_encoder
encoder = load_encoder({str(home / "onnx")!r})
fingerprint(encoder), encoder.encode_query(["城市"])
assert "torch" not in sys.modules
encoder.encode_document(["城市"] * 9)
assert "sentence_transformers" in sys.modules
"""
    subprocess.run([sys.executable, "-c", program], check=True)


def test_fingerprints_differ_with_what_vectors_depend_on(home: Path, tmp_path: Path) -> None:
    forms = [load_encoder(str(home / form)) for form in ("onnx", "float")]
    shutil.copytree(home / "float", tmp_path / "prompted")
    prompts = {"prompts": {"query": "q: ", "document": ""}}
    (tmp_path / "prompted/config_sentence_transformers.json").write_text(json.dumps(prompts))
    forms.append(load_encoder(str(tmp_path / "prompted")))
    bias = np.ones(HIDDEN, np.float32)
    other = write_packed(tmp_path / "other.bin", l0_ao_b=bias)
    forms.append(
        load_encoder(str(converted_folder(tmp_path / "cache", progress=False, packed=other)[0]))
    )
    assert len({fingerprint(form) for form in forms}) == 4
    assert all(len(fingerprint(form)) == 16 and describe(form)["dim"] == HIDDEN for form in forms)


class Lengths:
    """Not a SentenceTransformer, yet an encoder."""

    def encode_query(self, sentences: list[str]) -> Vectors:
        return np.array([[len(sentence), 1] for sentence in sentences], np.float32)

    encode_document = encode_query


def test_any_encoder_can_be_probed_and_told_apart(encoder: TextEncoder) -> None:
    other: Encoder = Lengths()
    assert probe(encoder).shape == (3, HIDDEN)
    assert probe(other).shape == (3, 2)
    assert fingerprint(other) == fingerprint(Lengths()) != fingerprint(encoder)


@pytest.mark.parametrize(
    "name",
    ["intfloat/multilingual-e5-base", "no-such-model", "./nowhere", "/nowhere/at/all", "空 名"],
)
def test_a_missing_model_is_said_so_without_asking_the_network(
    no_network: list[object], name: str
) -> None:
    with pytest.raises(EncoderUnavailable) as raised:
        load_encoder(name)
    assert (
        name in raised.value.zh
        and name in raised.value.en
        and "multilingual-e5-small" in raised.value.en
    )
    assert not no_network


def test_a_folder_without_a_model_is_said_so(tmp_path: Path) -> None:
    (tmp_path / "readme.txt").write_text("nothing here")
    with pytest.raises(EncoderUnavailable, match=str(tmp_path)):
        load_encoder(str(tmp_path))


@pytest.mark.parametrize("form", ["onnx", "float"])
def test_a_damaged_folder_is_said_so(home: Path, tmp_path: Path, form: str) -> None:
    for name in sorted(os.listdir(home / form)):
        copy = tmp_path / name / "model"
        shutil.copytree(home / form, copy)
        data = (copy / name).read_bytes()
        (copy / name).write_bytes(data[: len(data) // 2])
        if name == "config_sentence_transformers.json":  # the prompts are known without it
            continue
        with pytest.raises(EncoderUnavailable, match=str(copy)):
            load_encoder(str(copy))


@pytest.mark.filterwarnings("ignore:.*fork:DeprecationWarning")
def test_the_default_is_checked_once_as_it_starts(tmp_path: Path) -> None:
    """Only the check opens these files from Python; the graph is read by its own library."""
    folder, _ = converted_folder(
        tmp_path, progress=False, packed=write_packed(tmp_path / "small.bin")
    )

    def load() -> None:
        opened: list[str] = []
        watch(folder, lambda event, path: opened.append(path.name))
        assert load_encoder(cache=tmp_path, threads=1).dim == HIDDEN
        assert [opened.count(name) for name in ("model.onnx", "model.onnx.data")] == [1, 1]

    assert reap(spawn(load)) == 0


def test_a_folder_that_brings_code_is_refused(home: Path, tmp_path: Path) -> None:
    shutil.copytree(home / "float", tmp_path / "model")
    (tmp_path / "model" / "evil.py").write_text("raise SystemExit('ran')")
    modules = [{"idx": 0, "name": "0", "path": "", "type": "evil.Module"}]
    (tmp_path / "model" / "modules.json").write_text(json.dumps(modules))
    with pytest.raises(EncoderUnavailable):
        load_encoder(str(tmp_path / "model"))


@pytest.mark.encoder
def test_the_default_is_near_its_weights_in_32_bits(no_network: list[object]) -> None:
    sentences = [s for s in _ARTICLE.read_text("utf-8").replace("\n", "。").split("。") if s][:24]
    odd = [
        "",
        "。",
        "😀",
        "www.gov.cn",
        "—— ——",
        "12345",
        "How does a smart city work?",
        "ＡＢＣ１２３",
        "臺北市政府",
    ]
    # The long one apart: torch pads the others of its batch to its length, and takes eight times as long.
    batches = [*sentences, *odd], ["".join(sentences * 3)[:1500]]
    default, exact = load_encoder(progress=False), torch_encoder()
    for ours, theirs in [
        (default.encode_query, exact.encode_query),
        (default.encode_document, exact.encode_document),
    ]:
        cosines = np.concatenate([(ours(texts) * theirs(texts)).sum(axis=1) for texts in batches])
        assert len(cosines) == 34
        assert cosines.min() > 0.99 and cosines.mean() > 0.997
    assert not no_network
    assert (default.dim, default.name) == (384, "multilingual-e5-small")


@pytest.mark.encoder
def test_the_default_finds_the_sentence_that_answers() -> None:
    encoder = load_encoder(progress=False)
    documents = [
        "垃圾分类由街道负责。",
        "公园晚上十点关门。",
        "12345热线全天受理市民诉求。",
        "地铁票价三元起。",
    ]
    questions = ["哪个部门管垃圾分类？", "公园几点关门？", "投诉打什么电话？", "坐地铁要多少钱？"]
    scores = encoder.encode_query(questions) @ encoder.encode_document(documents).T
    assert scores.argmax(axis=1).tolist() == [0, 1, 2, 3]
