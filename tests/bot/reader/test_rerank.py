"""The passages that are cited lead the hits of an answer."""

import pytest
from conftest import ARTICLE

from bot.answer import Citation
from bot.reader.selection import cited_first
from corpus.load import load
from index import Hit
from index.snapshot import build


@pytest.mark.parametrize(
    ("behind", "order"), [(0.0, [1, 0, 2]), (0.02, [1, 0, 2]), (0.04, [0, 1, 2])]
)
def test_a_hit_far_ahead_stays_before_what_is_cited(behind: float, order: list[int]) -> None:
    passages = build([load(ARTICLE)], None).collection.passages[:3]
    hits = tuple(map(Hit, passages, (0.5, 0.5 - behind, 0.1)))
    cited = Citation(passages[1].document, passages[1].start, passages[1].start + 5)
    led = cited_first([cited], hits, passages)
    assert [passages.index(hit.passage) for hit in led] == order
    assert [hit.score for hit in led] == sorted((hit.score for hit in led), reverse=True)


def test_a_cited_passage_that_was_not_found_comes_first() -> None:
    passages = build([load(ARTICLE)], None).collection.passages[:4]
    hits = tuple(map(Hit, passages[:3], (0.9, 0.5, 0.1)))
    cited = Citation(passages[3].document, passages[3].start, passages[3].start + 5)
    reranked = cited_first([cited], hits, passages)
    assert [passages.index(hit.passage) for hit in reranked] == [3, 0, 1]
    assert reranked[0].score == 0.9
