"""What a question is about and what it asks of that; what is missing is told by name."""

from functools import partial

import pytest

from bot.question.analysis import Question
from bot.question.scope import Scope, ScopeFinder
from bot.question.search import ScopedSearch
from bot.question.titles import Titles
from bot.question.understand import SearchVocabulary, rephrased, understand
from corpus import Document
from index.snapshot import Snapshot, build

DOG = Document(
    "dog", "德州市养犬管理条例", "第一条 养犬应当登记。\n第二条 本条例自2020年10月1日起施行。"
)
HEAT = Document("heat", "青岛市供热条例", "第一条 供热期为五个月。\n按照《山东省供热条例》执行。")
STREET = Document("street", "磨坊街四十年", "磨坊街建于1984年，共有商户三百家。")


def snapshot() -> Snapshot:
    return build([DOG, HEAT, STREET], None)


def understood(asked: str, history: tuple[str, ...] = ()) -> tuple[ScopeFinder, Question]:
    held = snapshot()
    vocabulary = SearchVocabulary.of(held)
    turns = [{"role": "user", "content": turn} for turn in history]
    finder = ScopeFinder(
        Titles(held.collection.documents), mentioned, partial(rephrased, vocabulary=vocabulary)
    )
    return finder, understand(asked, turns, vocabulary)


def mentioned(work: str) -> bool:
    return any(work in document.text for document in (DOG, HEAT, STREET))


def find(asked: str, history: tuple[str, ...] = ()) -> Scope:
    finder, question = understood(asked, history)
    return finder.find(question, history[::-1])


@pytest.mark.parametrize(
    ("asked", "doc_id", "rest"),
    [
        ("德州市养犬管理条例从哪天起施行？", "dog", "本条例从哪天起施行？"),
        ("《德州市养犬管理条例》从哪天起施行？", "dog", "本条例从哪天起施行？"),
        ("德州那个养犬的规定从哪天起施行？", "dog", "本条例从哪天起施行？"),
        ("青岛供热条例里，供热期是多久？", "heat", "本条例里，供热期是多久？"),
        ("《磨坊街四十年》里有多少商户？", "street", "有多少商户？"),
    ],
)
def test_the_name_of_the_document_is_taken_out(asked: str, doc_id: str, rest: str) -> None:
    scope = find(asked)
    assert scope.by == "title" and scope.is_sure
    assert scope.named_ids == [doc_id]
    assert scope.aims[0].question.whole == rest
    assert scope.aims[0].question.asked == asked


def test_the_terms_are_those_of_what_is_asked() -> None:
    (aim,) = find("德州市养犬管理条例从哪天起施行？").aims
    assert "养犬" not in aim.question.terms and "施行" in aim.question.terms
    assert aim.question.kind == "date"


def test_a_term_that_stands_in_the_title_stays_where_nothing_else_is_asked() -> None:
    (aim,) = find("《青岛市供热条例》是什么？").aims
    assert aim.question.whole == "《青岛市供热条例》是什么？"


@pytest.mark.parametrize(
    ("asked", "missing"),
    [
        ("《扬州市养犬管理条例》什么时候施行？", "扬州市养犬管理条例"),
        ("扬州市养犬管理条例什么时候施行？", "扬州市养犬管理条例"),
        ("扬州养犬的规定从哪天施行？", "扬州养犬的规定"),
        ("《红楼梦》的作者是谁？", "红楼梦"),
        ("三亚市养犬管理条例规定一户几只？", "三亚市养犬管理条例"),
        ("三亚市养犬管理规定一户几只？", "三亚市养犬管理规定"),
    ],
)
def test_what_is_named_and_not_held_is_missing(asked: str, missing: str) -> None:
    scope = find(asked)
    assert scope.missing == missing and not scope.aims


def test_the_nearest_document_is_offered_as_a_question() -> None:
    scope = find("《扬州市养犬管理条例》什么时候施行？")
    assert scope.nearest is not None and scope.nearest.doc_id == "dog"
    assert scope.instead == "《德州市养犬管理条例》什么时候施行？"


def test_a_work_that_a_text_mentions_is_not_missing() -> None:
    assert find("《山东省供热条例》管什么？").missing is None


def test_a_place_without_a_document_named_is_a_soft_scope() -> None:
    scope = find("青岛家里不热怎么办？")
    assert scope.by == "place" and not scope.is_sure
    assert scope.aims[0].document.doc_id == "heat"
    assert scope.aims[0].question.whole == "青岛家里不热怎么办？"


def test_a_question_about_nothing_in_particular_has_no_scope() -> None:
    scope = find("要登记吗？")
    assert scope == Scope()


def test_a_document_of_the_question_before() -> None:
    scope = find("从哪天起施行？", ("德州市养犬管理条例要求登记吗？",))
    assert scope.named_ids == ["dog"] and scope.by == "history"
    assert scope.aims[0].question.whole == "要求 登记 从哪天起施行？"


def test_a_question_about_another_place_leaves_the_document_before() -> None:
    assert find("那青岛呢？", ("德州市养犬管理条例要求登记吗？",)).by != "history"


def test_a_request_limits_the_scope() -> None:
    finder, question = understood("要登记吗？")
    scope = finder.limited(finder.find(question), question, ["heat"], mentioned)
    assert scope.by == "request" and scope.doc_ids == ("heat",) and not scope.aims


def test_a_document_outside_of_the_limits_is_missing() -> None:
    finder, question = understood("德州市养犬管理条例从哪天起施行？")
    scope = finder.limited(finder.find(question), question, ["heat"], lambda work: False)
    assert scope.missing == "德州市养犬管理条例" and scope.nearest is None


@pytest.mark.parametrize(
    "asked",
    [
        "杭州居民的主要意见是什么？",
        "上海市民对新的规定有什么意见？",
        "北京交通拥堵的解决方案是什么？",
        "济南大学的招生办法是什么？",
        "苏州古城更新的办法有哪些？",
        "《  》是什么？",
    ],
)
def test_a_question_that_names_no_rule_misses_none(asked: str) -> None:
    assert find(asked).missing is None


def test_what_a_follow_up_asks_is_asked_of_the_document() -> None:
    scope = find("那室内温度呢？", ("青岛市供热条例里供热期是多久？",))
    assert scope.named_ids == ["heat"]
    assert any("温度" in term for term in scope.aims[0].question.terms)
    assert "温度" in scope.aims[0].question.text


def test_a_named_document_comes_first_where_scores_have_no_bound() -> None:
    other = Document("other", "供热常识", "供热期里供热期，供热期的供热期就是供热期。\n供热期。")
    held = build([HEAT, other], None)
    vocabulary = SearchVocabulary.of(held)
    finder = ScopeFinder(
        Titles([HEAT, other]), mentioned, partial(rephrased, vocabulary=vocabulary)
    )
    question = understand("青岛市供热条例里的供热期是多久？", (), vocabulary)
    search = ScopedSearch(held.lexical, held.collection)
    hits = search.search(question, finder.find(question), 10)
    assert hits[0].passage.document.doc_id == "heat"
    assert all(0 <= hit.score <= 1 for hit in hits)
