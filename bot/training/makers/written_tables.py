"""Tables that are written here, of invented places: fees, hours, duties, figures by year.

The same count and seed give the same tables.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from corpus import Document
from corpus.document import CELL_BAR, Span, UnitSpan

_PLACES = (
    "槐荫里社区",
    "青石坊社区",
    "柳浪街道",
    "云湾镇",
    "北塬区",
    "澄湖街道",
    "石桥镇",
    "枫林社区",
    "东陂区",
    "芦港街道",
)
_SURNAMES, _GIVEN = (
    "陈李王张刘赵周吴孙何郑冯许曹彭董",
    ("建国", "晓梅", "志强", "雨桐", "海峰", "文静", "立新", "秀英"),
)
_SERVICES = (
    *(
        "停车月卡",
        "装修押金",
        "门禁卡补办",
        "大件垃圾清运",
        "场地租用",
        "饮水机换芯",
        "助浴服务",
        "午餐配送",
    ),
    *("电动车充电", "快递代存", "老年食堂晚餐", "活动室使用", "儿童托管", "空调清洗"),
)
_ROOMS = (
    "图书室",
    "健身房",
    "棋牌室",
    "书画室",
    "舞蹈室",
    "儿童活动室",
    "议事厅",
    "心理咨询室",
    "乒乓球馆",
    "多功能厅",
)
_POSTS = (
    "环境卫生",
    "矛盾调解",
    "消防安全",
    "养老服务",
    "文体活动",
    "计划生育",
    "宣传报道",
    "物业协调",
)
_FIGURES = (
    "常住人口（人）",
    "登记志愿者（人）",
    "绿地面积（公顷）",
    "停车泊位（个）",
    "公共厕所（座）",
    "图书藏量（册）",
)


def written_tables(count: int, seed: int = 0) -> list[Document]:
    """`count` documents with a heading, a caption and a table each."""
    rng = np.random.default_rng(seed)
    makers = (_fees, _hours, _duties, _years)
    return [makers[number % len(makers)](number, rng) for number in range(count)]


def _fees(number: int, rng: np.random.Generator) -> Document:
    """What services cost, with what is taken off, and who is paid."""
    place = _one(_PLACES, rng)
    rows = []
    for service in _some(_SERVICES, 8, rng):
        price = f"每{_one(('次', '月', '小时', '份'), rng)}{int(rng.integers(2, 60)) * 5}元"
        off = _one(("低保户减半", "六十岁以上免费", "残疾人免收", "首次免费", "无"), rng)
        rows.append((service, price, off, f"{_one(('诚和', '安居', '惠民'), rng)}物业公司"))
    header = ("项目", "收费标准", "优惠办法", "收费单位")
    return _document(number, f"{place}便民服务收费表", "单位均为人民币", header, rows)


def _hours(number: int, rng: np.random.Generator) -> Document:
    """When rooms are open, where they are and how many they hold."""
    place = _one(_PLACES, rng)
    rows = []
    for room in _some(_ROOMS, 7, rng):
        opened = (
            f"{int(rng.integers(7, 11))}:{_one(('00', '30'), rng)}—{int(rng.integers(16, 22))}:00"
        )
        where = f"{int(rng.integers(1, 6))}号楼{int(rng.integers(1, 5))}层"
        rows.append((room, opened, where, f"{int(rng.integers(2, 30)) * 5}人"))
    header = ("场所", "开放时间", "地点", "可容纳人数")
    return _document(number, f"{place}文化活动中心开放安排", "节假日另行通知", header, rows)


def _duties(number: int, rng: np.random.Generator) -> Document:
    """Who is responsible for what, and how to reach them."""
    place = _one(_PLACES, rng)
    rows = []
    for post in _some(_POSTS, 6, rng):
        person = _SURNAMES[int(rng.integers(len(_SURNAMES)))] + _one(_GIVEN, rng)
        phone = f"55{int(rng.integers(10, 99))} {int(rng.integers(1000, 9999))}"
        rows.append((post, person, phone, f"周{_one(('一', '二', '三', '四', '五'), rng)}"))
    header = ("事项", "负责人", "联系电话", "接待日")
    return _document(number, f"{place}居民事务负责人一览", "工作时间可来电或来访", header, rows)


def _years(number: int, rng: np.random.Generator) -> Document:
    """Figures of one place by year."""
    place = _one(_PLACES, rng)
    figures = _some(_FIGURES, 4, rng)
    first = int(rng.integers(2012, 2018))
    values = [int(rng.integers(20, 900)) for _ in figures]
    rows = []
    for year in range(first, first + 7):
        values = [value + int(rng.integers(1, 40)) for value in values]
        rows.append((f"{year}年", *(f"{value}" for value in values)))
    title = f"{place}基本情况（{first}—{first + 6}年）"
    return _document(number, title, "数字均为年末数", ("年份", *figures), rows)


def _document(
    number: int, title: str, caption: str, header: Sequence[str], rows: Sequence[Sequence[str]]
) -> Document:
    """A heading, a caption, the column names and the rows, linked as a table that was read is."""
    lines = [title, caption, *(f" {CELL_BAR} ".join(cells) for cells in (header, *rows))]
    spans: list[Span] = []
    start = 0
    for line in lines:
        spans.append(Span(start, start + len(line)))
        start += len(line) + 1
    above = (spans[1],)
    units = [UnitSpan(*spans[0], "heading"), UnitSpan(*spans[1], "paragraph")]
    units.append(UnitSpan(*spans[2], "header", above))
    units += [UnitSpan(*span, "row", (spans[2], spans[1])) for span in spans[3:]]
    text = "\n".join(lines)
    return Document(f"written-table-{number:05d}", title, text, unit_spans=tuple(units))


def _one(options: Sequence[str], rng: np.random.Generator) -> str:
    return options[int(rng.integers(len(options)))]


def _some(options: Sequence[str], count: int, rng: np.random.Generator) -> list[str]:
    """`count` different options in random order."""
    return [options[int(at)] for at in rng.permutation(len(options))[:count]]
