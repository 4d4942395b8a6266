"""An encoder in another program: unit rows in the order of the texts, its identity, and what it may do wrong."""

import json
from collections.abc import Iterable
from typing import Any

import numpy as np
import pytest
from support.model_servers import bigram_vector, embedding
from support.scripted_model import (
    Exchange,
    Script,
    Step,
    answer_in_full,
    failing,
    html,
    in_turn,
    refusing,
    scripted_model,
)

from corpus.errors import EncoderUnavailable
from index.encoder import describe, fingerprint, is_bundled
from index.remote.embeddings import BATCH, SMALL_BATCH, RemoteEncoder, read_vectors
from index.remote.failures import ServerFailed
from index.remote.server import Server

PATIENT = 60.0


def encoder(url: str, model: str = "bge-m3") -> RemoteEncoder:
    return RemoteEncoder(Server("encoder.url", url, "sk-1"), model, PATIENT)


def test_rows_are_unit_float32_in_the_order_of_the_texts() -> None:
    texts = [f"第{number}个城市" for number in range(3 * BATCH + 1)]
    with scripted_model(embedding()) as server:
        remote = encoder(server.url)
        for encode in (remote.encode_query, remote.encode_document):
            rows = encode(texts)
            assert rows.dtype == np.float32 and rows.shape == (len(texts), 8)
            assert np.linalg.norm(rows, axis=1) == pytest.approx(1, abs=1e-6)
            for text, row in zip(texts, rows, strict=True):
                assert row @ np.array(bigram_vector(text)) / np.linalg.norm(
                    bigram_vector(text)
                ) == pytest.approx(1, abs=1e-6)
        assert server.exchanges[1].body == {
            "model": "bge-m3",
            "input": texts[:BATCH],
            "encoding_format": "float",
        }
        remote.close()


def test_no_text_gives_no_row_and_an_empty_one_gives_one() -> None:
    with scripted_model(embedding()) as server:
        remote = encoder(server.url)
        assert remote.encode_query([]).shape == (0, 8)
        assert remote.encode_document(["", "城市"]).shape == (2, 8)
        assert server.exchanges[-1].body["input"] == [" ", "城市"]
        remote.close()


def test_a_server_that_takes_fewer_texts_gets_fewer() -> None:
    with scripted_model(embedding(most=SMALL_BATCH)) as server:
        remote = encoder(server.url)
        texts = [f"第{number}个城市" for number in range(25)]
        assert remote.encode_document(texts).shape == (25, 8)
        assert [len(exchange.body["input"]) for exchange in server.exchanges] == [1, 25, 10, 10, 5]
        # It is not tried again.
        remote.encode_document(texts)
        assert len(server.exchanges[5].body["input"]) == 10
        remote.close()
    with scripted_model(embedding(most=SMALL_BATCH - 1)) as server:
        remote = encoder(server.url)
        with pytest.raises(ServerFailed):
            remote.encode_document(texts)
        remote.close()


def test_a_row_of_zeros_stays_one() -> None:
    with scripted_model(embedding(lambda text: [0.0, 0.0])) as server:
        remote = encoder(server.url)
        assert not remote.encode_query(["城市"]).any()
        remote.close()


def test_its_identity_is_its_name_and_its_width_wherever_it_is() -> None:
    def widths(url: str, model: str) -> str:
        remote = encoder(url, model)
        remote.close()
        assert not is_bundled(remote)
        assert describe(remote)["dim"] == remote.dim
        return fingerprint(remote)

    with scripted_model(embedding()) as here, scripted_model(embedding()) as there:
        assert widths(here.url, "bge-m3") == widths(there.url, "bge-m3")
        assert widths(here.url, "bge-m3") != widths(here.url, "bge-m4")
        there.script = embedding(lambda text: bigram_vector(text, 16))
        assert widths(here.url, "bge-m3") != widths(there.url, "bge-m3")


def answers(data: Any) -> Script:
    return answer_in_full(200, json.dumps({"object": "list", "data": data}).encode())


@pytest.mark.parametrize(
    "script",
    [
        answers([]),
        answers([{"index": 0}]),
        answers([{"index": 0, "embedding": []}]),
        answers([{"index": 0, "embedding": "AACAPw=="}]),
        answers([{"index": 0, "embedding": [1.0, None]}]),
        answers([{"index": 0, "embedding": [1.0, float("nan")]}]),
        answers([{"index": 0, "embedding": [1.0, 1e39]}]),
        answers([{"index": 0, "embedding": [[1.0]]}]),
        answers([{"index": 1, "embedding": [1.0]}]),
        answers([{"index": "0", "embedding": [1.0]}]),
        answers([{"index": 0, "embedding": [1.0]}] * 2),
        answers({"0": [1.0]}),
        answers([[1.0]]),
        html(),
        failing(401),
        failing(500),
    ],
)
def test_what_is_no_vector_is_no_encoder(script: Script) -> None:
    with scripted_model(script) as server:
        with pytest.raises(EncoderUnavailable) as caught:
            encoder(server.url)
        assert "encoder.url" in caught.value.zh and server.url in caught.value.en
        assert "sk-1" not in repr(caught.value)
    with refusing() as url, pytest.raises(EncoderUnavailable):
        encoder(url)


def test_vectors_of_another_width_are_refused() -> None:
    """The server has begun to serve another model under the same name."""
    with scripted_model(in_turn(embedding(), embedding(lambda text: [1.0, 0.0]))) as server:
        remote = encoder(server.url)
        with pytest.raises(ServerFailed) as caught:
            remote.encode_query(["城市"])
        assert caught.value.kind == "garbage"
        remote.close()


def test_one_vector_too_few_is_noticed() -> None:
    def without_last(exchange: Exchange) -> Iterable[Step]:
        count = len(exchange.body["input"])
        data = [{"index": index, "embedding": [1.0]} for index in range(max(1, count - 1))]
        return answers(data)(exchange)

    with scripted_model(without_last) as server:
        remote = encoder(server.url)
        with pytest.raises(ServerFailed):
            remote.encode_document(["甲", "乙"])
        remote.close()


def test_servers_without_an_index_keep_the_order() -> None:
    vectors = read_vectors({"data": [{"embedding": [1, 0]}, {"embedding": [0, 2]}]}, 2)
    assert vectors is not None and vectors.tolist() == [[1, 0], [0, 2]]
