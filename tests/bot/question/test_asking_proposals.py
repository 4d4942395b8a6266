"""Questions for all that an author proposes, and sentences that propose."""

import pytest

from bot.question.proposals import asks_proposals, begins_proposing, opens_proposing, proposes
from corpus.language.text import Segmenter

SEGMENTER = Segmenter()


@pytest.mark.parametrize(
    ("question", "asks"),
    [
        ("作者提了哪些建议", True),
        ("文章最后给出了哪几条主张？", True),
        ("笔者有什么对策建议", True),
        ("What does the author propose?", True),
        ("停车难有哪些对策", False),
        ("专家对热线提了哪些建议", False),
        ("作者讲了什么", False),
        ("这份建议是谁写的", False),
    ],
)
def test_a_question_for_proposals_names_no_subject(question: str, asks: bool) -> None:
    assert asks_proposals(question) is asks


@pytest.mark.parametrize(
    ("sentence", "is_one"),
    [
        ("派单应当跟着权力走。", True),
        ("要把补贴移向运营端。", True),
        ("主要做法有三条。", False),
        ("建设重要的公园。", False),
        ("市长强调,要抓好垃圾分类。", False),
    ],
)
def test_a_sentence_proposes_by_a_word_of_its_own_and_in_its_own_voice(
    sentence: str, is_one: bool
) -> None:
    assert proposes(sentence, SEGMENTER) is is_one


def test_where_the_proposal_begins() -> None:
    later = "根据各地的经验,要推动重心下移。"
    assert begins_proposing(later, SEGMENTER) and not opens_proposing(later, SEGMENTER)
    assert opens_proposing("要推动重心下移。", SEGMENTER)
    assert not begins_proposing("派单要跟着权力走。", SEGMENTER)
