"""Files that are set aside: all of them or none, and put back without a trace."""

from pathlib import Path

import pytest

from bot.set_aside import put_back, set_aside


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
