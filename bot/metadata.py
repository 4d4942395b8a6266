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
    (
        "小标题",
        r"小标题|哪?几个?(?:大?部分|章节|段落|板块)|分(?:为|成)?几|结构|提纲|大纲|目录|subheadings?|sections?|headings?|outline|parts?",
    ),
    (
        "作者",
        r"作者|谁(?:写|撰|执笔|的手笔)|写的|写(?=这|本|该)|合写|合著|合作者|执笔人?|撰稿人?|撰写|署名|笔者|作家|authors?|who wrote|wr(?:ote|itten)(?: by)?|writers?",
    ),
    ("编辑", r"责编|责任编辑|编辑(?!部)|审稿|editors?|edited(?: by)?"),
    ("配图", r"动图|配图|插图|图片|制图|动画|配的图|illustrat\w+|pictures?|images?|animation|gif"),
    ("编者按", r"编者按|专栏|栏目|主办方?|系列(?:名|叫)|editor'?s note|column"),
    ("标题", r"(?<!小)标题|题目|篇名|题名|文章名|title|headline"),
    (
        "出处",
        r"发表|发布|刊发|刊登|刊载|刊出|登载|登出来?|登在|登的|发出来?|发的|发在|来源|出处|出自|转载|上线|媒体|网站|频道|(?:哪[年天月]|几[月号点年]|何时|什么时候|啥时候).{0,3}(?:文章|稿)|"
        r"(?:文章|稿[件子]?|本文|这篇).*(?:日期|时间|何时|什么时候|啥时候|哪[年天]|几[月号点]|新|旧)|日期|published?|publication|source|website|date|appear(?:ed)?|released?",
    ),
)
_OTHER = re.compile(
    r"文章|本文|文中|原文|全文|该文|此文|文|稿[件子]?|这篇|篇|理论|报道|网页|页面|当天|当日|时间|日期|具体|名字|姓名|名称|全名|大名|叫做?|属于|哪里|哪儿|地方|平台|身份|单位|头衔|职务|职称|"
    r"都?有谁|都?有哪些|是由?|谁|几[位个点号家年月]|[一二两]位|第[一二]|多少|一共|总共|什么|啥|哪[个位家年天些几里]*|何时|时候|来着|是不是|有点|请|告诉|我|们|给|一下|列出?|列举|正文|各|"
    r"的|了|在|上|里|写|发|分成?|有|人|和|与|是|第|这|那|个|它|还|都|到|底|多|久|新|旧|呢|吗|啊|呀|吧|么|从|做|出|于|为|被|由|"
    r"\b(?:the|of|this|that|article|who|what|when|where|is|was|are|were|its|it|in|on|by|name|names|text|piece|essay|page|and|did|does|which|has|have|many|how|s|for|to|first|second|come|from|out)\b|[\s\W_]"
)


def asked_sections(question: Question) -> tuple[str, ...]:
    """The headings the question asks about, when it asks of nothing else; 小标题 stands for the headings of the body."""
    rest = fold(question.asked)
    found = [heading for heading, pattern in _ASKED if re.search(pattern, rest)]
    for _, pattern in _ASKED:
        rest = re.sub(pattern, " ", rest)
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
