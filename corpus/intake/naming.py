"""Names of documents: an id from a file's name, a fingerprint from its text."""

from __future__ import annotations

import hashlib
import os
import re

from corpus.document import Document

LONGEST_ID = 64
_HASH = 12


def slug(stem: str, longest: int = LONGEST_ID) -> str:
    """A doc_id, ^[A-Za-z0-9_-]{1,64}$: the stem itself where it is ASCII, else what is ASCII of it and a hash.

    `longest` is in characters, at least 14.
    """
    plain = re.sub(r"[^A-Za-z0-9_-]+", "-", stem)
    return plain if stem.isascii() and 1 <= len(plain) <= longest else hashed(plain, stem, longest)


def hashed(plain: str, name: str, longest: int = LONGEST_ID) -> str:
    """A doc_id of at most `longest` characters that begins with `plain` and tells `name` from other names."""
    digest = hashlib.sha256(os.fsencode(name)).hexdigest()[:_HASH]
    return f"{plain.strip('-')[: longest - _HASH - 1] or 'doc'}-{digest}"


def fingerprint(document: Document) -> str:
    """SHA-256 of title and text, in hexadecimal: equal for the same document under two names."""
    return hashlib.sha256(f"{document.title}\n{document.text}".encode()).hexdigest()
