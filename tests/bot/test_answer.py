"""Citations are slices, and the answer object is what doors expect."""

import json

import pytest

from bot.answer import ABSENT, Answer, Citation, Outcome, extracted_text, hit_json
from corpus import Document, Passage, Section
from index import Hit

TEXT = "治理\n城市因人而生动。因治理而续航。"
DOCUMENT = Document("d", "城市之治", TEXT, sections=(Section("治理", 0, len(TEXT)),))
FIRST, SECOND = Citation(DOCUMENT, 3, 11), Citation(DOCUMENT, 11, 18)


def test_a_quote_is_the_slice_and_knows_its_section() -> None:
    assert FIRST.quote == DOCUMENT.text[3:11] == "城市因人而生动。"
    assert FIRST.section == "治理"
    assert Citation(Document("e", "", "无节"), 0, 2).section == ""


def test_text_is_the_quotes_with_their_marks() -> None:
    assert extracted_text((FIRST, SECOND)) == "城市因人而生动。[1]因治理而续航。[2]"
    assert extracted_text(()) == ""


def test_the_answer_object() -> None:
    hit = Hit(Passage(DOCUMENT, 3, 18), 0.12345678)
    answer = Answer(
        "城市因什么而生动？",
        "answered",
        extracted_text((FIRST,)),
        hits=(hit,),
        citations=(FIRST,),
        short_answer="人",
        notices=("只按词语检索",),
        suggestions=("因什么而续航？",),
        milliseconds={"total": 3.2},
        index={"generation": "g"},
    )
    assert json.loads(json.dumps(answer.as_json())) == {
        "question": "城市因什么而生动？",
        "outcome": "answered",
        "answered": True,
        "text": "城市因人而生动。[1]",
        "short_answer": "人",
        "citations": [
            {
                "n": 1,
                "doc_id": "d",
                "title": "城市之治",
                "section": "治理",
                "start": 3,
                "end": 11,
                "quote": "城市因人而生动。",
            }
        ],
        "hits": [hit_json(hit)],
        "reader": "rules",
        "label": "原文摘录",
        "ai_generated": False,
        "notices": ["只按词语检索"],
        "suggestions": ["因什么而续航？"],
        "milliseconds": {"total": 3.2},
        "index": {"generation": "g"},
    }


def test_a_hit_is_shown_with_its_slice() -> None:
    assert hit_json(Hit(Passage(DOCUMENT, 3, 11), 0.12345678)) == {
        "passage_id": "d.3-11",
        "doc_id": "d",
        "title": "城市之治",
        "section": "治理",
        "start": 3,
        "end": 11,
        "score": 0.123457,
        "text": "城市因人而生动。",
    }


def test_what_a_model_wrote_says_so() -> None:
    shown = Answer("问", "answered", "答[1]", citations=(FIRST,), reader="llm").as_json()
    assert (shown["label"], shown["ai_generated"]) == ("人工智能生成", True)


@pytest.mark.parametrize(
    ("outcome", "citations"), [("answered", ()), ("absent", (FIRST,)), ("about", (FIRST,))]
)
def test_only_answers_are_cited_and_always(
    outcome: Outcome, citations: tuple[Citation, ...]
) -> None:
    with pytest.raises(ValueError, match=outcome):
        Answer("问", outcome, ABSENT["zh"], citations=citations)
