"""The documents that are searched, and the code that reads them from files."""

from corpus.document import Document, Passage, Section, Unit
from corpus.errors import (
    ChengwenError,
    DocumentError,
    EncoderUnavailable,
    IndexDamaged,
    IndexForeign,
    IndexLocked,
    IndexUnavailable,
    UsageError,
)

__all__ = [
    "ChengwenError",
    "Document",
    "DocumentError",
    "EncoderUnavailable",
    "IndexDamaged",
    "IndexForeign",
    "IndexLocked",
    "IndexUnavailable",
    "Passage",
    "Section",
    "Unit",
    "UsageError",
]
