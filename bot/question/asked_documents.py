"""Takes apart a question that asks which documents speak of something: 哪些文章讲到〔停车〕.

The regular expressions are in `rules/documents.toml`.
"""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

from corpus.language.text import fold

RULES_FILE = Path(__file__).parent / "rules/documents.toml"

_RULES = tomllib.loads(RULES_FILE.read_text("utf-8"))


def _compiled(patterns: list[str]) -> list[re.Pattern[str]]:
    words = {"<NOUN>": _RULES["noun"], "<SAYS>": _RULES["says"]}
    found = []
    for pattern in patterns:
        for name, choices in words.items():
            pattern = pattern.replace(name, choices)
        found.append(re.compile(pattern))
    return found


_BESIDE = _compiled(_RULES["beside"])
_LOOSE = "的,，。?？、 了"


def subject_of(asked: str) -> str:
    """What the documents asked for speak of, folded; empty where the question does not say."""
    rest = fold(asked).strip(_LOOSE)
    for pattern in _BESIDE:
        rest = pattern.sub(" ", rest).strip(_LOOSE)
    return " ".join(rest.split())
