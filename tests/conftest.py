"""What the tests share: an encoder of a few lines, the article, the real encoder, the browser, a home of their own."""

from __future__ import annotations

import ctypes
import gc
import resource
import shutil
import subprocess
import zlib
from collections.abc import Iterator
from itertools import count
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pytest
from hypothesis import settings
from support.packed import adapter, write_packed

from bot.reader.network import LONGEST, SpanReader
from bot.reader.network_weights import reader_folder, write_adapter
from corpus import Document
from corpus.load import load
from index import Vectors
from index.e5.convert import converted_folder
from index.e5.weights import read_packed_model
from index.encoder import TextEncoder, load_encoder

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

ARTICLE = Path(__file__).parents[1] / "corpus/articles/gmw-2020-12-05-chengshi-zhili.txt"
BROWSERS = ("chromium", "chromium-browser", "google-chrome")

# An example that is slow on a busy machine is no wrong example.
settings.register_profile("patient", deadline=None)
settings.load_profile("patient")


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """The tests of a file stay in one process, which keeps its fixtures; so do files of one `xdist_group`."""
    for item in items:
        if item.get_closest_marker("long"):
            item.add_marker(pytest.mark.slow)
        if not item.get_closest_marker("xdist_group"):
            item.add_marker(pytest.mark.xdist_group(item.path.stem))


def pytest_collection_finish() -> None:
    """What was imported stays to the end: it is not searched for garbage time and again, nor copied by forked tests."""
    gc.collect()
    gc.freeze()


GROWTH = 700 * 2**20
"""Bytes by which a process grows before it looks for garbage. A library lies in reference cycles, some 300 MB
each, and Python looks for those too seldom: two processes held 9 GB each, of which they used under one.
"""


class _Memory:
    """What this process holds, and how much it held when garbage was last looked for, in bytes."""

    def __init__(self) -> None:
        self._least = self._held()

    def give_back(self) -> None:
        """Gives what is not used back to the system, where that may be much."""
        if self._held() - self._least < GROWTH:
            return
        gc.collect()
        # Only glibc keeps what is freed between what is not.
        trim = getattr(ctypes.CDLL(None), "malloc_trim", None)
        if trim is not None:
            trim(0)
        self._least = self._held()

    def _held(self) -> int:
        statistics = Path("/proc/self/statm")
        if not statistics.exists():
            return 0
        return int(statistics.read_text().split()[1]) * resource.getpagesize()


@pytest.fixture(scope="session")
def memory_of_process() -> _Memory:
    return _Memory()


@pytest.fixture(autouse=True)
def memory(memory_of_process: _Memory) -> Iterator[None]:
    """What tests have used goes back to the system."""
    yield
    memory_of_process.give_back()


class BigramEncoder:
    """Texts that share pairs of characters have vectors that are near: (n, 64) float32, unit rows, never zero."""

    def __init__(self) -> None:
        self.encoded: list[str] = []
        """Every text encoded as a document, in order."""

    def encode_query(self, sentences: list[str]) -> Vectors:
        return np.stack([self._vector(sentence) for sentence in sentences])

    def encode_document(self, sentences: list[str]) -> Vectors:
        self.encoded += sentences
        return self.encode_query(sentences)

    def _vector(self, sentence: str) -> Vectors:
        vector = np.full(64, 0.01, np.float32)
        for at in range(len(sentence) - 1):
            vector[zlib.crc32(sentence[at : at + 2].encode()) % 64] += 1
        return vector / np.linalg.norm(vector).astype(np.float32)


@pytest.fixture(scope="session")
def homes(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """Names of folders that nobody has made."""
    folder = tmp_path_factory.mktemp("homes")
    return (folder / str(number) for number in count())


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A file system of 2 MB of its own; it needs the right to mount one."""
    folder = tmp_path / "disk"
    folder.mkdir()
    command = ["mount", "-t", "tmpfs", "-o", "size=2m", "tmpfs", str(folder)]
    try:
        subprocess.run(command, check=True, capture_output=True)
    except (OSError, subprocess.CalledProcessError):
        pytest.skip("no right to mount a small file system")
    yield folder
    subprocess.run(["umount", str(folder)], check=True)


@pytest.fixture(autouse=True)
def home(homes: Iterator[Path], monkeypatch: pytest.MonkeyPatch) -> Path:
    """CHENGWEN_HOME: no test writes elsewhere, nor reads settings from the environment it was started in."""
    for name in ("LC_ALL", "LC_MESSAGES", "LANG", "HOST", "PORT"):
        monkeypatch.delenv(name, raising=False)
    folder = next(homes)
    monkeypatch.setenv("CHENGWEN_HOME", str(folder))
    return folder


@pytest.fixture
def fake_encoder() -> BigramEncoder:
    return BigramEncoder()


@pytest.fixture(scope="session")
def article() -> Document:
    return load(ARTICLE)


@pytest.fixture(scope="session")
def encoder() -> TextEncoder:
    """The real one, converted if this machine has never used it. For tests marked `encoder`."""
    return load_encoder(progress=False)


@pytest.fixture(scope="session")
def small_models(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """Two folders of encoders of one width and different weights, each 32 numbers a text and quick."""
    folder = tmp_path_factory.mktemp("small")
    packed = [write_packed(folder / f"{layers}.bin", layers) for layers in (1, 2)]
    made = [converted_folder(folder / path.stem, progress=False, packed=path)[0] for path in packed]
    return made[0].rename(folder / "one"), made[1].rename(folder / "two")


@pytest.fixture(scope="session")
def small_reader(tmp_path_factory: pytest.TempPathFactory) -> SpanReader:
    """A reading network on a small encoder, its heads at random."""
    folder = tmp_path_factory.mktemp("reader")
    packed = write_packed(folder / "small.bin", positions=LONGEST)
    write_adapter(adapter(read_packed_model(packed)), 1.0, folder / "weights")
    return SpanReader(
        reader_folder(folder / "cache", folder / "weights", progress=False, packed=packed), 2
    )


@pytest.fixture(scope="session")
def chromium() -> str:
    """The path of a browser. Skips, saying so, where there is none."""
    found = next((path for name in BROWSERS if (path := shutil.which(name))), None)
    if found is None:
        pytest.skip(
            "no Chromium on this machine: browser tests are left out (apt-get install chromium)"
        )
    return found


@pytest.fixture(scope="module")
def browser(chromium: str) -> Iterator[Browser]:
    """Of a file, not of all: while it is open, nothing else in the process may run an event loop."""
    from support.serving import browsing

    with browsing(chromium) as browser:
        yield browser


@pytest.fixture
def page(browser: Browser, address: str) -> Iterator[Page]:
    """A visitor's own page on the server at `address`, which is a fixture of the file."""
    from support.serving import tab

    with tab(browser, address) as page:
        yield page
