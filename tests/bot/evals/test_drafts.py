"""Drafts of cases: kept as they are, accepted only when they are cases, exported as a set that reads back."""

import sqlite3
import stat
from dataclasses import replace
from pathlib import Path
from threading import Thread

import pytest

from bot.evals.datasets import read_dataset
from bot.evals.drafts import (
    Draft,
    Drafts,
    DraftsUnavailable,
    GoldSpan,
    from_feedback,
    from_suggestion,
    locate_quote,
    to_case,
    to_json_lines,
    with_gold,
)
from bot.question.suggest_made import GeneratedQuestion
from bot.question.suggest_trial import make
from bot.storage.feedback import Judgement
from corpus import Document, Passage, UsageError
from corpus.language.text import sentences

TEXT = "标题\n第一句说甲。第二句说乙。\n第三句说甲。"
DOCUMENT = Document("d", "题", TEXT)
DOCUMENTS = {"d": DOCUMENT}
GOLD = GoldSpan("d", 3, 9, "第一句说甲。")
WHOLE = Draft("谁？", "fact", "answered", ("甲",), (GOLD,), ("先问\u2028的",), "备注", "made:d")


@pytest.fixture
def drafts(tmp_path: Path) -> Drafts:
    return Drafts(tmp_path / "state" / "golden.sqlite3")


def test_nothing_is_made_by_looking(drafts: Drafts, tmp_path: Path) -> None:
    assert drafts.all() == [] and drafts.get(1) is None
    assert not (tmp_path / "state").exists()


def test_a_draft_is_kept_as_it_is(drafts: Drafts, tmp_path: Path) -> None:
    assert drafts.add([WHOLE]) == [1]
    kept = drafts.get(1)
    assert (
        kept is not None
        and replace(kept, number=0, made="") == WHOLE
        and kept.case_id == "golden-0001"
    )
    assert stat.S_IMODE((tmp_path / "state" / "golden.sqlite3").stat().st_mode) == 0o600
    drafts.mark(1, "accepted")
    drafts.save(replace(kept, question="改了"))
    changed = drafts.get(1)
    assert changed is not None and (changed.question, changed.status) == ("改了", "draft")


def test_of_one_origin_there_is_one(drafts: Drafts) -> None:
    assert drafts.add([WHOLE, WHOLE, Draft("空"), Draft("空")]) == [1, 2, 3]
    assert drafts.add([WHOLE]) == []
    drafts.mark(1, "rejected")
    assert [d.number for d in drafts.all()] == [3, 2, 1]
    assert [d.number for d in drafts.all("draft")] == [3, 2] and [
        d.number for d in drafts.all("rejected")
    ] == [1]


def test_many_write_at_once(drafts: Drafts) -> None:
    threads = [Thread(target=drafts.add, args=([Draft(f"{n}")],)) for n in range(12)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert {draft.question for draft in drafts.all()} == {f"{n}" for n in range(12)}


def test_a_file_that_is_none_of_ours(drafts: Drafts, tmp_path: Path) -> None:
    path = tmp_path / "state" / "golden.sqlite3"
    path.parent.mkdir()
    path.write_bytes(b"x" * 5000)
    with pytest.raises(DraftsUnavailable, match="移到别处"):
        drafts.all()
    path.unlink()
    drafts.add([WHOLE])
    for body in ("{}", "[" * 200_000):
        with sqlite3.connect(path) as database:
            database.execute("UPDATE draft SET body = ?", (body,))
        with pytest.raises(DraftsUnavailable, match="1"):
            drafts.all()
    with sqlite3.connect(path) as database:
        database.execute("PRAGMA user_version = 9")
    with pytest.raises(DraftsUnavailable, match="格式 9"):
        drafts.add([WHOLE])


NO_CASES = [
    (replace(WHOLE, question=" "), "问题是空的"),
    (replace(WHOLE, kind=" "), "类别"),
    (replace(WHOLE, outcome="maybe"), "结果"),
    (replace(WHOLE, gold=()), "还没有标注原文"),
    (replace(WHOLE, gold=(replace(GOLD, checked=False),)), "待核对"),
    (replace(WHOLE, gold=(replace(GOLD, doc_id="e"),)), "索引里没有 e"),
    (replace(WHOLE, gold=(replace(GOLD, quote="文中没有这样一句话"),)), "没有这段文字"),
]


@pytest.mark.parametrize(("draft", "why"), NO_CASES)
def test_what_is_no_case_yet(draft: Draft, why: str) -> None:
    with pytest.raises(UsageError, match=why):
        to_case(draft, DOCUMENTS)


def test_groups_are_all_required_and_inside_one_there_is_a_choice() -> None:
    third = GoldSpan("d", 16, 22, "第三句说甲。", group=1)
    second = GoldSpan("d", 9, 15, "第二句说乙。", group=2)
    case = to_case(replace(WHOLE, number=7, gold=(second, GOLD, third)), DOCUMENTS)
    assert [[span.text for span in group] for group in case.gold] == [
        ["第一句说甲。", "第三句说甲。"],
        ["第二句说乙。"],
    ]
    assert case.case_id == "golden-0007" and [turn["role"] for turn in case.history] == ["user"]
    assert to_case(Draft("没讲的？", "offtopic", "absent"), DOCUMENTS).gold == ()


def test_a_quote_is_found_where_it_stands() -> None:
    assert locate_quote(DOCUMENT, "说甲。", 16) == Passage(DOCUMENT, 19, 22)
    assert locate_quote(DOCUMENT, "说乙。\r\n第三句").text == "说乙。\n第三句"
    for wrong in ("", " ", "第一句说丙。"):
        with pytest.raises(UsageError):
            locate_quote(DOCUMENT, wrong)


def test_the_golden_set_reads_back(tmp_path: Path) -> None:
    drafts = [
        replace(WHOLE, number=2, history=("先问",)),
        replace(WHOLE, number=1, gold=(replace(GOLD, group=4),)),
    ]
    path = tmp_path / "golden.jsonl"
    path.write_text(to_json_lines(drafts, DOCUMENTS), "utf-8")
    found = read_dataset(path, [DOCUMENT])
    assert [case.case_id for case in found.cases] == ["golden-0001", "golden-0002"]
    assert found.cases[1] == to_case(drafts[0], DOCUMENTS) and found.left_out == ()
    with pytest.raises(UsageError, match="golden-0002"):
        to_json_lines([replace(drafts[0], gold=())], DOCUMENTS)


def test_a_thumbs_down_becomes_a_draft() -> None:
    cited = ("d.3-9", "d.0-99", "gone.0-3", "d.x-9", "nonsense")
    judged = Judgement(
        "0" * 32, "down", "wrong_citation", "不对", "谁？", "answered", "甲[1]", cited, "", "now"
    )
    draft = from_feedback(judged, DOCUMENTS)
    assert draft.gold == (replace(GOLD, checked=False),) and draft.origin == f"feedback:{'0' * 32}"
    assert (draft.question, draft.note, draft.status) == ("谁？", "wrong_citation · 不对", "draft")


def test_made_questions_bring_the_sentence_that_answers(article: Document) -> None:
    inside = [Passage(article, start, end) for start, end in sentences(article.text)]
    made = make([article])
    drafts = [from_suggestion(one, inside) for one in made]
    assert len(drafts) > 10 and len({draft.origin for draft in drafts}) == len(drafts)
    for one, draft in zip(made, drafts, strict=True):
        (gold,) = draft.gold
        assert gold.quote == article.text[gold.start : gold.end] and one.answer.text in gold.quote
        assert to_case(draft, {article.doc_id: article}).gold[0][0].start == gold.start
    alone = from_suggestion(GeneratedQuestion("甲？", "how", Passage(DOCUMENT, 3, 9)), [])
    assert alone.gold == (GOLD,) and alone.answers == ()


def test_gold_is_added_once() -> None:
    span = Passage(DOCUMENT, 3, 9)
    once = with_gold(replace(WHOLE, gold=()), span, 1)
    assert once.gold == (GOLD,)
    assert with_gold(once, span, 3).gold == (replace(GOLD, group=3),)
    assert len(with_gold(once, Passage(DOCUMENT, 9, 15), 2).gold) == 2
