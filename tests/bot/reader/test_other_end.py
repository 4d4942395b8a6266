"""The other end of an order is no answer: hand-made pairs, and bounds that are no ends."""

import pytest

from bot.reader.other_end import tells_other_end


@pytest.mark.parametrize(
    ("asked", "sentence", "tells"),
    [
        ("哪条街的树最少?", "树最多的是北街,有三百棵。", True),
        ("哪条街的树最少?", "北街的树最多,南街最少。", False),
        ("哪条街的树最少?", "每条街最多种300棵。", False),
        ("哪条街的树最少?", "每条街最多三百棵。", False),
        ("哪条街的树最少?", "西街有九棵。", False),
        ("票价最贵的是哪一路?", "最便宜的是3路。", True),
        ("最多能借几本?", "最少借一本。", False),
        ("哪班车最早?", "末班最晚的是3路,22:00。", True),
        ("最近的站在哪?", "最远的站是南门。", False),
        ("最高和最低各是多少?", "最高的是北街。", False),
    ],
)
def test_only_the_other_end(asked: str, sentence: str, tells: bool) -> None:
    assert tells_other_end(asked, sentence) is tells
