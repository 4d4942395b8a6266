"""The wording of a claim must be that of what it cites."""

from support.claims import read, segmenter

from bot.llm.checks.coverage import coverage, lacks_wording

SOURCE = "社区食堂每天为老年居民供应午餐和晚餐。"


def test_all_and_nothing() -> None:
    assert coverage(*read(SOURCE, SOURCE), segmenter(), "") == 1
    assert coverage(*read("球队昨晚夺冠。", SOURCE), segmenter(), "") == 0


def test_light_rewording_is_supported() -> None:
    claim = "社区食堂天天给老年居民供应午餐。"
    assert not lacks_wording(*read(claim, SOURCE), segmenter(), "")


def test_another_matter_is_not() -> None:
    assert lacks_wording(*read("球队昨晚夺得联赛冠军。", SOURCE), segmenter(), "")


def test_an_added_clause_is_not() -> None:
    claim = "社区食堂每天为老年居民供应午餐和晚餐，球队昨晚夺得联赛冠军。"
    assert coverage(*read(claim, SOURCE), segmenter(), "") > 0.5
    assert lacks_wording(*read(claim, SOURCE), segmenter(), "")


def test_the_words_of_the_question_tell_nothing_new() -> None:
    claim, source = read("残疾人食堂供应午餐。", SOURCE)
    assert coverage(claim, source, segmenter(), "残疾人食堂供应什么") > coverage(
        claim, source, segmenter(), ""
    )
