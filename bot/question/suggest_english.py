"""English questions about Chinese documents: made of the same facts, in words that the glossary has.

A question names its document by the title as it is, and asks by forms of words that are answered of
any document; what a dictionary has no short English for is not asked in English.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from functools import cache

from bot.question.suggest_made import GeneratedQuestion
from bot.question.suggest_sentences import table
from corpus import Document, Passage, Section
from corpus.language.cedict import senses
from corpus.language.text import Segmenter, fold

TOPICS_AT_MOST = 6
"""Subjects of a document of which it is asked what is said."""

LEAST_SAID = 3
"""How often a word stands in a document that is a subject of it."""

RAREST, COMMONEST = 9.0, 5.5
"""Rarities between which a word is a subject: rarer ones are names, more frequent ones say nothing."""

WORDS_AT_MOST = 4
"""English words that a Chinese name is rendered by."""

# "heat supply", "rail transit"; not "to supply heat", "(coll.) heater", "CL:個|个"
_PLAIN = re.compile(r"[a-z]+(?:[ -][a-z]+){0,2}")
# urban governance, social security; but parking lots
_MASS = re.compile(
    r"(?:nce|ity|ness|ism|ing|ment|ship|transit|supply|health|traffic|cation|ction|(?<!organ)ization|work|water|care"
    r"|heat|culture|policy|economy|finance)$"
)
_ASIDE = re.compile(r"\([^)]*\)|\[[^\]]*\]")
# 第二章 犬只登记, 三、夜里的新问题
_NUMBERED = re.compile(
    r"^(?:第[一二三四五六七八九十\d]+[编章节]|[（(]?[一二三四五六七八九十\d]+[)）]?[、.．])\s*"
)
# 2019年我国城镇化率是多少？
_HOW_MUCH = re.compile(
    r"(?P<year>\d{4})年(?:我国|全国|本市|全市)?(?P<what>[^，。？]{2,12})是多少？"
)
# 截至2019年年底，我国社会组织数量是多少？
_COUNT = re.compile(
    r"截[至止]?(?P<year>\d{4})年年?[底末]，?(?:我国|全国|本市|全市)?(?P<what>[^，。？]{2,12})(?:数量|总数|数)是多少？"
)
_PRINCIPLES = re.compile(r"(?P<what>.{2,16}?)(?:应当|应|要)?(?:遵循|坚持|按照)什么原则？")
_MEANS = re.compile(r"什么是(?P<what>.{2,10})？")


def in_english(
    document: Document, called: str, made: Iterable[GeneratedQuestion], terms: Mapping[str, str]
) -> Iterator[GeneratedQuestion]:
    """The English questions about a Chinese document that is `called` so in English.

    `made` are the Chinese questions about it, without its name; `terms` map words of the corpus to
    their English, several separated by semicolons.
    """
    yield from _of_whole(document, called)
    for generated in made:
        question = _like(generated, called, terms)
        if question:
            yield GeneratedQuestion(question, generated.kind, generated.answer)
    yield from _of_topics(document, called, terms)


def _of_whole(document: Document, called: str) -> Iterator[GeneratedQuestion]:
    whole = Passage(document, 0, len(document.text))
    yield GeneratedQuestion(f"What is {called} about?", "summary", whole)
    lines = {section.heading: section for section in document.sections}
    for heading, questions in table()["english"]["lines"].items():
        if heading in lines:
            span = Passage(document, lines[heading].start, lines[heading].end)
            for question in questions:
                yield GeneratedQuestion(question.format(called=called), "line", span)


def _like(generated: GeneratedQuestion, called: str, terms: Mapping[str, str]) -> str | None:
    """A Chinese question in English, where there is a form for it and English for its words."""
    asked = generated.question
    for form in table()["english"]["like"]:
        if form["kind"] == generated.kind and re.search(form["when"], asked):
            return str(form["ask"]).format(called=called)
    if match := _HOW_MUCH.fullmatch(asked):
        what = english_of(match["what"], terms)
        return what and f"What was the {what} in {match['year']}?"
    if match := _COUNT.fullmatch(asked):
        what = english_of(match["what"], terms)
        return what and f"How many {_plural(what)} were there at the end of {match['year']}?"
    if match := _PRINCIPLES.fullmatch(asked):
        what = english_of(match["what"], terms)
        return what and f"What principles does {called} set for {what}?"
    if match := _MEANS.fullmatch(asked):
        what = english_of(match["what"].strip("“”"), terms)
        return what and f"What does “{what}” mean in {called}?"
    return None


def _of_topics(
    document: Document, called: str, terms: Mapping[str, str]
) -> Iterator[GeneratedQuestion]:
    """What a document says about its chapters and about the words that stand in it most."""
    whole = Passage(document, 0, len(document.text))
    subjects = [*_chapters(document.sections), *_frequent(document, terms)]
    found: dict[str, str] = {}
    for word in subjects:
        english = english_of(word, terms)
        # Of one word it is not known whether it takes an article: city.
        if english and " " in english and english not in found:
            found[english] = word
    for english, word in list(found.items())[:TOPICS_AT_MOST]:
        subject = english if _MASS.search(english) else _plural(english)
        question = f"What does {called} say about {subject}?"
        yield GeneratedQuestion(question, "topic", whole, fold(word))


def _chapters(sections: Iterable[Section]) -> list[str]:
    headings = (_NUMBERED.sub("", section.heading).strip() for section in sections)
    return [heading for heading in headings if 2 < len(heading) <= 2 * WORDS_AT_MOST]


def _frequent(document: Document, terms: Mapping[str, str]) -> list[str]:
    """The words of a document that are its subjects, those of `terms` first."""
    folded = fold(document.text)
    given = [term for term in terms if folded.count(term) >= LEAST_SAID]
    given.sort(key=lambda term: -folded.count(term))
    segmenter = _segmenter()
    count = Counter(word for word in segmenter.words(folded) if len(word) > 1)
    weights = {word: number * segmenter.rarity(word) for word, number in count.items()}
    said = [
        word for word, number in count.items()
        if number >= LEAST_SAID and COMMONEST <= segmenter.rarity(word) <= RAREST
    ]  # fmt: skip
    said.sort(key=lambda word: -weights[word])
    return [*given, *said[: 2 * TOPICS_AT_MOST]]


def english_of(phrase: str, terms: Mapping[str, str] = {}) -> str | None:
    """A Chinese name in English, whole or word by word; None where a word has no short English."""
    folded = fold(phrase)
    whole = _english_of_word(folded, terms)
    if whole:
        return whole
    words = [word for word in _segmenter().words(folded) if word not in "的和与及、"]
    if not words or "".join(words) != folded:
        return None
    english = [_english_of_word(word, terms) for word in words]
    told = [one for one in english if one]
    if len(told) < len(words) or len(" ".join(told).split()) > WORDS_AT_MOST:
        return None
    return " ".join(told)


def _english_of_word(word: str, terms: Mapping[str, str]) -> str | None:
    """The first English of a word: in `terms`, else its first gloss that is no verb and no aside."""
    if terms.get(word):
        return terms[word].split(";")[0].strip()
    if len(word) < 2:
        return None
    first = senses().get(word, "").split("/")[0].split(";")[0]
    gloss = _ASIDE.sub("", first).strip()
    is_noun = _PLAIN.fullmatch(gloss) and not gloss.startswith(("to ", "see "))
    return gloss if is_noun else None


def _plural(english: str) -> str:
    if english.endswith("y") and english[-2:-1] not in "aeou":
        return f"{english[:-1]}ies"
    return english if english.endswith("s") else f"{english}s"


@cache
def _segmenter() -> Segmenter:
    return Segmenter()
