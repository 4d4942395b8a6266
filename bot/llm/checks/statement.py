"""A sentence of a model, or what it cites, as the checks read it."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from bot.answer import Citation
from bot.llm.checks import english
from bot.llm.checks.amounts import Amounts, amounts_in, united
from corpus.language.quantities import quantities
from corpus.language.text import Segmenter, fold, is_english

# What parts clauses: , ; 。 and a line break; not the comma of 1,000 or the colon of 8:30
_CLAUSE = re.compile(r"(?:[^,;。!?\n:]|(?<=\d)[,:](?=\d))+")
# “ ” 《 》 and spaces, which change no meaning, but those between words in Latin letters
_LIGHT = re.compile(r"[“”‘’\"'「」『』《》〈〉*]|(?<![a-z0-9])\s|\s(?![a-z0-9])")
# 2018-03-01, 2018/3/1, 2018.3.1
_DATE = re.compile(
    r"(?<![\d.])((?:1\d|20)\d\d)([-/.])(0?[1-9]|1[0-2])\2(0?[1-9]|[12]\d|3[01])(?![.\d]*\d)"
)
# 二〇一八 of 二〇一八年, often 二○一八
_YEAR = re.compile("[零〇○一二三四五六七八九]{4}(?=年)")
# 一小时半, as 一个半小时 means; not 年半 of 2018年半年报
_AND_HALF = re.compile(
    r"(?P<whole>\d|[一两二三四五六七八九十])(?P<unit>个月|个?小时|年|天)半(?![年天月日])"
)
_DIGITS = str.maketrans("零〇○一二三四五六七八九", "000123456789")


class Clause(NamedTuple):
    """A clause of a `normal` text, in characters, end exclusive."""

    text: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Statement:
    """A text with all that checks look for in it.

    `folded` is the text itself, `around` what it is not understood without, with title and heading,
    both folded, with dates in one form. `words` are the words of `folded` in order. `amounts` are the
    numbers and dates of the text and of what is around it. `normal` is the text without quotation
    marks and spaces, its numbers in one form: 三十天 and 30日 are 30日; `clauses` are those of it.
    `names` are those of an English text.
    """

    folded: str
    around: str
    words: tuple[str, ...]
    amounts: Amounts
    normal: str
    clauses: tuple[Clause, ...]
    names: tuple[str, ...] = ()

    @property
    def everything(self) -> str:
        """The text and what is around it."""
        return f"{self.folded}\n{self.around}"


def statement(text: str, segmenter: Segmenter, around: str = "") -> Statement:
    """Reads a text; `around` is what it is not understood without."""
    folded, beside = _written_alike(fold(text)), _written_alike(fold(around))
    normal = normal_form(folded)
    return Statement(
        folded=folded,
        around=beside,
        words=tuple(segmenter.words_of_folded(folded)),
        amounts=amounts_in(f"{folded}\n{beside}"),
        normal=normal,
        clauses=tuple(clauses(normal)),
        names=tuple(english.names(text)) if is_english(text) else (),
    )


def _written_alike(folded: str) -> str:
    """A folded text with 2018-03-01 as 2018年3月1日, 二〇一八年 as 2018年, 一年半 as 一个半年.

    An English one has its numbers in digits.
    """
    digits = english.in_digits(folded) if is_english(folded) else folded
    halves = _AND_HALF.sub(r"\g<whole>个半\g<unit>", digits)
    years = _YEAR.sub(lambda year: year.group().translate(_DIGITS), halves)
    return _DATE.sub(lambda date: f"{date[1]}年{int(date[3])}月{int(date[4])}日", years)


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
