"""Questions about the article itself (who wrote it, when, where, its parts): which sections of the document answer them."""

from __future__ import annotations

import re
from collections.abc import Iterable

from bot.question import Question
from corpus import Document, Passage
from corpus.text import fold, sentences

LINES = ("标题", "出处", "编者按", "作者", "编辑", "配图")
"""Headings of the lines around an article's body, as corpus/ names them."""

_ASKED: tuple[tuple[str, str], ...] = (
    ("小标题", r"小标题|哪?几个?部分|(?:哪|几)(?:几|个)*(?:章节|段落|板块)|结构|提纲|大纲|subheadings?|sections?|headings|outline"),
    ("作者", r"作者|谁(?:写|撰|执笔)|写的|执笔|撰稿|撰写|署名|笔者|作家|authors?|who wrote|written by|writers?"),
    ("编辑", r"责任?编辑?|编辑(?!部)|editors?"),
    ("配图", r"动图|配图|插图|图片|制图|illustrat\w+|pictures?|gif"),
    ("编者按", r"编者按|专栏|栏目|主办|editor'?s note|column"),
    ("标题", r"(?<!小)标题|题目|篇名|文章名|(?:文章|稿子)叫(?:什么|啥)|title"),
    ("出处", r"发表|发布|刊发|刊登|刊载|登载|登在|登出|来源|出处|出自|转载|发出|上线|(?:文章|稿件?子?|本文|这篇).*(?:日期|时间|何时|什么时候|哪[年天]|几[月号点])|published?|publication|source|website|date of"),
)
_OTHER = re.compile(
    r"文章|本文|文中|原文|全文|该文|此文|文|稿[件子]?|这篇|篇|理论|报道|网页|页面|当天|当日|时间|日期|具体|名字|姓名|名称|叫|属于|哪里|地方|网站|媒体|频道|平台|"
    r"是由?|谁|几[位个点号]|多少|一共|总共|什么|哪[个位家年天些]?|何时|时候|的|了|在|上|里|写|发|分成?|有|列|正文|一下|请问|呢|吗|啊|和|是|第|"
    r"\b(?:the|of|this|article|who|what|when|where|is|was|are|were|its|it|in|on|by|name|text|piece|essay|page|and|did|does|which|has|have|many|how|s)\b|[\s\W]"
)


def asked_sections(question: Question) -> tuple[str, ...]:
    """The headings the question asks about, when it asks of nothing else; 小标题 stands for the headings of the body."""
    rest = fold(question.asked)
    found = [heading for heading, pattern in _ASKED if re.search(pattern, rest)]
    for _, pattern in _ASKED:
        rest = re.sub(pattern, "", rest)
    return tuple(found) if found and not _OTHER.sub("", rest) else ()


def answering_lines(document: Document, headings: Iterable[str], kind: str) -> list[Passage]:
    """The sentences of `document` that stand in those sections, at most four."""
    found = []
    for section in document.sections:
        text = document.text[section.start : section.end]
        if section.heading in headings:
            found += [Passage(document, section.start + a, section.start + b) for a, b in sentences(text)]
        elif "小标题" in headings and section.heading and section.heading not in LINES:
            found.append(Passage(document, section.start, section.start + len(section.heading)))
    return found[:4]
