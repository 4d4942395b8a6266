"""`chengwen mcp`: the tools of bot/tools.py on standard input and output, for a program that starts this one."""

from __future__ import annotations

from argparse import Namespace

from bot.build import open_index
from bot.cli.output import note, pick
from bot.settings import load_settings
from corpus import UsageError


def run(arguments: Namespace) -> int:
    """Serves until standard input ends. Raises ChengwenError."""
    settings = load_settings(arguments.set)
    try:
        from bot.tools import local_tools  # the package it needs is an extra
    except ModuleNotFoundError as error:
        if (error.name or "").partition(".")[0] != "mcp":
            raise
        raise UsageError(
            "chengwen mcp 需要 mcp 包：请运行 pip install -c constraints.txt -e '.[mcp]'",
            "chengwen mcp needs the package mcp: run pip install -c constraints.txt -e '.[mcp]'",
        ) from None
    opened = open_index(settings, arguments.corpus, arguments.index)
    for zh, en in opened.notices:
        note(pick(zh, en))
    local_tools(opened.service(settings)).run("stdio")
    return 0
