"""Where a text that is too long to show is cut."""

import re

import pytest

from bot.web.excerpts import beginning, ending

TABLE = "品种 | 每亩补贴 | 每户最多\n早稻 | 1,250元 | 30亩\n晚稻和再生稻 | 10,800元 | 12亩"


def test_a_short_text_is_whole() -> None:
    assert beginning("一句。", 10) == ending("一句。", 10) == "一句。"


def test_the_cut_is_at_a_pause() -> None:
    text = "凡是在本镇住满两年的居民都可以申请，每人每年一次，由村里统一登记以后报到镇里"
    assert beginning(text, 28) == "凡是在本镇住满两年的居民都可以申请，每人每年一次……"
    assert ending(text, 24) == "……每人每年一次，由村里统一登记以后报到镇里"


@pytest.mark.parametrize("length", range(36, len(TABLE)))
def test_rows_are_whole_where_one_fits(length: int) -> None:
    shown = beginning(TABLE, length).removesuffix("……")
    assert len(shown) <= length
    assert shown in ("\n".join(TABLE.split("\n")[:count]) for count in (1, 2))


def test_a_row_by_itself_is_cut_between_its_cells() -> None:
    row = "北站至南站的直达快线 | 早上六点半 | 晚上十点一刻 | 1,200米 | 3.5元"
    assert beginning(row, 32) == "北站至南站的直达快线 | 早上六点半 | 晚上十点一刻……"
    assert ending(row, 28) == "……晚上十点一刻 | 1,200米 | 3.5元"


def test_the_end_of_a_table_begins_with_a_row() -> None:
    assert ending(TABLE, 30) == "……晚稻和再生稻 | 10,800元 | 12亩"


NUMBERS = "热线0573-86120417全天有人接听并且按照GB/T18487.1标准在10:30以前答复1,250户居民中的62.5%即大约三分之二"


@pytest.mark.parametrize("length", range(8, len(NUMBERS)))
def test_no_number_and_no_word_is_cut(length: int) -> None:
    words = r"[0-9A-Za-z.,:/-]+"
    whole = re.findall(words, NUMBERS)
    first, last = beginning(NUMBERS, length), ending(NUMBERS, length)
    assert set(re.findall(words, first + last)) <= set(whole)
    assert len(first) <= length + 2 and len(last) <= length + 2


def test_english_is_cut_between_words() -> None:
    text = "The operator inspects every charging station at least twice in each calendar month"
    assert beginning(text, 40) == "The operator inspects every charging……"
    assert ending(text, 30) == "……twice in each calendar month"


def test_a_word_longer_than_the_room_is_cut() -> None:
    assert beginning("a" * 50, 30) == "a" * 30 + "……"
    assert ending("a" * 50, 30) == "……" + "a" * 30
