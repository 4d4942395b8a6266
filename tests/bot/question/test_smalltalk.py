"""What is said to the bot, and what only looks like it."""

import tomllib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.question.smalltalk import (
    RULES_FILE,
    SmalltalkKind,
    needed_no_document,
    smalltalk_kind,
    smalltalk_reply,
    without_courtesy,
)

GREETING = """
你好/您好！/你们好/大家好/早上好呀/下午好，城问/晚上好~/嗨，在吗/哈喽/喂/有人吗/在吗？/打扰一下/城问你好/你好你好/早
您好👋/ＨＥＬＬＯ
hello there/Hi/Hello!/good morning/Hey/is anybody there?/How are you?
"""
THANKS = """
谢谢/多谢多谢/多谢指教/谢谢，帮大忙了！/辛苦你了/好嘞，先这样，拜拜/好的，谢谢您的耐心解答/感谢/非常感谢你的帮助/明白了，谢谢
知道了/懂了
太棒了/没有别的问题了，再见/你好，谢谢/行/嗯嗯/谢谢，回答得很清楚/謝謝/谢谢你，对我很有帮助/好/厉害！/收到，感谢支持
thx, that was helpful/bye, see you next time/Thank you so much!/ok thanks/Cheers/great, thanks for your help
Good night/Got it
"""
SELF = """
你是谁呀？/你都能回答些什么问题？/你是真人在回复吗/你叫啥名字？/介绍一下你自己呗/你会干啥/怎么用你啊，我该咋提问
你有感情吗
你是机器人还是人工客服？/你背后用的是哪个大模型/你是怎么找到答案的，原理是啥/你说的靠谱吗，我能信你不？
你好，你是谁？/你几岁了
您能做什么/你能帮我做什么/你可以回答哪些问题/你的答案准确吗/你的数据从哪来/你是不是chatgpt/谁开发的你
你是由哪家公司开发的
你会不会骗人/你会联网吗/我能问你什么/你是男的还是女的/城问是什么/这个网站能做什么/本系统怎么用/你们是什么单位/帮助
妳是誰
你的回答是从哪里来的/自我介绍一下/你是人还是机器/您是AI嗎/你是怎么工作的/你只能回答文章里的问题吗/你懂英文吗
你会编答案吗
你能不能说英语/你有什么功能/你知道些什么/你的知识是哪来的/使用说明/谢谢，那你是真人吗
what are you?/what can I ask you here?/are you a real person?/which AI model are you running on?/Who made you?/help
How do I use this?/how do you find the answers?/can I trust you?/What's your name?/Are you ChatGPT?
do you speak Chinese?
hi, who are you?/what can you do/can you help me/tell me about yourself/How does this work?/Do you make things up?
"""
ASKED = """
你好，杭州健康码日最高使用量是多少？/您好！请问这篇文章的作者是谁/你好请问上海两张网是什么/嗨，成都投入了多少社区资金
谢谢，那上海呢？/好的，那广州呢/谢谢，介绍一下杭州健康码/好，接着说说上海/你能回答一下上海两张网是什么吗/N/为什么/那呢
行政体制改革指什么/好的城市需要什么样的治理/不错的做法有哪些/好人好事怎么评/厉害的技术有哪些/感谢信是谁写的
嗨森小镇在哪里
你能告诉我什么是共同体吗/你能帮我查一下杭州健康码的数据吗/您知道这篇文章是谁写的吗/你知道哪个城市首创了健康码吗
你可以帮我找到岳庆磊的职务吗/你觉得城市治理有哪些短板/你的数据里杭州健康码用了多少次/你是怎么看待智慧城市的
您认为社会失灵是什么原因/你刚才说的治理委员会是哪年设立的/你是说上海有两张网吗/我想问你城镇化率是多少/请你列出三社联动
麻烦您讲讲一网统管/你们城市的大脑叫什么/文章里的你是谁/文章说让无感的城市成为我们的城市是什么意思/作者是谁/健康码是什么
你能用一句话概括城市治理吗/这篇文章能回答什么问题/你会怎么处理职责交叉/你好不好奇健康码怎么来的
您好像说过健康码，它是哪里的
谢谢合作是哪个城市的口号/再见旧区改造是什么/机器人在治理中有什么用/大模型是什么/人工智能能做什么/城市大脑能做什么
系统由谁开发/这个平台是谁建的/你是否知道徐汇区有多少小区/谁设计你们城市的方案
hello, what is the health code?/Hi, who wrote this article?/Can you tell me how many subdistricts there are?
Can you help me find the number of residential areas?/thanks, and what about Shanghai?
What model of governance did Hangzhou use?
great cities need what?/what can cities do with data?/What are the two networks?/who made the health code?
ok so which city was first
Thanks to whom did Hangzhou create the health code?/What is AI used for?/are you sure Hangzhou created it?
What does the article say about you?/How do you say 一网统管 in English?
Which city's name is your favourite governance model?
"""


def listed(lines: str) -> list[str]:
    return [one for line in lines.strip().splitlines() for one in line.split("/")]


@pytest.mark.parametrize(
    ("said", "kind"),
    [
        (GREETING, "greeting"),
        (THANKS, "thanks"),
        (SELF, "self"),
        (ASKED, None),
    ],
)
def test_what_is_said_to_the_bot(said: str, kind: SmalltalkKind | None) -> None:
    assert {text: smalltalk_kind(text) for text in listed(said)} == dict.fromkeys(
        listed(said), kind
    )


@pytest.mark.parametrize(
    ("said", "needed_none"),
    [
        ([("谢谢", "不客气。")], True),
        ([("写首诗", smalltalk_reply("request", "zh"))], True),
        ([("write a poem", smalltalk_reply("request", "en"))], True),
        ([("写首诗", "")], False),
        ([("罚多少", "罚五十元。[1]"), ("写首诗", smalltalk_reply("request", "zh"))], False),
    ],
)
def test_a_request_is_known_by_its_reply(said: list[tuple[str, str]], needed_none: bool) -> None:
    history = [
        {"role": role, "content": content}
        for turns in said
        for role, content in zip(("user", "assistant"), turns, strict=True)
    ]
    assert needed_no_document(0, history) is needed_none


def test_the_last_turn_has_no_reply_yet() -> None:
    assert not needed_no_document(0, [{"role": "user", "content": "写首诗"}])


@pytest.mark.parametrize(
    ("question", "rest"),
    [
        ("你好，杭州健康码日最高使用量是多少？", "杭州健康码日最高使用量是多少？"),
        ("您好！您好！请问作者是谁", "请问作者是谁"),
        ("你好请问上海两张网是什么", "请问上海两张网是什么"),
        ("谢谢，那上海呢？", "那上海呢？"),
        ("好的。嗯，介绍一下健康码", "介绍一下健康码"),
        ("Hello, what is the health code?", "what is the health code?"),
        ("hi who wrote it", "who wrote it"),
        ("ok, thanks! And Shanghai?", "And Shanghai?"),
        ("好的城市需要什么", "好的城市需要什么"),
        ("您好像说过健康码", "您好像说过健康码"),
        ("行政体制改革", "行政体制改革"),
        ("hidden costs", "hidden costs"),
        ("你好", "你好"),
        ("谢谢！", "谢谢！"),
        ("", ""),
    ],
)
def test_a_greeting_before_a_question_is_left_out(question: str, rest: str) -> None:
    assert without_courtesy(question) == rest


@pytest.mark.parametrize(
    "question", ["", " ", "？！……", "👍", "\n", "123", "。" * 500, "吗" * 500, "1+N", "_"]
)
def test_nothing_said_is_nothing_about_the_bot(question: str) -> None:
    assert smalltalk_kind(question) is None


@given(st.text(max_size=500))
def test_any_text_is_read(text: str) -> None:
    smalltalk_kind(text)
    assert text.endswith(without_courtesy(text))


@pytest.mark.parametrize(
    ("kind", "zh", "en"),
    [
        ("greeting", "您好", "Hello"),
        ("thanks", "不客气", "You are"),
        ("self", "我是", "This is"),
        ("request", "我只摘引", "This program only quotes"),
    ],
)
def test_what_the_bot_answers(kind: SmalltalkKind, zh: str, en: str) -> None:
    assert smalltalk_reply(kind, "zh").startswith(zh)
    assert smalltalk_reply(kind, "en").startswith(en)


def test_rules_are_written_once() -> None:
    for group in tomllib.loads(RULES_FILE.read_text("utf-8")).values():
        lists = {name: entries for name, entries in group.items() if isinstance(entries, list)}
        for name, entries in lists.items():
            assert len(set(entries)) == len(entries), name
