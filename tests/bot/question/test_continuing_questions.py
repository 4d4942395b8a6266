"""What carries an answer on, and what asks something of its own."""

import pytest

from bot.question.continuing import LAST, LONGEST, Continuing, continued, continuing

Turn = dict[str, str]


def user(content: str) -> Turn:
    return {"role": "user", "content": content}


def bot(content: str) -> Turn:
    return {"role": "assistant", "content": content}


@pytest.mark.parametrize(
    ("asked", "wanted"),
    [
        ("详细说说第二点", Continuing("detail", 2, "点")),
        ("展开讲讲第3条", Continuing("detail", 3, "条")),
        ("第二个是什么意思？", Continuing("detail", 2, "个")),
        ("第三点能再具体一点吗", Continuing("detail", 3, "点")),
        ("最后一点展开说说", Continuing("detail", LAST, "点")),
        ("上海那条再说详细点", Continuing("detail", label="上海")),
        ("第二章详细说说", Continuing("detail", label="第二章")),
        ("详细说说上海", Continuing("detail", label="上海", is_named=True)),
        ("第二个呢", Continuing("detail", 2, "个", is_loose=True)),
        ("再说详细点", Continuing("detail")),
        ("tell me more about the second", Continuing("detail", 2)),
        ("Explain point 3, please", Continuing("detail", 3)),
        ("还有吗", Continuing("more")),
        ("好的，那还有别的吗？", Continuing("more")),
        ("继续", Continuing("more")),
        ("接着说", Continuing("more")),
        ("anything else?", Continuing("more")),
        ("举个例子", Continuing("example")),
        ("有具体例子吗", Continuing("example")),
        ("比如呢", Continuing("example")),
        ("第二点举个例子", Continuing("example", 2, "点")),
        ("for example", Continuing("example")),
    ],
)
def test_what_is_wanted_of_the_answer_before(asked: str, wanted: Continuing) -> None:
    assert continuing(asked) == wanted


@pytest.mark.parametrize(
    "asked",
    [
        "还有哪些城市做了这件事",
        "还有什么要求吗",
        "有什么规定吗",
        "其他城市呢",
        "那上海呢",
        "第三条规定了什么",
        "第二章讲了什么",
        "第二个层面是什么",
        "上海举了什么例子",
        "有哪些例子说明上海的做法",
        "继续教育是什么",
        "详细地址是什么",
        "说说上海",
        "那就" * LONGEST,
    ],
)
def test_what_asks_something_of_its_own(asked: str) -> None:
    assert continuing(asked) is None


def test_the_answer_that_is_carried_on_is_that_of_the_last_question_of_its_own() -> None:
    history = [
        user("有哪些做法"),
        bot("一。[1]"),
        user("还有吗"),
        bot("二。[1]"),
        user("谢谢"),
        bot("不客气。"),
    ]
    found = continued("举个例子", history)
    assert found is not None
    assert found.turn == 0
    assert [step.wish for step in found.steps] == ["more", "example"]


def test_a_name_must_have_been_told() -> None:
    history = [user("两地有什么不同"), bot("上海：按日收费。[1]\n杭州：按次收费。[2]")]
    assert continued("详细说说上海", history)
    assert continued("详细说说停车", history) is None
    assert continued("停车那条再说详细点", history) is None


def test_without_an_answer_before_only_an_article_may_be_asked_for() -> None:
    assert continued("第三条是什么意思", []) is None
    found = continued("还有吗", [])
    assert found is not None
    assert found.turn is None


def test_the_second_after_the_first_of_something_is_an_ordinary_question() -> None:
    assert continued("第二个呢", [user("第一个层面是什么")]) is None
    assert continued("第二个呢", [user("有哪些层面")])
