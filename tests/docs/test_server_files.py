"""The files that docs/deploy.md has for a server: units, settings, proxies and cron take what stands there."""

import configparser
import json
import re
import shlex
from pathlib import Path

import pytest
from support.printed import ROOT, Block, blocks

from bot.cli.parser import parser
from bot.settings import load_settings

OF_DEPLOYMENT = blocks(ROOT / "docs/deploy.md")
PROXY = ("Host", "X-Forwarded-For", "X-Forwarded-Proto", "X-Forwarded-Host")
"""What a proxy must pass on or write, see docs/deploy.md."""


def of(language: str) -> list[Block]:
    return [block for block in OF_DEPLOYMENT if block.language == language]


def place(block: Block) -> str:
    return block.place


def taken(command: str) -> bool:
    """Whether the program takes the command that begins with its path."""
    program, *arguments = shlex.split(command)
    parser().parse_args(arguments)
    return Path(program).name == "chengwen"


@pytest.mark.parametrize("block", of("ini"), ids=place)
def test_a_unit_starts_the_server(block: Block) -> None:
    unit = configparser.ConfigParser(strict=False, interpolation=None)
    unit.optionxform = str  # type: ignore[assignment,method-assign]
    unit.read_string(block.text)
    service = unit["Service"]
    assert taken(service["ExecStart"])
    # Settings and the index are not mended by another start.
    assert set(service["RestartPreventExitStatus"].split()) == {"2", "3"}


@pytest.mark.parametrize("block", of("env"), ids=place)
def test_settings_of_a_file_are_settings(block: Block) -> None:
    lines = [line for line in block.text.splitlines() if line and not line.startswith("#")]
    environment = dict(line.split("=", 1) for line in lines)
    assert load_settings([], environment) != load_settings([], {})


@pytest.mark.parametrize("block", of("nginx"), ids=place)
def test_nginx_passes_on_what_is_needed(block: Block) -> None:
    assert block.text.count("{") == block.text.count("}")
    for header in PROXY:
        assert re.search(rf"proxy_set_header {header} +\S+;", block.text), header
    assert "proxy_buffering off;" in block.text


@pytest.mark.parametrize("block", of("caddy"), ids=place)
def test_caddy_does_not_keep_a_stream_back(block: Block) -> None:
    assert block.text.count("{") == block.text.count("}")
    assert "reverse_proxy 127.0.0.1:7860" in block.text and "flush_interval -1" in block.text


@pytest.mark.parametrize("block", of("cron"), ids=place)
def test_cron_runs_a_command(block: Block) -> None:
    for line in block.text.splitlines():
        # 17 3 * * * USER NAME=VALUE PROGRAM …
        *times, user, rest = line.split(maxsplit=6)
        assert len(times) == 5 and all(re.fullmatch(r"[\d*/,-]+", time) for time in times)
        assert user == "chengwen"
        words = shlex.split(rest)
        assert taken(shlex.join(word for word in words if "=" not in word))


@pytest.mark.parametrize("block", of("json"), ids=place)
def test_the_configuration_of_a_client_starts_the_tools(block: Block) -> None:
    for server in json.loads(block.text)["mcpServers"].values():
        assert taken(shlex.join([server["command"], *server["args"]]))
