"""Questions made from how a document is set out: headings, lists, tables, the questions that it asks."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from itertools import pairwise

from bot.question.metadata import LINES
from bot.question.suggest_made import GeneratedQuestion
from bot.question.suggest_sentences import FULL_WIDTH, numbering
from corpus import Document, Passage, Section
from corpus.document import Span, Unit
from corpus.intake.conversations import asking_in, without_speaker
from corpus.language.text import fold, is_english, is_place

ROWS_AT_MOST = 12
"""Rows of a table that are asked about, spread over it."""

COLUMNS_AT_MOST = 3
"""Columns that a row is asked for."""

LONGEST_LABEL = 14
"""Characters of what a row or a column is called in a question."""

LEAST_SUMMED_UP = 300
"""Characters of a part of a document of which a summary is asked."""

SHORTEST_TOPIC = 4
"""Characters of a heading that says what its part is about."""

# 杭州 of 杭州市
_CITY = re.compile(
    r"(?<![\u4e00-\u9fff])(?:在|近年来)?([\u4e00-\u9fff]{2,3})市(?!场|民|委|政|区|域)"
)
# 推动城市治理现代化, 党建引领,形成多元共治格局
_AIM = re.compile(
    r"(?:.*,)?(?P<do>(?:形成|构建|推动|加强|提升|实现|打造|推进|完善|优化|健全)[^,。:]{3,16})$"
)
# 第二章 犬只登记
_CHAPTER = re.compile(r"^第[一二三四五六七八九十\d]+[编章]")
# 三、夜里的新问题
_BEFORE_HEADING = re.compile(r"^[（(]?[一二三四五六七八九十]{1,3}[)）]?[、.．]\s*")
# 调查是怎么做的, 为什么难
_ASKING = re.compile(r"[?]$|为什么|怎么|怎样|如何|哪[些里个几]|什么|多少")
# 申请人应当提交下列材料:, 下面三类人不用等:
_LEAD = re.compile(
    r"(?P<before>[^。;:?!]*?)(?<![元倍日年月名人个岁%])(?:下列|以下|下面|如下)(?:的)?(?P<n>[两三四五六七八九十]|\d{1,2})?(?P<after>[^。;:,?!]{2,24}):$"
)
# 有下列情形之一的, 违反下列规定 ask what happens then, not for the list; 按照下列规定处罚
_CONDITION = re.compile(r"之一|任[一意何]|按照?$|依照$|根据$|违反$|之一的?$|分别$")
_UNIT = re.compile(r"[(（][^()（）]*[)）]|^其中[:：]\s*")
_NUMBER = re.compile(r"^[-+－＋约]?\d[^:：]*$")
# 2020年, QB-003 and 周六、周日 say nothing of what is asked for
_CODE = re.compile(
    r"^[\x00-\x7f]*$|^\d|^(?:周[一二三四五六日末][至到、和]?)+$|^星期.$|^[上下]午$|节假日$"
)
# 8:30—20:30
_CLOCK = re.compile(r"\d{1,2}[:：]\d{2}")
# 时段: 是什么; 首班: 首班时间是什么时候
_TIME = re.compile(r"时间$|时段$|时刻$")
# 问: 3、 before a question
_BEFORE_QUESTION = re.compile(
    r"^\s*(?:[问Qq]\s*\d*\s*[:：、.]|\d{1,3}\s*[、.．)）]|[（(]?[一二三四五六七八九十]{1,3}[)）]?[、.．])\s*"
)
_NOTHING = "—－-/无"
_ASIDE = ("备注", "说明", "序号", "编号")


def from_heading(document: Document, section: Section) -> Iterator[GeneratedQuestion]:
    """如何推动城市治理现代化？ for the heading 推动城市治理现代化; a heading that asks is asked itself."""
    heading = Passage(document, section.start, section.start + len(section.heading))
    folded = fold(section.heading)
    if match := _AIM.match(folded):
        aim = section.heading[slice(*match.span("do"))]
        yield GeneratedQuestion(f"如何{aim}？", "how", heading)


def from_questions(document: Document) -> Iterator[GeneratedQuestion]:
    """The questions that a document asks itself, each with the text up to the next as its answer."""
    units = document.units
    asking = asking_in(document)
    # A title that asks is asked of the whole article.
    asked = [number for number, unit in enumerate(units) if _asks(unit)]
    asked = [number for number in asked if units[number].text.strip() != document.title]
    for number, following in pairwise([*asked, len(units)]):
        end = _end_of_answer(units, number, following)
        if end <= number + 1:
            continue
        said = without_speaker(units[number].text, asking)
        text = _BEFORE_QUESTION.sub("", said).strip()
        answer = Passage(document, units[number + 1].start, units[end - 1].end)
        mark = "?" if is_english(text) else "？"
        yield GeneratedQuestion(text.rstrip("?？") + mark, "question", answer)


def _asks(unit: Unit) -> bool:
    text = fold(unit.text.strip())
    if unit.kind in ("row", "header", "code", "label", "item"):
        return False
    if unit.kind in ("heading", "question"):
        return bool(_ASKING.search(text)) and "," not in text.rstrip("?")
    return text.endswith("?") and "。" not in text


def _end_of_answer(units: Sequence[Unit], number: int, following: int) -> int:
    """The number of the unit before which the answer to the question `number` ends."""
    for at in range(number + 1, following):
        if units[at].kind in ("heading", "question"):
            return at
    return following


def from_lists(document: Document) -> Iterator[GeneratedQuestion]:
    """申请人应当提交哪些材料？ for a list that 申请人应当提交下列材料： leads to."""
    for lead, led in led_lists(document):
        text = document.text[slice(*lead)].rstrip()
        question = announced(text)
        if question and len(led) > 1:
            yield GeneratedQuestion(question, "series", Passage(document, lead[0], led[-1].end))


def led_lists(document: Document) -> Iterator[tuple[Span, list[Unit]]]:
    """Each line that units hang on, with these units in order."""
    items: dict[Span, list[Unit]] = {}
    for unit in document.units:
        if unit.kind not in ("heading", "header", "row") and unit.leads:
            items.setdefault(unit.leads[0], []).append(unit)
    yield from items.items()


def announced(text: str) -> str | None:
    """What a lead line announces, as a question; None where it announces nothing to ask for."""
    said = re.split(r"[。；;]", text[len(numbering(text)) :])[-1]
    match = _LEAD.fullmatch(fold(said))
    if match is None or _CONDITION.search(match["after"]) or _CONDITION.search(match["before"]):
        return None
    before, after = said[: match.end("before")], said[slice(*match.span("after"))]
    which = f"哪{match['n']}" if match["n"] else "哪些"
    return f"{before}{which}{after}？".translate(FULL_WIDTH)


def from_tables(document: Document) -> Iterator[GeneratedQuestion]:
    """What stands in a cell, by its row and column; and what differs between two rows."""
    for rows in tables_in(document):
        names = column_names(rows[0])
        of_time = columns_of_time(rows)
        labels = row_labels(rows)
        step = max(1, len(rows) // ROWS_AT_MOST)
        chosen = range(0, len(rows), step)
        for number in chosen:
            if labels[number]:
                yield from _of_row(rows[number], labels[number], names, number, of_time)
        told = [number for number in chosen if labels[number]]
        for one, other in pairwise(told):
            yield from _of_two_rows(rows, labels, names, one, other)


def tables_in(document: Document) -> Iterator[list[Unit]]:
    """The rows of each table that has column names and two rows at least."""
    rows: list[Unit] = []
    for unit in document.units:
        is_row = unit.kind == "row"
        if rows and not (is_row and _headers(unit) == _headers(rows[0])):
            if len(rows) > 1:
                yield rows
            rows = []
        if is_row and _headers(unit):
            rows.append(unit)
    if len(rows) > 1:
        yield rows


def _headers(row: Unit) -> list[Unit]:
    """The rows of column names of a row, the nearest first."""
    above = [unit for lead in row.leads for unit in row.document.units_in(*lead)]
    return [unit for unit in above if unit.kind == "header"]


def column_names(row: Unit) -> list[str]:
    """What the columns are called, without units of measure; empty where two are called alike."""
    names: list[str] = []
    # The nearest is the last; what stands above it is said first: 周六|首班
    for header in reversed(_headers(row)):
        cells = [_named(row.document.text[slice(*cell)]) for cell in header.cells]
        above = names or [""] * len(cells)
        names = [_joined(upper, cell) for upper, cell in zip(above, cells, strict=False)]
    count = Counter(names)
    plain = [name not in _ASIDE and not _CODE.match(name) for name in names]
    return [
        name if is_plain and count[name] == 1 else ""
        for name, is_plain in zip(names, plain, strict=True)
    ]


def _joined(upper: str, cell: str) -> str:
    """周六首班, for 首班 below 周六; 发车间隔（高峰）, where the upper name is no time of its own."""
    if not upper or not cell or cell == upper:
        return cell or upper
    return upper + cell if _CODE.search(upper) else f"{upper}（{cell}）"


def row_labels(rows: Sequence[Unit]) -> list[str]:
    """What each row is called: its first cell, or with it the second; empty where others are too."""
    firsts = [_cell(row, 0) for row in rows]
    count = Counter(firsts)
    seconds = [f"{first}{_cell(row, 1)}" for first, row in zip(firsts, rows, strict=True)]
    of_both = Counter(seconds)
    labels = []
    for first, both in zip(firsts, seconds, strict=True):
        label = first if count[first] == 1 else both if of_both[both] == 1 else ""
        is_told = 1 < len(label) <= LONGEST_LABEL and not label.isascii()
        labels.append(label if is_told else "")
    return labels


def columns_of_time(rows: Sequence[Unit]) -> frozenset[int]:
    """The columns in which a time of day stands somewhere."""
    return frozenset(
        number
        for row in rows
        for number, cell in enumerate(row.cells)
        if _CLOCK.search(row.document.text[slice(*cell)])
    )


def _of_row(
    row: Unit, label: str, names: Sequence[str], turn: int, of_time: frozenset[int] = frozenset()
) -> Iterator[GeneratedQuestion]:
    """What stands in some cells of a row: of the next row in others, so that all columns have a turn."""
    columns = columns_of(row, label, names)
    first = turn % max(1, len(columns))
    for column in (columns[first:] + columns[:first])[:COLUMNS_AT_MOST]:
        start, end = row.cells[column]
        value = row.document.text[start:end]
        asks = "是多少" if _NUMBER.match(fold(value)) else "是什么"
        if column in of_time and not _TIME.search(names[column]):
            asks = "时间是什么时候"
        of = "" if names[column].startswith("比") else "的"
        question = f"{label}{of}{names[column]}{asks}？"
        if is_english(row.document.text):
            question = f"What is the {names[column]} of {label}?"
        yield GeneratedQuestion(question, "cell", Passage(row.document, start, end))


def columns_of(row: Unit, label: str, names: Sequence[str]) -> list[int]:
    """The columns that a row has something in which does not name it."""
    columns = []
    for number, name in enumerate(names[: len(row.cells)]):
        value = _named(row.document.text[slice(*row.cells[number])])
        is_short = 0 < len(name) <= LONGEST_LABEL
        if number and is_short and value and value not in label and value not in _NOTHING:
            columns.append(number)
    return columns


def _of_two_rows(
    rows: Sequence[Unit], labels: Sequence[str], names: Sequence[str], one: int, other: int
) -> Iterator[GeneratedQuestion]:
    """What differs between two rows in a column in which they have other values."""
    if is_english(rows[one].document.text):
        return
    for column in columns_of(rows[one], labels[one], names):
        if _cell(rows[one], column) != _cell(rows[other], column) and _cell(rows[other], column):
            question = f"{labels[one]}和{labels[other]}的{names[column]}有什么不同？"
            span = Passage(rows[one].document, rows[one].start, rows[other].end)
            yield GeneratedQuestion(question, "comparison", span)
            return


def _cell(row: Unit, number: int) -> str:
    cells = row.cells
    return _named(row.document.text[slice(*cells[number])]) if number < len(cells) else ""


def _named(text: str) -> str:
    """What a cell calls something, without what stands in brackets."""
    return _UNIT.sub("", text).strip()


def from_whole(document: Document, name: str) -> Iterator[GeneratedQuestion]:
    """What a document says, and each of its chapters; `name` is what the document is called."""
    whole = Passage(document, 0, len(document.text))
    if is_english(document.text):
        yield GeneratedQuestion(f"What is {name} about?", "summary", whole)
        return
    yield GeneratedQuestion(f"{name}主要讲了什么？", "summary", whole)
    for section in document.sections:
        topic = _CHAPTER.sub("", section.heading).strip()
        topic_alone = _BEFORE_HEADING.sub("", topic)
        is_short = section.end - section.start < LEAST_SUMMED_UP or len(topic) < SHORTEST_TOPIC
        if section.heading in LINES or is_short:
            continue
        what = "章" if topic != section.heading.strip() else "部分"
        span = Passage(document, section.start, section.end)
        asked = f"{name}“{topic_alone.translate(FULL_WIDTH)}”这一{what}讲了什么？"
        yield GeneratedQuestion(asked, "chapter", span)


def from_places(document: Document) -> Iterator[GeneratedQuestion]:
    """What differs between the two cities that a document names most often."""
    count = Counter(_CITY.findall(document.text))
    cities = [city for city, times in count.most_common() if times > 1 and is_place(city)]
    if len(cities) > 1:
        question = f"{cities[0]}和{cities[1]}的做法有什么不同？"
        yield GeneratedQuestion(question, "comparison", Passage(document, 0, len(document.text)))
