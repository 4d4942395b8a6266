"""The languages of the product: which one to speak, and the words of the pages.

Texts are written in Chinese and English; OpenCC makes those in traditional characters.
"""

from __future__ import annotations

import os
import re
import tomllib
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Literal

Language = Literal["zh", "en"]
"""What a question is in, and so which rules read it."""

Spoken = Literal["zh", "zh-Hant", "en"]
"""What we speak: Chinese in simplified or in traditional characters, or English."""

Pair = tuple[str, str]
"""The same text in Chinese and in English."""

LANGUAGES: tuple[Spoken, ...] = ("zh", "zh-Hant", "en")

TAGS: Mapping[str, str] = {"zh": "zh-CN", "zh-Hant": "zh-TW", "en": "en"}
"""BCP 47 tag of each, for `lang` attributes: the region says which characters and words are used."""

NAMES: Mapping[str, str] = {"zh": "简体", "zh-Hant": "繁體", "en": "English"}
"""What each is called in itself."""

TEXTS_FILE = Path(__file__).with_suffix(".toml")

_TEXTS: Mapping[str, Mapping[str, Mapping[str, str]]] = tomllib.loads(TEXTS_FILE.read_text("utf-8"))

# One entry of Accept-Language, or a locale: "zh-CN;q=0.9", "zh-Hant-HK", "en", "zh_TW.UTF-8".
_ACCEPTED = re.compile(
    r"(?:(?P<traditional>zh[-_](?:hant|tw|hk|mo))|(?P<chinese>zh)|(?P<english>en))"
    r"(?:[-_.][\w.-]+)?\s*(?:;\s*q=(?P<weight>[\d.]+))?",
    re.IGNORECASE,
)


def texts(section: str, language: str) -> dict[str, str]:
    """The texts of one section of i18n.toml, by name. Raises KeyError for an unknown one."""
    return dict(_section(section, language))


@cache
def _section(section: str, language: str) -> dict[str, str]:
    pairs = _TEXTS[section].items()
    return {name: pick((pair["zh"], pair["en"]), language) for name, pair in pairs}


def pick(pair: Pair, language: str) -> str:
    """The text of `pair` that is in `language`."""
    chinese, english = pair
    if language == "zh-Hant":
        # Loads a dictionary: only where one reads traditional characters.
        from corpus.language.text import traditional

        return traditional(chinese)
    return english if language == "en" else chinese


def language_of_parameter(value: str | None, otherwise: Spoken = "zh") -> Spoken:
    """The language that `?lang=` asks for; `otherwise` where it asks for none of ours."""
    return _named(value or "") or otherwise


def language_of_locale(environment: Mapping[str, str] = os.environ) -> Spoken:
    """That of the first locale variable that is set, Chinese where it is none of ours."""
    for name in ("LC_ALL", "LC_MESSAGES", "LANG"):
        locale = environment.get(name)
        if locale:
            return _named(locale) or "zh"
    return "zh"


def language_of_header(accept_language: str) -> Spoken:
    """The language that an Accept-Language header weighs most; of equal ones the first of ours."""
    weights: dict[Spoken, float] = dict.fromkeys(LANGUAGES, 0.0)
    for entry in accept_language.split(","):
        named = _named(entry)
        accepted = _ACCEPTED.fullmatch(entry.strip())
        if named and accepted:
            weights[named] = max(weights[named], _weight(accepted["weight"] or "1"))
    return max(LANGUAGES, key=weights.__getitem__)


def _named(entry: str) -> Spoken | None:
    """The language of ours that an entry of a header, a parameter or a locale names."""
    accepted = _ACCEPTED.fullmatch(entry.strip())
    if accepted is None:
        return None
    if accepted["english"]:
        return "en"
    return "zh-Hant" if accepted["traditional"] else "zh"


def _weight(digits: str) -> float:
    try:
        return float(digits)
    except ValueError:  # such as 1.2.3
        return 0.0
