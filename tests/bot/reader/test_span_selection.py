"""The edges of an answer: features worked by hand, and weights fitted to a world where they are known."""

from pathlib import Path

import numpy as np
import pytest

from bot.reader.network import SpanReader, SpanScores, WindowScores
from bot.reader.span_selection import (
    FEATURES,
    WEIGHTS,
    answer_span,
    candidate_spans,
    load_span_weights,
    save_span_weights,
    weigh,
)
from bot.training.data import AnsweredQuestion
from bot.training.fit_spans import SpanExample, achieved, fit, read
from corpus import Document, Passage
from corpus.language.text import Segmenter

TEXT = "模式产地在上海。"
TOKENS = [(0, 2), (2, 4), (4, 7), (7, 8)]  # 模式 产地 在上海 。
SEGMENTER = Segmenter()


def seen(likely: dict[tuple[int, int], float]) -> SpanScores:
    """Of TEXT; `likely` are the odds of answers from one token to another, all others' are -9."""
    odds = np.full((len(TOKENS), len(TOKENS)), -np.inf, np.float32)
    odds[np.triu_indices(len(TOKENS))] = -9
    for (first, last), value in likely.items():
        odds[first, last] = value
    return SpanScores(np.array(TOKENS, np.int64), (WindowScores(0, odds),), 0.0)


def found(question: str, likely: dict[tuple[int, int], float]) -> dict[str, dict[str, float]]:
    """Text of each choice → its features."""
    made = candidate_spans(question, TEXT, seen(likely), SEGMENTER, (0, len(TEXT)))
    return {TEXT[s.start : s.end]: dict(zip(FEATURES, f.tolist(), strict=True)) for s, f in made}


def test_what_is_weighed() -> None:
    of = found("模式产地在哪里？", {(2, 3): 2.0})
    whole, cut, within = of["在上海。"], of["上海。"], of["海。"]
    assert whole["odds"] == cut["odds"] == 2.0 and of["产地在上海"]["odds"] == -9.0
    assert whole["length"] == pytest.approx(np.log(4))
    assert (whole["first_cut"], cut["first_cut"], within["first_cut"]) == (0, 1, 1)
    assert (whole["first_inside"], cut["first_inside"], within["first_inside"]) == (0, 0, 1)
    assert (whole["first_loose"], cut["first_loose"]) == (1, 0)
    assert (cut["last_loose"], of["上海"]["last_loose"]) == (1, 0)
    assert of["模式产地"]["asked"] == 1 and of["产地在上海"]["asked"] == pytest.approx(2 / 4)
    assert of["在上海。"]["sentences"] == 0 == of["在上海"]["members"]
    # Of an answer of three tokens only the first and the last are cut.
    assert "地在上海" in of and "产地在上" in of and "模式产" in of


def test_an_answer_does_not_end_with_a_mark() -> None:
    best = answer_span("产地是哪座城市？", TEXT, seen({(2, 3): 3.0, (2, 2): 2.8}), SEGMENTER)
    assert best is not None and TEXT[best.start : best.end] == "在上海"
    inside = answer_span("产地是哪座城市？", TEXT, seen({(2, 3): 3.0}), SEGMENTER, (0, 4))
    assert inside is not None and inside.end <= 4
    assert answer_span("问", TEXT, seen({}), SEGMENTER, (7, 7)) is None


def test_no_answer_begins_or_ends_with_a_particle() -> None:
    text, tokens = "的士的政策", [(0, 1), (1, 2), (2, 3), (3, 5)]
    odds = np.where(np.triu(np.ones((4, 4), bool)), 0.0, -np.inf).astype(np.float32)
    scores = SpanScores(np.array(tokens, np.int64), (WindowScores(0, odds),), 0.0)
    made = {
        text[s.start : s.end]
        for s, _ in candidate_spans("什么", text, scores, SEGMENTER, (0, len(text)))
    }
    assert {"的士", "的士的政策", "政策"} <= made and not made & {"的", "的政策", "的士的", "士的"}


def test_a_character_of_several_tokens() -> None:
    spans = np.array([(0, 1), (0, 1), (0, 2), (2, 3)], np.int64)
    odds = np.where(np.triu(np.ones((4, 4), bool)), 0.0, -np.inf).astype(np.float32)
    made = candidate_spans(
        "问", "𠮷一二", SpanScores(spans, (WindowScores(0, odds),), 0.0), SEGMENTER, (0, 3)
    )
    assert {(choice.span.start, choice.span.end) for choice in made} == {
        (0, 1),
        (0, 2),
        (0, 3),
        (1, 2),
        (1, 3),
        (2, 3),
    }


def test_weights_are_read_as_they_were_written(tmp_path: Path) -> None:
    weights = {name: at / 2 for at, name in enumerate(FEATURES)}
    save_span_weights(weights, tmp_path / "weights.json")
    assert load_span_weights(tmp_path / "weights.json") == weights
    assert weigh(np.eye(len(FEATURES)), weights).tolist() == list(weights.values())
    (tmp_path / "less.json").write_text('{"odds": 1}')
    with pytest.raises(KeyError):
        load_span_weights(tmp_path / "less.json")
    assert load_span_weights(WEIGHTS)["odds"] > 0 > load_span_weights(WEIGHTS)["first_inside"]


def test_what_a_network_sees_is_compared_with_the_answer(small_reader: SpanReader) -> None:
    document = Document("d", "", "城市治理ab")
    example = read(
        small_reader, AnsweredQuestion("什么的治理？", Passage(document, 0, 2)), SEGMENTER
    )
    assert example.doc_id == "d" and example.features.shape == (len(example.right), len(FEATURES))
    assert example.right.max(axis=0).tolist() == [1, 1] and (example.right[:, 0] == 1).sum() == 1
    assert ((example.right >= 0) & (example.right <= 1)).all()


def test_fitting_finds_what_tells_right_from_wrong() -> None:
    drawn, column = np.random.default_rng(0), FEATURES.index("last_inside")
    examples = []
    for number in range(300):
        features = np.column_stack(
            [drawn.normal(size=6), drawn.random((6, len(FEATURES) - 1)) < 0.5]
        ).astype(float)
        score = 2 * features[:, 0] - 4 * features[:, column]
        right = (score == score.max()).astype(float)
        examples.append(SpanExample(str(number), features, np.column_stack([right, right])))
    weights = fit(examples)
    assert weights["last_inside"] < -2 and all(
        abs(weights[name]) < 1 for name in FEATURES[1:] if name != "last_inside"
    )
    followed = dict.fromkeys(FEATURES, 0.0) | {"odds": 2.0}
    assert achieved(examples, followed).mean() < 0.7 < 0.9 < achieved(examples, weights).mean()
