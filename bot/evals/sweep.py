"""One run for every combination of settings; those already run are not run again."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import product

from corpus import UsageError

LARGEST = 500
"""Combinations of one sweep."""


def grid(axes: Sequence[str]) -> list[list[str]]:
    """Every combination of assignments: ["a=1,2", "b=3"] gives [["a=1", "b=3"], ["a=2", "b=3"]].

    Raises UsageError for an axis that is not NAME=VALUE,VALUE, for one named twice, and for too many combinations.
    """
    values = [list(_assignments(axis)) for axis in axes]
    names = [axis.partition("=")[0] for axis in axes]
    if len(set(names)) < len(names):
        raise UsageError(f"--grid 重复：{', '.join(names)}", f"--grid names a setting twice: {', '.join(names)}")
    combinations = [list(combination) for combination in product(*values)]
    if len(combinations) > LARGEST:
        raise UsageError(
            f"共有 {len(combinations)} 种组合，最多 {LARGEST} 种：请减少取值。",
            f"{len(combinations)} combinations, at most {LARGEST} are allowed: give fewer values.",
        )
    return combinations


def _assignments(axis: str) -> Iterator[str]:
    name, equals, values = axis.partition("=")
    if not (name and equals and values):
        raise UsageError(
            f"--grid {axis}：应写作 名称=值,值，例如 retrieval.mode=dense,lexical,fused",
            f"--grid {axis}: write name=value,value, such as retrieval.mode=dense,lexical,fused",
        )
    return (f"{name}={value}" for value in values.split(","))
