"""Finds the lines of a law among those of a page."""

from __future__ import annotations

from collections.abc import Sequence

from corpus.intake.line_shapes import is_about_the_site
from corpus.intake.page import Line
from corpus.intake.portals import Role
from corpus.intake.regulations import ARTICLE, is_above_articles, names_law

_LEAST_ARTICLES = 3
"""Articles with different numbers that make a text a law: a report that quotes one or two has fewer
of them at the beginning of lines.
"""


def law_lines(texts: Sequence[str], roles: Sequence[Role], lines: Sequence[Line]) -> frozenset[int]:
    """The lines of a law among the folded `texts` of a page: from the notes on its enactment to its
    last article, without buttons and links. None where the page holds no law.
    """
    numbers: dict[int, str] = {}
    for i, text in enumerate(texts):
        found = ARTICLE.match(text)
        if found:
            numbers[i] = found[0]
    if len(set(numbers.values())) < _LEAST_ARTICLES:
        return frozenset()
    start, end = min(numbers), max(numbers) + 1
    while start and is_above_articles(texts[start - 1]):
        start -= 1
    if start and names_law(texts[start - 1]):
        start -= 1
    while end < len(texts) and roles[end] is Role.PROSE and not is_about_the_site(texts[end]):
        end += 1
    return frozenset(
        i
        for i in range(start, end)
        if roles[i] not in (Role.NOISE, Role.TRAIL) and lines[i].kind != "link"
    )
