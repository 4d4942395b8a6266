"""No line of a law is taken for that of a site."""

from __future__ import annotations

import re

import pytest
from support.articles import kept, law

from corpus.intake.article import clean
from corpus.intake.markdown import read_markdown
from corpus.intake.page import Line, Page


@pytest.mark.parametrize(
    "paragraph",
    [
        "未经检验或者检验不合格的电梯，不得使用。",
        "未经权利人授权，任何人不得转载或者使用电梯标志。",
        "版权声明由标志的所有人作出。",
        "声明：使用单位应当书面作出。",
        "关于我们：本条所称我们，是指使用单位。",
        "举报电话：12345",
        "主办单位：某市市场监督管理局",
        "目录",
        "打印本页。",
        "（一）相关阅读",
        "一、版权声明",
    ],
)
def test_no_line_of_a_law_is_lost(paragraph: str) -> None:
    lines = law(paragraph)
    assert kept(lines) == lines
    markdown = "\n\n".join(["# " + lines[0], *lines[1:]])
    assert clean(read_markdown(markdown)).text.split("\n") == lines


def test_a_law_on_a_portal_s_page_is_kept_whole_and_the_portal_is_not() -> None:
    lines = law("相关文件", "未经检验的电梯，不得使用。")
    head = ["首页 > 政务公开 > 法规", lines[0], "发布时间：2020-11-02 来源：市人大常委会"]
    foot = ["打印本页", "关闭窗口", "相关阅读", "某市绿化条例", "版权所有 某市人大", "某ICP备1号"]
    assert kept([*head, *lines[1:], *foot]) == [*head[1:], *lines[1:]]


def test_a_law_outside_the_extractor_s_article_is_kept() -> None:
    texts = law()
    lines = [Line(text, outside=not re.match("第[一二]条", text)) for text in texts]
    text = clean(Page(tuple(lines), title=texts[0])).text
    assert text.split("\n") == texts
