"""Both fits on examples made by hand: what tells right from wrong gets the weight."""

import json
from pathlib import Path

import numpy as np
import pytest

from bot.reader.decision import DECIDING, load_decision
from bot.reader.features import FEATURES
from bot.reader.ranking import load_ranking
from bot.training.examples import Deletion, Example
from bot.training.fit import OVER_REFUSED, fit, save
from index import Vectors

CONTEXT, PASSAGE, SPAN = (FEATURES.index(name) for name in ("context", "passage", "span"))


def example(
    features: Vectors, right: list[bool], kind: str = "made", has_answer: bool = True
) -> Example:
    documents = np.array(["d"] * len(right))
    deletion: Deletion = "nothing" if has_answer else "document"
    return Example(
        kind, "fit", "q", deletion, has_answer, features, np.array(right, bool), documents
    )


def drawn(count: int, seed: int = 7) -> list[Example]:
    """Questions whose right sentence shares pairs with them, and as many that have none."""
    generator = np.random.default_rng(seed)
    found = []
    for number in range(2 * count):
        features = np.zeros((5, len(FEATURES)), np.float32)
        features[:, CONTEXT] = generator.uniform(0, 0.6, 5)
        features[:, PASSAGE] = generator.uniform(0, 1, 5)
        features[:, SPAN] = generator.uniform(0, 0.5, 5)
        has_answer = number % 2 == 0
        if has_answer:
            features[0, CONTEXT] = generator.uniform(0.7, 1)
            features[0, SPAN] = generator.uniform(2, 4)
        found.append(example(features, [has_answer] + [False] * 4, has_answer=has_answer))
    return found


def test_what_tells_right_from_wrong_gets_the_weight() -> None:
    found = fit(drawn(60), "neural")
    weights = found.ranking.weights
    assert weights["span"] > 5 * abs(weights["passage"])
    probabilities = [found.probability(one) for one in drawn(60, seed=8)]
    with_answer = [
        p for (_, p), one in zip(probabilities, drawn(60, seed=8), strict=True) if one.has_answer
    ]
    without = [
        p
        for (_, p), one in zip(probabilities, drawn(60, seed=8), strict=True)
        if not one.has_answer
    ]
    assert min(with_answer) > max(without)


def test_the_threshold_refuses_that_share_of_the_questions_with_an_answer() -> None:
    examples = drawn(100)
    found = fit(examples, "neural")
    sure = [found.probability(one)[1] for one in examples if one.has_answer]
    refused = np.mean([p < found.decision.threshold for p in sure])
    assert refused == pytest.approx(OVER_REFUSED, abs=0.011)


def test_without_a_network_its_columns_have_no_weight() -> None:
    found = fit(drawn(40), "rules")
    assert not {"span", "answer"} & set(found.ranking.weights)
    assert "span" not in found.decision.weights


def test_a_feature_that_is_left_out_has_no_weight() -> None:
    found = fit(drawn(40), "neural", without={"context"})
    assert "context" not in found.ranking.weights and "context" not in found.decision.weights


def test_every_kind_counts_the_same() -> None:
    """Of one kind long sentences are right, of another, ten times as many questions, short ones."""

    def of(kind: str, is_long: bool) -> Example:
        features = np.zeros((2, len(FEATURES)), np.float32)
        features[:, PASSAGE] = [1, 0] if is_long else [0, 1]
        return example(features, [True, False], kind)

    few, many = [of("few", True)] * 20, [of("many", False)] * 200
    absent = [
        example(np.zeros((2, len(FEATURES)), np.float32), [False, False], k, False)
        for k in ("few", "many")
    ]
    assert fit([*few, *many, *absent], "neural").ranking.weights["passage"] == pytest.approx(
        0, abs=1e-3
    )


def test_an_answer_by_rule_is_not_fitted_on() -> None:
    examples = drawn(40)
    ruled = [Example("made", "fit", "r", "nothing", True, np.zeros((0, len(FEATURES)), np.float32),
                     np.zeros(0, bool), np.zeros(0, str), "right")]  # fmt: skip
    assert fit(examples, "neural") == fit([*examples, *ruled], "neural")


def test_fits_come_back_as_they_were_written(tmp_path: Path) -> None:
    fits = {"neural": fit(drawn(20), "neural"), "rules": fit(drawn(20), "rules")}
    ranking, decision = tmp_path / "ranking.json", tmp_path / "decision.json"
    save(fits, ranking, decision)  # type: ignore[arg-type]
    assert load_ranking("neural", ranking).weights == fits["neural"].ranking.weights
    assert load_decision("rules", decision) == fits["rules"].decision
    assert set(json.loads(decision.read_text("utf-8"))["neural"]) == {
        *DECIDING,
        "bias",
        "threshold",
    }
