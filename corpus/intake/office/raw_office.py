"""The text in the XML of Word and Excel files and in csv files, in blocks, to be counted.

It is found without the libraries and the code that read these files.
"""

from __future__ import annotations

import re
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from lxml import etree

from corpus.intake.decode import decode, read_bytes, shown
from corpus.intake.office.workbook_parts import (
    MAIN,
    Layout,
    position,
    read_layout,
    related,
    sheet_parts,
    streamed,
)

_W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
_MC = "{http://schemas.openxmlformats.org/markup-compatibility/2006}"
_GONE = {f"{_W}{name}" for name in ("del", "moveFrom", "rt", "pPr", "rPr", "trPr", "tcPr")}
_OFF = ("0", "false", "off")
_CUT = "\x00"
"""Stands where a block is cut, because a note is put there or behind the sentence, or a sign."""

# 。 in "增长。其中", before which a note may stand
_END = re.compile(r"(?<=[。！？；!?;…])|\x00")
_TOC_NAME = re.compile(r"(?:toc|目录)\s*(?:\d|heading|标题)|table of figures", re.IGNORECASE)
_INTEGER = re.compile(r"-?\d{1,15}")
# What parts the cells of a text file, and the marks around them
_BETWEEN_CELLS = re.compile(r"[,;\t|\"\r\n]+")


def word_blocks(path: Path) -> Iterator[str]:
    """The printed text of each paragraph in a Word file, and of each note that is marked."""
    with zipfile.ZipFile(path) as archive:
        main = next(
            (
                target
                for kind, target in related(archive, "").values()
                if kind.endswith("/officeDocument")
            ),
            "word/document.xml",
        )
        parts = {kind.rpartition("/")[2]: name for kind, name in related(archive, main).values()}
        roots = {
            kind: etree.fromstring(archive.read(parts[kind]))
            for kind in ("styles", "footnotes", "endnotes")
            if parts.get(kind) in archive.namelist()
        }
        walk = _Walk(roots.get("styles"))
        walk.visit(etree.fromstring(archive.read(main)))
    for block in walk.blocks:
        yield from _END.split(block) if _CUT in block else (block,)
    for kind in ("footnotes", "endnotes"):
        for note in roots.get(kind, ()):
            if (kind[:-1], note.get(f"{_W}id")) in walk.marked:
                inside = _Walk(roots.get("styles"))
                inside.visit(note)
                # Their full stop stands behind the bracket that holds them.
                yield from (block.rstrip("。 ") for block in inside.blocks)


class _Walk:
    """Goes through the XML of a Word file once, and keeps the text that is printed."""

    def __init__(self, styles: Any) -> None:
        self.blocks: list[str] = []
        self.marked: set[tuple[str, str | None]] = set()
        self._open: list[list[str]] = []
        self._fields: list[list[str]] = []
        self._contents: set[str] = set()
        self._hidden: set[str] = set()
        for style in styles.iter(f"{_W}style") if styles is not None else ():
            name = style.find(f"{_W}name")
            if name is not None and _TOC_NAME.match(name.get(f"{_W}val", "")):
                self._contents.add(style.get(f"{_W}styleId"))
            if style.find(f"{_W}rPr/{_W}vanish") is not None:
                self._hidden.add(style.get(f"{_W}styleId"))

    def visit(self, element: Any) -> None:
        """Takes the text of an element and all in it."""
        tag = element.tag
        if tag in _GONE or self._is_left_out(element):
            return
        if tag == f"{_W}p":
            style = element.find(f"{_W}pPr/{_W}pStyle")
            named = style.get(f"{_W}val") if style is not None else ""
            self._open.append([])
            self._visit_children(element)
            text = "".join(self._open.pop())
            if named not in self._contents | self._hidden and text.strip():
                self.blocks.append(text)
        elif tag == f"{_W}r":
            self._visit_run(element)
        else:
            self._visit_children(element)

    def _visit_children(self, element: Any) -> None:
        for child in element:
            self.visit(child)

    def _is_left_out(self, element: Any) -> bool:
        if element.tag == f"{_MC}Fallback":
            return element.getparent().find(f"{_MC}Choice") is not None
        if element.tag == f"{_W}tr":
            return element.find(f"{_W}trPr/{_W}del") is not None
        if element.tag == f"{_W}sdt":
            gallery = element.find(f"{_W}sdtPr/{_W}docPartObj/{_W}docPartGallery")
            return gallery is not None and gallery.get(f"{_W}val") == "Table of Contents"
        return False

    def _visit_run(self, run: Any) -> None:
        vanish = run.find(f"{_W}rPr/{_W}vanish")
        style = run.find(f"{_W}rPr/{_W}rStyle")
        is_hidden = style is not None and style.get(f"{_W}val") in self._hidden
        if vanish is not None:
            is_hidden = vanish.get(f"{_W}val", "1") not in _OFF
        for child in run:
            tag = child.tag
            if tag == f"{_W}fldChar":
                self._turn(child.get(f"{_W}fldCharType"))
            elif tag == f"{_W}instrText" and self._fields:
                self._fields[-1].append(child.text or "")
            elif is_hidden or not self._open or not self._shows():
                continue
            elif tag == f"{_W}t":
                self._open[-1].append(child.text or "")
            elif tag == f"{_W}sym":
                self._open[-1].append(_CUT)
            elif tag in (f"{_W}footnoteReference", f"{_W}endnoteReference"):
                kind = tag.removeprefix(_W).removesuffix("Reference")
                self.marked.add((kind, child.get(f"{_W}id")))
                self._open[-1].append(_CUT)
            else:
                self.visit(child)

    def _turn(self, kind: str | None) -> None:
        """Each open field is its instruction in pieces, and the piece "|" once its result begins."""
        if kind == "begin":
            self._fields.append([])
        elif kind == "separate" and self._fields:
            self._fields[-1].append("|")
        elif kind == "end" and self._fields:
            self._fields.pop()

    def _shows(self) -> bool:
        """Whether all open fields have begun to show their results and none lists the contents."""
        return all(
            "|" in pieces and not "".join(pieces).lstrip().startswith("TOC")
            for pieces in self._fields
        )


def workbook_blocks(path: Path) -> Iterator[str]:
    """The words and plain whole numbers in the cells that are not hidden, those side by side in one.

    Other values are not shown as they are stored.
    """
    with zipfile.ZipFile(path) as archive:
        strings = list(_shared_strings(archive))
        plain = _plain_styles(archive)
        for sheet in sheet_parts(archive):
            if sheet.is_hidden:
                continue
            layout = read_layout(archive, sheet.part)
            whole = not layout.merged and not layout.hidden_columns
            for row in _shown_rows(archive, sheet.part, layout):
                cells = [
                    None if _is_hidden(cell, layout) else _text(cell, strings, plain)
                    for cell in row.iterchildren(f"{MAIN}c")
                ]
                yield from _joined(cells, whole)


def _shown_rows(archive: zipfile.ZipFile, part: str, layout: Layout) -> Iterator[Any]:
    """The rows of a sheet that are not hidden, each read when it is asked for."""
    with archive.open(part) as file:
        for number, row in enumerate(streamed(file, ("row",)), 1):
            if int(row.get("r") or number) not in layout.hidden_rows:
                yield row


def _is_hidden(cell: Any, layout: Layout) -> bool:
    """Whether a cell stands in a hidden column."""
    return bool(layout.hidden_columns) and layout.hides_column(position(cell.get("r", ""))[1])


def _joined(cells: list[str | None], whole: bool) -> Iterator[str]:
    """The texts of a row: each run of them in one, or each by itself where cells are merged."""
    run = ""
    for text in [*cells, None]:
        if text and whole:
            run += text
        elif text:
            yield text
        elif text is None and run:
            yield run
            run = ""


def _text(cell: Any, strings: list[str], plain: set[str]) -> str | None:
    """The text of a cell, empty where it has none; None where it is not shown as it is stored."""
    kind = cell.get("t", "n")
    if kind == "inlineStr":
        return "".join(node.text or "" for node in cell.iter(f"{MAIN}t"))
    value = cell.findtext(f"{MAIN}v") or ""
    if kind == "s":
        return strings[int(value)] if value.isdecimal() and int(value) < len(strings) else None
    if kind == "str":
        return value
    if not value:
        return ""
    is_plain = kind == "n" and cell.get("s", "0") in plain and _INTEGER.fullmatch(value)
    return value if is_plain else None


def _shared_strings(archive: zipfile.ZipFile) -> Iterator[str]:
    names = [name for name in archive.namelist() if name.lower().endswith("sharedstrings.xml")]
    for name in names[:1]:
        with archive.open(name) as file:
            for _, item in etree.iterparse(file, tag=f"{MAIN}si"):
                yield "".join(_shown_pieces(item))
                item.clear()


def _shown_pieces(item: Any) -> Iterator[str]:
    """The pieces of a shared string; its phonetic guides are not shown."""
    for node in item.iter(f"{MAIN}t"):
        if node.getparent().tag != f"{MAIN}rPh":
            yield node.text or ""


def _plain_styles(archive: zipfile.ZipFile) -> set[str]:
    """The styles of cells, by their numbers, that show a number as it is."""
    if "xl/styles.xml" not in archive.namelist():
        return {"0"}
    formats = etree.fromstring(archive.read("xl/styles.xml")).find(f"{MAIN}cellXfs")
    found = set()
    for at, style in enumerate(formats if formats is not None else ()):
        if style.get("numFmtId", "0") == "0":
            found.add(str(at))
    return found


def table_blocks(path: Path) -> Iterator[str]:
    """The lines of a text file without the marks between cells.

    A line with quotation marks is given in the pieces between all such marks.
    """
    lines = decode(read_bytes(path, path.stat().st_size), shown(path)).splitlines()
    if lines and re.fullmatch("sep=.", lines[0]):
        del lines[0]
    most = max(",;\t|", key=lambda mark: sum(mark in line for line in lines))
    for line in lines:
        yield from _BETWEEN_CELLS.split(line) if '"' in line else (line.replace(most, ""),)
