"""What the chat shows before the first question: whom one talks to, and questions to begin with."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from bot.i18n import TAGS
from bot.live import documents_of
from bot.question.analysis import language_of
from bot.question.metadata import LINES
from bot.question.suggest_made import GeneratedQuestion
from bot.service import Service
from bot.web.pages import language_tag, read_address
from corpus import Document

CARDS = 6
"""Documents that are shown as cards, so that the box stays in sight; the others are in their list."""

SECTIONS = 6
"""Sections of the only document that are shown; the others are in its contents."""

WANTED = 50
"""Documents that an address may name: as many as anybody chooses by hand, and few for a page."""


class Opener(NamedTuple):
    """A question to begin with, about the document `doc_id`.

    `is_first` says whether it is shown while all documents are asked, `tag` is that of its language.
    """

    question: str
    doc_id: str
    tag: str
    is_first: bool


@dataclass(frozen=True, slots=True)
class FirstScreen:
    """What is shown of a library of `held` documents.

    `alone` is the only document, with its `sections` and how many more it has; otherwise `cards` are
    some of the documents, and `wanted` those that the address names.
    """

    held: int
    openers: tuple[Opener, ...] = ()
    cards: tuple[Document, ...] = ()
    wanted: tuple[Document, ...] = ()
    alone: Document | None = None
    sections: tuple[str, ...] = ()
    more_sections: int = 0

    @staticmethod
    def tag_of(document: Document) -> str:
        """The BCP 47 tag of the language that a document is in."""
        return language_tag(document)

    @staticmethod
    def address_of(document: Document) -> str:
        """Our page of a document."""
        return read_address(document)


def first_screen(service: Service, language: str, wanted_ids: Sequence[str] = ()) -> FirstScreen:
    """The first screen in `language`, "zh" or "en"; what `wanted_ids` names and is not held is left out.

    Takes no time where the service has suggestions, as the one in use has.
    """
    documents = documents_of(service)
    leading = service.suggestions.leading_in(language)
    if len(documents) == 1:
        return _of_one(next(iter(documents.values())), leading)
    ids = dict.fromkeys(doc_id for doc_id in wanted_ids if doc_id in documents)
    wanted = [documents[doc_id] for doc_id in ids][:WANTED]
    cards = _cards(documents.values(), leading, wanted)
    openers = [_opener(one, is_first=True) for one in leading]
    first = {opener.question for opener in openers}
    for document in dict.fromkeys([*cards, *wanted]):
        about = service.suggestions.leading_about(document, language)
        openers += [_opener(one) for one in about if one.question not in first]
    return FirstScreen(len(documents), tuple(openers), tuple(cards), tuple(wanted))


def _of_one(document: Document, leading: Iterable[GeneratedQuestion]) -> FirstScreen:
    headings = (section.heading for section in document.sections)
    sections = [heading for heading in headings if heading and heading not in LINES]
    return FirstScreen(
        held=1,
        openers=tuple(_opener(one, is_first=True) for one in leading),
        alone=document,
        sections=tuple(sections[:SECTIONS]),
        more_sections=len(sections[SECTIONS:]),
    )


def _cards(
    documents: Iterable[Document],
    leading: Iterable[GeneratedQuestion],
    wanted: Sequence[Document],
) -> list[Document]:
    """Those that are wanted, those that the openers are about, and then others as they are held."""
    asked = [one.answer.document for one in leading]
    return list(dict.fromkeys([*wanted, *asked, *documents]))[:CARDS]


def _opener(generated: GeneratedQuestion, is_first: bool = False) -> Opener:
    question = generated.question
    tag = TAGS[language_of(question)]
    return Opener(question, generated.answer.document.doc_id, tag, is_first)
