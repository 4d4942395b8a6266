"""The wheel: whole, and able to answer and serve outside the checkout, from an empty folder."""

import json
import os
import subprocess
import sys
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple
from zipfile import ZipFile

import pytest

pytestmark = [pytest.mark.slow, pytest.mark.encoder]

ROOT = Path(__file__).parents[1]
PACKAGES = ("bot", "corpus", "index")
QUESTION = "城市治理应该像什么一样精细？"


class Installed(NamedTuple):
    """The wheel, unpacked into a folder of its own, and an empty folder to run it in."""

    wheel: Path
    site: Path
    empty: Path

    def environment(self) -> dict[str, str]:
        """With the wheel before what is installed, and a home of its own."""
        home = self.empty.with_name("home")
        return os.environ | {"PYTHONPATH": str(self.site), "CHENGWEN_HOME": str(home), "PORT": "0"}

    def run(self, *argv: str) -> str:
        """What a command prints."""
        done = subprocess.run(
            [sys.executable, *argv],
            cwd=self.empty,
            env=self.environment(),
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, done.stderr
        return done.stdout


@pytest.fixture(scope="module")
def installed(tmp_path_factory: pytest.TempPathFactory) -> Installed:
    place = tmp_path_factory.mktemp("wheel")
    pip = [sys.executable, "-m", "pip", "--disable-pip-version-check", "-q"]
    subprocess.run([*pip, "wheel", "--no-deps", "-w", str(place), str(ROOT)], check=True)
    (wheel,) = place.glob("chengwen-*.whl")
    site, empty = place / "site", place / "empty"
    subprocess.run([*pip, "install", "--no-deps", "--target", str(site), str(wheel)], check=True)
    empty.mkdir()
    return Installed(wheel, site, empty)


@pytest.fixture
def server(installed: Installed) -> Iterator[str]:
    """The address of `chengwen serve`."""
    with subprocess.Popen(
        [sys.executable, "-m", "bot.cli", "serve"],
        cwd=installed.empty,
        env=installed.environment(),
        stdout=subprocess.PIPE,
        text=True,
    ) as process:
        assert process.stdout
        try:
            yield process.stdout.readline().strip()
        finally:
            process.terminate()


def fetch(address: str) -> str:
    with urllib.request.urlopen(address, timeout=60) as response:
        return str(response.read().decode())


def test_every_file_of_the_packages_is_in_it_and_no_other(installed: Installed) -> None:
    listed = subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard", *PACKAGES],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    )
    wanted = {name for name in listed.stdout.splitlines() if (ROOT / name).is_file()}
    with ZipFile(installed.wheel) as wheel:
        held = {name for name in wheel.namelist() if ".dist-info/" not in name}
    assert held == wanted


def test_it_answers_in_an_empty_folder(installed: Installed) -> None:
    where = installed.run("-c", "import bot; print(bot.__file__)").strip()
    assert Path(where).is_relative_to(installed.site)
    answer = json.loads(installed.run("-m", "bot.cli", "ask", QUESTION, "--json"))
    assert answer["outcome"] == "answered"
    assert answer["index"]["encoder"] == "multilingual-e5-small"
    assert not list(installed.empty.iterdir())


def test_it_serves_in_an_empty_folder(server: str) -> None:
    assert "cw-" in fetch(server)
    assert "--" in fetch(f"{server}/ui/base.css")
    documents = fetch(f"{server}/documents")
    assert "积极探索城市治理" in documents
    state = json.loads(fetch(f"{server}/readyz"))
    assert (state["degraded"], state["notices"]) == (False, [])
