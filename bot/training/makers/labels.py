"""Lines that name what they tell: 主持人：顾长青, 地点：社区二楼议事厅."""

from __future__ import annotations

import re
from collections.abc import Iterator

from bot.training.makers.made import AnswerKind, Made
from bot.training.makers.wording import worded
from corpus import Document
from corpus.document import Kind, Span

MAKER = "labels"

# 主持人：顾长青, 报名时间：8月25日
_LINE = re.compile(
    r"^\s*(?P<label>[\u4e00-\u9fff]{2,8})[:：]\s*(?P<a>[^。；;:：]{2,60}?)[。；;]?\s*$"
)
# 值班电话5526 7010，24小时有人接听
_WITHIN = re.compile(
    r"(?P<label>(?:咨询|联系|值班|监督|举报|投诉|服务)电话)[:：]?\s*(?P<a>\d[\d\s-]{5,14}\d)"
)
# 主持人, 报名地点, 上课时间, 咨询电话, 责任单位
_OF_KIND: tuple[tuple[re.Pattern[str], AnswerKind, tuple[str, ...]], ...] = (
    (
        re.compile("(?:主持人?|记录人|联系人|负责人|责任人|主讲人?|召集人|作者|教师|签发人)$"),
        "person",
        ("{label}是谁？", "谁是{label}？", "{label}是哪一位？"),
    ),
    (
        re.compile("(?:地点|地址|场所|位置)$"),
        "place",
        ("{label}在哪里？", "{label}是哪儿？", "{label}在什么地方？"),
    ),
    (
        re.compile("(?:时间|日期)$"),
        "date",
        ("{label}是什么时候？", "{label}是哪天？", "{label}怎么安排的？"),
    ),
    (
        re.compile("(?:电话|热线|邮箱|文号|编号)$"),
        "number",
        ("{label}是多少？", "{label}是什么？", "{label}打哪个？"),
    ),
    (
        re.compile("(?:单位|部门|主办方|承办方)$"),
        "organisation",
        ("{label}是哪家？", "{label}是哪个？", "{label}是谁？"),
    ),
)
_KINDS: tuple[Kind, ...] = ("paragraph", "label", "item")


def labels(document: Document) -> Iterator[Made]:
    """Every line with a label that says of what kind its value is; each names the document."""
    for unit in document.units:
        if unit.kind not in _KINDS:
            continue
        line = _LINE.match(unit.text)
        found = [line] if line else list(_WITHIN.finditer(unit.text))
        for one in found:
            yield from _of_label(document, Span(unit.start, unit.end), one)


def _of_label(document: Document, cited: Span, found: re.Match[str]) -> Iterator[Made]:
    """The wordings for one label; none where the label does not say what its value is."""
    label = found["label"]
    if not re.search(r"\w", found["a"]) or found["a"].startswith("指"):
        return
    span = Span(cited.start + found.start("a"), cited.start + found.end("a"))
    for pattern, kind, frames in _OF_KIND:
        if pattern.search(label):
            # 电话打哪个 sounds right of telephones alone.
            fitting = frames if label.endswith("电话") or kind != "number" else frames[:2]
            for question in worded(document, fitting, label, {"label": label}, is_named=True):
                yield Made(document, question, span, cited, kind, MAKER)
            return
