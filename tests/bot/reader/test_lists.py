"""Enumerations without the words that lead to them."""

import pytest

from bot.question.analysis import analyse
from bot.reader.short_answer import list_spans
from corpus.language.text import Segmenter

SEGMENTER = Segmenter(["一网统管"])


def lists(question: str, folded: str) -> list[str]:
    return [folded[a:b] for a, b in list_spans(analyse(question, SEGMENTER), folded, SEGMENTER)]


@pytest.mark.parametrize(
    ("question", "folded", "expected"),
    [
        ("推动哪些下沉到基层？", "推动权责、资源、人力下沉到基层,", "权责、资源、人力"),
        (
            "哪些短板？",
            "还存在职责交叉、社会失灵、风险性加剧等短板。",
            "职责交叉、社会失灵、风险性加剧",
        ),
        (
            "实现哪些智能化？",
            "实现“问题发现智能化、处置流程标准化、核查结案闭环化”,",
            "问题发现智能化、处置流程标准化、核查结案闭环化",
        ),
        ("出台了哪些文件？", "出台文件《意见》和《办法》。", "《意见》和《办法》"),
        ("首创了哪些平台？", "首创平台“数字平台”和“健康码”。", "“数字平台”和“健康码”"),
    ],
)
def test_the_nearest_list_comes_first(question: str, folded: str, expected: str) -> None:
    assert lists(question, folded)[0] == expected


def test_names_far_apart_are_no_list() -> None:
    assert lists("哪些平台？", "平台“数字平台”在很长很长很长很长的一段话之后才是“健康码”。") == []


def test_of_two_lists_the_one_beside_the_question_leads() -> None:
    text = "理论包括甲说、乙说。此处隔开许多许多许多许多字。短板有交叉、失灵。"
    assert lists("有哪些短板？", text)[0] == "交叉、失灵"
    assert len(lists("有哪些短板？", text)) == 1


@pytest.mark.parametrize("folded", ["", "、", "、、、", "没有列举。"])
def test_nothing_to_list(folded: str) -> None:
    assert all(found == "" for found in lists("有哪些短板？", folded))
