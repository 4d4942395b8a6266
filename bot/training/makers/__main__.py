"""Makes questions with known spans from documents, without a model.

python -m bot.training.makers FOLDER --output FILE [--sample FILE] [--most N]

FOLDER is $CHENGWEN_DATA, or any folder of documents; documents for reporting are never read. The
output has one question a line; the counts by maker are printed. `--sample` writes 20 of each maker
to look at, `--most` reads no more than N documents of a source, spread over it, and `--tables`
writes that many tables besides. The same folder gives the same file.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from pathlib import Path

from bot.evals.regulation_names import hash_of
from bot.training.makers.clozes import at_most_a_third
from bot.training.makers.made import Made
from bot.training.makers.making import made_from, with_swaps
from bot.training.makers.sources import documents_in
from bot.training.makers.written_tables import written_tables
from corpus import Document, UsageError
from corpus.errors import ended
from corpus.intake.decode import shown
from corpus.refusals import refusal_of

SHOWN = 20
"""Questions of each maker in a sample."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Writes the questions, and prints how many each maker made.

    Raises UsageError where nothing is made or a file cannot be written, and DocumentError where a
    document cannot be read.
    """
    options = _options(arguments)
    made: list[tuple[str, Made]] = []
    for source, documents in _by_source(options.folder, options.tables).items():
        asked = at_most_a_third(_spread(documents, options.most))
        made += [(source, one) for one in with_swaps(asked)]
    if not made:
        raise UsageError(
            f"从 {shown(options.folder)} 中出不了题。请给出中文文档。",
            f"{shown(options.folder)} gives no questions. Name a folder of Chinese documents.",
        )
    _write(options.output, (json.dumps(_row(*one), ensure_ascii=False) for one in made))
    if options.sample:
        _write(options.sample, _sample(made))
    for (maker, source), count in sorted(Counter((one.maker, of) for of, one in made).items()):
        sys.stdout.write(f"{maker:<18}{source:<14}{count:>7}\n")
    return 0


def _options(arguments: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m bot.training.makers", description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--output", type=Path, required=True)
    parser.add_argument("--sample", type=Path)
    parser.add_argument("--most", type=int, default=0)
    parser.add_argument("--tables", type=int, default=0)
    return parser.parse_args(arguments)


def _by_source(folder: Path, tables: int) -> dict[str, list[Document]]:
    """The documents to ask, by source."""
    found: defaultdict[str, list[Document]] = defaultdict(list)
    for source, document in documents_in(folder):
        found[source].append(document)
    if tables:
        found["written"] = written_tables(tables)
    return found


def _spread(documents: Sequence[Document], most: int) -> list[Made]:
    """The questions on `most` of the documents, evenly over them; on all where it is 0."""
    step = max(1, len(documents) // most) if most else 1
    made: list[Made] = []
    for document in documents[::step]:
        made += made_from(document)
    return made


def _row(source: str, made: Made) -> dict[str, object]:
    """A question as a line of JSON; `answer` is null where the document does not tell."""
    return {
        "source": source,
        "maker": made.maker,
        "kind": made.kind,
        "question": made.question,
        "doc_id": made.document.doc_id,
        "title": made.document.title,
        "answer": made.answer and {"start": made.answer.start, "text": made.answer_text},
        "cited": {"start": made.cited.start, "text": made.cited_text},
    }


def _sample(made: Iterable[tuple[str, Made]]) -> Iterable[str]:
    """SHOWN questions of each maker with their answers, drawn by a hash, those of a maker together."""
    by_maker: defaultdict[str, list[tuple[str, Made]]] = defaultdict(list)
    for source, one in made:
        by_maker[one.maker].append((source, one))
    for maker, own in by_maker.items():
        yield f"== {maker}"
        own.sort(key=lambda pair: hash_of(pair[1].question, pair[1].document.doc_id))
        for source, one in own[:SHOWN]:
            yield f"[{source}] {one.question}\n    {one.kind}: {one.answer_text or '—'}\n    {one.cited_text}"


def _write(path: Path, lines: Iterable[str]) -> None:
    """Writes lines. Raises UsageError where that is not possible."""
    try:
        path.write_text("".join(f"{line}\n" for line in lines), "utf-8")
    except OSError as error:
        refusal = refusal_of(error, path.parent)
        raise UsageError(
            f"无法写入 {shown(path)}：{refusal.zh}，{refusal.remedy_zh}。",
            f"Cannot write {shown(path)}: {refusal.en}: {refusal.remedy_en}.",
        ) from error


if __name__ == "__main__":
    sys.exit(ended(main))
