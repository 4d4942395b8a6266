"""Saved pages of many shapes, each against the whole text wanted of it (`pages/NAME.want`)."""

from __future__ import annotations

import random
import re
import tomllib
from itertools import pairwise
from pathlib import Path
from typing import NamedTuple

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from corpus.intake.article import Article, clean
from corpus.intake.child import parse
from corpus.intake.markdown import read_markdown
from corpus.intake.page import Line, fold, tidy
from corpus.intake.plain_text import read_text
from corpus.intake.portals import Marks, Role, role_of
from corpus.load import load

PAGES = Path(__file__).parents[2] / "pages"
SEED = Path(__file__).parents[3] / "corpus" / "articles" / "gmw-2020-12-05-chengshi-zhili.txt"


class Want(NamedTuple):
    page: str
    title: str
    authors: tuple[str, ...] = ()
    published: str = ""
    source: str = ""
    headings: tuple[str, ...] = ()


HEAD = ("标题", "出处")
WANTED = (
    Want(
        "people.txt",
        "老旧小区改造的“三本账”",
        ("沈怀远",),
        "2021-03-04",
        "人民网-人民日报",
        (*HEAD, "", "算好民生账", "算好资金账", "算好长远账", "作者", "出处", "编辑"),
    ),
    Want(
        "xinhua.txt",
        "社区夜校点亮“第二课堂”",
        ("张晓宁", "林海平"),
        "2020-08-19",
        "新华网",
        ("出处", "标题", "", "编辑"),
    ),
    Want(
        "thepaper.txt",
        "专访|让街道回到人的尺度",
        ("陈语嫣",),
        "2021-06-01",
        "澎湃新闻",
        ("标题", "作者", "出处", "", "“慢下来”不是目的", "商户从反对到支持", "编辑"),
    ),
    Want(
        "gov.txt",
        "江城市人民政府办公室关于加快推进“十五分钟便民生活圈”建设的通知",
        (),
        "2022-05-16",
        "江城市人民政府办公室",
        (
            "出处",
            "标题",
            "",
            "一、总体要求",
            "(一)工作目标",
            "(二)基本原则",
            "二、重点任务",
            "三、保障措施",
        ),
    ),
    Want(
        "qiushi.txt",
        "把群众的“问题清单”变成“履职清单”",
        ("郑怀远",),
        "2021-06-16",
        "《求是》2021/12",
        (*HEAD, "", "编辑"),
    ),
    Want(
        "xuexi.txt",
        "桥下空间也有好风景",
        ("孙立群",),
        "2021-09-13",
        "中国城市报",
        (*HEAD, "作者", ""),
    ),
    Want(
        "gmw.txt",
        "城市更新别忘了“看不见的地方”",
        ("岳清源", "韩知秋"),
        "2021-07-26",
        "光明网-时评频道",
        (*HEAD, "作者", "", "编辑"),
    ),
    Want(
        "blog.txt",
        "一个路口的四次改造",
        ("梁思远", "顾晓棠"),
        "2021-05-12",
        "",
        (*HEAD, "作者", "", "四次改造花了多少钱", "我学到的三件事"),
    ),
    Want(
        "table.txt", "云岭市2021年城市管理运行情况", (), "2022-02-18", "云岭市统计局", (*HEAD, "")
    ),
    Want("list.txt", "云岭市公布2022年城市治理十件实事", (), "2022-01-20", "云岭发布", (*HEAD, "")),
    Want("noend.txt", "菜市场里的城市温度", headings=("标题", "")),
    Want("short.txt", "小区门口的“一米线”", (), "2021-04-07", "临江日报", (*HEAD, "", "编辑")),
    Want(
        "sina.txt",
        "江城启动“无障碍出行地图”众包采集",
        (),
        "2023-05-21",
        "江城晚报",
        (*HEAD, "", "编辑"),
    ),
    Want(
        "wechat.txt",
        "一座“口袋公园”是怎么长出来的",
        ("顾小满",),
        "2022-11-03",
        "城市更新观察",
        (*HEAD, "", "01 先听,再画", "02 边建边改", "作者", "配图", "编辑"),
    ),
    Want(
        "chinanews.txt",
        "超大城市怎么“算好”垃圾账?",
        ("许青青",),
        "2024-02-26",
        "中国新闻网",
        (*HEAD, "", "编辑"),
    ),
    Want("sohu.txt", "社区食堂为什么开不长?", (), "2021-12-08", "", (*HEAD, "")),
    Want("cctv.txt", "让城市慢行系统“快”起来", (), "2022-06-03", "央视网", (*HEAD, "", "编辑")),
    Want(
        "caixin.txt",
        "老楼加梯,谁来“点头”",
        ("萧文博",),
        "2021-04-16",
        "",
        ("标题", "作者", "出处", "", "编辑"),
    ),
    Want(
        "english.txt",
        "How a River Town Rebuilt Its Sidewalks",
        ("Eleanor Whitfield", "Marcus Oyelaran"),
        "2021-05-12",
        "The Urban Review",
        ("标题", "作者", "出处", "", "Counting People First", "Paying for Repairs", "编辑"),
    ),
    Want(
        "meadows.txt",
        "Why some cities are planting meadows on bus shelters",
        ("Priya Nandakumar",),
        "2022-07-14",
        "",
        ("标题", "作者", "出处", ""),
    ),
    Want(
        "renmin.html",
        "外卖小哥当上了“移动网格员”",
        (),
        "2022-07-14",
        "江城日报",
        (*HEAD, "", "一部手机,随手一拍", "一杯热水,双向奔赴", "编辑"),
    ),
    Want(
        "bulletin.html",
        "云岭市无障碍设施建设情况通报",
        (),
        "2023-05-19",
        "云岭市残疾人联合会",
        (*HEAD, "一、总体情况", "二、分类情况", "三、下一步工作"),
    ),
    Want(
        "benches.html",
        "What a Bench Is For",
        ("Ingrid Halvorsen", "Tomas Abreu"),
        "2022-10-03",
        "The Urban Review",
        ("标题", "作者", "出处", "", "Measuring rest", "Putting them back"),
    ),
    Want(
        "canal.md",
        "运河边的城市治理",
        ("温如岚",),
        "2022-03-18",
        "",
        ("标题", "", "三步走", "花了多少钱", "尾声"),
    ),
    Want(
        "gongbao.txt",
        "全国文明城市创建工作调研报告",
        (),
        "",
        "",
        (
            "标题",
            "",
            "摘要",
            "",
            "一、调研概况",
            "二、主要发现",
            "(一)居民最看重的是身边小事",
            "(二)基层负担仍需减轻",
            "参考文献",
        ),
    ),
    Want(
        "trad.txt",
        "公園不打烊 城市多一盞燈",
        ("陳語嫣",),
        "2023-08-15",
        "城市日報",
        (*HEAD, "", "编辑"),
    ),
    Want("teaser.txt", "楼道里的“共享书架”", ("龚雪",), "2022-10-08", "江城网", (*HEAD, "")),
    Want(
        "bio.txt",
        "从“单位大院”到“完整社区”:居住空间的再组织",
        ("白若云",),
        "2021-11-30",
        "《城市研究》2021年第6期",
        ("标题", "作者", "出处", "", "一、问题的提出", "二、三种再组织的路径", "作者", "编辑"),
    ),
    Want(
        "qa.txt", "【访谈】社区治理要多做“加法”", (), "2020-10-12", "人民论坛", (*HEAD, "", "编辑")
    ),
    Want(
        "caption.txt",
        "江边的“城市阳台”开放了",
        ("柯敏", "倪芳"),
        "2023-04-18",
        "江城日报",
        (*HEAD, "", "配图", ""),
    ),
    Want(
        "curb.txt",
        "Let the Curb Go",
        ("Martha Quill",),
        "2021-03-09",
        "",
        ("标题", "作者", "出处", ""),
    ),
    Want("prose.txt", "槐树下", headings=("标题", "", "分享")),
    Want("poem.txt", "老街", headings=("标题", "")),
)


@pytest.mark.parametrize("want", WANTED, ids=lambda want: want.page)
def test_a_saved_page_gives_its_article_and_nothing_else(want: Want) -> None:
    path = PAGES / want.page
    # Web pages without the child process, which takes half a second to start: test_formats starts it.
    document = clean(parse("html", path)) if path.suffix == ".html" else load(path)
    assert document.text == path.with_suffix(".want").read_text(encoding="utf-8").rstrip("\n")
    assert fold(document.title) == want.title
    assert (document.authors, document.published, document.source) == (
        want.authors,
        want.published,
        want.source,
    )
    assert tuple(fold(section.heading) for section in document.sections) == want.headings


def test_every_page_is_wanted() -> None:
    assert {path.name for path in PAGES.iterdir() if path.suffix != ".want"} == {
        want.page for want in WANTED
    }


SEED_LINES = [tidy(line) for line in SEED.read_text(encoding="utf-8").splitlines()]
BODY = [line for line in SEED_LINES[20:51] if line]
HEADINGS = [SEED_LINES[i] for i in (24, 32, 42)]
BYLINE, CREDIT, EDITOR = SEED_LINES[52], SEED_LINES[54], SEED_LINES[98]
SURROUNDINGS = [
    line
    for line in (*SEED_LINES[:5], *SEED_LINES[12:15], *SEED_LINES[56:98], *SEED_LINES[99:])
    if line
]


def test_the_first_article() -> None:
    document = load(SEED)
    title, source, note = SEED_LINES[9], SEED_LINES[11], SEED_LINES[16]
    assert document.text.split("\n") == [title, source, note, *BODY, BYLINE, CREDIT, EDITOR]
    assert document.title == "【实践新论】积极探索城市治理的“时代良方”"
    assert document.doc_id == "gmw-2020-12-05-chengshi-zhili"
    assert document.authors == ("吴晓林", "岳庆磊")
    assert document.published == "2020-12-05"
    assert document.source == "光明网-理论频道"
    named = ["标题", "出处", "编者按", "", *HEADINGS, "作者", "配图", "编辑"]
    assert [section.heading for section in document.sections] == named
    for section in document.sections[4:7]:
        assert document.text[section.start : section.end].startswith(section.heading + "\n")


def test_no_word_of_the_surroundings_is_in_the_first_article() -> None:
    text = load(SEED).text
    assert len(SURROUNDINGS) > 80
    assert not [line for line in SURROUNDINGS if len(line) > 1 and line in text]


def cleaned(lines: list[str]) -> Article:
    return clean(read_text("\n".join(lines)))


TAIL_MARKS = (52, 54, 58, 98, 99, 101, 103, 104, 118, 124, 126, len(SEED_LINES) - 1)
HEAD_MARKS = (0, 2, 4, 6, 7, 11, 12, 13, 16, 18)


@pytest.mark.parametrize("number", range(120))
def test_the_first_article_however_it_was_saved(number: int) -> None:
    """Marks taken away at random, the head shuffled, no blank lines, wide punctuation, no headings, no dates."""
    chance = random.Random(number)
    gone = {i for i in TAIL_MARKS if chance.random() < chance.choice((0.2, 0.9))}
    gone |= {i for i in HEAD_MARKS if chance.random() < 0.4}
    gone |= {24, 32, 42} if chance.random() < 0.3 else set()
    stamps = {i for i in range(127, len(SEED_LINES)) if SEED_LINES[i].startswith("202")}
    gone |= stamps if chance.random() < 0.2 else set()
    head = list(range(15))
    if chance.random() < 0.2:
        chance.shuffle(head)
    order = [i for i in (*head, *range(15, len(SEED_LINES))) if i not in gone]
    wide = str.maketrans(",:;()", "\uff0c\uff1a\uff1b\uff08\uff09") if chance.random() < 0.5 else {}
    blank = chance.random() < 0.5
    article = cleaned([SEED_LINES[i].translate(wide) for i in order if blank or SEED_LINES[i]])
    got = article.text.split("\n")
    kept = [i for i in (*range(20, 51), 52, 54, 98, 16, 11) if i in order and SEED_LINES[i]]
    assert [i for i in kept if SEED_LINES[i].translate(wide) not in got] == []
    assert [line for line in SURROUNDINGS if len(line) > 1 and line.translate(wide) in got] == []
    assert article.title == SEED_LINES[9].translate(wide)
    assert article.authors == (("吴晓林", "岳庆磊") if 52 in order else ())
    assert article.published == ("2020-12-05" if 11 in order else "")


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "utf-16", "utf-32"])
@pytest.mark.parametrize("newline", ["\n", "\r\n", "\r"])
def test_the_first_article_in_every_encoding(tmp_path: Path, encoding: str, newline: str) -> None:
    path = tmp_path / SEED.name
    path.write_bytes(SEED.read_text(encoding="utf-8").replace("\n", newline).encode(encoding))
    assert load(path) == load(SEED)


def test_an_inset_of_links_is_taken_out_of_the_middle() -> None:
    long = "城市治理要下绣花功夫,把工作做到群众心坎上,把问题解决在基层一线,这是多年实践得出的结论。"
    head = ["首页 > 正文", "街角的变化", "来源:江城日报 2021-03-04 08:00", long]
    foot = ["(责任编辑:何婧)", "热门推荐", "一条背街小巷的十年"]
    article = cleaned([*head, "相关阅读", "口袋公园开放了", "老街修复记", "再" + long, *foot])
    assert article.text.split("\n") == [*head[1:], "再" + long, foot[0]]


def test_bare_prose_keeps_lines_that_a_portal_would_lose() -> None:
    lines = ["分享", "打印机坏了,我们围着它站了很久。", "评论", "后来谁也没有说话。"]
    assert cleaned(lines).text.split("\n") == lines


def test_a_byline_in_the_middle_of_several_pieces_ends_nothing() -> None:
    long = "把群众的小事当作大事来办,把每一件事办实办好,城市才会一天比一天更有温度、更有活力。"
    lines = [
        "街坊说事",
        "来源:江城日报 2021-03-04 08:00",
        long,
        "(作者:沈怀远)",
        "又" + long,
        "(作者:何以宁)",
        "(责编:徐亮)",
    ]
    article = cleaned(lines)
    assert article.text.split("\n") == lines
    assert article.authors == ("沈怀远", "何以宁")


def test_a_signature_below_a_notice_is_of_the_notice() -> None:
    body = (
        "各区县人民政府要高度重视,结合本地实际认真贯彻执行,工作中遇到的问题请及时报告市城市管理局。"
    )
    signed = ["江城市人民政府", "2022年5月9日"]
    article = cleaned(
        [
            "首页 > 公告",
            "关于加强夜间施工管理的通知",
            body,
            *signed,
            "打印本页",
            "关闭窗口",
            "网站地图",
        ]
    )
    assert article.text.split("\n")[1:] == [body, *signed]
    assert article.published == "2022-05-09"


def test_a_page_that_is_a_list_of_titles_and_dates_keeps_them() -> None:
    entries = [
        line for n in range(8) for line in (f"我市第{n}批口袋公园建成开放", f"2023-04-{n + 10}")
    ]
    lines = [
        "首页 > 政务公开 > 工作动态",
        *entries,
        "上一页 1 2 3 下一页",
        "版权所有 江城市人民政府",
    ]
    assert cleaned(lines).text.split("\n") == entries


def test_a_chronicle_keeps_its_dates() -> None:
    lines = [
        "大事记",
        "2019-03-01",
        "启动老旧小区普查。",
        "2020-05-06",
        "首批小区开工改造。",
        "2021-07-08",
        "全部完工。",
    ]
    assert cleaned(lines).text.split("\n") == lines


def test_a_reading_list_in_bare_markdown_is_its_author_s() -> None:
    text = "# 街道笔记\n\n街道是城市的客厅。\n\n## 延伸阅读\n\n- 《城市的胜利》\n- 《美国大城市的死与生》\n"
    want = [
        "街道笔记",
        "街道是城市的客厅。",
        "延伸阅读",
        "《城市的胜利》",
        "《美国大城市的死与生》",
    ]
    assert clean(read_markdown(text)).text.split("\n") == want


def test_the_data_holds_no_key_that_is_not_read() -> None:
    portals = tomllib.loads(
        (SEED.parent.parent / "intake" / "portals.toml").read_text(encoding="utf-8")
    )
    assert {key for table in portals.values() for key in table} == set(Marks.__dataclass_fields__)


@pytest.mark.parametrize(
    ("line", "role"),
    [
        ("【相关阅读】", Role.STOP),
        ("推荐阅读 >>", Role.STOP),
        ("Related Articles:", Role.STOP),
        ("相关阅读栏里有一行字。", Role.PROSE),
        ("首页 > 理论频道 > 正文", Role.TRAIL),
        ("分享到\uff1a微信 微博 QQ空间", Role.NOISE),
        ("字号\uff1a大 中 小", Role.NOISE),
        ("分享是一件奇怪的事", Role.SHORT),
        ("来源\uff1a光明网 2020-12-05", Role.SOURCE),
        ("来源于生活的智慧", Role.SHORT),
        ("2024-10-10 16:04", Role.STAMP),
        ("2024年10月10日召开的会议通过了决定。", Role.PROSE),
        ("作者\uff1a张三", Role.BYLINE),
        ("作者认为城市应当更有温度。", Role.PROSE),
        ("记者走访调查", Role.SHORT),
        ("[ 责编\uff1a李澍 ]", Role.EDITOR),
        ("\uff08动图\uff1a耿楠楠\uff09", Role.CREDIT),
        ("编者按\uff1a近日,本报刊发一组文章。", Role.NOTE),
        ("\uff08此件公开发布\uff09", Role.PROSE),
        ("By the numbers", Role.SHORT),
        ("By Jane Doe", Role.BYLINE),
    ],
)
def test_the_part_a_line_plays(line: str, role: Role) -> None:
    assert role_of(Line(line)) is role


LINES = st.lists(
    st.one_of(
        st.text(max_size=40),
        st.sampled_from(SEED_LINES),
        st.sampled_from(["作者:", "来源:", "——", "(", "编者按"]),
    ),
    max_size=30,
)


@settings(deadline=None)
@given(LINES)
def test_sections_tile_the_text(lines: list[str]) -> None:
    article = cleaned(lines)
    sections = article.sections
    assert "\n".join(article.text[s.start : s.end] for s in sections) == article.text
    assert all(a.end + 1 == b.start for a, b in pairwise(sections))
    assert not article.text or (sections[0].start, sections[-1].end) == (0, len(article.text))


def bare(text: str) -> str:
    """A line without white space and the bars of a table: reading may set both anew."""
    return re.sub(r"[\\\s|│┃║┆┊￨｜]", "", tidy(text))


@settings(deadline=None)
@given(LINES)
def test_every_line_is_as_printed_and_in_normal_form(lines: list[str]) -> None:
    # One after another, because a line that was broken by hand is made whole.
    printed = bare("".join(bare(part) for line in lines for part in line.splitlines()))
    for line in cleaned(lines).text.split("\n"):
        assert line == tidy(line)
        assert all(bare(cell) in printed for cell in line.split("|"))


@settings(deadline=None)
@given(
    st.lists(
        st.text("城市治理要下绣花功夫为民服务", min_size=3, max_size=60), min_size=1, max_size=12
    )
)
def test_prose_comes_through_whole(sentences: list[str]) -> None:
    lines = [sentence + "。" for sentence in sentences]
    assert cleaned(lines).text.split("\n") == lines


def test_the_fields_above_a_record_are_no_headings(tmp_path: Path) -> None:
    path = tmp_path / "ferry.txt"
    told = "渡口七月一日停航，两岸的居民改由新桥通行，老码头改成河边公园。"
    path.write_text("\n\n".join(["渡口停航记录", "时间：周五下午", "地点：码头", told]), "utf-8")
    assert [unit.kind for unit in load(path).units] == [
        "heading",
        "paragraph",
        "paragraph",
        "paragraph",
    ]
