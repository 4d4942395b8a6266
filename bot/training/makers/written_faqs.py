"""Questions with answers that are written here, of invented places, as offices put them on the web.

The same count and seed give the same documents.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from corpus import Document
from corpus.document import Span, UnitSpan

PAIRS = 9
"""Questions of a document."""

_PLACES = (
    "柳荫社区",
    "石榴园街道",
    "南栅镇",
    "清水桥社区",
    "望湖区",
    "白杨街道",
    "龙井坊社区",
    "东篱镇",
    "云台区",
    "梧桐里社区",
)
_MATTERS = (
    "便民服务",
    "老年食堂",
    "居住证办理",
    "停车管理",
    "公租房申请",
    "图书馆服务",
    "健身中心",
    "垃圾分类",
    "养犬登记",
    "家政补贴",
)


class _Pair(NamedTuple):
    """A question and its answer, with {slots} that are drawn."""

    question: str
    answer: str


_PAIRS = (
    _Pair("办理需要带哪些材料？", "请带{paper}、{paper2}和一张近期照片。复印件当场可以印。"),
    _Pair("多少天能办好？", "材料齐全的，自受理之日起{days}个工作日内办好，并发短信告知。"),
    _Pair("办一次多少钱？", "每次收{fee}元，{free}免收。发票当场开具。"),
    _Pair("窗口什么时候开门？", "周一至周{day}上午{open}到下午{close}有人值班，法定节假日休息。"),
    _Pair("在哪里办理？", "在{street}{number}号一楼大厅的{window}号窗口，门口有无障碍坡道。"),
    _Pair("可以请别人代办吗？", "可以。代办人要带双方的身份证和一份签了字的委托书。"),
    _Pair("咨询电话是多少？", "请拨打55{area} {phone}，忙线时按{key}可以留言。"),
    _Pair("谁负责审核？", "由{office}审核，结果在公告栏公示{shown}天。"),
    _Pair("没有通过怎么办？", "可以在{appeal}日内向{office2}提出复核，复核不收费。"),
    _Pair("为什么要提前预约？", "因为大厅只有{seats}个座位，预约可以避免长时间排队。"),
    _Pair("最多可以预约几天以内的号？", "可以约{ahead}天以内的号，每人每天限约一次。"),
    _Pair("哪些人可以优先办理？", "{free}、孕妇和带婴儿的家长可以优先，请向导办员说明。"),
    _Pair("证件丢了怎么补办？", "先在服务号上挂失，再带身份证到窗口补办，补办费{fee2}元。"),
    _Pair("有效期是多久？", "自发证之日起{years}年，到期前{before}天内可以续办。"),
    _Pair("能不能在网上办？", "能。在服务号里选“{matter}”，上传材料后{hours}小时内有人回复。"),
)
_OPTIONS: dict[str, Sequence[str]] = {
    "paper": ("身份证", "户口簿", "居住证", "社保卡"),
    "paper2": ("房产证", "租房合同", "申请表", "单位证明"),
    "free": ("七十岁以上的老人", "残疾人", "低保户", "现役军人", "在校学生"),
    "day": ("五", "六", "日"),
    "open": ("8:30", "9:00", "9:30"),
    "close": ("5:00", "5:30", "8:00"),
    "street": ("书院路", "槐安街", "码头路", "新桥街", "文化路"),
    "office": ("居委会", "街道办事处", "区民政局", "物业服务中心", "社区事务受理中心"),
    "office2": ("区政务服务局", "街道监察室", "市民投诉中心"),
}
_RANGES = {
    "days": (2, 21),
    "fee": (5, 60),
    "fee2": (5, 40),
    "number": (1, 300),
    "window": (1, 12),
    "area": (10, 99),
    "phone": (1000, 9999),
    "key": (1, 9),
    "shown": (3, 16),
    "appeal": (5, 61),
    "seats": (12, 90),
    "ahead": (3, 15),
    "years": (1, 11),
    "before": (10, 91),
    "hours": (2, 49),
}


def written_faqs(count: int, seed: int = 0) -> list[Document]:
    """`count` documents with a title and PAIRS questions, each with its answer behind it."""
    rng = np.random.default_rng([seed, count])
    return [_faq(number, rng) for number in range(count)]


def _faq(number: int, rng: np.random.Generator) -> Document:
    matter = _one(_MATTERS, rng)
    title = f"{_one(_PLACES, rng)}{matter}常见问题"
    lines = [title]
    for at in rng.permutation(len(_PAIRS))[:PAIRS].tolist():
        pair = _PAIRS[at]
        lines += [pair.question, pair.answer.format_map({**_drawn(rng), "matter": matter})]
    return _document(f"written-faq-{number:05d}", lines)


def _drawn(rng: np.random.Generator) -> dict[str, str]:
    """What stands in the slots of an answer."""
    drawn = {slot: _one(options, rng) for slot, options in _OPTIONS.items()}
    for slot, (low, high) in _RANGES.items():
        drawn[slot] = str(int(rng.integers(low, high)))
    return drawn


def _document(doc_id: str, lines: Sequence[str]) -> Document:
    """A title, and questions and answers in turn, linked as those of a file that was read are."""
    spans: list[Span] = []
    start = 0
    for line in lines:
        spans.append(Span(start, start + len(line)))
        start += len(line) + 1
    units = [UnitSpan(*spans[0], "heading")]
    for question, answer in zip(spans[1::2], spans[2::2], strict=True):
        units.append(UnitSpan(*question, "question", (spans[0],)))
        units.append(UnitSpan(*answer, "answer", (question, spans[0])))
    return Document(doc_id, lines[0], "\n".join(lines), unit_spans=tuple(units))


def _one(options: Sequence[str], rng: np.random.Generator) -> str:
    return options[int(rng.integers(len(options)))]
