"""Suggested questions: made of the sentences as they stand, kept only where the answer comes out right."""

import re
from collections.abc import Callable
from dataclasses import replace

import pytest

from bot.answer import ABSENT, Answer, Citation, extracted_text
from bot.question.analysis import language_of
from bot.question.metadata import LINES
from bot.question.suggest import (
    COMPOSED_AT_MOST,
    FOLLOWING,
    OPENING,
    Suggestions,
)
from bot.question.suggest_made import LONGEST, GeneratedQuestion
from bot.question.suggest_trial import TRIED_AT_MOST, make
from bot.service import Service
from bot.settings import Settings
from corpus import Document, Passage, Section
from corpus.language.text import sentences
from index import Hit
from index.encoder import TextEncoder
from index.snapshot import build


def document(text: str, heading: str = "") -> Document:
    return Document("d", "", text, sections=(Section(heading, 0, len(text)),))


@pytest.fixture(scope="module")
def documents(article: Document) -> list[Document]:
    return [article]


def answering(documents: list[Document]) -> Callable[[str], Answer]:
    """A service that knows: it cites the sentence each made question comes from, or some of several."""
    known = {made.question: made for made in make(documents)}

    def ask(question: str) -> Answer:
        if question not in known:
            return replace(ignorant(question), language="en")
        span = known[question].answer
        if known[question].is_composed:
            spans = [(span.start + a, span.start + b) for a, b in sentences(span.text)]
            told = [Citation(span.document, *one) for one in spans]
            cited = tuple(one for one in told if one.section not in LINES)[:3]
            return Answer(question, "answered", "甲", (), cited, confidence=1.0, form="list")
        start, end = next(
            (a, b) for a, b in sentences(span.document.text) if a < span.end and span.start < b
        )
        cited = (Citation(span.document, start, end),)
        hit = Hit(Passage(span.document, start, end), 1.0)
        text = extracted_text(cited)
        return Answer(question, "answered", text, (hit,), cited, span.text, confidence=1.0)

    return ask


def ignorant(question: str) -> Answer:
    return Answer(question, "absent", ABSENT["zh"])


@pytest.mark.parametrize(
    ("sentence", "question", "answer"),
    [
        (
            "2021年,苏州市印发《数字政府建设规划》。",
            "《数字政府建设规划》是哪一年印发的？",
            "2021年",
        ),
        ("我国森林覆盖率由12%提高到2022年的24.02%。", "2022年我国森林覆盖率是多少？", "24.02%"),
        (
            "截至2019年年底，全国社会组织数量已突破86.63万个。",
            "截至2019年年底，全国社会组织数量是多少？",
            "86.63万",
        ),
        (
            "成都市公共财政年投入15个亿的社区资金。",
            "成都市公共财政每年投入多少社区资金？",
            "15个亿",
        ),
        ("武汉市在第一时间动员了近50万干部群众。", "武汉市在第一时间动员了多少干部群众？", "50万"),
        (
            "徐汇区利用数据平台,累计归集数据70万条,精准管控。",
            "徐汇区累计归集了多少条数据？",
            "70万条",
        ),
        (
            "形成“两张网”(一网通办、一网统管),方便群众。",
            "“两张网”指的是什么？",
            "一网通办、一网统管",
        ),
        ("所谓共同体，是指调动各方的积极性。", "什么是共同体？", "调动各方的积极性"),
        (
            "但是治理中还存在职责交叉、风险加剧等短板。",
            "治理中还存在哪些短板？",
            "职责交叉、风险加剧",
        ),
        (
            "2017年,成都市成立城乡社区发展治理委员会。",
            "哪个城市成立了城乡社区发展治理委员会？",
            "成都市",
        ),
        (
            "湖南省岳阳楼区奇家岭街道引入“群英断是非”。",
            "哪个街道引入了“群英断是非”？",
            "奇家岭街道",
        ),
        ("要将城市打造成人民的幸福家园。", "应当把城市打造成什么？", "人民的幸福家园"),
    ],
)
def test_a_sentence_makes_its_question(sentence: str, question: str, answer: str) -> None:
    made = {m.question: m for m in make([document(sentence)])}
    assert made[question].answer.text == answer


@pytest.mark.parametrize(
    "sentence",
    [
        "城市因人而生动，因治理而续航。",
        "他们推出“甲”（见附图）。",
        "该市发布《办法》。",
        "其中存在甲、乙等问题。",
        "The city has 12 districts.",
        "",
    ],
)
def test_other_sentences_make_none(sentence: str) -> None:
    assert make([document(sentence)]) == []


def test_a_heading_that_names_an_aim_makes_a_question_about_its_section() -> None:
    heading = "党建引领,形成“1+N”政策体系"
    made = make([document(f"{heading}\n各地着力构建体系。", heading)])
    assert [(m.question, m.answer.text) for m in made] == [("如何形成“1+N”政策体系？", heading)]


def test_lines_around_an_article_make_none() -> None:
    assert make([document("要把城市打造成人民的幸福家园。", "编者按")]) == []


def test_questions_read_as_questions(documents: list[Document]) -> None:
    made = make(documents)
    assert len(made) > 15
    assert len({m.question for m in made}) == len(made)
    for m in made:
        assert m.question.endswith("？") and len(m.question) <= LONGEST
        assert not re.search(r"[,;:()?]|今年|同年", m.question)
        assert m.question.count("“") == m.question.count("”")


def test_equal_corpora_give_equal_questions(documents: list[Document]) -> None:
    assert make(documents) == make([replace(documents[0])])


def test_opening_questions_differ_in_kind(documents: list[Document]) -> None:
    made = {m.question: m for m in make(documents)}
    opening = [made[q] for q in Suggestions(answering(documents), documents).opening]
    assert len(opening) == OPENING
    assert len({m.kind for m in opening}) == OPENING
    assert len({m.section for m in opening}) >= 4
    assert sum(m.is_composed for m in opening) == COMPOSED_AT_MOST


def test_what_is_not_answered_is_not_suggested(documents: list[Document]) -> None:
    suggestions = Suggestions(ignorant, documents)
    assert suggestions.opening == []
    assert suggestions.after(ignorant("甲？")) == ()


def test_a_wrong_short_answer_is_not_right() -> None:
    text = "“两张网”(一网通办、一网统管)方便群众。"
    source = document(text)
    made = GeneratedQuestion("“两张网”指的是什么？", "name", Passage(source, 6, 15))
    whole = Citation(source, 0, len(text))

    def given(short: str | None) -> Answer:
        return Answer(made.question, "answered", text, citations=(whole,), short_answer=short)

    assert made.answer.text == "一网通办、一网统管"
    assert made.answered_by(given("一网通办、一网统管")) and made.answered_by(given(None))
    assert not made.answered_by(given("群众")) and not made.answered_by(given("一网通办"))


def test_after_an_answer_come_its_neighbours(documents: list[Document]) -> None:
    ask = answering(documents)
    suggestions = Suggestions(ask, documents)
    made = {m.question: m for m in make(documents)}
    for question in suggestions.opening:
        given = ask(question)
        following = suggestions.after(given)
        distances = [abs(made[f].answer.start - given.citations[0].start) for f in following]
        assert len(following) == FOLLOWING and question not in following
        assert distances == sorted(distances)


def test_small_talk_is_followed_by_the_opening(documents: list[Document]) -> None:
    suggestions = Suggestions(answering(documents), documents)
    assert suggestions.after(Answer("你好", "about", "您好")) == tuple(
        suggestions.opening[:FOLLOWING]
    )


def test_the_opening_that_follows_is_about_documents_that_are_allowed(
    documents: list[Document],
) -> None:
    suggestions = Suggestions(answering(documents), documents)
    about = Answer("你好", "about", "您好")
    assert suggestions.after(about, lambda document: document.doc_id == "other") == ()
    opening = tuple(suggestions.opening[:FOLLOWING])
    assert suggestions.after(about, lambda document: document is documents[0]) == opening


def test_an_english_question_is_followed_by_english_ones_that_are_answered(
    documents: list[Document],
) -> None:
    (source,) = (one for one in documents[0].sections if one.heading == "出处")
    line = Citation(documents[0], source.start, source.end)

    def ask(question: str) -> Answer:
        if "published" not in question:
            return replace(ignorant(question), language=language_of(question))
        return Answer(question, "answered", "甲", citations=(line,), confidence=1.0, language="en")

    suggestions = Suggestions(ask, documents)
    answer = replace(ask("When was the article published?"), question="Who edited the article?")
    following = {"When was the article published?", "Where was the article published?"}
    assert set(suggestions.opening_in("en")) == following
    # Their answer was given.
    assert suggestions.after(answer) == ()
    hello = Answer("hello", "about", "Hello", language="en")
    assert set(suggestions.after(hello)) == following


def test_a_document_without_known_questions_has_none_to_follow(documents: list[Document]) -> None:
    other = Document("other", "别的", "别的文章。")
    given = Answer("甲？", "absent", ABSENT["zh"], hits=(Hit(Passage(other, 0, 5), 1.0),))
    assert Suggestions(answering(documents), documents).after(given) == ()


def test_a_large_corpus_costs_no_more(documents: list[Document]) -> None:
    many = [
        replace(documents[0], doc_id=f"d{n}", text=documents[0].text.replace("市", f"{n}市"))
        for n in range(9)
    ]
    asked: list[str] = []

    def counting(question: str) -> Answer:
        asked.append(question)
        return ignorant(question)

    Suggestions(counting, many)
    assert 0 < len(asked) <= TRIED_AT_MOST


@pytest.mark.encoder
def test_the_service_answers_what_it_suggests(
    documents: list[Document], encoder: TextEncoder
) -> None:
    snapshot = build(documents, encoder)
    service = Service(snapshot, encoder, Settings())
    suggestions = service.suggestions
    made = {m.question: m for m in make(documents)}
    assert len(suggestions.opening) == OPENING
    for question in suggestions.opening:
        answer = service.ask(question)
        assert answer.outcome == "answered" and made[question].answered_by(answer)
        assert len(suggestions.after(answer)) == FOLLOWING


def test_the_first_screen_leads_with_one_question_of_each_form(documents: list[Document]) -> None:
    one = documents[0]

    def made(kind: str, start: int, question: str) -> GeneratedQuestion:
        return GeneratedQuestion(question, kind, Passage(one, start, start + 1))

    chosen = [
        made("name", 0, "什么是甲？"),
        made("summary", 0, "主要讲了什么？"),
        made("number", 1, "有多少个乙？"),
        made("aim", 2, "要做成什么？"),
        made("list", 3, "有哪些丙？"),
    ]
    assert [one.kind for one in leading(chosen)] == ["summary", "list", "number"]
    assert {one.kind for one in leading(chosen[:2])} == {"summary", "name"}
    assert leading([]) == []


def test_what_is_known_of_a_document_leads_without_a_trial(documents: list[Document]) -> None:
    suggestions = Suggestions(answering(documents), documents)
    suggestions = Suggestions(no_answer, documents, suggestions.known)
    for document in documents:
        about = suggestions.leading_about(document, "zh")
        assert len(about) <= LEADING
        assert all(one.answer.document.doc_id == document.doc_id for one in about)


def no_answer(question: str) -> Answer:
    raise AssertionError(question)
