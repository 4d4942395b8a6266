"""The fit of the forms: it tells what it was fitted on, as scikit-learn's does, and says how well."""

from functools import cache

import numpy as np
import pytest
from sklearn.linear_model import LogisticRegression  # type: ignore[import-untyped]

from bot.question.analysis import analyse
from bot.question.forms import FORMS, VECTOR_SCALE, AskedForm, feature_names, gram_value
from bot.training.fit_forms import LEAST_OFTEN, PENALTY, Labelled, fit, left_out
from corpus.language.text import Segmenter
from index import Vectors

HANDFUL: dict[AskedForm, str] = {
    "summary": "这篇文章讲了什么/这部条例讲了什么/第三章讲了什么",
    "comparison": "上海和杭州有什么不同/青岛和烟台有什么不同/甲类和乙类有什么不同",
    "documents": "哪些文章讲到停车/哪些文章讲到养犬/哪些文章讲到供热",
    "mention": "有没有提到北京/有没有提到罚款/有没有提到电梯",
    "each": "上海、杭州分别怎么做/青岛、烟台分别怎么做/甲类、乙类分别怎么收费",
    "list": "需要哪些材料/需要哪些条件/需要哪些手续",
    "yes_no": "报名费是200元吗/押金是300元吗/要不要登记吗",
    "fact": "罚款是多少/押金是多少/补贴是多少",
    "request": "帮我写首诗/帮我写篇作文/帮我写个故事",
}


@cache
def labelled() -> tuple[Labelled, ...]:
    """Three questions of each form, each by another of three writers."""
    segmenter = Segmenter()
    return tuple(
        Labelled(analyse(question, segmenter), form, f"writer {number}")
        for form, questions in HANDFUL.items()
        for number, question in enumerate(questions.split("/"))
    )


def random_vectors() -> Vectors:
    rows = np.random.default_rng(0).normal(size=(len(labelled()), 8)).astype(np.float32)
    unit: Vectors = rows / np.linalg.norm(rows, axis=1, keepdims=True)
    return unit


def matrix(vectors: Vectors | None) -> Vectors:
    """What each question has, (n, features + dim), apart from how the fit puts it together."""
    names = [feature_names(one.question) for one in labelled()]
    every = sorted({name for own in names for name in own})
    known = [name for name in every if sum(name in own for own in names) >= LEAST_OFTEN]
    has = np.array([[name in own for name in known] for own in names], np.float32)
    values = [gram_value(int(count)) for count in has.sum(axis=1)]
    grams = has * np.array(values, np.float32)[:, None]
    if vectors is None:
        return grams
    whole: Vectors = np.hstack([grams, VECTOR_SCALE * vectors])
    return whole


@pytest.mark.parametrize("vectors", [None, random_vectors()], ids=["words", "dense"])
def test_the_fit_is_that_of_scikit_learn(vectors: Vectors | None) -> None:
    model = fit(labelled(), vectors)
    own = np.stack(
        [
            model.probabilities(one.question, None if vectors is None else vectors[number])
            for number, one in enumerate(labelled())
        ]
    )
    forms = [FORMS.index(one.form) for one in labelled()]
    theirs = LogisticRegression(C=1 / PENALTY, tol=1e-8, max_iter=10_000)
    theirs.fit(matrix(vectors), forms)
    np.testing.assert_allclose(own, theirs.predict_proba(matrix(vectors)), atol=5e-3)
    assert own.argmax(axis=1).tolist() == forms


def test_a_question_it_has_not_seen() -> None:
    model = fit(labelled(), None)
    for text, form in (("这篇报道讲了什么", "summary"), ("哪些文章讲到电梯", "documents")):
        likely = model.probabilities(analyse(text, Segmenter()), None)
        assert FORMS[int(likely.argmax())] == form


def test_each_writer_is_left_out_in_turn() -> None:
    lines = left_out(labelled(), None).splitlines()
    cells = [[cell.strip() for cell in line.strip("|").split("|")] for line in lines[2:]]
    counts = {row[0]: row[1] for row in cells}
    assert [counts.pop(f"writer {number}") for number in range(3)] == ["9"] * 3
    assert counts.pop("all") == "27"
    assert counts == {str(form): "3" for form in FORMS}
    assert all(0 <= float(row[2].removeprefix("found ")) <= 1 for row in cells)
