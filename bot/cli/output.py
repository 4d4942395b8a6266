"""Printing: results on standard output, all else on standard error, in the user's language."""

from __future__ import annotations

import json
import sys

from bot import i18n
from bot.i18n import Spoken, language_of_locale


def language_for(question: object = None) -> Spoken:
    """The language to speak: English if the locale or the question is English, else Chinese, in
    traditional characters if the locale or the question has them.
    """
    language = language_of_locale()
    if language == "en" or not isinstance(question, str):
        return language
    # Loads a dictionary: only where a question is to be judged.
    from bot.traditional import spoken_for

    return spoken_for(question, language)


def pick(zh: str, en: str) -> str:
    """The one of two texts that is in the locale's language."""
    return i18n.pick((zh, en), language_of_locale())


def prepare_streams(json_wanted: bool) -> None:
    """Makes the streams write UTF-8 for JSON, and "?" for a character that they cannot write."""
    for stream in (sys.stdout, sys.stderr):
        reconfigure = getattr(stream, "reconfigure", None)
        # A stream that stands in for a real one, such as a test's, may not have it.
        if reconfigure is not None:
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
