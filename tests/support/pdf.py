"""A small writer of PDF files: text at positions, ruled lines, pages, in a font whose codes are the characters."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import NamedTuple

_CMAP = (
    "/CIDInit /ProcSet findresource begin 12 dict begin begincmap /CMapName /X def /CMapType 2 def "
    "1 begincodespacerange <0000> <FFFF> endcodespacerange 1 beginbfrange <0000> <FFFF> <0000> endbfrange "
    "endcmap end end"
)
_FONT = "<< /Type /Font /Subtype /Type0 /BaseFont /F /Encoding /Identity-H /DescendantFonts [4 0 R] {} >>"
_FIRST = 7
"""Number of the first page among the objects."""


class Text(NamedTuple):
    """A string whose baseline begins at (x, y). Each character is as wide as the font is high."""

    x: float
    y: float
    text: str
    size: float = 12
    font: str = "F"

    def drawn(self) -> str:
        """The operators that show it."""
        code = self.text.encode("utf-16-be").hex()
        return f"BT /{self.font} {self.size} Tf 1 0 0 1 {self.x} {self.y} Tm <{code}> Tj ET"


class Drawn(NamedTuple):
    """Other operators, such as those of a ruled line."""

    operators: str

    def drawn(self) -> str:
        """The operators."""
        return self.operators


def ruled(xs: Sequence[float], ys: Sequence[float]) -> Drawn:
    """The ruled lines of a table, whose columns are parted at `xs` and rows at `ys`."""
    across = [f"{xs[0]} {y} m {xs[-1]} {y} l S" for y in ys]
    down = [f"{x} {ys[0]} m {x} {ys[-1]} l S" for x in xs]
    return Drawn("\n".join((*across, *down)))


def column(
    lines: Iterable[str], x: float = 50, top: float = 780, step: float = 20, size: float = 12
) -> list[Text]:
    """Lines one under another, `step` points apart."""
    return [Text(x, top - n * step, line, size) for n, line in enumerate(lines)]


def pdf(
    pages: Iterable[Iterable[Text | Drawn]],
    info: str = "",
    catalog: str = "",
    of_page: str = "",
    more: Sequence[str] = (),
) -> bytes:
    """A file of pages of 600 by 800 points, in which font /F says its characters and /G does not.

    `info`, `catalog` and `of_page` are entries of its metadata, of its catalog, and of each page.
    `more` are further objects; those of a file of one page are numbered from 9.
    """
    contents = ["\n".join(part.drawn() for part in page) for page in pages]
    kids = " ".join(f"{_FIRST + 2 * n} 0 R" for n in range(len(contents)))
    objects = [
        f"<< /Type /Catalog /Pages 2 0 R {catalog} >>",
        f"<< /Type /Pages /Count {len(contents)} /Kids [{kids}] /MediaBox [0 0 600 800] "
        f"/Resources << /Font << /F 3 0 R /G 6 0 R >> >> >>",
        _FONT.format("/ToUnicode 5 0 R"),
        "<< /Type /Font /Subtype /CIDFontType2 /BaseFont /F "
        "/CIDSystemInfo << /Registry (A) /Ordering (I) /Supplement 0 >> /DW 1000 >>",
        f"<< /Length {len(_CMAP)} >>\nstream\n{_CMAP}\nendstream",
        _FONT.format(""),
    ]
    for n, content in enumerate(contents):
        objects.append(
            f"<< /Type /Page /Parent 2 0 R /Contents {_FIRST + 1 + 2 * n} 0 R {of_page} >>"
        )
        objects.append(f"<< /Length {len(content)} >>\nstream\n{content}\nendstream")
    objects += more
    return _file(objects, info)


def _file(objects: Sequence[str], info: str) -> bytes:
    out = b"%PDF-1.7\n"
    offsets = []
    for number, body in enumerate(objects, 1):
        offsets.append(len(out))
        out += f"{number} 0 obj\n{body}\nendobj\n".encode()
    table = "".join(f"{offset:010} 00000 n \n" for offset in offsets)
    end = f"xref\n0 {len(objects) + 1}\n0000000000 65535 f \n{table}"
    trailer = f"/Size {len(objects) + 1} /Root 1 0 R" + (f" /Info << {info} >>" if info else "")
    return out + f"{end}trailer\n<< {trailer} >>\nstartxref\n{len(out)}\n%%EOF\n".encode()
