"""Who asks and who answers in interviews, round tables and press conferences."""

from pathlib import Path

import pytest
from docx import Document as new_docx

from corpus.intake.conversations import asking_in, conversation, speaker_of
from corpus.intake.page import Line, Page
from corpus.intake.questions import with_questions
from corpus.language.sentences import SENTENCE_LIMIT
from corpus.load import load

BRIDGE = (
    "主持人：老桥为什么要加固？",
    "卢望：桥墩下面的河床冲深了两米，三号墩已经露出了基础。",
    "主持人：施工会封桥吗？",
    "卢望：不全封。白天留一条车道，夜里十点到早上五点封闭。",
)


def marks(*texts: str) -> list[str]:
    return conversation([Line(text) for text in texts])


def kinds(*texts: str) -> list[str]:
    return [line.kind for line in with_questions(Page(tuple(map(Line, texts)))).lines]


@pytest.mark.parametrize(
    ("line", "speaker"),
    [
        ("记者：几点？", "记者"),
        ("《瞭望》：几点？", "《瞭望》"),
        ("《环球时报》记者: 几点？", "《环球时报》记者"),
        ("【主持人】几点？", "主持人"),
        ("**记者：**几点？", "记者"),
        ("卢望（桥梁处处长）：五点。", "卢望"),
        ("居民2：五点。", "居民"),
        ("Q: When?", "Q"),
        ("http://example.org", ""),
        ("10:30 开门", ""),
        ("他对记者说，这件事的经过：", ""),
        ("施工会封桥吗？", ""),
        # a term in quotation marks
        ("主持人：“以桥养桥”是什么意思？", "主持人"),
        ("**主持人：**“养护”、“加固”有什么不同？", "主持人"),
        # what somebody says, as a story tells it
        ("小满说：“去河边吗？”", ""),
        ("小满说： “去河边。”他走了。", ""),
        ("小满说：「好，」然后走了。", ""),
        ("小满说：“带上伞", ""),
        ("**小满：**“去河边。”", ""),
    ],
)
def test_a_label_and_a_colon_say_who_speaks(line: str, speaker: str) -> None:
    assert speaker_of(line) == speaker


def test_who_mostly_asks_is_answered_by_the_other() -> None:
    assert marks(*BRIDGE) == ["question", "answer"] * 2


def test_one_question_is_no_interview() -> None:
    assert marks(*BRIDGE[:2]) == []


def test_paragraphs_of_a_question_and_of_an_answer() -> None:
    read = kinds(
        BRIDGE[0],
        BRIDGE[1],
        "监测从去年三月开始，一共报警四次。",
        "主持人：我们在桥头看到了告示牌。",
        "上面写着限重十吨。公交车还能走吗？",
        BRIDGE[3],
        "公交车改走下游的新桥。",
    )
    expected = ["question", "answer", "answer", "remark", "question", "answer", "answer"]
    assert read == expected


def test_what_an_asker_says_without_asking_is_no_question_but_is_answered() -> None:
    said = ("主持人：有人担心绕行太远。", "卢望：多走一公里半，高峰时大约六分钟。")
    assert marks(*BRIDGE, *said)[4:] == ["remark", "answer"]
    assert marks(*BRIDGE, "主持人：夜里呢？灯够亮。", said[1])[4:] == ["question", "answer"]


def test_answers_that_nobody_is_named_before() -> None:
    texts = [text.removeprefix("卢望：") for text in BRIDGE]
    further = "通车日期另行公布。"
    assert kinds(*texts, further) == ["question", "answer"] * 2 + ["answer"]
    first_alone = (*BRIDGE[:2], *texts[2:])
    assert kinds(*first_alone) == ["question", "answer"] * 2


def test_each_of_several_reporters_asks_once() -> None:
    told = "发言人：我们注意到有关情况，桥面检测的全部数据本周五在网站公布，欢迎各位查阅。"
    lines = ("《江报》记者：数据什么时候公布？", told, "晨报记者：谁来检测？", told)
    assert marks(*lines) == ["question", "answer"] * 2


def test_asked_as_问_and_answered_by_name() -> None:
    lines = [text.replace("主持人", "问") for text in BRIDGE]
    assert kinds(*lines) == ["question", "answer"] * 2


MEETING = (
    "【何荔】各位来宾，大家好。今天介绍渡口停航以后的安排。",
    "【卢望】渡口七月一日停航，两岸改由新桥通行。",
    "【何荔】谢谢卢处长。现在请各位提问。",
    "【晨报记者】渡船上的十二名船工去哪里？听说有人干了三十年。",
    "【卢望】船工全部转到河道保洁队，工资不低于原来，满五十五岁的可以提前退养。",
    "【商报记者】请谈一谈老码头以后做什么用。",
    "【苏萍】老码头改成河边公园，保留候船室和石阶，明年五一开放。",
    "【网站记者】夜里还能过河吗？",
    "【苏萍】新桥全天开放，桥上的路灯整夜亮着，另有十路公交夜班车。",
    "【何荔】今天就到这里，谢谢大家。",
)


def test_a_press_conference_with_its_host() -> None:
    asked = ["question", "answer", "remark", "answer", "question", "answer"]
    assert marks(*MEETING) == ["turn"] * 3 + [*asked, "turn"]


def test_each_answer_of_a_press_conference_has_the_turn_before_it(tmp_path: Path) -> None:
    path = tmp_path / "ferry.txt"
    path.write_text("\n\n".join(["渡口停航通气会实录", *MEETING]), "utf-8")
    document = load(path)
    leads = {
        unit.text: [document.text[slice(*lead)] for lead in unit.leads] for unit in document.units
    }
    assert leads[MEETING[4]] == [MEETING[3]]
    assert leads[MEETING[6]] == [MEETING[5]]
    assert leads[MEETING[8]] == [MEETING[7]]
    assert leads[MEETING[9]] == leads[MEETING[2]] == []


def test_a_question_that_someone_answers_who_speaks_once() -> None:
    once = MEETING[6].replace("苏萍", "赵航")
    asked = "【网友】老码头以后做什么用？"
    lines = (*MEETING[3:5], asked, once, *MEETING[7:9], MEETING[3], MEETING[8])
    assert marks(*lines) == ["question", "answer"] * 4


def test_a_host_who_hands_the_question_on() -> None:
    handed = "【何荔】请卢处长回答。"
    lines = (*MEETING[:4], handed, *MEETING[4:])
    assert marks(*lines)[3:6] == ["question", "answer", "answer"]
    assert marks(*lines)[-1] == "turn"


def test_a_question_asked_in_passing_by_who_answers_is_none() -> None:
    told = "【卢望】为什么停航？因为新桥离渡口只有二百米，渡船一天载不到四十人，开一天亏一天。"
    assert marks(*MEETING[:4], told, *MEETING[5:])[4] == "answer"


def test_an_asker_who_also_opens_and_closes() -> None:
    lines = (
        "主持人：大家好，欢迎收看。",
        "主持人：渡口几时停航？网友问得最多。",
        "卢望：七月一日停航，当天中午最后一班，票价照旧。",
        "主持人：有人说新桥太陡，推车上不去。",
        "卢望：新桥的坡度是百分之四，比老桥缓，两边另有推车道。",
        "主持人：夜里还能过河吗？",
        "卢望：新桥全天开放。",
        "主持人：感谢收看，再见。",
    )
    asked = ["question", "answer", "remark", "answer", "question", "answer"]
    assert marks(*lines) == ["remark", *asked, "remark"]


def test_names_on_lines_of_their_own() -> None:
    lines = [part for line in MEETING for part in line[1:].split("】")]
    named = [text if "。" in text or "？" in text else f"**{text}**" for text in lines]
    read = kinds(*named)
    asked = [text for text, kind in zip(named, read, strict=True) if kind == "question"]
    assert asked == [MEETING[3][6:], MEETING[7][6:]]
    assert read[7:10] == ["question", "answer", "answer"]


def test_headings_of_one_word_are_no_names() -> None:
    lines = (
        "渡口",
        "渡口七月一日停航。",
        "码头",
        "老码头怎么办？改成公园。",
        "新桥",
        "新桥全天开放。",
    )
    assert marks(*lines) == []


def test_reporters_of_several_papers_are_one_sort_of_asker(tmp_path: Path) -> None:
    path = tmp_path / "ferry.txt"
    path.write_text("\n\n".join(["渡口停航通气会实录", *MEETING]), "utf-8")
    assert asking_in(load(path)) == {"晨报记者", "网站记者"}


@pytest.mark.parametrize(
    "lines",
    [
        # a play: both ask
        (
            "老周：你去哪儿？",
            "小满：去河边。你来吗？",
            "老周：河边冷。带伞了没有？",
            "小满：带了。你呢，还等他？",
            "老周：等。",
            "小满：那我走了？",
        ),
        # minutes: nobody asks
        (
            "赵局长：先通报进度。",
            "钱工：桩基完成八成，下周验收。",
            "赵局长：要抓紧，汛期以前必须完成。",
            "钱工：明白。",
        ),
        # quotes inside prose
        (
            "卢望告诉记者：“桥墩下面冲深了两米。”记者：那怎么办？他笑了。",
            "记者又问：夜里封不封桥？",
            "他回答说，夜里十点以后封闭。",
        ),
        # a story, with what is told behind it
        (
            "小满说：“去哪儿？”",
            "老周说：“去河边。”",
            "小满说：“几点？”",
            "老周说：“八点。”",
            "后来天黑了，两人在镇上住下，房价六十元。",
            "第二天下起了大雨。",
        ),
        # a list of titles, none of them answered
        ("热点：老桥怎么修？", "热点：新桥何时通？", "热点：渡口还开吗？"),
        # a form
        ("时间：周五", "地点：桥头", "时间：周六", "地点：码头"),
    ],
)
def test_other_texts_with_colons_are_no_interviews(lines: tuple[str, ...]) -> None:
    assert marks(*lines) == []
    assert kinds(*lines) == [""] * len(lines)


def write(folder: Path, suffix: str) -> Path:
    path = folder / f"bridge{suffix}"
    title = "老桥加固怎么做"
    if suffix == ".docx":
        document = new_docx()
        document.add_heading(title, 0)
        for text in BRIDGE:
            name, said = text.split("：")
            paragraph = document.add_paragraph()
            paragraph.add_run(f"{name}：").bold = True
            paragraph.add_run(said)
        document.save(str(path))
        return path
    named = [text.split("：") for text in BRIDGE]
    if suffix == ".html":
        body = "".join(f"<p><strong>{name}：</strong>{said}</p>" for name, said in named)
        text = f"<html><head><title>{title}</title></head><body><article><h1>{title}</h1>{body}"
        path.write_text(f"{text}</article></body></html>", "utf-8")
    elif suffix == ".md":
        lines = [f"**{name}：**{said}" for name, said in named]
        path.write_text("\n\n".join([f"# {title}", *lines]), "utf-8")
    else:
        path.write_text("\n".join([title, "", *BRIDGE]), "utf-8")
    return path


@pytest.mark.parametrize("suffix", [".txt", ".md", ".html", ".docx"])
def test_answers_are_led_by_their_questions_in_every_format(tmp_path: Path, suffix: str) -> None:
    document = load(write(tmp_path, suffix))
    units = [unit for unit in document.units if unit.kind in ("question", "answer")]
    assert [unit.text for unit in units] == list(BRIDGE)
    for question, answer in zip(units[::2], units[1::2], strict=True):
        assert [document.text[slice(*lead)] for lead in answer.leads] == [question.text]


def test_a_subheading_stands_above_a_question(tmp_path: Path) -> None:
    path = tmp_path / "bridge.txt"
    long = "主持人：加固的这几个月里，住在两岸的人要怎么过河才方便？"
    path.write_text("\n\n".join(["老桥加固", *BRIDGE, "两岸的人", long, BRIDGE[3]]), "utf-8")
    document = load(path)
    assert "两岸的人" in [unit.text for unit in document.units if unit.kind == "heading"]


def test_what_a_long_question_tells_first_is_a_paragraph_of_its_own(tmp_path: Path) -> None:
    told = "主持人：" + "上个月检测队在桥下工作了九天，一共取了十四个芯样，其中三个的强度不够。" * 3
    asked = "下一步怎么办？"
    path = tmp_path / "bridge.txt"
    path.write_text("\n".join(["老桥加固", "", *BRIDGE, told + asked, BRIDGE[3]]), "utf-8")
    document = load(path)
    before, question, answer = document.units[-3:]
    assert (before.kind, before.text) == ("paragraph", told)
    assert (question.kind, question.text) == ("question", asked)
    assert answer.leads == ((question.start, question.end),)
    assert before.leads == ()


def asked_at_length(folder: Path, asked: str) -> tuple[str, str]:
    """The units above the last answer of an interview in which `asked` is asked."""
    path = folder / "bridge.txt"
    path.write_text("\n".join(["老桥加固", "", *BRIDGE, asked, BRIDGE[3]]), "utf-8")
    before, question, answer = load(path).units[-3:]
    assert question.kind == "question"
    assert answer.leads == ((question.start, question.end),)
    return before.text, question.text


def test_one_long_sentence_that_asks_is_not_cut(tmp_path: Path) -> None:
    clause = "检测队在桥下工作了九天以后又在两岸走访了住户，"
    asked = "主持人：" + clause * 11 + "下一步怎么办？"
    assert len(asked) > SENTENCE_LIMIT
    assert asked_at_length(tmp_path, asked) == (BRIDGE[3], asked)


def test_a_long_question_begins_where_a_sentence_does(tmp_path: Path) -> None:
    told = "主持人：检测队上个月来过。"
    clause = "检测队在桥下工作了九天以后又在两岸走访了住户，"
    asked = clause * 11 + "下一步怎么办？谁来做？"
    assert asked_at_length(tmp_path, told + asked) == (told, asked)
    asked = "“限重”说的是总重；检测队在桥下工作了九天，取了十四个芯样，其中三个的强度不够；" * 2
    asked += "下一步怎么办？"
    assert asked_at_length(tmp_path, told + asked) == (told, asked)
