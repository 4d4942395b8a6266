"""Answers for those who read traditional characters: our words are converted, those of documents are not.

A quote stays an exact slice of its document, and so do the names of documents, sections and parts.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import replace

from bot.answer import Answer, AnswerPart
from bot.i18n import Spoken
from bot.question.analysis import language_of
from corpus.language.text import MAINLAND_MARKS, fold, is_traditional, mainland, traditional

# 《供热条例》: a name of a work, whoever wrote it there
_TITLE = "《[^《》]*》"


def spoken_for(question: str, wished: Spoken = "zh") -> Spoken:
    """What to answer `question` in: English or Chinese as it is, in the characters it has or are wished."""
    if language_of(question) == "en":
        return "en"
    return "zh-Hant" if wished == "zh-Hant" or is_written_so(question) else "zh"


def is_written_so(text: str) -> bool:
    """Whether `text` is in traditional characters: more of them than of simplified ones."""
    # 乾 of 乾隆 is written so in the mainland too.
    if not is_traditional(text) or mainland(text) == text:
        return False
    simplified = traditional(text)
    traditional_ones = sum(char != other for char, other in zip(text, fold(text), strict=True))
    simplified_ones = sum(char != other for char, other in zip(text, simplified, strict=False))
    return traditional_ones > simplified_ones


def answer_in(answer: Answer, spoken: Spoken) -> Answer:
    """`answer` in the characters of `spoken`; as it is but for traditional ones.

    What a language model wrote stays as it was checked.
    """
    if spoken != "zh-Hant" or answer.language == "en":
        return answer
    kept = _kept(answer)
    extract = answer_in(answer.extract, spoken) if answer.extract is not None else None
    shown = replace(
        answer,
        notices=tuple(_converted(notice, kept) for notice in answer.notices),
        suggestions=tuple(questions_in(answer.suggestions, spoken)),
        extract=extract,
    )
    if answer.ai_generated:
        return shown
    parts = [
        AnswerPart(_converted(part.label, kept), _converted(part.text, kept))
        for part in answer.parts
    ]
    return replace(shown, text=_converted(answer.text, kept), parts=tuple(parts))


def questions_in(questions: Iterable[str], spoken: Spoken) -> list[str]:
    """Questions of ours in the characters of `spoken`, where they are understood as the same then."""
    if spoken != "zh-Hant":
        return list(questions)
    shown = []
    for question in questions:
        written = traditional(question)
        is_same = fold(written.translate(MAINLAND_MARKS)) == fold(question)
        shown.append(written if is_same else question)
    return shown


def _kept(answer: Answer) -> re.Pattern[str]:
    """Matches what stands in an answer as it stands in the documents that it cites."""
    slices = {slice for slice in _slices(answer) if slice}
    longest_first = sorted(slices, key=len, reverse=True)
    return re.compile("|".join([*map(re.escape, longest_first), _TITLE]))


def _slices(answer: Answer) -> Iterator[str]:
    """What an answer may have of its documents: quotes, what they lean on, names, labels."""
    for citation in answer.citations:
        text = citation.document.text
        # A line of a composed answer has a cited list on one line.
        yield from (citation.quote, " ".join(citation.quote.splitlines()), citation.quote.strip())
        yield from (text[start:end].rstrip("。；") for start, end in citation.context)
        yield from (citation.document.title, citation.document.source, citation.section)
        yield from (part.label for part in answer.parts if part.label in text)


def _converted(text: str, kept: re.Pattern[str]) -> str:
    """`text` in traditional characters but for what `kept` matches."""
    pieces: list[str] = []
    done = 0
    for match in kept.finditer(text):
        pieces += [traditional(text[done : match.start()]), match.group()]
        done = match.end()
    return "".join([*pieces, traditional(text[done:])])
