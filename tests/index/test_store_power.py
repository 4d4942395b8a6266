"""Power cuts: whatever part of the unsynced changes has reached the disk, the store holds the old or the new."""

import itertools
from collections.abc import Iterator
from pathlib import Path

import pytest
from support.faults import WRITES, filling, holding, reap, spawn, text_of, watch

from index.store import Store

pytestmark = pytest.mark.filterwarnings("ignore:.*fork:DeprecationWarning")


Folders = dict[int, dict[str, int]]
Tree = tuple[tuple[str, bytes | None], ...]


class Platter:
    """What the disk is sure to hold: the bytes of each file and the names in each folder, as last synced, by inode."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.top = root.stat().st_ino
        self.files = {
            path.stat().st_ino: path.read_bytes() for path in root.rglob("*") if path.is_file()
        }
        self.folders = self.seen()

    def seen(self) -> Folders:
        """The folders as programs see them now."""
        folders = [self.root, *(path for path in self.root.rglob("*") if path.is_dir())]
        return {
            path.stat().st_ino: {each.name: each.stat().st_ino for each in path.iterdir()}
            for path in folders
        }

    def sync(self, path: Path) -> None:
        """`path` reaches the disk."""
        if path.is_dir():
            self.folders[path.stat().st_ino] = self.seen()[path.stat().st_ino]
        else:
            self.files[path.stat().st_ino] = path.read_bytes()

    def after_a_cut(self) -> Iterator[Tree]:
        """The trees that a power cut may leave now: of each file the path and the content, None for a folder.

        Of the changes to the root since its last sync none, all or any single one has reached the disk; of those to the
        folders in it, none or all; of those to a file, none.
        """
        seen = self.seen()
        synced, now = self.folders[self.top], seen[self.top]
        singles = [{**synced, name: now.get(name)} for name in synced.keys() | now.keys()]
        roots = [
            synced,
            now,
            *({name: inode for name, inode in single.items() if inode} for single in singles),
        ]
        emptied = {inode: seen.get(inode, {}) for inode in self.folders}
        for root, folders in itertools.product(roots, (self.folders, seen | emptied)):
            yield tuple(sorted(self._walk("", {**folders, self.top: root}, self.top)))

    def _walk(self, path: str, folders: Folders, inode: int) -> Iterator[tuple[str, bytes | None]]:
        for name, child in folders[inode].items():
            yield path + name, None if child in folders else self.files.get(child, b"")
            if child in folders:
                yield from self._walk(f"{path}{name}/", folders, child)


def lay(root: Path, trees: set[Tree]) -> None:
    """Each tree in a folder of its own under `root`."""
    for n, tree in enumerate(trees):
        (root / str(n)).mkdir(parents=True)
        for name, content in tree:
            path = root / str(n) / name
            path.mkdir() if content is None else path.write_bytes(content)


@pytest.mark.parametrize("texts", ["", "甲", "甲乙"])
def test_a_power_cut_at_any_call_leaves_the_old_or_the_new(tmp_path: Path, texts: str) -> None:
    old = holding(tmp_path / "index", texts)

    def commit() -> None:
        platter, trees, busy = Platter(old.root), set[Tree](), False

        def on_call(event: str, path: Path) -> None:
            nonlocal busy
            if not busy and event in WRITES:
                busy = True
                trees.update(platter.after_a_cut())
                if event == "fsync":
                    platter.sync(path)
                busy = False

        watch(old.root, on_call)
        old.write({}, filling("新"))
        busy = True
        lay(tmp_path / "before", trees)
        lay(tmp_path / "acknowledged", set(platter.after_a_cut()))

    assert reap(spawn(commit)) == 0
    found = []
    for path in (tmp_path / "before").iterdir():
        Store(path).verify()
        found.append(text_of(Store(path).current()))
    assert set(found) == {texts[-1:], "新"} and len(found) > 10
    assert {text_of(Store(path).current()) for path in (tmp_path / "acknowledged").iterdir()} == {
        "新"
    }
