"""What a page of a PDF draws: pieces of text and ruled lines, with their positions.

Lengths are in points (1/72 inch). Positions are in the frame in which the text reads from left to
right: `left` and `right` grow along the line, `base` is the height of its baseline and grows
upwards.
"""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, NamedTuple

import pypdf
from pypdf.errors import PyPdfError
from pypdf.generic import ContentStream, DictionaryObject, StreamObject
from pypdf.generic._font import Font

from corpus.intake.pdf.operators import operators

Matrix = tuple[float, float, float, float, float, float]

_IDENTITY: Matrix = (1.0, 0.0, 0.0, 1.0, 0.0, 0.0)
_DEEPEST = 12
"""Forms inside forms that are looked into: real files have two or three."""

_MOST_RULES = 4000
"""Ruled lines of a page that are looked at. A page of 80 rows and 12 columns has 2,000 edges; one
with more lines than this is a drawing.
"""

_THIN = 3.0
"""Points across which a filled rectangle is a ruled line: Word draws its borders so, at 0.5 to 3."""

_NO_GAP = 0.15
"""Share of the size of the font that two shown strings may be apart within a word: kerning stays
under a tenth, the narrowest space between words is a fifth.
"""

_WRITTEN = ("/Widget", "/FreeText")
"""Annotations that hold text: fields of forms, and text typed upon the page."""

_SHORT = 2
"""Bytes of a string that is kept when it was read once: one character, as many programs show them."""

OBSTINATE = (ArithmeticError, AttributeError, LookupError, TypeError, ValueError, PyPdfError)
"""What a malformed font or operator makes pypdf or us raise."""

# The gap in "姓名    年龄" or "姓名\u3000\u3000年龄"
_BLANKS = re.compile(r"[ \t\xa0]{2,}|[ \t\xa0]*\u3000[ \t\xa0\u3000]*")


class Fragment(NamedTuple):
    """A piece of text in one font, on one baseline, without a wide gap in it; or a blank shown alone.

    `left` and `right` are the ends of its characters without blanks around them; `size` is that of
    the font as drawn. `turn` is the direction of the text in degrees against the page.
    """

    text: str
    left: float
    right: float
    base: float
    size: float
    turn: int


class Rule(NamedTuple):
    """A ruled line or the edge of a box: horizontal where top equals bottom, else vertical."""

    left: float
    bottom: float
    right: float
    top: float


@dataclass
class Drawing:
    """The pieces of text of a page in the order drawn, its ruled lines, and how many characters are
    set in a font that does not say which characters they are.
    """

    fragments: list[Fragment] = field(default_factory=list)
    rules: list[Rule] = field(default_factory=list)
    unreadable: int = 0


def multiply(first: Matrix, second: Matrix) -> Matrix:
    """The matrix that does `first` and then `second`."""
    a, b, c, d, e, f = first
    p, q, r, s, t, u = second
    return (
        a * p + b * r,
        a * q + b * s,
        c * p + d * r,
        c * q + d * s,
        e * p + f * r + t,
        e * q + f * s + u,
    )


def _moved(matrix: Matrix, right: float, up: float) -> Matrix:
    """The matrix with its origin moved in its own frame."""
    a, b, c, d, e, f = matrix
    return (a, b, c, d, right * a + up * c + e, right * b + up * d + f)


class _Face:
    """A font: the characters and widths of the codes in a string."""

    def __init__(self, resource: DictionaryObject) -> None:
        self._font = Font.from_font_resource(resource)
        self._widths: dict[str, float] = self._font.character_widths
        self._default: float = self._widths.get("default", 500.0)
        self._shown: dict[bytes, list[tuple[str, float]]] = {}
        # Codes of glyphs, with nothing that says which characters these are
        self.is_readable = "/ToUnicode" in resource or not _is_of_glyphs(resource)

    def glyphs(self, data: bytes) -> list[tuple[str, float]]:
        """The text and the width, in thousandths of the size, of each code."""
        if len(data) > _SHORT:
            return self._glyphs(data)
        if data not in self._shown:
            self._shown[data] = self._glyphs(data)
        return self._shown[data]

    def _glyphs(self, data: bytes) -> list[tuple[str, float]]:
        encoding = self._font.encoding
        if isinstance(encoding, str):
            try:
                codes = data.decode(encoding, "surrogatepass")
            except UnicodeDecodeError:
                codes = data.decode(encoding, "replace")
            named = codes
        else:
            codes = data.decode("latin-1")
            named = "".join(encoding.get(byte, chr(byte)) for byte in data)
        known, widths, default = self._font.character_map, self._widths, self._default
        if len(named) != len(codes):
            return [(known.get(name, name), default) for name in named]
        return [
            (known.get(name, name), widths.get(code, default))
            for name, code in zip(named, codes, strict=True)
        ]


def _is_of_glyphs(resource: DictionaryObject) -> bool:
    return resource.get("/Subtype") == "/Type0" and str(resource.get("/Encoding")).startswith(
        "/Identity"
    )


class Fonts:
    """The fonts of a file; each is read once, for the character map of a Chinese one is large."""

    def __init__(self) -> None:
        self._faces: dict[tuple[int, int], _Face | None] = {}

    def named(self, name: object, resources: Mapping[str, Any]) -> _Face | None:
        """The font of that name in the resources of a page, or None where it cannot be read."""
        fonts = _object(resources.get("/Font", {}))
        raw = fonts.raw_get(name) if isinstance(fonts, DictionaryObject) and name in fonts else None
        if raw is None:
            return None
        reference = getattr(raw, "idnum", 0)
        key = (reference, 0) if reference else (0, id(raw))
        if key not in self._faces:
            try:
                self._faces[key] = _Face(_object(raw))
            except OBSTINATE:
                self._faces[key] = None
        return self._faces[key]


def _object(value: Any) -> Any:
    return value.get_object() if hasattr(value, "get_object") else value


@dataclass(slots=True)
class _State:
    """What `q` saves and `Q` brings back."""

    matrix: Matrix = _IDENTITY
    face: _Face | None = None
    size: float = 0.0
    spacing: float = 0.0
    word_spacing: float = 0.0
    scale: float = 1.0
    leading: float = 0.0
    rise: float = 0.0


def draw(page: pypdf.PageObject, fonts: Fonts) -> Drawing:
    """What the page draws.

    Raises what pypdf raises where its content cannot be parsed.
    """
    painter = _Painter(fonts)
    contents = _object(page.get("/Contents"))
    if contents is not None:
        resources = _object(page.get("/Resources", {}))
        painter.run(ContentStream(contents, page.pdf).get_data(), resources)
    for annotation in _object(page.get("/Annots")) or ():
        try:
            painter.paint_annotation(_object(annotation))
        except OBSTINATE:
            continue
    drawing = painter.drawing
    if len(drawing.rules) > _MOST_RULES:
        drawing.rules = []
    return drawing


class _Painter:
    """Runs the operators of a page and notes text and ruled lines."""

    def __init__(self, fonts: Fonts) -> None:
        self.drawing = Drawing()
        self._fonts = fonts
        self._state = _State()
        self._saved: list[_State] = []
        self._line: Matrix = _IDENTITY
        self._text: Matrix = _IDENTITY
        self._path: list[Rule] = []
        self._point = (0.0, 0.0)
        self._open: list[int] = []
        self._actual: list[str | None] = []
        self._resources: Mapping[str, Any] = {}
        self._named: dict[str, _Face | None] = {}
        self._operators = self._handlers()

    def _handlers(self) -> dict[bytes, Callable[[Sequence[Any]], None]]:
        """What each operator does."""
        painting = (b"S", b"s", b"f", b"F", b"f*", b"B", b"B*", b"b", b"b*")
        return dict.fromkeys(painting, self._paint_path) | {
            b"q": self._save,
            b"Q": self._restore,
            b"cm": self._transform,
            b"BT": self._begin_text,
            b"Tf": self._set_font,
            b"Tc": lambda operands: setattr(self._state, "spacing", float(operands[0])),
            b"Tw": lambda operands: setattr(self._state, "word_spacing", float(operands[0])),
            b"Tz": lambda operands: setattr(self._state, "scale", float(operands[0]) / 100),
            b"TL": lambda operands: setattr(self._state, "leading", float(operands[0])),
            b"Ts": lambda operands: setattr(self._state, "rise", float(operands[0])),
            b"Td": lambda operands: self._move(float(operands[0]), float(operands[1])),
            b"TD": self._move_and_lead,
            b"Tm": self._set_text_matrix,
            b"T*": lambda _: self._move(0.0, -self._state.leading),
            b"Tj": lambda operands: self._show([operands[0]]),
            b"TJ": lambda operands: self._show(operands[0]),
            b"'": self._next_and_show,
            b'"': self._space_and_show,
            b"BDC": self._begin_marked,
            b"BMC": lambda _: self._actual.append(None),
            b"EMC": lambda _: self._end_marked(),
            b"Do": self._paint_form,
            b"re": self._rectangle,
            b"m": self._move_point,
            b"l": self._line_to,
            b"n": lambda _: self._path.clear(),
        }

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
        self._state.matrix = multiply(_matrix(operands), self._state.matrix)

    def _set_font(self, operands: Sequence[Any]) -> None:
        name = operands[0]
        if name not in self._named:
            self._named[name] = self._fonts.named(name, self._resources)
        self._state.face, self._state.size = self._named[name], float(operands[1])

    # Text

    def _begin_text(self, _: Sequence[Any]) -> None:
        self._line = self._text = _IDENTITY

    def _set_text_matrix(self, operands: Sequence[Any]) -> None:
        self._line = self._text = _matrix(operands)

    def _move(self, right: float, up: float) -> None:
        self._line = self._text = _moved(self._line, right, up)

    def _move_and_lead(self, operands: Sequence[Any]) -> None:
        self._state.leading = -float(operands[1])
        self._move(float(operands[0]), float(operands[1]))

    def _next_and_show(self, operands: Sequence[Any]) -> None:
        self._move(0.0, -self._state.leading)
        self._show([operands[0]])

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
        self._text = _moved(self._text, pen, 0.0)

    def _note(self, run: Sequence[tuple[str, float, float]]) -> None:
        """Notes the glyphs of a run, (text, start, end) each, cut where there are wide gaps."""
        whole = multiply(self._text, self._state.matrix)
        across = math.hypot(whole[0], whole[1]) or 1.0
        size = abs(self._state.size) * math.hypot(whole[2], whole[3])
        turn = round(math.degrees(math.atan2(whole[1], whole[0]))) % 360
        left, base = _turned(whole[4], whole[5], turn)
        base += self._state.rise * math.hypot(whole[2], whole[3])
        for text, start, end in _pieces(run, _NO_GAP * abs(self._state.size)):
            self.drawing.fragments.append(
                Fragment(text, left + start * across, left + end * across, base, size, turn)
            )

    # Text that the file gives beside the glyphs, as for a ligature

    def _begin_marked(self, operands: Sequence[Any]) -> None:
        properties = operands[1] if len(operands) > 1 else None
        text = properties.get("/ActualText") if isinstance(properties, dict) else None
        self._actual.append(_text_string(text) if isinstance(text, bytes) else None)

    def _end_marked(self) -> None:
        if self._actual:
            self._actual.pop()

    # Forms and paths

    def _paint_form(self, operands: Sequence[Any]) -> None:
        form = _object(_object(self._resources["/XObject"])[operands[0]])
        if form.get("/Subtype") != "/Form" or not isinstance(form, StreamObject):
            return
        if id(form) in self._open or len(self._open) >= _DEEPEST:
            return
        saved, depth = replace(self._state), len(self._saved)
        text, line = self._text, self._line
        self._open.append(id(form))
        if "/Matrix" in form:
            self._transform(_object(form["/Matrix"]))
        resources = _object(form.get("/Resources", self._resources))
        self.run(form.get_data(), resources)
        self._open.pop()
        del self._saved[depth:]
        self._state, self._text, self._line = saved, text, line

    def paint_annotation(self, annotation: Any) -> None:
        """Paints what was written into a field of a form or typed upon the page."""
        form = _object(_object(annotation["/AP"])["/N"])
        if annotation.get("/Subtype") not in _WRITTEN or "/BBox" not in form:
            return
        left, bottom = (float(edge) for edge in _object(annotation["/Rect"])[:2])
        x, y = (float(edge) for edge in _object(form["/BBox"])[:2])
        self._state = _State(matrix=(1.0, 0.0, 0.0, 1.0, left - x, bottom - y))
        self.run(form.get_data(), _object(form.get("/Resources", {})))

    def _rectangle(self, operands: Sequence[Any]) -> None:
        x, y, width, height = (float(operand) for operand in operands[:4])
        left, bottom, right, top = self._box(x, y, x + width, y + height)
        if top - bottom <= _THIN:
            middle = (top + bottom) / 2
            self._path.append(Rule(left, middle, right, middle))
        elif right - left <= _THIN:
            middle = (left + right) / 2
            self._path.append(Rule(middle, bottom, middle, top))
        else:
            self._path += [Rule(left, y, right, y) for y in (bottom, top)]
            self._path += [Rule(x, bottom, x, top) for x in (left, right)]

    def _move_point(self, operands: Sequence[Any]) -> None:
        self._point = (float(operands[0]), float(operands[1]))

    def _line_to(self, operands: Sequence[Any]) -> None:
        start, self._point = self._point, (float(operands[0]), float(operands[1]))
        left, bottom, right, top = self._box(*start, *self._point)
        if top - bottom <= 1 < right - left:
            self._path.append(Rule(left, top, right, top))
        elif right - left <= 1 < top - bottom:
            self._path.append(Rule(left, bottom, left, top))

    def _paint_path(self, _: Sequence[Any]) -> None:
        if len(self.drawing.rules) <= _MOST_RULES:
            self.drawing.rules += self._path
        self._path.clear()

    def _box(self, x: float, y: float, other_x: float, other_y: float) -> Rule:
        """The box between two corners, on the page."""
        a, b, c, d, e, f = self._state.matrix
        xs = sorted((a * x + c * y + e, a * other_x + c * other_y + e))
        ys = sorted((b * x + d * y + f, b * other_x + d * other_y + f))
        return Rule(xs[0], ys[0], xs[1], ys[1])


def _text_string(data: bytes) -> str:
    """A string for people, which says itself that it is UTF-16."""
    if data.startswith(b"\xfe\xff"):
        return data[2:].decode("utf-16-be", "replace")
    return data.decode("latin-1")


def _matrix(operands: Sequence[Any]) -> Matrix:
    a, b, c, d, e, f = (float(operand) for operand in operands[:6])
    return (a, b, c, d, e, f)


def _turned(x: float, y: float, turn: int) -> tuple[float, float]:
    """A point in the frame in which text that runs in direction `turn` runs to the right."""
    if turn == 0:
        return x, y
    cosine, sine = math.cos(math.radians(turn)), math.sin(math.radians(turn))
    return x * cosine + y * sine, y * cosine - x * sine


def turned_rules(rules: Sequence[Rule], turn: int) -> list[Rule]:
    """The ruled lines in the frame of text that runs in direction `turn`; none where that is
    slanting.
    """
    if turn % 90:
        return []
    found = []
    for rule in rules:
        ends = (_turned(rule.left, rule.bottom, turn), _turned(rule.right, rule.top, turn))
        xs, ys = sorted(x for x, _ in ends), sorted(y for _, y in ends)
        found.append(Rule(xs[0], ys[0], xs[1], ys[1]))
    return found


def main_turn(fragments: Sequence[Fragment]) -> int:
    """The direction of most of the text, in degrees."""
    count: Counter[int] = Counter()
    for fragment in fragments:
        count[fragment.turn] += len(fragment.text)
    return count.most_common(1)[0][0] if count else 0


def _pieces(
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
