"""A conversation as a Word document, its citations as numbered notes at the end.

python-docx writes no footnotes, so the notes are paragraphs of their own, and each number in the text
leads to its note.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import UTC, datetime
from io import BytesIO
from itertools import pairwise
from typing import Any, NamedTuple
from urllib.parse import urlsplit

from docx import Document as new_document
from docx.opc.constants import RELATIONSHIP_TYPE
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Pt, RGBColor

MEDIA_TYPE = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"

SERIF = "宋体"
"""The face of Chinese text: every Word has it, under this name or as SimSun."""

# 次。[1] is cut into 次。 and 1.
_MARK = re.compile(r"\[(\d{1,2})\]")

# What XML 1.0 cannot hold: control characters, halves of pairs, and two that are no characters.
_NOT_XML = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")


class Note(NamedTuple):
    """A source: what is quoted, from where, and the address at which it can be read."""

    quote: str
    place: str
    url: str


class Told(NamedTuple):
    """An answer: its text with marks [n], what it is (原文摘录), and its sources, which these count."""

    text: str
    label: str
    sources: tuple[Note, ...]


class Turn(NamedTuple):
    """A question and its answers; there are two where a model wrote one beside the extract."""

    question: str
    answers: tuple[Told, ...]


class Words(NamedTuple):
    """What the document says of itself: the line below the title, and the heading of the notes."""

    exported: str
    notes: str


def word_document(title: str, turns: Sequence[Turn], words: Words) -> bytes:
    """The .docx of a conversation. The notes are counted through; labels stay with their answers."""
    writer = _Writer()
    writer.begin(title, words.exported)
    for turn in turns:
        writer.question(turn.question)
        for told in turn.answers:
            writer.answer(told)
    writer.end(words.notes)
    return writer.bytes()


class _Writer:
    """Writes the document from its beginning to its end, and keeps the notes for the last."""

    def __init__(self) -> None:
        self._file = new_document()
        self._notes: list[Note] = []
        for name in ("Normal", "Title", "Heading 1", "Heading 2"):
            style = self._file.styles[name]
            style.element.get_or_add_rPr().get_or_add_rFonts().set(qn("w:eastAsia"), SERIF)
            style.font.color.rgb = RGBColor(0x26, 0x22, 0x1F)
        self._file.styles["Normal"].font.size = Pt(11)

    def begin(self, title: str, exported: str) -> None:
        properties = self._file.core_properties
        properties.title = _clean(title)[:200]
        properties.author = properties.last_modified_by = "城问 Chengwen"
        properties.comments = ""
        properties.created = properties.modified = datetime.now(UTC)
        self._file.add_heading(_clean(title), 0)
        self._paragraph(exported, small=True)

    def question(self, question: str) -> None:
        self._file.add_heading(_clean(question), 1)

    def answer(self, told: Told) -> None:
        """The answer line by line, its marks as the numbers of its notes, and below it its label."""
        first = len(self._notes)
        for line in _clean(told.text).split("\n"):
            self._line(line, first, len(told.sources))
        self._notes += told.sources
        if told.label:
            self._paragraph(told.label, small=True)

    def end(self, heading: str) -> None:
        """The notes, each with its number, its quote, its place and its address."""
        if self._notes:
            self._file.add_heading(heading, 2)
        for number, note in enumerate(self._notes, 1):
            paragraph = self._file.add_paragraph()
            _bookmark(paragraph, number)
            paragraph.add_run(f"[{number}] {_clean(note.quote)}")
            paragraph.add_run(f"  {_clean(note.place)}  ").font.size = Pt(9)
            self._link(paragraph, note.url)

    def bytes(self) -> bytes:
        file = BytesIO()
        self._file.save(file)
        return file.getvalue()

    def _paragraph(self, text: str, small: bool = False) -> None:
        run = self._file.add_paragraph().add_run(_clean(text))
        if small:
            run.font.size = Pt(9)

    def _line(self, line: str, first: int, count: int) -> None:
        """A line of an answer whose notes begin behind the `first`; a mark of none of them is text."""
        paragraph = self._file.add_paragraph()
        marks = [mark for mark in _MARK.finditer(line) if 1 <= int(mark[1]) <= count]
        edges = [(0, 0), *(mark.span() for mark in marks), (len(line), len(line))]
        for number, ((_, end), (start, _)) in enumerate(pairwise(edges)):
            paragraph.add_run(line[end:start])
            if number < len(marks):
                _reference(paragraph, first + int(marks[number][1]))

    def _link(self, paragraph: Any, url: str) -> None:
        """The address, as a link where it is one of the web."""
        if urlsplit(url).scheme not in ("http", "https"):
            return
        related = self._file.part.relate_to(
            _clean(url), RELATIONSHIP_TYPE.HYPERLINK, is_external=True
        )
        link = OxmlElement("w:hyperlink")
        link.set(qn("r:id"), related)
        run = paragraph.add_run(_clean(url))
        run.font.size = Pt(9)
        link.append(run._r)
        paragraph._p.append(link)


def _reference(paragraph: Any, number: int) -> None:
    """A raised number that leads to its note."""
    run = paragraph.add_run(f"[{number}]")
    run.font.superscript = True
    link = OxmlElement("w:hyperlink")
    link.set(qn("w:anchor"), f"note{number}")
    link.append(run._r)
    paragraph._p.append(link)


def _bookmark(paragraph: Any, number: int) -> None:
    for name in ("w:bookmarkStart", "w:bookmarkEnd"):
        element = OxmlElement(name)
        element.set(qn("w:id"), str(number))
        if name == "w:bookmarkStart":
            element.set(qn("w:name"), f"note{number}")
        paragraph._p.append(element)


def _clean(text: str) -> str:
    return _NOT_XML.sub("", text)
