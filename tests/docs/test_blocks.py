"""Every block of the documents has something that runs it, and those of the shell run, page by page, as printed."""

import os
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
from support.asking import application
from support.printed import PAGES, ROOT, Block, Shell, assert_shown, blocks, name_of
from support.serving import serving

from corpus import Document

HOW = {"", "long", "hours", "server"}
RUN_ELSEWHERE = {
    "python": "test_printed_examples.py",
    "html": "test_widget_examples.py",
    "js": "test_widget_examples.py",
    "http": "test_widget_examples.py",
    "toml": "test_printed_examples.py",
    "json": "test_printed_examples.py",
    "ini": "test_server_files.py",
    "nginx": "test_server_files.py",
    "caddy": "test_server_files.py",
    "cron": "test_server_files.py",
    "env": "test_server_files.py",
}
"""Languages whose blocks other files run."""

WORDS_ALONE = {"CHENGWEN_ENCODER__NAME": "none-such", "CHENGWEN_READER": "rules"}
"""Settings under which a command takes two seconds instead of ten."""


DATA = os.environ.get("CHENGWEN_DATA", "")
"""The folder of public sets; without it, long commands that need one are left out."""


def given(page: Path, folder: Path) -> None:
    """Puts what the commands of a page are about into the folder that they are given in."""
    for name, text in GIVEN.get(page.name, {}).items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text, "utf-8")


GIVEN = {
    "documents.md": {
        "tongzhi.txt": "通知\n\n周一停水。\n",
        "xin/tongzhi.txt": "通知\n\n周二停水。\n",
        "nianbao/2022.txt": "二〇二二年报\n\n全年修路三条。\n",
        "nianbao/深/2023.txt": "二〇二三年报\n\n全年修桥两座。\n",
    },
}


def of_shell(page: Path) -> list[Block]:
    """The blocks of commands and of what they print; of two languages the first, where they are the same."""
    seen: set[str] = set()
    found: list[Block] = []
    for block in blocks(page):
        if block.language in ("sh", "text") and block.commands not in seen:
            seen.add(block.commands)
            found.append(block)
    return found


WITH_COMMANDS = [page for page in PAGES if any(b.language == "sh" for b in blocks(page))]


@pytest.mark.parametrize("page", PAGES, ids=name_of)
def test_every_block_says_what_it_is_and_is_run(page: Path) -> None:
    for block in blocks(page):
        assert block.language in {"sh", "text", *RUN_ELSEWHERE}, block.place
        assert block.how in HOW, block.place


@pytest.mark.parametrize("page", WITH_COMMANDS, ids=name_of)
def test_every_block_of_commands_can_be_read(page: Path) -> None:
    for block in of_shell(page):
        if block.language == "sh":
            subprocess.run(["bash", "-n"], input=block.text, text=True, check=True)


@pytest.fixture(scope="module")
def address(article: Document) -> Iterator[str]:
    with serving(application(article, "api.per_minute=1000")) as address:
        yield address.rstrip("/")


def follow(page: Path, how: str, shell: Shell) -> None:
    """Gives the commands of a page one after another and looks at what they print."""
    said = ""
    running = False
    for block in of_shell(page):
        if block.language == "sh":
            can = bool(DATA) or "$CHENGWEN_DATA" not in block.text
            running = can and block.how == how
            said = shell.run(block.text) if running else ""
        elif running:
            assert_shown(said, block.text)


@pytest.mark.slow
@pytest.mark.parametrize("page", WITH_COMMANDS, ids=name_of)
def test_the_commands_of_a_page_run(page: Path, tmp_path: Path, address: str) -> None:
    settings = WORDS_ALONE | {"CHENGWEN_HOME": str(tmp_path / "home")}
    folder = tmp_path / "checkout"
    folder.mkdir()
    shell = Shell(folder, settings, address)
    given(page, folder)
    follow(page, "", shell)


WITH_LONG = [page for page in WITH_COMMANDS if any(b.how == "long" for b in blocks(page))]


@pytest.mark.long
@pytest.mark.encoder
@pytest.mark.parametrize("page", WITH_LONG, ids=name_of)
def test_the_long_commands_of_a_page_run(page: Path, tmp_path: Path) -> None:
    folder = tmp_path / "checkout"
    folder.mkdir()
    follow(page, "long", Shell(folder, {"CHENGWEN_HOME": str(tmp_path / "home")}))


def test_the_pages_are_there() -> None:
    assert {page.name for page in PAGES} >= {"README.md", "CONTRIBUTING.md", "api.md", "clients.md"}
    assert all(page.is_relative_to(ROOT) for page in PAGES)
