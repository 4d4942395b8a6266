"""The list of documents: found by words, put in order, a hundred a page.

It is whole without any script. What is the same for all visitors is made once for an index.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import cached_property
from typing import Any, NamedTuple
from urllib.parse import urlencode

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse

from bot.library import Library
from bot.live import Live
from bot.question.metadata import LINES
from bot.service import Service
from bot.web.index_state import index_state, left_out_files
from bot.web.library_editor import EDITOR_HEADERS, editor_values
from bot.web.operator_access import has_permission
from bot.web.page_language import PageLanguage, page_language
from bot.web.pages import POLICY, html_page, language_tag, read_address
from corpus import Document
from corpus.intake.regulations import EFFECTIVE, FORCE
from corpus.language.text import fold
from index.manifest import Generation

LIST_POLICY = POLICY.replace("form-action 'none'", "form-action 'self'")
"""Of the list alone: it has a form."""

DOCUMENTS_PER_PAGE = 100
"""Documents listed on one page, so that it stays short however many there are."""

LONGEST_SOUGHT = 100
"""Characters of `?q=` that are looked for."""

_PAGE_DIGITS = 8
"""Digits of `?page=` that are read as a number: Python refuses to read thousands of them."""

_OTHER = {"asc": "desc", "desc": "asc"}
"""The other direction of each."""

_NOT_YET, _REPEALED = "尚未施行", "已废止"


@dataclass(frozen=True)
class Row:
    """What the list says of one document.

    `passages` is how many can be searched, `added` when its file came, in local time, None where
    that is not known. `searched` is what words are looked for in, folded.
    """

    document: Document
    passages: int
    added: datetime | None
    searched: str

    @property
    def name(self) -> str:
        """What it is called in the list."""
        return self.document.title or self.document.doc_id

    @property
    def address(self) -> str:
        """Our page of it."""
        return read_address(self.document)

    @property
    def details(self) -> tuple[tuple[str, str], ...]:
        """Its further facts but for its force, which has its own words in each language."""
        return tuple(detail for detail in self.document.details if detail[0] != FORCE)

    @property
    def force(self) -> str:
        """Whether it is in force today, in the words of the corpus; empty where that is not known."""
        return force_on(dict(self.document.details), date.today().isoformat())

    # It reads the whole text, and few rows are ever looked at.
    @cached_property
    def spoken(self) -> str:
        """The BCP 47 tag of its language."""
        return language_tag(self.document)

    @property
    def has_more(self) -> bool:
        """Whether more is known of it than its row says at once."""
        document = self.document
        more = (document.authors, self.details, document.tags, document.notes, self.added)
        return any(more)

    @property
    def sections(self) -> int:
        """How many of its sections have a heading."""
        sections = self.document.sections
        return sum(bool(s.heading) and s.heading not in LINES for s in sections)


def force_on(details: Mapping[str, str], today: str) -> str:
    """Whether a document with such details is in force `today`, an ISO date; empty if not known.

    A text that says it is not yet in force is believed until the day that it names.
    """
    told = details.get(FORCE, "")
    effective = details.get(EFFECTIVE, "")
    if told == _REPEALED or not effective:
        return told
    if effective > today:
        return _NOT_YET
    return "" if told == _NOT_YET else told


class Sort(NamedTuple):
    """An order that the list may have: what it goes by, and whether it begins with the greatest."""

    key: Callable[[Row], Any]
    descends: bool


def _title_key(row: Row) -> bytes:
    """The name without opening marks. GB 18030 has the frequent characters in the order of pinyin."""
    return fold(row.name).lstrip("《〈“‘「『【〔([ ").encode("gb18030", "replace")


SORTS: Mapping[str, Sort] = {
    "title": Sort(_title_key, False),
    "date": Sort(lambda row: row.document.published, True),
    "added": Sort(lambda row: row.added, True),
    "length": Sort(lambda row: len(row.document.text), True),
}
"""By the names that `?sort=` gives them."""


@dataclass(frozen=True, slots=True)
class Listing:
    """The documents of one service in all orders.

    `orders` has those of SORTS with "asc" and "desc", and that of the index under ("", ""). A
    document that lacks what an order goes by comes last.
    """

    service: Service
    generation: Generation | None
    orders: Mapping[tuple[str, str], Sequence[Row]]

    @classmethod
    def of(cls, service: Service, generation: Generation | None) -> Listing:
        """Reads every document once: about 20 ms for a thousand."""
        rows = tuple(_rows(service, generation))
        orders: dict[tuple[str, str], Sequence[Row]] = {("", ""): rows}
        for name, sort in SORTS.items():
            known = [row for row in rows if sort.key(row)]
            unknown = [row for row in rows if not sort.key(row)]
            orders[name, "asc"] = (*sorted(known, key=sort.key), *unknown)
            orders[name, "desc"] = (*sorted(known, key=sort.key, reverse=True), *unknown)
        return cls(service, generation, orders)

    def found(self, wish: Wish) -> Sequence[Row]:
        """The documents that have all words of a wish, in its order."""
        rows = self.orders[wish.sort, wish.order]
        for word in fold(wish.sought).split():
            rows = [row for row in rows if word in row.searched]
        return rows


class Wish(NamedTuple):
    """What a visitor asks of the list: words, a name of SORTS with "asc" or "desc", and a page.

    Each may be empty; `page` is at least 1.
    """

    sought: str
    sort: str
    order: str
    page: int

    @classmethod
    def of(cls, query: Mapping[str, str]) -> Wish:
        """Reads the parameters of an address, and leaves out what means nothing."""
        sought = " ".join(query.get("q", "")[:LONGEST_SOUGHT].split())
        sort = query.get("sort", "")
        if sort not in SORTS:
            sort = ""
        order = query.get("order", "")
        if not sort or order not in _OTHER:
            order = _first_order(sort)
        return cls(sought, sort, order, _number(query.get("page", "")))

    @property
    def parameters(self) -> dict[str, int | str]:
        """The address of the wish: what is as it would be anyway is left out."""
        named: dict[str, int | str] = {"q": self.sought, "sort": self.sort}
        if self.order != _first_order(self.sort):
            named["order"] = self.order
        if self.page > 1:
            named["page"] = self.page
        return {name: value for name, value in named.items() if value}


def _number(wish: str) -> int:
    return max(1, int(wish)) if wish.isdecimal() and len(wish) <= _PAGE_DIGITS else 1


def _first_order(sort: str) -> str:
    """The direction of a sort for which none is asked; the order of the index has none."""
    if not sort:
        return ""
    return "desc" if SORTS[sort].descends else "asc"


def _rows(service: Service, generation: Generation | None) -> Iterator[Row]:
    collection = service.snapshot.collection
    passages = Counter(passage.document.doc_id for passage in collection.passages)
    times: Any = generation.facts.get("added", {}) if generation else {}
    for document in collection.documents:
        doc_id = document.doc_id
        time = times.get(doc_id)
        added = datetime.fromisoformat(time).astimezone() if time else None
        yield Row(document, passages[doc_id], added, _searched(document))


def _searched(document: Document) -> str:
    facts = [value for detail in document.details for value in detail]
    named = (document.title, document.doc_id, document.source, *document.authors, *document.tags)
    return fold("\n".join((*named, *facts)))


class DocumentsList:
    """The listing of what answers now, made anew when that is another. Threads may share it."""

    def __init__(self, live: Live) -> None:
        self._live = live
        self._made = Listing.of(*live.now)
        # So that no visitor waits for it, and none that has gone is held.
        live.tell(self.current)

    def current(self) -> Listing:
        """The listing of the service that answers now."""
        service, generation = self._live.now
        made = self._made
        if made.service is not service:
            self._made = made = Listing.of(service, generation)
        return made


class Choice(NamedTuple):
    """A way to sort the list and where it leads; `order` is that of the list now, else empty."""

    name: str
    address: str
    order: str


@dataclass(frozen=True, slots=True)
class Links:
    """Where the page of a wish leads. Everything that the wish does not change is kept."""

    wish: Wish
    spoken: PageLanguage

    def to_page(self, number: int) -> str:
        """Another page of the same list."""
        return self._address(self.wish._replace(page=number))

    @property
    def to_all(self) -> str:
        """The whole list in the same order."""
        return self._address(self.wish._replace(sought="", page=1))

    @property
    def choices(self) -> Iterator[Choice]:
        """Every way to sort; the one that is used now leads to the other direction."""
        for name in ("", *SORTS):
            order = _first_order(name)
            is_now = name == self.wish.sort
            if name and is_now and self.wish.order == order:
                order = _OTHER[order]
            address = self._address(self.wish._replace(sort=name, order=order, page=1))
            yield Choice(name or "held", address, self.wish.order if is_now else "")

    @property
    def kept(self) -> dict[str, int | str]:
        """What a search for other words keeps."""
        return self._parameters(self.wish._replace(sought="", page=1))

    def _address(self, wish: Wish) -> str:
        parameters = self._parameters(wish)
        return f"/documents?{urlencode(parameters)}" if parameters else "/documents"

    def _parameters(self, wish: Wish) -> dict[str, int | str]:
        return wish.parameters | self.spoken.parameters


def documents_router(live: Live, library: Library | None = None) -> APIRouter:
    """/documents. The operator may change the `library` there, if one is given."""
    router = APIRouter(default_response_class=HTMLResponse)
    documents_list = DocumentsList(live)

    # In a thread of its own: a search through ten thousand documents would hold up the others.
    @router.api_route("/documents", methods=["GET", "HEAD"])
    def documents(request: Request) -> HTMLResponse:
        listing = documents_list.current()
        if library is None or not has_permission(request):
            return list_page(request, listing)
        editor = editor_values(library, listing.generation, page_language(request).language)
        page = list_page(request, listing, editor)
        page.headers.update(EDITOR_HEADERS)
        return page

    return router


def list_page(
    request: Request, listing: Listing, editor: Mapping[str, Any] | None = None
) -> HTMLResponse:
    """The page of a listing that the address asks for; `editor` has what the operator sees besides."""
    wish = Wish.of(request.query_params)
    found = listing.found(wish)
    last = max(1, -(-len(found) // DOCUMENTS_PER_PAGE))
    wish = wish._replace(page=min(wish.page, last))
    first = (wish.page - 1) * DOCUMENTS_PER_PAGE
    links = Links(wish, page_language(request))
    shown = html_page(
        request,
        "documents",
        kept=wish.parameters,
        page="documents",
        editor=editor,
        rows=found[first : first + DOCUMENTS_PER_PAGE],
        wish=wish,
        links=links,
        longest=LONGEST_SOUGHT,
        found=len(found),
        last=last,
        total=len(listing.orders["", ""]),
        state=index_state(listing.service, listing.generation),
        left_out=left_out_files(listing.generation),
    )
    shown.headers["content-security-policy"] = LIST_POLICY
    return shown
