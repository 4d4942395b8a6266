"""The corpus of a BEIR folder: JSON lines of _id, title and text."""

from __future__ import annotations

import json
import re
from pathlib import Path

from corpus.document import Document, Section
from corpus.errors import DocumentError
from corpus.intake.decode import decode, read_bytes, shown
from corpus.intake.naming import LONGEST_ID, hashed
from corpus.intake.page import tidy

FILE = "corpus.jsonl"
LARGEST = 256 * 1024 * 1024

_ID = re.compile(rf"[A-Za-z0-9_-]{{1,{LONGEST_ID}}}")


def load_beir(path: Path) -> list[Document]:
    """The documents of a corpus.jsonl, in order. An empty text gives way to the title; without either it is left out.

    Raises DocumentError, naming the line, where one lacks its fields or repeats an id, and where nothing is left.
    """
    documents: dict[str, Document] = {}
    # Not splitlines: JSON may hold U+2028 as it is.
    for number, line in enumerate(decode(read_bytes(path, LARGEST), shown(path)).split("\n"), 1):
        if not line.strip():
            continue
        document = _document(line, f"{shown(path)} line {number}")
        if document.doc_id in documents:
            raise _fault(
                f"{shown(path)} line {number}", f"编号 {document.doc_id} 重复", f"id {document.doc_id} occurs twice"
            )
        documents[document.doc_id] = document
    found = [document for document in documents.values() if document.text]
    if not found:
        raise _fault(shown(path), "没有文字", "no text")
    return found


def doc_id(name: str) -> str:
    """The corpus's own id, or one that is like it where it has other characters than an id may have."""
    return name if _ID.fullmatch(name) else hashed(re.sub(r"[^A-Za-z0-9_-]+", "-", name), name)


def _document(line: str, where: str) -> Document:
    try:
        row = json.loads(line)
        name, title, written = row["_id"], row.get("title") or "", row["text"]
        if not (isinstance(name, str) and name and isinstance(title, str) and isinstance(written, str)):
            raise TypeError("_id, title, text")
    except (ValueError, RecursionError, KeyError, TypeError, AttributeError) as error:
        raise _fault(where, f"需要 _id 和 text（{error}）", f"needs _id and text ({error})") from error
    text = "\n".join(part for piece in (written.strip() or title).splitlines() if (part := tidy(piece)))
    return Document(doc_id(name), tidy(title), text, sections=(Section("", 0, len(text)),))


def _fault(where: str, zh: str, en: str) -> DocumentError:
    return DocumentError(f"{where}：{zh}。", f"{where}: {en}.")
