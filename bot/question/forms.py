"""Which form of answer a question asks for, by its words.

The regular expressions are in `rules/forms.toml`.
"""

from __future__ import annotations

import re
import tomllib
from pathlib import Path
from typing import Literal

from bot.question.analysis import Question
from corpus.language.text import fold

AskedForm = Literal[
    "summary", "comparison", "documents", "mention", "each", "list", "yes_no", "fact"
]

RULES_FILE = Path(__file__).parent / "rules/forms.toml"

_RULES = tomllib.loads(RULES_FILE.read_text("utf-8"))
_FORMS: dict[AskedForm, re.Pattern[str]] = {
    form: re.compile("|".join(patterns)) for form, patterns in _RULES["asked"].items()
}


def asked_form(question: Question) -> AskedForm:
    """The form that a question asks for; the first that fits, "fact" where none does."""
    folded = fold(question.asked)
    for form, pattern in _FORMS.items():
        asks_other = form == "yes_no" and question.kind not in ("yes", "bare")
        if pattern.search(folded) and not asks_other:
            return form
    if question.kind == "list":
        return "list"
    if question.kind == "yes":
        return "yes_no"
    return "fact"
