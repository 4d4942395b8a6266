"""Numbers as values: however they are written, they are the same; what counts nothing is none."""

from decimal import Decimal

import pytest

from corpus.language.quantities import han_value, lacks_any, numeral_value, quantities


@pytest.mark.parametrize(
    ("text", "value", "unit"),
    [
        ("三十日", 30, "日"),
        ("30天", 30, "日"),
        ("1.2万人", 12000, "人"),
        ("12,000名", 12000, "人"),
        ("百分之十五", 15, "%"),
        ("15%", 15, "%"),
        ("两万五千元", 25000, "元"),
        ("一亿二千万元", 120_000_000, "元"),
        ("十五个工作日", 15, "工作日"),
        ("七十五亩", 75, "亩"),
        ("二〇二〇年", 2020, "年"),
        ("1513座", 1513, "座"),
        ("15.65", "15.65", ""),
        ("百分之三点五", "3.5", "%"),
        ("两点五万人", 25000, "人"),
        ("2千万元", 20_000_000, "元"),
        ("5千元", 5000, "元"),
        ("14℃", 14, "度"),
        ("一米一", "1.1", "米"),
        ("1米65", "1.65", "米"),
        ("半小时", "0.5", "小时"),
        ("半个小时", "0.5", "小时"),
        ("两个半小时", "2.5", "小时"),
        ("半个月", "0.5", "个月"),
    ],
)
def test_a_number_has_a_value_and_a_unit(text: str, value: object, unit: str) -> None:
    found = quantities(text)
    assert [(one.value, one.unit) for one in found] == [(Decimal(str(value)), unit)]
    assert (found[0].start, found[0].end) == (0, len(text))


@pytest.mark.parametrize(
    "text",
    [
        *("第三条", "第12条", "第 23 条", "第二十三条", "第三百二十条"),
        *("百余人", "千家万户", "万人", "一些", "g20", "同一时间", "上半年"),
    ],
)
def test_what_counts_nothing_is_no_quantity(text: str) -> None:
    assert quantities(text) == []


def test_numbers_stand_in_order() -> None:
    found = quantities("罚款二百元,逾期30日的加收5%")
    assert [str(one.value) for one in found] == ["200", "30", "5"]


@pytest.mark.parametrize(
    ("text", "values"),
    [
        ("投入资金500,3人受益", ["500", "3"]),
        ("共300,20家机构", ["300", "20"]),
        ("完成百分之百", ["100"]),
        ("1,513.5元", ["1513.5"]),
    ],
)
def test_a_comma_joins_only_groups_of_three_digits(text: str, values: list[str]) -> None:
    assert [str(one.value) for one in quantities(text)] == values


@pytest.mark.parametrize(
    ("wanted", "held", "lacks"),
    [
        ("30日", "自收到之日起三十日内", False),
        ("15", "增长15.65", True),
        ("15%", "百分之十五", False),
        ("15%", "15人", True),
        ("3", "第三条", True),
        ("1.5万人", "15000人", False),
        ("30分钟", "半小时", False),
        ("24个月", "两年", False),
        ("1.2米", "120厘米", False),
        ("30分钟", "30小时", True),
    ],
)
def test_a_number_is_held_as_a_value_not_as_characters(wanted: str, held: str, lacks: bool) -> None:
    assert lacks_any(quantities(wanted), quantities(held)) is lacks


@pytest.mark.parametrize(
    ("numeral", "value"),
    [
        ("十", 10),
        ("十二", 12),
        ("一百零三", 103),
        ("三千", 3000),
        ("五万亿", 5 * 10**12),
        ("百", None),
    ],
)
def test_the_value_of_a_chinese_numeral(numeral: str, value: int | None) -> None:
    assert han_value(numeral) == value


@pytest.mark.parametrize(("numeral", "value"), [("12", 12), ("十二", 12), ("百", None)])
def test_a_numeral_in_digits_has_a_value_too(numeral: str, value: int | None) -> None:
    assert numeral_value(numeral) == value
