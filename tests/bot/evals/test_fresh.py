"""The questions of fresh.jsonl are of the form they should be, and of the kinds they should be."""

from collections import Counter
from pathlib import Path

from bot.evals.datasets import read_dataset
from corpus.load import read_corpus

HERE = Path(__file__).parents[2]


def test_the_questions_can_be_scored() -> None:
    dataset = read_dataset(
        HERE / "data" / "fresh.jsonl", read_corpus(HERE.parent / "corpus" / "articles")[0]
    )
    cases = dataset.cases
    assert not dataset.left_out
    assert len({case.question for case in cases}) == len(cases) == 120
    kinds = {
        "followup": 30,
        "paraphrase": 25,
        "metadata": 20,
        "absent": 20,
        "list": 10,
        "about": 10,
        "offtopic": 5,
    }
    assert Counter(case.kind for case in cases) == kinds
    assert all(bool(case.history) == (case.kind == "followup") for case in cases)
    assert all(
        bool(case.gold) == bool(case.answers) == (case.outcome == "answered") for case in cases
    )
