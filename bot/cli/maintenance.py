"""`chengwen doctor` looks the installation over; `chengwen purge` deletes feedback that is old."""

from __future__ import annotations

from argparse import Namespace
from dataclasses import asdict
from datetime import UTC, datetime, timedelta

from bot.cli.output import pick, show, show_json
from bot.doctor import examine
from bot.settings import home, load_settings
from bot.storage.feedback import FILE, Feedback, timestamp

FAILED = 3
"""Exit code if a check fails, as for a damaged index."""


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
    assignments = list(arguments.set)
    if arguments.days is not None:
        assignments.append(f"feedback.days={arguments.days}")
    days = load_settings(assignments).feedback.days
    before = datetime.now(UTC) - timedelta(days=days)

    feedback = Feedback(home() / FILE)
    deleted = feedback.purge(before)
    counts = feedback.counts()
    left = counts["up"] + counts["down"]
    if arguments.json:
        show_json({"deleted": deleted, "left": left, "before": timestamp(before)})
        return 0
    moment = before.astimezone().strftime("%Y-%m-%d %H:%M")
    zh = f"已删除 {moment} 以前的反馈 {deleted} 条，还有 {left} 条。"
    show(pick(zh, f"deleted {deleted} judgements made before {moment}; {left} left."))
    return 0
