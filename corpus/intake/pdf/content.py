"""Runs the operators of a PDF page and notes the text and the ruled lines that it draws."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, TypeAlias

import pypdf
from pypdf.generic import ContentStream, StreamObject

from corpus.intake.pdf.drawing import Drawing, Fragment
from corpus.intake.pdf.fonts import OBSTINATE, Face, Fonts, resolved
from corpus.intake.pdf.glyphs import pieces
from corpus.intake.pdf.matrices import IDENTITY, Matrix, matrix_of, moved, multiply, turned
from corpus.intake.pdf.operators import operators
from corpus.intake.pdf.paths import Path

_DEEPEST = 12
"""Forms inside forms that are looked into: real files have two or three."""

_MOST_RULES = 4000
"""Ruled lines of a page that are looked at. A page of 80 rows and 12 columns has 2,000 edges; one
with more lines than this is a drawing.
"""

_NO_GAP = 0.15
"""Share of the size of the font that two shown strings may be apart within a word: kerning stays
under a tenth, the narrowest space between words is a fifth.
"""

_WRITTEN = ("/Widget", "/FreeText")
"""Annotations that hold text: fields of forms, and text typed upon the page."""

_Handler: TypeAlias = Callable[[Sequence[Any]], None]
"""What an operator does, given its operands."""


def draw(page: pypdf.PageObject, fonts: Fonts) -> Drawing:
    """What the page draws.

    Raises what pypdf raises where its content cannot be parsed.
    """
    painter = _Painter(fonts)
    contents = resolved(page.get("/Contents"))
    if contents is not None:
        resources = resolved(page.get("/Resources", {}))
        painter.run(ContentStream(contents, page.pdf).get_data(), resources)
    for annotation in resolved(page.get("/Annots")) or ():
        try:
            painter.paint_annotation(resolved(annotation))
        except OBSTINATE:
            continue
    drawing = painter.drawing
    if len(drawing.rules) > _MOST_RULES:
        drawing.rules = []
    return drawing


@dataclass(slots=True)
class _State:
    """What `q` saves and `Q` brings back."""

    matrix: Matrix = IDENTITY
    face: Face | None = None
    size: float = 0.0
    spacing: float = 0.0
    word_spacing: float = 0.0
    scale: float = 1.0
    leading: float = 0.0
    rise: float = 0.0


class _Painter:
    """Runs the operators of a page and notes text and ruled lines."""

    def __init__(self, fonts: Fonts) -> None:
        self.drawing = Drawing()
        self._fonts = fonts
        self._state = _State()
        self._saved: list[_State] = []
        self._line: Matrix = IDENTITY
        self._text: Matrix = IDENTITY
        self._path = Path()
        self._open: list[int] = []
        self._actual: list[str | None] = []
        self._resources: Mapping[str, Any] = {}
        self._named: dict[str, Face | None] = {}
        self._operators = {
            **self._state_operators(),
            **self._text_state_operators(),
            **self._text_operators(),
            **self._path_operators(),
        }

    def _state_operators(self) -> dict[bytes, _Handler]:
        """The operators that set the state of what is drawn."""
        return {
            b"q": self._save,
            b"Q": self._restore,
            b"cm": self._transform,
            b"Do": self._paint_form,
        }

    def _text_state_operators(self) -> dict[bytes, _Handler]:
        """The operators that say how text is set."""
        return {
            b"Tf": self._set_font,
            b"Tc": self._set_spacing,
            b"Tw": self._set_word_spacing,
            b"Tz": self._set_scale,
            b"TL": self._set_leading,
            b"Ts": self._set_rise,
        }

    def _text_operators(self) -> dict[bytes, _Handler]:
        """The operators that place and show text."""
        return {
            b"BT": self._begin_text,
            b"Td": self._move_line,
            b"TD": self._move_and_lead,
            b"Tm": self._set_text_matrix,
            b"T*": self._next_line,
            b"Tj": self._show_string,
            b"TJ": self._show_strings,
            b"'": self._next_and_show,
            b'"': self._space_and_show,
            b"BDC": self._begin_marked,
            b"BMC": self._begin_unmarked,
            b"EMC": self._end_marked,
        }

    def _path_operators(self) -> dict[bytes, _Handler]:
        """The operators that draw and paint lines."""
        painting = (b"S", b"s", b"f", b"F", b"f*", b"B", b"B*", b"b", b"b*")
        handlers: dict[bytes, _Handler] = dict.fromkeys(painting, self._paint_path)
        handlers[b"re"] = self._rectangle
        handlers[b"m"] = self._path.move_to
        handlers[b"l"] = self._line_to
        handlers[b"n"] = self._drop_path
        return handlers

    def run(self, content: bytes, resources: Mapping[str, Any]) -> None:
        """Runs the operators of a page or a form. One whose operands make no sense does nothing."""
        outer, self._resources = (self._resources, self._named), resources
        self._named = {}
        for operator, operands in operators(content):
            handler = self._operators.get(operator)
            if handler:
                try:
                    handler(operands)
                except OBSTINATE:
                    continue
        self._resources, self._named = outer

    # State

    def _save(self, _: Sequence[Any]) -> None:
        self._saved.append(replace(self._state))

    def _restore(self, _: Sequence[Any]) -> None:
        if self._saved:
            self._state = self._saved.pop()

    def _transform(self, operands: Sequence[Any]) -> None:
        self._state.matrix = multiply(matrix_of(operands), self._state.matrix)

    def _set_font(self, operands: Sequence[Any]) -> None:
        name = operands[0]
        if name not in self._named:
            self._named[name] = self._fonts.named(name, self._resources)
        self._state.face, self._state.size = self._named[name], float(operands[1])

    def _set_spacing(self, operands: Sequence[Any]) -> None:
        self._state.spacing = float(operands[0])

    def _set_word_spacing(self, operands: Sequence[Any]) -> None:
        self._state.word_spacing = float(operands[0])

    def _set_scale(self, operands: Sequence[Any]) -> None:
        self._state.scale = float(operands[0]) / 100

    def _set_leading(self, operands: Sequence[Any]) -> None:
        self._state.leading = float(operands[0])

    def _set_rise(self, operands: Sequence[Any]) -> None:
        self._state.rise = float(operands[0])

    # Text

    def _begin_text(self, _: Sequence[Any]) -> None:
        self._line = self._text = IDENTITY

    def _set_text_matrix(self, operands: Sequence[Any]) -> None:
        self._line = self._text = matrix_of(operands)

    def _move(self, right: float, up: float) -> None:
        self._line = self._text = moved(self._line, right, up)

    def _move_line(self, operands: Sequence[Any]) -> None:
        self._move(float(operands[0]), float(operands[1]))

    def _next_line(self, _: Sequence[Any]) -> None:
        self._move(0.0, -self._state.leading)

    def _move_and_lead(self, operands: Sequence[Any]) -> None:
        self._state.leading = -float(operands[1])
        self._move(float(operands[0]), float(operands[1]))

    def _show_string(self, operands: Sequence[Any]) -> None:
        self._show([operands[0]])

    def _show_strings(self, operands: Sequence[Any]) -> None:
        self._show(operands[0])

    def _next_and_show(self, operands: Sequence[Any]) -> None:
        self._next_line(operands)
        self._show_string(operands)

    def _space_and_show(self, operands: Sequence[Any]) -> None:
        self._state.word_spacing, self._state.spacing = float(operands[0]), float(operands[1])
        self._next_and_show(operands[2:])

    def _show(self, strings: Sequence[Any]) -> None:
        """Shows strings; numbers between them move back, in thousandths of the size."""
        state = self._state
        if state.face is None:
            return
        run: list[tuple[str, float, float]] = []
        pen = 0.0
        for item in strings:
            if isinstance(item, bytes):
                for text, width in state.face.glyphs(item):
                    start = pen
                    pen += width / 1000 * state.size * state.scale
                    run.append((text, start, pen))
                    spacing = state.spacing + (state.word_spacing if text == " " else 0.0)
                    pen += spacing * state.scale
            elif isinstance(item, (int, float)):
                pen -= float(item) / 1000 * state.size * state.scale
        actual = next((text for text in reversed(self._actual) if text is not None), None)
        if actual is not None and run:
            run = [(actual, run[0][1], run[-1][2])]
            self._actual = [None if text is None else "" for text in self._actual]
        if state.face.is_readable or actual is not None:
            self._note(run)
        else:
            self.drawing.unreadable += len(run)
        self._text = moved(self._text, pen, 0.0)

    def _note(self, run: Sequence[tuple[str, float, float]]) -> None:
        """Notes the glyphs of a run, (text, start, end) each, cut where there are wide gaps."""
        whole = multiply(self._text, self._state.matrix)
        across = math.hypot(whole[0], whole[1]) or 1.0
        size = abs(self._state.size) * math.hypot(whole[2], whole[3])
        turn = round(math.degrees(math.atan2(whole[1], whole[0]))) % 360
        left, base = turned(whole[4], whole[5], turn)
        base += self._state.rise * math.hypot(whole[2], whole[3])
        for text, start, end in pieces(run, _NO_GAP * abs(self._state.size)):
            self.drawing.fragments.append(
                Fragment(text, left + start * across, left + end * across, base, size, turn)
            )

    # Text that the file gives beside the glyphs, as for a ligature

    def _begin_marked(self, operands: Sequence[Any]) -> None:
        properties = operands[1] if len(operands) > 1 else None
        text = properties.get("/ActualText") if isinstance(properties, dict) else None
        self._actual.append(_text_string(text) if isinstance(text, bytes) else None)

    def _begin_unmarked(self, _: Sequence[Any]) -> None:
        self._actual.append(None)

    def _end_marked(self, _: Sequence[Any]) -> None:
        if self._actual:
            self._actual.pop()

    # Forms and paths

    def _paint_form(self, operands: Sequence[Any]) -> None:
        form = resolved(resolved(self._resources["/XObject"])[operands[0]])
        if form.get("/Subtype") != "/Form" or not isinstance(form, StreamObject):
            return
        if id(form) in self._open or len(self._open) >= _DEEPEST:
            return
        saved, depth = replace(self._state), len(self._saved)
        text, line = self._text, self._line
        self._open.append(id(form))
        if "/Matrix" in form:
            self._transform(resolved(form["/Matrix"]))
        resources = resolved(form.get("/Resources", self._resources))
        self.run(form.get_data(), resources)
        self._open.pop()
        del self._saved[depth:]
        self._state, self._text, self._line = saved, text, line

    def paint_annotation(self, annotation: Any) -> None:
        """Paints what was written into a field of a form or typed upon the page."""
        form = resolved(resolved(annotation["/AP"])["/N"])
        if annotation.get("/Subtype") not in _WRITTEN or "/BBox" not in form:
            return
        left, bottom = (float(edge) for edge in resolved(annotation["/Rect"])[:2])
        x, y = (float(edge) for edge in resolved(form["/BBox"])[:2])
        self._state = _State(matrix=(1.0, 0.0, 0.0, 1.0, left - x, bottom - y))
        self.run(form.get_data(), resolved(form.get("/Resources", {})))

    def _rectangle(self, operands: Sequence[Any]) -> None:
        self._path.rectangle(operands, self._state.matrix)

    def _line_to(self, operands: Sequence[Any]) -> None:
        self._path.line_to(operands, self._state.matrix)

    def _drop_path(self, _: Sequence[Any]) -> None:
        self._path.clear()

    def _paint_path(self, _: Sequence[Any]) -> None:
        if len(self.drawing.rules) <= _MOST_RULES:
            self.drawing.rules += self._path.rules
        self._path.clear()


def _text_string(data: bytes) -> str:
    """A string for people, which says itself that it is UTF-16."""
    if data.startswith(b"\xfe\xff"):
        return data[2:].decode("utf-16-be", "replace")
    return data.decode("latin-1")
