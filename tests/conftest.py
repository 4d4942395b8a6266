"""What the tests share: an encoder of a few lines, the article, the real encoder, the browser, a home of their own."""

import shutil
import zlib
from pathlib import Path

import numpy as np
import pytest
from packed import write_packed

from corpus import Document
from corpus.load import load
from index import Vectors
from index.e5.conversion import converted_folder
from index.encoder import TextEncoder, load_encoder

ARTICLE = Path(__file__).parents[1] / "corpus/articles/gmw-2020-12-05-chengshi-zhili.txt"
BROWSERS = ("chromium", "chromium-browser", "google-chrome")


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


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """CHENGWEN_HOME: no test writes elsewhere, nor reads settings from the environment it was started in."""
    for name in ("LC_ALL", "LC_MESSAGES", "LANG", "HOST", "PORT"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("CHENGWEN_HOME", str(tmp_path / "home"))
    return tmp_path / "home"


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
def chromium() -> str:
    """The path of a browser. Skips, saying so, where there is none."""
    found = next((path for name in BROWSERS if (path := shutil.which(name))), None)
    if found is None:
        pytest.skip("no Chromium on this machine: browser tests are left out (apt-get install chromium)")
    return found
