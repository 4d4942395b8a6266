"""Headings that the numbers of the others show."""

from pathlib import Path

import pytest

from corpus.intake.heading_sequence import Numbered, in_sequence, number_of
from corpus.load import load


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("04 谁来管？", Numbered(0, 4)),
        ("2、怎么借", Numbered(0, 2)),
        ("12．夜班车", Numbered(0, 12)),
        ("二十一、夜班车", Numbered(1, 21)),
        ("（十）夜班车", Numbered(2, 10)),
        ("第十二部分 展望", Numbered(3, 12)),
        ("2024年的夜班车", None),
        ("3.5公里的步道", None),
        ("12路公交", None),
        ("夜班车", None),
    ],
)
def test_the_number_of_a_heading(text: str, expected: Numbered | None) -> None:
    assert number_of(text) == expected


LINES = ("一、灯亮了", "正文", "二、人多了", "正文", "三、谁来管？", "正文")


@pytest.mark.parametrize(
    ("lines", "headings", "at", "expected"),
    [
        (LINES, (0, 2), 4, True),
        # the first, and one between others
        (LINES, (2, 4), 0, True),
        (LINES, (0, 4), 2, True),
        # one heading is no sequence
        (LINES, (0,), 2, False),
        # 三 stands twice
        ((*LINES, "三、接下来"), (0, 2, 6), 4, False),
        # 四 is missing
        (("一、灯", "正文", "二、人", "正文", "五、谁来管？", "正文"), (0, 2), 4, False),
        # another style
        (("一、灯", "正文", "二、人", "正文", "（三）谁来管？", "正文"), (0, 2), 4, False),
        # a list of the second section
        (("1、怎么借", "正文", "2、不收", "1、教材", "2、期刊", "3、破书"), (0, 2), 5, False),
    ],
)
def test_a_number_that_the_headings_lack(
    lines: tuple[str, ...], headings: tuple[int, ...], at: int, expected: bool
) -> None:
    flags = [number in headings for number in range(len(lines))]
    assert in_sequence(lines, flags, at) is expected


def test_a_heading_that_asks_begins_a_section_of_its_own(tmp_path: Path) -> None:
    told = "公园新装路灯三百一十二盏，主路每隔二十米一盏，登山道只在台阶处装脚灯。"
    lines = ["夜里的公园", "01 灯亮了", told, "02 人多了", told, "03 谁来管？", told]
    body = "".join(
        f"<p><b>{line}</b></p>" if line[0] == "0" else f"<p>{line}</p>" for line in lines[1:]
    )
    path = tmp_path / "park.html"
    path.write_text(
        f"<html><title>夜里的公园</title><article><h1>夜里的公园</h1>{body}</article>", "utf-8"
    )
    document = load(path)
    assert [section.heading for section in document.sections][-3:] == [
        "01 灯亮了",
        "02 人多了",
        "03 谁来管？",
    ]
