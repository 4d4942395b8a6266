"""An index whose vectors come from another program: built, opened, refused, and answered without it."""

import json
import logging
from collections.abc import Iterator
from pathlib import Path

import pytest
from support.model_servers import bigram_vector, embedding
from support.scripted_model import ScriptedModel, failing, scripted_model

from bot.index_build import OpenIndex, find_encoder, open_index
from bot.index_location import variant_of
from bot.live import Live, Watch
from bot.service import WORDS_ONLY_NOTICE, Service
from bot.settings import Settings, load_settings
from corpus import IndexForeign, UsageError
from index.remote import breaker, retries

QUESTION = "谁指挥交通？"


@pytest.fixture(autouse=True)
def short_waits(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(retries, "FIRST_WAIT", 0.01)


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CHENGWEN_HOME", str(tmp_path / "home"))


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    corpus = tmp_path / "corpus"
    corpus.mkdir()
    (corpus / "a.txt").write_text("垃圾分类\n\n垃圾分类要靠居民自觉，也要靠社区引导。\n", "utf-8")
    (corpus / "b.txt").write_text("城市大脑\n\n城市大脑指挥交通，车流更加顺畅。\n", "utf-8")
    return corpus


@pytest.fixture
def server() -> Iterator[ScriptedModel]:
    with scripted_model(embedding(lambda text: bigram_vector(text, 64))) as model:
        yield model


def remote(server: ScriptedModel, model: str = "bge-m3") -> Settings:
    named = [f"encoder.url={server.url}", f"encoder.model={model}"]
    return load_settings([*named, "encoder.seconds=60", "reader=rules", "refusal=off"], {})


def opened(settings: Settings, folder: Path, index: Path | None = None) -> OpenIndex:
    return open_index(settings, folder, index, progress=False)


def test_an_index_is_built_and_answered_with_its_vectors(
    server: ScriptedModel, folder: Path
) -> None:
    first = opened(remote(server), folder)
    assert first.identity["encoder"] == "bge-m3" and not first.notices
    dense = first.snapshot.dense
    assert dense is not None and dense.vector(QUESTION).shape == (64,)
    answer = first.service(remote(server)).answer(QUESTION)
    assert "城市大脑" in answer.text and not answer.notices
    assert answer.index["encoder"] == "bge-m3"


def test_what_is_encoded_is_not_encoded_again(server: ScriptedModel, folder: Path) -> None:
    opened(remote(server), folder)
    asked = len(server.exchanges)
    again = opened(remote(server), folder)
    # Its width, and twice its probe: for the fingerprint of the index, and for what it gives today.
    assert len(server.exchanges) - asked <= 3
    assert again.snapshot.dense is not None


def test_the_same_model_elsewhere_has_the_same_index(server: ScriptedModel, folder: Path) -> None:
    here = opened(remote(server), folder)
    with scripted_model(server.script) as moved:
        there = opened(remote(moved), folder)
    assert there.generation.folder == here.generation.folder
    assert variant_of(remote(server)) == ("encoder.model=bge-m3",)


def test_an_index_of_another_encoder_is_refused(
    server: ScriptedModel, folder: Path, tmp_path: Path
) -> None:
    index = tmp_path / "index"
    opened(remote(server), folder, index)
    with pytest.raises(IndexForeign, match="不能混用") as caught:
        opened(remote(server, "another"), folder, index)
    assert caught.value.exit_code == 3 and "bge-m3" in caught.value.en
    # Under the same name, but not the same vectors.
    server.script = embedding(lambda text: bigram_vector(text[::-1], 64))
    with pytest.raises(IndexForeign):
        opened(remote(server), folder, index)
    # By its own name and width it is told from the model that comes along, too.
    with pytest.raises(IndexForeign):
        server.script = embedding(lambda text: bigram_vector(text, 32))
        opened(remote(server), folder, index)


def test_without_the_server_words_are_searched_and_the_vectors_are_kept(
    server: ScriptedModel, folder: Path
) -> None:
    settings = remote(server)
    first = opened(settings, folder)
    server.script = failing(401)
    without = opened(settings, folder)
    assert without.encoder is None and without.generation == first.generation
    ((zh, en),) = without.notices
    assert "只按词语检索" in zh and "encoder.url" in zh and server.url in en
    assert "城市大脑" in without.service(settings).answer(QUESTION).text


@pytest.fixture
def service(server: ScriptedModel, folder: Path) -> Service:
    settings = remote(server)
    return opened(settings, folder).service(settings)


def test_a_question_is_answered_by_words_while_the_server_is_down(
    server: ScriptedModel,
    service: Service,
    caplog: pytest.LogCaptureFixture,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    works = server.script
    server.script = failing(500)
    with caplog.at_level(logging.WARNING):
        answer = service.answer(QUESTION)
    assert "城市大脑" in answer.text
    assert answer.notices == (WORDS_ONLY_NOTICE[0],)
    assert "encoder.url" in caplog.text
    english = service.answer("Who directs the traffic?")
    assert WORDS_ONLY_NOTICE[1] in english.notices
    hits = service.search(QUESTION, 2)
    assert hits[0].passage.document.doc_id == "b"
    stages = service.explain(service.understand(QUESTION), [hit.passage for hit in hits])
    assert all(stages) and not any("dense" in stage for stage in stages)
    # And with vectors as soon as it is back, and has been left alone for a while.
    server.script = works
    monkeypatch.setattr(breaker, "PAUSE", 0.0)
    assert not service.answer(QUESTION).notices


def test_only_some_documents_are_searched_by_words_too(
    server: ScriptedModel, service: Service
) -> None:
    narrow = service.only([d for d in service.snapshot.collection.documents if d.doc_id == "a"])
    server.script = failing(401)
    assert "城市大脑" in service.answer(QUESTION).text
    assert {hit.passage.document.doc_id for hit in narrow.search(QUESTION, 9)} <= {"a"}


def test_a_server_that_comes_back_is_used_again(server: ScriptedModel, folder: Path) -> None:
    settings = remote(server)
    works = server.script
    server.script = failing(401)
    without = opened(settings, folder)
    live = Live(without.service(settings), without.generation)
    watch = Watch(live, without.encoder, settings, folder)
    assert watch.returned() is None and live.service.snapshot.dense is None
    server.script = works
    again = watch.returned()
    assert again is not None and again.returned() is None
    assert live.service.snapshot.dense is not None
    assert not live.service.notices and not live.service.answer(QUESTION).notices


def test_an_encoder_of_our_own_is_not_looked_for_again(folder: Path) -> None:
    settings = load_settings(["encoder.name=none-such", "reader=rules"], {})
    without = opened(settings, folder)
    live = Live(without.service(settings), without.generation)
    assert Watch(live, without.encoder, settings, folder).returned() is None


def test_a_url_without_a_model_is_refused() -> None:
    with pytest.raises(UsageError):
        load_settings(["encoder.url=http://127.0.0.1:8000/v1"], {})
    with pytest.raises(UsageError):
        load_settings(["encoder.model=bge-m3"], {})


def test_the_key_is_in_no_fact_of_the_index(server: ScriptedModel, folder: Path) -> None:
    named = {
        "CHENGWEN_ENCODER__URL": server.url,
        "CHENGWEN_ENCODER__MODEL": "bge-m3",
        "CHENGWEN_ENCODER__KEY": "sk-canary",
    }
    settings = load_settings(["encoder.seconds=60"], named)
    index = opened(settings, folder)
    assert server.exchanges[0].headers["authorization"] == "Bearer sk-canary"
    assert "sk-canary" not in json.dumps(dict(index.generation.facts))
    for path in index.generation.folder.rglob("*"):
        assert not path.is_file() or b"sk-canary" not in path.read_bytes()
    encoder = find_encoder(settings).encoder
    assert "sk-canary" not in repr(encoder) + repr(vars(encoder))
