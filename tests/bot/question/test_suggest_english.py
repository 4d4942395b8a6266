"""English questions about Chinese documents: of the same facts, answered, and named by title."""

import pytest

from bot.question.analysis import language_of
from bot.question.suggest_english import english_of
from bot.question.suggest_trial import Maker
from bot.service import Service
from bot.settings import Settings
from corpus import Document, Section
from index.snapshot import build

RULES = """第一条 为了保护河道，制定本条例。
第二条 河道管理应当遵循统一规划、分级负责的原则。
第三条 本条例自2021年3月1日起施行。"""
SQUARE = """第一条 为了管好广场，制定本办法。
第二条 广场管理应当遵循方便群众、安全有序的原则。
第三条 本办法自2019年5月1日起施行。"""
TERMS = {"社会组织": "social organization; civic group", "一网通办": ""}


def document(doc_id: str, title: str, text: str) -> Document:
    return Document(doc_id, title, text, sections=(Section("", 0, len(text)),))


RIVER = document("river", "丹阳市河道管理条例", RULES)
PLAZA = document("plaza", "丹阳市广场管理办法", SQUARE)


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("When does 《丹阳市河道管理条例》 take effect?", "en"),
        ("What does “两张网” mean?", "en"),
        ("《城市》", "zh"),
        ("“AI” 是什么", "zh"),
        ("AI《办法》", "zh"),
        ("Who wrote it?", "en"),
        ("2020", "zh"),
    ],
)
def test_a_name_in_marks_does_not_tell_the_language(text: str, language: str) -> None:
    assert language_of(text) == language


def test_questions_name_their_document_where_there_are_several() -> None:
    asked = [one.question for one in Maker([RIVER, PLAZA]).in_english(RIVER)]
    assert "What is 《丹阳市河道管理条例》 about?" in asked
    assert "When does 《丹阳市河道管理条例》 take effect?" in asked
    assert all("《丹阳市河道管理条例》" in question for question in asked)
    alone = [one.question for one in Maker([RIVER]).in_english(RIVER)]
    assert "When does the article take effect?" in alone


def test_a_file_name_is_no_title() -> None:
    nameless = document("02_port", "02_port", RULES)
    maker = Maker([nameless, PLAZA])
    assert maker.in_english(nameless) == []
    assert not any("02_port" in one.question for one in maker.made(nameless))


@pytest.mark.parametrize(
    ("phrase", "english"),
    [
        ("社会组织", "social organization"),
        ("城市化", "urbanization"),
        ("一网通办", None),
        ("丹阳市河道", None),
    ],
)
def test_what_has_no_short_english_is_not_translated(phrase: str, english: str | None) -> None:
    assert english_of(phrase, TERMS) == english


def test_facts_are_asked_for_in_english_with_their_words() -> None:
    text = "截至2019年年底，我国社会组织数量已突破86.63万个。"
    report = document("report", "社会组织报告", text)
    asked = {one.question: one.answer.text for one in Maker([report], TERMS).in_english(report)}
    question = "How many social organizations were there at the end of 2019?"
    assert asked[question] == "86.63万"


def test_a_subject_that_is_counted_is_plural() -> None:
    report = document("report", "治理报告", "社会组织和社会治理。" * 3)
    terms = {**TERMS, "社会治理": "social governance"}
    asked = [one.question for one in Maker([report], terms).in_english(report)]
    assert "What does the article say about social organizations?" in asked
    assert "What does the article say about social governance?" in asked


def test_a_library_of_several_has_english_questions_that_it_answers_in_english() -> None:
    service = Service(build([RIVER, PLAZA], None), None, Settings(reader="rules"))
    suggestions = service.suggestions
    opening = suggestions.opening_in("en")
    assert opening and all(language_of(question) == "en" for question in opening)
    for question in opening:
        answer = service.ask(question)
        assert (answer.outcome, answer.language) == ("answered", "en")
        assert all(language_of(following) == "en" for following in answer.suggestions)
        assert question not in answer.suggestions
    assert all(language_of(question) == "zh" for question in suggestions.opening)
