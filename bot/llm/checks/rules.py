"""The word lists of the checks, read from `words.toml`."""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Any

RULES: dict[str, Any] = tomllib.loads(Path(__file__).with_name("words.toml").read_text("utf-8"))
