"""app.py, as a person and as a service that hosts Gradio apps start it."""

import os
import subprocess
import sys
import urllib.request
from pathlib import Path

import pytest

from app import take_address

ROOT = Path(__file__).parents[1]


def test_the_address_is_ours_then_that_of_gradio() -> None:
    environment = {"GRADIO_SERVER_NAME": "0.0.0.0", "GRADIO_SERVER_PORT": "7860", "PORT": "80"}
    take_address(environment)
    assert (environment["HOST"], environment["PORT"]) == ("0.0.0.0", "80")
    nothing: dict[str, str] = {}
    take_address(nothing)
    assert not nothing


@pytest.mark.slow
def test_a_hosting_service_launches_the_whole_server(tmp_path: Path) -> None:
    script = (
        "import app; app.demo.queue(max_size=9).launch(server_name='127.0.0.1', show_error=True)"
    )
    environment = os.environ | {
        "CHENGWEN_HOME": str(tmp_path / "home"),
        "CHENGWEN_ENCODER__NAME": "none-such",
        "CHENGWEN_READER": "rules",
        "GRADIO_SERVER_PORT": "0",
    }
    for name in ("HOST", "PORT"):
        environment.pop(name, None)
    with subprocess.Popen(
        [sys.executable, "-c", script],
        cwd=ROOT,
        env=environment,
        stdout=subprocess.PIPE,
        text=True,
    ) as process:
        try:
            assert process.stdout
            address = process.stdout.readline().strip()
            for path in ("/", "/documents", "/healthz", "/ui/base.css"):
                with urllib.request.urlopen(address + path, timeout=60) as response:
                    assert response.status == 200
        finally:
            process.terminate()
        assert process.wait() == 0
