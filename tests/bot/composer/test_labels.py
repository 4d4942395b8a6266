"""A label stands before what speaks of it alone, in its own words, its number, its row or its heading."""

from itertools import pairwise

from conftest import BigramEncoder

from bot.answer import Answer, Citation
from bot.composer.labels import forms_of, naming, spoken_of, told_of
from bot.question.analysis import analyse
from bot.service import Service
from bot.settings import Settings
from corpus import Document
from corpus.language.text import Segmenter
from index.snapshot import build

SEGMENTER = Segmenter()
CLUB = """头三次课以内退出的，退还全部会费。
器材损坏的，照价赔偿。
三月招收新会员，每人交押金40元。
老会员凭旧证入场，押金免收。"""


def has(name: str, folded: str) -> bool:
    return naming(name, analyse(name, SEGMENTER))(folded)


def answered(text: str, asked: str) -> Answer:
    encoder = BigramEncoder()
    return Service(build([Document("d", "社团章程", text)], encoder), encoder, Settings()).answer(
        asked
    )


def labels(answer: Answer) -> dict[str, str]:
    return {part.label: part.text for part in answer.parts}


def test_a_name_in_other_words() -> None:
    assert has("头一年", "首年免收会费") and has("第二年", "次年起每年收24元")
    assert has("三月", "医院从3月起推行") and not has("三月", "医院从5月起推行")
    assert has("老会员", "老会员凭旧证入场") and not has("头一年", "会员按年交费")
    assert not has("第二年", "导盲犬免收")
    assert forms_of("押金") == ("押金",)


def test_a_heading_of_one_thing_speaks_of_it_and_one_of_both_does_not() -> None:
    text = "一、陶艺班\n每人收六十元。\n二、陶艺班和棋班\n每人收四十元。"
    document = Document("d", "招生", text)
    things = [naming(name, analyse(name, SEGMENTER)) for name in ("陶艺班", "棋班")]
    first, second = text.index("每人收六"), text.index("每人收四")
    assert spoken_of(Citation(document, first, first + 7), things) in ({0}, frozenset())
    assert spoken_of(Citation(document, second, second + 7), things) == frozenset()


def test_what_speaks_of_no_thing_asked_about_has_no_label() -> None:
    found = labels(answered(CLUB, "器材损坏了，第一次和第二次分别赔多少？"))
    assert "第一次" not in found and "第二次" not in found


def test_a_side_has_only_what_speaks_of_it() -> None:
    found = labels(answered(CLUB, "老会员和实习教练的押金有什么不同？"))
    own = [text for label, text in found.items() if "教练" in label]
    assert all("教练" in text or text == "文中没有提到" for text in own)


def test_what_goes_on_from_a_sentence_is_told_with_it() -> None:
    text = "陶艺班每周两次。课上发围裙。棋班每周一次。门口有车棚。"
    document = Document("d", "招生", text)
    starts = [0, *(at + 1 for at, char in enumerate(text) if char == "。")]
    told = [Citation(document, *pair) for pair in pairwise(starts)]
    things = [naming(name, analyse(name, SEGMENTER)) for name in ("陶艺班", "棋班")]
    assert [one.quote for one in told_of(0, told, things)] == ["陶艺班每周两次。", "课上发围裙。"]
    assert [one.quote for one in told_of(1, told, things)] == ["棋班每周一次。", "门口有车棚。"]
    assert told_of(1, told[:2], things) == []
