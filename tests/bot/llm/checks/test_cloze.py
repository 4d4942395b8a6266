"""What is asked of the network: only a value in doubt, with it left out."""

from collections.abc import Sequence

import numpy as np
import pytest
from support.claims import read, segmenter

from bot.llm.checks.alignment import align
from bot.llm.checks.cloze import MARGIN, Cloze, Place, _in_doubt, lead_of_others
from bot.reader.network import SpanScores, WindowScores


def asked(claim: str, source: str) -> list[str]:
    statements = read(claim, source)
    return [cloze.question for cloze in _in_doubt(*statements, align(*statements), segmenter())]


@pytest.mark.parametrize(
    ("claim", "source", "questions"),
    [
        ("新建的食堂有5家。", "全市书房共有5家，食堂共有3家。", ["新建的食堂有多少家?"]),
        ("食堂在杭州。", "书房设在杭州，食堂设在宁波。", ["食堂在哪里?"]),
        ("食堂始于2019年。", "书房2019年开业，食堂2021年开业。", ["食堂始于哪一年?"]),
        # In the words of the source nothing is in doubt, nor where it has no other value.
        ("食堂共有3家。", "全市书房共有5家，食堂共有3家。", []),
        ("新建的食堂有3家。", "全市食堂共有3家。", []),
    ],
)
def test_what_is_asked(claim: str, source: str, questions: list[str]) -> None:
    assert asked(claim, source) == questions


def scores(odds: Sequence[Sequence[float]]) -> SpanScores:
    """The scores of a text whose characters are its tokens."""
    size = len(odds)
    spans = np.array([(at, at + 1) for at in range(size)], np.int64)
    return SpanScores(spans, (WindowScores(0, np.array(odds, np.float32)),), 0.0)


def test_the_lead_of_another_value() -> None:
    none = float("-inf")
    found = scores([[3.0, none, none], [none, 0.0, none], [none, none, 1.0]])
    first, last = Place("5", 0, 1, None), Place("3", 2, 3, None)
    assert lead_of_others(Cloze("", (last,), (first,)), found) == 2.0 > MARGIN
    assert lead_of_others(Cloze("", (first,), (last,)), found) == -2.0
    assert lead_of_others(Cloze("", (first,), ()), found) == 0.0
