from __future__ import annotations

import pytest

from corpus.intake.byline import authors_in, authors_in_dateline, names_office, source_in


@pytest.mark.parametrize(
    ("line", "authors"),
    [
        (
            "(作者:某校基地研究员,某中心研究员、教授、博士生导师 吴晓林;某中心研究助理 岳庆磊)",
            ("吴晓林", "岳庆磊"),
        ),
        ("作者:张三(南开大学教授)", ("张三",)),
        (
            "作者\uff1a张三\uff08南开大学教授\uff09、李四\uff08市规划院工程师\uff09",
            ("张三", "李四"),
        ),
        ("作者:张 三  李四", ("张三", "李四")),
        ("作 者:张立国、李慧 王五", ("张立国", "李慧", "王五")),
        ("(作者:张三,系南开大学教授;李四,系民政部处长)", ("张三", "李四")),
        ("(作者张三系南开大学教授)", ()),
        ("(作者系南开大学教授)", ()),
        ("(作者单位:南开大学)", ()),
        ("(作者为清华大学教授 张三)", ("张三",)),
        ("作者简介:张三,南开大学教授。", ("张三",)),
        ("作者:市发展研究中心课题组", ("市发展研究中心课题组",)),
        ("作者:欧阳一鸣和王建国", ("欧阳一鸣", "王建国")),
        ("作者:张江和、王和平", ("张江和", "王和平")),
        ("作者:阿依古丽·买买提", ("阿依古丽·买买提",)),
        ("本报记者 张三 李四 通讯员 王五", ("张三", "李四", "王五")),
        ("(本报记者张三、李四采写)", ("张三", "李四")),
        ("澎湃新闻记者 陈语嫣", ("陈语嫣",)),
        ("文/刘晓萌", ("刘晓萌",)),
        ("文|财新 记者 萧文博", ("萧文博",)),
        ("□ 陈静 王一凡", ("陈静", "王一凡")),
        ("来源:《求是》2020/23  作者:周宏志 2020-12-01 09:00:00", ("周宏志",)),
        ("来源:光明网", ()),
        (
            "By Jane Doe and John Roe | China Daily | Updated: 2021-05-12 10:32",
            ("Jane Doe", "John Roe"),
        ),
        ("By Li Wei, Staff Writer", ("Li Wei",)),
        (
            "By JANE DOE, Ludwig van Beek & A. B. Cole",
            ("JANE DOE", "Ludwig van Beek", "A. B. Cole"),
        ),
        ("By design the street is narrow.", ()),
        ("文/张三 图/李四", ("张三",)),
        ("文/张三 摄影/李四", ("张三",)),
        ("文图/张三", ("张三",)),
        ("图/李四", ()),
        ("本报记者 张三 文 李四 摄", ("张三",)),
        ("本报记者 张三、王五摄", ()),
        ("▲广州日报全媒体图片记者黎旭阳、王五摄", ()),
        ("本报记者 张三 摄影报道", ("张三",)),
        ("作者:张三 编辑:李四 校对:王五", ("张三",)),
        ("作者:查看更多", ()),
        ("作者:未知", ()),
        ("作者:佚名", ()),
        ("", ()),
    ],
)
def test_names_without_their_offices(line: str, authors: tuple[str, ...]) -> None:
    assert authors_in(line) == authors


def test_reporters_in_a_dateline() -> None:
    assert authors_in_dateline("新华社杭州5月11日电(记者张三、李四)近日,") == ("张三", "李四")
    assert authors_in_dateline("本报讯(记者 王明 通讯员 李亮)近日,") == ("王明", "李亮")
    assert authors_in_dateline("他说,记者(张三)来过。") == ()


@pytest.mark.parametrize(
    ("line", "source"),
    [
        ("来源:光明网-理论频道2020-12-05 10:00", "光明网-理论频道"),
        ("来源\uff1a光明网\uff08理论\uff09", "光明网\uff08理论"),
        ("2021年03月04日08:12 来源:人民网-人民日报", "人民网-人民日报"),
        ("2021年03月04日08:12 | 来源:人民网 | 责任编辑:李四", "人民网"),
        ("发布时间:2021-05-12 来源: 市政府办公厅 浏览次数: 123", "市政府办公厅"),
        ("发文机关: | 国务院办公厅 | 成文日期: | 2020年07月10日", "国务院办公厅"),
        ("光明日报 2020-12-05 10:00", "光明日报"),
        ("原创 顾小满 城市更新观察 2022-11-03 18:30 发表于云南", "城市更新观察"),
        ("来源:《求是》2020/23  作者:周宏志 2020-12-01", "《求是》2020/23"),
        ("Source: Xinhua | 2020-11-05 14:22:10 | Editor: huaxia", "Xinhua"),
        ("Published 12 May 2021 | The Urban Review", "The Urban Review"),
        ("By Li Wei | China Daily | Updated: 2021-05-12", "China Daily"),
        ("发表于 2021-05-12 | 分类于 城市", ""),
        ("2021-05-12 08:30", ""),
        ("时 间：2021-05-12 08:30", ""),
        ("发布时间：2021-05-12 08:30:00", ""),
        ("公布日期：2021-05-12", ""),
        ("2021-05-12 08:30 HKT", ""),
        ("2021-05-12 08:30 HKT 香港电台", "香港电台"),
        ("2021-05-12T08:30:00Z | The Urban Review", "The Urban Review"),
        ("发表于2021-05-12 21:30| 1164次阅读", ""),
        ("2021年05月12日 时政新闻 1665 0", "时政新闻"),
        ("2021-05-12 来源: 证券周刊举报", "证券周刊"),
        ("2021-05-12 发布", ""),
        ("来源：网络", ""),
        ("发表于2021-05-12 21:30| 1164次阅读| 来源CSDN", "CSDN"),
    ],
)
def test_the_publisher_as_printed(line: str, source: str) -> None:
    assert source_in(line) == source


def test_a_name_and_an_office() -> None:
    assert names_office("李四,南开大学研究助理")
    assert names_office("市规划院高级工程师中心主任 王五")
    assert names_office("Cities correspondent")
    assert not names_office("李四认为这件事做得好")
    assert not names_office("城市治理的尺度")


@pytest.mark.parametrize("line", ["■ 纪检监察", "作者：未知", "作者：佚名"])
def test_headings_with_a_square_and_unknown_authors_name_nobody(line: str) -> None:
    assert authors_in(line) == ()


@pytest.mark.parametrize(
    ("line", "source"),
    [
        ("2019-09-05 11:10 江城网 1", "江城网"),
        ("发表于2014-08-24 21:30| 1164次阅读| 来源江城网| 0 条评论", "江城网"),
        ("来源: | 发布时间: 2018-05-17", ""),
    ],
)
def test_counters_and_labels_are_no_source(line: str, source: str) -> None:
    assert source_in(line) == source


@pytest.mark.parametrize(
    ("line", "source"),
    [
        # the place of who posted it
        ("原创 陆小满 沙洲生活圈 2023-05-06 08:10 江苏", "沙洲生活圈"),
        ("沙洲生活圈 2023-05-06 08:10 发表于江苏", "沙洲生活圈"),
        ("沙洲生活圈 2023-05-06 IP属地：江苏", "沙洲生活圈"),
        ("陆小满 2023-05-06 08:10 江城网", "江城网"),
        ("体育 2023-05-06 08:10 新华社", "新华社"),
        # the label of the date
        ("临港区图书馆读者服务部　修订日期：2024-07-08", "临港区图书馆读者服务部"),
        ("巡查日期：2024年4月3日", ""),
        # who wrote it, for which paper
        ("《体育周讯》2025年11月3日　记者 陆小满", "《体育周讯》"),
        ("采访：《江城健康报》记者 陆小满　2025年10月16日", "《江城健康报》"),
        ("2024年4月15日 江城区报 本报记者 陆小满", "江城区报"),
        # an occasion, and what is done from a day on
        ("（2024年1月23日在江城区第五届代表大会第三次会议上）", ""),
        ("（2025年8月1日起执行，社区居委会、物业公司联合公示）", ""),
    ],
)
def test_what_stands_beside_a_date_and_is_no_publisher(line: str, source: str) -> None:
    assert source_in(line, ("陆小满",)) == source
