"""Finds the tables that plain text draws: with tabs, with bars, with box characters, or in columns
that are set with spaces.
"""

from __future__ import annotations

import re
import unicodedata
from bisect import bisect_left
from collections import Counter
from collections.abc import Sequence
from itertools import groupby
from typing import NamedTuple

from corpus.intake.page import fold, join, row_text

_LONGEST_LINE = 2000
"""Characters of a line of a table at most. A longer line is text, and would cost time."""

_LONGEST_CELL = 120
"""Characters of a cell that is set with spaces at most. A longer one is prose."""

_LEAST_LINES = 3
"""Lines from which spaces make columns, or bars without a bar at the edge: two may be so by chance."""

_LARGEST_GRID = 4_000_000
"""Rows times columns of a table that is set with spaces at most: some 100 MB while it is read."""

_ALIKE = 0.8
"""Share of the lines of a table that have one number of cells."""

# │ and ┃ for |
_BARS = str.maketrans(dict.fromkeys("│┃║┆┊￨", "|"))
# +----+----+, |:--|--:|, ├──┼──┤, ======
_RULER = re.compile(r"[\s|:+\-=_─━═┄┈╌┌┬┐├┼┤└┴┘┏┳┓┣╋┫┗┻┛╔╦╗╠╬╣╚╩╝╒╤╕╞╪╡╘╧╛]*[-=_─━═]{2}.*")
_RULER_CHARACTERS = frozenset(" \t\u3000|:+-=_─━═┄┈╌┌┬┐├┼┤└┴┘┏┳┓┣╋┫┗┻┛╔╦╗╠╬╣╚╩╝╒╤╕╞╪╡╘╧╛")
# Not at the bar of 甲\|乙
_CELL_BAR = re.compile(r"(?<!\\)\|")
# "1.\t", "（一）\t", "●\t" before an item
_ITEM_MARK = re.compile(
    r"(?:\d{1,3}[.、)）]|[(（]?[一二三四五六七八九十\d]{1,3}[)）、]|[•·●▪◆■○*-])\s*\t\s*"
)
# Two spaces or more between the cells of a line
_GAP = re.compile(r"[ \u3000]{2,}|\u3000")
# 1,234.5, 60%, 12元, 2021年, -
_VALUE = re.compile(r"[-+−]?[\d,.]+\s?(?:%|‰|\D{1,2})?|[-—/]")


class Row(NamedTuple):
    """A row of a table as a line of text; `kind` is "header" or "row"."""

    text: str
    kind: str


def tables(lines: Sequence[str]) -> dict[int, Row | None]:
    """The rows of the tables among the lines of a text, by the number of the line.

    None where a line is only a ruler, or belongs to the row above it.
    """
    found: dict[int, Row | None] = {}
    start = 0
    for is_blank, group in groupby(lines, key=lambda line: not line.strip()):
        block = list(group)
        if not is_blank:
            for at, row in _block(block).items():
                found[start + at] = row
        start += len(block)
    return found


def _block(lines: Sequence[str]) -> dict[int, Row | None]:
    """The rows among lines with no blank line between them."""
    barred = [line.translate(_BARS) for line in lines]
    found: dict[int, Row | None] = {}
    for kind, run in groupby(range(len(lines)), key=lambda i: _drawn_with(barred[i])):
        numbers = list(run)
        own = [barred[i] for i in numbers]
        rows: dict[int, Row | None] = {}
        if kind == "bars":
            rows = _barred(own)
        elif kind == "tabs":
            rows = _tabbed(own)
        elif kind == "gaps":
            rows = _columned(own)
        for at, row in rows.items():
            found[numbers[at]] = row
    return found


def _drawn_with(line: str) -> str:
    """What may part the cells of a line: "bars", "tabs", "gaps", or empty."""
    if len(line) > _LONGEST_LINE:
        return ""
    if "|" in fold(line) or _is_ruler(line):
        return "bars"
    # "1.<tab>提交材料" is an item
    if "\t" in _ITEM_MARK.sub("", line.lstrip()):
        return "tabs"
    return "gaps" if _GAP.search(line.strip()) else ""


def _is_ruler(line: str) -> bool:
    return bool(_RULER.match(line)) and _RULER_CHARACTERS.issuperset(line)


# Bars


def _barred(lines: Sequence[str]) -> dict[int, Row | None]:
    """The rows of lines with bars and rulers, or none where they are no table.

    They are one where bars stand at the edge, a ruler parts them, or most have one number of cells.
    """
    rulers = [i for i, line in enumerate(lines) if _is_ruler(line)]
    ruled = frozenset(rulers)
    own = {i: line.replace("｜", "|").strip() for i, line in enumerate(lines) if i not in ruled}
    rows = _bar_cells(own)
    counts = Counter(len(cells) for cells in rows.values())
    columns, alike = max(counts.items(), key=lambda item: item[1], default=(0, 0))
    edged = sum(line.startswith("|") and line.endswith("|") for line in own.values())
    is_edged = len(rows) >= 2 and edged >= _ALIKE * len(rows)
    is_even = len(rows) >= _LEAST_LINES and alike >= _ALIKE * len(rows)
    if not rows or columns < 2 or not (is_edged or is_even or rulers):
        return {}
    return _with_rulers(rows, rulers, len(lines))


def _bar_cells(lines: dict[int, str]) -> dict[int, list[str]]:
    """The cells between the bars of lines; those at an edge where most lines have one part nothing."""
    opened = sum(line.startswith("|") for line in lines.values()) > len(lines) / 2
    closed = sum(line.endswith("|") for line in lines.values()) > len(lines) / 2
    rows = {}
    for i, line in lines.items():
        bare = line.removeprefix("|") if opened else line
        bare = bare[:-1] if closed and bare.endswith("|") and not bare.endswith("\\|") else bare
        rows[i] = [cell.strip().replace("\\|", "|") for cell in _CELL_BAR.split(bare)]
    return rows


def _with_rulers(
    rows: dict[int, list[str]], rulers: Sequence[int], count: int
) -> dict[int, Row | None]:
    """The rows of a table; the first is the header where a ruler stands below it.

    Where rulers part all rows, the lines between two of them are one row.
    """
    found: dict[int, Row | None] = dict.fromkeys(range(count))
    first, last = min(rows), max(rows)
    inner = [i for i in rulers if first < i < last]
    merged = rows if len(inner) < 2 else _merged(rows, inner)
    # Several lines above the only ruler are rows like those below it.
    has_header = bool(inner) and sum(i < inner[0] for i in merged) == 1
    for number, (i, cells) in enumerate(merged.items()):
        text = row_text(cells)
        kind = "header" if has_header and number == 0 else "row"
        found[i] = Row(text, kind) if text else None
    return found


def _merged(rows: dict[int, list[str]], rulers: Sequence[int]) -> dict[int, list[str]]:
    """The rows with those between two rulers made one, cell by cell."""
    merged: dict[int, list[str]] = {}
    for _, group in groupby(rows, key=lambda i: bisect_left(rulers, i)):
        first, *others = list(group)
        cells = list(rows[first])
        for other in others:
            for at, cell in enumerate(rows[other][: len(cells)]):
                cells[at] = join(cells[at], cell)
            cells += rows[other][len(cells) :]
        merged[first] = cells
    return merged


# Tabs


def _tabbed(lines: Sequence[str]) -> dict[int, Row | None]:
    """The rows of lines with tabs: two or more below each other.

    A line whose tabs are doubled to line it up has its cells where that gives their usual number.
    """
    if len(lines) < 2:
        return {}
    strict = [line.rstrip("\r\n").split("\t") for line in lines]
    loose = [re.split(r"\t+", line.strip()) for line in lines]
    columns = Counter(map(len, loose)).most_common(1)[0][0]
    if any(len(cells) > columns for cells in strict):
        most = Counter(map(len, strict)).most_common(1)[0]
        columns = most[0] if most[1] > len(lines) / 2 else columns
    rows: dict[int, Row | None] = {}
    for i, (own, collapsed) in enumerate(zip(strict, loose, strict=True)):
        is_padded = len(own) != columns and len(collapsed) == columns
        text = row_text(collapsed if is_padded else own)
        rows[i] = Row(text, "row") if text else None
    return rows


# Spaces


def _columned(lines: Sequence[str]) -> dict[int, Row | None]:
    """The rows of lines whose cells stand below each other, parted by spaces.

    A cell that is empty is known by the columns where the others stand.
    """
    if len(lines) < _LEAST_LINES or any("。" in line for line in lines):
        return {}
    cells = _by_position(lines) or _by_number(lines)
    if not cells or not _are_data(cells):
        return {}
    return {i: Row(row_text(row), "row") for i, row in enumerate(cells)}


def _by_number(lines: Sequence[str]) -> list[list[str]]:
    """The cells of lines that all have one number of them, or none."""
    cells = [_GAP.split(line.strip()) for line in lines]
    return cells if len({len(row) for row in cells}) == 1 else []


def _by_position(lines: Sequence[str]) -> list[list[str]]:
    """The cells of lines by the columns that are blank in all of them, or none."""
    spread = [_spread(line.rstrip()) for line in lines]
    longest = max(map(len, spread))
    if longest * len(spread) > _LARGEST_GRID:
        return []
    padded = [row + [" "] * (longest - len(row)) for row in spread]
    blank = []
    for at in range(longest):
        blank.append(all(row[at] == " " for row in padded))
    starts = [at for at in range(longest) if not blank[at] and (at == 0 or blank[at - 1])]
    if len(starts) < 2 or not _are_parted(starts, blank):
        return []
    ends = [*starts[1:], longest]
    cells = []
    for row in padded:
        parts = ["".join(row[start:end]) for start, end in zip(starts, ends, strict=True)]
        cells.append([part.strip() for part in parts])
    return cells


def _spread(line: str) -> list[str]:
    """The line with an entry for each column: a wide character has a second, empty one."""
    columns: list[str] = []
    for char in line:
        is_wide = unicodedata.east_asian_width(char) in "WF"
        if char.isspace():
            columns += [" ", " "] if is_wide else [" "]
        else:
            columns += [char, ""] if is_wide else [char]
    return columns


def _are_parted(starts: Sequence[int], blank: Sequence[bool]) -> bool:
    """Whether two blank columns stand before each cell but the first."""
    return all(blank[start - 1] and blank[start - 2] for start in starts[1:])


def _are_data(cells: Sequence[Sequence[str]]) -> bool:
    """Whether the cells are those of a table: short, in three columns or with values in one."""
    if any(len(cell) > _LONGEST_CELL for row in cells for cell in row):
        return False
    columns = list(zip(*cells, strict=True))
    values = []
    for column in columns:
        values.append(sum(bool(_VALUE.fullmatch(cell)) for cell in column))
    return len(columns) >= 3 or any(2 * count >= len(cells) for count in values)
