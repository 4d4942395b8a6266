"""`chengwen mcp`: tools for the program that starts it, on standard input and output."""

from __future__ import annotations

from argparse import Namespace

from bot.cli.output import note, pick
from bot.index_build import open_to_answer
from bot.settings import load_settings
from corpus import UsageError


def run(arguments: Namespace) -> int:
    """Serves tools until standard input ends. Raises ChengwenError."""
    settings = load_settings(arguments.set)
    try:
        # The package that it needs is an extra.
        from bot.web.api.mcp import local_server
    except ModuleNotFoundError as error:
        package, _, _ = (error.name or "").partition(".")
        if package != "mcp":
            raise
        raise UsageError(
            "chengwen mcp 需要 mcp 包：请运行 pip install -c constraints.txt -e '.[mcp]'",
            "chengwen mcp needs the package mcp: run pip install -c constraints.txt -e '.[mcp]'",
        ) from None
    opened = open_to_answer(settings, arguments.corpus, arguments.index)
    for zh, en in opened.notices:
        note(pick(zh, en))
    local_server(opened.service(settings)).run("stdio")
    return 0
