"""What a question asks for: its kind, its numbers, and the words that carry it."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from corpus.language.text import Segmenter, fold, is_english, leads

Kind = Literal["number", "date", "person", "place", "list", "why", "how", "what", "yes", "bare"]

RULES_FILE = Path(__file__).parent / "rules/analysis.toml"

_RULES = tomllib.loads(RULES_FILE.read_text("utf-8"))
_CHINESE: dict[Kind, re.Pattern[str]] = {
    kind: re.compile("|".join(said)) for kind, said in _RULES["chinese"].items()
}
_ENGLISH: dict[Kind, re.Pattern[str]] = {
    kind: re.compile(rf"\b(?:{'|'.join(said)})\b") for kind, said in _RULES["english"].items()
}
_FILLER = re.compile("|".join(pattern for group in _RULES["filler"].values() for pattern in group))
_STOP = frozenset(word for group in _RULES["stop"].values() for word in group)
_ASKING = re.compile("|".join(_RULES["words"]["asking"]))
_MEASURES = frozenset(_RULES["words"]["measures"])
GENERAL = frozenset(_RULES["words"]["general"].split())
"""Nouns that ask rather than name a thing."""

_CLAUSE_END = re.compile(r"[,，。?？!！的]")
_NO_MEASURE = re.compile(
    r"年[纪龄级代]|名[字称]|条[件例]|部[分门队]|家[庭人长]|场[地景]|层[次面]|个[人体]|户[口籍]|种[类子]|支[出持]|次[序数]"
)
"""Nouns that begin like a measure word: 多大〔年纪〕."""

_NUMBER = re.compile(r"\d+(?:\.\d+)?%?")
_LATIN = re.compile(r"[a-z][a-z0-9-]*")

_AROUND: frozenset[Kind] = frozenset({"number", "date", "person", "place", "what", "how", "why"})
"""Kinds whose interrogative is no part of the terms; that of a list or of yes and no may hold words that are."""


@dataclass(frozen=True, slots=True)
class Question:
    """What is asked (`asked`, typos mended; `whole`, standing by itself) and what is searched (`text`).

    `terms` are the content words, folded, each with its rarity (about 2 to 8); `alike` gives, for a term the collection
    does not have, words of the collection that mean the same. `before` and `after` stand around the interrogative,
    folded; `measure` is the measure word that follows it and `focus` the noun it asks for (多少〔个〕〔小区〕): either
    may be empty.
    """

    asked: str
    whole: str
    text: str
    language: Literal["zh", "en"]
    kind: Kind
    before: str
    after: str
    focus: str
    measure: str
    terms: Mapping[str, float]
    alike: Mapping[str, tuple[str, ...]]
    numbers: frozenset[str]


def analyse(text: str, segmenter: Segmenter) -> Question:
    """Reads the question `text`, a standalone one."""
    folded, english = fold(text), is_english(text)
    kind, before, after = _interrogative(folded, _ENGLISH if english else _CHINESE)
    said = f"{before} {after}" if kind in _AROUND else folded
    words = (
        _LATIN.findall(folded) if english else segmenter.words(_FILLER.sub(" ", said), guess=False)
    )
    return Question(
        asked=text,
        whole=text,
        text=text,
        language="en" if english else "zh",
        kind=kind,
        before=before,
        after=after,
        focus="" if english else _focus(after, kind, segmenter),
        measure=_measure(after) if kind == "number" else "",
        terms={word: segmenter.rarity(word) for word in words if _tells(word)},
        alike={},
        numbers=frozenset(_NUMBER.findall(folded)),
    )


def as_written(asked: str, synonyms: Mapping[str, tuple[str, ...]]) -> dict[str, tuple[str, ...]]:
    """The everyday words in a question → what the documents write instead: 老百姓 → 群众, 居民, 市民.

    `synonyms` are those of the corpus, folded.
    """
    folded = fold(asked)
    return {word: written for word, written in synonyms.items() if word in folded}


def _interrogative(folded: str, kinds: Mapping[Kind, re.Pattern[str]]) -> tuple[Kind, str, str]:
    """The kind, and what stands before and after the word that shows it."""
    for kind, pattern in kinds.items():
        if match := pattern.search(folded):
            return kind, folded[: match.start()], folded[match.end() :]
    return "bare", folded, ""


def _tells(word: str) -> bool:
    """Whether `word` is one to search for: no stop word, number, mark or interrogative."""
    return word[-1].isalnum() and not (
        word in _STOP or _NUMBER.fullmatch(word) or _ASKING.search(word)
    )


def _measure(after: str) -> str:
    """The measure word that follows the interrogative, or empty."""
    return after[:1] if after[:1] in _MEASURES and not _NO_MEASURE.match(after) else ""


def _focus(after: str, kind: Kind, segmenter: Segmenter) -> str:
    """The first content word after the interrogative, in its clause: 哪些〔短板〕, 多少个〔小区〕, 多少家〔企业〕."""
    words = segmenter.words(_CLAUSE_END.split(after)[0])
    if kind == "number" and len(words) > 1 and words[0] in _MEASURES:
        # 几岁时离开 counts nothing that follows.
        words = (
            words[1:] if words[1] == "是" or not (words[1] in _STOP or leads(words[1])) else words
        )
    return next((word for word in words if word not in _STOP), "")
