"""The real model as the tests have it: on a free port, where `make llm` has installed it."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from llm.model import is_installed
from llm.server import Served, serving


@pytest.fixture(scope="session")
def key(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The file of a key."""
    path = tmp_path_factory.mktemp("key") / "key"
    path.write_text("a-key-of-these-tests")
    return path


@pytest.fixture(scope="module")
def served(key: Path) -> Iterator[Served]:
    """The model until the last test of a file; skips where it is missing."""
    if not is_installed():
        pytest.skip("the real model is not on this machine: make llm installs it, about 1 GB")
    with serving(key.read_text()) as served:
        yield served
