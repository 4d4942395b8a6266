"""Decides what an answer becomes once a language model has written: its prose, or the extract."""

from __future__ import annotations

from dataclasses import replace
from typing import Literal, NamedTuple

from bot.answer import ABSENT, Answer
from bot.extract import Extract
from bot.i18n import Pair, pick
from bot.llm.draft import Draft

SURE = 0.1
"""Confidence from which on we are sure of the extract: the model may neither refuse it nor answer past it.

Of 66 answers below .5 to tests/data/questions.jsonl and hard.jsonl a model of 1.5B refused 7, of which 5
were right and none was to a question that the documents do not answer; below .1 it refused none
(docs/benchmarks.md).
"""

REFUSED: Pair = (
    "语言模型认为资料没有回答这个问题；下面是最贴近的原文摘录。",
    "The language model found no answer in the documents; these are the sentences that fit best.",
)
TAKEN: Pair = (
    "语言模型读了最贴近的原文，认为没有回答这个问题。",
    "The language model read the sentences that fit best, and found no answer in them.",
)
UNSUPPORTED: Pair = (
    "语言模型写的内容大多在原文中找不到依据，答案是原文摘录。",
    "Most of what the language model wrote has no support in the documents; this is an extract.",
)
FOREIGN: Pair = (
    "语言模型没有用提问的语言作答，答案是原文摘录。",
    "The language model did not write in the language of the question; this is an extract.",
)
ABROAD: Pair = (
    "问题和原文的语言不同，语言模型写的无法核对，答案是原文摘录。",
    "The documents are in another language, so that prose could not be checked; this is an extract.",
)
EMPTY: Pair = (
    "语言模型没有写出内容，答案是原文摘录。",
    "The language model wrote nothing; this is an extract.",
)
BESIDE: Pair = (
    "语言模型没有用到最贴近问题的原文，答案是原文摘录。",
    "The language model left out what fits the question best; this is an extract.",
)
CUT: Pair = ("语言模型没有写完。", "The language model did not finish.")
CHECKED: Pair = (
    "这里是写完并核对过的句子。",
    " These are the sentences that were finished and checked.",
)
INSTEAD: Pair = ("答案是原文摘录。", " This is an extract.")
"""Behind the words for what went wrong: what is shown."""

Ending = Literal["prose", "extract", "absent"]
"""What an answer becomes."""


class Verdict(NamedTuple):
    """What an answer becomes, the reason in a word or empty, and what its reader is told."""

    ending: Ending
    why: str = ""
    notice: Pair | None = None


def is_sure(extracted: Answer) -> bool:
    """Whether our own confidence stands against the model's."""
    return extracted.confidence >= SURE


def verdict(extract: Extract, draft: Draft) -> Verdict:
    """What the answer becomes. Where most sentences have gone it is the extract, sent or not."""
    if not draft.kept:
        return _nothing_kept(extract, draft)
    if draft.gone > draft.kept:
        return _unsupported(draft)
    if not draft.is_anchored:
        return Verdict("extract", "beside", BESIDE)
    if draft.failure is not None:
        return Verdict("prose", draft.failure.kind, joined(draft.failure.notice, CHECKED))
    return Verdict("prose", draft.stopped, joined(CUT, CHECKED) if draft.stopped else None)


def answer_of(extract: Answer, draft: Draft, verdict: Verdict, model: str) -> Answer:
    """The answer that a verdict says; `model` is the name of the model."""
    answer = told(extract, verdict.notice) if verdict.notice is not None else extract
    if verdict.ending == "extract":
        return answer
    plain = replace(answer, form="fact", parts=(), extract=extract)
    if verdict.ending == "absent":
        text = ABSENT[extract.language]
        return replace(plain, outcome="absent", text=text, citations=(), short_answer=None)
    return replace(
        plain,
        form="prose",
        text=draft.text,
        citations=draft.citations,
        short_answer=_short_answer(extract, draft),
        reader="llm",
        written_by=model,
    )


def joined(first: Pair, second: Pair) -> Pair:
    """Two sentences one behind the other."""
    return first[0] + second[0], first[1] + second[1]


def told(answer: Answer, notice: Pair) -> Answer:
    """An answer with a further notice."""
    return replace(answer, notices=(*answer.notices, pick(notice, answer.language)))


def _nothing_kept(extract: Extract, draft: Draft) -> Verdict:
    if draft.failure is not None:
        return Verdict("extract", draft.failure.kind, joined(draft.failure.notice, INSTEAD))
    if draft.failed["refusal"]:
        is_taken = extract.may_be_refused and not is_sure(extract.answer)
        return (
            Verdict("absent", "refused", TAKEN)
            if is_taken
            else Verdict("extract", "refused", REFUSED)
        )
    is_empty = not draft.gone and not draft.stopped
    return Verdict("extract", "empty", EMPTY) if is_empty else _unsupported(draft)


def _unsupported(draft: Draft) -> Verdict:
    if draft.gone and draft.failed["language"] > draft.gone / 2:
        return Verdict("extract", "language", FOREIGN)
    return Verdict("extract", "unsupported", UNSUPPORTED)


def _short_answer(extract: Answer, draft: Draft) -> str | None:
    """The short answer of the extract, where the prose still cites the quote that has it."""
    short = extract.short_answer
    is_cited = short is not None and any(short in one.quote for one in draft.citations)
    return short if is_cited else None
