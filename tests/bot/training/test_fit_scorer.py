"""The regression on examples made by hand, and the command on two small sets."""

import json
from pathlib import Path

import numpy as np
import pytest

from bot.reader.features import BY_HAND, FEATURES, Model, load_model
from bot.training import fit_scorer as command
from bot.training.fit_scorer import SentenceExample, auroc, figures, fit, mix, odds_by
from corpus import DocumentError

PAIRS, LONG = FEATURES.index("pairs"), FEATURES.index("long")


def example(pairs: list[float], right: list[bool]) -> SentenceExample:
    features = np.zeros((len(pairs), len(FEATURES)), np.float32)
    features[:, PAIRS] = pairs
    return SentenceExample(features, np.array(right))


def by_pairs(weight: float = 1.0) -> Model:
    weights = np.zeros(len(FEATURES), np.float32)
    weights[PAIRS] = weight
    return Model(weights, 0.0, 0.0)


def test_what_tells_right_from_wrong_gets_the_weight() -> None:
    generator = np.random.default_rng(7)
    found = []
    for _ in range(50):
        one = example(
            [*generator.uniform(0.5, 1, 1), *generator.uniform(0, 0.6, 4)], [True] + [False] * 4
        )
        one.features[:, LONG] = generator.uniform(0, 1, 5)
        found.append(one)
    model = fit(found, load_model())
    assert model.weights[PAIRS] > 5 > 1 > abs(model.weights[LONG])
    assert figures(odds_by(model), found, found[:1], found[:1]).best > 0.9


def test_the_bias_gives_the_share_of_right_ones() -> None:
    # Nothing tells them apart, one of four is right: log(1/3).
    model = fit([example([0.0] * 4, [True, False, False, False])] * 9, by_pairs())
    assert model.bias == pytest.approx(np.log(1 / 3), abs=1e-3)


def test_every_question_counts_the_same_however_many_candidates_it_has() -> None:
    # Half of the one question is right, none of the other: a quarter.
    model = fit([example([0.0] * 2, [True, False]), example([0.0] * 20, [False] * 20)], by_pairs())
    assert model.bias == pytest.approx(np.log(1 / 3), abs=1e-3)


def test_what_is_set_by_hand_stays() -> None:
    given = Model(np.full(len(FEATURES), 9.0, np.float32), 5.0, 0.25)
    model = fit([example([1.0, 0.0], [True, False])] * 3, given)
    assert [float(model.weights[FEATURES.index(name)]) for name in BY_HAND] == [9.0] * len(BY_HAND)
    assert model.threshold == 0.25


def test_of_rules_and_network_the_one_that_knows_gets_the_weight() -> None:
    generator = np.random.default_rng(7)
    found = []
    for _ in range(60):
        one = example([*generator.uniform(0, 1, 5)], [True] + [False] * 4)
        found.append(
            SentenceExample(
                one.features, one.right, np.array([4.0, *generator.uniform(-9, 1, 4)], np.float32)
            )
        )
    mixture = mix(found, by_pairs())
    assert mixture.span > 1 > abs(mixture.rules)
    assert figures(odds_by(by_pairs(), mixture), found, found[:1], found[:1]).best == 1.0
    assert figures(odds_by(by_pairs()), found, found[:1], found[:1]).best < 0.5


def test_what_no_network_has_read_cannot_be_mixed() -> None:
    with pytest.raises(ValueError, match="no network"):
        mix([example([1.0, 0.0], [True, False])], by_pairs())


def test_auroc_is_the_share_of_pairs_in_the_right_order() -> None:
    above = [example([pairs], [True]) for pairs in (0.9, 0.5, 0.3)]
    below = [example([pairs], [False]) for pairs in (0.4, 0.3)]
    # 0.9 > both, 0.5 > both, 0.3 = 0.3 counts half: 4.5 of 6.
    assert auroc(odds_by(by_pairs()), above, below) == pytest.approx(0.75)


def test_figures_of_two_questions() -> None:
    whole = [example([0.9, 0.1], [True, False]), example([0.2, 0.8], [True, False])]
    found = figures(
        odds_by(by_pairs()), whole, [example([0.1], [False])], [example([0.85], [False])]
    )
    assert (found.n, found.best) == (2, 0.5)
    # A tenth of the way from the 0.8 of the one to the 0.9 of the other; 0.1 is below it, 0.85 is not.
    assert found.least == pytest.approx(1 / (1 + np.exp(-0.81)))
    assert (found.document, found.sentences) == ((1.0, 1.0), (0.5, 0.0))


def write_set(path: Path, size: int) -> None:
    rows = []
    for number in range(size):
        place, text = (
            f"第{number}号街道",
            f"第{number}号街道有{number + 3}个小区。居民参与第{number}项治理。",
        )
        answer = {"text": f"{number + 3}个小区", "answer_start": text.index("有") + 1}
        rows.append(
            {
                "context": text,
                "qas": [{"id": "q", "question": f"{place}有多少小区？", "answers": [answer]}],
            }
        )
    path.write_text(
        json.dumps({"data": [{"title": "", "paragraphs": rows}]}, ensure_ascii=False),
        encoding="utf-8",
    )


def test_the_parts_are_the_last_tenth_and_its_halves(tmp_path: Path) -> None:
    write_set(tmp_path / command.CMRC, 40)
    path, middle = command._last_tenth(tmp_path / command.CMRC)
    paragraphs = [
        p
        for article in json.loads(path.read_text(encoding="utf-8"))["data"]
        for p in article["paragraphs"]
    ]
    assert [p["context"][:5] for p in paragraphs] == [
        "第36号街",
        "第37号街",
        "第38号街",
        "第39号街",
    ]
    assert middle == 2


@pytest.mark.encoder
def test_the_command_prints_figures_and_writes_weights(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    write_set(tmp_path / command.CMRC, 40)
    write_set(tmp_path / command.DRCD, 10)
    output = tmp_path / "weights.json"
    assert command.main([str(tmp_path), "--output", str(output)]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert [line.split(",")[0] for line in lines] == ["cmrc2018_train: n 2", "drcd_dev: n 2"]
    assert load_model(output).threshold == load_model().threshold


def test_a_folder_without_the_sets_is_refused(tmp_path: Path) -> None:
    with pytest.raises(DocumentError, match=command.CMRC):
        command.main([str(tmp_path)])
