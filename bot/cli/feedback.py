"""`chengwen purge`: what people said of answers, deleted when it is old."""

from __future__ import annotations

from argparse import Namespace
from datetime import UTC, datetime, timedelta

from bot.cli.output import pick, show, show_json
from bot.feedback import FILE, Feedback, stamp
from bot.settings import home, load_settings


def run(arguments: Namespace) -> int:
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
