"""A request that limits the search to some documents: what is found, what is missing, what is suggested."""

import pytest
from conftest import BigramEncoder

from bot.request_limits import NO_LIMITS, Limits
from bot.service import Service
from bot.settings import load_settings
from corpus import Document
from index.snapshot import build

JINAN = Document(
    "jinan",
    "济南市养犬管理条例",
    "第一条 为了规范养犬行为，制定本条例。\n第二十条 本条例自2021年1月1日起施行。",
    tags=("养犬", "山东"),
)
DEZHOU = Document(
    "dezhou",
    "德州市养犬管理条例",
    "第一条 为了加强养犬管理，制定本条例。\n第三十条 本条例自2019年5月1日起施行。",
    tags=("养犬",),
)
PARKS = Document("parks", "公园", "全市有12座公园。", tags=("绿化",))
EVERYTHING = (JINAN, DEZHOU, PARKS)
IN_FORCE = "济南市养犬管理条例什么时候施行？"
HOW_MANY = "全市有多少座公园？"
NOT_HELD = "《扬州市养犬管理条例》什么时候施行？"
MODES = ("lexical", "dense", "fused")


def service_of(mode: str) -> Service:
    encoder = None if mode == "lexical" else BigramEncoder()
    settings = load_settings([f"retrieval.mode={mode}"], {})
    return Service(build(list(EVERYTHING), encoder), encoder, settings)


@pytest.fixture(scope="module", params=MODES)
def service(request: pytest.FixtureRequest) -> Service:
    return service_of(request.param)


@pytest.fixture(scope="module")
def by_words() -> Service:
    return service_of("lexical")


def ids(*doc_ids: str) -> Limits:
    return Limits(doc_ids=frozenset(doc_ids))


def tags(*names: str) -> Limits:
    return Limits(tags=frozenset(names))


def allowed(limits: Limits) -> list[str]:
    return [document.doc_id for document in EVERYTHING if limits.allow(document)]


@pytest.mark.parametrize(
    ("limits", "expected"),
    [
        (NO_LIMITS, ["jinan", "dezhou", "parks"]),
        (ids("parks", "jinan", "none"), ["jinan", "parks"]),
        (tags("养犬"), ["jinan", "dezhou"]),
        (tags("山东", "绿化"), ["jinan", "parks"]),
        (Limits(frozenset({"dezhou", "parks"}), frozenset({"养犬"})), ["dezhou"]),
        (Limits(frozenset({"parks"}), frozenset({"养犬"})), []),
        (ids("none"), []),
        (tags("none"), []),
    ],
)
def test_both_limits_must_hold(limits: Limits, expected: list[str]) -> None:
    assert allowed(limits) == expected


def found_in(service: Service, question: str, limits: Limits) -> set[str]:
    return {hit.passage.document.doc_id for hit in service.ask(question, limits=limits).hits}


def test_only_the_documents_of_the_limits_are_searched(service: Service) -> None:
    assert found_in(service, "养犬管理什么时候施行？", ids("dezhou")) == {"dezhou"}
    assert found_in(service, "本条例什么时候施行？", tags("山东")) == {"jinan"}
    scope = service.scope_of(service.understand(HOW_MANY), ids("parks"))
    assert {hit.passage.document for hit in service.search(HOW_MANY, 10, scope)} == {PARKS}
    assert (scope.named_ids, scope.by, scope.missing) == (["parks"], "request", None)


@pytest.mark.parametrize("limits", [ids("none"), tags("none"), ids("none", "neither")])
@pytest.mark.parametrize("question", [HOW_MANY, "What is this article about?", "谁写的？"])
def test_where_the_limits_leave_nothing_the_answer_is_absent(
    service: Service, limits: Limits, question: str
) -> None:
    answer = service.ask(question, limits=limits)
    assert (answer.outcome, answer.hits, answer.citations) == ("absent", (), ())
    assert (answer.scope.named_ids, answer.scope.by) == ([], "request")


def test_limits_never_widen_what_a_service_answers_from(service: Service) -> None:
    narrow = service.narrowed(frozenset({"养犬"}))
    assert found_in(narrow, HOW_MANY, ids("parks")) == set()
    assert found_in(narrow, HOW_MANY, ids("parks", "dezhou")) <= {"dezhou"}
    assert narrow.ask(HOW_MANY, limits=ids("parks")).outcome == "absent"


def test_a_document_that_is_named_outside_of_the_limits_is_missing(service: Service) -> None:
    answer = service.ask(IN_FORCE, limits=ids("dezhou"))
    assert (answer.outcome, answer.hits) == ("absent", ())
    assert answer.text == "限定的文章里没有《济南市养犬管理条例》。"
    assert (answer.scope.named_ids, answer.scope.by) == (["dezhou"], "request")
    assert answer.scope.missing == "济南市养犬管理条例"
    inside = service.scope_of(service.understand(IN_FORCE), tags("养犬"))
    assert (inside.named_ids, inside.missing) == (["jinan"], None)


def test_a_word_that_is_a_title_too_names_nothing_that_is_missing(service: Service) -> None:
    scope = service.scope_of(service.understand(HOW_MANY), ids("jinan"))
    assert (scope.named_ids, scope.missing) == (["jinan"], None)


def test_a_document_that_those_of_the_limits_mention_is_not_missing() -> None:
    guide = Document("guide", "办事指南", "按照《济南市养犬管理条例》，犬只应当登记。")
    service = Service(build([JINAN, guide], None), None, load_settings([], {}))
    question = "济南市养犬管理条例要求怎样？"
    assert service.scope_of(service.understand(question), ids("guide")).missing is None


def test_of_what_is_not_held_the_nearest_is_one_of_the_limits(by_words: Service) -> None:
    """德州市养犬管理条例 shares seven of the eight pairs of 扬州市养犬管理条例, and is of another place."""
    answer = by_words.ask(NOT_HELD)
    assert answer.text == ("资料库里没有《扬州市养犬管理条例》。最接近的是《德州市养犬管理条例》。")
    assert answer.suggestions == ("《德州市养犬管理条例》什么时候施行？",)
    within = by_words.ask(NOT_HELD, limits=ids("dezhou"))
    assert within.text == (
        "限定的文章里没有《扬州市养犬管理条例》。最接近的是《德州市养犬管理条例》。"
    )
    assert within.suggestions == answer.suggestions
    beyond = by_words.ask(NOT_HELD, limits=ids("parks"))
    assert beyond.text == "限定的文章里没有《扬州市养犬管理条例》。"
    assert beyond.suggestions == ()


def test_the_refusal_of_an_english_question_is_english() -> None:
    rules = Document("rules", "City Park Rules", "The parks open at six.")
    service = Service(build([rules, PARKS], None), None, load_settings([], {}))
    question = "When do the 《City Pool Rules》 apply?"
    answer = service.ask(question)
    assert answer.text == (
        "The documents do not include “City Pool Rules”. The nearest is “City Park Rules”."
    )
    assert answer.suggestions == ("When do the 《City Park Rules》 apply?",)
    beyond = service.ask(question, limits=ids("parks"))
    assert beyond.text == "The documents that were chosen do not include “City Pool Rules”."
