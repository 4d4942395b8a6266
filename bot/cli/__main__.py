"""Reads the command line, runs the command, and turns an error into a line and an exit code."""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence
from importlib import import_module

from bot.cli.output import language_for, note, pick, prepare_streams
from bot.cli.parser import parser
from corpus import ChengwenError
from corpus.refusals import refusal_of

_MODULES = {
    "serve": "bot.cli.serve",
    "ask": "bot.cli.ask",
    "mcp": "bot.cli.mcp",
    "add": "bot.cli.library",
    "list": "bot.cli.library",
    "remove": "bot.cli.library",
    "index": "bot.cli.index",
    "doctor": "bot.cli.maintenance",
    "purge": "bot.cli.maintenance",
    "eval": "bot.cli.evals",
    "site": "bot.cli.sites",
    "train": "bot.cli.train",
}


def main(argv: Sequence[str] | None = None) -> int:
    """Runs the command `argv`, by default the arguments of the process, and gives the exit code."""
    question = None
    prepare_streams(json_wanted=False)
    try:
        arguments = parser().parse_args(argv)
        question = getattr(arguments, "question", None)
        prepare_streams(json_wanted=getattr(arguments, "json", False))
        # It is loaded here, as the commands are: --help needs nothing heavy.
        for zh, en in import_module("bot.moving_in").move_in():
            note(pick(zh, en))
        code: int = import_module(_MODULES[arguments.command]).run(arguments)
        return code
    except ChengwenError as error:
        note(error.message(language_for(question)))
        return error.exit_code
    except BrokenPipeError:
        # The reader of the output closed it. Python would complain again when it closes the stream.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    except OSError as error:
        refusal = refusal_of(error)
        where = f"{error.filename} " if error.filename else ""
        zh = f"系统拒绝了操作：{where}{refusal.zh}，{refusal.remedy_zh}"
        note(pick(zh, f"the system refused: {where}{refusal.en}: {refusal.remedy_en}"))
        return 2
    except KeyboardInterrupt:
        # As shells report a command that SIGINT ended: 128 + 2.
        return 130


if __name__ == "__main__":
    sys.exit(main())
