"""The words of the pages in both languages: texts.toml as a table."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from pathlib import Path

TEXTS_FILE = Path(__file__).with_suffix(".toml")
LANGUAGES = ("zh", "en")
TAGS = {"zh": "zh-CN", "en": "en"}
"""BCP 47 tag of each language, for `lang` attributes."""

_TEXTS: Mapping[str, Mapping[str, Mapping[str, str]]] = tomllib.loads(TEXTS_FILE.read_text("utf-8"))


def texts(section: str, language: str) -> dict[str, str]:
    """The texts of one section of the table, by name. Raises KeyError for a section or a language it does not have."""
    return {name: pair[language] for name, pair in _TEXTS[section].items()}


def chosen(wish: str | None) -> str:
    """The language that `?lang=` asks for: English where it says so, else Chinese."""
    return "en" if (wish or "").lower().startswith("en") else "zh"
