"""The tool `ask` with a model: prose, its label with the model's name, and the extract where the model is down."""

import asyncio
from typing import Any

from mcp.client.client import Client
from support.prose import MODEL, faithful, question_about, settings_of, towns
from support.scripted_model import failing, scripted_model

from bot.service import Service
from bot.settings import load_settings
from bot.web.api.mcp import local_server
from index.snapshot import build


def told(url: str) -> Any:
    """What `ask` says of a town."""
    service = Service(build(towns(), None), None, load_settings(settings_of(url), {}))

    async def scene() -> Any:
        async with Client(local_server(service)) as client:
            return await client.call_tool("ask", {"question": question_about(0)})

    return asyncio.run(scene()).structured_content


def test_a_tool_is_told_who_wrote() -> None:
    with scripted_model(faithful()) as model:
        answer = told(model.url)
    assert answer["text"] == "东镇有100座凉亭。[1]东镇有一条河。[2]"
    assert (answer["label"], answer["ai_generated"]) == (f"人工智能生成 · {MODEL}", True)


def test_without_its_model_a_tool_is_told_the_extract() -> None:
    with scripted_model(failing(500)) as model:
        answer = told(model.url)
    assert (answer["text"], answer["label"]) == ("东镇有100座凉亭。[1]", "原文摘录")
    assert len(answer["notices"]) == 1
