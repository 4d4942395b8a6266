"""Questions made from news: facts, reasons, clozes, and the same of something else."""

import pytest
from support.documents import document_of

from bot.training.makers.clozes import at_most_a_third, clozes
from bot.training.makers.gate import HALF, share_in_order
from bot.training.makers.made import Made
from bot.training.makers.making import made_from, made_from_all
from bot.training.makers.news_facts import news_facts
from bot.training.makers.reasons import reasons
from bot.training.makers.swaps import swaps
from corpus import Document
from corpus.document import Span


def answers(document: Document, word: str) -> set[tuple[str, str]]:
    """The kinds and answers of the facts whose question has a word."""
    found = [made for made in news_facts(document) if word in made.question]
    return {(made.kind, made.answer_text) for made in found}


@pytest.mark.parametrize(
    ("sentence", "word", "kind", "answer"),
    [
        ("8月18日，第十届机器人展会在成都开幕。", "哪里", "place", "成都"),
        ("8月18日，第十届机器人展会在成都开幕。", "什么时候", "date", "8月18日"),
        ("成都市经信局局长王建国表示，展会办得很好。", "局长", "person", "王建国"),
        ("新机场总面积达到3万平方米。", "面积", "number", "3万平方米"),
        ("2023年8月3日，人民银行发布了货币政策报告。", "人民银行", "date", "2023年8月3日"),
        ("据介绍，星海公司投资1200万元改造厂房。", "改造厂房", "number", "1200万元"),
    ],
)
def test_news_is_asked_who_where_when_and_how_many(
    sentence: str, word: str, kind: str, answer: str
) -> None:
    assert (kind, answer) in answers(document_of(sentence), word)


def test_what_somebody_said_answers() -> None:
    news = document_of("成都市经信局局长王建国表示，展会面积比上一届更大。")
    said = answers(news, "王建国")
    assert said == {("text", "展会面积比上一届更大")}


@pytest.mark.parametrize(
    "sentence",
    [
        "近日，该展会在成都开幕。",
        "展会在中国共产党的领导下举行。",
        "一位负责人王建国，说得很清楚。",
        "其总面积达到3万平方米。",
        "据报道，普京在文中说，出口量将近1000万吨。",
    ],
)
def test_what_is_of_nobody_and_nothing_is_not_asked_for(sentence: str) -> None:
    assert not list(news_facts(document_of(sentence)))


def test_a_cause_answers_why() -> None:
    news = document_of("由于球墨铸铁管到货推迟，供水工程推迟了半个月。")
    assert {(made.kind, made.answer_text) for made in reasons(news)} == {
        ("reason", "球墨铸铁管到货推迟")
    }


CLAUSES = "志愿者服务站提供饮水等便利，主办方一共准备了200辆接驳车，方便观众往返展馆和地铁站。"


def test_a_cloze_has_at_most_half_of_its_sentence_in_order() -> None:
    (cloze,) = clozes(document_of(CLAUSES))
    assert cloze.question == "主办方一共准备多少辆接驳车？"
    assert cloze.answer_text == "200辆"
    assert share_in_order(cloze.question, cloze.cited_text) <= HALF


def test_a_sentence_that_is_one_clause_gives_no_cloze() -> None:
    assert not list(clozes(document_of("主办方一共准备了200辆接驳车。")))


@pytest.mark.parametrize(
    ("question", "sentence", "share"),
    [
        ("成都的展会", "成都的展会开幕", 0.75),
        ("展会在成都", "成都展会", 0.5),
        ("成都", "，。", 0.0),
    ],
)
def test_the_share_of_words_in_order(question: str, sentence: str, share: float) -> None:
    assert share_in_order(question, sentence) == share


def test_clozes_are_at_most_a_third() -> None:
    news = document_of(CLAUSES)
    fact = Made(news, "主办方是谁？", Span(0, 3), Span(0, 10), "text", "news_facts")
    own = list(clozes(news)) * 9
    assert len(at_most_a_third([*own, *[fact] * 4])) == 6
    assert made_from(news) and made_from_all([news]) == []


def swapped(question: str, document: Document) -> list[str]:
    made = Made(document, question, Span(0, 1), Span(0, 1), "text", "clozes")
    return [one.question for one in swaps(made)]


def test_swaps_name_another_year_number_or_person() -> None:
    news = document_of("2020年，张小斐在海边种了12棵树。")
    (year,) = swapped("2020年的植树节是什么时候？", news)
    assert year.endswith("年的植树节是什么时候？") and "2020" not in year
    (number,) = swapped("那12只狗归谁养？", news)
    assert number.startswith("那") and "12" not in number and number.endswith("只狗归谁养？")
    (name,) = swapped("张小斐说了什么？", news)
    assert name.endswith("说了什么？") and "张小斐" not in name


@pytest.mark.parametrize(
    "question", ["60岁以上的老人有什么优惠？", "条例哪一天开始施行？", "第三批什么时候停水？"]
)
def test_ranges_and_ordinals_are_not_swapped(question: str) -> None:
    assert swapped(question, document_of("第三批停水，60岁以上的老人免费。")) == []
