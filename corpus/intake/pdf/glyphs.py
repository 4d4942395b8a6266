"""Cuts a run of glyphs into pieces of text, where there are wide gaps."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

# The gap in "姓名    年龄" or "姓名\u3000\u3000年龄"
_BLANKS = re.compile(r"[ \t\xa0]{2,}|[ \t\xa0]*\u3000[ \t\xa0\u3000]*")


def pieces(
    run: Sequence[tuple[str, float, float]], gap: float
) -> Iterator[tuple[str, float, float]]:
    """The run of glyphs cut where they are more than `gap` apart, or where there are two blanks.

    A blank at an end stays in the text; the ends of a piece are those of what is seen.
    """
    if len(run) == 1 and run[0][0]:
        yield run[0]
        return
    piece: list[tuple[str, float, float]] = []
    for glyph in run:
        if piece and abs(glyph[1] - piece[-1][2]) > gap:
            yield from _cut(piece)
            piece = []
        piece.append(glyph)
    yield from _cut(piece)


def _cut(piece: Sequence[tuple[str, float, float]]) -> Iterator[tuple[str, float, float]]:
    text = "".join(glyph[0] for glyph in piece)
    if not text.strip():
        return
    if len(text) != len(piece) or not _BLANKS.search(text):
        seen = [glyph for glyph in piece if glyph[0].strip()]
        yield text, seen[0][1], seen[-1][2]
        return
    start = 0
    for blank in [*_BLANKS.finditer(text), None]:
        end = blank.start() if blank else len(text)
        seen = [glyph for glyph in piece[start:end] if glyph[0].strip()]
        if seen:
            yield text[start:end], seen[0][1], seen[-1][2]
        start = blank.end() if blank else end
