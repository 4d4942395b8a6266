"""A clause of a sentence asked for the one amount or day that it holds: 共换管多少公里？"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from bot.training.makers.gate import HALF, is_whole_noun, reads_well, share_in_order
from bot.training.makers.made import AnswerKind, Made, cited
from bot.training.makers.said import sentences_of
from bot.training.makers.wording import in_everyday_words
from corpus import Document, Passage
from corpus.document import Span
from corpus.language.quantities import Quantity, quantities
from corpus.language.text import fold

MAKER = "clozes"

SHARE = 3
"""One in how many made questions a cloze may be."""

# 全小区共换管4.2公里; a clause between two marks
_CLAUSE = re.compile(r"[^,。;:!?()]{8,34}(?=[,。;])")
# What follows a clause that is no statement by itself: …的, …时; or one that lists
_NOT_STATED = re.compile(
    r"(?:的|时|后|前|之一|以上|以下|以内|左右)$|、|第[\d一二三四五六七八九十]|[“”‘’《》]|\d{4}年"
)
# A title beside the text, a piece of a name in Latin letters
_TITLE = re.compile(r"\s|^[a-z0-9]")
# 余 in 100余人, 多 in 3万多户, 以上 in 80岁以上
_BEHIND = re.compile(r"^(?:[余多的性线体或和/]|以[上下内外]|左右|[一-十]级)")
# 三至 of 三至五倍; a clause that begins with what is said of something before: 处…, 每次…
_PART = re.compile(r"[至到—~是等第]$|-$|^(?:处|并|可以|每|中央|落实|其|一般)")
_COUNTED = (
    *(
        "人",
        "户",
        "家",
        "个",
        "件",
        "项",
        "条",
        "只",
        "辆",
        "台",
        "盏",
        "座",
        "栋",
        "处",
        "所",
        "次",
        "倍",
        "人次",
    ),
    *(
        "公里",
        "米",
        "平方米",
        "平方公里",
        "公顷",
        "亩",
        "吨",
        "元",
        "小时",
        "分钟",
        "工作日",
        "公斤",
        "立方米",
    ),
)


def clozes(document: Document) -> Iterator[Made]:
    """Clauses that begin with a noun and hold one amount with its unit, each asked for the amount.

    None has more than HALF of the words of its sentence in their order.
    """
    for sentence in sentences_of(document):
        folded = fold(sentence.text)
        for clause in _CLAUSE.finditer(folded):
            if _NOT_STATED.search(clause.group()) or _TITLE.search(clause.group()):
                continue
            found = quantities(clause.group())
            if len(found) == 1 and found[0].unit in _COUNTED:
                yield from _cloze(sentence, clause, found[0])


def _cloze(sentence: Passage, clause: re.Match[str], amount: Quantity) -> Iterator[Made]:
    """The question for an amount; none where its clause is most of its sentence, or reads badly."""
    text = sentence.text[clause.start() : clause.end()]
    before, behind = text[: amount.start].rstrip("约近超达共了"), text[amount.end :]
    told = text[amount.start : amount.end]
    unit = re.search(r"(?:个工作日|[^\d\s,.零〇一二两三四五六七八九十百千万亿]+)$", told)
    if _PART.search(before) or behind.endswith(("内", "中", "时", "后", "里", "间", "处")):
        return
    # 一名 counts no one, 四处 no places.
    if told.startswith("一") or told == "四处":
        return
    if unit is None or _BEHIND.match(behind) or not is_whole_noun(before[:8]) or len(before) < 4:
        return
    asked = f"{before}多少{unit.group()}{behind}？"
    question = in_everyday_words(asked, asked)
    if not reads_well(question) or share_in_order(question, sentence.text) > HALF:
        return
    start = sentence.start + clause.start() + amount.start
    kind: AnswerKind = "number"
    span = Span(start, start + len(told))
    yield Made(sentence.document, question, span, cited(sentence), kind, MAKER)


def at_most_a_third(made: Sequence[Made], share: int = SHARE) -> list[Made]:
    """All questions but the clozes that would be more than one in `share`: evenly over the order."""
    own = [at for at, one in enumerate(made) if one.maker == MAKER]
    most = (len(made) - len(own)) // (share - 1)
    if len(own) <= most:
        return list(made)
    kept = {own[number * len(own) // most] for number in range(most)}
    return [one for at, one in enumerate(made) if one.maker != MAKER or at in kept]
