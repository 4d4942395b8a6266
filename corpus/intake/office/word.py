"""Reads Word files into pages, as they are printed in the end: see `corpus.intake.office.word_text`.

Text boxes stand after their paragraph, notes after the sentence that is marked, and automatic
numbers before their paragraph.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from docx.opc.constants import RELATIONSHIP_TYPE
from docx.opc.part import Part, XmlPart
from docx.oxml.parser import parse_xml
from docx.package import Package

from corpus.intake.office.office_file import check_office_file
from corpus.intake.office.word_blocks import blocks_of, inside, runs_into_next
from corpus.intake.office.word_losses import unread_notes
from corpus.intake.office.word_numbers import Number, Numbering
from corpus.intake.office.word_styles import (
    Styles,
    W,
    heading_level,
    is_contents,
    is_list,
    is_on,
    is_title,
    number,
)
from corpus.intake.office.word_tables import MOST_COLUMNS, Cell, header_rows, lays_out, padded_row
from corpus.intake.office.word_text import (
    MARK,
    ParagraphText,
    TextReader,
    Unread,
)
from corpus.intake.page import Line, Page, join, row_text, tidy, width
from corpus.intake.table import table_lines
from corpus.language.sentences import sentences

_LONGEST_HEADING = 120
"""Columns of a heading: sixty characters are two lines of print. Offices also give whole paragraphs
the outline of a heading.
"""


def read_docx(path: Path) -> Page:
    """Reads a Word file (docx, docm, dotx) as it is printed.

    Raises DocumentError where it is none, has a password, or would unpack to too much.
    """
    check_office_file(path, "docx")
    main = Package.open(str(path)).main_document_part
    reader = _WordReader(main)
    body = _root(main).find(f"{W}body")
    lines = reader.lines_of(body) if body is not None else []
    if not lines:
        for relation in main.rels.values():
            kinds = (RELATIONSHIP_TYPE.HEADER, RELATIONSHIP_TYPE.FOOTER)
            if relation.reltype in kinds and not relation.is_external:
                lines += reader.lines_of(_root(relation.target_part))
    return Page(
        tuple(lines),
        title=reader.title,
        notes=tuple(unread_notes(reader.unread, reader.parts_unread, lines)),
        is_web_page=False,
    )


def _root(part: Part) -> Any:
    """The root of the XML in a part, which the library has parsed already or not."""
    return part.element if isinstance(part, XmlPart) else parse_xml(part.blob)


def _related(main: Part, kind: str) -> Any:
    """The root of the part of a kind that belongs to the main part, or None."""
    for relation in main.rels.values():
        if relation.reltype == kind and not relation.is_external:
            return _root(relation.target_part)
    return None


class _WordReader:
    """Reads the stories of a Word file in order, and remembers what they leave unread."""

    def __init__(self, main: Part) -> None:
        self.title = ""
        """The first paragraph in the style of a title, or empty."""
        self.unread = Unread()
        self.parts_unread = 0
        """Files of other formats that Word shows as if they were its text."""
        self._styles = Styles(_related(main, RELATIONSHIP_TYPE.STYLES))
        numbering = _related(main, RELATIONSHIP_TYPE.NUMBERING)
        self._numbering = Numbering(numbering, self._styles)
        self._notes: dict[tuple[str, str], Any] = {}
        for name, kind in (
            ("footnote", RELATIONSHIP_TYPE.FOOTNOTES),
            ("endnote", RELATIONSHIP_TYPE.ENDNOTES),
        ):
            root = _related(main, kind)
            for element in root.iterchildren(f"{W}{name}") if root is not None else ():
                self._notes[(name, element.get(f"{W}id", ""))] = element
        self._open_cells = 0
        self._notes_of_cells: list[str] = []

    def lines_of(self, story: Any) -> list[Line]:
        """The lines of a story: the body, a text box, a note."""
        turns = [char.get(f"{W}fldCharType") for char in story.iter(f"{W}fldChar")]
        is_whole = turns.count("begin") == turns.count("end")
        reader = TextReader(self._styles, self.unread, is_whole)
        return list(self._lines_of_blocks(story, reader))

    def _lines_of_blocks(self, parent: Any, reader: TextReader) -> Iterator[Line]:
        joined: list[Any] = []
        for block in blocks_of(parent):
            if block.tag == f"{W}p":
                joined.append(block)
                if not runs_into_next(block):
                    yield from self._lines_of_paragraph(joined, reader)
                    joined = []
                continue
            if joined:
                yield from self._lines_of_paragraph(joined, reader)
                joined = []
            if block.tag == f"{W}tbl":
                yield from self._lines_of_table(block, reader)
            else:
                self.parts_unread += 1
        if joined:
            yield from self._lines_of_paragraph(joined, reader)

    def _lines_of_paragraph(self, joined: list[Any], reader: TextReader) -> Iterator[Line]:
        """The lines of a paragraph, of which all but the last had their ends deleted."""
        read = [reader.read(paragraph) for paragraph in joined]
        owner = joined[-1]
        chain = self._styles.of_paragraph(owner)
        whole = ParagraphText(
            "".join(each.text for each in read),
            tuple(note for each in read for note in each.notes),
            tuple(box for each in read for box in each.boxes),
        )
        is_empty = not tidy(whole.text)
        is_gone = is_empty and is_on(owner.find(f"{W}pPr/{W}rPr"), "vanish")
        if not is_contents(chain) and not is_gone:
            counted = self._numbering.next(owner, chain)
            if not is_empty or (self._open_cells and counted):
                yield from self._printed(owner, whole, counted)
        for box in whole.boxes:
            yield from [Line(tidy(box))] if isinstance(box, str) else self.lines_of(box)

    def _printed(self, owner: Any, whole: ParagraphText, counted: Number | None) -> Iterator[Line]:
        """The lines of a paragraph with its number, and its notes."""
        chain = self._styles.of_paragraph(owner)
        texts = [(counted.text if counted else "") + whole.text.strip()]
        texts = list(filter(None, map(tidy, texts[0].split("\n"))))
        level = heading_level(owner, chain)
        in_title = is_title(chain)
        notes = list(map(self._note, whole.notes))
        if (level or in_title) and not self._open_cells:
            heading = ""
            for text in texts:
                heading = join(heading, text.replace(MARK, ""))
            if in_title and not self.title:
                self.title = heading
            is_long = width(heading) > _LONGEST_HEADING or heading.endswith(("。", "；"))
            yield Line(heading, "" if is_long else "heading", level=0 if is_long else level)
            yield from (Line(f"注：{note}") for note in notes if note)
            return
        if self._open_cells:
            self._notes_of_cells += [
                f"注（{tidy(whole.text.replace(MARK, ''))}）：{note}" for note in notes if note
            ]
            yield from (Line(text.replace(MARK, "")) for text in texts)
            return
        is_item = counted.is_item if counted else is_list(chain)
        depth = counted.level if counted and is_item else int(is_item)
        for text in texts:
            size = text.count(MARK)
            noted = _with_notes(text, notes[:size])
            notes = notes[size:]
            yield Line(noted, "item" if is_item else "", level=depth)

    def _note(self, key: tuple[str, str]) -> str:
        """The text of a note in one line, without a full stop at its end."""
        element = self._notes.get(key)
        if element is None:
            return ""
        # A note cannot mark itself.
        del self._notes[key]
        cells, self._open_cells = self._open_cells, 0
        text = " ".join(line.text for line in self.lines_of(element))
        self._open_cells = cells
        self._notes[key] = element
        return text.rstrip("。 ")

    def _lines_of_table(self, table: Any, reader: TextReader) -> Iterator[Line]:
        """The rows of a table; what stands in one that only lays out the page, as if in none."""
        rows = [row for row in inside(table, "tr") if row.find(f"{W}trPr/{W}del") is None]
        cells = []
        for row in rows:
            kept = [c for c in inside(row, "tc") if c.find(f"{W}tcPr/{W}cellDel") is None]
            cells.append(kept)
        if lays_out(cells):
            for row_cells in cells:
                for cell in row_cells:
                    yield from self._lines_of_blocks(cell, reader)
            return
        self._open_cells += 1
        read = self._read_rows(rows, cells, reader)
        self._open_cells -= 1
        marked = header_rows(table, rows, self._styles)
        columns = max((row[-1].column + row[-1].span for row in read if row), default=0)
        spanned = 0
        for read_row in read:
            spanned += any(1 < cell.span < columns for cell in read_row)
        is_regular = 2 * spanned <= len(read)
        if self._open_cells:
            for read_row in read:
                yield Line(row_text(cell.text for cell in read_row))
            return
        yield from table_lines(
            [padded_row(row, columns, is_regular, i < marked) for i, row in enumerate(read)]
        )
        notes, self._notes_of_cells = self._notes_of_cells, []
        yield from map(Line, notes)

    def _read_rows(
        self, rows: list[Any], cells: list[list[Any]], reader: TextReader
    ) -> list[list[Cell]]:
        """The cells of each row; one that goes on from the row above has its text."""
        above: dict[int, str] = {}
        read: list[list[Cell]] = []
        for row, row_cells in zip(rows, cells, strict=True):
            column = max(0, number(row.find(f"{W}trPr"), "gridBefore") or 0)
            found = [Cell(i, 1, "") for i in range(min(column, MOST_COLUMNS))]
            for cell in row_cells:
                properties = cell.find(f"{W}tcPr")
                span = min(max(1, number(properties, "gridSpan") or 1), MOST_COLUMNS)
                text = " ".join(line.text for line in self._lines_of_blocks(cell, reader))
                merge = properties.find(f"{W}vMerge") if properties is not None else None
                goes_on = merge is not None and merge.get(f"{W}val", "continue") == "continue"
                above[column] = above.get(column, text) if goes_on else text
                found.append(Cell(column, span, above[column]))
                column += span
            read.append(found)
        return read


def _with_notes(text: str, notes: list[str]) -> str:
    """The text of a line with each note after the sentence that holds its mark.

    So it is a sentence of its own, and the one that is marked stays whole.
    """
    if not notes:
        return text
    pieces = text.split(MARK)
    marks: list[int] = []
    for piece in pieces[:-1]:
        marks.append((marks[-1] if marks else 0) + len(piece))
    plain = "".join(pieces)
    written = ""
    start = 0
    ends = [end for _, end in sentences(plain)] or [len(plain)]
    for i, end in enumerate(ends):
        written += plain[start:end]
        last = i == len(ends) - 1
        of_sentence = [
            note
            for at, note in zip(marks, notes, strict=True)
            if note and (start < at or i == 0) and (at <= end or last)
        ]
        if of_sentence:
            written += "".join(f"（注：{note}）。" for note in of_sentence)
        start = end
    return tidy(written + plain[start:])
