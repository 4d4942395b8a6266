"""Where documents, and spans of them, can be read."""

from __future__ import annotations

from urllib.parse import quote

from corpus import Document


def address(document: Document) -> str:
    """Where the document can be read: its own address, or our page of it."""
    return document.url or read_address(document)


def read_address(document: Document, start: int = 0, end: int = 0) -> str:
    """Our page of the document; with a span (characters, end exclusive) it opens there, highlighted."""
    span = f"?start={start}&end={end}#cited" if end else ""
    return f"/read/{quote(document.doc_id, safe='')}{span}"
