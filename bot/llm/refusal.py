"""Tells where a language model says that the material has no answer, in its own words."""

from __future__ import annotations

import re
import tomllib

from bot.llm.prompt import PROMPT_FILE
from corpus.language.text import fold

_RULES = tomllib.loads(PROMPT_FILE.read_text("utf-8"))["refusals"]
# 资料中没有答案。 无法根据材料回答这个问题。 The text does not say.
_REFUSAL = re.compile("|".join(pattern for patterns in _RULES.values() for pattern in patterns))


def is_refusal(text: str) -> bool:
    """Whether a sentence that has no support says that there is no answer."""
    return bool(_REFUSAL.search(fold(text)))
