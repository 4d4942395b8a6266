"""Which line is the title, by hand-made pages of few lines."""

from __future__ import annotations

from pathlib import Path

import pytest
from support.articles import SENTENCE, law

from corpus.intake.article import clean
from corpus.intake.page import Line, Page
from corpus.intake.plain_text import read_text
from corpus.load import load

NOTICE = "江城市人民政府办公室关于进一步加强养犬管理工作的通知"


@pytest.mark.parametrize(
    ("head", "title"),
    [
        (["2020-12-05", "街角的变化"], "街角的变化"),
        (["二〇二〇年十二月五日", "街角的变化"], "街角的变化"),
        (["秘密★5年", "特急", "江城市人民政府文件", "江政办发〔2022〕15号", NOTICE], NOTICE),
        (["密级：内部", "签发人：王五", NOTICE], NOTICE),
        (
            ["索引号：0145-2022", "发文机关：市政府办公室", "文号：江政办〔2022〕15号", NOTICE],
            NOTICE,
        ),
        (["江城市人民政府办公室", "关于进一步加强养犬管理工作的通知"], NOTICE),
        (["江城市人民政府办公室", "关于进一步加强", "养犬管理工作的通知"], NOTICE),
        (["江城市人民政府办公室关于进一步加强", "养犬管理工作的通知"], NOTICE),
        (["数字赋能社区治理的", "实践与思考"], "数字赋能社区治理的实践与思考"),
        (["街角的变化", "街角的变化"], "街角的变化"),
        (
            ["江城市规划局办公会议纪要", "〔2021〕5号", "时间：2021年3月4日"],
            "江城市规划局办公会议纪要",
        ),
        (["How a River Town Rebuilt Its Sidewalks"], "How a River Town Rebuilt Its Sidewalks"),
        (["图为街角的口袋公园。张三 摄"], "文件名"),
        (["问：街角有什么变化？"], "文件名"),
        (["时间：2021年3月4日", "地点：二楼会议室"], "文件名"),
        (["top top top"], "文件名"),
        (["2020-12-05"], "文件名"),
    ],
)
def test_the_title_of_a_text(tmp_path: Path, head: list[str], title: str) -> None:
    path = tmp_path / "文件名.txt"
    path.write_text("\n\n".join([*head, SENTENCE, SENTENCE]), encoding="utf-8")
    assert load(path).title == title


@pytest.mark.parametrize(
    "head",
    [
        ["济南市养犬管理规定"],
        ["2019年3月4日", "济南市养犬管理规定"],
        ["济南市人民政府令第260号", "济南市养犬管理规定"],
        [
            "（2019年3月4日济南市第十六届人民代表大会常务委员会第五次会议通过）",
            "济南市养犬管理规定",
        ],
        ["济南市人民代表大会常务委员会公告", "第5号", "济南市养犬管理规定", "目录", "第一章 总则"],
        ["法规库", "地方性法规", "济南市养犬管理规定", "发布时间：2019-03-06"],
    ],
)
@pytest.mark.parametrize("suffix", ["txt", "md"])
def test_the_title_of_a_law_is_its_name(tmp_path: Path, head: list[str], suffix: str) -> None:
    path = tmp_path / f"文件名.{suffix}"
    path.write_text("\n\n".join([*head, *law()[2:]]), encoding="utf-8")
    assert load(path).title == "济南市养犬管理规定"


def test_neither_menu_nor_notice_nor_site_is_the_title_of_a_portal_s_page() -> None:
    head = ["首页 > 新闻 > 正文", "要闻动态", "违法和不良信息举报中心", "top top top"]
    lines = [*head, "老街修复记：三年十二条巷", "来源：江城日报 2021-03-04 08:00", SENTENCE]
    assert clean(read_text("\n".join(lines))).title == "老街修复记：三年十二条巷"


def test_a_name_of_the_site_in_the_metadata_is_no_title() -> None:
    texts = ["老街修复记：三年十二条巷", "来源：江城日报 2021-03-04 08:00", SENTENCE]
    page = Page(tuple(map(Line, ["首页 > 新闻 > 正文", *texts])), title="某省人民政府网站")
    assert clean(page).title == texts[0]


def test_a_printed_heading_wins_over_a_shorter_name_in_the_metadata() -> None:
    heading = Line("枫香社区三月活动安排", "heading", level=1)
    page = Page((heading, Line(SENTENCE), Line(SENTENCE)), title="社区活动安排")
    assert clean(page).title == "枫香社区三月活动安排"
    other = Page((Line("义诊时间", "heading"), Line(SENTENCE)), title="社区活动安排")
    assert clean(other).title == "社区活动安排"
