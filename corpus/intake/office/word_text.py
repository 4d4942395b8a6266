"""Reads the text of one paragraph of a Word file as it is printed in the end.

Insertions that are tracked stand in it, deletions, hidden text and the instructions of fields do
not.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from corpus.intake.office.word_styles import Style, Styles, W, value

MATH = "{http://schemas.openxmlformats.org/officeDocument/2006/math}"
_COMPATIBILITY = "{http://schemas.openxmlformats.org/markup-compatibility/2006}"
_PICTURE = "{http://schemas.openxmlformats.org/drawingml/2006/picture}pic"
_VML = "{urn:schemas-microsoft-com:vml}"
_CHART = "{http://schemas.openxmlformats.org/drawingml/2006/chart}chart"
_DIAGRAM = "{http://schemas.openxmlformats.org/drawingml/2006/diagram}relIds"
_EMBEDDED = "{urn:schemas-microsoft-com:office:office}OLEObject"

MARK = "\ufffc"
"""Stands in a text where a footnote is marked; it is taken out again with the note put in."""

_OPEN = {f"{W}{name}" for name in ("ins", "moveTo", "hyperlink", "smartTag", "customXml", "dir",
                                   "bdo", "fldSimple", "sdtContent", "rubyBase")}  # fmt: skip
"""Elements that are as if not there: only what is in them counts."""

_DRAWN = {f"{W}{name}" for name in ("drawing", "pict", "object")}
_PRINTED = {
    f"{W}tab": "\t",
    f"{W}ptab": "\t",
    f"{W}br": "\n",
    f"{W}cr": "\n",
    f"{W}noBreakHyphen": "-",
}
_NOTES = {f"{W}footnoteReference": "footnote", f"{W}endnoteReference": "endnote"}
_SYMBOLS = {
    ("wingdings", 0x6C): "●",
    ("wingdings", 0x6E): "■",
    ("wingdings", 0x6F): "□",
    ("wingdings", 0x71): "□",
    ("wingdings", 0xA8): "□",
    ("wingdings", 0xFB): "✗",
    ("wingdings", 0xFC): "✓",
    ("wingdings", 0xFD): "☒",
    ("wingdings", 0xFE): "☑",
    ("wingdings 2", 0x50): "✓",
    ("wingdings 2", 0x51): "☒",
    ("wingdings 2", 0x52): "☑",
    ("wingdings 2", 0x53): "☒",
    ("wingdings 2", 0xA3): "□",
}
"""Signs of forms, which are set in fonts of signs: the boxes that are ticked or not."""

_CONTENTS = re.compile(r"\s*TOC\b")
# eq \o\ac(○,1): a character in a circle
_OVERSTRUCK = re.compile(r"\s*EQ\s*\\o\b[^(]*\((.*)\)\s*$", re.IGNORECASE | re.DOTALL)
_PRIVATE = 0xF000
"""Where Word puts the characters of fonts of signs in Unicode."""


class ParagraphText(NamedTuple):
    """The text of a paragraph, with `MARK` for each of `notes`, and the boxes anchored in it.

    A box is the element of its content, or the text of WordArt. Each of `notes` is "footnote" or
    "endnote" and an id.
    """

    text: str
    notes: tuple[tuple[str, str], ...]
    boxes: tuple[Any, ...]


@dataclass
class Unread:
    """What of a Word file is not read as text, counted."""

    pictures: int = 0
    charts: int = 0
    diagrams: int = 0
    objects: int = 0


@dataclass
class _Field:
    """A field that is open: its instruction, and whether its result has begun."""

    begin: Any
    instruction: str = ""
    shows: bool = False
    result: bool = False


@dataclass
class _Pieces:
    """What of a paragraph has been read so far."""

    texts: list[str] = field(default_factory=list)
    notes: list[tuple[str, str]] = field(default_factory=list)
    boxes: list[Any] = field(default_factory=list)


class TextReader:
    """Reads the paragraphs of one story (the body, a box, a note) from the first to the last.

    A field may begin in one and end in another.
    """

    def __init__(self, styles: Styles, unread: Unread, has_whole_fields: bool) -> None:
        """`has_whole_fields` says that every field of the story that begins ends in it."""
        self._styles = styles
        self._unread = unread
        self._has_whole_fields = has_whole_fields
        self._fields: list[_Field] = []

    def read(self, paragraph: Any) -> ParagraphText:
        """The text of the next paragraph, whatever its own mark says."""
        pieces = _Pieces()
        self._read_inside(paragraph, self._styles.of_paragraph(paragraph), pieces)
        # Only results span paragraphs: an instruction that is still open has lost its end.
        self._fields = [each for each in self._fields if each.shows]
        return ParagraphText("".join(pieces.texts), tuple(pieces.notes), tuple(pieces.boxes))

    def _read_inside(self, parent: Any, chain: tuple[Style, ...], pieces: _Pieces) -> None:
        for child in parent.iterchildren():
            tag = child.tag
            if tag == f"{W}r":
                self._read_run(child, chain, pieces)
            elif tag in _OPEN:
                self._read_inside(child, chain, pieces)
            elif tag == f"{W}sdt":
                if not is_table_of_contents(child):
                    self._read_inside(child, chain, pieces)
            elif tag == f"{_COMPATIBILITY}AlternateContent":
                self._read_inside(chosen(child), chain, pieces)
            elif tag in (f"{MATH}oMath", f"{MATH}oMathPara") and self._is_shown():
                pieces.texts.append(formula(child))

    def _read_run(self, run: Any, chain: tuple[Style, ...], pieces: _Pieces) -> None:
        is_hidden = self._styles.hides(run, chain)
        for child in run.iterchildren():
            tag = child.tag
            if tag == f"{W}fldChar":
                self._turn_field(child, pieces)
            elif tag == f"{W}instrText":
                self._add_instruction(child.text or "")
            elif not is_hidden and self._is_shown():
                self._read_printed(child, chain, pieces)

    def _read_printed(self, child: Any, chain: tuple[Style, ...], pieces: _Pieces) -> None:
        tag = child.tag
        if tag == f"{W}t":
            pieces.texts.append((child.text or "").replace(MARK, ""))
            self._mark_results()
        elif tag in _PRINTED:
            pieces.texts.append(_PRINTED[tag])
        elif tag == f"{W}sym":
            pieces.texts.append(_symbol(child))
        elif tag in _NOTES:
            pieces.texts.append(MARK)
            pieces.notes.append((_NOTES[tag], child.get(f"{W}id", "")))
        elif tag == f"{W}ruby":
            for base in child.iterchildren(f"{W}rubyBase"):
                self._read_inside(base, chain, pieces)
        elif tag in _DRAWN or tag == f"{_COMPATIBILITY}AlternateContent":
            self._read_drawn(child, pieces)

    def _read_drawn(self, drawn: Any, pieces: _Pieces) -> None:
        """The boxes of a drawing, and a count of what else is in it."""
        elements = list(_drawn_in(drawn))
        is_embedded = any(element.tag == _EMBEDDED for element in elements)
        self._unread.objects += is_embedded
        for element in elements:
            tag = element.tag
            if tag == f"{W}txbxContent":
                pieces.boxes.append(element)
            elif tag == f"{_VML}textpath" and element.get("string"):
                pieces.boxes.append(element.get("string"))
            elif tag in (_PICTURE, f"{_VML}imagedata"):
                self._unread.pictures += not is_embedded
            elif tag == _CHART:
                self._unread.charts += 1
            elif tag == _DIAGRAM:
                self._unread.diagrams += 1

    def _is_shown(self) -> bool:
        """Whether all fields that are open show their results here."""
        return all(each.shows and not self._lists_contents(each) for each in self._fields)

    def _lists_contents(self, opened: _Field) -> bool:
        """Whether a field is a table of contents. One that never ends would hide all that follows."""
        return self._has_whole_fields and bool(_CONTENTS.match(opened.instruction))

    def _turn_field(self, char: Any, pieces: _Pieces) -> None:
        """Begins a field, begins its result, or ends it."""
        kind = char.get(f"{W}fldCharType")
        if kind == "begin":
            self._fields.append(_Field(char))
        elif kind == "separate" and self._fields:
            self._fields[-1].shows = True
        elif kind == "end" and self._fields:
            ended = self._fields.pop()
            if self._is_shown() and not ended.result:
                pieces.texts.append(_without_result(ended))

    def _add_instruction(self, text: str) -> None:
        if self._fields and not self._fields[-1].shows:
            self._fields[-1].instruction += text

    def _mark_results(self) -> None:
        for each in self._fields:
            each.result = True


def _without_result(ended: _Field) -> str:
    """What a field prints whose result the file does not hold: a circled character, a box to tick."""
    circled = _OVERSTRUCK.match(ended.instruction)
    if circled:
        return re.split(r"[,;，；]", circled[1])[-1].strip(" )")
    box = ended.begin.find(f"{W}ffData/{W}checkBox")
    if box is not None:
        state = box.find(f"{W}checked")
        state = box.find(f"{W}default") if state is None else state
        is_ticked = state is not None and state.get(f"{W}val", "1") not in ("0", "false")
        return "☑" if is_ticked else "□"
    choice = ended.begin.find(f"{W}ffData/{W}ddList")
    if choice is not None:
        entries = [entry.get(f"{W}val", "") for entry in choice.iterchildren(f"{W}listEntry")]
        chosen_entry = value(choice, "result") or value(choice, "default") or "0"
        at = int(chosen_entry) if chosen_entry.isdecimal() else 0
        return entries[at] if at < len(entries) else ""
    return ""


def _symbol(element: Any) -> str:
    """A character of a font of signs; empty where it is not known what it shows."""
    code = element.get(f"{W}char", "")
    if not re.fullmatch(r"[0-9A-Fa-f]{1,4}", code):
        return ""
    point = int(code, 16)
    font = element.get(f"{W}font", "").lower()
    if _PRIVATE <= point < _PRIVATE + 256:
        return _SYMBOLS.get((font, point - _PRIVATE), "")
    return _SYMBOLS.get((font, point), chr(point) if point >= 32 else "")


def chosen(alternatives: Any) -> Any:
    """The one of several forms of the same content that is read: the first choice."""
    choice = alternatives.find(f"{_COMPATIBILITY}Choice")
    fallback = alternatives.find(f"{_COMPATIBILITY}Fallback")
    if choice is None:
        return alternatives if fallback is None else fallback
    return choice


def _drawn_in(element: Any) -> Iterator[Any]:
    """The elements of a drawing, each once, and none of those inside its boxes."""
    if element.tag == f"{_COMPATIBILITY}AlternateContent":
        element = chosen(element)
    yield element
    if element.tag == f"{W}txbxContent":
        return
    for child in element.iterchildren():
        yield from _drawn_in(child)


def is_table_of_contents(control: Any) -> bool:
    """Whether a content control holds the table of contents, which repeats the headings."""
    gallery = control.find(f"{W}sdtPr/{W}docPartObj/{W}docPartGallery")
    return gallery is not None and gallery.get(f"{W}val") == "Table of Contents"


def formula(element: Any) -> str:
    """A formula in one line: 3/4, x^2, a_1."""
    written = ""
    for child in element.iterchildren():
        if child.tag == f"{MATH}t":
            written += child.text or ""
        elif child.tag == f"{MATH}f":
            above, below = (formula(each) for each in _parts(child, ("num", "den")))
            written += f"{_grouped(above)}/{_grouped(below)}"
        elif child.tag == f"{MATH}sSup":
            base, power = (formula(each) for each in _parts(child, ("e", "sup")))
            written += f"{base}^{_grouped(power)}"
        elif child.tag == f"{MATH}sSub":
            base, index = (formula(each) for each in _parts(child, ("e", "sub")))
            written += f"{base}_{_grouped(index)}"
        elif child.tag == f"{MATH}d":
            written += f"({formula(child)})"
        elif child.tag == f"{MATH}rad":
            written += f"√{_grouped(formula(child))}"
        elif child.tag in (f"{W}del", f"{W}moveFrom"):
            continue
        else:
            written += formula(child)
    return written


def _parts(element: Any, names: Iterable[str]) -> list[Any]:
    """The children of these names; an empty one for each that is missing."""
    found = [element.find(f"{MATH}{name}") for name in names]
    return [element.makeelement(f"{MATH}e") if each is None else each for each in found]


def _grouped(part: str) -> str:
    return part if part.isalnum() else f"({part})"
