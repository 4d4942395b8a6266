"""Faults of the machine under the store: crashes, kills, refusals of the disk, several processes."""

import errno
import itertools
import os
import random
import resource
import shutil
import signal
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from support.faults import WRITES, filling, holding, reap, spawn, text_of, tree, watch

from corpus.errors import IndexLocked
from index.disk import IndexUnavailable
from index.store import Store

CRASHED = 137
ENDS = 4
MEMORY = "/dev/shm" if Path("/dev/shm").is_dir() else None

some_or_every_call = pytest.mark.parametrize("step", [5, pytest.param(1, marks=pytest.mark.long)])
pytestmark = [pytest.mark.slow, pytest.mark.filterwarnings("ignore:.*fork:DeprecationWarning")]


@pytest.fixture
def tmp_path() -> Iterator[Path]:
    """In memory where that can be: thousands of small files, and no fault here depends on what is under them."""
    with TemporaryDirectory(dir=MEMORY) as folder:
        yield Path(folder)


@pytest.fixture
def store(tmp_path: Path) -> Store:
    """Two generations: gen-000001 says 甲, gen-000002 says 乙."""
    return holding(tmp_path / "index", "甲乙")


def copied(old: Store, name: str) -> Store:
    return Store(shutil.copytree(old.root, old.root.with_name(name)))


def committed(store: Store, act: Callable[[int], object]) -> int:
    """The exit status of a child that commits 新 to `store`, with `act(n)` before its call number n, from 0."""

    def commit() -> None:
        numbers = itertools.count()
        watch(store.root, lambda event, path: act(next(numbers)))
        store.write({}, filling("新"))

    return reap(spawn(commit))


def calls_of_a_commit(old: Store) -> int:
    reading, writing = os.pipe()
    assert committed(copied(old, "harmless"), lambda n: os.write(writing, b".")) == 0
    os.close(writing)
    with open(reading, "rb") as pipe:
        return len(pipe.read())


def commits_with_a_fault(
    old: Store, act: Callable[[], None], step: int
) -> Iterator[tuple[Store, int]]:
    """A copy of the store and the exit status of a child that committed 新 to it while `act` happened at one call.

    At every `step`-th call from the first to the last, and at all of the first and the last `ENDS`.
    """
    calls = calls_of_a_commit(old)
    for n in range(calls):
        if n % step == 0 or n < ENDS or n >= calls - ENDS:
            store = copied(old, f"fault-{n}")
            yield store, committed(store, lambda now, n=n: act() if now == n else None)  # type: ignore[misc]


@some_or_every_call
@pytest.mark.parametrize("texts", ["", "甲", "甲乙"])
def test_a_crash_at_any_call_leaves_the_old_or_the_new(
    tmp_path: Path, texts: str, step: int
) -> None:
    old, found = holding(tmp_path / "index", texts), []
    for store, status in commits_with_a_fault(old, lambda: os._exit(CRASHED), step):
        assert status == CRASHED
        store.verify()
        found.append(text_of(store.current()))
        store.write({}, filling("再"))
        assert text_of(store.verify()[-1]) == "再"
        assert len(store.verify()) <= 2 and not list(store.root.glob("writer-*"))
    after = found.count("新")
    before = len(found) - after
    assert found == [texts[-1:]] * before + ["新"] * after
    assert before > ENDS + 20 // step and after >= ENDS


@some_or_every_call
@pytest.mark.parametrize("code", [errno.ENOSPC, errno.EIO])
def test_a_refusal_at_any_call_is_explained_and_harmless(
    store: Store, code: int, step: int
) -> None:
    def refuse() -> None:
        raise OSError(code, os.strerror(code))

    statuses = []
    for tried, status in commits_with_a_fault(store, refuse, step):
        statuses.append(status)
        assert text_of(tried.verify()[-1]) in {"乙", "新"}
        if status == 0:
            assert text_of(tried.current()) == "新"
        else:
            assert status == IndexUnavailable.exit_code
            assert not list(tried.root.glob("writer-*"))
    assert statuses.count(IndexUnavailable.exit_code) > ENDS + 20 // step


@pytest.mark.parametrize("rounds", [20, pytest.param(200, marks=pytest.mark.long)])
def test_killed_writers_lose_nothing_acknowledged(tmp_path: Path, rounds: int) -> None:
    """kill -9 at any moment, over and over in the same folder."""
    store, chance, last = Store(tmp_path / "index"), random.Random(rounds), 0
    for _ in range(rounds):
        reading, writing = os.pipe()

        def work(start: int = last + 1, writing: int = writing) -> None:
            for number in itertools.count(start):
                store.write({}, filling(str(number)))
                os.write(writing, b"%d\n" % number)

        pid = spawn(work)
        os.close(writing)
        time.sleep(chance.uniform(0, 0.08))
        os.kill(pid, signal.SIGKILL)
        assert reap(pid) == -signal.SIGKILL
        with open(reading) as pipe:
            acknowledged = max([last, *map(int, pipe)])
        store.verify()
        last = int(text_of(store.current()) or 0)
        assert last in (acknowledged, acknowledged + 1)
    assert last > rounds // 10
    store.write({}, filling("再"))
    assert (len(store.verify()), len(os.listdir(store.root))) == (2, 4)


def test_a_disk_that_cannot_read_a_file_is_survived(store: Store) -> None:
    def fail(event: str, path: Path) -> None:
        if event == "open" and path.match("gen-000002/vectors.bin"):
            raise OSError(errno.EIO, os.strerror(errno.EIO))

    def read() -> None:
        watch(store.root, fail)
        generation, [notice] = store.open()
        assert (generation and generation.name, notice.code) == ("gen-000001", "index_damaged")

    assert reap(spawn(read)) == 0


def test_a_locked_index_names_the_process_and_a_dead_one_holds_nothing(store: Store) -> None:
    reading, writing = os.pipe()

    def hang(folder: Path) -> None:
        os.write(writing, b"!")
        signal.pause()

    pid = spawn(lambda: store.write({}, hang))
    os.read(reading, 1)
    with pytest.raises(IndexLocked, match=f"进程 {pid} ") as caught:
        store.write({}, filling("丙"))
    assert f"locked by process {pid}" in caught.value.en
    assert reap(spawn(lambda: store.write({}, filling("丙")))) == 4
    assert text_of(store.current()) == "乙"
    os.kill(pid, signal.SIGKILL)
    assert reap(pid) == -signal.SIGKILL
    assert text_of(store.write({}, filling("丙"))) == "丙"
    assert not list(store.root.glob("writer-*"))


def test_many_writers_at_once_commit_one_by_one(store: Store) -> None:
    statuses = [
        reap(pid) for pid in [spawn(lambda: store.write({}, filling("丙"))) for _ in range(12)]
    ]
    assert set(statuses) <= {0, 4} and 0 in statuses
    assert store.verify()[-1].number == 2 + statuses.count(0)


def test_readers_see_whole_generations_while_others_replace_them(store: Store) -> None:
    def work() -> None:
        for number in range(40):
            store.write({"number": number}, filling(str(number)))

    pid, reads = spawn(work), 0
    while os.waitpid(pid, os.WNOHANG) == (0, 0):
        generation, notices = store.open()
        assert generation is not None and notices == ()
        assert len(store.verify()) in (2, 3)
        reads += 1
    assert reads > 3
    assert text_of(store.current()) == "39"


def test_a_read_only_disk_can_be_read_and_not_written(store: Store) -> None:
    def read_only(event: str, path: Path) -> None:
        if event in WRITES:
            raise OSError(errno.EROFS, os.strerror(errno.EROFS), str(path))

    def read() -> None:
        watch(store.root, read_only)
        assert (text_of(store.open()[0]), len(store.verify())) == ("乙", 2)
        store.write({}, filling("丙"))

    before = tree(store.root)
    assert reap(spawn(read)) == IndexUnavailable.exit_code
    assert tree(store.root) == before


@pytest.mark.parametrize("largest", [0, 5, 70, 200])
def test_a_file_that_does_not_fit_changes_nothing(store: Store, largest: int) -> None:
    """The limit, in bytes, stops at a file of the index, then at CURRENT or the manifest."""

    def commit() -> None:
        resource.setrlimit(resource.RLIMIT_FSIZE, (largest, largest))
        store.write({}, filling("丙丁"))

    before = tree(store.root)
    assert reap(spawn(commit)) == IndexUnavailable.exit_code
    assert tree(store.root) == before


def test_what_the_machine_refuses_is_explained(store: Store) -> None:
    with pytest.raises(IndexUnavailable, match="磁盘已满，请腾出空间") as caught:
        store.write({}, lambda folder: Path("/dev/full").write_bytes(b"!"))
    assert "the disk is full: free some space" in caught.value.en

    def read() -> None:
        resource.setrlimit(resource.RLIMIT_NOFILE, (3, 3))
        store.open()

    assert reap(spawn(read)) == IndexUnavailable.exit_code
    assert text_of(store.current()) == "乙"
    with pytest.raises(IndexUnavailable, match="不是目录"):
        Store(store.root / "CURRENT").verify()
    (store.root / "CURRENT").unlink()
    (store.root / "CURRENT").mkdir()
    for look in (store.verify, lambda: store.write({}, filling("丙"))):
        with pytest.raises(IndexUnavailable, match="应是文件"):
            look()
