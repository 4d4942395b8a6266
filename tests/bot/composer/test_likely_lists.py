"""Which list is asked for: what is known of a list, and what its candidates gain from it."""

import numpy as np
import pytest

from bot.composer.likely_lists import LEAST, listed


def test_a_sentence_counts_as_the_likeliest_list_that_has_it() -> None:
    # The first list has sentences 0 and 1 in its items and 4 as its lead line, the second 1 and 2.
    members = [{0: [0], 1: [1], -1: [4]}, {0: [1], 1: [2]}]
    found = listed(5, members, np.array([0.8, 0.2], np.float32))
    least = np.log(LEAST) - np.log(0.8 + LEAST)
    second = np.log(0.2 + LEAST) - np.log(0.8 + LEAST)
    assert found == pytest.approx([0, 0, second, least, least], abs=1e-5)


def test_where_no_list_was_found_all_sentences_are_alike() -> None:
    assert listed(2, [], np.zeros(0, np.float32)) == pytest.approx([0, 0], abs=1e-5)
