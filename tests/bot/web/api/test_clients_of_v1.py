"""/v1 as two clients use it: what Open WebUI and Cherry Studio send, and what they read of the answer."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

import httpx
import pytest
from support.prose import faithful, question_about, writing_of_towns
from support.scripted_model import ScriptedModel, scripted_model
from support.serving import serving

pytestmark = pytest.mark.slow

CLIENTS = Path(__file__).parents[3] / "data/clients"
TEXT = "东镇有100座凉亭。[1]东镇有一条河。[2]"


def recorded(name: str) -> Any:
    return json.loads((CLIENTS / f"{name}.json").read_text("utf-8"))


class Place(NamedTuple):
    model: ScriptedModel
    address: str

    def send(self, client: Any, kind: str, **more: Any) -> httpx.Response:
        """A recorded request; of a chat the last question is about a town."""
        body = {**client[kind], **more}
        if kind == "chat":
            *before, last = body["messages"]
            asked = question_about(0)
            content = (
                asked if isinstance(last["content"], str) else [{"type": "text", "text": asked}]
            )
            body["messages"] = [*before[:1], {**last, "content": content}]
        address = f"{self.address}v1/chat/completions"
        return httpx.post(address, json=body, headers=client["headers"], timeout=120)


@pytest.fixture(scope="module")
def place() -> Iterator[Place]:
    with scripted_model(faithful()) as model, serving(writing_of_towns(model.url)) as address:
        yield Place(model, address)


def chunks(response: httpx.Response) -> list[Any]:
    """As both clients take a stream: lines that begin with data:, up to [DONE]."""
    assert response.headers["content-type"].startswith("text/event-stream")
    lines = [line for line in response.text.split("\n") if line.startswith("data:")]
    *pieces, done = [line.removeprefix("data:").strip() for line in lines]
    assert done == "[DONE]"
    return [json.loads(piece) for piece in pieces]


def shown_by_open_webui(said: list[Any]) -> tuple[str, list[str]]:
    """The text, and the sources that its marks [1], [2] … lead to: one for each name, in order.

    It reads `choices[0].delta.content`, and of `annotations` the url and title of a `url_citation`.
    """
    text, sources = "", dict[str, str]()
    for chunk in said:
        if not chunk["choices"]:
            continue
        delta = chunk["choices"][0]["delta"]
        text += delta.get("content") or ""
        for annotation in delta.get("annotations") or ():
            if annotation["type"] == "url_citation":
                cited = annotation["url_citation"]
                sources.setdefault(cited["title"], cited["url"])
    return text, list(sources.values())


def shown_by_cherry_studio(said: list[Any]) -> tuple[str, list[tuple[str, str]]]:
    """The text, and the sources in the order of their numbers.

    Where it reads them, it takes url and title from the annotation itself.
    """
    text, sources = "", list[tuple[str, str]]()
    for chunk in said:
        for choice in chunk["choices"]:
            text += choice["delta"].get("content") or ""
            annotations = choice["delta"].get("annotations") or ()
            sources += [(one["title"], one["url"]) for one in annotations]
    return text, sources


def test_what_open_webui_shows(place: Place) -> None:
    said = chunks(place.send(recorded("open-webui"), "chat"))
    text, sources = shown_by_open_webui(said)
    assert text == TEXT and len(sources) == 2
    for source, words in zip(sources, ("东镇有100座凉亭。", "东镇有一条河。"), strict=True):
        page = httpx.get(source, timeout=120).text
        assert f'<mark id="cited">{words}</mark>' in page
    usage = said[-1]
    assert usage["choices"] == [] and usage["usage"]["total_tokens"] > 0


def test_what_cherry_studio_shows(place: Place) -> None:
    text, sources = shown_by_cherry_studio(chunks(place.send(recorded("cherry-studio"), "chat")))
    assert text == TEXT and [title for title, _ in sources] == ["东镇志", "东镇志 [2]"]
    assert all(httpx.get(url, timeout=120).status_code == 200 for _, url in sources)


@pytest.mark.parametrize("name", ["open-webui", "cherry-studio"])
def test_at_once_the_annotations_are_those_of_the_message(place: Place, name: str) -> None:
    whole = place.send(recorded(name), "chat", stream=False).json()
    message = whole["choices"][0]["message"]
    assert message["content"] == TEXT
    assert [one["url_citation"]["title"] for one in message["annotations"]] == [
        "东镇志",
        "东镇志 [2]",
    ]


def test_titles_that_open_webui_wants_cost_no_call(place: Place) -> None:
    """It asks the same model for a title and tags of a conversation: no question to the documents."""
    before = len(place.model.exchanges)
    refused = place.send(recorded("open-webui"), "task")
    assert refused.status_code == 400 and refused.json()["error"]["code"] == "usage"
    assert len(place.model.exchanges) == before


def test_cherry_studio_finds_that_the_service_works(place: Place) -> None:
    text, sources = shown_by_cherry_studio(chunks(place.send(recorded("cherry-studio"), "check")))
    assert text and not sources
