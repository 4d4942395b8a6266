"""The documents of public question sets: paragraphs of a SQuAD-layout file, and the corpus of a
BEIR folder.
"""

from __future__ import annotations

import json
import re
from pathlib import Path

from corpus.document import LONGEST_ID, Document, Section, hashed, slug
from corpus.errors import DocumentError
from corpus.intake.decode import decode, read_bytes, shown
from corpus.intake.page import tidy

LARGEST = 256 * 1024 * 1024
"""Largest file, bytes: what is still decoded and parsed in memory."""

_LONGEST_SLUG = 56
"""Characters of a doc_id that are left for the name of the file, beside the running number."""

BEIR_CORPUS = "corpus.jsonl"
"""The file by which a folder is known to be in BEIR layout."""

# "doc-12_a"
_ID = re.compile(rf"[A-Za-z0-9_-]{{1,{LONGEST_ID}}}")


def load_squad(path: Path) -> list[Document]:
    """Reads a SQuAD-layout file: one document for each paragraph, in order, called SLUG-00000,
    SLUG-00001, …

    Paragraphs without text are counted and left out. The title is that of the article, or empty.
    Raises DocumentError where the file is not JSON of that layout.
    """
    where = shown(path)
    try:
        data = json.loads(decode(read_bytes(path, LARGEST), where))
        paragraphs = [
            (str(article.get("title") or ""), str(paragraph["context"]))
            for article in data["data"]
            for paragraph in article["paragraphs"]
        ]
    except (ValueError, RecursionError) as error:
        raise DocumentError(
            f"{where} 不是有效的 JSON：{error}。请检查文件是否完整。",
            f"{where} is not valid JSON: {error}. Is it complete?",
        ) from error
    except (KeyError, TypeError, AttributeError) as error:
        raise DocumentError(
            f"{where} 不是 SQuAD 格式。需要 data[].paragraphs[].context。",
            f"{where} is not in SQuAD layout. It needs data[].paragraphs[].context.",
        ) from error
    name = slug(path.stem, _LONGEST_SLUG)
    documents = [
        _paragraph(f"{name}-{n:05d}", title, text) for n, (title, text) in enumerate(paragraphs)
    ]
    if not any(document.text for document in documents):
        raise DocumentError(
            f"{where} 中没有段落。需要 data[].paragraphs[].context。",
            f"{where} holds no paragraphs. It needs data[].paragraphs[].context.",
        )
    return [document for document in documents if document.text]


def _paragraph(doc_id: str, title: str, context: str) -> Document:
    text = _tidied(context)
    return Document(doc_id, tidy(title), text, sections=(Section("", 0, len(text)),))


def load_beir(path: Path) -> list[Document]:
    """Reads the documents of a corpus.jsonl, in order.

    One without text has its title as text, or is left out.

    Raises DocumentError with the number of the line where a document lacks its fields or repeats an
    id, and where no document has text.
    """
    documents: dict[str, Document] = {}
    # Not splitlines: JSON may hold U+2028 as it is.
    for number, line in enumerate(decode(read_bytes(path, LARGEST), shown(path)).split("\n"), 1):
        if not line.strip():
            continue
        document = beir_document(line, f"{shown(path)} line {number}")
        if document.doc_id in documents:
            raise _fault(
                f"{shown(path)} line {number}",
                f"编号 {document.doc_id} 重复",
                f"id {document.doc_id} occurs twice",
            )
        documents[document.doc_id] = document
    found = [document for document in documents.values() if document.text]
    if not found:
        raise _fault(shown(path), "没有文字", "no text")
    return found


def beir_doc_id(name: str) -> str:
    """The doc_id for an id of a BEIR corpus: the id itself, or one like it where it is no valid
    doc_id.
    """
    return name if _ID.fullmatch(name) else hashed(re.sub(r"[^A-Za-z0-9_-]+", "-", name), name)


def beir_document(line: str, where: str) -> Document:
    """The document of a line of a BEIR corpus; `where` says in errors which line it is.

    Raises DocumentError where it lacks its fields.
    """
    try:
        row = json.loads(line)
        name = row["_id"]
        title = row.get("title") or ""
        written = row["text"]
        if not name or not all(isinstance(field, str) for field in (name, title, written)):
            raise TypeError("_id, title, text")
    except (ValueError, RecursionError, KeyError, TypeError, AttributeError) as error:
        raise _fault(
            where, f"需要 _id 和 text（{error}）", f"needs _id and text ({error})"
        ) from error
    text = _tidied(written.strip() or title)
    return Document(beir_doc_id(name), tidy(title), text, sections=(Section("", 0, len(text)),))


def _tidied(text: str) -> str:
    """The lines of `text` in their normal form, without empty ones."""
    return "\n".join(filter(None, map(tidy, text.splitlines())))


def _fault(where: str, zh: str, en: str) -> DocumentError:
    return DocumentError(f"{where}：{zh}。", f"{where}: {en}.")
