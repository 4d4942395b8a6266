"""Summaries: which document or part is meant, what is told of it, and what is left to single facts."""

import re
from pathlib import Path

import pytest
from conftest import BigramEncoder
from support.documents import document_of, header, row

from bot.answer import Answer
from bot.composer.outline import _apart
from bot.composer.sources import Material, Sources
from bot.composer.summary import summarise
from bot.composer.telling import Statement, Telling
from bot.composer.turns import turns_of
from bot.question.analysis import analyse
from bot.question.forms import asked_form
from bot.question.summaries import (
    LAST,
    SOME,
    Place,
    asked_summary,
    aspects,
    is_courtesy,
    leans,
)
from bot.service import Service
from bot.settings import Settings, load_settings
from corpus import Document
from corpus.intake.page import Line
from corpus.language.text import Segmenter
from corpus.load import load
from index.snapshot import build

CANAL = document_of(
    "老运河的水",
    "老运河流经全城，三年里水清了两回，又浑了两回。同年沿岸的工厂全部停工。",
    "一、水为什么浑",
    "运河的水浑，主要是沿岸九个排口把污水直接排进河里。这件事谁都知道。",
    "二、水怎样变清",
    "水要变清，先要把九个排口接进污水管网。其中三个今年已经接好。",
    "三、钱从哪里来",
    "治水的钱一半来自市财政，一半由沿岸单位分摊。谁先交？",
    title="老运河的水",
    doc_id="canal",
)
RULE = document_of(
    "苇城市养鸽管理条例",
    "第一章 总则",
    "第一条 为了规范养鸽行为，根据有关法律，制定本条例。",
    "第二条 本条例适用于本市城区的养鸽活动。",
    "第二章 登记",
    "第三条 养鸽人应当在三十日内到街道办事处登记。登记不收费。",
    "第四条 鸽舍不得高于四米，不得占用楼道。",
    "第三章 法律责任",
    "第五条 违反本条例，不登记的，处二百元罚款。",
    title="苇城市养鸽管理条例",
    doc_id="rule",
)
TABLE = document_of(
    "苇城公园开放时间",
    "本表列出全市公园冬季的开放时间，由园林处核定。",
    header("公园", "开门", "关门"),
    row("东湖公园", "6:00", "20:00"),
    row("西山公园", "7:00", "18:00"),
    row("南园", "6:30", "21:00"),
    title="苇城公园开放时间",
    doc_id="table",
)
TALK = document_of(
    "渡口夜谈",
    "主持人：今晚请两位老船工说说渡口的去留。",
    "罗守田：渡口要留，桥通了，老人赶集还是走水路。船票两块钱，二十年没有涨过。",
    "主持人：有人说渡口年年亏。",
    "沙如海：亏是真的亏，一年亏十二万元。我的办法是把班次减到早晚两班。",
    "罗守田：减班我不同意，减到两班就没有人坐了。",
    "沙如海：那就让镇里每年补六万元。",
    title="渡口夜谈",
    doc_id="talk",
)


def service(*documents: Document, encodes: bool = True) -> Service:
    encoder = BigramEncoder() if encodes else None
    return Service(build(documents, encoder), encoder, load_settings(["reader=rules"]))


def sources(held: Service) -> Sources:
    return Sources(
        held.snapshot.collection.documents, held.snapshot, held.reader, held.search, held.understand
    )


def quotes(answer: Answer) -> list[str]:
    return [citation.quote for citation in answer.citations]


@pytest.mark.parametrize("encodes", [True, False])
def test_an_outline_has_a_sentence_for_each_part_under_its_heading(encodes: bool) -> None:
    answer = service(CANAL, encodes=encodes).answer("这篇文章讲了什么？")
    assert answer.form == "summary"
    assert [part.label for part in answer.parts] == [
        "",
        "一、水为什么浑",
        "二、水怎样变清",
        "三、钱从哪里来",
    ]
    assert quotes(answer)[:2] == [
        "老运河流经全城，三年里水清了两回，又浑了两回。",
        "运河的水浑，主要是沿岸九个排口把污水直接排进河里。",
    ]


def test_as_many_sentences_are_told_as_are_asked_for() -> None:
    held = service(CANAL)
    assert len(held.answer("用三句话概括这篇文章").citations) == 3
    assert len(held.answer("一句话概括一下").citations) == 1
    assert len(held.answer("Summarize the article in two sentences").citations) == 2


@pytest.mark.parametrize(
    ("question", "first"),
    [
        ("第二章讲了什么", "第三条 养鸽人应当在三十日内到街道办事处登记。"),
        ("法律责任那一章概括一下", "第五条 违反本条例，不登记的，处二百元罚款。"),
        ("第四条说了什么", "第四条 鸽舍不得高于四米，不得占用楼道。"),
        ("苇城市养鸽管理条例最后一章讲了什么", "第五条 违反本条例，不登记的，处二百元罚款。"),
    ],
)
def test_a_part_is_found_by_its_number_or_its_heading(question: str, first: str) -> None:
    assert quotes(service(RULE).answer(question))[0] == first


def test_a_part_that_is_not_there_is_not_made_up() -> None:
    assert service(RULE).answer("第九章讲了什么").form == "fact"


def test_a_document_is_found_by_some_words_of_its_title() -> None:
    answer = service(CANAL, RULE, TABLE).answer("运河那篇讲了什么")
    assert {citation.document.doc_id for citation in answer.citations} == {"canal"}


def test_several_documents_have_a_line_each() -> None:
    answer = service(CANAL, RULE, TABLE).answer("这些文章都讲了什么")
    assert [part.label for part in answer.parts] == [d.title for d in (CANAL, RULE, TABLE)]
    assert quotes(answer)[-1] == "本表列出全市公园冬季的开放时间，由园林处核定。"
    many = [
        document_of(
            f"第{number}街的事",
            f"第{number}街把楼道和院子都清理了一遍。",
            title=f"第{number}街",
            doc_id=f"d{number}",
        )
        for number in range(1, 15)
    ]
    answer = service(*many).answer("这些文章都讲了什么")
    assert len(answer.citations) == 12 and answer.text.endswith("另有2篇，可以指明题目来问。")


@pytest.mark.parametrize("question", ["这部条例主要讲了什么", "它的主要内容呢"])
def test_a_conversation_about_one_document_goes_on_about_it(question: str) -> None:
    history = [{"role": "user", "content": "苇城市养鸽管理条例什么时候施行"}]
    answer = service(CANAL, RULE, TABLE).answer(question, history)
    assert answer.form == "summary"
    assert {citation.document.doc_id for citation in answer.citations} == {"rule"}


def test_these_documents_are_more_than_the_one_that_was_asked_about() -> None:
    history = [{"role": "user", "content": "苇城市养鸽管理条例什么时候施行"}]
    answer = service(CANAL, RULE, TABLE).answer("这些文件都讲了什么", history)
    assert [part.label for part in answer.parts] == [d.title for d in (CANAL, RULE, TABLE)]


def test_a_small_table_is_told_by_what_stands_above_it_and_its_rows() -> None:
    assert quotes(service(TABLE).answer("这个表概括一下")) == [
        "本表列出全市公园冬季的开放时间，由园林处核定。",
        "东湖公园 | 6:00 | 20:00",
        "西山公园 | 7:00 | 18:00",
        "南园 | 6:30 | 21:00",
    ]


def test_what_documents_say_on_a_subject_is_a_line_for_each_that_says_it() -> None:
    answer = service(CANAL, RULE, TABLE).answer("关于登记，这些文件都规定了什么")
    assert {part.label for part in answer.parts} == {RULE.title}


def test_a_long_document_fits_into_an_answer() -> None:
    sections = []
    for number in range(1, 21):
        sections.append(f"{number}. 第{number}号街道的做法")
        sections.append(f"第{number}号街道把楼道、院子和车棚都清理了一遍，居民很满意。" * 3)
    long = document_of("二十条街", *sections, title="二十条街", doc_id="long")
    answer = service(long).answer("这篇文章讲了什么")
    assert len(answer.text) <= 1200 and len(answer.citations) == 12


def test_what_more_is_asked_is_told_under_the_aspects_that_are_named() -> None:
    answer = service(CANAL, RULE, TABLE).answer("把老运河在排口、治水的钱两方面说的归纳一下要点")
    assert answer.form == "summary"
    assert [part.label for part in answer.parts] == ["排口", "治水的钱"]
    assert "治水的钱一半来自市财政，一半由沿岸单位分摊。" in answer.parts[1].text


def test_a_document_is_found_by_what_it_says_and_none_that_says_nothing_of_it() -> None:
    held = service(CANAL, RULE, TABLE)
    assert {c.document.doc_id for c in held.answer("讲鸽舍那份文件概括一下").citations} == {"rule"}
    assert held.answer("概括一下地铁噪音那篇报道").form == "fact"


def test_a_part_is_found_by_what_is_asked_of_it() -> None:
    assert quotes(service(CANAL, RULE).answer("运河的钱从哪来，概括一下那一部分")) == [
        "治水的钱一半来自市财政，一半由沿岸单位分摊。"
    ]


def test_less_than_what_a_document_says_on_the_whole_is_no_outline() -> None:
    minutes = document_of(
        "三月例会纪要",
        "一、道路",
        "会议听取了环镇路的进度，路基已经铺到石桥，五月底以前通车。" * 8,
        "二、码头",
        "渔民代表表示，码头可以迁，但要先修好新的冷库。会议决定下月再议。",
        title="三月例会纪要",
        doc_id="minutes",
    )
    held = service(CANAL, RULE, minutes)
    question = held.understand("归纳一下渔民代表对迁码头的看法")
    material = Material(
        question, "summary", held.scope_of(question), held.search(question, 5), (), sources(held)
    )
    composition = summarise(material)
    assert composition is not None
    assert (
        composition.lines[0].citations[0].quote == "渔民代表表示，码头可以迁，但要先修好新的冷库。"
    )


def test_what_a_speaker_says_is_told_by_the_turns_of_the_speaker() -> None:
    answer = service(CANAL, TALK).answer("渡口夜谈里沙如海的观点梳理一下")
    assert [quote.removeprefix("沙如海：") for quote in quotes(answer)] == [
        "亏是真的亏，一年亏十二万元。",
        "我的办法是把班次减到早晚两班。",
        "那就让镇里每年补六万元。",
    ]


def test_the_turn_of_a_speaker_ends_where_the_next_question_begins(tmp_path: Path) -> None:
    path = tmp_path / "talk.txt"
    lines = ("渡口", "记者：几点开船？", "罗守田：六点。", "记者：雾天开不开？", "罗守田：不开。")
    path.write_text("\n".join(lines), "utf-8")
    document = load(path)
    assert {unit.kind for unit in document.units[1:]} == {"question", "answer"}
    spoken = [document.text[slice(*span)] for span in turns_of(document, "罗守田怎么说")]
    assert spoken == ["罗守田：六点。", "罗守田：不开。"]


def test_the_turns_of_a_speaker_in_brackets() -> None:
    lines = ("【何荔】请讲。", "【卢望】渡口停航。", "【何荔】夜里呢？", "【卢望】走新桥。")
    document = document_of(*lines, title="渡口", doc_id="q")
    spoken = [document.text[slice(*span)] for span in turns_of(document, "卢望怎么说")]
    assert spoken == [lines[1], lines[3]]


def test_who_is_only_quoted_is_no_speaker() -> None:
    assert len(turns_of(TALK, "罗守田怎么看")) == 2
    quoting = document_of("罗守田：渡口要留。", "这句话说过不止一回。", title="渡口", doc_id="q")
    assert turns_of(quoting, "罗守田怎么看") == []


@pytest.mark.parametrize(
    ("question", "names"),
    [
        ("在经费、对好人的照顾、记录档案上做了什么保障", ("经费", "对好人的照顾", "记录档案")),
        ("从包装、塑料袋到剩菜，怎么少产生垃圾", ("包装", "塑料袋", "剩菜")),
        ("第二章讲了什么", ()),
    ],
)
def test_aspects_are_the_things_enumerated(question: str, names: tuple[str, ...]) -> None:
    assert aspects(question)[0] == names


def test_what_a_document_says_is_told_from_what_more_is_asked() -> None:
    assert not asked_summary("那篇海上社区的通讯大致是怎么个意思").asks
    assert asked_summary("种树的钱从哪来，概括一下").asks


@pytest.mark.parametrize(
    ("question", "expected"),
    [
        ("这文章讲了啥，三句话说完", (3, None, "", False)),
        ("最后那段说了什么意思", (0, Place(LAST, "段"), "", False)),
        ("医养结合那一节讲什么", (0, None, "医养结合", True)),
        ("大屏那篇三句话说说", (3, None, "大屏", False)),
    ],
)
def test_what_a_request_for_a_summary_is_about(
    question: str, expected: tuple[int, Place | None, str, bool]
) -> None:
    asked = asked_summary(question)
    assert (asked.size, asked.place, asked.name, asked.is_part) == expected


def test_what_limits_a_request_is_known() -> None:
    assert asked_summary("管城市的那部条例，停车方面都说了些什么").subject == "停车"
    assert asked_summary("从打电话投诉到最后退钱，是什么流程").place is None
    assert asked_summary("有一章讲部门配合，大意是什么").is_part
    assert asked_summary("这些地方法规怎么鼓励志愿者").several == SOME
    assert asked_summary("留下了哪几条教训").several == 1


@pytest.mark.parametrize(
    "question",
    [
        "这些被概括成什么了？",
        "宁波和青岛对停车分别规定了什么",
        "成都总结了哪些经验",
        "《江渚市共享车位调查报告摘要》里哪种小区能用？",
    ],
)
def test_questions_for_facts_ask_for_no_summary(question: str) -> None:
    assert asked_form(analyse(question, Segmenter())) != "summary"


def test_what_is_told_to_ask_for_a_summary_and_asks_something_else_stays_a_fact() -> None:
    held = service(CANAL)
    question = held.understand("那篇老运河的文章里，哪几个排口接好了")
    material = Material(
        question, "summary", held.scope_of(question), held.search(question, 5), (), sources(held)
    )
    assert summarise(material) is None


def test_lines_about_the_article_stay_facts() -> None:
    article = document_of("桥", "作者：林一", "桥修好了，全城的人都来走。", title="桥", doc_id="b")
    assert service(article).answer("作者是谁").form == "fact"


@pytest.mark.parametrize("sentence", ["同年杭州也建了。", "这被概括为三条。", "其中一半是老人。"])
def test_a_sentence_that_leans_on_another_is_known(sentence: str) -> None:
    assert leans(sentence)


def test_nothing_is_told_twice_where_a_sentence_comes_with_the_one_before_it() -> None:
    text = "先装了分贝仪。后来请居民商量。再后来没有人投诉。"
    ends = [text.index("。", at) + 1 for at in (0, 8, 16)]
    first = Statement(0, ends[0], text[: ends[0]], [0], True)
    with_first = Statement(0, ends[1], text[: ends[1]], [1], False)
    last = Statement(ends[1], ends[2], text[ends[1] : ends[2]], [2], False)
    assert _apart([first, with_first, last]) == [first, last]
    assert _apart([with_first, last]) == [with_first, last]


@pytest.mark.parametrize(
    ("sentence", "expected"),
    [
        ("各位来宾，上午好。", True),
        ("大家好，我是卢望。", True),
        ("同志们好！", True),
        ("谢谢您的提问。", True),
        ("谢谢卢处长，谢谢大家。", True),
        ("欢迎收看今天的访谈。", True),
        ("今天的通气会就到这里，谢谢各位。", True),
        ("Thank you for the question.", True),
        ("大家都说食堂办得好，价钱也公道，老人愿意来。", False),
        ("感谢信贴在食堂门口，一共收到三十七封，都是老人写的。", False),
        ("各街道的食堂要办得更好。", False),
        ("欢迎居民监督：电话贴在每个单元的门口。", False),
    ],
)
def test_what_is_said_for_courtesy(sentence: str, expected: bool) -> None:
    assert is_courtesy(sentence) is expected


CONFERENCE = (
    "何荔：各位来宾，大家好。今天介绍渡口停航以后的安排，请卢处长先讲。",
    "卢望：大家好。渡口七月一日停航，两岸的居民改由新桥通行。",
    "何荔：谢谢卢处长。现在请各位提问，先报单位。",
    "晨报记者：渡船上的船工去哪里？听说有人干了三十年。",
    "卢望：谢谢提问。十二名船工全部转到河道保洁队，工资不低于原来。",
    "商报记者：请谈一谈老码头以后做什么用。",
    "苏萍：老码头改成河边公园，保留候船室和石阶，明年五一开放。",
    "网站记者：夜里还能过河吗？",
    "苏萍：新桥全天开放，桥上的路灯整夜亮着。",
    "何荔：今天就到这里，谢谢大家。",
)


def test_a_press_conference_is_told_without_its_host_and_courtesies(tmp_path: Path) -> None:
    path = tmp_path / "ferry.txt"
    path.write_text("\n\n".join(["渡口停航通气会实录", *CONFERENCE]), "utf-8")
    answer = service(load(path)).answer("渡口停航通气会主要讲了什么？")
    lines = [re.sub(r"\[\d+\]", "", line) for line in answer.text.splitlines()]
    assert lines == [
        "渡口七月一日停航，两岸的居民改由新桥通行。",
        "渡船上的船工去哪里：十二名船工全部转到河道保洁队，工资不低于原来。",
        "请谈一谈老码头以后做什么用：苏萍：老码头改成河边公园，保留候船室和石阶，明年五一开放。",
        "夜里还能过河吗：苏萍：新桥全天开放，桥上的路灯整夜亮着。",
    ]


ESSAY = (
    "去年冬天我回村里住了半个月，村口的书屋门上挂着锁，钥匙在会计家里。",
    "后来打听了二十多个村，大多如此。书屋建起来容易，用起来难，难在三处。",
    "第一处难，是书不对路。书架上摆的是词典，老人想看的是戏文，孩子想看的是连环画，没有人挑过。",
    "第二处，是开门没有钟点。管书屋的人一年补贴六百元，农忙的时候谁也顾不上。",
    "第三处难，是没有人张罗。没有读书会，书就只是书。",
    "书屋要活，先要把选书的权力交给读书的人。可是交权的事没有人提过。",
)


def statements_of(*lines: str) -> list[str]:
    document = document_of("村里的书屋", *lines, title="村里的书屋", doc_id="books")
    telling = Telling.of(document, service(document).snapshot)
    return [one.text for one in telling.statements(0, len(document.text)) if telling.counts(one)]


def test_the_points_that_an_essay_counts_are_told() -> None:
    document = document_of("村里的书屋", *ESSAY, title="村里的书屋", doc_id="books")
    text = service(document).answer("《村里的书屋》主要讲了什么？").text
    assert all(point in text for point in ("是书不对路。", "是开门没有钟点。", "是没有人张罗。"))


def test_what_counts_no_points() -> None:
    assert len(statements_of(*ESSAY)) == 3
    # one alone, a gap, an article of a law, a name of what follows
    assert statements_of(*ESSAY[:3], ESSAY[5]) == []
    assert statements_of(*ESSAY[:3], ESSAY[4], ESSAY[5]) == []
    assert statements_of("第一条 书屋每天开门十个小时。", "第二条 书屋不收押金，也不收租金。") == []
    assert statements_of("第一层，什么叫作一间好的书屋。", "第二层，怎么管好这样一间书屋。") == []


def test_a_turn_is_told_with_what_it_turns_from() -> None:
    document = document_of("书屋", ESSAY[5], title="书屋", doc_id="books")
    telling = Telling.of(document, service(document).snapshot)
    assert [one.text for one in telling.statements(0, len(document.text))][-1] == ESSAY[5]


def test_a_title_with_marks_inside_is_no_part() -> None:
    title = "别让“最后一里”变成“最后一堵墙”"
    document = document_of(title, *ESSAY, title=title, doc_id="books")
    text = service(document).answer(f"《{title}》主要想说什么？").text
    assert "是书不对路。" in text and "是没有人张罗。" in text


@pytest.mark.parametrize(
    ("text", "place"),
    [
        ("最后一公里那篇讲了什么", None),
        ("最后两站路这篇讲了什么", None),
        ("最后一段讲了什么", Place(LAST, "段")),
        ("最后讲了什么", Place(LAST, "")),
        ("文章最后的那部分讲了什么", Place(LAST, "部分")),
    ],
)
def test_the_last_of_something_else_is_no_part(text: str, place: Place | None) -> None:
    assert asked_summary(text).place == place


def test_what_a_meeting_discussed_is_told_by_its_items() -> None:
    minutes = document_of(
        Line("梨园村渠道理事会会议纪要", "heading", level=1),
        "会议由理事长主持，形成以下意见。",
        Line("一、东渠清淤", "heading", level=2),
        "会议同意五月底前完成东渠清淤，费用由各组分摊。",
        Line("二、水费收缴", "heading", level=2),
        "会议决定水费按亩收缴，每亩每年十二元。",
        title="梨园村渠道理事会会议纪要",
    )
    service = Service(build([minutes], None), None, Settings(refusal="off"))
    answer = service.answer("梨园村渠道理事会这次讨论了哪些事？")
    assert answer.form == "summary"
    assert {"一、东渠清淤", "二、水费收缴"} <= {part.label for part in answer.parts}
