"""Files on disk: what is written at once, and what a seal vouches for."""

import hashlib
import json
import os
from collections.abc import Callable
from pathlib import Path

import pytest

from index.disk import (
    ChangedFile,
    check_files,
    file_sha256,
    read_manifest,
    seal_folder,
    write_atomically,
)


@pytest.fixture
def sealed(tmp_path: Path) -> Path:
    """A folder whose seal.json vouches for `a` and says nothing of `b`."""
    (tmp_path / "a").write_bytes(b"first")
    (tmp_path / "b").write_bytes(b"second")
    seal_folder(tmp_path, "seal.json", {"made": "today", "sizes": (1, 2)}, ["a"])
    return tmp_path


def test_a_manifest_says_what_it_was_given_and_what_the_files_hold(sealed: Path) -> None:
    manifest = read_manifest(sealed / "seal.json")
    digest = hashlib.sha256(b"first").hexdigest()
    assert manifest["made"] == "today" and manifest["sizes"] == [1, 2]
    assert manifest["files"] == {"a": {"bytes": 5, "sha256": digest}}
    assert file_sha256(sealed / "a") == digest
    check_files(sealed, manifest["files"])


def test_the_seal_is_the_hash_of_all_the_rest(sealed: Path) -> None:
    text = (sealed / "seal.json").read_text("ascii")
    seal = json.loads(text)["seal"]
    rest = text.replace(f',"seal":"{seal}"', "")
    assert seal == hashlib.sha256(rest.encode()).hexdigest()


def test_only_the_files_it_names_are_vouched_for(sealed: Path) -> None:
    files = read_manifest(sealed / "seal.json")["files"]
    (sealed / "b").write_bytes(b"changed")
    check_files(sealed, files)
    (sealed / "a").write_bytes(b"worst")
    with pytest.raises(ChangedFile, match="a has changed") as caught:
        check_files(sealed, files)
    assert caught.value.path == sealed / "a"
    (sealed / "a").unlink()
    with pytest.raises(FileNotFoundError):
        check_files(sealed, files)


@pytest.mark.parametrize(
    "damage",
    [
        lambda data: data[:-1],
        lambda data: data + b"\n",
        lambda data: data.replace(b"today", b"later"),
        lambda data: data.replace(b'"made":', b'"made": '),
        lambda data: b"[]\n",
        lambda data: b"[" * 100_000,
        lambda data: b"\xff",
        lambda data: b"",
    ],
)
def test_a_manifest_that_was_touched_is_not_believed(
    sealed: Path, damage: Callable[[bytes], bytes]
) -> None:
    path = sealed / "seal.json"
    path.write_bytes(damage(path.read_bytes()))
    with pytest.raises(ChangedFile, match=r"seal\.json"):
        read_manifest(path)


def test_what_is_not_json_is_not_sealed(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="JSON"):
        seal_folder(tmp_path, "seal.json", {"share": float("nan")}, [])
    assert os.listdir(tmp_path) == []


def test_a_file_is_replaced_as_a_whole_and_with_the_usual_permissions(tmp_path: Path) -> None:
    path = tmp_path / "kept"
    path.write_bytes(b"before")
    usual = path.stat().st_mode
    write_atomically(path, b"after")
    assert path.read_bytes() == b"after" and path.stat().st_mode == usual
    workspace = tmp_path / "workspace"
    workspace.mkdir()
    write_atomically(path, b"again", workspace)
    assert path.read_bytes() == b"again"
    assert os.listdir(workspace) == [] and sorted(os.listdir(tmp_path)) == ["kept", "workspace"]


def test_a_file_is_written_with_the_permissions_asked_for(tmp_path: Path) -> None:
    path = tmp_path / "kept"
    before = os.umask(0o027)
    try:
        write_atomically(path, b"")
        usual = path.stat().st_mode & 0o777
        write_atomically(path, b"", mode=0o600)
    finally:
        os.umask(before)
    assert (usual, path.stat().st_mode & 0o777) == (0o640, 0o600)


def test_a_refused_write_leaves_what_was_there(tmp_path: Path) -> None:
    path = tmp_path / "folder"
    path.mkdir()
    with pytest.raises(OSError, match="directory"):
        write_atomically(path, b"data")
    assert path.is_dir() and os.listdir(tmp_path) == ["folder"]
