"""The documents that a browser says its questions are limited to."""

import json

import pytest

from bot.request_limits import NO_LIMITS
from bot.web.chosen import limits_of_chosen
from corpus import UsageError

HELD = {"a", "b", "c"}


@pytest.mark.parametrize("nothing", ["", "[]"])
def test_nothing_chosen_is_no_limit(nothing: str) -> None:
    assert limits_of_chosen(nothing, HELD) == NO_LIMITS


def test_what_is_held_of_the_chosen_is_the_limit() -> None:
    assert limits_of_chosen('["a", "gone", "b"]', HELD).doc_ids == frozenset("ab")


@pytest.mark.parametrize(
    "forged", ['["gone"]', "a", '"a"', "[1]", "{", '{"a": 1}', "null", json.dumps([["a"]])]
)
def test_what_names_no_document_is_refused_and_never_taken_for_all(forged: str) -> None:
    with pytest.raises(UsageError) as refusal:
        limits_of_chosen(forged, HELD)
    assert "不在收录之中" in refusal.value.message("zh")
    assert "no longer held" in refusal.value.message("en")
