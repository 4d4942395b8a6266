"""What a question asks for, worked out by hand."""

import tomllib
from functools import cache

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.question.analysis import GENERAL, RULES_FILE, Kind, Question, analyse, as_written
from corpus.language.text import Segmenter, fold

KINDS: dict[Kind, str] = {
    "date": "委员会是什么时候设立的/何时通过决定/意见是哪一年出台的/成都是哪年首设的/会议在几月几号/发表日期是"
    "/2019年是第几年/哪个月考察的"
    "/When was it issued?/What year did Chengdu set it up?/In which year was it passed?",
    "why": "为什么要精细化/为何重心下移/社会为啥失灵/参与不足的原因是/凭什么叫第一城/Why do societies fail?"
    "/What are the reasons for it?",
    "person": "作者是谁/动图是哪位做的/哪些人参加评议/什么人承担服务/哪些专家评议/Who wrote it?/Whose idea was it?"
    "/Which author is from Nankai?",
    "list": "意见最大的是哪几点"
    "/存在哪些短板/哪几个层面要联动/三社分别是什么/配套文件包括什么/列举两张网/有什么做法/治理有哪三个层面"
    "/三个层面是什么/八个方面各是什么"
    "/What are the two networks?/List the levels/Which documents came with it?/What kinds of data are shown?",
    "place": "习近平在哪里考察/健康码是哪个城市首创的/街道位于哪儿/什么地方引入群英断是非/哪个区有957个小区"
    "/Where is Qijialing?/Which city created it?",
    "number": "全市排前几名/使用量多少/一共几个文件/城镇化率有多高/占百分之几/社会组织占比/有几个层面/投入多大"
    "/How many districts are there?/How much money?/What share is urban?",
    "how": "如何提升治理能力/怎么办/怎样理顺权责/通过什么推进/靠什么赋能/采取什么措施/效果咋样/How did it spread?",
    "what": "几类学生里，哪一类最少/健康码是什么/一流的治理要有一流的____/何谓共同体/哪项决定/负责的是哪一级/引入了啥"
    "/填空：( )治理"
    "/What is a community?/Explain the full cycle/Tell me about Hangzhou",
    "yes": "那几天能施工吗/前几年也这样吗/十几岁可以办吗/几乎没有了，是吗"
    "/健康码是杭州首创的吗/是否有短板/数据是不是共享/能不能吃低保/Is it new?/Did Shanghai build it?"
    "/Are they clear?",
    "bare": "城市大脑/两张网呢/1+N/智慧城市建设/health code/neighbourhood response mechanism//？！/👍",
}
AROUND = [
    # question, before, after, focus, measure
    ("徐汇区有多少个小区？", "徐汇区有", "个小区?", "小区", "个"),
    ("配套了几项文件", "配套了", "项文件", "文件", "项"),
    ("有多少家企业复工", "有", "家企业复工", "企业", "家"),
    ("作者多大年纪？", "作者", "年纪?", "年纪", ""),
    ("有多少家是基金会？", "有", "家是基金会?", "基金会", "家"),
    ("李白几岁时离开四川", "李白", "岁时离开四川", "岁", "岁"),
    ("投入多少资金", "投入", "资金", "资金", ""),
    ("存在哪些短板？", "存在", "短板?", "短板", ""),
    ("哪一年的事", "", "的事", "", ""),
    ("城市因什么而生动，因什么而续航", "城市因", "而生动,因什么而续航", "而", ""),
    ("负责“呼叫”的是哪一级？", "负责“呼叫”的是", "级?", "级", ""),
    ("健康码是谁首创的", "健康码是", "首创的", "首创", ""),
    ("日最高使用量是多少？", "日最高使用量是", "?", "", ""),
    ("城市大脑", "城市大脑", "", "", ""),
    ("How many districts are there?", "", " districts are there?", "", ""),
    ("In Shanghai, who decides?", "in shanghai, ", " decides?", "", ""),
]


@cache
def segmenter() -> Segmenter:
    return Segmenter(["健康码", "城镇化率", "城市大脑", "一网统管", "社会组织", "小区"])


def asked(text: str) -> Question:
    return analyse(text, segmenter())


@pytest.mark.parametrize("kind", KINDS)
def test_kinds(kind: Kind) -> None:
    questions = KINDS[kind].split("/")
    assert {text: asked(text).kind for text in questions} == dict.fromkeys(questions, kind)


def test_there_are_enough_kinds() -> None:
    assert sum(len(questions.split("/")) for questions in KINDS.values()) >= 60


@pytest.mark.parametrize(("text", "before", "after", "focus", "measure"), AROUND)
def test_around_the_interrogative(
    text: str, before: str, after: str, focus: str, measure: str
) -> None:
    question = asked(text)
    assert (question.before, question.after, question.focus, question.measure) == (
        before,
        after,
        focus,
        measure,
    )


@pytest.mark.parametrize(
    ("text", "terms"),
    [
        ("请问杭州健康码的日最高使用量是多少？", {"杭州", "健康码", "日", "最高", "使用量"}),
        ("我想知道为什么社会组织数量偏少", {"社会组织", "数量", "偏少"}),
        ("文章里提到的城市大脑是什么", {"城市大脑"}),
        ("到底谁首创了健康码呀", {"首创", "健康码"}),
        ("您好，健康码是什么，谢谢", {"健康码"}),
        ("2019年城镇化率是60.6%吗", {"年", "城镇化率"}),
        ("怎么样？", set()),
        ("这是什么", set()),
        ("ＡＢＣ城市大腦", {"abc", "城市大脑"}),
    ],
)
def test_terms_hold_what_is_asked_about_and_no_interrogative(text: str, terms: set[str]) -> None:
    assert set(asked(text).terms) == terms


def test_terms_weigh_what_they_are_rare() -> None:
    terms = asked("健康码的数据").terms
    assert terms == {"健康码": segmenter().rarity("健康码"), "数据": segmenter().rarity("数据")}
    assert terms["健康码"] > terms["数据"]


@pytest.mark.parametrize(
    ("text", "numbers"),
    [
        ("2019年是60.6%吗", {"2019", "60.6%"}),
        ("“1+6”文件", {"1", "6"}),
        ("２６８５万次", {"2685"}),
        ("over 26.85 million", {"26.85"}),
        ("十五个亿", set()),
    ],
)
def test_numbers(text: str, numbers: set[str]) -> None:
    assert asked(text).numbers == numbers


@pytest.mark.parametrize("text", ["Show the whole list of townships", "Describe the specialists"])
def test_english_interrogatives_are_whole_words(text: str) -> None:
    assert asked(text).kind not in ("how", "person")


def test_everyday_speech_has_written_words() -> None:
    synonyms = {"借书卡": ("借阅证",), "罚钱": ("滞纳金", "赔偿"), "书架": ("架位",)}
    assert as_written("丢了借書卡要罚钱吗？", synonyms) == {
        "借书卡": ("借阅证",),
        "罚钱": ("滞纳金", "赔偿"),
    }
    assert as_written("几点闭馆？", synonyms) == as_written("丢了借书卡要罚钱吗？", {}) == {}
    assert {"举措", "区别"} <= GENERAL and "房价" not in GENERAL


def test_a_question_is_kept_as_put() -> None:
    question = asked("ＨＥＡＬＴＨ碼是什麼？")
    assert (question.asked, question.text, question.language) == ("ＨＥＡＬＴＨ碼是什麼？",) * 2 + (
        "zh",
    )
    assert asked("What is it?").language == "en"
    assert question.alike == {}


@settings(deadline=None)
@given(st.text(max_size=500) | st.text("你我谁几多少哪什么为何的吗？,。_()aW1 👍Ａ", max_size=500))
def test_any_text_is_read(text: str) -> None:
    question = asked(text)
    assert question.asked == text
    assert fold(text).startswith(question.before) and fold(text).endswith(question.after)
    assert all(weight > 0 for weight in question.terms.values())


def test_rules_are_written_once() -> None:
    rules = tomllib.loads(RULES_FILE.read_text("utf-8"))
    for group in ("chinese", "english", "filler", "stop"):
        entries = [entry for one in rules[group].values() for entry in one]
        assert len(set(entries)) == len(entries), group
