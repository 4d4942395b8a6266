"""Sentences that say what their source says: itself, a clause of it, and light rewordings by rule."""

from __future__ import annotations

import random
import re
from collections.abc import Callable

from bot.evals.checker.cutting import (
    Piece,
    clauses,
    exchanged,
    noun_before,
    noun_behind,
    replaced,
    words,
)
from bot.evals.checker.material import Taken
from bot.evals.checker.rows import TABLES
from corpus.intake.numerals import numeral
from corpus.language.quantities import quantities
from corpus.language.text import Segmenter, fold, leads

Maker = Callable[[Taken, random.Random, Segmenter], str | None]

SHORTEST_CLAUSE = 8
"""Characters of a clause that says something by itself."""

# 因此，但是，而: a clause that begins so leans on the one before; 的时候, 后: one that ends so on the next
_LEANS = re.compile(
    r"^(?:因此|所以|但|而|并|也|又|还|则|且|或|以|从而|即|就|其|该|这|此|与|及|再|使|让|另|却|才|都|同时|不过)"
    r"|(?:的?时候?|[前后]|中|的|下|起|来|外|上|为了.*|虽然.*|如果.*|由于.*|当.*)$|^(?:虽|如|若|由于|因为|除|当|为|在|对|自|从|经|按|根据)"
)
# 2019年5月， at the beginning of a sentence
_WHEN = re.compile(r"^(?P<when>\d{4}年(?:\d{1,2}月(?:\d{1,2}日)?)?)[，,]?(?P<rest>[^，,]{6,})")
# 、 between the members of a list: 甲、乙和丙
_MEMBERS = re.compile(
    r"(?<=[括，、有为])(?P<one>[\u4e00-\u9fff]{2,8})、(?P<other>[\u4e00-\u9fff]{2,8})(?=、)"
)
# What is quoted, and the names of bodies with 和 in them, are not reworded.
_QUOTED = re.compile(
    r"[《“「『][^》”」』]*[》”」』]|住房和城乡建设|市容和环境卫生|文化和旅游|工业和信息化"
)
_ACTIVE = frozenset(("击败", "战胜", "收购", "任命", "占领", "取代", "改编", "打败", "批评"))


def itself(taken: Taken, choice: random.Random, segmenter: Segmenter) -> str | None:
    """The sentence as it is."""
    return taken.text


def a_clause(taken: Taken, choice: random.Random, segmenter: Segmenter) -> str | None:
    """A clause that stands by itself."""
    found = [
        piece.text
        for piece in clauses(taken.text)
        if len(piece.text) >= SHORTEST_CLAUSE and not _LEANS.search(piece.text)
    ]
    return f"{choice.choice(found)}。" if len(found) > 1 else None


def reordered(taken: Taken, choice: random.Random, segmenter: Segmenter) -> str | None:
    """The sentence with its time elsewhere, two members of a list exchanged, or its clauses in another order."""
    text = taken.text
    if when := _WHEN.match(text):
        subject = words(when["rest"], segmenter)
        head = noun_behind([Piece("", 0, 0), *subject], 0)
        behind = next((word for word in subject if head and word.start == head.end), None)
        if head is not None and behind is not None and leads(behind.text):
            rest = when["rest"]
            return f"{head.text}于{when['when']}{rest[head.end :]}{text[when.end() :]}"
    if members := _MEMBERS.search(text):
        one, other = (Piece(members[name], *members.span(name)) for name in ("one", "other"))
        return exchanged(text, one, other)
    found = clauses(text)
    free = [piece for piece in found if not _LEANS.search(piece.text)]
    if len(found) == len(free) == 2:
        return exchanged(text, found[0], found[1])
    return None


def numerals(taken: Taken, choice: random.Random, segmenter: Segmenter) -> str | None:
    """The sentence with its numbers in Chinese numerals instead of digits, or in digits instead of those."""
    folded = fold(taken.text)
    text = taken.text
    is_changed = False
    for quantity in reversed(quantities(folded)):
        piece = Piece(text[quantity.start : quantity.end], quantity.start, quantity.end)
        written = _otherwise(piece.text, int(quantity.value))
        if quantity.value != int(quantity.value) or written is None:
            continue
        text = replaced(text, piece, written)
        is_changed = True
    return text if is_changed else None


def _otherwise(written: str, value: int) -> str | None:
    """A number written in the other way, with what stands behind it; None where that is unusual."""
    unit = re.sub(r"^[\d,，.．零〇一二两三四五六七八九十百千万亿\s]+", "", written)
    if written[0].isdigit():
        if "年" in unit or not 2 <= value <= 9999 or "%" in unit or not unit:
            return None
        return f"{numeral(value, 'chineseCountingThousand')}{unit}"
    if written.startswith("百分之"):
        return f"{value}%"
    if value < 2 or not unit:
        return None
    return (
        f"{value // 10000}万{unit}" if value >= 10000 and value % 10000 == 0 else f"{value}{unit}"
    )


def function_words(taken: Taken, choice: random.Random, segmenter: Segmenter) -> str | None:
    """The sentence with up to three function words by others that mean the same."""
    rows = dict(TABLES["faithful"]["function_words"])
    text = taken.text
    quoted = [one.span() for one in _QUOTED.finditer(text)]
    found = []
    for piece in words(text, segmenter):
        is_quoted = any(start <= piece.start < end for start, end in quoted)
        if piece.text in rows and not is_quoted:
            found.append(piece)
    if not found:
        return None
    for piece in sorted(
        choice.sample(found, min(3, len(found))), reverse=True, key=lambda p: p.start
    ):
        text = replaced(text, piece, rows[piece.text])
    return text


def with_lead(taken: Taken, choice: random.Random, segmenter: Segmenter) -> str | None:
    """The sentence behind words that only introduce it, and with function words by others."""
    text = function_words(taken, choice, segmenter) or taken.text
    lead: str = choice.choice(TABLES["faithful"]["leads"])
    return lead + text


def passive(taken: Taken, choice: random.Random, segmenter: Segmenter) -> str | None:
    """A clause with 由, 被 or a verb turned: 甲击败乙 is 乙被甲击败, 甲由乙负责 is 乙负责甲."""
    for clause in clauses(taken.text):
        found = words(clause.text, segmenter)
        for at, word in enumerate(found[:-1]):
            before, behind = noun_before(found, at), noun_behind(found, at)
            if before is None or behind is None or before.start != 0:
                continue
            if word.text in _ACTIVE and behind.end == len(clause.text):
                return f"{behind.text}被{before.text}{word.text}。"
            rest = clause.text[behind.end :]
            if word.text in ("由", "被") and 2 <= len(rest) <= 6:
                return f"{behind.text}{rest}{before.text}。"
    return None


def asked_and_answered(taken: Taken, choice: random.Random, segmenter: Segmenter) -> str | None:
    """A question that the sentence answers, with its answer put in: the words are those of who asked."""
    return choice.choice(taken.worded) if taken.worded else None


FAITHFUL: dict[str, Maker] = {
    "itself": itself,
    "a clause": a_clause,
    "reordered": reordered,
    "numerals": numerals,
    "function words": function_words,
    "with a lead": with_lead,
    "voice": passive,
    "question and answer": asked_and_answered,
}
