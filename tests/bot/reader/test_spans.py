"""Numbers, dates, names and enumerations, by hand."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.question.analysis import analyse
from bot.reader import spans
from bot.reader.spans import Span
from corpus.language.text import Segmenter

SEGMENTER = Segmenter()


def texts(text: str, found: list[Span]) -> list[str]:
    return [text[start:end] for start, end in found]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("日最高使用量超过2685万次。", ["2685万次"]),
        ("城镇化率由17.9%提高到60.6%", ["17.9%", "60.6%"]),
        ("社会组织数量已突破86.63万个", ["86.63万个"]),
        ("投入15个亿的社区资金", ["15个亿"]),
        ("近50万干部群众", ["50万"]),
        ("宏观、中观和微观三个层面", ["三个"]),
        ("八个方面工作", ["八个方面"]),
        ("增加1,200平方公里", ["1,200平方公里"]),
        ("占三分之二", []),
        ("占三分之二人", ["三分之二人"]),
        ("上涨2个百分点", ["2个百分点"]),
        ("2015年出台6个文件", ["6个"]),
        ("第一个,第二届", ["第一个", "第二届"]),
        ("一些城市,十分重要", []),
        ("进一步创新,走好第一步", ["第一步"]),
        ("编号v1.2.3", ["1.2"]),
        ("", []),
    ],
)
def test_numbers_come_with_their_measure_words(text: str, expected: list[str]) -> None:
    assert texts(text, spans.numbers(text)) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("2015年,上海", ["2015年"]),
        ("今年3月底,在浙江", ["今年3月底"]),
        ("10月,在深圳", ["10月"]),
        ("10月中旬开工", ["10月中旬"]),
        ("2020-12-05 10:00", ["2020-12-05 10:00"]),
        ("截至2019年年底", ["2019年年底"]),
        ("2008年5月12日地震", ["2008年5月12日"]),
        ("二〇三五年远景目标", ["二〇三五年"]),
        ("公元前221年", ["公元前221年"]),
        ("同年杭州市", ["同年"]),
        ("20世纪90年代", ["20世纪90年代"]),
        ("建立40周年", []),
        ("每年", []),
    ],
)
def test_dates(text: str, expected: list[str]) -> None:
    assert texts(text, spans.dates(text)) == expected


def test_names_are_quoted_without_marks_and_titled_with_them_in_order() -> None:
    text = "出台《意见》,被概括为“1+6”系列"
    assert texts(text, spans.names(text)) == ["《意见》", "1+6"]
    assert spans.names("“没有收尾") == []


def test_enumerations_end_at_commas_and_begin_after_brackets() -> None:
    text = "上海“两张网”(政务服务“一网通办”、城市运行“一网统管”),方便"
    assert texts(text, spans.enumerations(text)) == ["政务服务“一网通办”、城市运行“一网统管”)"]
    assert spans.enumerations("社区,组织") == []


@pytest.mark.parametrize(
    ("part", "text", "expected"),
    [
        ("aa", "aaaa", [(0, 2), (1, 3), (2, 4)]),
        ("网", "上网、下网", [(1, 2), (4, 5)]),
        ("x", "abc", []),
    ],
)
def test_occurrences_may_overlap(part: str, text: str, expected: list[Span]) -> None:
    assert list(spans.occurrences(part, text)) == expected


@pytest.mark.parametrize(
    ("text", "whole"),
    [
        ("", True),
        ("“一网通办”、“一网统管”", True),
        ("一网通办”、“一网统管", False),
        ("“甲《乙》(丙)”", True),
        ("“甲《乙”》", False),
        ("街道(乡镇", False),
        ("乡镇)", False),
    ],
)
def test_whole_means_rightly_nested(text: str, whole: bool) -> None:
    assert spans.is_whole(text) is whole


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("的专业社工组织,", "专业社工组织"),
        ("“权责、资源、人力”", "权责、资源、人力"),
        ("政务服务“一网通办”、城市运行“一网统管”", "政务服务“一网通办”、城市运行“一网统管”"),
        ("“一网通办”、“一网统管”", "“一网通办”、“一网统管”"),
        ("由“社区需求导向”机制", "“社区需求导向”机制"),
        ("”发展治理", "发展治理"),
        ("人力“", "人力"),
        ("的是了", ""),
    ],
)
def test_trimming_keeps_marks_that_enclose_a_part(text: str, expected: str) -> None:
    start, end = spans.trimmed(text, (0, len(text)))
    assert text[start:end] == expected


def test_only_the_characters_named_are_trimmed() -> None:
    text = ",在总纲领的指引下,"
    start, end = spans.trimmed(text, (0, len(text)), spans.MARKS)
    assert text[start:end] == "在总纲领的指引下"


@given(st.text("“”《》()的是、,城市12年月", max_size=30))
def test_every_span_lies_in_the_text_and_trimming_only_shortens(text: str) -> None:
    every = [
        *spans.numbers(text),
        *spans.dates(text),
        *spans.names(text),
        *spans.enumerations(text),
    ]
    assert all(0 <= start < end <= len(text) for start, end in every)
    start, end = spans.trimmed(text, (0, len(text)))
    assert 0 <= start <= end <= len(text)
    assert spans.trimmed(text, (start, end)) == (start, end)


@pytest.mark.parametrize(
    ("asked", "text", "lacks"),
    [
        ("是哪一年?", "近年来", True),
        ("是哪一年?", "同年通过", False),
        ("在哪年?", "贞观元年", False),
        ("哪一年代?", "近年来", False),
        ("几月几号?", "2020年3月底", True),
        ("几月几号?", "3月31日", False),
        ("哪一天?", "国庆节上线", False),
        ("哪日本人?", "近年来", False),
        ("in which year?", "近年来", True),
        ("on what date?", "3月31日", False),
        ("什么时候?", "近年来", False),  # which asks for no year
        ("几点开门?", "六点开门", False),
        ("几点开门?", "每天开门", True),
        ("提了几点建议?", "会议提出五条建议", False),
    ],
)
def test_a_year_or_a_day_is_lacking(asked: str, text: str, lacks: bool) -> None:
    assert spans.lacks_date(analyse(asked, SEGMENTER), text) is lacks


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("早上六点开门，21:30关门", ["早上六点", "21:30"]),
        ("9时至18时", ["9时", "18时"]),
        ("下午5点半，十一点一刻前", ["下午5点半"]),
        ("六点到九点", ["六点"]),
        ("这一点很重要，一时难以解决", []),
        ("提出三点建议和5点意见", []),
        ("涨到1,200点，跌破98点", []),
        ("比例尺1:50", []),
    ],
)
def test_a_time_of_day_is_told_from_a_point(text: str, found: list[str]) -> None:
    assert texts(text, spans.dates(text)) == found


def test_points_are_counted() -> None:
    assert texts("提出三点建议", spans.numbers("提出三点建议")) == ["三点"]
