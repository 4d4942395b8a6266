"""What the commands print: results on standard output, everything else on standard error, in the user's language."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Mapping
from typing import Literal

Language = Literal["zh", "en"]


def locale_language(environment: Mapping[str, str] = os.environ) -> Language:
    """ "en" where the locale is English, else "zh"."""
    chosen = next(
        (environment[name] for name in ("LC_ALL", "LC_MESSAGES", "LANG") if environment.get(name)),
        "",
    )
    return "en" if chosen.lower().startswith("en") else "zh"


def language_for(question: object = None) -> Language:
    """The language to speak: English where the locale or the question is, else Chinese."""
    if locale_language() == "en" or not isinstance(question, str):
        return locale_language()
    from corpus.language.text import (
        is_english,
    )  # takes a dictionary along: only where a question is to be judged

    return "en" if is_english(question) else "zh"


def pick(zh: str, en: str) -> str:
    """The one of two texts that is in the locale's language."""
    return en if locale_language() == "en" else zh


def prepare_streams(json_wanted: bool) -> None:
    """JSON is UTF-8 in every locale, and a character that a terminal does not have is no reason to fail."""
    for stream in (sys.stdout, sys.stderr):
        # Not every stand-in for a stream, such as a test's, can be set up.
        if reconfigure := getattr(stream, "reconfigure", None):
            reconfigure(encoding="utf-8" if json_wanted else stream.encoding, errors="replace")


def show(text: str) -> None:
    """Prints a result."""
    print(text, flush=True)


def show_json(value: object) -> None:
    """Prints a result as one line of JSON."""
    print(json.dumps(value, ensure_ascii=False, allow_nan=False), flush=True)


def note(text: str) -> None:
    """Prints a line on standard error."""
    print(text, file=sys.stderr, flush=True)
