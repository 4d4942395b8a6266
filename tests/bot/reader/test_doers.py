"""Who does what is asked who does: any subject of that verb, and nothing that is no subject."""

import pytest

from bot.question.analysis import analyse
from bot.reader.doers import names_doer
from corpus.language.text import Segmenter, fold

SEGMENTER = Segmenter([])


def names(question: str, sentence: str) -> bool:
    return names_doer(analyse(question, SEGMENTER), fold(sentence))


@pytest.mark.parametrize(
    ("question", "sentence"),
    [
        ("谁负责清洗水箱？", "供水企业负责清洗水箱，每半年一次。"),
        ("水箱清洗由谁负责？", "泵房的维护单位应当负责水箱清洗。"),
        ("水箱谁来管？", "泵房的维护单位负责水箱。"),
        ("负责清洗水箱的是谁？", "由供水企业统一负责清洗水箱。"),
        ("谁应当出具检测报告？", "检测机构应当在十日内出具检测报告，并加盖公章。"),
        ("异议由谁复核？", "评审小组自收到异议之日起五个工作日内复核。"),
        ("谁可以借阅档案？", "档案移交单位可以借阅档案。"),
    ],
)
def test_whatever_does_it_is_who_does_it(question: str, sentence: str) -> None:
    assert names(question, sentence)


@pytest.mark.parametrize(
    ("question", "sentence"),
    [
        ("押金谁退还？", "押金在退房后三日内退还。"),
        ("谁负责清洗水箱？", "水箱每半年清洗一次。"),
        ("谁负责清洗水箱？", "每年三月，负责清洗水箱。"),
        ("谁再次申请？", "三年内不得再次申请。"),
        ("谁负责清洗水箱？", "供水企业负责抄表收费。"),
        ("谁？", "供水企业负责清洗水箱。"),
    ],
)
def test_what_is_done_and_when_is_not(question: str, sentence: str) -> None:
    assert not names(question, sentence)
