"""Every command inside a sentence is one that the program takes, and docs/commands.md lists every command."""

import argparse
import contextlib
import io
import re
import runpy
import sys
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest
from support.printed import PAGES, ROOT, blocks, commands_inside, words_of

from bot.cli.parser import parser

# bench: .venv/tests
_TARGET = re.compile(r"^([a-z-]+):", re.MULTILINE)
TARGETS = set(_TARGET.findall((ROOT / "Makefile").read_text("utf-8")))
WITHOUT_OPTIONS = {"bot.bench", "tests/load.py", "tests/load_prose.py"}
"""Programs that pass on what they are given, or take nothing."""


def printed() -> list[str]:
    """Every command of every page, those in blocks included, once."""
    found: dict[str, None] = {}
    for page in PAGES:
        found |= dict.fromkeys(commands_inside(page))
        for block in blocks(page):
            if block.language == "sh":
                found |= dict.fromkeys(_alone(block.commands))
    return list(found)


def _alone(commands: str) -> Iterator[str]:
    """The single commands of a block."""
    joined = commands.replace("\\\n", " ")
    for line in joined.splitlines():
        for command in re.split(r"\s*(?:\||&&|;|>)\s*", line):
            yield command.strip()


def settings_aside(words: list[str]) -> list[str]:
    """A command without the assignments before it."""
    while words and re.match(r"[A-Z_]+=", words[0]):
        words = words[1:]
    return words


def from_the_program(words: list[str]) -> list[str]:
    """The part of a command that begins with the program, which others such as sudo may start; or nothing."""
    for at, word in enumerate(words):
        started = at == 0 or word.startswith("./") or "/bin/" in word
        if started and Path(word).name == "chengwen":
            return words[at:]
    return []


COMMANDS = [words for each in printed() if (words := settings_aside(list(words_of(each))))]
OURS = [ours for words in COMMANDS if (ours := from_the_program(words))]
MADE = [words for words in COMMANDS if words[0] == "make"]
PROGRAMS = [words for words in COMMANDS if Path(words[0]).name == "python" and len(words) > 1]


def commands_of(made: argparse.ArgumentParser, name: str = "") -> Iterator[str]:
    """Every command of a parser: ask, eval run …"""
    groups = [a for a in made._actions if isinstance(a, argparse._SubParsersAction)]
    if not groups:
        yield name
    for group in groups:
        for word, below in group.choices.items():
            yield from commands_of(below, f"{name} {word}".strip())


@pytest.mark.parametrize("words", OURS, ids=" ".join)
def test_the_program_takes_it(words: list[str]) -> None:
    given = [word for word in words[1:] if word != "--help"]
    # A sentence may speak of `./chengwen add`, without what is added.
    if " ".join(given) not in commands_of(parser()):
        parser().parse_args(given)


@pytest.mark.parametrize("words", MADE, ids=" ".join)
def test_make_has_it(words: list[str]) -> None:
    assert {word for word in words[1:] if "=" not in word} <= TARGETS


@cache
def help_of(program: str) -> str:
    """What `python -m PROGRAM --help` or `python PROGRAM --help` prints."""
    said = io.StringIO()
    kept = sys.argv
    sys.argv = [program, "--help"]
    try:
        with contextlib.redirect_stdout(said), contextlib.suppress(SystemExit):
            if program.endswith(".py"):
                runpy.run_path(str(ROOT / program), run_name="__main__")
            else:
                runpy.run_module(program, run_name="__main__")
    finally:
        sys.argv = kept
    return said.getvalue()


@pytest.mark.slow
@pytest.mark.parametrize("words", PROGRAMS, ids=" ".join)
def test_a_program_takes_its_options(words: list[str]) -> None:
    program, given = (words[2], words[3:]) if words[1] == "-m" else (words[1], words[2:])
    if program in WITHOUT_OPTIONS:
        path = program if program.endswith(".py") else f"{program.replace('.', '/')}.py"
        assert (ROOT / path).is_file()
        return
    said = help_of(program)
    assert "usage:" in said
    for word in given:
        if word.startswith("--"):
            assert word.partition("=")[0] in said, word


def test_every_command_is_in_the_list_of_commands() -> None:
    page = (ROOT / "docs/commands.md").read_text("utf-8")
    assert [name for name in commands_of(parser()) if f"chengwen {name}" not in page] == []


def test_every_address_and_port_is_the_default_one() -> None:
    """Examples say 127.0.0.1:7860, which the tests replace by a server of their own."""
    for page in PAGES:
        for block in blocks(page):
            if block.language in ("sh", "python") and block.page.name != "deploy.md":
                ports = re.findall(r"127\.0\.0\.1:(\d+)/(?:api|v1/|mcp|read)", block.text)
                assert set(ports) <= {"7860"}, block.place
