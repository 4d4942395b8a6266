"""What a question compares, with what is searched for each: places, terms, documents."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field, replace

from bot.composer.documents import speaking_of
from bot.composer.labels import LABELLED, MENTIONED
from bot.composer.sources import Material
from bot.question.comparing import Comparison, comparison
from bot.question.titles import GENRES, places_in
from bot.reader.candidates import coverage
from corpus import Document
from corpus.language.cedict import is_name
from corpus.language.text import fold, is_place

SIDES_AT_MOST = 6
"""Things that one answer compares; of documents the best."""

LESS = 2.5
"""How far a document may speak less of what is asked for than the best one, in scores of the ranking,
to be compared with it."""

# 2022 and 6, 18: the numbers that tell 2022年 and 6到18岁 from others
_DIGITS = re.compile(r"\d+(?:\.\d+)?")
# 7路, 2022年: the name stands as it is
_NUMBERED = re.compile(r"\d+[^\d\W]{1,2}")
# 2022年: a time, and no document's name
_TIME = re.compile(r"[\d.到至-]+[年月日季度岁]*")
# 本条例, as what a question asks of a document calls it
_OWN_NAME = re.compile(rf"本(?:{'|'.join(GENRES)})")


@dataclass(frozen=True, slots=True)
class Side:
    """One of the things compared.

    `words` tell it from the others, with their rarity, and so do `numbers`, the digits of its name.
    `documents` are those searched for it; with `owns` they are about it alone. A proper name is
    said by no other words. `alike` are synonyms of its words.
    """

    name: str
    words: Mapping[str, float]
    documents: tuple[Document, ...]
    owns: bool = False
    is_proper: bool = False
    numbers: frozenset[str] = frozenset()
    alike: Mapping[str, tuple[str, ...]] = field(default_factory=dict)

    def is_label_of(self, folded: str) -> bool:
        """Whether a folded text may stand behind its name."""
        return self.is_named_in(folded, LABELLED)

    def is_named_in(self, folded: str, least: float = MENTIONED) -> bool:
        """Whether a folded text mentions it: has `least` of its words, by rarity, or all its numbers."""
        if _NUMBERED.fullmatch(self.name):
            return bool(re.search(rf"(?<!\d){re.escape(fold(self.name))}", folded))
        if self.numbers:
            return self.numbers.issubset(_DIGITS.findall(folded))
        return coverage(self.words, folded, self.alike) >= least


@dataclass(frozen=True, slots=True)
class Compared:
    """The `sides` of a question and the `aspects` that are asked of each, maybe empty.

    `is_whole` where the sides are documents and everything in them is compared.
    """

    sides: tuple[Side, ...]
    aspects: str
    is_whole: bool = False


def compared(material: Material) -> Compared | None:
    """What a question compares; None where it names no two things."""
    whole, asked = _asked(material)
    if asked is None or len(asked.sides) > SIDES_AT_MOST:
        return None
    if asked.by_document:
        spoken = speaking_of(asked.aspects, material)[:SIDES_AT_MOST] if asked.aspects else []
        sides = [
            _of_document(one.document) for one in spoken if one.score >= spoken[0].score - LESS
        ]
    else:
        sides = _named_sides(whole, asked.sides, material)
    if len(sides) < 2:
        return None
    return _without_titles(Compared(tuple(sides), asked.aspects), material)


def _asked(material: Material) -> tuple[str, Comparison | None]:
    """The question and what it compares, without the title of the only document that it names.

    Where that document is itself a side, 北京的条例和上海的, the question stays as it is.
    """
    segmenter = material.sources.snapshot.segmenter
    whole = material.question.whole
    named = _documents_named(material)
    if len(named) == 1:
        inside_text = material.scope.question_for(named[0], material.question).whole
        inside = comparison(inside_text, segmenter)
        if inside and inside.sides and not any(map(_OWN_NAME.match, inside.sides)):
            return inside_text, inside
    return whole, comparison(whole, segmenter)


def _documents_named(material: Material) -> list[Document]:
    return [aim.document for aim in material.scope.aims if aim.fit >= 1]


def _of_document(document: Document) -> Side:
    return Side(document.name, {fold(document.title): 1.0}, (document,), owns=True)


def _named_sides(whole: str, names: Sequence[str], material: Material) -> list[Side]:
    """The sides by their names, each with the words that the others do not have."""
    held = _held(names, material)
    owned = [_own_documents(name, held) for name in names]
    doubtful = frozenset.intersection(*map(_ids, owned))
    taken = {document.doc_id for own in owned for document in own} - doubtful
    rest = tuple(document for document in held if document.doc_id not in taken)
    understood = [material.sources.understand(name) for name in names]
    terms = [one.terms for one in understood]
    folded = fold(whole)
    sides = []
    for number, name in enumerate(names):
        others = {word for at, other in enumerate(terms) if at != number for word in other}
        words = _telling(name, terms[number], others)
        own = tuple(document for document in owned[number] if document.doc_id not in doubtful)
        start = folded.find(name)
        written = whole[start : start + len(name)] if start >= 0 else name
        numbers = frozenset() if any(map(is_place, words)) else frozenset(_DIGITS.findall(name))
        is_proper = bool(numbers) or any(map(_is_proper, words))
        alike = understood[number].alike
        sides.append(Side(written, words, own or rest, bool(own), is_proper, numbers, alike))
    return sides


def _ids(documents: Sequence[Document]) -> frozenset[str]:
    return frozenset(document.doc_id for document in documents)


def _telling(name: str, terms: Mapping[str, float], others: AbstractSet[str]) -> dict[str, float]:
    """The terms of a side that the others do not have: of 三月在浙江讲的 only the place, 浙江.

    The whole name where they are single characters: the 红 of 红桶.
    """
    own = {term: rarity for term, rarity in terms.items() if term not in others}
    places = {term: rarity for term, rarity in own.items() if is_place(term)}
    return places or (own if any(len(term) > 1 for term in own) else {name: 1.0})


def _is_proper(word: str) -> bool:
    return is_place(word) or is_name(word)


def _held(names: Sequence[str], material: Material) -> list[Document]:
    """The documents that may speak of the sides: the one that is named, unless it is a side itself."""
    named = _documents_named(material)
    if len(named) != 1 or not any(_own_documents(name, named) for name in names):
        return material.documents_meant
    allowed = material.scope.doc_ids
    every = material.sources.documents
    return [d for d in every if allowed is None or d.doc_id in allowed]


def _own_documents(name: str, held: Sequence[Document]) -> list[Document]:
    """The documents whose title has the name of a side, or else its place."""
    titled: list[Document] = []
    of_place: list[Document] = []
    if _TIME.fullmatch(name):
        return titled
    places = places_in(name)
    for document in held:
        title = fold(document.name)
        if name in title or (title and title in name):
            titled.append(document)
        elif any(place in title for place in places):
            of_place.append(document)
    return titled or of_place


def _without_titles(found: Compared, material: Material) -> Compared:
    """Sides with only their documents of a title that has all the aspects, where all have such.

    上海和北京的生活垃圾管理条例 are two documents, and everything in them is compared.
    """
    if not all(side.owns for side in found.sides):
        return found
    terms = material.sources.understand(found.aspects).terms if found.aspects else {}
    sides = []
    for side in found.sides:
        titled = tuple(one for one in side.documents if _has_all(fold(one.title), terms))
        if not titled:
            return found
        sides.append(replace(side, documents=titled))
    return Compared(tuple(sides), found.aspects, is_whole=True)


def _has_all(folded: str, terms: Iterable[str]) -> bool:
    return all(term in folded for term in terms)
