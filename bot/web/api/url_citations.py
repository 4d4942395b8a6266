"""The citations of an answer as OpenAI's API gives them: `annotations` of type `url_citation`."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from bot.answer import Answer, Citation
from bot.web.pages import read_address


def url_citations(answer: Answer, service: str, before: int = 0) -> list[dict[str, Any]]:
    """One annotation for each citation, in order. `service` is the address of this service.

    Their indices are characters of the message, end exclusive: the first mark [n] of the citation,
    where `before` characters stand before the text of the answer.
    Beside OpenAI's own object stand `url` and `title`: some versions of Cherry Studio read them
    there, as in OpenAI's other API.
    """
    found = []
    titles = _distinct_titles(answer.citations)
    for n, (citation, title) in enumerate(zip(answer.citations, titles, strict=True), 1):
        mark = f"[{n}]"
        start = before + max(answer.text.find(mark), 0)
        url = service + read_address(citation.document, citation.start, citation.end)
        cited = {
            "start_index": start,
            "end_index": start + len(mark),
            "title": title,
            "url": url,
        }
        found.append({"type": "url_citation", "url_citation": cited, "url": url, "title": title})
    return found


def _distinct_titles(citations: Sequence[Citation]) -> Iterator[str]:
    """A title for each, no two the same: Open WebUI takes sources of one name for one source.

    城市之治 · 科技赋能, and for a second sentence of that section 城市之治 · 科技赋能 [3].
    """
    seen: set[str] = set()
    for n, citation in enumerate(citations, 1):
        title = citation.document.title
        if citation.section and citation.section != title:
            title = f"{title} · {citation.section}"
        if title in seen:
            title = f"{title} [{n}]"
        seen.add(title)
        yield title
