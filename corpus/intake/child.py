"""The child process in which strangers' files are parsed: web pages, PDF and Word files.

Run as `python -m corpus.intake.child KIND PATH` under limits of memory and time. Prints one JSON object: a page's
fields, with "lines" as [text, kind, outside], or {"error": [Chinese, English]}.
"""

from __future__ import annotations

import json
import logging
import resource
import sys
from dataclasses import asdict
from pathlib import Path

from corpus.errors import DocumentError
from corpus.intake.page import Page

MEMORY = 1024 * 1024 * 1024  # bytes of address space
CPU_SECONDS = 30


def parse(kind: str, path: Path) -> Page:
    """The page in a file of `kind`, "html", "pdf" or "docx". Raises DocumentError, and whatever the parser raises."""
    if kind == "html":
        from corpus.intake.web_page import read_html

        return read_html(path)
    if kind == "pdf":
        from corpus.intake.pdf import read_pdf

        return read_pdf(path)
    from corpus.intake.office import read_docx

    return read_docx(path)


def main(kind: str, path: Path) -> dict[str, object]:
    """The answer to the parent, as a mapping that JSON can hold."""
    logging.disable(logging.CRITICAL)
    for kind_of_limit, most in ((resource.RLIMIT_AS, MEMORY), (resource.RLIMIT_CPU, CPU_SECONDS)):
        _, hard = resource.getrlimit(kind_of_limit)
        resource.setrlimit(
            kind_of_limit, (most if hard == resource.RLIM_INFINITY else min(most, hard), hard)
        )
    try:
        page = parse(kind, path)
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
    return asdict(page) | {"lines": [[line.text, line.kind, line.outside] for line in page.lines]}


if __name__ == "__main__":
    sys.stdout.write(json.dumps(main(sys.argv[1], Path(sys.argv[2]))))
