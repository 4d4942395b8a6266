"""What a sentence leans on, by hand."""

import pytest

from corpus.language.leaning import leant_on


@pytest.mark.parametrize(
    ("before", "sentence", "leant"),
    [
        ("2031年，甲市修了桥。", "同年乙市修了路。", "2031年"),
        ("3月5日开工。", "次日停工。", "3月5日"),
        ("2031年4月2日，会议召开。4月9日，文件印发。", "当日生效。", "4月9日"),
        ("甲市修了桥。", "同年乙市修了路。", "甲市修了桥。"),
        ("开头一句。甲市成立了中心。", "其成员由各局派出。", "甲市成立了中心。"),
        ("他说：“好。”甲市成立了中心。", "与之相应，街道设了站。", "甲市成立了中心。"),
        ("The city built a centre. It opened in May.", " They meet weekly.".strip(), "It opened in May."),
        ("甲市成立了中心。", "其实不用着急。", None),
        ("甲市成立了中心。", "其一是钱不够。", None),
        ("甲市成立了中心。", "此外还修了路。", None),
        ("甲市成立了中心。", "这样做很好。", None),
        ("甲市成立了中心。", "乙市修了路。", None),
        ("甲市成立了中心。\n", "该中心有十人。", None),
        ("2023年建馆。", "当天然气报警器响起时，应当撤离。", None),
        ("2019年建馆。", "同年级的学生一起上课。", None),
        ("老人本人申请。", "他人代为申请的，应当出示证件。", None),
        ("甲市成立了中心。", "其實不用着急。", None),
        ("甲市成立了一家公司。", "該公司有十人。", "甲市成立了一家公司。"),
        ("The museum was opened by Dr. Smith. ", "It has 3 floors.", "The museum was opened by Dr. Smith."),
        ("", "他们都来了。", None),
    ],
)  # fmt: skip
def test_what_of_its_paragraph_a_sentence_leans_on(
    before: str, sentence: str, leant: str | None
) -> None:
    text = before + sentence
    span = leant_on(text, len(before), len(text))
    assert (text[slice(*span)] if span else None) == leant
    # Characters before it change nothing.
    shifted = leant_on("标题\n" + text, len(before) + 3, len(text) + 3)
    assert (span is None and shifted is None) or (
        span is not None and shifted == (span.start + 3, span.end + 3)
    )
