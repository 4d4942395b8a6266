"""What is known of the model without having it."""

from pathlib import Path

import pytest

from llm.model import FILE, is_installed, model_file
from llm.server import key_file


@pytest.fixture
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("CHENGWEN_CACHE", str(tmp_path))
    return tmp_path


def test_it_comes_in_22_parts() -> None:
    assert FILE.count == 22
    assert FILE.bytes_of(22) == 16_315_968


def test_an_empty_cache_has_none(cache: Path) -> None:
    assert model_file().is_relative_to(cache)
    assert not is_installed()


def test_the_key_stays_the_same_and_is_for_its_owner_only(cache: Path) -> None:
    (cache / "llm").mkdir()
    key = key_file().read_text()
    assert len(key) == 32
    assert key_file().read_text() == key
    assert key_file().stat().st_mode & 0o077 == 0
