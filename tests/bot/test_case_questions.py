"""Questions on small files, of which each stands for a kind of fault, asked as a reader would."""

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from bot.answer import Answer
from bot.index_build import open_service
from bot.service import Service
from bot.settings import load_settings

CASES = Path(__file__).parents[2].parent / "shared/cases"
pytestmark = [
    pytest.mark.slow,
    pytest.mark.encoder,
    pytest.mark.skipif(not CASES.is_dir(), reason="the small files that fail are not here"),
]

Serve = Callable[..., Service]


@pytest.fixture(scope="module")
def serve(tmp_path_factory: pytest.TempPathFactory) -> Serve:
    """A service of some of the files, by the reader that is named. The last is kept: each is 300 MB."""
    made: dict[tuple[str, ...], Service] = {}

    def of(*names: str, reader: str = "neural") -> Service:
        key = (reader, *names)
        if key not in made:
            made.clear()
            folder = tmp_path_factory.mktemp("cases")
            for name in names:
                shutil.copy(CASES / name, folder / name)
            made[key] = open_service(load_settings([f"reader={reader}"]), folder)
        return made[key]

    return of


def quotes(answer: Answer) -> str:
    return "\n".join(citation.quote for citation in answer.citations)


@pytest.mark.parametrize(
    ("name", "question", "words"),
    [
        ("tracked.docx", "年满九十周岁的老人每月发多少津贴？", "八百元"),
        ("tracked.docx", "要提交什么材料？", "身份证和户口簿"),
        ("textbox.docx", "柳叶湖公园几点开门？", "早上六点"),
        ("footnote.docx", "集装箱吞吐量是多少？", "三百一十二万标准箱"),
        ("equalcells.docx", "东城社区2020年有多少张养老床位？", "12"),
        ("autonumber.docx", "第三条是什么？", "生活垃圾应当分类投放"),
        ("wechat-hidden.html", "市住建局局长是谁？", "孟晓岚"),
        ("wechat-hidden.html", "一共更新了多少楼道？", "三百四十六个"),
        ("table-empty-cells.html", "石桥镇实际处理量是多少？", "420"),
        ("table-years.md", "东城街道2020年有多少张养老床位？", "126"),
        ("code-fences.md", "备份保留多久？", "三十天"),
        ("long-table.pdf", "第30周的供水量是多少？", "330"),
        ("number-lines.pdf", "光明街有多少盏路灯？", "904"),
        ("radicals.txt", "西门街道用工多少人次？", "一百二十人次"),
        ("spaced.txt", "湖区管理处处长是谁？", "欧阳静波"),
        ("faq.txt", "灵活就业人员每月要交多少医保费？", "四百六十五元"),
        ("faq.txt", "异地就医怎样备案？", "在手机应用里自助备案"),
        ("faq.txt", "三级医院门诊报销多少？", "百分之五十"),
        ("versions-fee.txt", "夜间停车每小时多少钱？", "一元"),
    ],
)
def test_the_words_are_cited(serve: Serve, name: str, question: str, words: str) -> None:
    assert words in quotes(serve(name).ask(question))


@pytest.mark.parametrize(
    ("name", "question"),
    [
        ("table-empty-cells.html", "上河镇实际处理量是多少？"),
        ("versions-fee.txt", "西岸码头夜航船票多少钱？"),
    ],
)
def test_what_is_not_said_is_refused(serve: Serve, name: str, question: str) -> None:
    assert serve(name).ask(question).outcome == "absent"


@pytest.mark.parametrize(
    ("question", "items"),
    [
        ("申请公租房要符合哪些条件？", ("（一）", "（二）", "（三）", "（四）")),
        ("要提交什么材料？", ("1.", "2.", "3.", "4.")),
        ("哪些情形不予受理？", ("（一）", "（二）", "（三）")),
    ],
)
def test_a_list_is_told_whole(serve: Serve, question: str, items: tuple[str, ...]) -> None:
    """In one citation, or an item each: all of them, once, in their order, and nothing else."""
    answer = serve("list-after-colon.txt").ask(question)
    told = quotes(answer)
    assert len(answer.citations) in (1, len(items))
    assert [told.count(item) for item in items] == [1] * len(items)
    assert sorted(items, key=told.index) == list(items)
    assert all(any(item in one.quote for item in items) for one in answer.citations)
    assert answer.short_answer is None


def test_the_value_of_the_clause_that_is_asked_about_is_the_short_answer(serve: Serve) -> None:
    assert serve("faq.txt").ask("三级医院门诊报销多少？").short_answer == "百分之五十"


def test_a_year_is_that_of_the_title(serve: Serve) -> None:
    service = serve("year-in-title-2022.txt", "year-in-title-2023.txt", "year-in-title-other.txt")
    first = service.ask("青岚区2023年新增就业多少人？")
    assert "三万八千人" in quotes(first)
    history = [
        {"role": "user", "content": first.question},
        {"role": "assistant", "content": first.text},
    ]
    assert "三万一千人" in quotes(service.ask("2022年呢？", history))


@pytest.mark.parametrize("reader", ["neural", "rules"])
@pytest.mark.parametrize(
    ("question", "words"),
    [
        ("骨灰寄存期限是多少天？", "三十日"),
        ("墓碑高度不得超过多少？", "六十厘米"),
        ("绿化覆盖面积不得少于多少？", "七十五亩"),
        ("几点停止接待？", "下午五点"),
        ("有多少辆接运车？", "九辆"),
    ],
)
def test_numbers_in_chinese(serve: Serve, reader: str, question: str, words: str) -> None:
    answer = serve("chinese-numerals.txt", reader=reader).ask(question)
    assert words in quotes(answer)
    assert "条" not in (answer.short_answer or "")
