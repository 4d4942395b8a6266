"""What was cut before is not cut again, and is cut as it would be."""

import pytest

from corpus.language.cuts import Cuts, without
from corpus.language.text import Segmenter

TEXT = "一网统管让城市更宜居，covid-19 期间社区服务居民，共 1+6 项。"
CUTS = {"社区服务居民": "社区 服务 居民", "一网统管": "一网 统管", "治": "治"}


def never(run: str) -> list[str]:
    raise AssertionError(run)


def test_a_run_is_cut_once_and_what_is_known_never() -> None:
    asked: list[str] = []

    def cut(run: str) -> list[str]:
        asked.append(run)
        return list(run)

    cuts = Cuts(CUTS)
    assert cuts.words("社区服务居民", never) == ["社区", "服务", "居民"]
    assert cuts.words("甲乙", cut) == cuts.words("甲乙", cut) == ["甲", "乙"]
    assert asked == ["甲乙"]
    assert cuts.used == {"社区服务居民": "社区 服务 居民", "甲乙": "甲 乙"}


@pytest.mark.parametrize("terms", [(), ("一网统管",)])
def test_words_that_are_remembered_are_those_that_would_be_found(terms: tuple[str, ...]) -> None:
    segmenter = Segmenter(terms)
    words, searched = segmenter.words(TEXT), segmenter.search_words(TEXT)
    cuts = Cuts()
    for _ in range(2):
        with segmenter.remembering(cuts):
            assert segmenter.words(TEXT) == words
            assert segmenter.search_words(TEXT) == searched
        cuts = Cuts(cuts.used)
    assert segmenter.words("一网统管") == (["一网统管"] if terms else ["一网", "统管"])


def test_what_a_term_may_stand_in_is_left_out() -> None:
    assert without(CUTS, ["一网统管"]).keys() == {"社区服务居民", "治"}
    assert without(CUTS, ["治"]).keys() == {"社区服务居民", "一网统管"}
    assert without(CUTS, []) == CUTS


def test_a_term_changes_no_word_of_a_run_in_which_it_does_not_stand() -> None:
    """Not even by the weight that it adds to the sum of all."""
    many = [f"{chr(0x4E00 + number)}网统管甲乙" for number in range(500)]
    general, own = Segmenter(), Segmenter(many)
    assert own.search_words(TEXT) == general.search_words(TEXT)
    assert own.rarity("城市") == general.rarity("城市")
