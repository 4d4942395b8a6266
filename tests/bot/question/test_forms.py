"""Which form of answer is told, whatever is typed, and that requests are told from questions."""

import json

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.question.analysis import Question, analyse
from bot.question.forms import (
    FORMS,
    LONGEST,
    WEIGHTS,
    FormModel,
    asked_form,
    asks_rate,
    feature_names,
    may_ask_whether,
    read_model,
)
from bot.training.fit_forms import WRITTEN
from corpus.language.text import Segmenter
from index import Vectors
from index.encoder import TextEncoder

SEGMENTER = Segmenter()
TOLD = 0.9
"""Share of the plain questions, those of writer 7, that are told as they are labelled."""

REQUESTS = """
换个说法/写首诗/帮我写一首关于城市的诗/写一篇作文/翻译成英文/请把上面的内容翻译成英语/续写/改写一下/扮演一个律师
你怎么看/你觉得这个规定合理吗/能帮我写份发言稿吗/给我讲个笑话/翻译一下/你觉得呢
translate it into Chinese/write a poem/what do you think of it
"""
BY_MEANING = """
对这件事你怎么看？/用通俗的话解释一下
"""
"""Requests that only their vectors tell from questions."""

NO_REQUESTS = """
这首诗是谁写的/翻译服务收费多少/作者怎么看网格化治理/翻译成英文的材料要公证吗/外文材料要不要翻译成中文？/翻译这本书的是谁
扮演一名律师，养犬要登记吗/你觉得哪里可以办/改写成小说的是哪篇/养犬要写申请书吗/写作文比赛什么时候报名
"""


def asked(text: str) -> Question:
    return analyse(text, SEGMENTER)


def listed(lines: str) -> list[str]:
    return [one for line in lines.strip().splitlines() for one in line.split("/")]


def plain() -> list[dict[str, str]]:
    rows = map(json.loads, WRITTEN.read_text("utf-8").splitlines())
    return [row for row in rows if row["writer"] == 7]


def unit(dim: int) -> Vectors:
    vector = np.random.default_rng(0).normal(size=dim).astype(np.float32)
    return vector / np.linalg.norm(vector)


@pytest.fixture(scope="module", params=[True, False], ids=["dense", "words"])
def model(request: pytest.FixtureRequest) -> FormModel:
    return read_model(request.param)


def test_both_fits_are_whole(model: FormModel) -> None:
    assert model.weights.shape == (len(model.rows), len(FORMS))
    assert model.of_vector.shape[1] == model.bias.size == len(FORMS)
    assert sorted(model.rows.values()) == [*range(len(model.rows))]
    for part in (model.weights, model.of_vector, model.bias):
        assert part.dtype == np.float32 and np.isfinite(part).all()


def test_one_fit_has_the_vector_of_the_bundled_encoder() -> None:
    assert len(read_model(True).of_vector) == 384
    assert len(read_model(False).of_vector) == 0


def test_all_that_is_stored_is_of_the_two_fits() -> None:
    with np.load(WEIGHTS, allow_pickle=False) as stored:
        assert {name.partition("_")[0] for name in stored} == {"dense", "words"}


@given(st.text(max_size=60))
def test_probabilities_sum_to_one(text: str) -> None:
    for with_vector in (True, False):
        vector = unit(384) if with_vector else None
        likely = read_model(with_vector).probabilities(asked(text), vector)
        assert likely.shape == (len(FORMS),)
        assert likely.min() >= 0
        assert likely.sum() == pytest.approx(1, abs=1e-5)


@given(st.text(max_size=60))
def test_any_text_has_a_form_and_the_same_again(text: str) -> None:
    for vector in (None, unit(384)):
        form = asked_form(asked(text), vector)
        assert form in FORMS
        assert asked_form(asked(text), vector) == form


@pytest.mark.parametrize("text", ["魍魉魑魅", "qxzv wkjq", "ابت", "🦆🦆"])
def test_words_that_no_writer_used_have_a_form(text: str) -> None:
    assert asked_form(asked(text)) in FORMS


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("2021年罚多少钱", "1998年罚多少钱"),
        ("报名费是200元吗", "报名费是3.5元吗"),
        ("第12条讲了什么", "第7条讲了什么？"),
    ],
)
def test_numbers_do_not_matter(one: str, other: str) -> None:
    assert feature_names(asked(one)) == feature_names(asked(other))


@pytest.mark.parametrize(
    "text", ["", " ", "？！……", "\n", "概括全文" * LONGEST, "吗" * (LONGEST + 1)]
)
def test_nothing_typed_and_too_much_are_facts(text: str) -> None:
    assert asked_form(asked(text)) == "fact"


def test_plain_questions_are_told_by_their_words() -> None:
    told = [asked_form(asked(row["question"])) == row["form"] for row in plain()]
    assert np.mean(told) >= TOLD


@pytest.mark.encoder
def test_plain_questions_are_told_with_their_vectors(encoder: TextEncoder) -> None:
    vectors = encoder.encode_query([row["question"] for row in plain()])
    told = [
        asked_form(asked(row["question"]), vector) == row["form"]
        for row, vector in zip(plain(), vectors, strict=True)
    ]
    assert np.mean(told) >= TOLD


@pytest.mark.parametrize("text", listed(REQUESTS))
def test_requests_are_told(text: str) -> None:
    assert asked_form(asked(text)) == "request"


@pytest.mark.parametrize("text", listed(NO_REQUESTS))
def test_questions_that_only_look_like_requests(text: str) -> None:
    assert asked_form(asked(text)) != "request"


@pytest.mark.encoder
def test_requests_are_told_with_their_vectors(encoder: TextEncoder) -> None:
    for lines, is_one in ((REQUESTS.rstrip() + BY_MEANING, True), (NO_REQUESTS, False)):
        texts = listed(lines)
        forms = {
            text: asked_form(asked(text), vector) == "request"
            for text, vector in zip(texts, encoder.encode_query(texts), strict=True)
        }
        assert forms == dict.fromkeys(texts, is_one)


@pytest.mark.parametrize(
    "text", ["那上海呢", "编辑呢？", "换成上海", "网络梗", "三社联动", "为什么", "and Shanghai?"]
)
def test_a_few_words_that_ask_something(text: str) -> None:
    assert asked_form(asked(text)) != "request"


@pytest.mark.parametrize(
    ("text", "is_rate"),
    [
        ("青山镇每年给养老院补多少钱", True),
        ("物业费每平方米收几元", True),
        ("青山、白水两镇每年各补多少钱", False),
        ("2021到2024年每年修了多少公里路", False),
        ("各镇每年补多少钱", False),
        ("每年几月开学", False),
    ],
)
def test_a_number_for_each_year_is_one_and_asks_for_no_line_for_each(
    text: str, is_rate: bool
) -> None:
    assert asks_rate(text) is is_rate
    if is_rate:
        assert asked_form(asked(text)) != "each"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("泳池为什么到七月就不限人数了？", False),
        ("谁还没有交回执？", False),
        ("哪天不用交停车费了？", False),
        ("什么时候去都能办吗？", True),
        ("为什么停办，是不是没人报名", True),
        ("几个人去都行不？", True),
        ("周日开门", True),
        ("When does it open?", True),
    ],
)
def test_what_asks_why_or_when_is_not_answered_by_yes(text: str, expected: bool) -> None:
    assert may_ask_whether(asked(text)) is expected
