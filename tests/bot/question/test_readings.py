"""What a follow-up may mean: which words of the question before are replaced, and by what."""

from functools import cache
from itertools import pairwise

import pytest

from bot.question.analysis import Question, analyse
from bot.question.followup import resolve
from bot.question.readings import Meaning, new_terms, readings, stretches, with_amounts
from corpus.language.text import Segmenter


@cache
def segmenter() -> Segmenter:
    return Segmenter()


def alike(one: str, other: str) -> float:
    """Share of the characters of two wordings that both have."""
    return len(set(one) & set(other)) / len(set(one) | set(other))


def read(asked: str, earlier: str) -> list[Meaning]:
    history = [{"role": "user", "content": earlier}]
    resolved = resolve(asked, history, segmenter())
    typed, before = analysed(asked), analysed(earlier)
    return list(readings(typed, resolved, before, segmenter(), alike))


def analysed(text: str) -> Question:
    return analyse(text, segmenter())


def wholes(asked: str, earlier: str) -> list[str]:
    return [one.question.whole for one in read(asked, earlier)]


@pytest.mark.parametrize(
    ("asked", "earlier", "whole"),
    [
        ("女子组呢？", "今年男子组冠军是谁？", "今年女子组冠军是谁？"),
        ("那晚餐呢", "食堂午餐几点到几点？", "食堂晚餐几点到几点？"),
        ("八十岁以上呢？", "六十岁以上的老人多少钱？", "八十岁以上的老人多少钱？"),
    ],
)
def test_new_words_take_the_place_of_those_most_like_them(
    asked: str, earlier: str, whole: str
) -> None:
    assert whole in wholes(asked, earlier)


def test_new_words_may_be_put_before_the_question() -> None:
    assert "周末，平日多少钱？" in wholes("那周末呢？", "平日多少钱？")
    assert set(wholes("要是下雨呢？", "平日多少钱？")) == {"要是下雨，平日多少钱？"}


def test_every_reading_of_new_words_has_them() -> None:
    for meaning in read("女子组呢？", "今年男子组冠军是谁？"):
        assert "女子组" in meaning.question.whole
        assert meaning.question.news == meaning.own
        assert not meaning.own.keys() & meaning.carried.keys()
        assert meaning.question.asked == "女子组呢？"
        assert meaning.question.kind == "person"


@pytest.mark.parametrize(
    ("terms", "known", "new"),
    [
        (["单亲家庭"], "低保家庭要交钱吗", ["单亲"]),
        (["单亲", "家庭"], "低保家庭要交钱吗", ["单亲"]),
        (["女子组"], "今年男子组冠军是谁", ["女子"]),
        (["停水时间"], "停水的是哪几栋", ["时间"]),
        (["熟食摊"], "食材摊每月多少钱", ["熟食摊"]),
        (["老家", "房"], "单身能申请吗", ["老家"]),
        (["男"], "女子组冠军是谁", ["男"]),
        (["成人票"], "成人票多少钱", ["成人票"]),
    ],
)
def test_new_is_what_the_question_before_has_not(
    terms: list[str], known: str, new: list[str]
) -> None:
    assert list(new_terms(dict.fromkeys(terms, 5.0), known)) == new


def test_an_amount_is_new_and_its_unit_says_nothing() -> None:
    assert list(with_amounts({"栋": 5.0}, "9栋")) == ["9栋"]
    assert list(with_amounts({"停": 5.0, "分钟": 5.0}, "只停二十分钟")) == ["停", "二十分钟"]


def test_what_is_replaced_is_known() -> None:
    replaced = {one.question.replaced for one in read("女子组呢？", "今年男子组冠军是谁？")}
    assert any("男子" in one for words in replaced for one in words)


@pytest.mark.parametrize("asked", ["其他城市呢？", "全国呢？", "那别的小区呢"])
def test_what_leaves_the_document_is_not_asked_of_it(asked: str) -> None:
    assert not any(one.is_inside for one in read(asked, "青岛的热费退多少？"))


def test_new_words_are_asked_of_the_same_document_and_of_any() -> None:
    inside = [one.is_inside for one in read("女子组呢？", "今年男子组冠军是谁？")]
    assert inside == sorted(inside)
    assert inside.count(True) == inside.count(False)


def test_a_title_is_not_taken_apart() -> None:
    whole = "《愿意的多，做到的少》里问卷收回多少份？"
    for _, start, end in stretches("有效的", whole, segmenter(), alike):
        assert start > whole.index("》") or end <= whole.index("《")


def test_stretches_lie_apart_the_likest_first() -> None:
    found = stretches("女子组", "今年男子组冠军是谁？", segmenter(), alike)
    assert [fit for fit, _, _ in found] == sorted((fit for fit, _, _ in found), reverse=True)
    places = sorted((start, end) for _, start, end in found)
    assert all(end <= start for (_, end), (start, _) in pairwise(places))


def test_a_question_without_a_subject_is_tried_with_that_before_it_and_alone() -> None:
    plain, inside, alone = read("用了多久？", "第三期的工程有多少公里？")
    assert "工程" in plain.question.text and not plain.is_inside
    assert inside.is_inside and inside.question.text == plain.question.text
    assert inside.question.whole.strip() == "用了多久？"
    assert alone.is_inside and alone.question.text == "用了多久？" and not alone.carried


def test_a_question_of_its_own_is_tried_everywhere_and_in_the_same_document() -> None:
    plain, inside = read("什么时候完工？", "第三期有多少公里？")
    assert plain.question.text == inside.question.text == "什么时候完工？"
    assert (plain.is_inside, inside.is_inside) == (False, True)


def test_a_pronoun_keeps_the_words_that_it_stands_for() -> None:
    plain, inside, _ = read("她跑了多长时间？", "女子组冠军是谁？")
    assert inside.question is plain.question
    assert "冠军" in plain.question.whole
