"""The store: what it writes, and that no damage to it goes unseen. Faults of the machine are in test_store_faults."""

import fcntl
import hashlib
import json
import os
from collections.abc import Callable
from pathlib import Path

import pytest
from support.faults import filling, holding, text_of, tree

from corpus.errors import IndexDamaged, IndexForeign, IndexLocked
from index.disk import JSON
from index.store import NOTHING, Store

FACTS: dict[str, JSON] = {"passages": 2, "encoder": "甲", "probe": [0.1, -1e-9, 1e22, 1e300]}


def files_of(root: Path) -> list[Path]:
    return sorted(path for path in root.rglob("*") if path.is_file())


def overwrite(path: Path, data: bytes) -> None:
    """In place: ext4 flushes a file that was emptied first, which is slow a thousand times over."""
    with path.open("r+b") as file:
        file.write(data)
        file.truncate()


def sha256(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


@pytest.fixture
def store(tmp_path: Path) -> Store:
    """Two generations: gen-000001 says 甲, gen-000002 says 乙."""
    return holding(tmp_path / "index", "甲乙")


def test_before_the_first_commit_there_is_no_index_and_no_damage(tmp_path: Path) -> None:
    store = Store(tmp_path / "index")
    assert (store.current(), store.open(), store.verify()) == (None, (None, ()), [])
    assert not store.root.exists()


def test_what_was_written_is_what_is_read(store: Store) -> None:
    assert text_of(store.current()) == "乙"
    generation = store.write(FACTS, filling("丙"))
    assert (generation.name, generation.folder) == ("gen-000003", store.root / "gen-000003")
    assert (text_of(generation), generation.facts) == ("丙", FACTS)
    assert store.current() == generation
    assert store.open() == (generation, ())


def test_the_files_on_disk_can_be_checked_by_hand(store: Store) -> None:
    """Every hash again, by another route than the store's own."""
    manifest = (store.root / "gen-000002/manifest.json").read_text("ascii")
    seal = json.loads(manifest)["seal"]
    assert json.loads(manifest)["files"] == {
        "passages.txt": {"bytes": 3, "sha256": sha256("乙".encode())},
        "vectors.bin": {"bytes": 9, "sha256": sha256("乙乙乙".encode())},
    }
    assert seal == sha256(manifest.replace(f',"seal":"{seal}"', "").encode())
    assert (store.root / "CURRENT").read_text() == f"gen-000002 {seal}\n"
    assert (store.root / "lock").read_bytes() == b""


def test_one_previous_generation_is_kept(store: Store) -> None:
    for number in range(3, 6):
        store.write({}, filling(str(number)))
        assert sorted(os.listdir(store.root)) == [
            "CURRENT",
            f"gen-{number - 1:06}",
            f"gen-{number:06}",
            "lock",
        ]
        assert [text_of(generation) for generation in store.verify()][1:] == [str(number)]


def test_the_newest_that_is_asked_for_is_kept_as_well(store: Store) -> None:
    store.write({"vectors": True}, filling("丙"))
    for text in "丁戊己":
        store.write(FACTS, filling(text), lambda one: bool(one.facts.get("vectors")))
        assert 3 in store.generations() and text_of(store.current()) == text
    assert list(store.generations()) == [3, 5, 6]
    store.write(FACTS, filling("庚"), lambda one: False)
    assert list(store.generations()) == [6, 7]


def test_numbers_grow_past_six_digits(store: Store) -> None:
    os.rename(store.root / "gen-000002", store.root / "gen-999999")
    assert store.write({}, filling("丙")).name == "gen-1000000"
    assert text_of(store.current()) == "丙"


def test_damage_that_a_writer_has_mended_meanwhile_is_looked_at_again(store: Store) -> None:
    seen: list[list[int]] = []

    def read(pointer: bytes, numbers: list[int]) -> list[int]:
        seen.append(numbers)
        if len(seen) == 1:
            store.write(FACTS, filling("c"))
            raise IndexDamaged("坏了", "damaged")
        return numbers

    assert store._read_consistently(read) == seen[1] != seen[0]


def test_who_is_locked_out_is_told_by_whom(store: Store) -> None:
    with (store.root / "lock").open("ab") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        with pytest.raises(IndexLocked, match="另一进程"):
            store.write({}, filling("c"))
        (store.root / "writer-4711.tmp").mkdir()
        with pytest.raises(IndexLocked, match="进程 4711"):
            store.write({}, filling("c"))


def test_leftovers_of_dead_writers_are_collected(store: Store) -> None:
    for pid in ("1", str(os.getpid())):
        (store.root / f"writer-{pid}.tmp/gen-000003").mkdir(parents=True)
        (store.root / f"writer-{pid}.tmp/gen-000003/vectors.bin").write_bytes(b"half")
    assert len(store.verify()) == 2
    store.write({}, filling("丙"))
    assert not list(store.root.glob("writer-*"))


def test_a_generation_that_was_never_committed_is_not_used_and_goes(store: Store) -> None:
    """A crash between the two renames of the very first commit, and of a later one."""
    pointer = (store.root / "CURRENT").read_bytes()
    store.write({}, filling("丙"))
    (store.root / "CURRENT").write_bytes(pointer)
    assert text_of(store.current()) == "乙"
    (store.root / "CURRENT").write_bytes(NOTHING)
    assert (store.current(), len(store.verify())) == (None, 2)
    (store.root / "CURRENT").write_bytes(pointer)
    assert store.write({}, filling("丁")).name == "gen-000004"
    assert [text_of(generation) for generation in store.verify()] == ["乙", "丁"]


@pytest.mark.parametrize("bits", [1, pytest.param(8, marks=pytest.mark.long)])
def test_every_flipped_bit_of_every_file_is_found(store: Store, bits: int) -> None:
    """Single bits: one of each byte, a different one each time; all eight in the long run."""
    flips = [
        (path, at, bit)
        for path in files_of(store.root)
        for at in range(path.stat().st_size)
        for bit in range(bits)
    ]
    assert {path.name for path, _, _ in flips} == {
        "CURRENT",
        "manifest.json",
        "passages.txt",
        "vectors.bin",
    }
    for path, at, bit in flips:
        whole = path.read_bytes()
        overwrite(path, whole[:at] + bytes([whole[at] ^ 1 << (at + bit) % 8]) + whole[at + 1 :])
        with pytest.raises(IndexDamaged):
            store.verify()
        generation, notices = store.open()
        assert text_of(generation) == ("甲" if notices and path.name != "CURRENT" else "乙")
        assert bool(notices) == ("gen-000001" not in path.parts)
        overwrite(path, whole)
    assert text_of(store.verify()[1]) == "乙"


def test_every_truncation_and_an_added_byte_are_found(store: Store) -> None:
    for path in files_of(store.root):
        whole = path.read_bytes()
        for wrong in [whole[:length] for length in range(len(whole))] + [whole + b"\n"] * bool(
            whole
        ):
            overwrite(path, wrong)
            with pytest.raises(IndexDamaged):
                store.verify()
        overwrite(path, whole)
    assert len(store.verify()) == 2


def test_before_the_first_commit_too_a_changed_pointer_is_found(tmp_path: Path) -> None:
    store = Store(tmp_path)
    for at in range(len(NOTHING)):
        (tmp_path / "CURRENT").write_bytes(
            NOTHING[:at] + bytes([NOTHING[at] ^ 1]) + NOTHING[at + 1 :]
        )
        with pytest.raises(IndexDamaged):
            store.verify()


def deleted(path: Path) -> None:
    path.unlink()


def swapped_with_the_older(path: Path) -> None:
    path.write_bytes((path.parent.parent / "gen-000001" / path.name).read_bytes())


def made_a_link(path: Path) -> None:
    path.symlink_to(path.rename(path.parent.parent / f"moved-{path.name}"))


def made_a_pipe(path: Path) -> None:
    path.unlink()
    os.mkfifo(path)


def joined_by_a_stranger(path: Path) -> None:
    (path.parent / f"{path.name}.bak").write_bytes(path.read_bytes())


WRONGS = (deleted, swapped_with_the_older, made_a_link, made_a_pipe, joined_by_a_stranger)


@pytest.mark.parametrize("name", ["manifest.json", "passages.txt", "vectors.bin"])
@pytest.mark.parametrize("wrong", WRONGS)
def test_damage_is_found_survived_and_healed(
    store: Store, name: str, wrong: Callable[[Path], None]
) -> None:
    wrong(store.root / "gen-000002" / name)
    for look in (store.verify, store.current):
        with pytest.raises(IndexDamaged, match="chengwen index build") as caught:
            look()
        assert "gen-000002" in caught.value.zh and "gen-000002" in caught.value.en
        assert caught.value.exit_code == 3
    generation, [notice] = store.open()
    assert text_of(generation) == "甲"
    assert "现用 gen-000001" in notice.zh and "using gen-000001" in notice.en
    store.write({}, filling("丙"))
    assert [text_of(generation) for generation in store.verify()] == ["甲", "丙"]


def test_a_lost_pointer_or_folder_is_damage_not_absence(store: Store) -> None:
    (store.root / "CURRENT").unlink()
    with pytest.raises(IndexDamaged, match="CURRENT"):
        store.verify()
    assert text_of(store.open()[0]) == "乙"
    store.write({}, filling("丙"))
    os.rename(store.root / "gen-000003", store.root / "elsewhere")
    (store.root / "gen-000003").symlink_to(store.root / "elsewhere")
    with pytest.raises(IndexDamaged, match="gen-000003"):
        store.verify()
    (store.root / "gen-000003").unlink()
    with pytest.raises(IndexDamaged, match="CURRENT"):
        store.verify()
    assert text_of(store.open()[0]) == "乙"


def test_folders_that_change_places_are_found(store: Store) -> None:
    for old, new in (("gen-000001", "x"), ("gen-000002", "gen-000001"), ("x", "gen-000002")):
        os.rename(store.root / old, store.root / new)
    with pytest.raises(IndexDamaged) as caught:
        store.verify()
    assert "gen-000001 is really gen-000002" in caught.value.en
    assert len(caught.value.zh.splitlines()) == len(caught.value.en.splitlines()) == 2
    with pytest.raises(IndexDamaged):
        store.open()


def test_an_index_of_another_version_is_refused_with_both_versions_named(store: Store) -> None:
    """Sealed by hand as a later program would: the seal is right, only the schema is not ours."""
    path = store.root / "gen-000002/manifest.json"
    manifest = path.read_text("ascii").replace('"schema":1', '"schema":7')
    seal = json.loads(manifest)["seal"]
    newer = sha256(manifest.replace(f',"seal":"{seal}"', "").encode())
    path.write_text(manifest.replace(seal, newer))
    (store.root / "CURRENT").write_text(f"gen-000002 {newer}\n")
    for look in (store.verify, store.current, store.open):
        with pytest.raises(
            IndexForeign, match="第 7 版，本程序用第 1 版：请运行 chengwen index build"
        ) as caught:
            look()
        assert (
            "has version 7, this program needs version 1: run `chengwen index build`"
            in caught.value.en
        )
        assert caught.value.exit_code == 3
    store.write({}, filling("丙"))
    assert text_of(store.verify()[-1]) == "丙"


@pytest.mark.parametrize("error", [KeyboardInterrupt, ValueError, MemoryError])
def test_a_failed_fill_changes_nothing(store: Store, error: type[BaseException]) -> None:
    def fill(folder: Path) -> None:
        filling("丙")(folder)
        raise error

    before = tree(store.root)
    with pytest.raises(error):
        store.write({}, fill)
    assert tree(store.root) == before


def test_what_cannot_be_sealed_is_refused(store: Store) -> None:
    before = tree(store.root)
    fills: list[Callable[[Path], object]] = [
        lambda folder: (folder / "subfolder").mkdir(),
        lambda folder: (folder / "link").symlink_to("/etc/passwd"),
        lambda folder: (folder / "manifest.json").write_text("{}"),
    ]
    for fill in fills:
        with pytest.raises(ValueError, match="flat folder"):
            store.write({}, fill)
    with pytest.raises(ValueError, match="JSON"):
        store.write({"score": float("nan")}, filling("丙"))
    assert tree(store.root) == before


def test_what_is_forgotten_is_deleted_and_the_newest_that_is_kept_is_in_use(store: Store) -> None:
    """As if each were the one to go: 乙 in use, 甲 kept beside it."""
    store.forget([1])
    assert list(store.generations()) == [2] and text_of(store.current()) == "乙"
    store.write(FACTS, filling("丙"))
    store.forget([3, 17])
    assert list(store.generations()) == [2] and text_of(store.current()) == "乙"
    store.forget([2])
    assert (store.current(), store.generations(), store.verify()) == (None, {}, [])
    assert not any("乙".encode() in path.read_bytes() for path in files_of(store.root))
    assert text_of(store.write(FACTS, filling("丁"))) == "丁"


def test_a_damaged_generation_can_be_forgotten(store: Store) -> None:
    overwrite(store.root / "gen-000002/passages.txt", b"x")
    [(_, first), (number, second)] = store.generations().items()
    assert text_of(first) == "甲" and (number, second) == (2, None)
    store.forget([2])
    assert text_of(store.current()) == "甲"


def test_what_a_writer_that_died_has_left_is_forgotten_too(store: Store) -> None:
    (store.root / "writer-1.tmp").mkdir()
    (store.root / "writer-1.tmp/passages.txt").write_text("丙", "utf-8")
    store.forget([])
    assert not (store.root / "writer-1.tmp").exists() and text_of(store.current()) == "乙"


def test_nothing_is_forgotten_while_another_writes(store: Store) -> None:
    with (store.root / "lock").open("ab") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        with pytest.raises(IndexLocked):
            store.forget([1])
        store.forget([])
    assert list(store.generations()) == [1, 2]
