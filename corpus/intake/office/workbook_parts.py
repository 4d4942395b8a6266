"""Finds the sheets of a workbook in its archive, and what of them is hidden, merged or not computed.

The library that reads large sheets gives only their cells.
"""

from __future__ import annotations

import posixpath
import re
import zipfile
from collections.abc import Iterator
from typing import Any, NamedTuple

from lxml import etree

MAIN = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"
"""Begins the names of Excel's elements."""

_RELATIONS = "{http://schemas.openxmlformats.org/package/2006/relationships}Relationship"
_ID = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}id"
# B12, $B$12
_CELL = re.compile(r"\$?([A-Z]{1,3})\$?(\d{1,7})")
_ON = ("1", "true")


class SheetPart(NamedTuple):
    """A sheet of a workbook: its name, its file in the archive, and whether it is hidden."""

    name: str
    part: str
    is_hidden: bool


class Merged(NamedTuple):
    """Cells that are one: first and last row and column, from 1, the last included."""

    top: int
    left: int
    bottom: int
    right: int


class Layout(NamedTuple):
    """What a sheet says of its cells.

    Rows and columns are counted from 1. `hidden_columns` are (first, last). `uncomputed` is the
    number of formulas without a result, `cells` that of all cells, and `drawings` says whether
    something is drawn on the sheet.
    """

    merged: tuple[Merged, ...]
    hidden_rows: frozenset[int]
    hidden_columns: tuple[tuple[int, int], ...]
    uncomputed: int
    cells: int
    drawings: bool

    def hides_column(self, column: int) -> bool:
        """Whether a column, from 1, is hidden."""
        return any(first <= column <= last for first, last in self.hidden_columns)


def sheet_parts(archive: zipfile.ZipFile) -> list[SheetPart]:
    """The sheets with cells of a workbook, in the order of their tabs."""
    root = next(
        (
            target
            for kind, target in related(archive, "").values()
            if kind.endswith("/officeDocument")
        ),
        "xl/workbook.xml",
    )
    targets = related(archive, root)
    found = []
    for sheet in etree.fromstring(archive.read(root)).iter(f"{MAIN}sheet"):
        kind, part = targets.get(sheet.get(_ID, ""), ("", ""))
        if kind.endswith("/worksheet"):
            is_hidden = sheet.get("state", "visible") != "visible"
            found.append(SheetPart(sheet.get("name", ""), part, is_hidden))
    return found


def related(archive: zipfile.ZipFile, part: str) -> dict[str, tuple[str, str]]:
    """The kind and the file of each relation of a part, by its id; those of the package for ""."""
    folder, name = posixpath.split(part)
    listed = posixpath.join(folder, "_rels", f"{name}.rels")
    if listed not in archive.namelist():
        return {}
    found = {}
    for relation in etree.fromstring(archive.read(listed)).iter(_RELATIONS):
        target = posixpath.normpath(posixpath.join("/", folder, relation.get("Target", "")))
        found[relation.get("Id", "")] = (relation.get("Type", ""), target.lstrip("/"))
    return found


def read_layout(archive: zipfile.ZipFile, part: str) -> Layout:
    """What a sheet says of its cells, read as a stream."""
    merged: list[Merged] = []
    hidden_rows: set[int] = set()
    hidden_columns: list[tuple[int, int]] = []
    uncomputed = row = cells = 0
    drawings = has_formula = False
    for name, element in _layout_elements(archive, part):
        is_hidden = element.get("hidden") in _ON
        if name == "f":
            has_formula = True
        elif name == "row":
            row = int(element.get("r") or row + 1)
            if is_hidden:
                hidden_rows.add(row)
            uncomputed += _uncomputed(element) if has_formula else 0
            has_formula = False
            cells += len(element)
        elif name == "col" and is_hidden:
            hidden_columns.append((int(element.get("min")), int(element.get("max"))))
        elif name == "mergeCell":
            merged += _merged(element.get("ref", ""))
        drawings = drawings or name == "drawing"
    return Layout(
        tuple(merged), frozenset(hidden_rows), tuple(hidden_columns), uncomputed, cells, drawings
    )


def _layout_elements(archive: zipfile.ZipFile, part: str) -> Iterator[tuple[str, Any]]:
    """The elements of a sheet that say something of its cells, each with its name, as they end."""
    with archive.open(part) as file:
        for element in streamed(file, ("mergeCell", "col", "row", "f", "drawing")):
            yield element.tag.removeprefix(MAIN), element


def streamed(file: Any, names: tuple[str, ...]) -> Iterator[Any]:
    """The elements of these names as they end, each row emptied when the next has been read."""
    tags = [f"{MAIN}{name}" for name in names]
    for _, element in etree.iterparse(file, tag=tags):
        yield element
        if element.tag == f"{MAIN}row":
            element.clear()
            while element.getprevious() is not None:
                del element.getparent()[0]


def _uncomputed(row: Any) -> int:
    """How many cells of a row hold a formula and no result."""
    count = 0
    for cell in row.iterchildren(f"{MAIN}c"):
        formula = cell.find(f"{MAIN}f")
        result = cell.find(f"{MAIN}v")
        is_text = cell.get("t") in ("str", "inlineStr")
        has_result = result is not None and (result.text or is_text)
        count += formula is not None and not has_result
    return count


def _merged(reference: str) -> list[Merged]:
    """The area of a reference such as A1:C2; none where it is damaged."""
    corners = [position(corner) for corner in reference.split(":")]
    if len(corners) != 2:
        return []
    (top, left), (bottom, right) = corners
    return [Merged(top, left, bottom, right)] if 0 < top <= bottom and 0 < left <= right else []


def position(reference: str) -> tuple[int, int]:
    """The row and the column of a cell such as B12, from 1; 0 and 0 where it is damaged."""
    match = _CELL.fullmatch(reference)
    if not match:
        return 0, 0
    column = 0
    for letter in match[1]:
        column = 26 * column + ord(letter) - ord("A") + 1
    return int(match[2]), column
