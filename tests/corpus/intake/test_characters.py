from __future__ import annotations

import unicodedata

import pytest

from corpus.intake.characters import ORDINARY, ordinary, private_notes
from corpus.intake.page import Line, Page, tidy
from corpus.intake.spacing import settle, without_letter_spacing


@pytest.mark.parametrize(
    ("odd", "plain"),
    [
        ("⻔⻓⻋⻜⻛⻝⻢⻤⻥⻦⻩⻬⻰⻅⻉⻚⻘⻄⺟⺠", "门长车飞风食马鬼鱼鸟黄齐龙见贝页青西母民"),
        ("⺮⺼⻊⻨⻧", "竹肉足麦卤"),
        ("⽤⼯⼀百⼆⼗⼈⽼⾼⾦⽔", "用工一百二十人老高金水"),
        ("⼋⼗⼾⼈家", "八十户人家"),
        ("⼋⼗⼾⼈家與門⽛", "八十戶人家與門牙"),
        ("⾭年", "青年"),
        ("ﬁnal eﬀect ﬆ", "final effect st"),
        ("\uf0b7 城市 \uf0fc", "• 城市 ✓"),
        ("\ue5e5甲\ue78d", "甲，"),
        ("豈更", "豈更"),
        ("ＡＢＣ１２３，％", "ＡＢＣ１２３，％"),
    ],
)
def test_ordinary_characters(odd: str, plain: str) -> None:
    assert tidy(odd) == plain


def test_every_radical_that_unicode_names_is_an_ideograph() -> None:
    for code in (*range(0x2E81, 0x2E9A), *range(0x2E9B, 0x2EF4), *range(0x2F00, 0x2FD6)):
        assert unicodedata.name(ORDINARY[code]).startswith("CJK UNIFIED IDEOGRAPH")


def test_where_unicode_decides_the_table_agrees() -> None:
    for code in range(0x2E80, 0x2EF4):
        plain = unicodedata.normalize("NFKC", chr(code))
        assert plain in (chr(code), ORDINARY.get(code))


def test_what_is_ordinary_stays() -> None:
    text = "城市治理 town, 龍門 １２％ …"
    assert ordinary(text) == text


def test_private_characters_are_told() -> None:
    ((zh, en),) = private_notes("甲\ue123乙\U000f1234。")
    assert zh.startswith("有 2 个字符读不出是什么字") and en.startswith("2 characters could not")
    assert private_notes("甲乙。") == []


@pytest.mark.parametrize(
    ("spaced", "closed"),
    [
        (
            ["白 鹭 湖 纪 事", "资 金 来 自 财 政 ， 投 入 四 亿 元 。"],
            ["白鹭湖纪事", "资金来自财政，投入四亿元。"],
        ),
        (["白  鹭  湖", "湖  区  面  积  三  千  亩  。"], ["白鹭湖", "湖区面积三千亩。"]),
        (["本　市　的　公　园", "由　园　林　局　管　理　。"], ["本市的公园", "由园林局管理。"]),
        (
            ["2 0 2 3 年 全 市 G D P 增 长 6 . 5 % ， New York 参 加 。"],
            ["2023年全市GDP增长6.5%，New York参加。"],
        ),
        (
            ["出 席 人 员 名 单 如 下 ：", "张 三　李 四　王 五"],
            ["出席人员名单如下：", "张三　李四　王五"],
        ),
    ],
)
def test_a_letter_spaced_file_is_closed_up(spaced: list[str], closed: list[str]) -> None:
    assert without_letter_spacing(spaced) == closed
    assert without_letter_spacing(closed) == closed


PROSE = "会议决定成立领导小组，由下列人员组成，任期三年。"


@pytest.mark.parametrize(
    "line",
    [
        "张 三　李 四　王 五",
        "东 南 西 北",
        "一 二 三 四 五 六 七 八 九 十",
        "甲 乙 丙",
        "北京 上海 广州 深圳",
    ],
)
def test_names_and_words_in_a_row_stay_apart(line: str) -> None:
    assert without_letter_spacing([PROSE, line, PROSE]) == [PROSE, line, PROSE]
    assert without_letter_spacing([line] if "北京" in line else [PROSE, line])[-1] == line


def test_a_letter_spaced_line_among_others_is_closed_up() -> None:
    title = "关 于 加 强 湖 区 治 理 的 通 知"
    assert without_letter_spacing([title, PROSE, PROSE]) == ["关于加强湖区治理的通知", PROSE, PROSE]
    assert without_letter_spacing(["第一章　总　则", PROSE]) == ["第一章　总则", PROSE]


def test_code_keeps_its_spaces() -> None:
    code = Line("一 二 三 四 五 六 七 八 的 九 。", "code")
    assert settle(Page((code,))).lines == (code,)
