"""`chengwen doctor`: checks the installation, the encoder and the index."""

from __future__ import annotations

from argparse import Namespace
from dataclasses import asdict

from bot.cli.output import pick, show, show_json
from bot.doctor import examine
from bot.settings import load_settings

FAILED = 3
"""Exit code if a check fails, as for a damaged index."""


def run(arguments: Namespace) -> int:
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
