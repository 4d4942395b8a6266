"""The sentences of highest BM25, and what is left of them where the answer is deleted."""

import numpy as np

from bot.reader.features import FEATURES
from bot.service import Service
from bot.settings import Settings
from bot.training.bm25 import SCORE, SENTENCES, bm25_examples
from bot.training.examples import Example
from bot.training.kinds import Asked, TextKind
from corpus import Document, Passage
from index.snapshot import build

HEATING = Document(
    "heating", "供热办法", "供热期从十一月开始。热费按面积收取。温度不得低于十八度。"
)
DOGS = Document("dogs", "养犬办法", "养犬应当登记。登记费每只五百元。" + "犬只不得进入公园。" * 12)


def examples() -> dict[str, Example]:
    text = "登记费每只五百元。"
    start = DOGS.text.index(text)
    gold = (Passage(DOGS, start, start + len(text)),)
    questions = (
        Asked("fee", "养犬登记费每只多少元", gold, (), "fit"),
        Asked("none", "地铁票价是多少", (), (), "fit"),
    )
    kind = TextKind("small", Service(build([HEATING, DOGS], None), None, Settings()), questions)
    return {f"{e.case_id} {e.deletion}": e for e in bm25_examples(kind)}


def test_the_sentence_with_most_of_the_words_comes_first() -> None:
    found = examples()["fee nothing"]
    scores = found.features[:, FEATURES.index(SCORE)]
    assert len(found.right) == SENTENCES
    assert found.right.tolist() == [True] + [False] * (SENTENCES - 1)
    assert np.all(np.diff(scores) <= 0) and scores[0] > 0


def test_only_the_score_is_known_of_a_sentence() -> None:
    found = examples()["fee nothing"]
    others = [at for at, name in enumerate(FEATURES) if name != SCORE]
    assert not found.features[:, others].any() and not found.is_read


def test_what_is_deleted_is_not_found() -> None:
    found = examples()
    assert not found["fee sentences"].right.any() and "dogs" in found["fee sentences"].documents
    assert set(found["fee document"].documents.tolist()) == {"heating"}


def test_a_question_without_an_answer_has_no_deletions() -> None:
    assert {name for name in examples() if name.startswith("none")} == {"none nothing"}
