"""What cleaning keeps and what it drops, by hand-made pages of few lines."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from corpus.intake.article import clean
from corpus.intake.markdown import read_markdown
from corpus.intake.page import Line, Page
from corpus.intake.plain_text import read_text
from corpus.load import load

SENTENCE = (
    "城市治理要下绣花功夫，把工作做到群众心坎上，把问题解决在基层一线，这是多年实践得出的结论。"
)
ENACTED = "2020年10月30日 某市第十一届人民代表大会常务委员会第三十三次会议通过"


def kept(lines: list[str]) -> list[str]:
    return clean(read_text("\n".join(lines))).text.split("\n")


def law(*paragraphs: str) -> list[str]:
    """A regulation of six articles, with `paragraphs` below the second one."""
    lines = ["某市电梯安全管理条例", ENACTED, "第一章 总则"]
    lines += ["第一条 为了加强电梯安全管理，制定本条例。", "第二条 本市的电梯适用本条例。"]
    lines += [*paragraphs, "第二章 使用"]
    for number in "三四五":
        lines.append(f"第{number}条 电梯使用单位应当履行第{number}项义务，接受监督。")
    return [*lines, "第六条 本条例自2021年3月1日起施行。"]


@pytest.mark.parametrize(
    "paragraph",
    [
        "未经检验或者检验不合格的电梯，不得使用。",
        "未经权利人授权，任何人不得转载或者使用电梯标志。",
        "版权声明由标志的所有人作出。",
        "声明：使用单位应当书面作出。",
        "关于我们：本条所称我们，是指使用单位。",
        "举报电话：12345",
        "主办单位：某市市场监督管理局",
        "目录",
        "打印本页。",
        "（一）相关阅读",
        "一、版权声明",
    ],
)
def test_no_line_of_a_law_is_lost(paragraph: str) -> None:
    lines = law(paragraph)
    assert kept(lines) == lines
    markdown = "\n\n".join(["# " + lines[0], *lines[1:]])
    assert clean(read_markdown(markdown)).text.split("\n") == lines


def test_a_law_on_a_portal_s_page_is_kept_whole_and_the_portal_is_not() -> None:
    lines = law("相关文件", "未经检验的电梯，不得使用。")
    head = ["首页 > 政务公开 > 法规", lines[0], "发布时间：2020-11-02 来源：市人大常委会"]
    foot = ["打印本页", "关闭窗口", "相关阅读", "某市绿化条例", "版权所有 某市人大", "某ICP备1号"]
    assert kept([*head, *lines[1:], *foot]) == [*head[1:], *lines[1:]]


def test_a_stop_without_other_signs_of_a_portal_ends_nothing() -> None:
    for stop in ("相关阅读", "关于我们", "推荐", "版权声明", "主办单位：某市文旅局"):
        lines = ["一次展览", SENTENCE, stop, "展厅有三层，最好的在顶层"]
        assert kept(lines) == lines


def test_an_article_goes_on_below_a_stop_with_sentences_in_a_row() -> None:
    head = ["首页 > 新闻 > 正文", "街角的变化", "来源：江城日报 2021-03-04 08:00"]
    body = [f"其{number}，{SENTENCE}" for number in "一二三四"]
    foot = ["打印本页", "版权所有 江城日报社"]
    page = [*head, body[0], "相关阅读", "口袋公园开放了", *body[1:], *foot]
    assert kept(page) == [*head[1:], *body]


def test_a_notice_of_the_site_goes_where_no_text_follows() -> None:
    head = ["首页 > 新闻 > 正文", "街角的变化", "来源：江城日报 2021-03-04 08:00"]
    notice = "本网站所有内容未经授权，不得转载、复制或者镜像使用。"
    assert kept([*head, SENTENCE, notice]) == [*head[1:], SENTENCE]


def test_captions_and_telephone_numbers_are_no_list_of_links() -> None:
    head = ["来源：江城日报 2021-03-04 08:00", "汛期值守安排"]
    body = [SENTENCE, SENTENCE.replace("城市", "江河")]
    numbers = [f"{name}财险北分公司理赔 1379374{i}212" for i, name in enumerate("人太平国中英")]
    captions = [f"雨后的山间云雾缭绕第{name}幅。张宁波 摄" for name in "一二三四五六"]
    lines = [*head, *body, *numbers, *captions, "编辑 刘佳妮"]
    assert kept(lines) == lines


def test_a_page_that_is_no_web_page_keeps_every_line() -> None:
    texts = ["首页 > 通知", "分享", "相关阅读", SENTENCE, "打印本页", "关闭窗口", "版权所有 某局"]
    page = Page(tuple(map(Line, texts)), is_web_page=False)
    assert clean(page).text.split("\n") == texts


def test_a_law_outside_the_extractor_s_article_is_kept() -> None:
    texts = law()
    lines = [Line(text, outside=not re.match("第[一二]条", text)) for text in texts]
    text = clean(Page(tuple(lines), title=texts[0])).text
    assert text.split("\n") == texts


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


@pytest.mark.parametrize("announced", [["附件1", "先进单位名单"], ["先进单位名单"], []])
def test_an_article_with_a_source_keeps_the_list_at_its_end(announced: list[str]) -> None:
    names = [f"江城市{name}区人民政府办公室综合科" for name in "东西南北中"]
    lines = [
        "一次表彰",
        "发布时间：2020-01-02 来源：市人大常委会",
        SENTENCE,
        SENTENCE,
        *announced,
        *names,
    ]
    assert kept(lines) == lines
