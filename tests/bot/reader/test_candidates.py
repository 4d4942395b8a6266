"""What sentences speak of without saying so again, and how much of a question they have."""

import pytest

from bot.reader.candidates import (
    ALIKE,
    PARTLY,
    coverage,
    covered,
    place_names,
    read_sentences,
    years_in,
)
from corpus import Document, Passage, Section
from corpus.language.text import Segmenter, sentences

TEXT = "治理\n2015年,上海市出台意见。同年配套6个文件。杭州通过决定。\n尽管如此,职责交叉。"


@pytest.fixture(scope="module")
def segmenter() -> Segmenter:
    return Segmenter()


@pytest.fixture(scope="module")
def document() -> Document:
    return Document("d", "城市之治", TEXT, sections=(Section("治理", 0, len(TEXT)),))


def spans_of(document: Document) -> list[Passage]:
    return [Passage(document, start, end) for start, end in sentences(document.text)]


def test_places_and_years_stay_in_force_to_the_end_of_the_paragraph(
    document: Document, segmenter: Segmenter
) -> None:
    found = read_sentences(spans_of(document), segmenter)
    assert [s.span.text for s in found] == [
        "治理",
        "2015年,上海市出台意见。",
        "同年配套6个文件。",
        "杭州通过决定。",
        "尽管如此,职责交叉。",
    ]
    assert [set(s.places) for s in found] == [set(), {"上海"}, {"上海"}, {"杭州"}, set()]
    assert [set(s.years) for s in found] == [set(), {"2015"}, {"2015"}, {"2015"}, set()]


def test_a_sentence_knows_the_one_before_it_and_where_it_stands(
    document: Document, segmenter: Segmenter
) -> None:
    found = read_sentences(spans_of(document), segmenter)
    assert [s.before for s in found] == ["", "", "2015年,上海市出台意见。", "同年配套6个文件。", ""]
    assert found[2].around == "同年配套6个文件。\n2015年,上海市出台意见。\n城市之治 治理"


def test_everything_is_folded(segmenter: Segmenter) -> None:
    document = Document("d", "標題", "上海的「一網統管」。")
    (found,) = read_sentences(spans_of(document), segmenter)
    assert found.folded == "上海的「一网统管」。"
    assert found.span.text == "上海的「一網統管」。"
    assert found.around.endswith("标题")


def test_no_sentences(segmenter: Segmenter) -> None:
    assert read_sentences([], segmenter) == []


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        (["杭州市", "治理"], {"杭州"}),
        (["杭州", "杭州市"], {"杭州"}),
        (["中国"], set()),
        ([], set()),
    ],
)
def test_place_names_have_one_form_and_the_country_is_none(
    words: list[str], expected: set[str]
) -> None:
    assert place_names(words) == expected


def test_years_are_four_digits_by_themselves() -> None:
    assert years_in("2015年到2019年,20201205,12345,123") == {"2015", "2019"}


@pytest.mark.parametrize(
    ("term", "expected"),
    [
        ("健康码", 1.0),
        ("健康宝", PARTLY / 2),  # 健康 of 健康, 康宝
        ("一网统管", 0.0),
        ("健身", 0.0),  # pairs of two-character terms are the terms themselves
    ],
)
def test_a_term_is_covered_whole_or_by_its_pairs(term: str, expected: float) -> None:
    assert covered(term, "杭州健康码") == pytest.approx(expected)


def test_coverage_is_the_share_by_weight() -> None:
    terms = {"杭州": 3.0, "健康码": 5.0, "上海": 2.0}
    assert coverage(terms, "杭州健康码") == pytest.approx(0.8)
    assert coverage(terms, "杭州健康码", {"上海": ("申城", "杭州")}) == pytest.approx(
        0.8 + ALIKE * 0.2
    )
    assert coverage({}, "杭州") == 0.0
    assert coverage({"杭州": 0.0}, "杭州") == 0.0
