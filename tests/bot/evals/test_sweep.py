"""Combinations of settings."""

import pytest

from bot.evals.evaluate import grid
from corpus import UsageError


def test_every_combination_once_in_order() -> None:
    assert grid(["a=1,2", "b=x"]) == [["a=1", "b=x"], ["a=2", "b=x"]]
    assert len(grid(["a=" + ",".join(map(str, range(500)))])) == 500
    assert len(grid(["a=1,2,3", "b=1,2", "c=1,2"])) == 12


@pytest.mark.parametrize(
    "axes", [["a"], ["a="], ["=1"], ["a=1", "a=2"], ["a=" + ",".join(map(str, range(501)))]]
)
def test_what_is_no_grid(axes: list[str]) -> None:
    with pytest.raises(UsageError, match=r"--grid|种组合"):
        grid(axes)
