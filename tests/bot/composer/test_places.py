"""A line for each place, where a question asks for places that it does not name."""

import pytest
from conftest import ARTICLE

from bot.composer.composition import told
from bot.composer.places import _place_of, each_place
from bot.composer.sources import Material
from bot.reader.candidates import read_sentences
from bot.service import PASSAGES_SEARCHED, Service
from bot.settings import Settings
from corpus import Document, Passage
from corpus.language.text import Segmenter
from corpus.load import load
from index.encoder import TextEncoder
from index.snapshot import build


@pytest.mark.encoder
def test_each_place_that_is_spoken_of_has_its_line(encoder: TextEncoder) -> None:
    service = Service(build([load(ARTICLE)], encoder), encoder, Settings())
    question = service.understand("疫情期间各个城市做了什么？")
    scope = service.scope_of(question)
    hits = service.search(question, PASSAGES_SEARCHED, scope)
    found = each_place(Material(question, "each", scope, hits, (), service.sources))
    assert found is not None
    labels = [line.label for line in found.lines]
    assert {"上海", "杭州", "成都"} <= set(labels)
    assert len(set(labels)) == len(labels)
    for line in found.lines:
        assert any(line.label in citation.quote for citation in line.citations)
        assert [one.start for one in line.citations] == sorted(one.start for one in line.citations)
    assert told(found)[2]


@pytest.mark.parametrize(
    ("text", "place"),
    [("苏州和无锡都修了路。", "苏州"), ("画一个同心圆。", ""), ("没有地名。", "")],
)
def test_the_place_of_a_sentence_is_the_first_that_it_names(text: str, place: str) -> None:
    document = Document("d", "题", text)
    (sentence,) = read_sentences([Passage(document, 0, len(text))], Segmenter())
    assert _place_of(sentence) == place
