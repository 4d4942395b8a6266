"""`chengwen purge`: deletes feedback that is old."""

from __future__ import annotations

from argparse import Namespace
from datetime import UTC, datetime, timedelta

from bot.cli.output import pick, show, show_json
from bot.settings import home, load_settings
from bot.storage.feedback import FILE, Feedback, timestamp


def run(arguments: Namespace) -> int:
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
