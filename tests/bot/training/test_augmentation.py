"""Questions in other words, and about what a text does not say."""

import numpy as np
import pytest

from bot.training.augmentation import Augmenter
from corpus import Document, Section
from corpus.language.text import Segmenter

TEXT = "1998年，成都在武侯区设立了三十所小学，校长由教育局任命。"
DOCUMENT = Document("d", "成都的小学", TEXT, sections=(Section("", 0, len(TEXT)),))
ASKED = [
    "1998年成都设立了多少所小学？",
    "成都的小学的校长由谁任命？",
    "上海在什么时候开始建造地铁？",
]


@pytest.fixture(scope="module")
def augmenter() -> Augmenter:
    return Augmenter(ASKED, ["成都的小学", "上海的地铁"], Segmenter())


def drawn(make: object, times: int = 200) -> set[str | None]:
    assert callable(make)
    numbers = np.random.default_rng(5)
    return {make(numbers) for _ in range(times)}


def test_reworded_questions_keep_names_numbers_and_what_is_asked(augmenter: Augmenter) -> None:
    found = drawn(lambda numbers: augmenter.reword("上海在什么时候开始建造地铁？", numbers))
    assert len(found) > 3
    assert all(made and made.startswith("上海在什么") and made.endswith("?") for made in found)
    assert any(made and "建造" not in made for made in found)


def test_a_question_without_a_word_that_has_another_stays(augmenter: Augmenter) -> None:
    assert drawn(lambda numbers: augmenter.reword("谁？", numbers)) == {"谁?"}
    assert drawn(lambda numbers: augmenter.reword("", numbers)) == {""}


def test_altered_questions_name_what_the_text_does_not(augmenter: Augmenter) -> None:
    found = drawn(lambda numbers: augmenter.alter(ASKED[0], DOCUMENT, numbers)) - {None}
    years = {made[:4] for made in found if made and made.endswith("年成都设立了多少所小学？")}
    assert len(years) > 5 and "1998" not in years
    assert any(made and "地铁" in made for made in found)
    # Neither what the text says nor another word for it.
    assert not any(
        made and made.endswith(("小学?", "小学？")) and made.startswith("1998年成都设立")
        for made in found
    )


def test_the_title_is_exchanged_too(augmenter: Augmenter) -> None:
    found = drawn(lambda numbers: augmenter.alter(ASKED[1], DOCUMENT, numbers))
    assert "上海的地铁的校长由谁任命？" in found
    assert all(
        "校长" not in made or "成都的小学" not in made or "任命" not in made
        for made in found
        if made
    )


def test_a_question_about_nothing_in_the_text_is_not_altered(augmenter: Augmenter) -> None:
    other = Document("e", "", "天气很好。", sections=(Section("", 0, 5),))
    assert drawn(lambda numbers: augmenter.alter(ASKED[0], other, numbers)) == {None}
