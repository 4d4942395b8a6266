"""What the commands have in common: how one is made, and the options that several have."""

from __future__ import annotations

from argparse import ArgumentParser, ArgumentTypeError, RawDescriptionHelpFormatter
from pathlib import Path
from typing import Any, NoReturn

from bot.cli.output import pick
from corpus import UsageError


class Parser(ArgumentParser):
    """Reports a wrong command line as every other error is reported."""

    def error(self, message: str) -> NoReturn:
        """Raises UsageError."""
        raise UsageError(
            f"命令有误：{message}。用法见 {self.prog} --help。",
            f"Wrong command: {message}. See {self.prog} --help.",
        )


def add_group(commands: Any, name: str, zh: str, en: str) -> Any:
    """A command that is a group of actions."""
    group = commands.add_parser(name, help=pick(zh, en))
    return group.add_subparsers(dest="action", required=True, metavar="ACTION", parser_class=Parser)


def add_command(commands: Any, name: str, zh: str, en: str) -> ArgumentParser:
    """A command with the options that all of them have."""
    command: ArgumentParser = commands.add_parser(
        name,
        help=pick(zh, en),
        description=pick(zh, en),
        allow_abbrev=False,
        formatter_class=RawDescriptionHelpFormatter,
    )
    add_option(
        command,
        "--corpus",
        "语料：目录、文件，或 SQuAD 格式的 JSON",
        "the corpus: a folder, a file, or a SQuAD-layout JSON",
        type=path_of,
        metavar="PATH",
    )
    add_option(
        command, "--index", "索引目录", "the folder of the index", type=path_of, metavar="DIR"
    )
    add_option(
        command,
        "--set",
        "设置，见 docs/settings.md；可多次使用",
        "a setting, see docs/settings.md; may be repeated",
        action="append",
        default=[],
        metavar="NAME=VALUE",
    )
    return command


def add_option(command: ArgumentParser, name: str, zh: str, en: str, **given: Any) -> None:
    """Adds an option or an argument; `given` are further arguments of `add_argument`."""
    command.add_argument(name, help=pick(zh, en), **given)


def add_dataset(command: ArgumentParser) -> None:
    """The question set, and which of its questions."""
    add_option(
        command,
        "dataset",
        "题集：.jsonl、SQuAD 格式的 .json、BEIR 或 TREC 目录",
        ".jsonl, SQuAD-layout .json, BEIR or TREC folder",
        type=path_of,
        metavar="DATASET",
    )
    add_option(
        command,
        "--part",
        "公开题集的哪一部分",
        "which part of a public set",
        choices=("all", "report", "fit", "train"),
        default="all",
    )
    add_option(
        command,
        "--sample",
        "只取其中 N 题，每次相同",
        "only N of the questions, always the same",
        type=count,
        default=0,
        metavar="N",
    )


def add_runs(command: ArgumentParser) -> None:
    """The runs that a command is about."""
    add_option(command, "runs", "编号或名称", "an id or a name", nargs="+", metavar="RUN")


def add_effect(command: ArgumentParser) -> None:
    """The least difference that matters, between 0 and 1."""
    add_option(
        command,
        "--effect",
        "有意义的最小差异，默认 0.02",
        "the least difference that matters, 0.02 by default",
        type=share,
        default=0.02,
        metavar="X",
    )


def add_json(command: ArgumentParser) -> None:
    """Whether JSON is printed."""
    add_option(command, "--json", "输出 JSON", "print JSON", action="store_true")


def share(text: str) -> float:
    """A number between 0 and 1. Raises ArgumentTypeError, as `count` and `path_of` do."""
    value = float(text)
    if not 0 < value < 1:
        raise ArgumentTypeError(pick("应在 0 与 1 之间", "must be between 0 and 1"))
    return value


def count(text: str) -> int:
    """A positive whole number."""
    value = int(text)
    if value < 1:
        raise ArgumentTypeError(pick("应是正整数", "must be a positive whole number"))
    return value


def path_of(text: str) -> Path:
    """A path that is not empty."""
    if not text or "\0" in text:
        raise ArgumentTypeError(pick("路径是空的", "an empty path"))
    return Path(text)
