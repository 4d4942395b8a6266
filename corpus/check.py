"""Shows what reading keeps of each file in a folder: `python -m corpus.check FOLDER`.

Prints a table: the characters that the file holds, counted by other code than what reads it, those
kept, and what was told; no counts where the other code has found no text. With `--labels FILE`, a
JSON object from file name to {"title", "date", "first", "last"}, it says which of these were read
right; "first" and "last" are paragraphs of the article, and "first_or" and "last_or" may list
others that are right too.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

from corpus.document import Document
from corpus.errors import DocumentError, ended
from corpus.load import document_files, document_of, read_page
from corpus.losses import compared, losses
from corpus.refusals import refusal_of

LABELS = ("title", "date", "first", "last")

_SHOWN = 60
"""Characters of a message or a title in the table."""


class Check(NamedTuple):
    """What became of a file. `raw` and `kept` are characters; `told` is a note, or why it was refused."""

    name: str
    document: Document | None
    raw: int
    kept: int
    told: str

    @property
    def share(self) -> float:
        """The share of the characters that was kept, 0 to 1; of a file in which any were counted."""
        return self.kept / self.raw


def check(path: Path) -> Check:
    """Reads a file and counts what was kept of it."""
    try:
        page = read_page(path)
        document = document_of(path, page)
    except DocumentError as error:
        return Check(path.name, None, 0, 0, error.zh)
    found = losses(page.raw, document.text)
    raw = sum(loss.size for loss in found)
    missing = sum(loss.missing for loss in found)
    told = " ".join(zh for zh, _ in document.notes)
    return Check(path.name, document, raw, raw - missing, told)


def label_results(document: Document, label: Mapping[str, Any]) -> dict[str, bool]:
    """Which of `LABELS` a document has right, compared without white space."""
    body = [unit.text for unit in document.units if unit.kind not in ("heading", "label")]
    first = body[0] if body else ""
    last = body[-1] if body else ""
    return {
        "title": compared(document.title) == compared(label["title"]),
        "date": document.published == label["date"],
        "first": _is_one_of(first, label, "first"),
        "last": _is_one_of(last, label, "last"),
    }


def _is_one_of(text: str, label: Mapping[str, Any], name: str) -> bool:
    right = [label[name], *label.get(f"{name}_or", ())]
    return compared(text) in map(compared, right)


def table(checks: Sequence[Check], labels: Mapping[str, Mapping[str, Any]]) -> Iterator[str]:
    """The lines of the table, in Markdown, and a line that sums up."""
    names = [name for name in LABELS if labels]
    yield _line(["file", "raw", "kept", "share", *names, "title, or what was told"])
    yield _line(["---"] * (5 + len(names)))
    right = 0
    for one in checks:
        results: dict[str, bool] = {}
        if one.document and one.name in labels:
            results = label_results(one.document, labels[one.name])
            right += all(results.values())
        marks = ["✓" if results.get(name) else "✗" for name in names]
        title = one.document.title if one.document else ""
        said = " · ".join(filter(None, (title, one.told)))
        counts = [str(one.raw), str(one.kept), f"{one.share:.2%}"] if one.raw else ["", "", ""]
        yield _line([one.name, *counts, *marks, said.replace("|", "/")[: 2 * _SHOWN]])
    read = [one for one in checks if one.document]
    counted = [one for one in read if one.raw]
    whole = sum(one.kept == one.raw for one in counted)
    yield ""
    yield (
        f"{len(read)} read, {len(checks) - len(read)} refused; {whole} kept whole, "
        f"{len(read) - len(counted)} not counted"
    )
    if labels:
        yield f"{right} of {len(labels)} with title, date, first and last paragraph right"


def _line(cells: Sequence[str]) -> str:
    return f"| {' | '.join(cells)} |"


def main() -> int:
    """Runs the command. Raises DocumentError where the folder cannot be opened."""
    parser = argparse.ArgumentParser(prog="python -m corpus.check", description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--labels", type=Path, help="JSON: file name to what is right")
    arguments = parser.parse_args()
    labels = json.loads(arguments.labels.read_text("utf-8")) if arguments.labels else {}
    try:
        files = document_files(arguments.folder)
    except OSError as error:
        refusal = refusal_of(error)
        raise DocumentError(
            f"无法打开文件夹 {arguments.folder}：{refusal.zh}。请检查路径和权限。",
            f"Cannot open the folder {arguments.folder}: {refusal.en}. "
            "Check the path and its permissions.",
        ) from error
    for line in table([check(path) for path in files], labels):
        sys.stdout.write(line + "\n")
    return 0


if __name__ == "__main__":
    sys.exit(ended(main))
