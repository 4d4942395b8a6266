"""How many tokens the language model may be given and may write: of a question, a site, a day."""

from __future__ import annotations

import math
import re
from collections.abc import Iterable

from bot.llm.failures import ModelFailed
from bot.settings import LlmSettings
from bot.storage.daily_counts import DailyCounts
from index.remote.server import Server

FILE = "tokens.sqlite3"
"""The name of the file of counts in CHENGWEN_HOME."""

MESSAGE_TOKENS = 8
"""Tokens of a message beside its content: its role and its delimiters."""

_OF_ALL = "all"
_OF_SITE = "site:"

# Written in letters: "Hangzhou", "112 "
_LETTERS = re.compile(r"[\x00-\u024f]+")

_LETTERS_A_TOKEN = 3
"""Characters; tokenizers of today have 3.5 to 4.5 in English prose, and 3 in numbers and marks."""


def estimated_tokens(texts: Iterable[str]) -> int:
    """How many tokens messages have at most, for all that is known of a model's tokenizer.

    One a Chinese character, where tokenizers of today have .6 to .8, and one for three letters.
    """
    tokens = 0
    for text in filter(None, texts):
        runs = _LETTERS.findall(text)
        letters = sum(map(len, runs))
        tokens += MESSAGE_TOKENS + len(text) - letters + math.ceil(letters / _LETTERS_A_TOKEN)
    return tokens


class Budgets:
    """Counts what is set aside for a call until what it used is known. For the event loop's thread.

    `counts` are of tokens, in a file of their own; without them the day begins with the program.
    """

    def __init__(self, settings: LlmSettings, counts: DailyCounts | None = None) -> None:
        self._settings = settings
        self._counts = counts or DailyCounts()

    def set_aside(self, owner: str, tokens: int) -> Share:
        """Sets `tokens` aside for a call on behalf of the site `owner`, empty for our own pages.

        Raises ModelFailed ("budget"), and sets nothing aside, where there are not so many.
        """
        names = {
            _OF_ALL: self._settings.day_tokens,
            _OF_SITE + owner: self._settings.site_tokens,
        }
        for name, most in names.items():
            # The day has room for `tokens` more where it has for one after most - tokens.
            if most and self._counts.wait(name, most - tokens + 1):
                raise ModelFailed("budget", Server("llm.url", self._settings.url))
        share = Share(self._counts, tuple(names), tokens)
        share.count(tokens)
        return share


class Share:
    """What is set aside for one call."""

    def __init__(self, counts: DailyCounts, names: tuple[str, ...], tokens: int) -> None:
        self._counts = counts
        self._names = names
        self._tokens = tokens

    def count(self, tokens: int) -> None:
        """Counts `tokens` more for everyone whose share this is."""
        for name in self._names:
            self._counts.add(name, tokens)

    def settle(self, used: int) -> None:
        """Gives back what was not `used`, or counts what was used beyond it."""
        self.count(used - self._tokens)
        self._tokens = used
