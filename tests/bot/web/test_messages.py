"""Messages of the chat as HTML: what is shown, what is escaped, and what is read back."""

import re
from dataclasses import replace
from html import unescape
from typing import Any

import pytest
from support.documents import document_of, header, row

from bot.answer import ABSENT, Answer, AnswerPart, Citation, extracted_text
from bot.composer.verdict_words import NO
from bot.i18n import LANGUAGES, pick
from bot.web.chat import end_early
from bot.web.messages import (
    answer_message,
    bot_message,
    plain_text,
    question_message,
    safe_message,
    waiting_message,
)
from corpus import Document, Passage, Section
from index import Hit

TEXT = "甲<b>5</b>万。\n乙&丙，丁。戊"
SOURCE = Document(
    "文/d", "题<i>", TEXT, published="2020-12-05", sections=(Section("节", 0, len(TEXT)),)
)
ATTACK = '<img src=x onerror="document.title=1"><script>alert(1)</script> **星** ![](http://evil.test/x) [链](http://evil.test/)'
ID = "0" * 32


def answered(**fields: Any) -> Answer:
    cited = (Citation(SOURCE, 0, 11), Citation(SOURCE, 12, 18))
    hits = (Hit(Passage(SOURCE, 0, 18), 1.0),)
    given = {"text": extracted_text(cited), "hits": hits, "milliseconds": {"total": 12.4}, **fields}
    return Answer("问？", "answered", citations=cited, **given)


def shown(answer: Answer, language: str = "zh") -> str:
    return answer_message(answer, language, ID)


def lines(html: str) -> list[str]:
    """The lines of the text of a message as they are read."""
    text = html.split('<section class="cw-text">')[1].split("</section>")[0]
    found = re.findall(r'<p class="cw-line[^"]*">(.*?)</p>', text)
    return [unescape(re.sub("<[^>]*>", "", line)) for line in found]


def test_the_short_answer_comes_first_then_the_evidence_a_sentence_a_line() -> None:
    whole = shown(answered(short_answer="5", short_answer_sure=True))
    assert 'class="cw-message cw-answered"' in whole and f'id="cw-{ID}"' in whole
    assert whole.index('<p class="cw-lead">5</p>') < whole.index('<section class="cw-text">')
    assert lines(whole) == ["甲<b>5</b>万。1", "乙&丙，丁。2"]
    assert plain_text(whole) == "甲<b>5</b>万。乙&丙，丁。"
    assert "甲&lt;b&gt;<strong>5</strong>&lt;/b&gt;" in whole
    assert "<q>乙&amp;丙，丁。</q>" in whole
    assert (
        '<cite><span class="cw-entitled">题&lt;i&gt; · </span>节 · <span class="cw-date">2020-12-05</span></cite>'
        in whole
    )
    assert whole.count('<li class="cw-same">') == 1
    assert "出处 2" in whole and "原文摘录" in whole and "毫秒" not in whole


def test_a_mark_is_kept_on_one_line_with_the_words_before_it() -> None:
    cited = (Citation(Document("d", "题", "东城街道 | 112 | 126"), 0, 16),)
    whole = shown(Answer("问？", "answered", extracted_text(cited), citations=cited))
    assert '<span class="cw-kept">126<sup><a class="cw-mark"' in whole
    assert '<span class="cw-kept">丁。<sup>' in shown(answered())


def test_a_row_of_a_table_is_told_by_the_names_of_its_columns() -> None:
    table = document_of(
        header("馆", "电话", "闭馆日"), row("东馆", "86001", "周一"), row("西馆", "86002", "")
    )
    cited = tuple(Citation(table, one.start, one.end) for one in table.units if one.kind == "row")
    told = Answer("问？", "answered", extracted_text(cited), citations=cited, short_answer="86001")
    assert "|" in told.text
    whole = shown(replace(told, short_answer_sure=True))
    assert lines(whole) == ["馆：东馆；电话：86001；闭馆日：周一1", "馆：西馆；电话：860022"]
    assert "电话：<strong>86001</strong>" in whole
    assert "<q>东馆 | 86001 | 周一</q>" in whole
    part = AnswerPart("西馆", "西馆 | 86002 |（馆 | 电话 | 闭馆日）[1]")
    listed = Answer("问？", "answered", f"西馆：{part.text}", citations=cited[1:], parts=(part,))
    assert lines(shown(listed)) == ["电话：860021"]


def test_a_source_tells_what_stands_around_the_quote() -> None:
    whole = shown(answered())
    assert "<span>甲&lt;b&gt;5&lt;/b&gt;万。 </span><q>乙&amp;丙，丁。</q><span>戊</span>" in whole


ROWS = document_of(
    "票价",
    header("线路", "票价"),
    *(row(f"从北站开往第{n}医院的快线", f"{n},{n}00元") for n in range(1, 6)),
    title="票价",
)


def test_rows_around_a_row_have_lines_of_their_own() -> None:
    second = [unit for unit in ROWS.units if unit.kind == "row"][1]
    cited = (Citation(ROWS, second.start, second.end),)
    whole = shown(Answer("问？", "answered", extracted_text(cited), citations=cited))
    before, after = "从北站开往第1医院的快线 | 1,100元", "从北站开往第3医院的快线 | 3,300元"
    assert f"<span>{before}<br></span><q>" in whole and f"</q><span><br>{after}</span>" in whole
    assert safe_message(whole) == whole


def test_a_passage_that_may_be_related_has_whole_rows_one_below_the_other() -> None:
    table = Passage(ROWS, ROWS.units[1].start, len(ROWS.text))
    whole = shown(Answer("问？", "absent", "没有。", related=(table,)))
    rows = "<br>".join(f"从北站开往第{n}医院的快线 | {n},{n}00元" for n in (1, 2))
    assert f"<q>线路 | 票价<br>{rows}……</q>" in whole and safe_message(whole) == whole


def test_of_an_answer_the_punctuation_is_full_width_and_the_citation_as_it_was() -> None:
    document = Document("d", "题,名", "一,二(三)。1,000人;")
    cited = (Citation(document, 0, 7), Citation(document, 7, 14))
    answer = Answer("问？", "answered", extracted_text(cited), citations=cited)
    whole = shown(answer)
    assert lines(whole) == ["一，二（三）。1", "1,000人；2"]
    assert "<q>1,000人；</q>" in whole and "题，名</span></cite>" in whole
    assert answer.text.startswith("一,二(三)。[1]") and cited[1].quote == "1,000人;"


def composed(form: Any, *parts: tuple[str, str]) -> Answer:
    text = "\n".join(f"{label}：{said}" if label else said for label, said in parts)
    return answered(text=text, parts=tuple(AnswerPart(*part) for part in parts), form=form)


def test_parts_are_items_with_their_names_and_history_has_them_as_they_were() -> None:
    answer = composed("list", ("上海", "甲。[1]乙。[2]"), ("", "丙。[1]"))
    whole = shown(answer)
    assert whole.count('<ul class="cw-parts cw-as-list">') == 1
    assert '<strong class="cw-of">上海<span class="cw-colon">：</span></strong>' in whole
    assert lines(whole) == ["甲。1", "乙。2", "丙。1"]
    assert plain_text(whole) == "上海：甲。乙。\n丙。" and safe_message(whole) == whole


def test_an_item_with_a_number_of_its_own_gets_none_of_ours() -> None:
    own = ("（一）盲道；[1]", "2. 公交站台；[1]", "第五条 出入口。[1]", "④人行道。[1]")
    whole = shown(composed("list", *(("", item) for item in own)))
    assert '<ul class="cw-parts cw-as-list cw-numbered">' in whole
    assert "cw-numbered" not in shown(composed("list", ("", "2.5万元。[1]"), ("", "一个。[1]")))
    assert "cw-numbered" not in shown(composed("documents", ("办法", "第五条 出入口。[1]")))


def test_a_comparison_is_a_table() -> None:
    whole = shown(composed("comparison", ("上海", "甲。[1]"), ("杭州", "文中没有提到。")))
    assert '<table class="cw-compare cw-sides-2"><tbody><tr><th>上海' in whole
    assert '<td><p class="cw-line">文中没有提到。</p></td>' in whole
    assert plain_text(whole) == "上海：甲。\n杭州：文中没有提到。" and safe_message(whole) == whole


def test_a_lead_line_is_none_of_the_points_below_it() -> None:
    texts = ("禁止下列行为：[1]", "（一）攀爬；[1]", "（二）采摘。[2]")
    parts = tuple(AnswerPart("", text) for text in texts)
    whole = shown(answered(text="\n".join(texts), form="list", parts=parts))
    assert re.findall('<li class="cw-leads"><p class="cw-line">(..)', whole) == ["禁止"]


def test_a_verdict_stands_on_a_line_of_its_own() -> None:
    whole = shown(composed("yes_no", ("", "不是。甲。[1]")))
    assert lines(whole) == ["不是。", "甲。1"] and 'class="cw-line cw-opening"' in whole
    assert plain_text(whole) == "不是。甲。"


def test_a_verdict_of_the_document_itself_is_one_too() -> None:
    whole = shown(composed("yes_no", ("", "可以。[1]每次不少于50元。[2]")))
    assert lines(whole) == ["可以。1", "每次不少于50元。2"] and whole.count("cw-opening") == 1
    assert "cw-opening" not in shown(composed("yes_no", ("", "可以。[1]")))
    assert "cw-opening" not in shown(composed("list", ("", "可以。[1]不少于50元。[2]")))


@pytest.mark.parametrize(
    ("text", "short", "lead"),
    [
        ("日最高使用量超过2685万次。[1]", "2685万次", "超过2685万次"),
        ("费用不得高于0.6元。[1]", "0.6元", "不得高于0.6元"),
        ("应当在三日以内答复。[1]", "三日", "三日以内"),
        ("动员了近50万干部。[1]", "50万", "近50万"),
        ("截至2019年年底。[1]", "2019年", "2019年"),
        ("由市容局负责。[1]", "市容局", "市容局"),
    ],
)
def test_what_bounds_an_amount_stands_with_it(text: str, short: str, lead: str) -> None:
    whole = shown(answered(text=text, short_answer=short, short_answer_sure=True))
    assert f'<p class="cw-lead">{lead}</p>' in whole and plain_text(whole) == text[:-3]


def test_a_telephone_number_is_on_one_line() -> None:
    whole = shown(answered(text="请拨打0571-86001057，或者12345。[1]"))
    assert '拨打<span class="cw-kept">0571-86001057</span>，' in whole
    assert safe_message(whole) == whole


def test_what_is_cited_is_named_before_it_is_opened() -> None:
    named = '<span class="cw-whence">{}</span>'
    assert named.format("题&lt;i&gt;") in shown(answered())
    cited = (Citation(SOURCE, 0, 11),)
    alone = shown(Answer("问？", "answered", "甲。[1]", citations=cited))
    assert named.format("题&lt;i&gt; · 节") in alone and safe_message(alone) == alone


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_verdict_is_known_in_every_language(language: str) -> None:
    verdict = pick(NO, language)
    whole = shown(composed("yes_no", ("", f"{verdict}甲。[1]")), language)
    assert lines(whole) == [verdict, "甲。1"] and 'class="cw-line cw-opening"' in whole


def test_a_whole_conversation_can_be_given_out_and_only_what_failed_asked_again() -> None:
    whole = shown(answered())
    for name in ("copy", "useful", "useless", "to-markdown", "to-docx"):
        assert f'<button type="button" class="cw-action cw-{name}">' in whole
    assert "cw-retry" not in whole and "cw-retry" in bot_message("出错", "zh")


def test_marks_and_sources_lead_to_the_span_in_our_page_of_the_article() -> None:
    whole = shown(answered())
    href = "/read/%E6%96%87%2Fd?start=12&amp;end=18#cited"
    assert f'<a class="cw-mark" href="{href}" title="题&lt;i&gt; · 节 · 2020-12-05">2</a>' in whole
    assert whole.count(f'href="{href}"') == 2


def test_a_message_is_one_block_of_html() -> None:
    message = shown(answered(notices=("第一行\n\n第二行",), suggestions=("甲？", "乙？")))
    assert "\n" not in message
    assert "第一行 第二行" in message and message.count('class="cw-ask"') == 2


def test_a_short_answer_is_bold_where_it_stands_and_large_only_where_it_is_sure() -> None:
    long = "乙&丙，丁。"
    cited = (Citation(Document("d", "题", f"{long * 3}"), 0, 18),)
    answer = Answer(
        "问？",
        "answered",
        extracted_text(cited),
        citations=cited,
        short_answer=(long * 2)[:11],
        short_answer_sure=True,
    )
    whole = shown(answer)
    assert "<strong>乙&amp;丙，丁。乙&amp;丙，丁</strong>" in whole and "cw-lead" in whole
    unsure = shown(replace(answer, short_answer_sure=False))
    assert "<strong" not in unsure and "cw-lead" not in unsure


def test_marks_of_citations_that_do_not_exist_stay_text() -> None:
    answer = Answer("问？", "answered", "甲[3]乙[1]", citations=(Citation(SOURCE, 0, 11),))
    whole = shown(answer)
    assert lines(whole) == ["甲[3]乙1"] and whole.count('"cw-mark"') == 1


def test_an_absent_answer_shows_what_may_be_related() -> None:
    long = Document("e", "长文", "一二三四五六七八九十" * 2 + "，" + "没有标点" * 20)
    related = tuple(Passage(d, 0, len(d.text)) for d in (SOURCE, long, SOURCE, SOURCE))
    whole = shown(Answer("问？", "absent", ABSENT["zh"], related=related))
    assert plain_text(whole) == ABSENT["zh"] and "可能相关" in whole and "原文摘录" not in whole
    assert whole.count("<li>") == 3
    assert "<q>一二三四五六七八九十一二三四五六七八九十……</q>" in whole


def test_a_refusal_by_name_offers_the_question_about_the_nearest_document() -> None:
    told = "资料库里没有《扬州市养犬管理条例》。最接近的是《德州市养犬管理条例》。"
    nearest = "《德州市养犬管理条例》什么时候施行？"
    whole = shown(Answer("问？", "absent", told, suggestions=(nearest,)))
    assert plain_text(whole) == told
    assert f'<button type="button" class="cw-ask">{nearest}</button>' in whole
    assert safe_message(whole) == whole
    assert "可能相关" not in whole


def test_what_was_stopped_has_not_failed_as_well() -> None:
    asked = {"role": "user", "content": "问"}
    stopped = end_early([asked, {"role": "assistant", "content": waiting_message("zh")}], "stopped")
    assert plain_text(stopped[-1]["content"]) == "已停止。"
    assert end_early(stopped, "failed") == stopped


def test_english_questions_get_english_words() -> None:
    whole = shown(answered(), "en")
    assert 'lang="en"' in whole and "Quoted from the articles" in whole and "出处" not in whole
    written = shown(answered(reader="llm"), "en")
    assert "Written by AI" in written
    assert "Searching" in waiting_message("en") and "Try again" in bot_message("Too long.", "en")


@pytest.mark.parametrize(
    "foreign",
    [
        '<form action="http://evil.test/"><input name="password"></form>',
        '<p style="position:fixed">',
        '<a href="http://evil.test/">',
        '<a href="javascript:alert(1)">',
        "<img src=x>",
        '<p class="a" onclick="x()">',
        "<p",
    ],
)
def test_of_a_message_that_was_not_made_here_the_words_are_left(foreign: str) -> None:
    whole = shown(answered())
    assert safe_message(whole) == whole
    forged = safe_message(
        f'<div class="cw-message"><p class="cw-text">答 &lt;b&gt;</p></div>{foreign}'
    )
    assert forged == bot_message("答 <b>", "zh")


@pytest.mark.parametrize("question", ["两\n行", ATTACK, "a & b &amp; c", "引“号”", "<br>"])
def test_a_question_comes_back_as_it_was_asked(question: str) -> None:
    html = question_message(question, "zh")
    assert plain_text(html) == question and "修改问题" in html
    shown = html.removeprefix('<h2 class="cw-asked">').partition("</h2>")[0]
    assert unescape(shown.replace("<br>", "\n")) == question
