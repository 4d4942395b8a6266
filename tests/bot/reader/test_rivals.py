"""Words for the members of one set."""

import pytest

from bot.reader.rivals import speaks_of_rival, tells_other_end


@pytest.mark.parametrize(
    ("asked", "folded", "expected"),
    [
        ("中观层面要形成什么?", "微观层面要形成行动体系", True),
        ("中观层面要形成什么?", "推动宏观、中观和微观联动", False),
        ("中观和微观层面要形成什么?", "微观层面要形成行动体系", False),
        ("中观层面要形成什么?", "要形成行动体系", False),
        ("要形成什么?", "微观层面要形成行动体系", False),
        ("上半年办了多少件?", "下半年办了30件", True),
        ("线上怎么办?", "线下怎么办", True),
        ("线上怎么办?", "事前怎么办", False),
        ("男性有多少?", "微观层面有30个", False),
        ("社区参与率怎样?", "社会参与率不强", False),  # no set that is known
    ],
)
def test_a_sentence_of_another_member_of_the_set(asked: str, folded: str, expected: bool) -> None:
    assert speaks_of_rival(asked, folded) is expected


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
