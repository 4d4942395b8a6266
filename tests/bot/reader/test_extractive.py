"""The reader on the article: what it cites, what it refuses, and what holds whatever is asked."""

from functools import cache

import pytest
from conftest import ARTICLE, BigramEncoder
from hypothesis import given, settings
from hypothesis import strategies as st
from support.asking import VOCABULARY

from bot.answer import CITED_AT_MOST, MARK_SIZE, TEXT_LIMIT
from bot.question.analysis import analyse
from bot.reader.by_rule import NOTHING, Reading
from bot.reader.extractive import ExtractiveReader, negative_cohort
from bot.reader.features import FEATURES
from corpus import Document, Passage
from corpus.language.text import SENTENCE_LIMIT
from corpus.load import load
from index import Hit
from index.snapshot import Snapshot, build

MARGIN, CONTEXT = FEATURES.index("margin"), FEATURES.index("context")


@cache
def snapshot(dense: bool) -> Snapshot:
    return build([load(ARTICLE)], BigramEncoder() if dense else None, vocabulary=VOCABULARY)


@cache
def reader(dense: bool = False, refuse: bool = True) -> ExtractiveReader:
    return ExtractiveReader(
        snapshot(dense),
        BigramEncoder() if dense else None,
        0.0 if refuse else None,
    )


def hits(question: str, k: int = 10) -> list[Hit]:
    return snapshot(False).lexical.search(question, k)


def read(question: str, dense: bool = False, refuse: bool = True) -> Reading:
    asked = analyse(question, snapshot(False).segmenter)
    return reader(dense, refuse).read(asked, hits(question))


@pytest.mark.parametrize(
    ("question", "quote", "short"),
    [
        ("杭州健康码日最高使用量是多少？", "“杭州健康码”日最高使用量超过2685万次。", "2685万次"),
        ("城市因什么而生动？", "城市因人而生动,因治理而续航,因精细而美好。", "人"),
        ("责编是谁？", "[ 责编:李澍 ]", "李澍"),
        (
            "“1”代表什么？",
            "“1”代表各地城市治理的总纲领,“N”则是在总纲领的指引下涉及城市治理的方方面面。",
            "各地城市治理的总纲领",
        ),
    ],
)
def test_by_words_alone(question: str, quote: str, short: str) -> None:
    reading = read(question)
    assert [c.quote for c in reading.citations] == [quote]
    assert reading.short_answer == short


@pytest.mark.parametrize(
    "question",
    [
        "数字丝路是什么？",
        "修昔底德陷阱",
        "网络梗",
        "北京健康码日最高使用量是多少？",
        "红烧肉怎么做？",
    ],
)
def test_refusals_by_words_alone(question: str) -> None:
    refused = read(question)
    assert not refused.citations and refused.short_answer is None and refused.confidence <= 0.5


def test_a_line_about_the_article_is_found_whatever_the_hits() -> None:
    document = load(ARTICLE)
    asked = analyse("作者是谁？", snapshot(False).segmenter)
    reading = reader().read(asked, [Hit(Passage(document, 0, 10), 1.0)])
    assert [c.section for c in reading.citations] == ["作者"]


@pytest.mark.parametrize(
    "heading",
    ["党建引领,三层联动,形成“1+N”城市治理政策体系", "社会参与,多方协作,形成城市治理共同体"],
)
def test_a_heading_is_answered_by_what_stands_under_it(heading: str) -> None:
    for question in (heading, f"“{heading.replace(',', '，')}”这一节讲了什么？"):
        cited = read(question).citations
        assert cited and {c.section for c in cited} == {heading}
        assert heading not in {c.quote for c in cited}


def test_a_sentence_that_is_asked_back_is_cited() -> None:
    said = "“杭州健康码”日最高使用量超过2685万次。"
    assert [c.quote for c in read(f"{said[:-1]},对吗？").citations] == [said]


@pytest.mark.parametrize(
    ("question", "begins"),
    [("广州市每个街道都设有什么？", "在广州市,"), ("成都在2017年设立了什么？", "2017年,成都市")],
)
def test_nothing_of_another_place_or_year_is_cited_beside(question: str, begins: str) -> None:
    (cited,) = read(question).citations
    assert cited.quote.startswith(begins)


def test_no_hits_no_answer() -> None:
    for refuse in (True, False):
        assert (
            reader(refuse=refuse).read(analyse("城市治理", snapshot(False).segmenter), [])
            == NOTHING
        )


@pytest.mark.parametrize("question", ["", "？！。", "😀😀😀", "的的的", "城" * 500, "the of and"])
def test_refusal_off_always_answers_from_hits(question: str) -> None:
    asked = analyse(question, snapshot(False).segmenter)
    found = hits("城市治理", 3)
    assert reader(refuse=False).read(asked, found).citations
    assert reader(dense=True, refuse=False).read(asked, found).citations


@pytest.mark.parametrize("question", ["", "？！。", "😀😀😀", "的的的"])
def test_a_question_of_no_words_is_refused(question: str) -> None:
    for dense in (False, True):
        asked = analyse(question, snapshot(False).segmenter)
        assert not reader(dense).read(asked, hits("城市治理", 3)).citations


def test_what_is_less_sure_than_wanted_is_refused() -> None:
    asked, found = (
        analyse("成都市在哪一年首设城乡社区发展治理委员会？", snapshot(False).segmenter),
        hits("成都市首设委员会"),
    )
    sure = ExtractiveReader(snapshot(False), None).read(asked, found)
    assert sure.citations and 0 < sure.confidence < 1
    for least, answers in ((sure.confidence, True), (sure.confidence + 0.01, False)):
        reading = ExtractiveReader(snapshot(False), None, least).read(asked, found)
        assert bool(reading.citations) == answers
    assert reading.confidence == sure.confidence


def test_candidates_are_the_sentences_of_the_hits_with_scores_of_at_most_one() -> None:
    found = hits("城市治理 健康码")
    candidates = reader().candidates(found)
    assert found[0].score > 1
    assert max(c.score for c in candidates) == 1.0
    rows = snapshot(False).collection.sentences
    assert all(rows[c.row] == c.sentence.span for c in candidates)
    inside = {(p.start, p.end) for p, _ in found}
    assert all(
        any(a <= c.sentence.span.start and c.sentence.span.end <= b for a, b in inside)
        for c in candidates
    )


def test_scores_are_shares_of_the_best() -> None:
    passages = snapshot(False).collection.passages
    found = [Hit(passages[3], 0.5), Hit(passages[4], 0.25)]
    assert {c.score for c in reader().candidates(found)} == {1.0, 0.5}


def test_lead_is_the_cosine_above_the_nearest_of_the_background() -> None:
    encoder, question = BigramEncoder(), analyse("杭州健康码日最高使用量", snapshot(True).segmenter)
    candidates = reader(dense=True).candidates(hits("杭州健康码", 2))
    found = reader(dense=True).weigh(question, candidates).features[:, MARGIN] / 10
    vector = encoder.encode_query([question.text])[0]
    said = encoder.encode_query([c.sentence.span.text for c in candidates]) @ vector
    expected = said - (encoder.encode_query(negative_cohort()) @ vector).max()
    assert found.tolist() == pytest.approx(expected.tolist(), abs=1e-5)


def test_without_an_encoder_nothing_leads() -> None:
    evidence = reader().weigh(
        analyse("杭州健康码", snapshot(False).segmenter), reader().candidates(hits("杭州健康码"))
    )
    assert not evidence.features[:, MARGIN].any()
    assert evidence.features[:, CONTEXT].max() == 1.0


def test_sentences_of_passages_cut_in_odd_places_have_rows() -> None:
    text = "治理(" + "城市。" * 30 + "甲" * 300 + ")之后,还有" + "很多" * 150 + "。"
    odd = build([Document("odd", "", text)], None, 60)
    asked = analyse("治理之后还有什么？", odd.segmenter)
    found = [Hit(p, 1.0) for p in odd.collection.passages]
    candidates = ExtractiveReader(odd, None, None).candidates(found)
    assert [c.sentence.span for c in candidates] == list(odd.collection.sentences)
    assert ExtractiveReader(odd, None, None).read(asked, found).citations


@settings(max_examples=60, deadline=None)
@given(st.data(), st.booleans(), st.booleans())
@pytest.mark.slow
def test_whatever_is_asked_the_quotes_are_true_and_few(
    data: st.DataObject, dense: bool, refuse: bool
) -> None:
    text = load(ARTICLE).text
    start = data.draw(st.integers(0, len(text) - 1))
    words = text[start : start + data.draw(st.integers(1, 40))]
    asked = data.draw(
        st.sampled_from(
            ["{}是什么？", "{}有哪些？", "多少{}？", "谁{}？", "{}和上海、成都分别怎么样", "{}"]
        )
    )
    reading = read(asked.format(words), dense, refuse)
    quotes = [c.quote for c in reading.citations]
    assert all(c.document.text[c.start : c.end] == c.quote for c in reading.citations)
    assert len(quotes) <= CITED_AT_MOST
    assert all(0 < len(quote) <= SENTENCE_LIMIT and "\n" not in quote for quote in quotes)
    assert sum(len(quote) + MARK_SIZE for quote in quotes) <= TEXT_LIMIT
    assert reading.short_answer is None or any(reading.short_answer in quote for quote in quotes)


def test_the_background_is_many_sentences_without_comments() -> None:
    lines = negative_cohort()
    assert len(lines) == len(set(lines)) >= 80
    assert all(line.endswith("。") for line in lines)
