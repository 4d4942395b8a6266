"""Why a question was missed, one hand-made search for every reason."""

from collections.abc import Mapping, Sequence

import pytest

from bot.evals.datasets import Case
from bot.evals.datasets.native import native_row
from bot.evals.measures import covers
from bot.evals.misses import STAGES, Miss, is_cited, kept_case, why_missed
from bot.evals.runs import Result, Scored
from corpus import Document, Passage
from index import Hit

A = Document("a", "甲文", "零一二三四五六七八九" * 6)
B = Document("b", "乙文", "别的文章")
PASSAGES = [Passage(A, at, at + 10) for at in range(0, 60, 10)] + [Passage(B, 0, 4)]
GOLD = Passage(A, 2, 9)
K = 2


def case(*groups: Sequence[Passage], outcome: str = "answered") -> Case:
    return Case("q", "fact", "问？", (), tuple(map(tuple, groups)), (), outcome)


def result(hits: Sequence[int] = (), cited: Sequence[Passage] = (), outcome: str = "") -> Result:
    citations = [{"doc_id": c.document.doc_id, "start": c.start, "end": c.end} for c in cited]
    answer = {
        "outcome": outcome or ("answered" if cited else "absent"),
        "text": "",
        "citations": citations,
    }
    found = tuple(Scored(PASSAGES[row].passage_id, 1 / (1 + rank)) for rank, row in enumerate(hits))
    return Result("q", "fact", "a", "问？", {}, found, answer)


def lists(**rows: Sequence[int]) -> Mapping[str, Sequence[Hit]]:
    return {half: [Hit(PASSAGES[row], 1.0) for row in listed] for half, listed in rows.items()}


ELSEWHERE = Passage(A, 30, 40)
GONE = Passage(Document("c", "", "没有收录"), 0, 4)
MISSES = [
    (
        "not_indexed",
        case([Passage(Document("c", "", "没有收录"), 0, 4)]),
        result([1, 2]),
        lists(lexical=[1], dense=[1]),
    ),
    ("cut", case([Passage(A, 5, 35)]), result([1, 2]), lists(lexical=[1], dense=[1])),
    ("both_miss", case([GOLD]), result([1, 2, 3]), lists(lexical=[1, 2], dense=[3])),
    ("lexical_miss", case([GOLD]), result([1, 2, 3]), lists(lexical=[1, 2], dense=[1, 2, 0])),
    ("dense_miss", case([GOLD]), result([1, 2, 3]), lists(lexical=[3, 2, 0], dense=[1])),
    ("fused_out", case([GOLD]), result([1, 2, 0]), lists(lexical=[1, 2, 3, 0], dense=[1, 0])),
    ("below_cut", case([GOLD]), result([1, 2, 0]), lists(lexical=[1, 2, 0], dense=[2, 1, 0])),
    ("below_cut", case([GOLD]), result([1, 2, 0]), lists(lexical=[1, 2, 0])),
    ("lexical_miss", case([GOLD]), result([1, 2]), lists(lexical=[1, 2])),
    ("dense_miss", case([GOLD]), result([1, 2]), lists(dense=[1, 2])),
    ("reader_wrong", case([GOLD]), result([1, 0], [ELSEWHERE]), lists(lexical=[0], dense=[])),
    ("wrongly_refused", case([GOLD]), result([0, 1]), lists(lexical=[0], dense=[0])),
    ("wrongly_refused", case([GOLD]), result([0, 1], outcome="about"), lists(lexical=[0])),
    ("wrongly_answered", case(outcome="absent"), result([0], [GOLD]), lists(lexical=[0])),
]


@pytest.mark.parametrize(("reason", "asked", "got", "halves"), MISSES)
def test_every_reason(
    reason: str, asked: Case, got: Result, halves: Mapping[str, Sequence[Hit]]
) -> None:
    miss = why_missed(asked, got, PASSAGES, halves, K)
    assert miss is not None and miss.reason == reason


def test_all_reasons_are_tested() -> None:
    assert {reason for reason, *_ in MISSES} == set(STAGES)


def test_nothing_is_missed() -> None:
    near = Passage(A, 0, 10)
    for asked, got in (
        (case([GOLD]), result([1, 2], [near])),
        (case([ELSEWHERE, GOLD]), result([0], [near])),
        (case(outcome="absent"), result([0])),
        (case(outcome="about"), result([0], outcome="about")),
    ):
        assert why_missed(asked, got, PASSAGES, lists(lexical=[1]), K) is None


def test_the_ranks_are_told() -> None:
    halves = lists(lexical=[1, 2, 3, 0], dense=[0])
    found = why_missed(case([GOLD]), result([1, 2, 0]), PASSAGES, halves, K)
    assert found == Miss("fused_out", 0, (("lexical", 4), ("dense", 1)), 3)


def test_of_alternatives_the_farthest_and_of_groups_the_first_lost() -> None:
    halves = lists(lexical=[0, 1], dense=[0])
    alternatives = why_missed(case([GONE, GOLD]), result([0]), PASSAGES, halves, K)
    assert alternatives is not None and alternatives.reason == "wrongly_refused"
    groups = why_missed(case([GOLD], [ELSEWHERE]), result([0, 1]), PASSAGES, halves, K)
    assert groups is not None and (groups.reason, groups.group) == ("both_miss", 1)
    partly = why_missed(case([GOLD], [ELSEWHERE]), result([0, 3], [GOLD]), PASSAGES, halves, K)
    assert partly is not None and (partly.reason, partly.group) == ("reader_wrong", 1)


def test_touching_is_not_covering() -> None:
    assert covers(Passage(A, 0, 10), Passage(A, 5, 15)) and not covers(
        Passage(A, 0, 10), Passage(A, 6, 16)
    )
    assert not covers(Passage(A, 0, 10), Passage(A, 10, 20)) and not covers(
        Passage(B, 0, 4), Passage(A, 0, 4)
    )
    assert not covers(Passage(A, 0, 10), Passage(A, 5, 5))
    assert is_cited(GOLD, result(cited=[Passage(A, 0, 4), Passage(A, 5, 30)]))
    assert not is_cited(GOLD, result(cited=[Passage(A, 8, 30), Passage(B, 0, 4)]))


def test_a_run_keeps_its_case() -> None:
    asked = case([GOLD, Passage(B, 0, 2)], [ELSEWHERE])
    kept = result()
    row = Result("q", "fact", "a", "问？", {}, (), {**kept.answer, "case": native_row(asked)})
    found = kept_case(row, {"a": A, "b": B})
    assert found == asked
    assert kept_case(kept, {"a": A}) is None
    lost = kept_case(row, {"a": A})
    assert lost is not None and [span.text for span in lost.gold[0]] == [GOLD.text, "别的"]
    assert why_missed(lost, result(), PASSAGES, {}, K) is not None
