"""The model's server as a process: its command, the key that it and its clients share, and its life in a test."""

from __future__ import annotations

import os
import secrets
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

from index.disk import write_atomically
from llm.model import NAME, model_file, model_folder, server_python


class Served(NamedTuple):
    """A model that answers at `address`, which ends in /v1, until its process ends."""

    address: str
    process: subprocess.Popen[str]


def command(port: int) -> list[str]:
    """What serves the model; port 0 takes any that is free. The key is in its environment."""
    script = Path(__file__).with_name("serve.py")
    return [str(part) for part in (server_python(), script, model_file(), NAME, port)]


def environment_of_server(key: str) -> dict[str, str]:
    """For the server's process: a command's arguments would show the key to everyone here."""
    return {**os.environ, "LLM_SERVER_KEY": key}


def key_file() -> Path:
    """The file of the key, made with a random one where it is missing, for its owner's eyes only."""
    path = model_folder() / "key"
    if not path.is_file():
        write_atomically(path, secrets.token_hex(16).encode(), mode=0o600)
    return path


def environment_of_clients(address: str, key: Path) -> dict[str, str]:
    """The product's settings to ask the model at `address`; it is slow, so that deadlines are far."""
    return {
        "CHENGWEN_READER": "llm",
        "CHENGWEN_LLM__URL": address,
        "CHENGWEN_LLM__MODEL": NAME,
        "CHENGWEN_LLM__KEY_FILE": str(key),
        "CHENGWEN_LLM__FIRST_SECONDS": "300",
        "CHENGWEN_LLM__GAP_SECONDS": "60",
        "CHENGWEN_LLM__WHOLE_SECONDS": "600",
    }


@contextmanager
def serving(key: str) -> Iterator[Served]:
    """The model on a free port; loading it takes some seconds."""
    process = subprocess.Popen(
        command(0),
        env=environment_of_server(key),
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    )
    with process:
        assert process.stdout
        address = process.stdout.readline().strip()
        try:
            assert address, "the server did not start"
            yield Served(address, process)
        finally:
            process.kill()
