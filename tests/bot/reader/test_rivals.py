"""Words for the members of one set."""

import pytest

from bot.reader.mismatches import speaks_of_rival


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
