"""Where sentences end.

A citation quotes a whole sentence or clause that is short enough to be quoted.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator
from itertools import pairwise

SENTENCE_LIMIT = 200
"""Longest sentence or clause, characters: what one citation may quote."""

_CLOSER = {"(": ")", "（": "）", "《": "》", "【": "】", "[": "]"}
# The brackets of (2020年) and 《意见》
_BRACKET = re.compile(r"[()（）《》【】\[\]\n]")
_CLOSING = " \n”’」』）)】》\"'*_"
_VEIL = "\N{OBJECT REPLACEMENT CHARACTER}"

# 。” in 他说：“好。”然后走了。 The closing marks behind an end belong to it. ！” in “好！”，他说 ends nothing,
# because the sentence goes on with a comma. The point in "It is done. Then" is judged further by
# `is_full_stop`.
_END = re.compile(
    r"\n"
    r"|[。！？!?；;…][。！？!?；;…”’」』）)】》\"']*+(?![，、,])"
    r"|\.[\"')]*+(?=\s)"
)

# ， and 、 in 一、二，三; not the comma in 1,000 or the colon in 10:30
_PAUSE = re.compile(r"(?<!\d)[，,：:]|[，,：:](?!\d)|[、\s]")

# Where speech without punctuation turns: before 然后, 但是, 所以
_TURN = re.compile(
    r"(?:然后|然後|但是|可是|不过|不過|所以|因此|于是|於是|那么|那麼|而且|并且|並且|因为|因為|虽然|雖然"
    r"|如果|接着|接著|后来|後來|另外|此外|(?<!此)(?:同时|同時)|首先|其次|最后|最後|其实|其實|比如|例如|我们|我們"
    r"|他们|他們|咱们|大家|下面|接下来|接下來|就是说|就是說|也就是说)"
)
# Behind a particle: 的, 了, 吗; not inside 的确, 了解
_PARTICLE = re.compile(r"的(?![的确地確话話士当當])|了(?![了解結结如却卻然])|[呢吗嗎吧嘛啊呀]")
# Before a word that joins: 和, 以及, 在; not inside 共和, 参与, 现在
_JOINT = re.compile(
    r"以及|(?<![共饱飽温溫缓緩])和(?![平谐諧解睦])|(?<![参參给給赋賦])[与與](?![会會否])|[被把](?![子告握])"
    r"|(?<![存现現实實内內正潜潛])在(?![于於场場职職])|[对對从從](?![事业業此而来來象方应應面于於])"
)
# Behind a word in Latin letters, and before one or a number: 用GIS平台; not between 4300 and 元
_SCRIPT = re.compile(r"(?<=[a-zA-Z])(?=[\u4e00-\u9fff])|(?<=[\u4e00-\u9fff])(?=[a-zA-Z0-9])")

# "word", "2020", "60%": what may stand before a full stop
_WORD = re.compile(r"(?:[A-Za-z0-9]{2}|[)\"'%])$")

# "Dr", "Mrs", "vs": their point ends no sentence
_ABBREVIATION = re.compile(
    r"(?<![A-Za-z])(?:[A-Z][a-z]|Mrs|Prof|Gov|Gen|Sen|Rep|Capt|Ltd|Inc|Corp|vs)$"
)

# "12" of "12. Item" at the beginning of a line
_ITEM_NUMBER = re.compile(r"(?:^|\n)[ \t]*\d{1,3}$")

# '" Then', " 治": how the next sentence begins, after the point
_BEGINNING = re.compile(r"[\"')]*\s+[\"'(]*[A-Z\u4e00-\u9fff]")


def ends_with_question(text: str) -> bool:
    """Whether a text ends with a question mark, before any closing quotation marks and brackets."""
    return text.rstrip(_CLOSING).endswith(("？", "?"))


def sentences(text: str, limit: int = SENTENCE_LIMIT) -> list[tuple[int, int]]:
    """Spans (characters, end exclusive) of the sentences, and of the clauses between semicolons.

    Only white space lies between the spans. No span ends inside brackets or title marks that close
    near by. A sentence longer than `limit` is cut at its pauses, outside brackets where possible, and
    where it has none, as transcripts of speech have none, at the words with which it turns and
    behind particles; no span is longer than `limit`.
    """
    veiled = _veiled(text)
    ends = []
    for match in _END.finditer(veiled):
        if match.group()[0] != "." or is_full_stop(text, match.start()):
            ends.append(match.end())
    spans: list[tuple[int, int]] = []
    for span in pairwise([0, *ends, len(text)]):
        spans += _pieces(text, veiled, span, limit)
    return spans


def _veiled(text: str) -> str:
    """`text` with the content of brackets replaced, character by character.

    Only brackets that close on their line, within `SENTENCE_LIMIT` characters, are treated so.
    """
    chars = list(text)
    opened: defaultdict[str, list[int]] = defaultdict(list)
    for match in _BRACKET.finditer(text):
        mark = match.group()
        offset = match.start()
        if mark == "\n":
            opened.clear()
        elif mark in _CLOSER:
            opened[_CLOSER[mark]].append(offset)
        elif opened[mark]:
            width = offset - opened[mark].pop()
            if width < SENTENCE_LIMIT:
                chars[offset - width + 1 : offset] = _VEIL * (width - 1)
    return "".join(chars)


def is_full_stop(text: str, offset: int) -> bool:
    """Whether the point at `offset` ends a sentence: after a word, and before another sentence."""
    before = text[max(0, offset - 12) : offset]
    if _ABBREVIATION.search(before) or _ITEM_NUMBER.search(before):
        return False
    return bool(_WORD.search(before) and _BEGINNING.match(text, offset + 1, offset + 8))


def _pieces(text: str, veiled: str, span: tuple[int, int], limit: int) -> Iterator[tuple[int, int]]:
    """The span in pieces of at most `limit` characters, each cut at a pause in its second half."""
    start, end = _trimmed(text, *span)
    while end - start > limit:
        cut = (
            _last_pause(veiled, start, limit)
            or _last_pause(text, start, limit)
            or _last_turn(text, start, limit)
            or start + limit
        )
        yield _trimmed(text, start, cut)
        start = cut
        # Character by character: a copy of the rest for each piece would make the time quadratic.
        while text[start].isspace():
            start += 1
    if start < end:
        yield start, end


def _last_pause(text: str, start: int, limit: int) -> int:
    """The end of the last pause in the second half of the `limit` characters from `start`, or 0."""
    last = 0
    # One character more is looked at, lest a number seem to end there.
    for match in _PAUSE.finditer(text, start + limit // 2, start + limit + 1):
        if match.end() <= start + limit:
            last = match.end()
    return last


def _last_turn(text: str, start: int, limit: int) -> int:
    """Where a word ends in the second half of the `limit` characters from `start`, or 0.

    The last turn of the speech, else the last particle, else the last word that joins, else the
    last change of script.
    """
    first, last = start + limit // 2, start + limit
    # A few characters more are looked at, lest a word that goes on seem to end.
    for pattern, is_before in ((_TURN, True), (_PARTICLE, False), (_JOINT, True), (_SCRIPT, True)):
        found = pattern.finditer(text, first, last + 2)
        cuts = [match.start() if is_before else match.end() for match in found]
        within = [cut for cut in cuts if first < cut <= last]
        if within:
            return within[-1]
    return 0


def _trimmed(text: str, start: int, end: int) -> tuple[int, int]:
    """The span without the white space at its ends."""
    part = text[start:end]
    return end - len(part.lstrip()), start + len(part.rstrip())
