"""Files put beside what a generation was sealed as: whole or not there, and gone with the generation."""

import os
from pathlib import Path

import pytest

from index.beside import read_beside, write_beside
from index.manifest import Generation
from index.store import Store

BODY = {"questions": ["什么是河道？"]}


def committed(root: Path, text: str = "甲") -> Generation:
    return Store(root).write({}, lambda folder: (folder / "data").write_text(text))


def test_what_is_kept_is_read_again_and_does_no_damage(tmp_path: Path) -> None:
    generation = committed(tmp_path)
    assert read_beside(generation, "it.json") is None
    write_beside(generation, "it.json", BODY)
    kept = read_beside(generation, "it.json")
    assert kept is not None and kept["questions"] == BODY["questions"]
    assert Store(tmp_path).current() == generation
    assert Store(tmp_path).verify() == [generation]


def test_what_has_changed_is_not_read(tmp_path: Path) -> None:
    generation = committed(tmp_path)
    write_beside(generation, "it.json", BODY)
    path = generation.folder / "beside-it.json"
    path.write_bytes(path.read_bytes()[:-9])
    assert read_beside(generation, "it.json") is None
    assert Store(tmp_path).current() == generation


def test_an_unfinished_file_is_no_damage(tmp_path: Path) -> None:
    generation = committed(tmp_path)
    (generation.folder / ".beside-it.json-0123456789abcdef").write_text("{")
    assert Store(tmp_path).current() == generation


def test_it_goes_with_its_generation(tmp_path: Path) -> None:
    generation = committed(tmp_path)
    write_beside(generation, "it.json", BODY)
    Store(tmp_path).forget([generation.number])
    assert list(tmp_path.rglob("*beside*")) == []
    with pytest.raises(OSError):
        write_beside(generation, "it.json", BODY)
    assert list(tmp_path.rglob("*beside*")) == []


def test_nothing_is_kept_with_another_generation_of_the_same_name(tmp_path: Path) -> None:
    first = committed(tmp_path)
    Store(tmp_path).forget([first.number])
    second = committed(tmp_path, "乙")
    assert second.folder == first.folder
    write_beside(first, "it.json", BODY)
    assert sorted(os.listdir(second.folder)) == ["data", "manifest.json"]
    write_beside(second, "it.json", BODY)
    assert read_beside(first, "it.json") is None
