"""What is gathered: the answer of the question that a text itself asks, and one sentence that says it all."""

from collections.abc import Mapping
from dataclasses import replace

import numpy as np
import pytest
from support.documents import document_of

from bot.composer.composition import cited
from bot.composer.gathering import gathered, one_that_lists
from bot.composer.sources import Material
from bot.reader.features import FEATURES
from bot.service import PASSAGES_SEARCHED, Service
from bot.settings import Settings
from corpus import Document
from corpus.intake.page import Line
from index.encoder import TextEncoder
from index.snapshot import build

SPAN = FEATURES.index("span")


def asked(text: str, answer: str) -> tuple[Line, Line]:
    return Line(text, "question"), Line(answer, "answer")


LIBRARY = document_of(
    Line("流动书车常见问题", "heading", level=1),
    *asked("问：书车每周几来？", "答：每周三下午来，停在南门。雨雪天顺延一天。"),
    *asked("问：一次能借几本？", "答：一次借五本，借期一个月。儿童借三本。"),
    *asked(
        "问：书弄丢了，怎么赔？",
        "答：先在车上登记。买同样的一本还来就行；买不到的，照定价的两倍交钱。半年里又找到的，钱全部退还。",
    ),
    *asked("问：能不能预约想看的书？", "答：能。在车上填预约单，下一趟带来。"),
    title="流动书车常见问题",
)


PARK = document_of(
    Line("滨江植物园须知", "heading", level=1),
    "成人票每张十五元。",
    "教师、护士和消防员凭证件免票。",
    "园内的车每辆收费十元。",
    title="滨江植物园须知",
)


def material_of(document: Document, encoder: TextEncoder | None, asked_of: str) -> Material:
    service = Service(build([document], encoder), encoder, Settings())
    question = service.understand(asked_of)
    scope = service.scope_of(question)
    hits = service.search(question, PASSAGES_SEARCHED, scope)
    return Material(question, "list", scope, hits, (), service.sources)


@pytest.mark.encoder
@pytest.mark.parametrize("question", ["书找不到了，怎么赔偿？", "把书车的书弄丢了，要怎么赔偿？"])
def test_a_question_of_the_text_that_means_the_same_is_answered_alone(
    question: str, encoder: TextEncoder
) -> None:
    found = gathered("list", material_of(LIBRARY, encoder, question))
    assert found is not None
    start = LIBRARY.text.index("先在车上登记")
    end = LIBRARY.text.index("问：能不能预约")
    assert all(start <= one.start < end for one in cited(found.lines))


def with_spans(question: str, spans: Mapping[str, float]) -> Material:
    """The material of a question on PARK whose sentences have some span odds, log(1 + odds)."""
    material = material_of(PARK, None, question)
    features = np.zeros_like(material.evidence.features)
    for row, candidate in enumerate(material.candidates):
        features[row, SPAN] = spans.get(candidate.sentence.span.text[:2], 0.0)
    evidence = replace(
        material.evidence, features=features, against=[()] * len(material.candidates)
    )
    vars(material)["evidence"] = evidence
    return material


def the_one(material: Material) -> str:
    number = one_that_lists(material)
    return "" if number is None else material.candidates[number].sentence.span.text


def test_a_sentence_that_lists_all_of_some_answers_alone() -> None:
    spans = {"教师": 1.4, "成人": 0.3}
    found = the_one(with_spans("哪些人进滨江植物园不用买票？", spans))
    assert found == "教师、护士和消防员凭证件免票。"


@pytest.mark.parametrize(
    ("question", "spans"),
    [
        ("哪些人进滨江植物园不用买票？", {"教师": 0.5}),
        ("哪些人进滨江植物园不用买票？", {"教师": 1.4, "园内": 1.2}),
        ("哪些人进滨江植物园不用买票？", {"成人": 1.4}),
        ("滨江植物园的票价有哪些？", {"教师": 1.4}),
    ],
)
def test_none_does_where_another_may_or_all_are_asked_for(
    question: str, spans: Mapping[str, float]
) -> None:
    assert the_one(with_spans(question, spans)) == ""
