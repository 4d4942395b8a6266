"""Question sets in SQuAD layout: their paragraphs as documents."""

from __future__ import annotations

import json
from pathlib import Path

from corpus.document import Document, Section
from corpus.errors import DocumentError
from corpus.intake.decode import decode, read_bytes, shown
from corpus.intake.naming import slug
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
    documents = [_document(f"{name}-{n:05d}", title, text) for n, (title, text) in enumerate(paragraphs)]
    if not any(document.text for document in documents):
        raise DocumentError(
            f"{where} 中没有段落。需要 data[].paragraphs[].context。",
            f"{where} holds no paragraphs. It needs data[].paragraphs[].context.",
        )
    return [document for document in documents if document.text]


def _document(doc_id: str, title: str, context: str) -> Document:
    text = "\n".join(line for part in context.splitlines() if (line := tidy(part)))
    return Document(doc_id, tidy(title), text, sections=(Section("", 0, len(text)),))
