"""Columns of tables: names, units, amounts and times of day, worked out by hand."""

from decimal import Decimal

from support.documents import document_of, header, row

from bot.reader.columns import Column, grid_of, times, unit_of, values
from bot.reader.tables import Table, tables_of
from corpus import Passage
from index import Hit


def table() -> Table:
    document = document_of(
        "渡船",
        header("航线", "票价（元）", "客运量（万人次）", "开船", "收船"),
        row("南渡", "3", "1.5", "5:00", "22:00"),
        row("夜渡", "免费", "", "20:00", "2:30"),
    )
    (found,) = tables_of([Hit(Passage(document, 0, len(document.text)), 1.0)])
    return found


def test_a_column_has_its_name_without_its_unit() -> None:
    columns = grid_of(table()).columns
    assert [column.names for column in columns] == [
        ("航线",),
        ("票价",),
        ("客运量",),
        ("开船",),
        ("收船",),
    ]
    unit = unit_of(columns[2])
    assert unit is not None and (unit.value, unit.unit) == (Decimal(10_000), "人次")
    assert columns[1].is_of_money and not columns[2].is_of_money


def test_amounts_of_which_one_is_free_and_one_is_not_told() -> None:
    columns = grid_of(table()).columns
    assert columns[1].amounts == [Decimal(3), Decimal(0)]
    assert columns[2].amounts == [Decimal("1.5"), None]
    assert columns[0].amounts is None


def test_amounts_of_different_units_are_not_compared() -> None:
    assert Column(1, ("收费",), None, ("30元", "2次")).amounts is None
    assert Column(1, ("差额",), None, ("+30元", "-2元")).amounts == [Decimal(30), Decimal(-2)]
    assert Column(1, ("收费",), None, ("每月30元", "2元")).amounts is None


def test_an_end_before_its_beginning_is_of_the_next_day() -> None:
    columns = grid_of(table()).columns
    assert times(columns, 3) == [5 * 60, 20 * 60]
    assert times(columns, 4) == [22 * 60, 26 * 60 + 30]
    assert times(columns, 1) is None


def test_small_hours_beside_an_evening_are_of_no_day() -> None:
    assert times([Column(0, ("末班",), None, ("22:00", "1:00"))], 0) is None
    assert times([Column(0, ("首班",), None, ("4:00", "6:00"))], 0) == [4 * 60, 6 * 60]


def test_a_third_time_is_a_beginning_again() -> None:
    cells = (("8:00",), ("1:00",), ("0:30",), ("0:10",))
    columns = [Column(number, ("",), None, one) for number, one in enumerate(cells)]
    assert times(columns, 2) == [30]
    assert times(columns, 3) == [24 * 60 + 10]


def test_what_a_cell_says() -> None:
    assert values("25人,限60岁以上") == {"25人,限60岁以上", "25人", "限60岁以上"}
