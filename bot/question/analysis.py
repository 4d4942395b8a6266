"""What a question asks for: its kind, its numbers, and the words that carry it."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

from bot.i18n import Language
from bot.question.smalltalk import SmalltalkKind
from corpus.language.text import Segmenter, fold, is_english, leads

Kind = Literal["number", "date", "person", "place", "list", "why", "how", "what", "yes", "bare"]

RULES_FILE = Path(__file__).parent / "rules/analysis.toml"

_RULES = tomllib.loads(RULES_FILE.read_text("utf-8"))
_CHINESE: dict[Kind, re.Pattern[str]] = {
    kind: re.compile("|".join(patterns)) for kind, patterns in _RULES["chinese"].items()
}
_ENGLISH: dict[Kind, re.Pattern[str]] = {
    kind: re.compile(rf"\b(?:{'|'.join(patterns)})\b")
    for kind, patterns in _RULES["english"].items()
}
# 请问…, 这篇文章里是怎么提到的…, …到底
_FILLER = re.compile("|".join(pattern for group in _RULES["filler"].values() for pattern in group))
_STOP = frozenset(word for group in _RULES["stop"].values() for word in group)
# 哪些, 多少, 这个, 两个
_ASKING = re.compile("|".join(_RULES["words"]["asking"]))
_SOME = re.compile("|".join(_RULES["words"]["some"]))
_MEASURES = frozenset(_RULES["words"]["measures"])
GENERAL = frozenset(_RULES["words"]["general"].split())
"""Nouns that ask rather than name a thing."""

# 杭州有多少个小区，| 各是什么: the clause ends at the comma.
_CLAUSE_END = re.compile(r"[,，。?？!！的]")

# Nouns that begin like a measure word: 多大〔年纪〕.
_NO_MEASURE = re.compile(
    r"年[纪龄级代]|名[字称]|条[件例]|部[分门队]|家[庭人长]|场[地景]|层[次面]|个[人体]|户[口籍]|种[类子]|支[出持]|次[序数]"
)
# 2685, 60%, 3.5
_NUMBER = re.compile(r"\d+(?:\.\d+)?%?")

# 《供热条例》, “两张网”
_NAMED = re.compile('《[^《》]*》|“[^“”]*”|"[^"]*"')

# covid-19, gdp
_LATIN = re.compile(r"[a-z][a-z0-9-]*")

_INTERROGATIVE_ALONE: frozenset[Kind] = frozenset(
    {"number", "date", "person", "place", "what", "how", "why"}
)
"""Kinds whose interrogative holds no content word, as that of a list or yes-no question may."""


@dataclass(frozen=True, slots=True)
class Question:
    """A question as it is searched and read.

    `asked` is what was typed, spelling corrected; `whole` is the question standing by itself;
    `text` is what is searched for. `terms` maps each content word (folded) to its rarity, about 2
    to 8; `alike` maps a term that the collection does not have to words of the collection that mean
    the same. `before` and `after` are the folded text around the interrogative. `measure` is the
    measure word after it and `focus` the noun it asks for (多少〔个〕〔小区〕); either may be empty.
    `smalltalk` is set for a question that needs no document. `news` are the terms that a follow-up
    puts into the question before it (X of 那X呢), with their rarity, `replaced` those in whose place
    they stand, and `carried` those of `terms` that it takes over.
    """

    asked: str
    whole: str
    text: str
    language: Language
    kind: Kind
    before: str
    after: str
    focus: str
    measure: str
    terms: Mapping[str, float]
    alike: Mapping[str, tuple[str, ...]]
    numbers: frozenset[str]
    smalltalk: SmalltalkKind | None = None
    news: Mapping[str, float] = field(default_factory=dict)
    replaced: frozenset[str] = frozenset()
    carried: frozenset[str] = frozenset()

    @property
    def own(self) -> Mapping[str, float]:
        """The terms that are not carried over: what is asked, and not only of what."""
        if not self.carried:
            return self.terms
        return {term: rarity for term, rarity in self.terms.items() if term not in self.carried}

    @property
    def behind(self) -> str:
        """What is said behind the noun that is asked for: 要盖章 of 哪些材料要盖章."""
        return self.after.partition(self.focus)[2] if self.focus else self.after


def language_of(text: str) -> Language:
    """English for a text of Latin letters without a Chinese character, else Chinese.

    A name in marks has the language of its document: When does 《供热条例》 take effect?
    """
    if is_english(text):
        return "en"
    around = _NAMED.sub(" ", text)
    return "en" if is_english(around) and len(_LATIN.findall(fold(around))) > 1 else "zh"


def analyse(text: str, segmenter: Segmenter) -> Question:
    """Finds the kind, terms and numbers of the question `text`, which stands by itself."""
    folded = fold(text)
    language = language_of(text)
    kinds = _ENGLISH if language == "en" else _CHINESE
    kind, before, after = _split_at_interrogative(folded, kinds)
    content = f"{before} {after}" if kind in _INTERROGATIVE_ALONE else folded
    if language == "en":
        words = _LATIN.findall(folded)
        focus = ""
    else:
        words = segmenter.words(_FILLER.sub(" ", content), guess=False)
        focus = _focus(after, kind, segmenter)
    return Question(
        asked=text,
        whole=text,
        text=text,
        language=language,
        kind=kind,
        before=before,
        after=after,
        focus=focus,
        measure=_measure(after) if kind == "number" else "",
        terms={word: segmenter.rarity(word) for word in words if _is_content(word)},
        alike={},
        numbers=frozenset(_NUMBER.findall(folded)),
    )


def as_written(asked: str, synonyms: Mapping[str, tuple[str, ...]]) -> dict[str, tuple[str, ...]]:
    """The everyday words in a question → what the documents write instead: 老百姓 → 群众, 居民, 市民.

    `synonyms` are those of the corpus, folded.
    """
    folded = fold(asked)
    return {word: written for word, written in synonyms.items() if word in folded}


def _split_at_interrogative(
    folded: str, kinds: Mapping[Kind, re.Pattern[str]]
) -> tuple[Kind, str, str]:
    """The kind of a question, and the text before and after the interrogative that shows it."""
    asking = _SOME.sub(lambda found: " " * len(found[0]), folded)
    for kind, pattern in kinds.items():
        interrogative = pattern.search(asking)
        if interrogative:
            return kind, folded[: interrogative.start()], folded[interrogative.end() :]
    return "bare", folded, ""


def _is_content(word: str) -> bool:
    """Whether `word` is worth searching for: no stop word, number, mark or interrogative."""
    if not word[-1].isalnum() or word in _STOP:
        return False
    return not (_NUMBER.fullmatch(word) or _ASKING.search(word))


def _measure(after: str) -> str:
    """The measure word that follows the interrogative, or empty."""
    first = after[:1]
    return first if first in _MEASURES and not _NO_MEASURE.match(after) else ""


def _focus(after: str, kind: Kind, segmenter: Segmenter) -> str:
    """The first content word after the interrogative in its clause: 哪些〔短板〕, 多少个〔小区〕, 多少家〔企业〕."""
    clause = _CLAUSE_END.split(after)[0]
    words = segmenter.words(clause)
    if kind == "number" and len(words) > 1 and words[0] in _MEASURES:
        counted = words[1]
        # 几岁时离开: what follows the measure word is not counted.
        if counted == "是" or not (counted in _STOP or leads(counted)):
            words = words[1:]
    return next((word for word in words if word not in _STOP), "")
