from __future__ import annotations

from pathlib import Path

import pytest
from support.growth import LINEAR, growth

from corpus.intake.article import clean
from corpus.intake.page import Line, Page
from corpus.intake.plain_text import read_text
from corpus.load import load
from corpus.losses import losses


def found(text: str) -> list[tuple[str, str]]:
    return [(line.text, line.kind) for line in read_text(text).lines]


def test_cells_parted_by_tabs_are_rows_and_doubled_tabs_line_up() -> None:
    page = read_text("指标\t2020年\t2021年\n受理\t48.6\t\t61.3\n说明一句。\n")
    assert page.lines == (
        Line("指标 | 2020年 | 2021年", "row"),
        Line("受理 | 48.6 | 61.3", "row"),
        Line("说明一句。"),
    )


def test_empty_cells_between_tabs_are_kept() -> None:
    assert found("街道\t2019年\t2020年\r\n东城\t\t12\r\n\t5\t\r\n") == [
        ("街道 | 2019年 | 2020年", "row"),
        ("东城 |  | 12", "row"),
        ("| 5 |", "row"),
    ]


def test_one_tab_in_prose_is_a_space() -> None:
    assert read_text("甲\t乙说了一句话。\n又一句。").lines == (
        Line("甲 乙说了一句话。"),
        Line("又一句。"),
    )


def test_a_table_with_bars_and_a_ruler_has_a_header() -> None:
    want = [("街道 | 床位", "header"), ("东城 |", "row"), ("西城 | 5", "row")]
    assert found("| 街道 | 床位 |\n|---|---|\n| 东城 | |\n| 西城 | 5 |") == want
    assert (
        found("┌────┬────┐\n│街道│床位│\n├────┼────┤\n│东城│    │\n│西城│ 5  │\n└────┴────┘")
        == want
    )
    assert found("街道 | 床位\n-----+-----\n东城 |\n西城 | 5") == want


def test_bars_without_a_ruler_are_a_table_where_lines_are_alike() -> None:
    assert found("｜甲｜乙｜\n｜1｜｜") == [("甲 | 乙", "row"), ("1 |", "row")]
    assert found("甲 | 乙\n1 | 2\n3 |") == [("甲 | 乙", "row"), ("1 | 2", "row"), ("3 |", "row")]
    assert found("首页 | 新闻 | 财经\n正文在这里。") == [
        ("首页 | 新闻 | 财经", ""),
        ("正文在这里。", ""),
    ]


def test_lines_between_two_rulers_are_one_row() -> None:
    ruler = "+----+------+"
    lines = [
        ruler,
        "|街道|说明  |",
        ruler,
        "|东城|很长的|",
        "|    |说明  |",
        ruler,
        "|西城|短    |",
        ruler,
    ]
    drawn = "\n".join(lines)
    assert found(drawn) == [
        ("街道 | 说明", "header"),
        ("东城 | 很长的说明", "row"),
        ("西城 | 短", "row"),
    ]


def test_columns_set_with_spaces_keep_empty_cells() -> None:
    text = "街道      2019年   2020年\n东城街道   112      126\n西城街道            151\n南门街道   203\n\n以上。"
    assert found(text) == [
        ("街道 | 2019年 | 2020年", "row"),
        ("东城街道 | 112 | 126", "row"),
        ("西城街道 |  | 151", "row"),
        ("南门街道 | 203 |", "row"),
        ("以上。", ""),
    ]


def test_verse_in_two_halves_is_no_table() -> None:
    lines = ["白日依山尽　　黄河入海流", "欲穷千里目　　更上一层楼", "千山鸟飞绝　　万径人踪灭"]
    assert found("\n".join(lines)) == [(line, "") for line in lines]


@pytest.mark.parametrize(
    ("question", "answer"),
    [
        ("问：怎样参保？", "答：到窗口办理。"),
        ("问题1：怎样参保？", "回答：到窗口办理。"),
        ("Q1: How to apply?", "A1: At the desk."),
        ("一、问：怎样参保？", "答：到窗口办理。"),
        ("【问】怎样参保", "【答】到窗口办理。"),
        ("3. 灵活就业人员怎样参保？", "答：到窗口办理。"),
        ("問：怎樣參保？", "答：到窗口辦理。"),
    ],
)
def test_questions_and_answers(question: str, answer: str) -> None:
    assert found(f"{question}\n{answer}\n") == [(question, "question"), (answer, "answer")]


def test_what_follows_an_answer_belongs_to_it() -> None:
    text = "问：带什么？\n答：带下列材料：\n1. 申请表\n2. 身份证\n复印件也可以。\n\n二、缴费\n问：多少？\n答：五元。"
    assert found(text) == [
        ("问：带什么？", "question"),
        ("答：带下列材料：", "answer"),
        ("1. 申请表", "item"),
        ("2. 身份证", "item"),
        ("复印件也可以。", "answer"),
        ("二、缴费", ""),
        ("问：多少？", "question"),
        ("答：五元。", "answer"),
    ]


def test_an_answer_is_linked_to_its_question() -> None:
    article = clean(
        read_text("参保问答\n\n问：要交多少？\n答：四百元。\n\n问：何时生效？\n答：当天。\n")
    )
    kinds = [unit.kind for unit in article.units]
    assert kinds == ["heading", "question", "answer", "question", "answer"]
    context = article.units[4].context[0]
    assert article.text[context.start : context.end] == "问：何时生效？"


def test_items_below_a_colon_are_linked_to_their_lead() -> None:
    text = "申请办法\n\n第二条 应当提交下列材料：\n申请表；\n身份证；\n收入证明。\n\n第三条 三十日内办结。\n"
    article = clean(read_text(text))
    items = [unit for unit in article.units if unit.kind == "item"]
    assert [article.text[unit.start : unit.end] for unit in items] == [
        "申请表；",
        "身份证；",
        "收入证明。",
    ]
    leads = {article.text[slice(*unit.context[0])] for unit in items}
    assert leads == {"第二条 应当提交下列材料："}


def test_articles_of_a_law_are_never_joined() -> None:
    # All lines are filled, and no sentence ends at their ends.
    body = "条文的正文写得很长以至于排满整整一行的宽度"
    lines = [f"第一百{number}条 {body}" for number in ("零一", "零二", "零三", "零四")]
    assert [text for text, _ in found("\n".join(lines))] == lines


def test_turns_of_speakers_are_never_joined() -> None:
    speech = "我觉得这个事情还是要大家一起来商量着办才好"
    lines = [f"{name}：{speech}" for name in ("张三", "李四", "张三", "李四")]
    assert [text for text, _ in found("\n".join(lines))] == lines


def test_narrow_lines_broken_by_hand_are_made_whole() -> None:
    text = "城市治理要下绣花功夫一针一线都有讲究我们今天来谈一谈社区里的事情" * 6
    lines = [text[at : at + 18] for at in range(0, len(text), 18)]
    assert found("\n".join(lines)) == [(text, "")]


def test_lines_end_as_they_do_on_any_system() -> None:
    assert found("甲。\r\n乙。\r丙。\n") == [("甲。", ""), ("乙。", ""), ("丙。", "")]


def test_letter_spaced_text_is_closed_up() -> None:
    text = "湖 区 纪 事\n管 理 处 处 长 欧 阳 静 波 介 绍 ， 馆 内 有 2 0 0 件 展 品 。"
    assert found(text) == [("湖区纪事", ""), ("管理处处长欧阳静波介绍，馆内有200件展品。", "")]


def test_what_is_read_is_all_there_is() -> None:
    text = "街道\t床位\n东城\t12\n\n各街道应当在每年年底前核对养老床位的数量。\n第三条 甲\n│ 一 │ 二 │\n│ 三 │ 四 │\n"
    page = read_text(text)
    assert len(page.raw) == 6
    kept = "\n".join(line.text for line in page.lines)
    assert [loss for loss in losses(page.raw, kept) if loss.missing] == []


NOTICE = """关于开展秋季灭鼠工作的通知
各社区：
定于十月十日起在全街道开展灭鼠工作，请配合。
一、时间
十月十日至二十日
地址：解放路12号
联系人：王敏
电话：5551234
100
12
2012
- 拖把
- 水桶
清河街道办事处
"""


def lost_without(lost: str, page: Page) -> list[str]:
    """What is told where the document lacks one line of a page."""
    kept = "\n".join(line.text for line in page.lines if line.text != lost)
    return [loss.block for loss in losses(page.raw, kept) if loss.missing]


def test_each_short_line_of_a_notice_that_is_lost_is_told() -> None:
    page = read_text(NOTICE)
    assert lost_without("", page) == []
    assert [lost_without(line.text, page) for line in page.lines] == [
        [line.text] for line in page.lines
    ]


def test_each_number_that_is_lost_is_told() -> None:
    numbers = [3, 14, 159, 26, 535, 8, 9, 79, 32, 384, 6, 2643, 38]
    page = read_text("\n".join(map(str, numbers)))
    assert lost_without("", page) == []
    assert [lost_without(str(number), page) for number in numbers] == [[str(n)] for n in numbers]


COPIED = (
    "首页>通知公告\n来源：清河街道 发布时间：2023-10-01 字号：大 中 小\n"
    + NOTICE
    + "分享到：\n打印\n关闭\n相关阅读\n全市启动老旧电梯集中更新\n热线：5550000\n地址：北路1号\n网站地图\n"
)


def test_the_furniture_of_a_page_that_was_copied_is_no_loss(tmp_path: Path) -> None:
    path = tmp_path / "a.txt"
    path.write_text(COPIED, encoding="utf-8")
    document = load(path)
    assert document.notes == () and "分享到" not in document.text


def test_entries_and_sentences_of_a_page_that_was_copied_are_told() -> None:
    page = read_text(COPIED)
    for line in ("定于十月十日起在全街道开展灭鼠工作，请配合。", "一、时间", "十月十日至二十日",
                 "地址：解放路12号", "联系人：王敏", "电话：5551234"):  # fmt: skip
        assert lost_without(line, page) == [line]


def test_the_buttons_behind_a_source_are_no_loss(tmp_path: Path) -> None:
    path = tmp_path / "a.txt"
    text = f"秋季灭鼠\n来源：清河街道 2023-10-01 字号：大 中 小\n{'灭鼠工作从十月十日开始。' * 5}\n"
    path.write_text(text, encoding="utf-8")
    assert load(path).notes == ()


def test_each_article_of_a_law_is_a_unit() -> None:
    text = (
        "莲塘县殡葬管理办法\n"
        "第二条 骨灰寄存的期限为三十日，逾期不领取的由殡仪馆代为安放。\n"
        "第六条 殡仪馆每天早上七点开门，下午五点停止接待。\n"
        "第十一条 殡仪馆配备接运车九辆、告别厅六间、冷藏柜四十八台。\n"
    )
    article = clean(read_text(text))
    assert [article.text[unit.start : unit.end] for unit in article.units] == text.splitlines()
    assert article.title == "莲塘县殡葬管理办法"


def test_radicals_are_ordinary_in_the_text_that_is_quoted() -> None:
    article = clean(
        read_text("西⻔街道⼯作⽉报\n\n市⻓信箱转来的来信全部办结，⻝堂的⻋辆⻓期停放在路边。\n")
    )
    assert (
        article.text == "西门街道工作月报\n市长信箱转来的来信全部办结，食堂的车辆长期停放在路边。"
    )


@pytest.mark.parametrize("title", ["一张蓝图绘到底 江城市发展蓝图", "怎样处理群众举报"])
def test_a_title_may_end_like_a_caption_or_a_button(tmp_path: Path, title: str) -> None:
    path = tmp_path / "file.txt"
    path.write_text(f"{title}\n\n江城市三十年只按这一条办理。\n", "utf-8")
    assert load(path).title == title


def test_a_sentence_in_quotation_marks_goes_on_with_an_answer() -> None:
    page = read_text(
        "问：几点开门？\n答：九点开门。\n他说：“周末也开。”\n\n问：贵吗？\n答：不贵。\n"
    )
    assert [line.kind for line in page.lines][:3] == ["question", "answer", "answer"]


def test_a_spaced_title_is_closed_up_with_its_file(tmp_path: Path) -> None:
    path = tmp_path / "file.txt"
    path.write_text("通 知\n\n各 区 县 按 时 办 理 年 度 预 算 。\n逾 期 不 再 受 理 。\n", "utf-8")
    assert load(path).title == "通知"


def test_what_follows_a_heading_is_no_answer() -> None:
    page = read_text(
        "问：几点开门？\n答：九点。\n\n二、活动安排\n本次活动共三天。\n欢迎市民参加。\n"
    )
    assert [line.kind for line in page.lines] == ["question", "answer", "", "", ""]


def test_numbers_with_a_tab_behind_them_make_no_table() -> None:
    page = read_text("工作安排\n1.\t提交材料\n2.\t现场核验\n3.\t领取证书\n")
    assert [line.text for line in page.lines][1:] == ["1. 提交材料", "2. 现场核验", "3. 领取证书"]


def test_the_time_of_a_table_with_many_rulers_grows_with_its_length_only() -> None:
    assert growth(lambda count: read_text("|甲|乙|\n|--|--|\n" * count), 1000) < LINEAR


def test_cells_of_one_character_are_not_joined(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_text("序,甲,乙,丙,丁\n一,是,否,是,否\n二,否,是,是,否\n", "utf-8")
    assert load(path).text.splitlines()[1] == "一 | 是 | 否 | 是 | 否"
