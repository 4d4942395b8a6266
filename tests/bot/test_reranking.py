"""The order of a reranker: what it changes, what it leaves alone, and what is said where there is none."""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import pytest
from conftest import BigramEncoder
from support.model_servers import scoring
from support.scripted_model import Script, failing, scripted_model, slow_headers

from bot.model_settings import RerankerSettings
from bot.question.scope import NO_SCOPE
from bot.reranking import DEPTH, WITHOUT, Reranking, find_reranking
from bot.service import Service
from bot.settings import Settings, load_settings
from corpus import Document
from index import Hit
from index.remote import retries
from index.retriever import Scores
from index.snapshot import build

DOCUMENTS = [
    Document(f"d{number}", f"第{number}号通知", f"第{number}号公园每天开放{number}小时。")
    for number in range(10, 80)
]
QUESTION = "公园每天开放几小时？"


@pytest.fixture(autouse=True)
def short_waits(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(retries, "FIRST_WAIT", 0.01)


def later(question: str, text: str) -> float:
    """A reranker that likes high numbers."""
    return float(text[1:3])


class Backwards:
    """Turns the order round."""

    name = "backwards"

    def scores(self, question: str, texts: list[str]) -> Scores:
        return np.arange(len(texts), dtype=np.float32)


def service(*assignments: str) -> Service:
    encoder = BigramEncoder()
    settings = load_settings([*assignments, "reader=rules", "retrieval.k=60"], {})
    return Service(build(DOCUMENTS, encoder), encoder, settings)


@pytest.fixture(scope="module")
def plain() -> Service:
    return service()


def ids(hits: Sequence[Hit]) -> list[str]:
    return [hit.passage.document.doc_id for hit in hits]


@pytest.mark.parametrize("name", ["", "bge-reranker-v2-m3"])
def test_the_first_fifty_are_put_in_its_order(plain: Service, name: str) -> None:
    before = plain.search(QUESTION, 60)
    with scripted_model(scoring(later)) as server:
        of_name = [f"reranker.name={name}"] if name else []
        after = service(f"reranker.url={server.url}", *of_name).search(QUESTION, 60)
        (exchange, second) = server.exchanges
        assert exchange.body["query"] == QUESTION
        texts = exchange.body["documents" if name else "texts"]
        assert texts[0].startswith("第") and "\n" in texts[0]
        assert len(texts) == 32 and second.number == 2
    assert ids(after[:DEPTH]) == sorted(ids(before[:DEPTH]), reverse=True)
    assert ids(after[DEPTH:]) == ids(before[DEPTH:])
    # The scores stay with the places: they fall as before.
    assert [hit.score for hit in after] == [hit.score for hit in before]


def test_fewer_are_asked_for_than_are_put_in_order(plain: Service) -> None:
    with scripted_model(scoring(later)) as server:
        found = service(f"reranker.url={server.url}").search(QUESTION, 3)
    best = sorted(ids(plain.search(QUESTION, DEPTH)), reverse=True)
    assert ids(found) == best[:3]


def test_answers_come_from_its_order(plain: Service) -> None:
    with scripted_model(scoring(later)) as server:
        reranked = service(f"reranker.url={server.url}")
        answer = reranked.answer(QUESTION)
        assert answer.outcome == "answered" and not answer.notices
        best = sorted(ids(plain.search(QUESTION, DEPTH)), reverse=True)[: len(answer.hits)]
        assert sorted(ids(answer.hits), reverse=True) == best
        # The parts of an answer and its follow-ups are searched without it: one order a question.
        assert len(server.exchanges) == 2


@pytest.mark.parametrize(
    "script", [failing(401), failing(500), slow_headers(), scoring(lambda q, t: float("nan"))]
)
def test_down_or_slow_it_leaves_the_order_and_a_notice(plain: Service, script: Script) -> None:
    with scripted_model(script) as server:
        named = (f"reranker.url={server.url}", "reranker.seconds=0.5")
        answer = service(*named).answer(QUESTION)
    without = plain.answer(QUESTION)
    assert ids(answer.hits) == ids(without.hits) and answer.text == without.text
    assert answer.notices == (WITHOUT[0],)


def test_documents_that_are_named_stay_first(plain: Service) -> None:
    question = plain.understand("第42号通知里的公园每天开放几小时？")
    scope = plain.scope_of(question)
    hits = plain.search(question, DEPTH, scope)
    assert ids(hits)[0] == "d42"
    ordered = Reranking(Backwards()).order(question, scope, hits)
    assert ids(ordered.hits) == ["d42", *reversed(ids(hits)[1:])]


def test_without_hits_or_with_one_nobody_is_asked(plain: Service) -> None:
    question = plain.understand(QUESTION)
    hits = plain.search(question, 1)
    with scripted_model(failing(401)) as server:
        settings = RerankerSettings(url=server.url)
        for few in ([], hits):
            assert find_reranking(settings).order(question, NO_SCOPE, few) == (few, ())
        assert not server.exchanges


def test_a_folder_that_is_none_is_said_and_nothing_is_loaded(plain: Service) -> None:
    answer = service("reranker.name=/no/such/folder").answer(QUESTION)
    (notice,) = answer.notices
    assert "/no/such/folder" in notice and "reranker.name" in notice
    assert answer.text == plain.answer(QUESTION).text


def test_a_reranker_is_loaded_once() -> None:
    settings = RerankerSettings(url="http://127.0.0.1:1/v1")
    assert find_reranking(settings) is find_reranking(RerankerSettings(url="http://127.0.0.1:1/v1"))
    assert find_reranking(Settings().reranker).reranker is None


def test_equal_scores_leave_the_order() -> None:
    class Alike(Backwards):
        def scores(self, question: str, texts: list[str]) -> Scores:
            return np.zeros(len(texts), np.float32)

    plain = service()
    question = plain.understand(QUESTION)
    hits = plain.search(question, DEPTH)
    assert Reranking(Alike()).order(question, NO_SCOPE, hits).hits == hits
    assert replace(Reranking(Alike()), reranker=None).depth == 0
