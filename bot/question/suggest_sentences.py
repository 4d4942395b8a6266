"""Questions made from sentences by the rules of `rules/suggest.toml`: a pattern, and what to ask."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

from bot.question.suggest_made import GeneratedQuestion
from corpus import Passage
from corpus.language.text import fold

RULES_FILE = Path(__file__).parent / "rules/suggest.toml"

FULL_WIDTH = str.maketrans(",;:()?!", "，；：（）？！")

# 第十二条 and (三) before a sentence say where it stands.
_NUMBERING = re.compile(
    r"^\s*(?:第[一二三四五六七八九十百零〇\d]{1,7}条\s*|[（(][一二三四五六七八九十\d]{1,3}[)）]|\d{1,2}[.、．])\s*"
)


class _Rule(NamedTuple):
    """`pattern` is searched in a folded sentence; its groups fill in `template`, group `a` answers."""

    kind: str
    pattern: re.Pattern[str]
    template: str


def from_sentence(sentence: Passage) -> Iterator[GeneratedQuestion]:
    """The questions of all rules that match a sentence, the number before it left out."""
    start = sentence.start + len(numbering(sentence.text))
    text = sentence.document.text[start : sentence.end]
    folded = fold(text)
    for rule in _rules():
        match = rule.pattern.search(folded)
        if match:
            parts = {"title": sentence.document.name}
            for name in rule.pattern.groupindex:
                parts[name] = text[slice(*match.span(name))]
            question = rule.template.format_map(parts).translate(FULL_WIDTH)
            first, last = match.span("a")
            answer = Passage(sentence.document, start + first, start + last)
            yield GeneratedQuestion(question, rule.kind, answer)


def numbering(text: str) -> str:
    """The number that stands before a sentence, with the spaces around it; or nothing."""
    match = _NUMBERING.match(text)
    return match.group() if match else ""


@cache
def table() -> dict[str, Any]:
    """The content of RULES_FILE."""
    return tomllib.loads(RULES_FILE.read_text(encoding="utf-8"))


@cache
def _rules() -> list[_Rule]:
    """The rules, their patterns with the named parts filled in."""
    rules = []
    for rule in table()["rule"]:
        # The <NUMBER> of (?P<a><NUMBER>)[多余]?名?
        pattern = re.sub("<([A-Z]+)>", lambda name: table()["parts"][name[1]], rule["when"])
        rules.append(_Rule(rule["kind"], re.compile(pattern), rule["ask"]))
    return rules
