"""Compares the lines read of a PDF with what pdfium sees on its pages, so that a loss can be told."""

from __future__ import annotations

import unicodedata
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from itertools import chain, islice
from typing import NamedTuple

from corpus.intake.page import Line, fold
from corpus.losses import Loss, compared, is_told, losses

_SURELY_LACKING = 2
"""Letters or digits that a line lacks at least, or all that it has: two programs may read one sign
of a font differently."""


class Dropped(NamedTuple):
    """What was left out of a page on purpose: its running heads and feet, and its watermarks."""

    running: tuple[str, ...] = ()
    marks: tuple[str, ...] = ()


def raw_pages(
    pages: Sequence[str], lines: Sequence[Line], dropped: Sequence[Dropped]
) -> Iterator[str]:
    """What the document should hold: the lines of each page as pdfium sees them.

    `pages` are the texts that pdfium gives, `lines` what was read, `dropped` what was left out of
    each page. Where pdfium puts the text of a page in another order, and no character of it is
    lacking, its lines as read are given: only what was lost in cleaning shows there.
    """
    if len(pages) != len(dropped):
        yield from (line.text for line in lines)
        return
    read = "\n".join(line.text for line in lines)
    seen = [list(_seen(page, own)) for page, own in zip(pages, dropped, strict=True)]
    lacking = _letters("".join(chain.from_iterable(seen))) - _letters(read)
    own_lines: dict[int | None, list[str]] = {}
    for line in lines:
        own_lines.setdefault(line.page, []).append(line.text)
    for number, page in enumerate(_judged(seen, read), 1):
        kept, lost, is_in_order = _parted(page, lacking)
        yield from kept if is_in_order else own_lines.get(number, ())
        yield from lost


def _parted(
    page: Iterable[Sequence[Loss]], lacking: Counter[str]
) -> tuple[list[str], list[str], bool]:
    """The blocks of a page that were read, those that are lacking, line by line, and whether there
    is no block that was read in another order.
    """
    kept: list[str] = []
    lost: list[str] = []
    is_in_order = True
    for line in page:
        gone = []
        for loss in line:
            if not is_told(loss):
                kept.append(loss.block)
            elif _is_lacking(loss, lacking):
                gone.append(loss.block)
            else:
                is_in_order = False
        lost += [" ".join(gone)] if gone else []
    return kept, lost, is_in_order


def _seen(page: str, dropped: Dropped) -> Iterator[str]:
    """The lines of a page with letters or digits, without those that were left out on purpose."""
    whole = Counter(map(_same, dropped.running))
    words = Counter(" ".join(dropped.running).split())
    marks = set(map(_same, dropped.marks))
    for line in page.splitlines():
        same, own = _same(line), Counter(line.split())
        if not any(map(str.isalnum, same)) or any(same in mark for mark in marks):
            continue
        if whole[same] > 0:
            whole[same] -= 1
        elif own <= words:
            words -= own
        else:
            yield line


def _judged(seen: Sequence[Sequence[str]], read: str) -> Iterator[list[list[Loss]]]:
    """For each page and each of its lines what the text that was read lacks of the line, or, where
    it is not whole, of the words in it: they may be cells of several lines.
    """
    whole = iter(losses(chain.from_iterable(seen), read))
    pages: list[list[list[str]]] = []
    for page in seen:
        pages.append([line.split() if is_told(next(whole)) else [line] for line in page])
    words = chain.from_iterable(chain.from_iterable(pages))
    judged = iter(losses(words, read))
    for pieces in pages:
        yield [list(islice(judged, len(line))) for line in pieces]


def _is_lacking(loss: Loss, lacking: Counter[str]) -> bool:
    """Whether the characters of a block are `lacking` in number too, from which they are taken."""
    wanted = _letters(loss.block)
    short = wanted & lacking
    count = short.total()
    if not count or count < min(_SURELY_LACKING, wanted.total()) or 2 * count < loss.missing:
        return False
    lacking -= short
    return True


def _letters(text: str) -> Counter[str]:
    return Counter(filter(str.isalnum, _same(text)))


def _same(text: str) -> str:
    """The characters of a text as two programs may both give them: ligatures apart, radicals as
    characters.
    """
    return compared(unicodedata.normalize("NFKC", fold(text)))
