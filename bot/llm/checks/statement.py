"""A sentence of a model, or what it cites, as the checks read it."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from bot.answer import Citation
from bot.llm.checks.amounts import Amounts, amounts_in, united
from corpus.language.quantities import quantities
from corpus.language.text import Segmenter, fold

# What parts clauses: , ; 。 and a line break; not the comma of 1,000 or the colon of 8:30
_CLAUSE = re.compile(r"(?:[^,;。!?\n:]|(?<=\d)[,:](?=\d))+")
# “ ” 《 》 and spaces, which change no meaning, but those between words in Latin letters
_LIGHT = re.compile(r"[“”‘’\"'「」『』《》〈〉*]|(?<![a-z0-9])\s|\s(?![a-z0-9])")


class Clause(NamedTuple):
    """A clause of a `normal` text, in characters, end exclusive."""

    text: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Statement:
    """A text with all that checks look for in it.

    `folded` is the text itself, `around` what it is not understood without, with title and heading,
    both folded. `words` are the words of `folded` in order. `amounts` are the numbers and
    dates of the text and of what is around it. `normal` is the text without quotation marks and
    spaces, its numbers in one form: 三十天 and 30日 are 30日; `clauses` are those of it.
    """

    folded: str
    around: str
    words: tuple[str, ...]
    amounts: Amounts
    normal: str
    clauses: tuple[Clause, ...]

    @property
    def everything(self) -> str:
        """The text and what is around it."""
        return f"{self.folded}\n{self.around}"


def statement(text: str, segmenter: Segmenter, around: str = "") -> Statement:
    """Reads a text; `around` is what it is not understood without."""
    folded = fold(text)
    normal = normal_form(folded)
    return Statement(
        folded=folded,
        around=fold(around),
        words=tuple(segmenter.words_of_folded(folded)),
        amounts=amounts_in(f"{text}\n{around}"),
        normal=normal,
        clauses=tuple(clauses(normal)),
    )


def cited_statement(citation: Citation, segmenter: Segmenter) -> Statement:
    """Reads the quote of a citation with its context, below its heading and title."""
    document = citation.document
    context = [document.text[start:end] for start, end in citation.context]
    text = "\n".join((citation.quote, *context))
    around = "\n".join((citation.section, document.title, document.source, document.published))
    return statement(text, segmenter, around)


def joined(statements: Sequence[Statement]) -> Statement:
    """Several statements as one, one below the other."""
    if len(statements) == 1:
        return statements[0]
    normal = "\n".join(one.normal for one in statements)
    return Statement(
        folded="\n".join(one.folded for one in statements),
        around="\n".join(one.around for one in statements),
        words=tuple(word for one in statements for word in one.words),
        amounts=united(one.amounts for one in statements),
        normal=normal,
        clauses=tuple(clauses(normal)),
    )


def clauses(text: str) -> Iterable[Clause]:
    """The clauses of a folded text, in order."""
    for found in _CLAUSE.finditer(text):
        yield Clause(found.group(), *found.span())


def normal_form(folded: str) -> str:
    """A folded text without quotation marks and spaces, each number with a unit in digits."""
    written: list[str] = []
    last = 0
    for quantity in quantities(folded):
        is_article = folded[quantity.start] == "一" and quantity.value == 1
        is_told = quantity.unit or folded[quantity.start].isdigit()
        if quantity.start < last or is_article or not is_told:
            continue
        written += [folded[last : quantity.start], f"{quantity.value:f}{quantity.unit}"]
        last = quantity.end
    return "\n".join(
        _LIGHT.sub("", line) for line in ("".join(written) + folded[last:]).split("\n")
    )
