"""The child process that parses files from strangers: web pages, PDF, Word, Excel, Markdown.

It is run as `python -m corpus.intake.child KIND PATH`, under limits of memory and time. It writes
one JSON object to standard output: the fields of a page, with each of "lines" as a list of its own
fields, or {"error": [Chinese, English]}.
"""

from __future__ import annotations

import json
import logging
import resource
import sys
from dataclasses import asdict, astuple, replace
from pathlib import Path

from corpus.errors import DocumentError
from corpus.intake.page import Page
from corpus.intake.raw_text import raw_blocks

MEMORY = 1024 * 1024 * 1024
"""Address space of the process, bytes: some 50 times the largest file."""

CPU_SECONDS = 30
"""Processor time of the process, seconds: half of what the parent waits."""


def parse(kind: str, path: Path) -> Page:
    """Parses a file of `kind`: "html", "mhtml", "pdf", "docx", "xlsx", "csv" or "markdown".

    Raises DocumentError, and whatever the parser raises.
    """
    if kind == "html":
        from corpus.intake.web.page import read_html

        return read_html(path)
    if kind == "mhtml":
        from corpus.intake.web.page import read_mhtml

        return read_mhtml(path)
    if kind == "pdf":
        from corpus.intake.pdf.reader import read_pdf

        return read_pdf(path)
    if kind == "xlsx":
        from corpus.intake.office.workbook import read_xlsx

        return read_xlsx(path)
    if kind == "csv":
        from corpus.intake.office.comma_separated import read_csv

        return read_csv(path)
    if kind == "markdown":
        from corpus.intake.decode import decode
        from corpus.intake.markdown import read_markdown

        return read_markdown(decode(path.read_bytes(), str(path)))
    from corpus.intake.office.word import read_docx

    return read_docx(path)


def _limit(resource_kind: int, most: int) -> None:
    """Limits a resource of this process to `most`, or to the hard limit where that is lower."""
    _, hard = resource.getrlimit(resource_kind)
    soft = most if hard == resource.RLIM_INFINITY else min(most, hard)
    resource.setrlimit(resource_kind, (soft, hard))


def main(kind: str, path: Path) -> dict[str, object]:
    """Sets the limits, parses the file, and returns the answer to the parent, ready for JSON."""
    logging.disable(logging.CRITICAL)
    _limit(resource.RLIMIT_AS, MEMORY)
    _limit(resource.RLIMIT_CPU, CPU_SECONDS)
    try:
        page = parse(kind, path)
        page = replace(page, raw=page.raw or tuple(raw_blocks(kind, path)))
    except DocumentError as error:
        return {"error": [error.zh, error.en]}
    # A parser fed by strangers may raise anything at all; whatever it is, this file cannot be read.
    except Exception as error:
        name = type(error).__name__
        return {
            "error": [
                f"{path} 无法解析（{name}），文件可能已损坏。请重新导出，或另存为文本。",
                f"{path} cannot be parsed ({name}); it may be damaged. Export it again, or save it as text.",
            ]
        }
    return asdict(page) | {"lines": [astuple(line) for line in page.lines]}


if __name__ == "__main__":
    sys.stdout.write(json.dumps(main(sys.argv[1], Path(sys.argv[2]))))
