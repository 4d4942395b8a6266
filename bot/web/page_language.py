"""The language of a page: that of ?lang=, else Chinese in the characters that the browser asks for."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple
from urllib.parse import quote, urlencode

from starlette.requests import HTTPConnection

from bot.i18n import (
    LANGUAGES,
    NAMES,
    TAGS,
    Spoken,
    language_of_header,
    language_of_parameter,
    texts,
)


class OtherLanguage(NamedTuple):
    """A link to the same page in another language: what it is called in itself, its tag, the address."""

    name: str
    tag: str
    address: str


class PageLanguage(NamedTuple):
    """The language of a page, and the usual one that its address need not name."""

    language: Spoken
    usual: Spoken

    @property
    def parameters(self) -> dict[str, str]:
        """What an address needs so that its page is in this language too."""
        return {} if self.language == self.usual else {"lang": self.language}

    @property
    def query(self) -> str:
        """The parameters as the whole query of an address: ?lang=en, or nothing."""
        return f"?{urlencode(self.parameters)}" if self.parameters else ""

    @property
    def more(self) -> str:
        """The parameters behind those that an address has already: &lang=en, or nothing."""
        return self.query.replace("?", "&")

    def frame(
        self, path: str, kept: Mapping[str, int | str | Sequence[str]] = {}
    ) -> dict[str, Any]:
        """What the templates need to know of the language of the page at `path`."""
        return {
            "site": texts("site", self.language),
            "language": self.language,
            "tag": TAGS[self.language],
            "query": self.query,
            "more": self.more,
            "others": self.others(path, kept),
        }

    def others(
        self, path: str, kept: Mapping[str, int | str | Sequence[str]] = {}
    ) -> list[OtherLanguage]:
        """The page at `path` in the other languages; `kept` are its own parameters."""
        links = []
        for language in LANGUAGES:
            if language == self.language:
                continue
            there = self._replace(language=language)
            parameters = {**kept, **there.parameters}
            asked = urlencode(parameters, doseq=True)
            address = quote(path) + (f"?{asked}" if asked else "")
            links.append(OtherLanguage(NAMES[language], TAGS[language], address))
        return links


def page_language(connection: HTTPConnection) -> PageLanguage:
    """The language in which a page is asked for.

    English is asked for by ?lang=en alone: many browsers in China are English ones.
    """
    accepted = language_of_header(connection.headers.get("accept-language", ""))
    usual: Spoken = "zh-Hant" if accepted == "zh-Hant" else "zh"
    return PageLanguage(language_of_parameter(connection.query_params.get("lang"), usual), usual)
