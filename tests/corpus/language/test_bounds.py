"""What a text says of an amount without stating it: that it is within a limit."""

import pytest

from corpus.language.bounds import asked_amounts, lacks_amount, lacks_year
from corpus.language.quantities import quantities


@pytest.mark.parametrize(
    ("amount", "text"),
    [
        ("二十分钟", "半小时以内不收费"),
        ("一米一", "身高1.2米以下的儿童"),
        ("63岁", "60周岁以上的老人"),
        ("20岁", "18周岁以上、40周岁以下"),
        ("20岁", "18至35岁的代表"),
        ("29岁", "须年满28周岁"),
        ("13度", "低于14℃的"),
        ("3000元", "人均月收入不超过3,240元"),
        ("三个月", "半年以内"),
        ("200元", "处200元罚款"),
    ],
)
def test_an_amount_within_a_limit_is_spoken_of(amount: str, text: str) -> None:
    assert not lacks_amount(quantities(amount), text)


@pytest.mark.parametrize(
    ("amount", "text"),
    [
        ("40分钟", "半小时以内不收费"),
        ("59岁", "60周岁以上的老人"),
        ("16岁", "18周岁以上、40周岁以下"),
        ("16岁", "年龄在18周岁以上、40周岁以下，退役军人放宽到45周岁"),
        ("36岁", "18至35岁的代表"),
        ("5000元", "人均月收入不超过3,240元"),
        ("20元", "半小时以内不收费"),
        ("20分钟", "每20元一份"),
        ("28周岁", "未满18周岁的"),
    ],
)
def test_an_amount_beyond_it_or_of_another_kind_is_not(amount: str, text: str) -> None:
    assert lacks_amount(quantities(amount), text)


@pytest.mark.parametrize(
    ("asked", "text", "lacks"),
    [
        ("要是连14度都不到呢", "低于14℃的", False),
        ("要是连14度都不到呢", "高于或者等于14℃、低于16℃的", True),
        ("60岁以上的呢", "60—79周岁", False),
        ("60岁以下的呢", "60周岁以上的", True),
        ("不到60岁的呢", "18周岁以上、60周岁以下", False),
        ("过了十天呢", "十日内答复", True),
        ("二十分钟呢", "半小时内免费", False),
    ],
)
def test_what_is_asked_may_lie_beyond_a_limit_itself(asked: str, text: str, lacks: bool) -> None:
    amounts = [amount for amount, _, _ in asked_amounts(asked)]
    assert lacks_amount(amounts, text) is lacks


@pytest.mark.parametrize(
    ("year", "text", "lacks"),
    [
        ("2026", "2025年12月31日以后开工的", False),
        ("2025", "2025年12月31日以后开工的", True),
        ("2018", "2019年6月以前已经登记的", False),
        ("2018", "2019年起会议改到周末", True),
        ("2022", "2021年会议改到周末", True),
    ],
)
def test_a_year_may_lie_before_or_after_the_one_that_is_said(
    year: str, text: str, lacks: bool
) -> None:
    assert lacks_year([year], text) is lacks
