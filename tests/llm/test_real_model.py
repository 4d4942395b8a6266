"""The real model answers over HTTP, and the product writes with it; it takes some minutes."""

import json
from pathlib import Path
from threading import Timer

import httpx
import pytest

from bot.index_build import open_service
from bot.llm.failures import NOTICES
from bot.llm.one_by_one import asking
from bot.service import Service
from bot.settings import Settings, load_settings
from llm.model import NAME
from llm.server import Served, environment_of_clients

pytestmark = [pytest.mark.long, pytest.mark.encoder]

BODY = {
    "model": NAME,
    "messages": [{"role": "user", "content": "中国的首都是哪里？只写城市名。"}],
    "stream": True,
    "max_tokens": 16,
    "temperature": 0,
}


def post(served: Served, key: str) -> httpx.Response:
    """The whole stream; a busy machine may take minutes for it."""
    headers = {"Authorization": f"Bearer {key}"}
    return httpx.post(f"{served.address}/chat/completions", json=BODY, headers=headers, timeout=600)


def test_it_streams_an_answer(served: Served, key: Path) -> None:
    response = post(served, key.read_text())
    assert response.headers["content-type"].startswith("text/event-stream")
    events = [line.removeprefix("data: ") for line in response.text.splitlines() if line]
    assert events[-1] == "[DONE]"
    choices = [json.loads(event)["choices"][0] for event in events[:-1]]
    said = "".join(choice["delta"].get("content") or "" for choice in choices)
    assert "北京" in said
    assert choices[-1]["finish_reason"] == "stop"


def test_it_asks_for_the_key(served: Served) -> None:
    assert post(served, "another").status_code == 401


@pytest.fixture(scope="module")
def settings(served: Served, key: Path) -> Settings:
    return load_settings([], environment_of_clients(served.address, key))


@pytest.fixture(scope="module")
def service(settings: Settings, tmp_path_factory: pytest.TempPathFactory) -> Service:
    """The bundled article, its index in a folder of these tests."""
    return open_service(settings, index=tmp_path_factory.mktemp("index"))


def test_the_product_writes_with_it(service: Service, settings: Settings) -> None:
    with asking(service, settings, service.answer) as ask:
        answer = ask("杭州健康码日最高使用量是多少？")
    assert answer.form == "prose"
    assert answer.written_by == NAME
    assert "2685万次" in answer.text
    assert any("2685万次" in citation.quote for citation in answer.citations)


def test_killed_while_it_reads_it_costs_the_prose_alone(
    served: Served, service: Service, settings: Settings
) -> None:
    """The last test of the file: nobody answers after it."""
    question = "上海那份意见配套了几个文件？"
    extract = service.answer(question)
    with asking(service, settings, service.answer) as ask:
        # It reads a prompt for many times longer than this.
        Timer(1, served.process.kill).start()
        broken = ask(question)
        next_one = ask(question)
    assert broken.text == next_one.text == extract.text
    assert any(
        NOTICES["cut"][0] in notice or NOTICES["unreachable"][0] in notice
        for notice in broken.notices
    )
    assert any(NOTICES["unreachable"][0] in notice for notice in next_one.notices)
