"""Single edits that were once survived, or would hurt most, and those known to change nothing."""

from __future__ import annotations

CHOSEN: tuple[tuple[str, str, str], ...] = ()
"""(file, text that stands in it once, what it becomes)."""

EQUIVALENT: dict[tuple[str, str, str], str] = {}
"""(file, the line as it stands, what was put in) → why nobody could see a difference."""
