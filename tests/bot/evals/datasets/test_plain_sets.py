"""The sets of plain questions: every quote stands in its document, and a quarter has no answer."""

from collections import Counter
from hashlib import sha256
from pathlib import Path

import pytest

from bot.evals.datasets import read_dataset
from corpus.load import load

ROOT = Path(__file__).parents[4]
DATA = ROOT / "tests/data"


@pytest.mark.parametrize("name", ["plain-a", "plain-b", "plain-c"])
def test_every_quote_is_found(name: str) -> None:
    documents = [load(path) for path in sorted((DATA / name).iterdir())]
    found = read_dataset(DATA / f"{name}.jsonl", documents)
    assert not found.left_out
    outcomes = Counter(case.outcome for case in found.cases)
    assert outcomes == {"answered": 72, "absent": 24}
    asked = Counter(
        span.document.doc_id for case in found.cases for group in case.gold for span in group
    )
    assert set(asked) == {document.doc_id for document in documents}


@pytest.mark.parametrize("name", ["plain-a", "plain-b", "plain-c"])
def test_the_docs_have_its_digest(name: str) -> None:
    digest = sha256((DATA / f"{name}.jsonl").read_bytes()).hexdigest()
    assert digest in (ROOT / "docs/data.md").read_text("utf-8")
