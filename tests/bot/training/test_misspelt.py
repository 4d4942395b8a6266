"""Questions with one wrong character, and what becomes of right ones."""

from pathlib import Path

import numpy as np
import pytest

from bot.training.misspelt import libraries, misspelt, right_questions
from corpus.language.glossary import sound_keys
from corpus.language.text import Segmenter

QUESTION = "供热企业应当在几天内修复管道？"
SEGMENTER = Segmenter()
WORDS = frozenset(SEGMENTER.search_words("供热企业应当在三天内修复供热管道。"))


def wrong(seed: int, words: frozenset[str] = WORDS) -> str | None:
    return misspelt(QUESTION, words, SEGMENTER, np.random.default_rng(seed))


@pytest.mark.parametrize("seed", range(20))
def test_one_character_is_wrong_and_sounds_alike(seed: int) -> None:
    made = wrong(seed)
    assert made is not None
    differing = [pair for pair in zip(QUESTION, made, strict=True) if pair[0] != pair[1]]
    assert len(differing) == 1
    right, typed = differing[0]
    assert sound_keys(right) & sound_keys(typed)
    assert right in "供热企业应当修复管道"


@pytest.mark.parametrize("seed", range(20))
def test_it_makes_no_known_word(seed: int) -> None:
    made = str(wrong(seed))
    at = next(at for at, char in enumerate(QUESTION) if made[at] != char)
    around = [made[start:end] for start in range(at + 1) for end in range(at + 1, len(made) + 1)]
    assert not any(len(text) > 1 and SEGMENTER.is_word(text) for text in around)


def test_the_same_is_made_again() -> None:
    assert wrong(7) == wrong(7)
    assert len({wrong(seed) for seed in range(20)}) > 5


def test_a_question_without_a_word_of_the_document_stays_right() -> None:
    assert wrong(0, frozenset(["热", "供水"])) is None


@pytest.mark.slow
def test_one_right_question_in_a_thousand_is_changed_at_most() -> None:
    found = [one for library in libraries(Path("nowhere")) for one in right_questions(library)]
    changed = [pair for one in found for pair in one.changed]
    asked = sum(one.n for one in found)
    assert asked > 3000
    assert len(changed) <= asked / 1000, changed
