"""Files that are set aside: all of them or none, and put back without a trace."""

import os
from pathlib import Path
from time import time

import pytest

from bot.library_files import free_name
from bot.set_aside import (
    UNDO_SECONDS,
    can_return,
    delete_aside,
    due,
    is_due,
    is_withdrawn,
    move_out,
    new_key,
    put_back,
    removals,
    set_aside,
    withdrawn_documents,
    withdrawn_folder,
)


def documents(folder: Path) -> list[Path]:
    paths = [folder / "bridges.txt", folder / "parks.txt"]
    for path in paths:
        path.write_text(path.stem)
    (folder / "bridges.toml").write_text('title = "Bridges"\n')
    return paths


def names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


def test_what_is_put_back_leaves_no_folder(tmp_path: Path) -> None:
    paths = documents(tmp_path)
    before = names(tmp_path)
    moved = set_aside(paths, tmp_path)
    assert len(moved) == 3 and names(tmp_path) != before
    put_back(moved)
    assert names(tmp_path) == before


def test_files_of_which_one_cannot_be_moved_all_stay(tmp_path: Path) -> None:
    paths = documents(tmp_path)
    first = set_aside(paths[:1], tmp_path)
    aside = first[0][1].parent
    put_back(first)
    # A folder that is not empty is in the way of the second file.
    (aside / "parks.txt" / "bench").mkdir(parents=True)
    with pytest.raises(OSError):
        set_aside(paths, tmp_path)
    assert {"bridges.txt", "bridges.toml", "parks.txt"} <= set(names(tmp_path))
    assert names(aside) == ["parks.txt"]


def withdrawn(folder: Path, until: float, doc_id: str = "parks") -> Path:
    """What a process has set aside until some second."""
    aside = withdrawn_folder(folder, f"{int(until)}-{doc_id}")
    aside.mkdir()
    (aside / f"{doc_id}.txt").write_text(doc_id)
    return aside


def test_what_is_withdrawn_can_return_until_its_time_has_passed(tmp_path: Path) -> None:
    [bridges, parks] = documents(tmp_path)
    key = new_key("bridges")
    assert 0 <= int(key.partition("-")[0]) - UNDO_SECONDS - int(time() - 1) <= 2
    set_aside([bridges], tmp_path, key)
    aside = withdrawn_folder(tmp_path, key)
    assert names(aside) == ["bridges.toml", "bridges.txt"] and is_withdrawn(aside)
    assert not is_due(aside) and due(tmp_path) == [] and can_return(tmp_path) == [aside]
    assert due(tmp_path, at_once=True) == [aside] and can_return(tmp_path, at_once=True) == []
    [removal] = removals(tmp_path)
    assert (removal.key, removal.doc_id, removal.names) == (key, "bridges", ("bridges.txt",))
    assert UNDO_SECONDS - 30 <= removal.seconds <= UNDO_SECONDS
    # What a command removes has no time of its own.
    set_aside([parks], tmp_path)
    own = tmp_path / f".removed-{os.getpid()}"
    assert is_due(own) and not is_withdrawn(own) and due(tmp_path) == [own]
    assert withdrawn_documents([own, aside]) == ["bridges"]
    delete_aside(tmp_path)
    assert not own.exists() and aside.exists()
    delete_aside(tmp_path)


def test_a_time_that_has_passed_or_is_of_a_wrong_clock_is_due(tmp_path: Path) -> None:
    passed = withdrawn(tmp_path, time() - 1, "passed")
    ahead = withdrawn(tmp_path, time() + UNDO_SECONDS + 30, "ahead")
    soon = withdrawn(tmp_path, time() + UNDO_SECONDS - 20, "soon")
    later = withdrawn(tmp_path, time() + UNDO_SECONDS - 10, "later")
    assert sorted(due(tmp_path)) == sorted([passed, ahead])
    assert sorted(can_return(tmp_path)) == sorted([soon, later])
    assert [removal.doc_id for removal in removals(tmp_path)] == ["later", "soon"]
    (soon / "soon.txt").unlink()
    assert [removal.doc_id for removal in removals(tmp_path)] == ["later"]


def test_no_other_folder_is_taken_for_what_was_withdrawn(tmp_path: Path) -> None:
    key = f"{int(time()) + 30}-parks"
    assert not is_withdrawn(withdrawn_folder(tmp_path, key))
    for name in (f"../{key}", "30-a/../..", "soon-parks", f"{key}.", "1" * 13 + "-parks"):
        assert not is_withdrawn(withdrawn_folder(tmp_path, name))
    (tmp_path / ".removed-until-soon").mkdir()
    assert not is_withdrawn(tmp_path / ".removed-until-soon") and removals(tmp_path) == []


def test_what_returns_takes_a_free_name_with_what_is_said_of_it(tmp_path: Path) -> None:
    [bridges, parks] = documents(tmp_path)
    key = new_key("bridges")
    set_aside([bridges, parks], tmp_path, key)
    bridges.write_text("others")
    aside = withdrawn_folder(tmp_path, key)
    moved = move_out(aside, lambda path: free_name(tmp_path, path))
    assert [place.name for _, place in moved] == ["bridges-2.toml", "bridges-2.txt", "parks.txt"]
    assert (tmp_path / "bridges-2.txt").read_text() == "bridges" and names(aside) == []
    put_back(moved)
    assert names(aside) == ["bridges.toml", "bridges.txt", "parks.txt"]
    assert bridges.read_text() == "others"
