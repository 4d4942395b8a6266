"""Measures against ranx, against other ways of counting the same, and by hand."""

import random
from math import log2
from typing import Any

import numba
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.answer import Answer, Citation
from bot.evals.datasets import Case
from bot.evals.figures import DECIDING
from bot.evals.measures import (
    ANSWER_MEASURES,
    COMPARED,
    GATED,
    HEADLINE,
    QUESTION_MEASURES,
    RANK_MEASURES,
    SET_MEASURES,
    SPAN_MEASURES,
    TABLE,
    cites,
    in_order,
    score_answer,
    score_rankings,
    share,
)
from bot.evals.score import COLUMNS
from bot.evals.text_measures import character_f1, exact_match
from corpus import Document, Passage, UsageError
from index import Hit

DOCUMENT = Document("d", "", "甲城有三座桥。乙城有五座桥。甲城有三座桥。" + "丙" * 979)
RANX = {
    "R@1": "recall@1",
    "R@3": "recall@3",
    "R@5": "recall@5",
    "R@10": "recall@10",
    "R@100": "recall@100",
    "RR@10": "mrr@10",
    "nDCG@10": "ndcg@10",
    "AP@100": "map@100",
    "Success@1": "hit_rate@1",
    "Success@3": "hit_rate@3",
}


def span(start: int, end: int, document: Document = DOCUMENT) -> Passage:
    return Passage(document, start, end)


def case(*gold: tuple[Passage, ...], **changes: Any) -> Case:
    fields: dict[str, Any] = {
        "case_id": "q",
        "kind": "number",
        "question": "甲城有几座桥？",
        "history": (),
        "gold": gold,
        "answers": ("三座",),
        "outcome": "answered",
    }
    return Case(**fields | changes)


def ranked(one: Case, *passages: Passage, unit: Any = "passage") -> dict[str, float]:
    return score_rankings([one], {"q": [Hit(passage, 1.0) for passage in passages]}, unit)["q"]


def test_every_measure_has_one_name_and_every_list_takes_its_names_from_there() -> None:
    names = [measure.name for measure in QUESTION_MEASURES] + list(SET_MEASURES)
    assert len(set(names)) == len(names)
    assert set(RANX) == {measure.name for measure in RANK_MEASURES}
    assert set(DECIDING) | set(COLUMNS) <= set(names)
    for chosen in (TABLE, HEADLINE, COMPARED, GATED):
        assert in_order(reversed(chosen)) == list(chosen)
    assert GATED == ("R@1", "nDCG@10", "in text", "cited", "answered", "refused")


def test_what_is_measured_has_a_name_in_the_list() -> None:
    """A list question has no EM and F1, an answerable one cannot be rightly refused: together all names occur."""
    measured = {*ranked(case((span(0, 7),)), span(0, 9))}
    assert measured == {measure.name for measure in RANK_MEASURES + SPAN_MEASURES}
    said = answered("甲城有三座桥。[1]", (0, 7))
    scores = score_answer(case((span(0, 7),)), said) | score_answer(case(outcome="absent"), said)
    assert scores.keys() == {measure.name for measure in ANSWER_MEASURES}


def test_names_are_put_in_the_order_of_the_measures_and_unknown_ones_last() -> None:
    assert in_order(["own", "AUROC", "cited", "R@1", "cited", "older"]) == [
        "R@1",
        "cited",
        "AUROC",
        "own",
        "older",
    ]


@pytest.mark.slow
def test_rank_measures_are_those_of_ranx() -> None:
    """200 questions with 1 to 12 relevant documents of 150, some of which are not found at all; scores all tied."""
    numba.config.DISABLE_JIT = True  # type: ignore[attr-defined]  # compiling would take a minute
    from ranx import Qrels, Run, evaluate  # type: ignore[import-untyped]  # takes seconds, and none but this needs it

    chance = random.Random(1)
    documents = [Document(f"d{n}", "", "字" * 10) for n in range(150)]
    cases, rankings = [], {}
    for n in range(200):
        gold = chance.sample(documents, chance.randint(1, 12))
        cases.append(case(*((span(0, 2, document),) for document in gold), case_id=f"q{n}"))
        rankings[f"q{n}"] = [
            Hit(span(0, 10, d), 0.5) for d in chance.sample(documents, chance.choice([1, 5, 100]))
        ]
    qrels = {one.case_id: {group[0].document.doc_id: 1 for group in one.gold} for one in cases}
    run = {
        q: {hit.passage.document.doc_id: 1 / (place + 1) for place, hit in enumerate(rankings[q])}
        for q in qrels
    }
    ours = score_rankings(cases, rankings, "document")
    names = sorted(qrels)
    theirs = evaluate(Qrels(qrels), Run(run), list(RANX.values()), return_mean=False)
    for name, oracle in RANX.items():
        assert [ours[q][name] for q in names] == pytest.approx(list(theirs[oracle]), abs=1e-6), name


def test_a_document_is_as_high_as_its_best_passage() -> None:
    other = Document("e", "", "字" * 100)
    found = ranked(
        case((span(0, 7),)), span(0, 9, other), span(9, 20, other), span(500, 600), unit="document"
    )
    assert (found["RR@10"], found["R@1"], found["R@3"]) == (0.5, 0, 1)
    assert found["nDCG@10"] == pytest.approx(1 / log2(3))


def test_alternatives_in_several_documents_are_each_relevant() -> None:
    other = Document("e", "", "字" * 100)
    found = ranked(case((span(0, 7), span(0, 9, other))), span(0, 50), unit="document")
    assert (found["R@1"], found["Success@1"]) == (0.5, 1)


def test_half_of_the_gold_makes_a_passage_relevant_and_touching_does_not() -> None:
    one = case((span(10, 20),))
    assert ranked(one, span(0, 15))["R@1"] == 1
    assert ranked(one, span(0, 14))["R@1"] == 0
    touching = ranked(one, span(0, 10), span(20, 30))
    assert not any(touching[name] for name in touching if not name.startswith("span"))
    assert touching["span@500"] == 0
    assert (ranked(one, span(0, 14))["covered>0@5"], ranked(one, span(0, 14))["covered>=.5@5"]) == (
        1,
        0,
    )
    assert (ranked(one, span(0, 19))["covered>=.5@5"], ranked(one, span(0, 19))["covered=1@5"]) == (
        1,
        0,
    )
    assert ranked(one, span(10, 20))["covered=1@5"] == 1


def test_the_sixth_passage_is_not_among_the_first_five() -> None:
    one = case((span(0, 7),))
    others = [span(at, at + 10) for at in range(100, 150, 10)]
    assert ranked(one, *others[:4], span(0, 9))["covered=1@5"] == 1
    found = ranked(one, *others, span(0, 9))
    assert (found["covered>0@5"], found["covered>=.5@5"], found["covered=1@5"]) == (0, 0, 0)


def test_shares_are_means_over_groups_of_the_best_passage() -> None:
    """Of 20 characters a passage has 15, then 5; of the second group none: the best of the first is 3/4."""
    found = ranked(case((span(0, 20),), (span(200, 210),)), span(0, 15), span(15, 25))
    assert (found["covered>0@5"], found["covered>=.5@5"], found["covered=1@5"]) == (0.5, 0.5, 0)


def test_an_irrelevant_passage_takes_a_rank_each_time() -> None:
    one = case((span(0, 7),), (span(30, 40),))
    found = ranked(one, span(100, 110), span(100, 110), span(0, 7), span(30, 40))
    assert found["RR@10"] == pytest.approx(1 / 3)
    assert (found["R@3"], found["Success@3"]) == (0.5, 1)


def test_overlapping_passages_are_credited_once() -> None:
    found = ranked(case((span(0, 7),)), span(0, 10), span(0, 12), span(2, 9))
    assert (found["nDCG@10"], found["AP@100"], found["R@3"]) == (1, 1, 1)


def test_each_group_is_one_relevant_unit_however_many_passages_cover_it() -> None:
    """Two groups; the first is found at once, a second passage of it is no news, the other group is third."""
    one = case((span(0, 7), span(14, 21)), (span(100, 110),))
    found = ranked(one, span(0, 10), span(14, 21), span(95, 115))
    assert (found["R@1"], found["R@3"], found["AP@100"]) == pytest.approx(
        (1 / 2, 1, (1 + 2 / 3) / 2)
    )
    assert found["nDCG@10"] == pytest.approx((1 + 1 / log2(4)) / (1 + 1 / log2(3)))


def test_a_passage_that_finds_several_groups_is_ideal_and_no_better() -> None:
    found = ranked(case((span(0, 7),), (span(7, 14),)), span(0, 14))
    assert (found["nDCG@10"], found["R@1"], found["R@3"], found["covered=1@5"]) == (1, 0.5, 1, 1)


def test_a_budget_of_characters() -> None:
    """Gold 450 to 650: of 500 characters 50 are gold, of 1000 all 200; read twice it costs twice and counts once."""
    one = case((span(450, 650),))
    found = ranked(one, span(0, 800))
    assert [found[f"span@{b}"] for b in (500, 1000, 2000)] == [0.25, 1, 1]
    found = ranked(one, span(0, 500), span(0, 500), span(500, 800))
    assert [found[f"span@{b}"] for b in (500, 1000, 2000)] == [0.25, 0.25, 1]
    last = case((span(600, 601),))
    assert ranked(last, span(0, 499), span(600, 610))["span@500"] == 1
    assert ranked(last, span(0, 500), span(600, 610))["span@500"] == 0
    found = ranked(case((span(0, 400), span(0, 10)), (span(900, 910),)), span(5, 400))
    assert found["span@500"] == pytest.approx((395 / 400 + 0) / 2)


def test_nothing_found_and_nothing_to_find() -> None:
    cases = [case((span(0, 7),)), case(case_id="absent", outcome="absent")]
    found = score_rankings(cases, {"q": [], "absent": [Hit(span(0, 7), 1.0)]}, "passage")
    assert set(found["q"].values()) == {0.0}
    assert found["q"].keys() >= RANX.keys()
    assert found["absent"] == {}
    assert score_rankings(cases[1:], {"absent": []}, "passage") == {"absent": {}}
    with pytest.raises(UsageError, match="absent"):
        score_rankings(cases, {"q": []}, "passage")


@pytest.mark.parametrize(
    ("start", "end", "shares"),
    [
        (0, 8, True),
        (0, 3, True),
        (4, 12, True),  # exactly half of both
        (5, 13, False),
        (7, 9, True),  # one of the two cited characters
        (7, 10, False),
        (8, 16, False),  # touching
        (0, 21, True),
        (3, 3, False),  # nothing cited
    ],
)
def test_a_citation_must_share_half_of_the_shorter(start: int, end: int, shares: bool) -> None:
    gold = span(0, 8)
    assert cites(span(start, end), gold) is cites(gold, span(start, end)) is shares
    assert not cites(span(start, end, Document("e", "", "")), gold)
    said = answered("…", (start, end))
    assert score_answer(case((gold,)), said)["cited"] == shares


def test_share_is_of_the_best_alternative() -> None:
    assert share(span(0, 10), ()) == share(span(0, 10), (span(5, 5),)) == 0
    assert share(span(0, 10), (span(5, 25), span(8, 12))) == 0.5
    assert share(span(0, 10, Document("e", "", "")), (span(0, 10),)) == 0


@pytest.mark.parametrize(
    ("said", "wanted", "score"),
    [
        ("《城市 之治》。", "城市之治", 1),
        ("ＣＯＶＩＤ－19", "covid19", 1),
        ("三座", "三座桥", 0),
        ("1+1=~^`2", "112", 1),
        ("1-1", "11", 1),
        ("1￥1", "11", 0),
        ("", "", 0),
        ("。", "！", 0),
    ],
)
def test_exact_match(said: str, wanted: str, score: float) -> None:
    assert exact_match(said, wanted) == score


@pytest.mark.parametrize(
    ("said", "wanted", "score"),
    [
        ("甲城有三座桥。", "三座", 2 * (2 / 6) * 1 / (2 / 6 + 1)),
        ("三座", "三座桥", 2 * 1 * (2 / 3) / (1 + 2 / 3)),
        (
            "甲乙丙丁",
            "甲丙丁",
            2 * (2 / 4) * (2 / 3) / (2 / 4 + 2 / 3),
        ),  # not the 3 that a bag of characters shares
        (
            "在New York市",
            "New York",
            2 * (2 / 4) * 1 / (2 / 4 + 1),
        ),  # 在 new york 市: a word is one token
        ("1966年", "1967年", 1 / 2),
        ("甲甲乙", "甲甲甲丙", 4 / 7),
        ("甲乙甲乙甲", "甲乙甲", 6 / 8),
        ("㐀乙", "㐀", 2 / 3),  # the first and the last characters that are tokens of their own
        ("\u9fff乙", "\u9fff", 2 / 3),
        ("𠀀乙", "𠀀", 2 / 3),
        ("aa bb cc", "bb aa cc", 2 / 6),
        ("aa bb", "cc bb", 2 / 4),
        ("甲，乙", "甲乙", 1),
        ("甲", "乙", 0),
        ("", "乙", 0),
        ("。", "", 0),
    ],
)
def test_character_f1(said: str, wanted: str, score: float) -> None:
    assert character_f1(said, wanted) == pytest.approx(score)


@given(st.text("甲乙丙", max_size=14), st.text("甲乙丙", max_size=14))
def test_character_f1_is_that_of_all_substrings(said: str, wanted: str) -> None:
    shared = {said[i:j] for i in range(len(said)) for j in range(i, len(said) + 1)} & {
        wanted[i:j] for i in range(len(wanted)) for j in range(i, len(wanted) + 1)
    }
    longest = max(map(len, shared), default=0)
    precision, recall = longest / max(len(said), 1), longest / max(len(wanted), 1)
    assert character_f1(said, wanted) == pytest.approx(
        2 * precision * recall / (precision + recall) if longest else 0
    )
    assert character_f1(said, wanted) == character_f1(wanted, said)


def answered(text: str, *spans: tuple[int, int], short: str | None = None) -> Answer:
    cited = tuple(Citation(DOCUMENT, start, end) for start, end in spans)
    return Answer("？", "answered", text, citations=cited, short_answer=short)


def test_a_right_answer() -> None:
    found = score_answer(
        case((span(0, 7), span(14, 21))), answered("甲城有三座桥。[1]", (0, 7), short="三座")
    )
    assert found == dict.fromkeys(
        ["outcome", "answered", "in text", "EM", "F1", "cited", "citation P", "citation R"], 1.0
    )


def test_without_a_short_answer_the_text_is_measured_without_its_marks() -> None:
    found = score_answer(case((span(0, 7),)), answered("甲城有三座桥。[1]", (0, 7)))
    assert (found["EM"], found["F1"]) == pytest.approx((0, 0.5))


def test_the_best_of_several_answers_counts() -> None:
    one = case((span(0, 7),), answers=("很多", "三座桥", "三座"))
    found = score_answer(one, answered("甲城有三座桥。[1]", (0, 7), short="三座"))
    assert (found["EM"], found["F1"], found["in text"]) == (1, 1, 1)


def test_kinds_that_ask_for_several_things_need_them_all() -> None:
    one = case((span(0, 7),), (span(7, 14),), kind="list", answers=("三座", "五座"))
    half, whole = (
        answered("甲城有三座桥。[1]", (0, 7)),
        answered("甲城有三座桥。[1]乙城有五座桥。[2]", (0, 7), (7, 14)),
    )
    assert [score_answer(one, said)["in text"] for said in (half, whole)] == [0, 1]
    assert [score_answer(one, said)["citation R"] for said in (half, whole)] == [0.5, 1]
    assert not {"EM", "F1"} & score_answer(one, whole).keys()


def test_citations_are_measured_in_characters() -> None:
    """Gold 0 to 7; cited 4 to 14 and, in part again, 4 to 6: of 12 characters 5 are gold, of 7 gold 3 are cited."""
    found = score_answer(case((span(0, 7),)), answered("…", (4, 14), (4, 6)))
    assert (found["citation P"], found["citation R"]) == pytest.approx((5 / 12, 3 / 7))
    assert found["cited"] == 1  # the second lies in gold
    assert score_answer(case((span(0, 7),)), answered("…", (4, 14)))["cited"] == 0
    assert score_answer(case((span(0, 7),)), answered("…", (7, 14)))["citation P"] == 0


def test_refusals() -> None:
    refused = Answer("？", "absent", "资料中没有三座。")
    found = score_answer(case((span(0, 7),)), refused)
    assert set(found.values()) == {0.0}
    absent = case(answers=(), outcome="absent")
    assert score_answer(absent, refused) == {"outcome": 1.0, "refused": 1.0}
    assert score_answer(absent, answered("甲", (0, 7))) == {"outcome": 0.0, "refused": 0.0}
    assert score_answer(case(answers=(), outcome="about"), refused) == {"outcome": 0.0}


def test_what_stands_in_each_report() -> None:
    """Written out: a measure that moves between reports moves here too."""
    ranks = ("R@1", "R@5", "RR@10", "nDCG@10")
    assert (
        "R@1",
        "R@3",
        "R@5",
        "RR@10",
        "nDCG@10",
        "span@1000",
        "EM",
        "F1",
        "in text",
        "cited",
        "answered",
        "refused",
        *("points", "whole", "precision", "opened", "opening"),
    ) == TABLE
    assert (*ranks, "span@1000", "F1", "in text", "cited", "refused") == HEADLINE
    answers = ("F1", "in text", "cited", "answered", "refused")
    assert (*ranks, "span@1000", *answers, "points", "whole", "precision") == COMPARED
    assert GATED == ("R@1", "nDCG@10", "in text", "cited", "answered", "refused")
