"""The answer object: every field of the JSON form of an answer, and what its model refuses."""

import json
from itertools import pairwise

import pytest
from pydantic import ValidationError

from bot.answer import (
    ABSENT,
    Answer,
    AnswerObject,
    AnswerPart,
    Citation,
    answer_object,
    citation_object,
    extracted_text,
    hit_object,
)
from bot.question.analysis import analyse
from bot.question.scope import Aim, Scope
from corpus import Document, Passage, Section
from corpus.document import Span, UnitSpan
from corpus.language.text import Segmenter
from index import Hit

TEXT = "治理\n城市因人而生动。因治理而续航。"
DOCUMENT = Document("d", "城市之治", TEXT, sections=(Section("治理", 0, len(TEXT)),))
FIRST, SECOND = Citation(DOCUMENT, 3, 11), Citation(DOCUMENT, 11, 18)
QUESTION = analyse("城市因什么而生动？", Segmenter())
HIT = Hit(Passage(DOCUMENT, 3, 11), 0.12345678)


def test_every_field_of_an_answer() -> None:
    answer = Answer(
        "城市因什么而生动？",
        "answered",
        extracted_text((FIRST, SECOND)),
        hits=(HIT,),
        citations=(FIRST, SECOND),
        form="list",
        parts=(AnswerPart("", "城市因人而生动。[1]"), AnswerPart("治理", "因治理而续航。[2]")),
        short_answer="人",
        short_answer_sure=True,
        reader="neural",
        notices=("只按词语检索",),
        suggestions=("因什么而续航？",),
        milliseconds={"total": 3.2},
        index={"generation": "g", "encoder": None},
        scope=Scope((Aim(DOCUMENT, 1.0, QUESTION),), by="title"),
        confidence=0.87654321,
    )
    cited: dict[str, object] = {
        "doc_id": "d",
        "title": "城市之治",
        "section": "治理",
        "page": None,
        "context": [],
    }
    expected = {
        "question": "城市因什么而生动？",
        "outcome": "answered",
        "answered": True,
        "text": "城市因人而生动。[1]因治理而续航。[2]",
        "form": "list",
        "parts": [
            {"label": "", "text": "城市因人而生动。[1]"},
            {"label": "治理", "text": "因治理而续航。[2]"},
        ],
        "short_answer": "人",
        "short_answer_sure": True,
        "confidence": 0.876543,
        "scope": {"doc_ids": ["d"], "by": "title", "missing": None},
        "citations": [
            {"n": 1, **cited, "start": 3, "end": 11, "quote": "城市因人而生动。"},
            {"n": 2, **cited, "start": 11, "end": 18, "quote": "因治理而续航。"},
        ],
        "hits": [hit_object(HIT).model_dump()],
        "reader": "neural",
        "label": "原文摘录",
        "ai_generated": False,
        "notices": ["只按词语检索"],
        "suggestions": ["因什么而续航？"],
        "milliseconds": {"total": 3.2},
        "index": {"generation": "g", "encoder": None},
    }
    shown = json.loads(json.dumps(answer_object(answer).model_dump()))
    assert shown == expected
    assert list(shown) == list(expected)


def test_a_hit_has_its_slice_and_a_rounded_score() -> None:
    assert hit_object(HIT).model_dump() == {
        "passage_id": "d.3-11",
        "doc_id": "d",
        "title": "城市之治",
        "section": "治理",
        "start": 3,
        "end": 11,
        "score": 0.123457,
        "text": "城市因人而生动。",
    }


def test_an_answer_that_is_none() -> None:
    shown = answer_object(Answer("问", "absent", ABSENT["zh"]))
    assert (shown.answered, shown.short_answer, shown.citations) == (False, None, [])


@pytest.mark.parametrize(
    ("scope", "doc_ids"),
    [
        (Scope(), []),
        (Scope((Aim(DOCUMENT, 0.4, QUESTION),)), []),
        (Scope((Aim(DOCUMENT, 0.4, QUESTION),), by="place"), ["d"]),
        (Scope((Aim(DOCUMENT, 1.0, QUESTION),), by="history"), ["d"]),
        (Scope((), by="request", doc_ids=("e", "d")), ["e", "d"]),
        (Scope((Aim(DOCUMENT, 0.4, QUESTION),), "request", doc_ids=("e", "d")), ["e", "d"]),
        (Scope((Aim(DOCUMENT, 1.0, QUESTION),), "request", doc_ids=("e", "d")), ["d"]),
    ],
)
def test_the_documents_that_a_question_was_taken_to_be_about(
    scope: Scope, doc_ids: list[str]
) -> None:
    shown = answer_object(Answer("问", "absent", ABSENT["zh"], scope=scope)).scope
    assert (shown.doc_ids, shown.by, shown.missing) == (doc_ids, scope.by, None)


def test_what_is_missing_is_named() -> None:
    scope = Scope(by="title", missing="扬州市养犬管理条例")
    shown = answer_object(Answer("问", "absent", "没有。", scope=scope)).model_dump()
    assert shown["scope"] == {"doc_ids": [], "by": "title", "missing": "扬州市养犬管理条例"}


def test_what_a_model_wrote_says_so() -> None:
    shown = answer_object(Answer("问", "answered", "答[1]", citations=(FIRST,), reader="llm"))
    assert (shown.label, shown.ai_generated) == ("人工智能生成", True)


@pytest.mark.parametrize("change", [{"reader": "person"}, {"label": "别的"}, {"more": 1}])
def test_the_model_takes_no_other_values_or_fields(change: dict[str, object]) -> None:
    shown = answer_object(Answer("问", "absent", ABSENT["zh"])).model_dump()
    assert AnswerObject.model_validate(shown).question == "问"
    with pytest.raises(ValidationError):
        AnswerObject.model_validate({**shown, **change})


def test_a_citation_from_a_table_has_its_page_and_its_context() -> None:
    text = "表1 床位\n街道 | 2020年\n东城 | 126"
    names, caption = Span(6, 16), Span(0, 5)
    units = (
        UnitSpan(0, 5, "paragraph", (), 2),
        UnitSpan(6, 16, "header", (caption,), 2),
        UnitSpan(16, 24, "row", (names, caption), 2),
    )
    document = Document("t", "床位", text, unit_spans=units)
    names_text = text[slice(*names)]
    row = Citation(document, 16, len(text))
    shown = citation_object(1, row).model_dump()
    assert shown["page"] == 2
    assert row.page_name == "第 2 页"
    assert shown["context"] == [
        {"start": 0, "end": 5, "text": "表1 床位"},
        {"start": 6, "end": 16, "text": names_text},
    ]
    assert extracted_text((row,)) == f"{row.quote}（表1 床位；{names_text}）[1]"
    both = extracted_text((row, row))
    assert both == f"{row.quote}[1]{row.quote}（表1 床位；{names_text}）[2]"


def test_a_fact_that_leans_on_a_date_or_a_sentence_shows_it_once() -> None:
    text = "2031年，甲市修了桥。同年乙市修了路。其长度为九公里。"
    starts = [0, text.index("同年"), text.index("其"), len(text)]
    document = Document("d", "工程", text)
    bridge, road, length = (Citation(document, *span) for span in pairwise(starts))
    assert bridge.context == ()
    assert extracted_text((road,)) == "同年乙市修了路。（2031年）[1]"
    assert extracted_text((length,)) == "其长度为九公里。（同年乙市修了路）[1]"
    assert extracted_text((bridge, road, length)) == (
        "2031年，甲市修了桥。[1]同年乙市修了路。[2]其长度为九公里。[3]"
    )
    assert [one["text"] for one in citation_object(1, road).model_dump()["context"]] == ["2031年"]
