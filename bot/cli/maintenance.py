"""`chengwen doctor` and `chengwen purge`: looks the installation over, and deletes feedback that is old."""

from __future__ import annotations

from argparse import Namespace
from dataclasses import asdict
from datetime import UTC, datetime, timedelta

from bot.cli.output import pick, show, show_json
from bot.doctor import examine
from bot.settings import home, load_settings
from bot.storage.feedback import FILE, Feedback, stamp

NOT_WELL = 3


def run(arguments: Namespace) -> int:
    """Runs the command. Raises ChengwenError."""
    return _doctor(arguments) if arguments.command == "doctor" else _purge(arguments)


def _doctor(arguments: Namespace) -> int:
    """Prints the checks. Raises ChengwenError."""
    settings = load_settings(arguments.set)
    checks = []
    for check in examine(settings, arguments.corpus, arguments.index):
        checks.append(check)
        if not arguments.json:
            show(f"{'✓' if check.ok else '✗'} {check.name}: {pick(check.zh, check.en)}")
    well = all(check.ok for check in checks)
    if arguments.json:
        show_json({"ok": well, "checks": [asdict(check) for check in checks]})
    return 0 if well else NOT_WELL


def _purge(arguments: Namespace) -> int:
    """Deletes the judgements older than `feedback.days`. Raises ChengwenError."""
    named = [] if arguments.days is None else [f"feedback.days={arguments.days}"]
    days = load_settings([*arguments.set, *named]).feedback.days
    before = datetime.now(UTC) - timedelta(days=days)
    feedback = Feedback(home() / FILE)
    deleted = feedback.purge(before)
    counts = feedback.counts()
    left = counts["up"] + counts["down"]
    if arguments.json:
        show_json({"deleted": deleted, "left": left, "before": stamp(before)})
    else:
        moment = before.astimezone().strftime("%Y-%m-%d %H:%M")
        show(
            pick(
                f"已删除 {moment} 以前的反馈 {deleted} 条，还有 {left} 条。",
                f"deleted {deleted} judgements made before {moment}; {left} left.",
            )
        )
    return 0
