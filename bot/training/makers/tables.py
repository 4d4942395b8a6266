"""What stands in a cell of a table, by its row and its column."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from bot.question.suggest_units import (
    ROWS_AT_MOST,
    column_names,
    columns_of,
    columns_of_time,
    row_labels,
    tables_in,
)
from bot.training.makers.made import AnswerKind, Made
from bot.training.makers.wording import worded
from corpus import Document, Unit
from corpus.document import Span
from corpus.language.text import fold

MAKER = "tables"

CELLS_OF_ROW = 4
"""Cells of a row that are asked for, those of the next row in other columns."""

# 1,513.5万元, 免费; 每月150元一个车位
_NUMBER = re.compile(r"^[-+－＋约]?\d[^:：—~～月]*$|^每.{1,8}\d|^免费$|\d元")
# 教师, 负责人, 联系人
_PERSON = re.compile(
    r"^(?:教师|老师|主讲|联系|负责|值班|带班|主持|讲解|包片)?(?:人员?|教师|老师|员|组长|主任|干部|医生)$|责任人|联系人|负责人"
)
# 地点, 地址, 上课教室
_PLACE = re.compile(r"(?:地点|地址|位置|教室|场所|所在地)$")
# 收费单位, 主管部门
_BODY = re.compile(r"(?:单位|部门|机构)$")
# 开放时间, 截止日期
_WHEN = re.compile(r"(?:时间|日期|时段|时刻|钟点)$")
# 9:00
_CLOCK = re.compile(r"\d{1,2}[:：]\d{2}")
# 2014, 2014年
_PERIODIC = re.compile(r"^(?:19|20)\d\d年?$")

_FRAMES: dict[AnswerKind, tuple[str, ...]] = {
    "number": (
        "{row}的{column}是多少？",
        "{row}{column}多少？",
        "{column}方面，{row}是多少？",
        "{row}，{column}有多少？",
    ),
    "date": (
        "{row}的{column}是什么时候？",
        "{row}的{column}是几点到几点？",
        "{row}{column}怎么安排？",
    ),
    "person": ("{row}的{column}是谁？", "{row}，{column}是哪一位？", "谁是{row}的{column}？"),
    "place": ("{row}的{column}在哪里？", "{row}在什么地方，{column}是哪儿？"),
    "organisation": (
        "{row}的{column}是哪家？",
        "{row}的{column}是谁？",
        "{row}，{column}是哪个？",
    ),
    "text": ("{row}的{column}是什么？", "{row}{column}怎么规定的？", "{row}的{column}有什么说法？"),
}


def tables(document: Document) -> Iterator[Made]:
    """Cells of every table, each asked for by the name of its row and that of its column."""
    for rows in tables_in(document):
        names = column_names(rows[0])
        of_time = columns_of_time(rows)
        labels = _labels(rows)
        step = max(1, len(rows) // ROWS_AT_MOST)
        for number in range(0, len(rows), step):
            if labels[number]:
                columns = _turn(columns_of(rows[number], labels[number], names), number)
                yield from _cells(rows[number], labels[number], names, columns, of_time)


def _labels(rows: Sequence[Unit]) -> list[str]:
    """What the rows are called; one of a year by it, 2014年."""
    labels = row_labels(rows)
    firsts = [row.document.text[slice(*row.cells[0])] for row in rows]
    for number, first in enumerate(firsts):
        if not labels[number] and _PERIODIC.match(first) and firsts.count(first) == 1:
            labels[number] = f"{first.removesuffix('年')}年"
    return labels


def _turn(columns: list[int], number: int) -> list[int]:
    """CELLS_OF_ROW of the columns, beginning at another one in each row."""
    first = number % max(1, len(columns))
    return (columns[first:] + columns[:first])[:CELLS_OF_ROW]


def _cells(
    row: Unit, label: str, names: Sequence[str], columns: Sequence[int], of_time: frozenset[int]
) -> Iterator[Made]:
    """The questions for some cells of a row."""
    for column in columns:
        answer = row.cells[column]
        name = names[column]
        value = row.document.text[slice(*answer)]
        kind = _kind(name, value, column in of_time)
        if value in ("未检出", "—", "-", "/", "无", "有"):
            continue
        frames = _FRAMES[kind]
        # 9:00至10:30, and not 周一
        if kind == "date" and len(_CLOCK.findall(value)) < 2:
            frames = tuple(frame for frame in frames if "几点" not in frame)
        # 比上年新增: what is compared
        joined = (
            tuple(frame.replace("}的{", "}{") for frame in frames) if name[0] == "比" else frames
        )
        seed = f"{label}{name}"
        for question in worded(row.document, joined, seed, {"row": label, "column": name}):
            yield Made(row.document, question, answer, Span(row.start, row.end), kind, MAKER)


def _kind(name: str, value: str, is_of_time: bool) -> AnswerKind:
    """What a cell holds, by the name of its column first."""
    if _PERSON.search(name):
        return "person"
    if _PLACE.search(name):
        return "place"
    if _WHEN.search(name) or (is_of_time and re.search(r"\d[:：]\d", value)):
        return "date"
    if _BODY.search(name):
        return "organisation"
    return "number" if _NUMBER.search(fold(value)) else "text"
