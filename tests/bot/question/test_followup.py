"""Follow-up questions: what is carried over, what is replaced, and what stands by itself."""

from functools import cache

import pytest
from conftest import ARTICLE
from hypothesis import given, settings
from hypothesis import strategies as st
from support.asking import VOCABULARY

from bot.question.analysis import Question, analyse
from bot.question.followup import CARRIED_WEIGHT, points_back, resolve, stands_alone
from bot.question.metadata import asked_sections
from corpus.language.text import Segmenter
from corpus.load import load
from index.snapshot import build

Turn = dict[str, str]


@cache
def segmenter() -> Segmenter:
    return build([load(ARTICLE)], None, vocabulary=VOCABULARY).segmenter


def user(content: str) -> Turn:
    return {"role": "user", "content": content}


def bot(content: str) -> Turn:
    return {"role": "assistant", "content": content}


def resolved(asked: str, *history: Turn) -> Question:
    return resolve(asked, history, segmenter())


USED = user("杭州的健康码用了多少次")


@pytest.mark.parametrize(
    ("asked", "earlier", "text"),
    [
        ("那上海呢？", "杭州的健康码用了多少次", "上海的健康码用了多少次 上海"),
        ("广州呢", "成都每年投入多少社区资金", "广州每年投入多少社区资金 广州"),
        ("那中观层面呢？", "微观层面要形成什么？", "中观层面要形成什么？ 中观 层面"),
        ("那徐汇区呢", "2019年有多少小区", "2019年有多少小区 徐汇区"),
        ("换成广州呢", "成都每年投入多少社区资金", "广州每年投入多少社区资金 广州"),
        ("换成广州呢", "奇家岭街道引入了什么做法", "广州引入了什么做法 广州"),
        ("那广州呢", "岳阳楼区五里牌街道有什么做法", "广州有什么做法 广州"),
    ],
)
def test_a_question_that_asks_nothing_asks_what_the_last_one_asked(
    asked: str, earlier: str, text: str
) -> None:
    question, before = resolved(asked, user(earlier)), analyse(earlier, segmenter())
    assert question.text == text
    assert (question.kind, question.numbers) == (before.kind, before.numbers)
    assert question.asked.endswith(asked)


@pytest.mark.parametrize("asked", ["", "？？？", "。。。", "😀"])
def test_what_says_nothing_takes_nothing_up(asked: str) -> None:
    question = resolved(asked, USED)
    assert (question.text, question.terms) == (asked, {})


@pytest.mark.parametrize(
    ("asked", "alone"),
    [
        ("文章说要引入哪些技术？", True),
        ("文中提到哪些技术手段？", True),
        ("文章说它用了哪些技术？", False),
        ("文章里还提到哪些技术？", False),
        ("文章怎么说的？", False),
    ],
)
def test_what_names_the_article_and_points_to_nothing_stands_alone(asked: str, alone: bool) -> None:
    assert ("健康码" not in resolved(asked, USED).terms) is alone


def test_a_place_replaces_a_place() -> None:
    question = resolved("那上海呢？", USED)
    assert set(question.terms) == {"上海", "健康码"}
    assert (question.before, question.after) == ("上海的健康码用了", "次")
    street = resolved("那学院呢？", user("该市有多少个医院？"))
    assert (street.after, street.focus) == ("个学院?", "学院")


@pytest.mark.parametrize(
    ("asked", "earlier", "carried"),
    [
        ("为什么？", "社会组织接不住职能", {"社会组织", "接", "不住", "职能"}),
        ("哪一年的事？", "成都设立了什么委员会", {"成都", "设立", "委员会"}),
        ("它是谁首创的？", "健康码是什么", {"健康码"}),
        ("这些被概括成什么了？", "意见配套了哪些文件", {"意见", "配套", "文件"}),
        ("还有呢？", "城市治理存在哪些短板", {"城市治理", "存在", "短板"}),
    ],
)
def test_a_question_that_leaves_out_what_it_is_about(
    asked: str, earlier: str, carried: set[str]
) -> None:
    alone, question = analyse(asked, segmenter()), resolved(asked, user(earlier))
    assert set(question.terms) == carried | set(alone.terms)
    assert 0.5 <= CARRIED_WEIGHT < 1, "less than what is asked, more than half of it"
    for term in carried - set(alone.terms):
        assert question.terms[term] == pytest.approx(CARRIED_WEIGHT * segmenter().rarity(term))
        assert term in question.text


def test_its_own_interrogative_stays() -> None:
    question = resolved("它是谁首创的？", user("健康码用了多少次"))
    assert (question.kind, question.asked, question.after) == (
        "person",
        "它是谁首创的？",
        "首创的?",
    )


def test_a_pronoun_may_stand_for_a_name_in_the_answer() -> None:
    history = user("谁首创了它"), bot("杭州市首创了“健康码”。")
    assert {"杭州市", "健康码"} <= set(resolved("它还首创了什么？", *history).terms)
    assert not {"杭州市", "健康码"} & set(resolved("为什么？", *history).terms)


@pytest.mark.parametrize(
    "asked",
    [
        "徐汇区有多少个小区有风险分值",
        "杭州健康码是什么",
        "这篇文章提到的“两张网”是什么",
        "一网统管归集了多少数据？",
    ],
)
def test_a_whole_question_stands_by_itself(asked: str) -> None:
    assert resolved(asked, USED, bot("2685万次。")) == analyse(asked, segmenter())


@pytest.mark.parametrize(
    "history", [(), (bot("您好"),), (user("你好"), bot("您好")), (user("谢谢"),)]
)
def test_nothing_said_before(history: tuple[Turn, ...]) -> None:
    assert resolved("那它呢？", *history) == analyse("那它呢？", segmenter())


def test_a_chain_of_two() -> None:
    with_answers = resolved(
        "广州呢", USED, bot("2685万次。"), user("那上海呢？"), bot("没有找到。")
    )
    users_alone = resolved("广州呢", USED, user("那上海呢？"))
    assert with_answers == users_alone
    assert set(with_answers.terms) == {"广州", "健康码"}
    assert with_answers.terms["健康码"] == pytest.approx(
        CARRIED_WEIGHT**2 * segmenter().rarity("健康码")
    )
    assert (with_answers.kind, with_answers.text[:11]) == ("number", "广州的健康码用了多少次")


def test_a_whole_question_ends_the_chain() -> None:
    question = resolved("哪一年的事？", USED, user("成都设立了什么治理委员会"))
    assert "健康码" not in question.terms and "成都" in question.terms


def test_courtesies_do_not_count() -> None:
    plain = resolved("那上海呢？", USED)
    assert resolved("好的，那上海呢？", USED) == plain
    assert resolved("那上海呢？", USED, bot("2685万次。"), user("谢谢！"), bot("不客气。")) == plain
    assert resolved("那上海呢？", user("你好，" + USED["content"])) == plain
    assert resolved("您好，健康码是什么？").text == "健康码是什么？"


def test_a_number_or_a_quoted_name_replaces_its_like() -> None:
    year = resolved("2015年呢？", user("2017年成都设立了什么？"))
    assert year.numbers == {"2015"} and year.text.startswith("2015年成都设立了什么？")
    name = resolved("“N”呢？", user("“1”是什么意思"))
    assert name.text.startswith("“n”是什么意思")
    assert resolved("再说一次呢", user("2017年成都设立了什么？")).numbers == {"2017"}


@pytest.mark.parametrize("asked", ["编辑呢？", "作者呢", "总结一下", "这篇文章什么时候发表的？"])
def test_the_article_itself_can_be_asked_about_at_any_time(asked: str) -> None:
    assert resolved(asked, user("健康码是什么")) == analyse(asked, segmenter())


@pytest.mark.parametrize(
    ("asked", "earlier", "kind", "sections"),
    [
        ("日期呢？", "文章来源是哪里", "date", ("出处",)),
        ("第二位是什么身份？", "作者都有谁", "what", ("作者",)),
        ("还有呢？", "作者都有谁", "person", ("作者",)),
        ("什么时候发布的？", "“城乡社区治理30条”是什么", "date", ()),
        ("它的来源呢？", "健康码是什么", "what", ()),
    ],
)
def test_it_goes_on_about_the_article_or_about_what_it_says(
    asked: str, earlier: str, kind: str, sections: tuple[str, ...]
) -> None:
    question = resolved(asked, user(earlier))
    assert (question.kind, asked_sections(question)) == (kind, sections)


@pytest.mark.parametrize(
    "asked", ["换个话题，三社联动是什么？", "另一个问题：怎么办", "A new question: why?"]
)
def test_a_change_of_subject(asked: str) -> None:
    assert resolved(asked, USED) == analyse(asked, segmenter())


def test_english() -> None:
    question = resolved("What about Shanghai?", user("Which documents did Hangzhou issue?"))
    assert {"shanghai", "documents", "issue"} <= set(question.terms)
    assert resolved("Who wrote it?", user("What is the health code?")).text.endswith(
        "Who wrote it?"
    )
    assert "health" in resolved("Who wrote it?", user("What is the health code?")).terms


def test_a_long_history_is_no_burden() -> None:
    turns = [USED, *(user("那呢？") for _ in range(3000))]
    assert resolved("呢", *turns).kind == "number"


@settings(deadline=None, max_examples=50)
@given(
    st.lists(st.text("那它呢上海杭州谁？“”健康码 a👍", max_size=500), max_size=4),
    st.text(max_size=500),
)
def test_any_history_is_read(said: list[str], asked: str) -> None:
    turns = [user(text) if at % 2 else bot(text) for at, text in enumerate(said)]
    assert resolved(asked, *turns).asked.endswith(resolved(asked).asked)


@pytest.mark.parametrize(
    "asked",
    [
        "没有本地社保，也能报名吗？",
        "就算过了期也能补办吗？",
        "不是户主 我也可以签字吗",
        "无论晴雨也开门吗？",
    ],
)
def test_a_word_that_takes_up_the_question_itself_does_not_point_back(asked: str) -> None:
    assert not points_back(analyse(asked, segmenter()))


@pytest.mark.parametrize(
    "asked", ["租客也能报名吗？", "那也行吗？", "没有本地社保，它也能用吗？", "周末呢，也开门吗？"]
)
def test_a_word_that_takes_up_what_was_said_does(asked: str) -> None:
    assert points_back(analyse(asked, segmenter()))


def test_a_question_with_words_of_its_own_stands_alone() -> None:
    assert stands_alone(analyse("没有业主委员会的小区，也能申请加装电梯吗？", segmenter()))
    for asked in ("那上海呢？", "它怎么申请？", "为什么？"):
        assert not stands_alone(analyse(asked, segmenter()))
