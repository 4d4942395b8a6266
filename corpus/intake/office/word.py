"""Reads Word files into pages, as they are printed in the end: see `corpus.intake.office.word_text`.

Text boxes stand after their paragraph, notes after the sentence that is marked, and automatic
numbers before their paragraph.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any, NamedTuple

from docx.opc.constants import RELATIONSHIP_TYPE
from docx.opc.part import Part, XmlPart
from docx.oxml.parser import parse_xml
from docx.package import Package

from corpus.intake.office.office_file import check_office_file
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
    value,
)
from corpus.intake.office.word_text import (
    MARK,
    ParagraphText,
    TextReader,
    Unread,
    chosen,
    is_table_of_contents,
)
from corpus.intake.page import Line, Page, join, row_text, tidy, width
from corpus.intake.table import TableRow, table_lines
from corpus.language.sentences import sentences

_WRAPPERS = {f"{W}{name}" for name in ("sdt", "sdtContent", "customXml", "ins", "moveTo",
                                       "smartTag")}  # fmt: skip
_ALTERNATIVES = "{http://schemas.openxmlformats.org/markup-compatibility/2006}AlternateContent"
_LONGEST_HEADING = 120
"""Columns of a heading: sixty characters are two lines of print. Offices also give whole paragraphs
the outline of a heading.
"""

_SCANNED = 40
"""Characters beside a picture under which it is likely a scan: a page of print has 500 to 800."""


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
        notes=tuple(_unread_notes(reader, lines)),
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


class _Cell(NamedTuple):
    """A cell of a row: its first column, the columns that it covers, and its text."""

    column: int
    span: int
    text: str


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
        for block in _blocks(parent):
            if block.tag == f"{W}p":
                joined.append(block)
                if not _runs_into_next(block):
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
        rows = [row for row in _inside(table, "tr") if row.find(f"{W}trPr/{W}del") is None]
        cells = []
        for row in rows:
            kept = [c for c in _inside(row, "tc") if c.find(f"{W}tcPr/{W}cellDel") is None]
            cells.append(kept)
        if _lays_out(cells):
            for row_cells in cells:
                for cell in row_cells:
                    yield from self._lines_of_blocks(cell, reader)
            return
        self._open_cells += 1
        read = self._read_rows(rows, cells, reader)
        self._open_cells -= 1
        marked = self._header_rows(table, rows)
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
            [_row(row, columns, is_regular, i < marked) for i, row in enumerate(read)]
        )
        notes, self._notes_of_cells = self._notes_of_cells, []
        yield from map(Line, notes)

    def _read_rows(
        self, rows: list[Any], cells: list[list[Any]], reader: TextReader
    ) -> list[list[_Cell]]:
        """The cells of each row; one that goes on from the row above has its text."""
        above: dict[int, str] = {}
        read: list[list[_Cell]] = []
        for row, row_cells in zip(rows, cells, strict=True):
            column = max(0, number(row.find(f"{W}trPr"), "gridBefore") or 0)
            found = [_Cell(i, 1, "") for i in range(min(column, _MOST_COLUMNS))]
            for cell in row_cells:
                properties = cell.find(f"{W}tcPr")
                span = min(max(1, number(properties, "gridSpan") or 1), _MOST_COLUMNS)
                text = " ".join(line.text for line in self._lines_of_blocks(cell, reader))
                merge = properties.find(f"{W}vMerge") if properties is not None else None
                goes_on = merge is not None and merge.get(f"{W}val", "continue") == "continue"
                above[column] = above.get(column, text) if goes_on else text
                found.append(_Cell(column, span, above[column]))
                column += span
            read.append(found)
        return read

    def _header_rows(self, table: Any, rows: list[Any]) -> int:
        """How many rows at the top the format marks as column names: as repeated, or as first."""
        marked = 0
        while marked < len(rows) and is_on(rows[marked].find(f"{W}trPr"), "tblHeader"):
            marked += 1
        if marked:
            return marked
        properties = table.find(f"{W}tblPr")
        look = properties.find(f"{W}tblLook") if properties is not None else None
        if look is None or look.get(f"{W}firstRow") not in ("1", "true", "on"):
            return 0
        for style in self._styles.chain(value(properties, "tblStyle")):
            parts = style.element.iterchildren(f"{W}tblStylePr")
            if any(part.get(f"{W}type") == "firstRow" for part in parts):
                return 1
        return 0


_MOST_COLUMNS = 63
"""Columns of a table in Word."""


def _row(cells: list[_Cell], columns: int, is_regular: bool, is_header: bool) -> TableRow:
    """A row with the text of a cell in each of the columns that it covers.

    In a table that is a form rather than a grid it stands there once.
    """
    texts: list[str] = []
    for cell in cells:
        texts += [cell.text] * (cell.span if is_regular else 1)
    is_whole = len(cells) == 1 and cells[0].span == columns
    return TableRow(tuple(texts), is_whole, is_header)


def _lays_out(cells: list[list[Any]]) -> bool:
    """Whether a table only lays out the page: it has one column, or one row of several paragraphs."""
    if all(len(row) <= 1 for row in cells):
        return True
    if len(cells) > 1:
        return False
    return max(len(list(_blocks(cell))) for cell in cells[0]) > 1


def _blocks(parent: Any) -> Iterator[Any]:
    """The paragraphs, tables and files of other formats in a part of the text, in order."""
    for child in parent.iterchildren():
        if child.tag in (f"{W}p", f"{W}tbl", f"{W}altChunk"):
            yield child
        elif child.tag == _ALTERNATIVES:
            yield from _blocks(chosen(child))
        elif child.tag in _WRAPPERS and not is_table_of_contents(child):
            yield from _blocks(child)


def _inside(parent: Any, name: str) -> Iterator[Any]:
    """The rows of a table or the cells of a row, also those in content controls."""
    for child in parent.iterchildren():
        if child.tag == f"{W}{name}":
            yield child
        elif child.tag in _WRAPPERS:
            yield from _inside(child, name)


def _runs_into_next(paragraph: Any) -> bool:
    """Whether the end of a paragraph is deleted, or it is the large first letter of the next."""
    mark = paragraph.find(f"{W}pPr/{W}rPr")
    if mark is not None and (
        mark.find(f"{W}del") is not None or mark.find(f"{W}moveFrom") is not None
    ):
        return True
    frame = paragraph.find(f"{W}pPr/{W}framePr")
    return frame is not None and frame.get(f"{W}dropCap") in ("drop", "margin")


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


def _unread_notes(reader: _WordReader, lines: Iterable[Line]) -> Iterator[tuple[str, str]]:
    """What a Word file holds that was not read as text, (Chinese, English) each."""
    unread = reader.unread
    written = sum(len(line.text) for line in lines)
    if unread.pictures and written < _SCANNED * unread.pictures:
        yield (
            f"有 {unread.pictures} 张图片，而文字很少；图片里的字没有读入。"
            "如果是扫描件，请先做文字识别。",
            f"There are {unread.pictures} pictures and hardly any text; what stands in the "
            "pictures was not read. Run a scan through text recognition first.",
        )
    kinds = (
        (unread.charts, "个图表", "charts"),
        (unread.diagrams, "个 SmartArt 图示", "SmartArt diagrams"),
        (unread.objects, "个嵌入的对象", "embedded objects"),
        (reader.parts_unread, "个嵌入的其他文件", "embedded files"),
    )
    for count, zh, en in kinds:
        if count:
            yield (
                f"有 {count} {zh}没有读入。请把其中的文字写进正文后重新收录。",
                f"{count} {en} were not read. Write what they say into the text and add it again.",
            )
