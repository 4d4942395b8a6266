"""Prose through /api/ask and /v1 on a real server: as it is written, whole, broken, left, and many at once."""

import asyncio
import json
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, NamedTuple

import httpx
import pytest
from fastapi.testclient import TestClient
from support.asking import QUESTION, events
from support.prose import (
    MODEL,
    TOWNS,
    faithful,
    question_about,
    quoted,
    writing,
    writing_of_towns,
)
from support.scripted_model import (
    DONE,
    END,
    Exchange,
    Script,
    ScriptedModel,
    Step,
    answering,
    delta,
    failing,
    half,
    head,
    in_turn,
    pieces,
    prose,
    scripted_model,
    stalling,
)
from support.serving import serving

from bot.web.api.schemas import AskAnswer, Completion
from corpus import Document
from corpus.language.text import traditional

pytestmark = pytest.mark.slow

FIRST = "东镇有100座凉亭。[1]"
SECOND = "东镇有一条河。[2]"
ASKED = {"question": question_about(0)}
AT_ONCE = {**ASKED, "stream": False}
CHAT = {"messages": [{"role": "user", "content": question_about(0)}]}


class Place(NamedTuple):
    """A model, and the service that asks it."""

    model: ScriptedModel
    address: str

    def ask(self, **more: Any) -> httpx.Response:
        return httpx.post(f"{self.address}api/ask", json={**ASKED, **more}, timeout=120)

    def chat(self, **more: Any) -> httpx.Response:
        return httpx.post(f"{self.address}v1/chat/completions", json={**CHAT, **more}, timeout=120)


def chunks(response: httpx.Response) -> list[Any]:
    """The objects of a stream of /v1."""
    lines = response.text.split("\n\n")
    return [json.loads(line.removeprefix("data: ")) for line in lines if line.startswith("data: {")]


@contextmanager
def standing(script: Script, *settings: str) -> Iterator[Place]:
    with (
        scripted_model(script) as model,
        serving(writing_of_towns(model.url, *settings)) as address,
    ):
        yield Place(model, address)


@pytest.fixture(scope="module")
def place() -> Iterator[Place]:
    with standing(faithful()) as place:
        yield place


def in_steps(gate: threading.Event) -> Script:
    """Says two sentences, and ends the second once `gate` is set."""

    def script(exchange: Exchange) -> Iterator[Step]:
        yield head()
        # The first words of the second sentence show that the first is whole.
        yield delta(FIRST + SECOND[:2])
        while not gate.is_set():
            yield 0.02
        yield delta(SECOND[2:])
        yield delta(finish="stop")
        yield DONE
        yield END

    return script


def test_each_sentence_is_sent_as_soon_as_it_is_checked() -> None:
    gate = threading.Event()
    with (
        standing(in_steps(gate)) as place,
        httpx.stream("POST", f"{place.address}api/ask", json=ASKED, timeout=120) as response,
    ):
        seen = ""
        for chunk in response.iter_text():
            seen += chunk
            if "event: delta" in seen and not gate.is_set():
                assert "凉亭" in seen.partition("event: delta")[2] and "event: done" not in seen
                gate.set()
    found = events(seen)
    assert [name for name, _, _ in found] == [
        *("status", "sources", "delta", "delta", "citations", "done")
    ]
    assert [number for _, number, _ in found] == list(range(1, 7))
    data = [data for _, _, data in found]
    assert [piece["text"] for piece in data[2:4]] == [FIRST, SECOND]
    assert (data[1], data[4]) == (data[5]["hits"], data[5]["citations"])
    done = data[5]
    assert done["text"] == FIRST + SECOND
    assert (done["form"], done["reader"], done["label"]) == ("prose", "llm", "人工智能生成")
    assert (done["ai_generated"], done["written_by"]) == (True, MODEL)
    assert [cited["n"] for cited in done["citations"]] == [1, 2]


def test_who_asks_in_traditional_characters_is_shown_the_extract_in_them(place: Place) -> None:
    """While a model writes: the message has our words in them, and the quote as it stands."""
    asked = {"question": traditional(question_about(0))}
    accept = {"accept": "text/event-stream, text/html"}
    response = httpx.post(f"{place.address}api/ask", json=asked, headers=accept, timeout=120)
    drawn = [data["html"] for name, _, data in events(response.text) if name == "html"]
    assert len(drawn) > 1
    for html in drawn:
        assert 'lang="zh-TW"' in html and "原文摘錄" in html and "原文摘录" not in html
        assert "<q>东镇有100座凉亭。</q>" in html


def test_whole_it_is_the_same_answer(place: Place) -> None:
    whole = AskAnswer.model_validate_json(place.ask(stream=False).content)
    done = events(place.ask().text)[-1][2]
    assert (whole.text, whole.written_by) == (done["text"], MODEL)
    assert "extract" not in done


def test_an_extract_names_no_model(place: Place) -> None:
    asked = place.ask(question="火星镇的市长是谁？", stream=False)
    assert asked.json()["answered"] is False and "written_by" not in asked.json()


def test_openai_clients_get_sentences_and_what_they_cite(place: Place) -> None:
    said = chunks(place.chat(stream=True))
    deltas = [chunk["choices"][0]["delta"] for chunk in said]
    assert [delta["content"] for delta in deltas if delta.get("content")] == [FIRST, SECOND]
    (annotations,) = [delta["annotations"] for delta in deltas if "annotations" in delta]
    text = FIRST + SECOND
    marks = [one["url_citation"] for one in annotations]
    assert [text[mark["start_index"] : mark["end_index"]] for mark in marks] == ["[1]", "[2]"]
    assert all(mark["url"].startswith(f"{place.address}read/town-0?start=") for mark in marks)
    whole = Completion.model_validate_json(place.chat().content)
    message = whole.choices[0]["message"]
    assert (message["content"], message["annotations"]) == (text, annotations)
    assert (whole.label, whole.written_by, said[-1]["written_by"]) == ("人工智能生成", MODEL, MODEL)


def test_the_extract_takes_the_place_of_prose_that_never_comes() -> None:
    with standing(failing(500)) as place:
        names, _, data = zip(*events(place.ask().text), strict=True)
        chat = place.chat().json()
    assert names == ("status", "sources", "delta", "citations", "done")
    done = data[-1]
    assert data[2]["text"] == done["text"] == FIRST
    assert (done["label"], done["ai_generated"]) == ("原文摘录", False) and len(
        done["notices"]
    ) == 1
    assert (chat["choices"][0]["message"]["content"], len(chat["notices"])) == (FIRST, 1)


def test_of_a_broken_stream_the_sentences_stay_and_the_next_question_gets_the_extract() -> None:
    script = in_turn(half(*pieces(FIRST + SECOND[:4])), failing(503))
    with standing(script) as place:
        broken = events(place.ask().text)
        done = broken[-1][2]
        next_done = events(place.ask().text)[-1][2]
    assert [name for name, _, _ in broken][-3:] == ["delta", "citations", "done"]
    assert (done["text"], done["ai_generated"], len(done["notices"])) == (FIRST, True, 1)
    assert (next_done["text"], next_done["ai_generated"]) == (FIRST, False)
    assert len(next_done["notices"]) == 1


def test_done_counts_where_the_answer_is_another_than_was_begun() -> None:
    """Most of what follows has no support: the answer is the extract."""
    wrong = "".join(f"东镇有{900 + n}座桥。[1]" for n in range(4))
    begun = "东镇有凉亭100座。[1]"
    with standing(prose(*pieces(begun + wrong))) as place:
        found = events(place.ask().text)
        said = chunks(place.chat(stream=True))
    deltas = [data["text"] for name, _, data in found if name == "delta"]
    done = found[-1][2]
    assert (done["text"], done["ai_generated"]) == (FIRST, False)
    assert deltas == [begun]
    told = "".join(chunk["choices"][0]["delta"].get("content") or "" for chunk in said)
    assert told == "\n\n".join([begun, *done["notices"], FIRST])
    (cited,) = said[-2]["choices"][0]["delta"]["annotations"]
    start, end = cited["url_citation"]["start_index"], cited["url_citation"]["end_index"]
    assert told[start:end] == "[1]" and end == len(told)
    assert said[-1]["ai_generated"] is False


def _stream(address: str, path: str) -> None:
    body = ASKED if path == "api/ask" else {**CHAT, "stream": True}
    with httpx.stream("POST", f"{address}{path}", json=body, timeout=120) as response:
        for text in response.iter_text():
            if "凉亭" in text.partition("delta")[2]:
                return


def _leave_before_the_answer(address: str, path: str) -> None:
    body = AT_ONCE if path == "api/ask" else CHAT
    with pytest.raises(httpx.ReadTimeout):
        httpx.post(f"{address}{path}", json=body, timeout=httpx.Timeout(60, read=1))


@pytest.mark.parametrize("path", ["api/ask", "v1/chat/completions"])
@pytest.mark.parametrize("leave", [_stream, _leave_before_the_answer])
def test_who_leaves_ends_the_call(path: str, leave: Callable[[str, str], None]) -> None:
    """The script would go on for an hour."""
    with standing(stalling(*pieces(f"{FIRST}东镇有"))) as place:
        leave(place.address, path)
        (exchange,) = place.model.wait_for(1)
        assert exchange.over.wait(60) and exchange.closed_at is not None


def test_many_at_once_do_not_disturb_each_other() -> None:
    """Twenty streams of twenty towns, all open before the first of them ends."""
    gate = threading.Event()

    def script(exchange: Exchange) -> Iterator[Step]:
        while not gate.is_set():
            yield 0.02
        yield from answering(quoted, pause=0.01)(exchange)

    async def ask(client: httpx.AsyncClient, at: int) -> tuple[str, Any]:
        answer = await client.post("api/ask", json={"question": question_about(at)})
        found = events(answer.text)
        return "".join(d["text"] for name, _, d in found if name == "delta"), found[-1][2]

    async def scene(place: Place) -> list[tuple[str, Any]]:
        async with httpx.AsyncClient(base_url=place.address, timeout=240) as client:
            asking = [asyncio.create_task(ask(client, at)) for at in range(len(TOWNS))]
            await asyncio.to_thread(place.model.wait_for, len(TOWNS), 200)
            gate.set()
            return await asyncio.gather(*asking)

    with standing(script) as place:
        answers = asyncio.run(scene(place))
    for at, (streamed, done) in enumerate(answers):
        name = TOWNS[at]
        assert streamed == done["text"] == f"{name}镇有{100 + at}座凉亭。[1]{name}镇有一条河。[2]"
        assert (done["question"], done["ai_generated"]) == (question_about(at), True)
        assert {cited["doc_id"] for cited in done["citations"]} == {f"town-{at}"}


def test_what_a_site_asks_is_counted_for_its_tokens(article: Document) -> None:
    """The model is asked as long as there are tokens; then the answer is the extract."""
    with scripted_model(faithful()) as model:
        app = writing(article, model.url, "llm.day_tokens=2500")
        with TestClient(app, base_url="http://127.0.0.1") as client:
            body = {"question": QUESTION, "stream": False}
            told = [client.post("/api/ask", json=body).json() for _ in range(12)]
    written = [answer["ai_generated"] for answer in told]
    assert written[0] and not written[-1] and len(model.exchanges) == sum(written) < 12
    assert len(told[-1]["notices"]) == 1
