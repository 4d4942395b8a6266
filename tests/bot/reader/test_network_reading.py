"""What the network reads of the passages found, with a network of random weights."""

import pytest
from conftest import ARTICLE, BigramEncoder

from bot.question.analysis import Question
from bot.reader.network import SpanReader
from bot.reader.network_reading import WINDOWS_FIRST, read_passages
from bot.service import Service
from bot.settings import Settings
from corpus.load import load
from index import Hit
from index.snapshot import build


@pytest.fixture(scope="module")
def service() -> Service:
    encoder = BigramEncoder()
    return Service(build([load(ARTICLE)], encoder), encoder, Settings())


def found(service: Service, asked: str) -> tuple[Question, list[Hit]]:
    question = service.understand(asked)
    return question, service.search(question, 10)


def test_scores_are_placed_in_the_document(service: Service, small_reader: SpanReader) -> None:
    question, hits = found(service, "杭州健康码日最高使用量是多少？")
    read = read_passages(small_reader, question, hits)
    # This network at random is sure of a span in the first windows.
    assert sum(len(scores.windows) for scores in read) == WINDOWS_FIRST
    for hit, scores in zip(hits, read, strict=False):
        assert scores.spans.min() == hit.passage.start and scores.spans.max() == hit.passage.end


@pytest.mark.parametrize("asked", ["Who wrote the article?", "这篇文章是谁写的？"])
def test_what_rules_answer_is_not_read(
    service: Service, small_reader: SpanReader, asked: str
) -> None:
    assert read_passages(small_reader, *found(service, asked)) == []


def test_nothing_is_read_without_a_network_or_hits(
    service: Service, small_reader: SpanReader
) -> None:
    question, hits = found(service, "杭州健康码日最高使用量是多少？")
    assert read_passages(None, question, hits) == []
    assert read_passages(small_reader, question, []) == []
