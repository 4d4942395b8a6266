"""The fonts of a PDF file: which characters its codes are, and how wide."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from pypdf.errors import PyPdfError
from pypdf.generic import DictionaryObject
from pypdf.generic._font import Font

_SHORT = 2
"""Bytes of a string that is kept when it was read once: one character, as many programs show them."""

OBSTINATE = (ArithmeticError, AttributeError, LookupError, TypeError, ValueError, PyPdfError)
"""What a malformed font or operator makes pypdf or us raise."""


class Fonts:
    """The fonts of a file; each is read once, for the character map of a Chinese one is large."""

    def __init__(self) -> None:
        self._faces: dict[tuple[int, int], Face | None] = {}

    def named(self, name: object, resources: Mapping[str, Any]) -> Face | None:
        """The font of that name in the resources of a page, or None where it cannot be read."""
        fonts = resolved(resources.get("/Font", {}))
        raw = fonts.raw_get(name) if isinstance(fonts, DictionaryObject) and name in fonts else None
        if raw is None:
            return None
        reference = getattr(raw, "idnum", 0)
        key = (reference, 0) if reference else (0, id(raw))
        if key not in self._faces:
            try:
                self._faces[key] = Face(resolved(raw))
            except OBSTINATE:
                self._faces[key] = None
        return self._faces[key]


class Face:
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


def resolved(value: Any) -> Any:
    """What a reference of a file points to; any other value itself."""
    return value.get_object() if hasattr(value, "get_object") else value
