"""Question sets in SQuAD layout: their paragraphs as documents."""

from __future__ import annotations

import json
import re
from pathlib import Path

from corpus.document import LONGEST_ID, Document, Section, hashed, slug
from corpus.errors import DocumentError
from corpus.intake.decode import decode, read_bytes, shown
from corpus.intake.page import tidy

LARGEST = 256 * 1024 * 1024
_LONGEST_SLUG = 56


def load_squad(path: Path) -> list[Document]:
    """One document for each paragraph of a SQuAD-layout file, in its order, called SLUG-00000, SLUG-00001, …

    The running number counts every paragraph; one without text is left out. The title is its article's, or empty.
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
    text = "\n".join(line for part in context.splitlines() if (line := tidy(part)))
    return Document(doc_id, tidy(title), text, sections=(Section("", 0, len(text)),))


BEIR_CORPUS = "corpus.jsonl"

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
    """The corpus's own id, or one that is like it where it has other characters than an id may have."""
    return name if _ID.fullmatch(name) else hashed(re.sub(r"[^A-Za-z0-9_-]+", "-", name), name)


def _document(line: str, where: str) -> Document:
    try:
        row = json.loads(line)
        name, title, written = row["_id"], row.get("title") or "", row["text"]
        if not (
            isinstance(name, str) and name and isinstance(title, str) and isinstance(written, str)
        ):
            raise TypeError("_id, title, text")
    except (ValueError, RecursionError, KeyError, TypeError, AttributeError) as error:
        raise _fault(
            where, f"需要 _id 和 text（{error}）", f"needs _id and text ({error})"
        ) from error
    text = "\n".join(
        part for piece in (written.strip() or title).splitlines() if (part := tidy(piece))
    )
    return Document(beir_doc_id(name), tidy(title), text, sections=(Section("", 0, len(text)),))


def _fault(where: str, zh: str, en: str) -> DocumentError:
    return DocumentError(f"{where}：{zh}。", f"{where}: {en}.")
