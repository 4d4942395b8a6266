"""Judgements: kept, replaced, withdrawn, purged to the last byte; by many at once, through crashes, on bad disks."""

import json
import os
import random
import resource
import signal
import sqlite3
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from dataclasses import fields, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from support.faults import reap, spawn

from bot.cli.__main__ import main
from bot.storage.feedback import (
    FILE,
    Feedback,
    FeedbackLocked,
    FeedbackUnavailable,
    Judgement,
    timestamp,
)
from corpus import UsageError

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)
SECRET = "我家住在幸福路八号"


def judgement(number: int = 1, made: datetime = NOON, **others: object) -> Judgement:
    given = Judgement(
        answer_id=f"{number:032x}",
        verdict="down",
        reason="wrong_citation",
        note="引的是另一段。",
        question="城市大脑指挥什么？",
        outcome="answered",
        text="城市大脑指挥交通。[1]",
        citations=("b.5-14", "b.14-20"),
        generation="gen-000001",
        made=timestamp(made),
    )
    return replace(given, **others)  # type: ignore[arg-type]


@pytest.fixture
def feedback(home: Path) -> Feedback:
    return Feedback(home / FILE)


def files(feedback: Feedback) -> bytes:
    """All bytes of the folder."""
    return b"".join(path.read_bytes() for path in feedback.path.parent.iterdir())


def edited(feedback: Feedback, statement: str) -> None:
    with closing(sqlite3.connect(feedback.path, isolation_level=None)) as connection:
        connection.execute(statement)


def said(error: pytest.ExceptionInfo[FeedbackUnavailable]) -> str:
    assert error.value.code == "feedback_unavailable"
    return error.value.en


def test_a_moment_is_written_in_one_way() -> None:
    assert (
        timestamp(datetime.fromisoformat("2026-03-01T20:00:00.5+08:00"))
        == "2026-03-01T12:00:00.500+00:00"
    )


def test_what_is_recorded_is_what_is_read_oldest_first(feedback: Feedback) -> None:
    second = judgement(1, verdict="up", reason="", note="", citations=(), generation="")
    first = judgement(
        2, NOON - timedelta(milliseconds=1), note="“'; DROP TABLE judgement; --”\n👩‍👩‍👧"
    )
    for given in (second, first, judgement(3)):
        feedback.record(given)
    assert Feedback(feedback.path).all() == [first, second, judgement(3)]


def test_a_change_of_mind_replaces_and_a_withdrawal_forgets(feedback: Feedback) -> None:
    feedback.record(judgement(1))
    feedback.record(judgement(2))
    feedback.record(judgement(1, verdict="up", reason=""))
    assert feedback.all() == [judgement(2), judgement(1, verdict="up", reason="")]
    counts = feedback.counts()
    assert list(counts) == [
        "up",
        "down",
        "wrong_citation",
        "off_topic",
        "wrong",
        "incomplete",
        "outdated",
        "other",
    ]
    assert {name: n for name, n in counts.items() if n} == {"up": 1, "down": 1, "wrong_citation": 1}
    feedback.withdraw(judgement(1).answer_id)
    feedback.withdraw("never judged")
    assert feedback.all() == [judgement(2)]


def test_the_oldest_make_room(feedback: Feedback, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("bot.storage.feedback.KEPT_AT_MOST", 3)
    for number in (1, 2, 3, 1, 4):
        feedback.record(judgement(number))
    assert feedback.all() == [judgement(3), judgement(1), judgement(4)]


def test_ten_thousand_judgements_are_kept(feedback: Feedback) -> None:
    feedback.record(judgement(0))
    with closing(sqlite3.connect(feedback.path)) as connection, connection:
        row = connection.execute("SELECT * FROM judgement").fetchone()
        marks = ", ".join("?" * len(row))
        rows = [(f"{number:032x}", *row[1:]) for number in range(1, 10_000)]
        connection.executemany(f"INSERT INTO judgement VALUES ({marks})", rows)
    feedback.record(judgement(10_000))
    kept = {given.answer_id for given in feedback.all()}
    assert kept == {f"{number:032x}" for number in range(1, 10_001)}


def test_a_purge_leaves_nothing_in_a_log_that_another_holds_open(feedback: Feedback) -> None:
    feedback.record(judgement(note=SECRET))
    with closing(sqlite3.connect(feedback.path)) as other:
        assert other.execute("SELECT count(*) FROM judgement").fetchall() == [(1,)]
        assert feedback.purge(NOON + timedelta(days=1)) == 1
        assert feedback.path.with_name(f"{FILE}-wal").exists()
        assert SECRET.encode() not in files(feedback)


def test_a_thread_that_keeps_the_file_is_waited_for(
    feedback: Feedback, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bot.storage.feedback.WAIT_SECONDS", 0.05)
    with feedback._connect(make=True), pytest.raises(FeedbackLocked, match="另一进程"):
        feedback.all()
    assert feedback.all() == []


def test_nothing_is_made_until_something_is_kept(feedback: Feedback) -> None:
    feedback.withdraw("x")
    assert (feedback.all(), feedback.purge(NOON), set(feedback.counts().values())) == ([], 0, {0})
    assert not feedback.path.parent.exists()


def test_only_the_owner_can_read_it(feedback: Feedback) -> None:
    before = os.umask(0)
    try:
        feedback.record(judgement())
    finally:
        os.umask(before)
    with closing(sqlite3.connect(feedback.path)) as reader:
        assert reader.execute("PRAGMA journal_mode").fetchone() == ("wal",)
        reader.execute("SELECT * FROM judgement").fetchall()
        made = {path.name: path.stat().st_mode & 0o777 for path in feedback.path.parent.iterdir()}
    assert made == {FILE: 0o600, f"{FILE}-wal": 0o600, f"{FILE}-shm": 0o600}


def test_nothing_about_the_visitor_has_a_place(feedback: Feedback) -> None:
    feedback.record(judgement())
    with closing(sqlite3.connect(feedback.path)) as connection:
        columns = [row[1] for row in connection.execute("PRAGMA table_info(judgement)")]
        assert connection.execute(
            "SELECT count(*) FROM sqlite_schema WHERE type = 'table'"
        ).fetchone() == (1,)
    kept = [
        "answer_id",
        "verdict",
        "reason",
        "note",
        "question",
        "outcome",
        "text",
        "citations",
        "generation",
        "made",
    ]
    assert columns == kept == [field.name for field in fields(Judgement)]


def test_purged_is_gone_from_the_disk(feedback: Feedback) -> None:
    """Long and short rows in random order, so that pages split and move; what stays is whole."""
    chance = random.Random(7)
    numbers = chance.sample(range(120), 120)
    for number in numbers:
        old, size = number % 3 > 0, chance.randrange(1, 60)
        note = f"{SECRET if old else '留下'}{number}" * size
        feedback.record(judgement(number, NOON - timedelta(days=old, minutes=number), note=note))
    assert files(feedback).count(SECRET.encode()) > 80
    kept = [given for given in feedback.all() if "留下" in given.note]
    size = feedback.path.stat().st_size
    assert feedback.purge(NOON - timedelta(hours=12)) == 80
    assert SECRET.encode() not in files(feedback) and feedback.all() == kept
    assert feedback.path.stat().st_size < size / 2
    assert feedback.purge(NOON) == 39 and feedback.purge(NOON + timedelta(days=9)) == 1
    assert feedback.all() == [] and "留下".encode() not in files(feedback)


def test_what_a_crash_left_in_the_log_is_purged_too(feedback: Feedback) -> None:
    feedback.record(judgement(1))

    def die() -> None:
        connection = sqlite3.connect(feedback.path, isolation_level=None)
        connection.execute("UPDATE judgement SET note = ?", (SECRET,))
        os.kill(os.getpid(), signal.SIGKILL)

    assert reap(spawn(die)) == -signal.SIGKILL
    assert SECRET.encode() in feedback.path.with_name(f"{FILE}-wal").read_bytes()
    assert feedback.purge(NOON + timedelta(days=1)) == 1
    assert SECRET.encode() not in files(feedback)


def test_a_purge_that_someone_stands_in_the_way_of_says_so(
    feedback: Feedback, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bot.storage.feedback.WAIT_SECONDS", 0.1)
    feedback.record(judgement(1, note=SECRET))
    with closing(sqlite3.connect(feedback.path, isolation_level=None)) as reader:
        reader.execute("BEGIN")
        reader.execute("SELECT * FROM judgement").fetchall()
        with pytest.raises(FeedbackLocked, match="另一进程"):
            feedback.purge(NOON + timedelta(days=1))
    assert feedback.purge(NOON) == 0 and SECRET.encode() not in files(feedback)


def test_two_processes_of_many_threads_lose_nothing(feedback: Feedback) -> None:
    def work(of: int) -> Callable[[], None]:
        def write() -> None:
            with ThreadPoolExecutor(8) as pool:
                list(pool.map(lambda n: feedback.record(judgement(n)), range(of, of + 40)))

        return write

    started = [spawn(work(1000)), spawn(work(2000))]
    assert [reap(pid) for pid in started] == [0, 0]
    expected = [f"{n:032x}" for of in (1000, 2000) for n in range(of, of + 40)]
    assert sorted(given.answer_id for given in feedback.all()) == expected


def test_readers_of_a_file_that_opens_and_closes_all_the_time(feedback: Feedback) -> None:
    feedback.record(judgement(0))

    def write() -> None:
        for number in range(1, 30):
            feedback.record(judgement(number))

    pid, seen = spawn(write), [1]
    while seen[-1] < 30:
        seen.append(len(feedback.all()))
    assert reap(pid) == 0 and seen == sorted(seen)


@pytest.mark.parametrize("seed", range(5))
def test_a_killed_writer_loses_nothing_it_acknowledged(feedback: Feedback, seed: int) -> None:
    reading, writing = os.pipe()

    def write() -> None:
        for number in range(10_000):
            feedback.record(judgement(number, note=SECRET * (number % 9)))
            os.write(writing, b".")

    pid = spawn(write)
    os.close(writing)
    assert os.read(reading, 1) == b"."
    time.sleep(random.Random(seed).uniform(0, 0.15))
    os.kill(pid, signal.SIGKILL)
    assert reap(pid) == -signal.SIGKILL
    with os.fdopen(reading, "rb") as acknowledged:
        count = 1 + len(acknowledged.read())
    kept = feedback.all()
    assert len(kept) in (count, count + 1)
    assert kept == [judgement(n, note=SECRET * (n % 9)) for n in range(len(kept))]
    feedback.record(judgement(99_999))


def test_a_writer_that_does_not_end_is_not_waited_for(
    feedback: Feedback, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bot.storage.feedback.WAIT_SECONDS", 0.1)
    feedback.record(judgement())
    with closing(sqlite3.connect(feedback.path, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        with pytest.raises(FeedbackLocked) as caught:
            feedback.record(judgement(2))
        assert "Try again" in said(caught) and caught.value.exit_code == 4
        assert feedback.all() == [judgement()]
    feedback.record(judgement(2))


def test_a_newer_file_is_left_alone(feedback: Feedback) -> None:
    feedback.record(judgement())
    edited(feedback, "PRAGMA user_version = 2")
    before = feedback.path.read_bytes()
    for call in (
        feedback.all,
        feedback.counts,
        lambda: feedback.record(judgement(2)),
        lambda: feedback.purge(NOON),
    ):
        with pytest.raises(FeedbackUnavailable) as caught:
            call()
        assert "newer version" in said(caught) and "Upgrade" in said(caught)
    assert feedback.path.read_bytes() == before


@pytest.mark.parametrize(
    "harm",
    [
        lambda path: path.write_bytes(b"not a database, but long enough to have a header" * 100),
        lambda path: path.write_bytes(path.read_bytes()[:4096]),
        lambda path: path.write_bytes(path.read_bytes()[:5000] + bytes(8000)),
        lambda path: path.write_bytes(path.read_bytes().replace("引的是".encode(), b"\xff" * 9)),
        lambda path: edited(Feedback(path), "UPDATE judgement SET note = x'00'"),
        lambda path: edited(Feedback(path), "DROP TABLE judgement"),
    ],
)
def test_a_damaged_file_is_named_and_kept(
    feedback: Feedback, harm: Callable[[Path], object]
) -> None:
    for number in range(24):
        feedback.record(judgement(number))
    harm(feedback.path)
    before = feedback.path.read_bytes()
    with pytest.raises(FeedbackUnavailable) as caught:
        feedback.all()
    assert str(feedback.path) in said(caught) and "Move it away" in said(caught)
    assert feedback.path.read_bytes() == before
    feedback.path.rename(feedback.path.with_name("damaged"))
    feedback.record(judgement())
    assert feedback.all() == [judgement()]


def test_no_flipped_bit_is_more_than_an_error(feedback: Feedback) -> None:
    for number in range(20):
        feedback.record(judgement(number))
    whole, chance = feedback.path.read_bytes(), random.Random(3)
    refused = 0
    for _ in range(60):
        harmed = bytearray(whole)
        harmed[chance.choice((chance.randrange(200), chance.randrange(len(whole))))] ^= (
            1 << chance.randrange(8)
        )
        feedback.path.write_bytes(harmed)
        for call in (
            feedback.all,
            lambda: feedback.record(judgement(7)),
            lambda: feedback.purge(NOON),
        ):
            try:
                call()
            except FeedbackUnavailable:
                refused += 1
        for beside in feedback.path.parent.glob(f"{FILE}-*"):
            beside.unlink()
    assert 10 < refused < 120


def test_a_full_disk_is_an_error_and_harms_nothing(feedback: Feedback) -> None:
    feedback.record(judgement())

    def fill() -> None:
        resource.setrlimit(resource.RLIMIT_FSIZE, (40_000, resource.RLIM_INFINITY))
        for number in range(2, 500):
            feedback.record(judgement(number, note=SECRET * 100))

    assert reap(spawn(fill)) == FeedbackUnavailable.exit_code
    kept = len(feedback.all())
    feedback.record(judgement(999))
    assert len(feedback.all()) == kept + 1 > 1


def as_nobody(work: Callable[[], object]) -> int:
    """The exit status of `work` done by someone without privileges."""

    def demoted() -> None:
        if os.geteuid() == 0:
            os.setuid(65534)
        work()

    return reap(spawn(demoted))


def test_a_place_that_cannot_be_written() -> None:
    with TemporaryDirectory() as name:
        os.chmod(name, 0o755)
        feedback = Feedback(Path(name, "home", FILE))
        feedback.record(judgement())
        os.chmod(feedback.path, 0o444)
        os.chmod(feedback.path.parent, 0o555)

        def attempt() -> None:
            for path in (
                feedback.path,
                feedback.path.with_name("other"),
                Path(name, "no", "x"),
                Path(name, "home"),
            ):
                with pytest.raises(FeedbackUnavailable) as caught:
                    Feedback(path).record(judgement(2))
                assert str(path) in said(caught) and "Check the permissions" in said(caught)

        assert as_nobody(attempt) == 0
        os.chmod(feedback.path.parent, 0o755)
        assert feedback.all() == [judgement()]


def test_what_no_caller_may_give(feedback: Feedback) -> None:
    with pytest.raises(ValueError, match="timestamp"):
        feedback.record(replace(judgement(), made="2026-03-01T12:00:00Z"))
    with pytest.raises(UnicodeEncodeError):
        feedback.record(judgement(note="\ud800"))
    assert feedback.all() == []


def test_purge_on_the_command_line(feedback: Feedback, capsys: pytest.CaptureFixture[str]) -> None:
    now = datetime.now(UTC)
    for days in (0, 5, 89, 91, 400):
        feedback.record(judgement(days, now - timedelta(days=days)))

    def purged(*options: str) -> tuple[int, int]:
        assert main(["purge", "--json", *options]) == 0
        report = json.loads(capsys.readouterr().out)
        assert list(report) == ["deleted", "left", "before"]
        return report["deleted"], report["left"]

    assert main(["purge"]) == 0
    assert "相隔 12 小时" in capsys.readouterr().out
    assert purged() == (0, 5)
    feedback.expiry(1, now - timedelta(hours=13))
    assert purged("--set", "feedback.days=365") == (1, 4)
    assert purged() == (1, 3)
    assert main(["purge"]) == 0
    assert "0 条" in capsys.readouterr().out
    assert purged("--days", "30", "--set", "feedback.days=365") == (1, 2)
    assert purged("--days", "0") == (2, 0)
    feedback.record(judgement(1, now + timedelta(days=400)))
    assert main(["purge", "--set", "feedback.days=0"]) == 0
    assert "全部反馈 1 条" in capsys.readouterr().out


def started(feedback: Feedback, now: datetime) -> None:
    """What a start of the server at `now` deletes of what is older than 90 days."""
    before = feedback.expiry(90, now)
    if before:
        feedback.purge(before)


def kept(feedback: Feedback) -> list[int]:
    return [int(given.answer_id, 16) for given in feedback.all()]


DAY = timedelta(days=1)


def test_what_is_too_old_goes_at_the_next_purge(feedback: Feedback) -> None:
    for days in (0, 88, 89, 91):
        feedback.record(judgement(days, NOON - days * DAY))
    started(feedback, NOON)
    assert kept(feedback) == [91, 89, 88, 0]
    started(feedback, NOON + DAY / 3)
    assert kept(feedback) == [91, 89, 88, 0]
    started(feedback, NOON + DAY)
    assert kept(feedback) == [89, 88, 0]
    for day in (2, 3, 4):
        started(feedback, NOON + day * DAY)
    assert kept(feedback) == [0]


@pytest.mark.parametrize("steps", [[400], [400, 400.1], [-400], [400, -400], [-20000], [0.2]])
def test_a_start_by_a_wrong_clock_deletes_nothing(feedback: Feedback, steps: list[float]) -> None:
    """Started over and over by it, too; what is too old by the right clock goes all the same."""
    for day in (-3, -1):
        started(feedback, NOON + day * DAY)
    for days in (0, 50, 89):
        feedback.record(judgement(days, NOON - days * DAY))
    for step in steps:
        started(feedback, NOON + step * DAY)
        assert kept(feedback) == [89, 50, 0]
    for day in (1, 2):
        started(feedback, NOON + day * DAY)
        assert kept(feedback) == [89, 50, 0]
    started(feedback, NOON + 3 * DAY)
    assert kept(feedback) == [50, 0]


def test_readings_of_the_clock_do_not_pile_up(feedback: Feedback) -> None:
    feedback.record(judgement())
    for hour in range(0, 400, 5):
        started(feedback, NOON + timedelta(hours=hour))
        with closing(sqlite3.connect(feedback.path)) as connection:
            assert connection.execute("SELECT count(*) FROM reading").fetchone()[0] <= 3


def test_a_reading_that_is_damaged_is_explained(feedback: Feedback) -> None:
    feedback.record(judgement())
    feedback.expiry(90, NOON)
    edited(feedback, "UPDATE reading SET at = '0'")
    with pytest.raises(FeedbackUnavailable, match="已损坏"):
        feedback.expiry(90, NOON)


@pytest.mark.parametrize("days", ["-1", "3651", "x", "", "1.5"])
def test_days_out_of_bounds(
    feedback: Feedback, capsys: pytest.CaptureFixture[str], days: str
) -> None:
    feedback.record(judgement())
    assert main(["purge", "--days", days]) == UsageError.exit_code
    captured = capsys.readouterr()
    assert captured.out == "" and "feedback.days" in captured.err
    assert feedback.all() == [judgement()]


def test_purge_of_a_file_that_is_not_well(
    feedback: Feedback, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bot.storage.feedback.WAIT_SECONDS", 0.1)
    feedback.record(judgement())
    with closing(sqlite3.connect(feedback.path, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        assert main(["purge"]) == 4
    feedback.path.write_bytes(b"x" * 5000)
    assert main(["purge"]) == 2
    captured = capsys.readouterr()
    assert captured.out == "" and captured.err.count("\n") == 2 and "移到别处" in captured.err


def test_judgements_that_cite_a_document_are_forgotten_to_the_last_byte(
    feedback: Feedback,
) -> None:
    others = [judgement(1, citations=("ab.0-5", "a.b.0-5")), judgement(2, citations=())]
    for one in (*others, judgement(3, note=SECRET, citations=("c.1-2", "a.0-5"))):
        feedback.record(one)
    assert feedback.forget({"a", "absent"}) == 1
    assert feedback.all() == others
    assert SECRET.encode() not in files(feedback)


def test_without_a_file_nothing_is_forgotten_and_none_is_made(feedback: Feedback) -> None:
    assert feedback.forget({"a"}) == 0
    assert not feedback.path.exists()
