"""What cleaning keeps and what it drops, by hand-made pages of few lines."""

from __future__ import annotations

import pytest
from support.articles import SENTENCE, kept

from corpus.intake.article import clean
from corpus.intake.page import Line, Page


def test_a_stop_without_other_signs_of_a_portal_ends_nothing() -> None:
    for stop in ("相关阅读", "关于我们", "推荐", "版权声明", "主办单位：某市文旅局"):
        lines = ["一次展览", SENTENCE, stop, "展厅有三层，最好的在顶层"]
        assert kept(lines) == lines


def test_an_article_goes_on_below_a_stop_with_sentences_in_a_row() -> None:
    head = ["首页 > 新闻 > 正文", "街角的变化", "来源：江城日报 2021-03-04 08:00"]
    body = [f"其{number}，{SENTENCE}" for number in "一二三四"]
    foot = ["打印本页", "版权所有 江城日报社"]
    page = [*head, body[0], "相关阅读", "口袋公园开放了", *body[1:], *foot]
    assert kept(page) == [*head[1:], *body]


def test_a_notice_of_the_site_goes_where_no_text_follows() -> None:
    head = ["首页 > 新闻 > 正文", "街角的变化", "来源：江城日报 2021-03-04 08:00"]
    notice = "本网站所有内容未经授权，不得转载、复制或者镜像使用。"
    assert kept([*head, SENTENCE, notice]) == [*head[1:], SENTENCE]


def test_captions_and_telephone_numbers_are_no_list_of_links() -> None:
    head = ["来源：江城日报 2021-03-04 08:00", "汛期值守安排"]
    body = [SENTENCE, SENTENCE.replace("城市", "江河")]
    numbers = [f"{name}财险北分公司理赔 1379374{i}212" for i, name in enumerate("人太平国中英")]
    captions = [f"雨后的山间云雾缭绕第{name}幅。张宁波 摄" for name in "一二三四五六"]
    lines = [*head, *body, *numbers, *captions, "编辑 刘佳妮"]
    assert kept(lines) == lines


def test_a_page_that_is_no_web_page_keeps_every_line() -> None:
    texts = ["首页 > 通知", "分享", "相关阅读", SENTENCE, "打印本页", "关闭窗口", "版权所有 某局"]
    page = Page(tuple(map(Line, texts)), is_web_page=False)
    assert clean(page).text.split("\n") == texts


@pytest.mark.parametrize("announced", [["附件1", "先进单位名单"], ["先进单位名单"], []])
def test_an_article_with_a_source_keeps_the_list_at_its_end(announced: list[str]) -> None:
    names = [f"江城市{name}区人民政府办公室综合科" for name in "东西南北中"]
    lines = [
        "一次表彰",
        "发布时间：2020-01-02 来源：市人大常委会",
        SENTENCE,
        SENTENCE,
        *announced,
        *names,
    ]
    assert kept(lines) == lines
