"""Whether a question asks if several say the same: 几家报道的数字对得上吗.

The regular expressions are in `rules/agreeing.toml`.
"""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

from corpus.language.text import fold

RULES_FILE = Path(__file__).parent / "rules/agreeing.toml"

_ASKS = re.compile("|".join(tomllib.loads(RULES_FILE.read_text("utf-8"))["asks"]))


def asks_agreement(asked: str) -> bool:
    """Whether a question asks if several say the same, or why they do not."""
    return bool(_ASKS.search(fold(asked)))
