"""Which rows of which table a question asks for: each, those with a value, and the first of them."""

from dataclasses import replace

import pytest
from support.documents import document_of, header, row

from bot.question.analysis import analyse
from bot.reader.asked_rows import AskedRows, asked_rows
from bot.reader.extremes import asks_which_most
from corpus import Document, Passage
from index import Hit
from index.snapshot import build

POOLS = document_of(
    "安平市游泳馆开放和收费",
    header("游泳馆", "所在区", "门票（元）", "开馆时间", "闭馆时间", "淋浴", "停车"),
    row("北池", "城北区", "25", "6:30", "21:00", "有", "可以停车"),
    row("河湾馆", "城北区", "免费", "9:00", "20:30", "无", "不能停车"),
    row("白鹭馆", "江东区", "40", "10:00", "22:00", "有", "可以停车"),
    row("月光馆", "江东区", "40", "19:00", "1:00", "有", "不能停车"),
)
HARVEST = document_of(
    "平原县粮食产量",
    header("乡镇", "小麦（万吨）", "玉米（万吨）", "备注"),
    row("东乡", "1.2", "3", "遭旱"),
    row("西乡", "2.5", "0.8", ""),
    row("全县", "3.7", "3.8", ""),
)
SHORT = document_of(
    "平原县水库蓄水",
    header("水库", "蓄水量"),
    row("一号水库", "约六成"),
    row("二号水库", "120万立方米"),
)
FERRIES = document_of(
    "2023年清江轮渡一览",
    header("航线", "起点", "终点", "票价（元）", "首班", "末班"),
    row("南渡线", "东码头", "西码头", "2", "5:30", "22:30"),
    row("北渡线", "柳林镇", "西码头", "5", "6:00", "20:00"),
    row("江心线", "柳林镇", "江心岛", "3", "6:20", "19:30"),
    row("夜渡线", "江心岛", "东码头", "4", "6:20", "1:30"),
    title="2023年清江轮渡一览",
)


def found_in(documents: list[Document], question: str) -> AskedRows | None:
    """The rows that a question asks for, all of the documents being found."""
    segmenter = build(documents, None).segmenter
    hits = [Hit(Passage(one, 0, len(one.text)), 1.0) for one in documents]
    return asked_rows(analyse(question, segmenter), hits)


def labels(document: Document, question: str) -> list[str] | None:
    """The first cells of the rows that a question asks for of a document."""
    found = found_in([document], question)
    if found is None:
        return None
    return [document.text[slice(*one.cells[0])] for one in found.rows]


@pytest.mark.parametrize(
    ("question", "rows"),
    [
        ("各个游泳馆的闭馆时间是几点？", ["北池", "河湾馆", "白鹭馆", "月光馆"]),
        ("安平市每家公共游泳馆的门票多少钱？", ["北池", "河湾馆", "白鹭馆", "月光馆"]),
        ("哪些游泳馆在城北区？", ["北池", "河湾馆"]),
        ("城北区有哪些游泳馆？", ["北池", "河湾馆"]),
        ("可以停车的游泳馆有哪些？", ["北池", "白鹭馆"]),
        ("哪些游泳馆不能停车？", ["河湾馆", "月光馆"]),
        ("哪些游泳馆有淋浴？", ["北池", "白鹭馆", "月光馆"]),
        ("江东区哪些游泳馆可以停车？", ["白鹭馆"]),
        ("门票免费的游泳馆是哪家？", ["河湾馆"]),
    ],
)
def test_each_row_or_those_that_have_a_value(question: str, rows: list[str]) -> None:
    assert labels(POOLS, question) == rows


@pytest.mark.parametrize(
    ("question", "rows"),
    [
        ("门票40元的游泳馆有哪些？", ["白鹭馆", "月光馆"]),
        ("哪些游泳馆门票超过25元？", ["白鹭馆", "月光馆"]),
        ("哪些游泳馆门票在25元以上？", ["北池", "白鹭馆", "月光馆"]),
        ("门票不超过二十五元的游泳馆有哪些？", ["北池", "河湾馆"]),
        ("门票不到25元的游泳馆有哪些？", ["河湾馆"]),
    ],
)
def test_a_comparison_with_the_amounts_of_a_column(question: str, rows: list[str]) -> None:
    assert labels(POOLS, question) == rows


def test_an_amount_is_compared_in_the_unit_of_the_column() -> None:
    assert labels(HARVEST, "平原县小麦超过20000吨的乡镇有哪些？") == ["西乡"]
    # 9000 is no year.
    assert labels(HARVEST, "平原县玉米低于9000吨的乡镇有哪些？") == ["西乡"]


@pytest.mark.parametrize(
    ("question", "rows"),
    [
        ("哪个游泳馆开馆最早？", ["北池"]),
        ("闭馆最晚的游泳馆是哪家？", ["月光馆"]),  # 1:00 is of the next day
        ("哪家游泳馆门票最贵？", ["白鹭馆", "月光馆"]),
        ("哪家游泳馆最便宜？", ["河湾馆"]),
        ("城北区哪个游泳馆闭馆最晚？", ["北池"]),
    ],
)
def test_the_largest_and_the_smallest_all_that_share_it(question: str, rows: list[str]) -> None:
    assert labels(POOLS, question) == rows


def test_a_row_that_sums_up_the_others_is_none_of_them() -> None:
    assert labels(HARVEST, "平原县哪个乡镇玉米最多？") == ["东乡"]


@pytest.mark.parametrize(
    "question",
    [
        "北池几点闭馆？",  # a single cell
        "一共有几家游泳馆？",  # no row states a number of rows
        "哪些游泳馆适合老人？",  # no column
        "哪些游泳馆门票超过100元？",  # none has it
        "每个游泳馆有多少教练？",  # another matter
        "哪家游泳馆人最多？",
        "江东区哪些游泳馆能停车？",  # not the words of the table, which only one of two has
        "除了城北区，哪些游泳馆可以停车？",  # those that have it are not asked for
        "哪些游泳馆2019年可以停车？",  # the table has no such year
        "为什么有的游泳馆免费？",
    ],
)
def test_what_is_not_surely_asked_of_a_table(question: str) -> None:
    assert labels(POOLS, question) is None


def test_a_value_that_one_row_has_names_it_where_the_column_is_not_asked_for() -> None:
    stalls = document_of(
        "东市摊位",
        header("编号", "摊名", "楼层"),
        row("A-1", "老周馄饨", "一楼"),
        row("A-2", "小林水果", "一楼"),
        row("B-1", "阿珍裁缝", "二楼"),
    )
    assert labels(stalls, "东市一楼摆了哪些？") == ["A-1", "A-2"]
    assert labels(stalls, "东市老周馄饨有哪些口味？") is None
    assert labels(stalls, "老周馄饨的老板叫什么？") is None


def test_no_extreme_of_a_column_with_cells_that_hold_no_amount() -> None:
    assert labels(SHORT, "哪座水库蓄水量最多？") is None


def test_a_row_without_the_cell_that_names_it_is_none_of_those_asked_for() -> None:
    document = document_of(
        "平原县渡口",
        header("镇", "渡口"),
        row("东镇", "一号渡"),
        row("西镇"),
        row("南镇", "三号渡"),
    )
    assert labels(document, "平原县各镇的渡口") == ["东镇", "南镇"]


def test_the_table_that_has_more_of_what_is_asked() -> None:
    other = document_of(
        "乐山市游泳馆收费",
        header("游泳馆", "门票（元）"),
        row("甲馆", "10"),
        row("乙馆", "20"),
        doc_id="o",
    )
    found = found_in([other, POOLS], "安平市各游泳馆的门票")
    assert found is not None and found.table.document is POOLS
    # Of which of the two?
    assert found_in([other, POOLS], "哪家游泳馆门票最贵？") is None


def test_of_two_tables_as_likely_none_but_the_newer_version() -> None:
    older, newer = (replace(POOLS, title="游泳馆一览", doc_id=one) for one in ("old", "new"))
    assert found_in([older, newer], "哪些游泳馆可以停车？") is None
    older, newer = replace(older, published="2023-01-01"), replace(newer, published="2024-01-01")
    found = found_in([older, newer], "哪些游泳馆可以停车？")
    assert found is not None and found.table.document is newer


@pytest.mark.parametrize(
    ("question", "rows"),
    [
        ("柳林镇到江心岛坐哪条航线？", ["江心线"]),
        ("从江心岛出发的航线有哪些？", ["夜渡线"]),
        ("到西码头的航线有哪些？", ["南渡线", "北渡线"]),
        ("哪些航线从江心岛到西码头？", None),  # none goes there
        ("从西码头出发的航线有哪些？", None),  # some end there
        ("江心岛有哪些航线？", None),  # which begin there, or which end?
    ],
)
def test_a_place_is_of_the_end_that_the_question_says(
    question: str, rows: list[str] | None
) -> None:
    assert labels(FERRIES, question) == rows


def test_to_says_no_end_where_no_column_is_one() -> None:
    windows = document_of(
        "平原县办事窗口",
        header("事项", "窗口"),
        row("居住证", "2号窗口"),
        row("老年卡", "3号窗口"),
    )
    assert labels(windows, "平原县到2号窗口办哪些事项？") == ["居住证"]


@pytest.mark.parametrize(
    ("question", "rows"),
    [
        ("票价3到5元的航线有哪些？", ["北渡线", "江心线", "夜渡线"]),  # 3 of 2023 is no 3
        ("票价3元至4元之间的航线有哪些？", ["江心线", "夜渡线"]),
        ("票价5到3元的航线有哪些？", None),
        ("票价3元左右的航线有哪些？", None),
        ("票价约3元的航线有哪些？", None),
        ("末班在20:00以后的航线有哪些？", ["南渡线", "北渡线", "夜渡线"]),
        ("末班早于20:00的航线有哪些？", ["江心线"]),
        ("末班20:00的航线有哪些？", ["北渡线"]),
        ("末班在20:00左右的航线有哪些？", None),
        ("末班在19:30到22:00之间的航线有哪些？", None),
        ("末班在1:30以前的航线有哪些？", None),  # of which day?
    ],
)
def test_ranges_and_times_and_what_is_said_of_them_otherwise(
    question: str, rows: list[str] | None
) -> None:
    assert labels(FERRIES, question) == rows


STATIONS = document_of(
    "清源县敬老院一览",
    header("敬老院", "床位", "建成年份", "投资（万元）", "知晓率（%）", "开放时间"),
    row("东山院", "120", "1998", "860", "41.5", "10月1日"),
    row("河西院", "80", "2011", "1240", "72.3", "9月15日"),
    row("北岭院", "200", "2005", "990", "17.6", "12月20日"),
)


@pytest.mark.parametrize(
    ("question", "expected"),
    [
        ("县里的敬老院里哪家花钱最多？", ["河西院"]),
        ("清源县哪家敬老院知道的人最少？", ["北岭院"]),
        ("清源县哪家敬老院最老？", ["东山院"]),
        ("清源县哪家敬老院开放最早？", ["河西院"]),
        ("清源县哪家敬老院床位最多？", ["北岭院"]),
        ("清源县哪家敬老院护士最多？", None),
        ("清源县哪家敬老院工人最少？", None),
    ],
)
def test_the_most_in_ordinary_words(question: str, expected: list[str] | None) -> None:
    assert labels(STATIONS, question) == expected


def test_which_has_the_most_is_asked_of_several() -> None:
    segmenter = build([STATIONS], None).segmenter
    assert asks_which_most(analyse("哪家敬老院护士最多？", segmenter))
    assert asks_which_most(analyse("收费最低的是哪家？", segmenter))
    assert not asks_which_most(analyse("一次最多能借多少册？", segmenter))
    assert not asks_which_most(analyse("哪天最热闹？", segmenter))
