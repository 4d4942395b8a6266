"""When a short answer counts as right, and from where on it is sure."""

import numpy as np
import pytest

from bot.reader.sureness import SIGNS
from bot.training.fit_sure import Given, fit_sure, is_right, least_probability, table


@pytest.mark.parametrize(
    ("short", "gold", "right"),
    [
        ("三百元", "300元", True),
        ("每年300元", "300元", True),
        ("每个自然年度300元", "300元", False),
        ("30元", "300元", False),
        ("300元至500元", "300元", False),
        ("王一鸣", "王一鸣", True),
        ("馆长王一鸣", "王一鸣", True),
        ("王", "王一鸣", False),
        ("第五代", "第五代老板", True),
        ("天河区", "广东省广州市天河区", False),
        ("2020年3月", "2020年", True),
    ],
)
def test_right_is_all_of_the_gold_and_little_more(short: str, gold: str, right: bool) -> None:
    assert is_right(short, [gold]) is right


def test_the_least_probability_by_hand() -> None:
    # Of the five surest all are right, of six 5/6.
    sure = np.array([0.9, 0.8, 0.6, 0.85, 0.7, 0.65])
    right = np.array([True, True, False, True, True, True])
    assert least_probability(sure, right) == 0.65
    assert least_probability(sure, ~right) == 1.0


def made(kind: str, part: str, confidence: float, right: bool) -> Given:
    signs = tuple(confidence if name == "confidence" else 0.0 for name in SIGNS)
    return Given(kind, part, "number", signs, right, "")  # type: ignore[arg-type]


def test_what_tells_right_from_wrong_on_other_kinds_is_fitted() -> None:
    given = []
    for kind in ("news", "tables"):
        for at in range(40):
            given.append(made(kind, "fit", 3.0 + at / 40, True))
            given.append(made(kind, "fit", -3.0 - at / 40, False))
    given += [made("news", "report", 3.2, True), made("news", "report", -3.2, False)]
    fit = fit_sure(given[:-2])
    signs = np.array([given[-2].signs, given[-1].signs], np.float32)
    likely, unlikely = fit.probabilities(signs)
    assert likely > fit.least > unlikely
    assert "| news | 2 | 0.500 (1 of 2) | 0.500 (1 of 2) | 1.000 (1 of 1) |" in table(
        given, lambda kind: fit
    )
