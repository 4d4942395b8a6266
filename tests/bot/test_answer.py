"""Citations are slices of documents, and only an answer has them."""

import pytest

from bot.answer import ABSENT, Answer, Citation, Outcome, extracted_text
from corpus import Document, Section

TEXT = "治理\n城市因人而生动。因治理而续航。"
DOCUMENT = Document("d", "城市之治", TEXT, sections=(Section("治理", 0, len(TEXT)),))
FIRST, SECOND = Citation(DOCUMENT, 3, 11), Citation(DOCUMENT, 11, 18)


def test_a_quote_is_the_slice_and_knows_its_section() -> None:
    assert FIRST.quote == DOCUMENT.text[3:11] == "城市因人而生动。"
    assert FIRST.section == "治理"
    assert Citation(Document("e", "", "无节"), 0, 2).section == ""


def test_citations_overlap_that_have_characters_of_one_document_in_common() -> None:
    assert FIRST.overlaps(FIRST) and FIRST.overlaps(Citation(DOCUMENT, 10, 12))
    assert not FIRST.overlaps(SECOND) and not SECOND.overlaps(FIRST)
    assert not FIRST.overlaps(Citation(Document("e", "", TEXT), 3, 11))


def test_text_is_the_quotes_with_their_marks() -> None:
    assert extracted_text((FIRST, SECOND)) == "城市因人而生动。[1]因治理而续航。[2]"
    assert extracted_text(()) == ""


def test_what_a_model_wrote_is_labelled_so() -> None:
    generated = Answer("问", "answered", "答[1]", citations=(FIRST,), reader="llm")
    assert (generated.label, generated.ai_generated) == ("人工智能生成", True)
    quoted = Answer("问", "answered", "答[1]", citations=(FIRST,), reader="neural")
    assert (quoted.label, quoted.ai_generated) == ("原文摘录", False)


@pytest.mark.parametrize(
    ("outcome", "citations"), [("answered", ()), ("absent", (FIRST,)), ("about", (FIRST,))]
)
def test_only_answers_are_cited_and_always(
    outcome: Outcome, citations: tuple[Citation, ...]
) -> None:
    with pytest.raises(ValueError, match=outcome):
        Answer("问", outcome, ABSENT["zh"], citations=citations)
