"""A composed answer has the same parts wherever it is asked: the API, /v1, and the command line.

The widget draws what /api/ask answers, and the page what the same service does.
"""

import json
from pathlib import Path
from typing import Any

import pytest
from fastapi.testclient import TestClient

from bot.cli.__main__ import main
from bot.index_build import open_service
from bot.live import Live
from bot.settings import load_settings
from bot.web.app import create_app

SETTINGS = ("encoder.name=none-such", "reader=rules", "api.per_minute=100000")
TEXT = """# 河畔公园管理办法

第一条 进入河畔公园的游客，禁止下列行为：

（一）采摘花草果实；

（二）攀爬雕塑护栏；

（三）携带烈性犬只。

第二条 河畔公园每天六点开门，二十二点关门。
"""


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("parts")
    (folder / "park.md").write_text(TEXT, "utf-8")
    return folder


@pytest.mark.parametrize(
    ("question", "form"),
    [
        ("河畔公园的游客禁止哪些行为？", "list"),
        ("这篇文章讲了什么？", "summary"),
        ("河畔公园是六点开门吗？", "yes_no"),
    ],
)
def test_all_doors_give_the_same_parts(
    folder: Path, question: str, form: str, capsys: pytest.CaptureFixture[str]
) -> None:
    settings = load_settings(SETTINGS)
    app = create_app(Live(open_service(settings, folder)))
    with TestClient(app, base_url="http://127.0.0.1") as client:
        asked = {"question": question, "stream": False}
        by_api: dict[str, Any] = client.post("/api/ask", json=asked).json()
        chat = {"messages": [{"role": "user", "content": question}]}
        by_chat: dict[str, Any] = client.post("/v1/chat/completions", json=chat).json()
    options = [argument for setting in SETTINGS for argument in ("--set", setting)]
    code = main(["ask", question, "--corpus", str(folder), "--json", *options])
    by_command: dict[str, Any] = json.loads(capsys.readouterr().out)
    assert code == 0
    assert by_api["form"] == by_chat["form"] == by_command["form"] == form
    assert by_api["parts"] == by_chat["parts"] == by_command["parts"] != []
    assert by_api["text"] == by_command["text"]
    assert by_chat["choices"][0]["message"]["content"] == by_api["text"]
