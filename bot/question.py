"""What a question asks for: its kind, the words that carry it, and what must be matched for an answer to be an answer."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from corpus.text import Segmenter, fold, is_english

Kind = Literal["number", "date", "person", "place", "list", "why", "how", "what", "yes", "bare"]

_CHINESE: tuple[tuple[Kind, str], ...] = (
    (
        "date",
        r"什么时候|啥时候|何时|什么时间|哪一?[年天月日]|几月几?[日号]?|几[年号]|何年|何月|什么日期|哪个(?:年份|月份?|时间|日子)|多会儿|年份|日期是",
    ),
    ("why", r"为什么|为何|为啥|缘何|何以|什么原因|原因(?=是|何在|有)|怎么会|凭什么|何故"),
    ("person", r"谁|哪[一两几]?[位人]|什么人|何人|哪些人|叫什么名字|哪些?(?:作者|专家|学者|领导人?|编辑)"),
    (
        "list",
        r"哪些|哪几[个项种类方面大]*|哪[两二三四五六七八九十]+[个项种类方面大]*|分别(?:是|指|为|有|叫)?(?:什么|哪些|啥)?|"
        r"(?:包括|包含|含有|涉及|有|涵盖)(?:什么|哪)|几(?:大|个?方面)(?:是|包括)|都有(?:什么|谁|哪些)|列举|列出",
    ),
    ("place", r"哪里|哪儿|何地|何处|什么地方|哪一?[个座]?(?:城市|地方|省份?|市|区|县|街道|地区|国家|地)|位于哪"),
    (
        "number",
        r"多少|几(?=[个项次条份种类名家成倍万亿千百座位级层步年天届轮])|多大|多高|多长|多重|多快|多远|多久|百分之(?:多少|几)|占比|"
        r"几何|比例(?=是|为)|数量(?=是|为)|几",
    ),
    (
        "how",
        r"如何|怎么样?|怎样|咋样?|靠什么|用什么(?:办法|方法|方式|手段)|通过(?:什么|哪)|采取什么|什么(?:办法|方法|途径|措施|举措|做法)",
    ),
    ("what", r"_{2,}|[(（]\s*[)）]|哪[个种项类条份部家所支]|哪一[个种项类条份部家所]?|什么|啥|何种|何为|何谓|哪"),
    ("yes", r"吗|是否|是不是|有没有|能不能|会不会|可不可以|对不对"),
)
_ENGLISH: tuple[tuple[Kind, str], ...] = (
    (
        "number",
        r"how (?:many|much|large|big|high|long|often)|what (?:percentage|proportion|share|number|percent|rate)|how far",
    ),
    ("date", r"when|(?:what|which|in what|in which) (?:year|date|month|day|time)"),
    ("why", r"why|what (?:is|are|was|were) the reasons?|for what reason"),
    ("person", r"who|whose|whom|which (?:author|person|leader|expert|scholar)s?|authors? of"),
    ("place", r"where|(?:what|which) (?:city|cities|province|district|country|place|town|street)"),
    ("how", r"how"),
    ("list", r"what are|which|list|name (?:the|all)|what (?:two|three|four|five|six|kinds?|types?)"),
    ("what", r"what|define|meaning of|explain|describe|tell me about"),
    ("yes", r"^(?:is|are|was|were|does|do|did|has|have|can)\b"),
)
_FILLER = re.compile(
    r"请问|请(?:告诉|介绍|说明|解释|列举|列出|简述|概括)(?:我|一下)?|麻烦|想(?:知道|了解|问)(?:一下)?|我(?:想|要|们)?|告诉|一下|"
    r"(?:这篇?|那篇|该|此)?(?:文章|本文|文中|原文|文里|文内|报道)(?:里面?|中|内|上)?(?:是)?(?:怎么|如何)?(?:提到|说到?|指出|认为|讲到?|写道?|提及|介绍)?(?:的|过|了)?|"
    r"作者(?:认为|指出|提出|说|强调|觉得|提到)|(?:所说|所谓|提到|提出|说)的|根据|按照|到底|究竟|具体|大概|大约|是不是|请|呢|吧|啊|呀|嘛|哦|\?|？"
)
_STOP = frozenset(
    [
        "的",
        "了",
        "是",
        "在",
        "和",
        "与",
        "或",
        "及",
        "为",
        "以",
        "对",
        "从",
        "到",
        "由",
        "被",
        "把",
        "让",
        "使",
        "将",
        "有",
        "也",
        "都",
        "就",
        "还",
        "又",
        "很",
        "最",
        "更",
        "不",
        "没",
        "没有",
        "这",
        "那",
        "这个",
        "那个",
        "这些",
        "那些",
        "其",
        "它",
        "他",
        "她",
        "们",
        "你",
        "我",
        "什么",
        "哪些",
        "哪个",
        "多少",
        "如何",
        "怎么",
        "怎样",
        "怎么样",
        "为什么",
        "为何",
        "谁",
        "哪里",
        "何时",
        "几",
        "几个",
        "吗",
        "呢",
        "吧",
        "啊",
        "请",
        "问",
        "请问",
        "一下",
        "个",
        "种",
        "项",
        "次",
        "条",
        "分别",
        "指",
        "是指",
        "叫",
        "叫做",
        "称为",
        "称",
        "之",
        "所",
        "地",
        "得",
        "着",
        "过",
        "中",
        "里",
        "上",
        "下",
        "内",
        "关于",
        "进行",
        "通过",
        "主要",
        "一个",
        "一种",
        "可以",
        "能",
        "能够",
        "会",
        "要",
        "应",
        "应该",
        "需要",
        "意思",
        "含义",
        "内容",
        "情况",
        "方面",
        "啥",
        "哪",
        "哪位",
        "哪几",
        "是否",
        "有没有",
        "等",
        "等等",
        "来",
        "去",
        "用",
        "做",
        "说",
        "讲",
        "讲讲",
        "说说",
        "谈谈",
        "聊聊",
        "介绍",
        "解释",
        "名字",
        "名称",
        "时候",
        "时间",
        "共",
        "一共",
        "总共",
        "达到",
        "属于",
        "什么样",
        "包括",
        "包含",
        "含",
        "其中",
        "一",
        "二",
        "三",
        "两",
        "想",
        "给",
        "拿",
        "算",
        "搞",
        "弄",
        "那会儿",
        "里面",
        "里头",
        "刚",
        "才",
        "还有",
        "都有",
        "自己",
        "有些",
        "这种",
        "某些",
        "事",
        "事情",
        "东西",
        "到底",
        "来着",
        "那么",
        "这么",
        "怎么",
        "是不是",
        "不是",
        "为啥",
        "会",
        "该",
        "应",
        "应当",
        "目前",
        "现在",
        "具体",
        "分别",
        "时",
        "时候",
        "期间",
        "过程",
        "提到",
        "说到",
        "讲到",
        "文末",
        "结尾",
        "开头",
        "最后",
        "文章",
        "一共",
        "全称",
        "各",
        "每",
        "每个",
        "另外",
        "一些",
        "那样",
        "这样",
        "是从",
        "到",
    ]
)
_ASKING = re.compile(
    r"^(?:哪|几|多少|第几|什么|怎|咋|啥)|^这[个些篇种笔份]?$|^那[个些份笔种]?$|^[一二两三四五六七八九十]个?$"
)
_NUMBER = re.compile(r"\d+(?:\.\d+)?%?")
_LATIN = re.compile(r"[a-z][a-z0-9-]*")


@dataclass(frozen=True, slots=True)
class Question:
    """`asked` is the question as put (typos mended), `text` what is searched. `terms` are its content words, folded, each with its rarity (about 2 to 8).

    `alike` gives, for a term the collection does not have, words of the collection that mean the same.
    `before` and `after` stand around the interrogative, folded; `measure` is the measure word that follows it and `focus` the
    noun it asks for (多少〔个〕〔小区〕), either may be empty.
    """

    asked: str
    text: str
    language: Literal["zh", "en"]
    kind: Kind
    before: str
    after: str
    focus: str
    measure: str
    terms: Mapping[str, float]
    alike: Mapping[str, tuple[str, ...]]
    numbers: frozenset[str]


def analyse(text: str, segmenter: Segmenter) -> Question:
    """Reads the question `text`, a standalone one."""
    folded = fold(text)
    english = is_english(text)
    kind, before, after = _interrogative(folded, english)
    focus = "" if english else _focus(after, segmenter)
    said = f"{before} {after}" if kind in ("number", "date", "person", "place", "what", "how", "why") else folded
    words = _LATIN.findall(folded) if english else segmenter.words(_FILLER.sub(" ", said), guess=False)
    terms = {
        w: segmenter.rarity(w) for w in words if w not in _STOP and not _NUMBER.fullmatch(w) and not _ASKING.search(w)
    }
    return Question(
        asked=text,
        text=text,
        language="en" if english else "zh",
        kind=kind,
        before=before,
        after=after,
        focus=focus,
        measure=_measure(kind, after),
        terms=terms,
        alike={},
        numbers=frozenset(_NUMBER.findall(folded)),
    )


def _interrogative(folded: str, english: bool) -> tuple[Kind, str, str]:
    for kind, pattern in _ENGLISH if english else _CHINESE:
        match = re.search(pattern, folded)
        if match:
            return kind, folded[: match.start()], folded[match.end() :]
    return "bare", folded, ""


def _measure(kind: Kind, after: str) -> str:
    return (
        after[:1]
        if kind == "number"
        and after[:1] in tuple("个项次条份种类名家位座级层步年月日点天届轮户件所支场部篇台架艘枚岁倍吨米元块钱")
        else ""
    )


def _focus(after: str, segmenter: Segmenter) -> str:
    """The first content word after the interrogative: 哪些〔短板〕, 多少个〔小区〕."""
    for word in segmenter.words(re.split(r"[,，。?？!！的]", after)[0]):
        if word not in _STOP:
            return word
    return ""
