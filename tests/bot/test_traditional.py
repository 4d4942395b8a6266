"""Answers in traditional characters: our words are converted, and what documents say is not."""

from dataclasses import replace

import pytest

from bot.answer import Answer, AnswerPart, Citation
from bot.service import Service
from bot.settings import Settings
from bot.traditional import answer_in, is_written_so, questions_in, spoken_for
from corpus import Document, Section
from corpus.language.text import MAINLAND_MARKS, fold
from index.snapshot import build

TEXT = "说明\n一、关于“后来”\n市民应当遵守规定。\n违反规定的，处二百元罚款。"
RULES = Document("rules", "《养犬规定》", TEXT, sections=(Section("一、关于“后来”", 3, len(TEXT)),))
CITED = Citation(RULES, TEXT.index("市民"), TEXT.index("市民") + 9)
FINE = Citation(RULES, TEXT.index("违反"), len(TEXT))


@pytest.mark.parametrize(
    ("question", "wished", "spoken"),
    [
        ("城市是什么", "zh", "zh"),
        ("城市是什麼", "zh", "zh-Hant"),
        ("城市是什么", "zh-Hant", "zh-Hant"),
        ("北京人口多少", "zh-Hant", "zh-Hant"),
        ("北京人口多少", "en", "zh"),
        ("乾隆年间这里有多少户", "zh", "zh"),
        ("What does the rule say?", "zh-Hant", "en"),
        ("《養犬規定》 says what about fines?", "zh", "en"),
    ],
)
def test_who_asks_so_is_answered_so(question: str, wished: str, spoken: str) -> None:
    assert spoken_for(question, wished) == spoken  # type: ignore[arg-type]


def test_characters_that_stand_in_both_say_nothing() -> None:
    assert not is_written_so("乾隆皇后")
    assert is_written_so("這個規定後來怎麼樣了")
    assert not is_written_so("") and not is_written_so("2020年")


def test_quotes_titles_and_labels_of_documents_stay() -> None:
    answer = Answer(
        question="規定說什麼",
        outcome="answered",
        text="是。市民应当遵守规定。[1]\n说法不一，《养犬规定》（没有日期）：违反规定的，处二百元罚款。[2]",
        citations=(CITED, FINE),
        short_answer="二百元",
        notices=("《养犬规定》只按词语检索。",),
    )
    shown = answer_in(answer, "zh-Hant")
    assert shown.text == (
        "是。市民应当遵守规定。[1]\n說法不一，《养犬规定》（沒有日期）：违反规定的，处二百元罚款。[2]"
    )
    assert shown.notices == ("《养犬规定》只按詞語檢索。",)
    assert (shown.citations, shown.short_answer) == (answer.citations, "二百元")
    assert answer_in(answer, "zh") is answer
    english = replace(answer, language="en")
    assert answer_in(english, "zh-Hant") is english


def test_the_parts_of_an_answer_are_still_the_lines_of_its_text() -> None:
    parts = (
        AnswerPart("一、关于“后来”", "市民应当遵守规定。[1]"),
        AnswerPart("杭州的罚款", "文中没有提到"),
    )
    text = "\n".join(f"{part.label}：{part.text}" for part in parts)
    answer = Answer("怎麼說", "answered", text, citations=(CITED,), parts=parts)
    shown = answer_in(answer, "zh-Hant")
    assert [part.label for part in shown.parts] == ["一、关于“后来”", "杭州的罰款"]
    assert shown.parts[1].text == "文中沒有提到"
    assert shown.text == "\n".join(f"{part.label}：{part.text}" for part in shown.parts)


def test_what_a_model_wrote_stays_as_it_was_checked() -> None:
    extract = Answer("問", "answered", "是。市民应当遵守规定。[1]", citations=(CITED,))
    written = replace(
        extract,
        text="规定说市民应当遵守。[1]",
        reader="llm",
        extract=replace(extract, text="说法不一。市民应当遵守规定。[1]"),
        notices=("语言模型没有写完。",),
    )
    shown = answer_in(written, "zh-Hant")
    assert shown.text == written.text and shown.notices == ("語言模型沒有寫完。",)
    assert shown.extract is not None
    assert shown.extract.text == "說法不一。市民应当遵守规定。[1]"


def test_questions_are_converted_where_they_mean_the_same() -> None:
    assert questions_in(["“后来”怎么样？", "里长是谁？"], "zh-Hant") == [
        "「後來」怎麼樣？",
        "里長是誰？",
    ]
    assert questions_in(["后来？"], "zh") == ["后来？"]


def test_every_quote_of_real_answers_stays_exact(article: Document) -> None:
    service = Service(build([article, RULES], None), None, Settings())
    asked = [
        "這篇文章講了什麼",
        "成都市公共財政每年投入多少錢",
        "杭州和上海有什麼不同",
        "作者是誰",
        "火星上有水嗎",
    ]
    for question in asked:
        answer = service.ask(question)
        shown = answer_in(answer, spoken_for(question))
        assert fold(shown.text.translate(MAINLAND_MARKS)) == fold(
            answer.text.translate(MAINLAND_MARKS)
        )
        for citation in answer.citations:
            quote = " ".join(citation.quote.splitlines())
            assert (quote in shown.text) == (quote in answer.text)
        if not answer.citations:
            assert is_written_so(shown.text)
