"""The examples of a small set, and what becomes of them when the answer is taken away."""

from functools import cache
from pathlib import Path

import numpy as np
import pytest
from conftest import BigramEncoder

from bot.reader.features import FEATURES
from bot.service import Service
from bot.settings import Settings
from bot.training.examples import Example, examples_of, load_examples, save_examples
from bot.training.kinds import Asked, TextKind
from corpus import Document, Passage
from index.snapshot import build

HANGZHOU = Document("hangzhou", "", "杭州健康码日最高使用量超过两千万次。杭州建设城市大脑。")
CHENGDU = Document("chengdu", "", "成都设立社区委员会。成都陆续发布配套文件。委员会管社区。")
GUANGZHOU = Document("guangzhou", "", "广州每个街道都有服务中心。中心引入社工组织。")


@cache
def service() -> Service:
    encoder = BigramEncoder()
    documents = [HANGZHOU, CHENGDU, GUANGZHOU]
    return Service(build(documents, encoder), encoder, Settings())


def gold(document: Document, text: str) -> tuple[Passage, ...]:
    start = document.text.index(text)
    return (Passage(document, start, start + len(text)),)


def made() -> dict[tuple[str, str], Example]:
    questions = (
        Asked(
            "code", "健康码日最高使用量是多少？", gold(HANGZHOU, "两千万次"), ("两千万次",), "fit"
        ),
        Asked("body", "成都设立什么委员会？", gold(CHENGDU, "社区委员会"), ("委员会",), "report"),
        Asked("none", "北京的地铁多少钱？", (), (), "fit"),
    )
    kind = TextKind("small", service(), questions)
    return {(e.case_id, e.deletion): e for e in examples_of(kind)}


def test_a_question_has_an_example_as_it_is_and_with_its_answer_deleted() -> None:
    assert set(made()) == {
        ("code", "nothing"), ("code", "sentences"), ("code", "document"),
        ("body", "nothing"), ("body", "sentences"), ("body", "document"),
        ("none", "nothing"),
    }  # fmt: skip


def test_the_sentence_with_the_answer_is_right() -> None:
    example = made()["code", "nothing"]
    assert example.has_answer and example.rank == 1
    assert example.features.shape == (len(example.right), len(FEATURES))
    assert example.right.sum() == 1


def test_a_short_answer_said_again_in_the_document_is_right_too() -> None:
    assert made()["body", "nothing"].right.sum() == 2


@pytest.mark.parametrize("deletion", ["document", "sentences"])
def test_nothing_is_right_without_the_answer(deletion: str) -> None:
    found = made()
    for case_id in ("code", "body"):
        example = found[case_id, deletion]
        assert not example.has_answer and not example.right.any() and example.rank == 0


def test_the_deleted_document_is_not_read() -> None:
    found = made()
    assert "hangzhou" not in found["code", "document"].documents.tolist()
    whole, without = found["body", "nothing"], found["body", "sentences"]
    assert len(whole.right) - len(without.right) == 2


def test_a_question_that_nothing_answers() -> None:
    example = made()["none", "nothing"]
    assert not example.has_answer and example.part == "fit"


def test_examples_come_back_as_they_were_written(tmp_path: Path) -> None:
    examples = list(made().values())
    save_examples(examples, tmp_path / "small.npz")
    for one, again in zip(examples, load_examples(tmp_path / "small.npz"), strict=True):
        assert np.array_equal(one.features, again.features)
        assert np.array_equal(one.right, again.right)
        assert one.documents.tolist() == again.documents.tolist()
        assert (one.kind, one.part, one.case_id, one.deletion, one.has_answer, one.ruled, one.rank) == (
            again.kind, again.part, again.case_id, again.deletion, again.has_answer, again.ruled, again.rank
        )  # fmt: skip


RETOLD = Document("again", "", "据报道,杭州健康码的日最高使用量超过两千万次。")
OTHER = Document("other", "", "深圳地铁全年客流超过两千万次。")


def told_twice(retold: bool) -> dict[str, Example]:
    """The examples of a question that a second report answers too; a third has the amount alone."""
    documents = [HANGZHOU, RETOLD, OTHER]
    small = Service(build(documents, BigramEncoder()), BigramEncoder(), Settings())
    passages = gold(HANGZHOU, "两千万次")
    asked = Asked("code", "杭州健康码日最高使用量是多少？", passages, ("两千万次",), "fit")
    kind = TextKind("news", small, (asked,), retold=retold)
    return {example.deletion: example for example in examples_of(kind)}


def test_what_another_report_tells_again_is_right_and_no_deletion_of_the_answer() -> None:
    found = told_twice(retold=True)
    assert set(found["nothing"].documents[found["nothing"].right]) == {"hangzhou", "again"}
    assert "document" not in found
    assert not found["sentences"].right.any() and "again" not in found["sentences"].documents
    once = told_twice(retold=False)
    assert set(once["nothing"].documents[once["nothing"].right]) == {"hangzhou"}
    assert "document" in once
