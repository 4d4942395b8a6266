"""`chengwen doctor`: each check as it is made, 3 as the exit code where one failed."""

from __future__ import annotations

from argparse import Namespace
from dataclasses import asdict

from bot.cli.output import pick, show, show_json
from bot.doctor import examine
from bot.settings import load_settings

NOT_WELL = 3


def run(arguments: Namespace) -> int:
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
