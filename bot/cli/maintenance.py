"""`chengwen doctor` looks the installation over; `chengwen purge` deletes feedback that is old."""

from __future__ import annotations

from argparse import Namespace
from dataclasses import asdict
from datetime import MAXYEAR, UTC, datetime, timedelta

from bot.cli.output import pick, show, show_json
from bot.doctor import examine
from bot.settings import home, load_settings
from bot.storage.feedback import FILE, LEAST_APART, Feedback, timestamp

FAILED = 3
"""Exit code if a check fails, as for a damaged index."""

_HOURS = LEAST_APART // timedelta(hours=1)


def run(arguments: Namespace) -> int:
    """Runs one of the two. Raises ChengwenError."""
    return _doctor(arguments) if arguments.command == "doctor" else _purge(arguments)


def _doctor(arguments: Namespace) -> int:
    """Prints each check when it is done, or all of them as JSON. Raises ChengwenError."""
    settings = load_settings(arguments.set)
    checks = []
    for check in examine(settings, arguments.corpus, arguments.index):
        checks.append(check)
        if not arguments.json:
            mark = "✓" if check.ok else "✗"
            show(f"{mark} {check.name}: {pick(check.zh, check.en)}")
    passed = all(check.ok for check in checks)
    if arguments.json:
        show_json({"ok": passed, "checks": [asdict(check) for check in checks]})
    return 0 if passed else FAILED


def _purge(arguments: Namespace) -> int:
    """Deletes the feedback older than `feedback.days`, or than `--days`. Raises ChengwenError."""
    feedback = Feedback(home() / FILE)
    before = _expiry(feedback, arguments)
    deleted = feedback.purge(before) if before else 0
    counts = feedback.counts()
    left = counts["up"] + counts["down"]
    if arguments.json:
        moment = timestamp(before) if before else None
        show_json({"deleted": deleted, "left": left, "before": moment})
    else:
        show(_purged(before, deleted, left))
    return 0


def _expiry(feedback: Feedback, arguments: Namespace) -> datetime | None:
    """The time before which feedback goes, by one reading of the clock if somebody says `--days`."""
    assignments = list(arguments.set)
    if arguments.days is not None:
        assignments.append(f"feedback.days={arguments.days}")
    days = load_settings(assignments).feedback.days
    now = datetime.now(UTC)
    if arguments.days is None or days == 0:
        return feedback.expiry(days, now)
    return now - timedelta(days=days)


def _purged(before: datetime | None, deleted: int, left: int) -> str:
    if before is None:
        return pick(
            f"时钟还没有由相隔 {_HOURS} 小时以上的两次清理印证，没有删除；还有 {left} 条。"
            "请明天再运行，或用 --days 立即删除。",
            f"nothing deleted: the clock is not confirmed yet by two purges {_HOURS} hours apart; "
            f"{left} left. Run it again tomorrow, or name --days to delete at once.",
        )
    if before.year == MAXYEAR:
        return pick(f"已删除全部反馈 {deleted} 条。", f"deleted all {deleted} judgements.")
    moment = before.astimezone().strftime("%Y-%m-%d %H:%M")
    return pick(
        f"已删除 {moment} 以前的反馈 {deleted} 条，还有 {left} 条。",
        f"deleted {deleted} judgements made before {moment}; {left} left.",
    )
