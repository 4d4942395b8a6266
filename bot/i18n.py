"""The two languages of the product: which one to speak, and the words of the pages."""

from __future__ import annotations

import os
import re
import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Literal

Language = Literal["zh", "en"]

Pair = tuple[str, str]
"""The same text in Chinese and in English."""

LANGUAGES: tuple[Language, ...] = ("zh", "en")

TAGS: Mapping[str, str] = {"zh": "zh-CN", "en": "en"}
"""BCP 47 tag of each language, for `lang` attributes."""

TEXTS_FILE = Path(__file__).with_suffix(".toml")

_TEXTS: Mapping[str, Mapping[str, Mapping[str, str]]] = tomllib.loads(TEXTS_FILE.read_text("utf-8"))

# One entry of Accept-Language: "zh-CN;q=0.9", "en".
_ACCEPTED = re.compile(r"(zh|en)(?:-[\w-]+)?\s*(?:;\s*q=([\d.]+))?", re.IGNORECASE)


def texts(section: str, language: str) -> dict[str, str]:
    """The texts of one section of i18n.toml, by name. Raises KeyError for an unknown one."""
    return {name: pair[language] for name, pair in _TEXTS[section].items()}


def pick(pair: Pair, language: str) -> str:
    """The text of `pair` that is in `language`."""
    chinese, english = pair
    return english if language == "en" else chinese


def language_of_parameter(value: str | None) -> Language:
    """The language that `?lang=` asks for: English if it says so, else Chinese."""
    return _english_if_named(value or "")


def language_of_locale(environment: Mapping[str, str] = os.environ) -> Language:
    """English if the first locale variable that is set is an English one, else Chinese."""
    for name in ("LC_ALL", "LC_MESSAGES", "LANG"):
        locale = environment.get(name)
        if locale:
            return _english_if_named(locale)
    return "zh"


def language_of_header(accept_language: str) -> Language:
    """English if an Accept-Language header weighs it above Chinese, else Chinese."""
    weights = {"zh": 0.0, "en": 0.0}
    for entry in accept_language.split(","):
        accepted = _ACCEPTED.fullmatch(entry.strip())
        if accepted:
            name = accepted[1].lower()
            weights[name] = max(weights[name], _weight(accepted[2] or "1"))
    return "en" if weights["en"] > weights["zh"] else "zh"


def _english_if_named(name: str) -> Language:
    return "en" if name.lower().startswith("en") else "zh"


def _weight(digits: str) -> float:
    try:
        return float(digits)
    except ValueError:  # such as 1.2.3
        return 0.0
