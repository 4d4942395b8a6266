"""Claims and the sentences that they cite, for the tests of the checks."""

from functools import cache

from bot.answer import Citation
from bot.llm.checks.alignment import Alignment, align
from bot.llm.checks.statement import Statement, cited_statement, statement
from corpus import Document
from corpus.language.text import Segmenter


@cache
def segmenter() -> Segmenter:
    """One segmenter for all tests."""
    return Segmenter()


def cited(text: str, title: str = "标题") -> Citation:
    """A document that is one sentence, cited whole."""
    return Citation(Document(f"d{abs(hash(text))}", title, text), 0, len(text))


def read(claim: str, source: str, title: str = "标题") -> tuple[Statement, Statement]:
    """A claim and its source, as checks read them."""
    return statement(claim, segmenter()), cited_statement(cited(source, title), segmenter())


def aligned(claim: str, source: str) -> Alignment:
    """A claim aligned with its source."""
    return align(*read(claim, source))
