"""What a follow-up means is decided by what the documents say, and what they do not say is refused."""

from functools import cache

import pytest
from conftest import BigramEncoder

from bot.answer import Answer
from bot.request_limits import NO_LIMITS, Limits
from bot.service import Service
from bot.settings import Settings
from corpus import Document
from index.snapshot import build

FARM = Document(
    "farm",
    "农场的价目",
    "成人票每张二十元。\n儿童票每张十元。\n停车每小时三元。\n农场的场长是高翔。\n大棚在2024年完工。",
)
PORT = Document("port", "港口的价目", "港口的停车每小时五元。\n港口的主任是夏雨荷。")
TICKET = "成人票每张多少钱？"


@cache
def service() -> Service:
    encoder = BigramEncoder()
    return Service(build([FARM, PORT], encoder), encoder, Settings())


def ask(*asked: str, limits: Limits = NO_LIMITS) -> Answer:
    *before, last = asked
    history = [{"role": "user", "content": one} for one in before]
    return service().answer(last, history, limits=limits)


def quotes(answer: Answer) -> list[str]:
    return [citation.quote for citation in answer.citations]


@pytest.mark.parametrize("asked", ["儿童票呢？", "那儿童票呢", "换成儿童票呢？"])
def test_new_words_are_answered_by_a_sentence_that_has_them(asked: str) -> None:
    assert quotes(ask(TICKET, asked)) == ["儿童票每张十元。"]


def test_a_chain_goes_on_from_what_was_meant() -> None:
    assert quotes(ask(TICKET, "儿童票呢？", "成人票呢？")) == ["成人票每张二十元。"]


@pytest.mark.parametrize("asked", ["棉被呢？", "N1呢？"])
def test_new_words_that_no_sentence_has_are_refused(asked: str) -> None:
    answer = ask(TICKET, asked)
    assert (answer.outcome, answer.citations) == ("absent", ())


def test_what_it_is_about_is_inherited_and_can_be_left() -> None:
    inherited = ask(TICKET, "停车每小时多少钱？")
    assert quotes(inherited)[0] == "停车每小时三元。"
    assert (inherited.scope.by, inherited.scope.named_ids) == ("history", ["farm"])
    assert quotes(ask(TICKET, "港口的停车呢？"))[0] == "港口的停车每小时五元。"


def test_a_request_keeps_its_limits() -> None:
    limits = Limits(doc_ids=frozenset({"port"}))
    answer = ask(TICKET, "停车每小时多少钱？", limits=limits)
    assert {citation.document.doc_id for citation in answer.citations} <= {"port"}


def test_new_words_must_be_said_of_themselves_not_only_beside_the_old() -> None:
    text = "男子组冠军是李山。\n女子组冠军是夏雨荷。\n女子组有三十人。"
    encoder = BigramEncoder()
    race = Service(build([Document("race", "比赛", text)], encoder), encoder, Settings())
    history = [{"role": "user", "content": "女子组冠军是谁？"}]
    assert quotes(race.answer("男子组呢？", history)) == ["男子组冠军是李山。"]


def test_what_was_said_tells_which_document_is_spoken_of() -> None:
    """The page sends its answers with the questions; without them the best by rules is taken for it."""
    asked = "停车每小时多少钱？"
    for quote, doc_id in (("停车每小时三元。", "farm"), ("港口的停车每小时五元。", "port")):
        history = [
            {"role": "user", "content": asked},
            {"role": "assistant", "content": f"{quote}[1]"},
        ]
        assert service().answer("那里几点开门？", history).scope.named_ids == [doc_id]


def test_another_document_may_be_named_alone() -> None:
    laws = [
        Document("a", "滨州市电梯安全管理条例", "第一条 本条例自2021年5月1日起施行。"),
        Document("b", "潍坊市供热条例", "第一条 本条例自2020年3月1日起施行。"),
    ]
    encoder = BigramEncoder()
    held = Service(build(laws, encoder), encoder, Settings())
    history = [{"role": "user", "content": "《滨州市电梯安全管理条例》什么时候施行？"}]
    for asked in ("潍坊的供热条例呢？", "《潍坊市供热条例》呢？"):
        answer = held.answer(asked, history)
        assert answer.scope.named_ids == ["b"]
        assert quotes(answer) == ["第一条 本条例自2020年3月1日起施行。"]
    assert held.answer("《广州市供热条例》呢？", history).outcome == "absent"


@pytest.mark.parametrize("asked", [TICKET, "停车每小时多少钱？", "港口的主任是谁？"])
def test_without_questions_before_it_nothing_is_changed(asked: str) -> None:
    alone = service().answer(asked)
    assert alone.scope.by is None
    assert quotes(alone) == quotes(ask("谢谢", asked))


def test_a_whole_question_is_not_refused_for_what_was_asked_before() -> None:
    alone = ask("港口的主任是谁？")
    assert quotes(alone) == ["港口的主任是夏雨荷。"]
    for before in (TICKET, "农场的场长是谁？", "大棚在哪一年完工？"):
        assert quotes(ask(before, "港口的主任是谁？")) == quotes(alone)


@pytest.mark.parametrize("asked", ["农场的护照怎么办理？", "港口的公积金怎么提取？"])
def test_a_whole_question_that_nothing_answers_stays_refused(asked: str) -> None:
    for before in ((), (TICKET,), (TICKET, "停车每小时多少钱？", "大棚在哪一年完工？")):
        assert ask(*before, asked).outcome == "absent"
