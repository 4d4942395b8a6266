"""Questions made from how documents are set out: of each kind of document, by hand."""

from dataclasses import replace

import pytest

from bot.answer import Answer, Citation
from bot.question.suggest import Suggestions
from bot.question.suggest_made import GeneratedQuestion, reads_well
from bot.question.suggest_trial import TRIED_AT_MOST, make, try_out
from bot.service import Service
from bot.settings import Settings
from corpus import Document, Passage, Section
from corpus.document import Span, UnitSpan
from index.snapshot import build

RULES = """第一条 本条例所称河道，是指本市行政区域内的河流、水库和人工水道。
第二条 河道管理应当遵循统一规划、分级负责、保护优先的原则。
第三条 水务部门负责河道管理工作。
第四条 河道保护范围内禁止下列行为：
（一）倾倒垃圾；
（二）擅自取土；
（三）网箱养鱼。
第五条 擅自取土的，由水务部门处五百元以上五千元以下罚款。
第六条 本条例自2021年3月1日起施行。"""

TABLE = """表：各馆座位
馆 | 座位 | 开放时间
东馆 | 120 | 周二至周日
西馆 | 86 | 每天"""

FAQ = """借书证怎么办理？
带身份证到服务台当场办理，不收费。
一次能借几本书？
一次最多借八本，期限三十天。"""


def laid_out(
    doc_id: str, title: str, text: str, kinds: dict[str, str], leads: dict[str, tuple[str, ...]]
) -> Document:
    """A document of one section whose lines are units: of `kinds` and led by lines, by their beginning."""
    units: list[UnitSpan] = []
    spans: dict[str, Span] = {}
    start = 0
    for line in text.split("\n"):
        span = Span(start, start + len(line))
        spans[line] = span
        kind = next((kind for begin, kind in kinds.items() if line.startswith(begin)), "paragraph")
        context: list[Span] = []
        for begin, led_by in leads.items():
            if line.startswith(begin):
                context = [spans[lead] for lead in led_by]
        units.append(UnitSpan(*span, kind, tuple(context)))  # type: ignore[arg-type]
        start = span.end + 1
    section = Section("", 0, len(text))
    return Document(doc_id, title, text, sections=(section,), unit_spans=tuple(units))


@pytest.fixture(scope="module")
def rules() -> Document:
    lead = "第四条 河道保护范围内禁止下列行为："
    return laid_out("rules", "丹阳市河道管理条例", RULES, {"（": "item"}, {"（": (lead,)})


@pytest.fixture(scope="module")
def table() -> Document:
    caption, header = TABLE.split("\n")[:2]
    kinds = {"馆": "header", "东馆": "row", "西馆": "row"}
    leads = {"馆": (caption,), "东馆": (header, caption), "西馆": (header, caption)}
    return laid_out("table", "澄江图书馆座位一览", TABLE, kinds, leads)


@pytest.fixture(scope="module")
def faq() -> Document:
    kinds = {"借书证怎么": "question", "一次能": "question", "带身": "answer", "一次最多": "answer"}
    leads: dict[str, tuple[str, ...]] = {
        "带身": ("借书证怎么办理？",),
        "一次最多": ("一次能借几本书？",),
    }
    return laid_out("faq", "澄江图书馆借阅问答", FAQ, kinds, leads)


def made(*documents: Document) -> dict[str, GeneratedQuestion]:
    return {one.question: one for one in make(documents)}


def test_an_article_of_regulations_is_asked_about_by_its_own_words(rules: Document) -> None:
    asked = made(rules)
    assert asked["什么是河道？"].answer.text == "本市行政区域内的河流、水库和人工水道"
    assert asked["河道管理应当遵循什么原则？"].answer.text == "统一规划、分级负责、保护优先"
    assert asked["河道管理工作由哪个部门负责？"].answer.text == "水务部门"
    assert asked["擅自取土的，会处多少罚款？"].answer.text == "处五百元以上五千元以下罚款"
    assert asked["《丹阳市河道管理条例》什么时候开始施行？"].answer.text == "2021年3月1日"


def test_a_lead_line_asks_for_its_list(rules: Document) -> None:
    asked = made(rules)["河道保护范围内禁止哪些行为？"]
    assert asked.is_composed
    assert asked.answer.text.startswith("第四条") and asked.answer.text.endswith("网箱养鱼。")


@pytest.mark.parametrize(
    "lead",
    [
        "有下列情形之一的，责令改正：",
        "违反本条例的，按照下列规定处罚：",
        "处三万元以下罚款：",
        "人少的几处是：",
    ],
)
def test_a_lead_line_that_announces_no_list_of_things_asks_nothing(lead: str) -> None:
    text = f"{lead}\n（一）甲乙丙丁；\n（二）戊己庚辛。"
    document = laid_out("d", "", text, {"（": "item"}, {"（": (lead,)})
    assert [one for one in make([document]) if one.kind == "series"] == []


def test_a_cell_is_asked_for_by_its_row_and_column(table: Document) -> None:
    asked = made(table)
    assert asked["东馆的座位是多少？"].answer.text == "120"
    assert asked["西馆的开放时间是什么？"].answer.text == "每天"
    assert asked["东馆和西馆的座位有什么不同？"].answer.text == "\n".join(TABLE.split("\n")[2:])


def test_a_document_asks_its_own_questions(faq: Document) -> None:
    asked = made(faq)
    assert asked["一次能借几本书？"].answer.text == "一次最多借八本，期限三十天。"
    assert asked["借书证怎么办理？"].kind == "question"


def test_in_a_library_of_several_a_question_names_its_document(
    rules: Document, table: Document, faq: Document
) -> None:
    asked = made(rules, table, faq)
    assert "丹阳市河道管理应当遵循什么原则？" in asked
    assert "《丹阳市河道管理条例》中，什么是河道？" in asked
    assert "《澄江图书馆座位一览》中，东馆的座位是多少？" in asked
    assert "《澄江图书馆借阅问答》中，一次能借几本书？" in asked
    assert not {"什么是河道？", "东馆的座位是多少？", "一次能借几本书？"} & asked.keys()


def test_without_titles_only_what_has_a_name_of_its_own_is_asked() -> None:
    texts = ["中金公司指出，下半年增速会略有回升。", "与会嘉宾表示，天气一直很好很晴朗。"]
    documents = [Document(f"d{n}", "", text) for n, text in enumerate(texts)]
    documents = [replace(d, sections=(Section("", 0, len(d.text)),)) for d in documents]
    assert list(made(*documents)) == ["中金公司指出了什么？"]


@pytest.mark.parametrize(
    "question",
    ["该市有多少个区？", "其面积是多少？", "本条例适用于谁？", "“两张网指的是什么？", "几岁？"],
)
def test_what_cannot_be_understood_alone_is_not_asked(question: str) -> None:
    assert not reads_well(question)


def test_a_composed_answer_cites_twice_and_nothing_else(table: Document) -> None:
    asked = made(table)["东馆和西馆的座位有什么不同？"]
    rows = [Citation(table, unit.start, unit.end) for unit in table.units[2:]]
    caption = Citation(table, 0, 6)

    def given(*cited: Citation) -> Answer:
        return Answer(
            asked.question, "answered", "甲", citations=cited, confidence=1.0, form="comparison"
        )

    assert asked.is_worth_asking(given(*rows))
    assert not asked.is_worth_asking(given(rows[0]))
    assert not asked.is_worth_asking(given(*rows, caption))
    assert not asked.is_worth_asking(replace(given(*rows), form="fact"))


def test_each_document_has_a_turn_before_one_has_two(rules: Document) -> None:
    documents = [replace(rules, doc_id=f"d{n}", title=f"{n}号河道管理条例") for n in range(9)]
    asked: list[str] = []

    def ask(question: str) -> Answer:
        asked.append(question)
        return Answer(question, "absent", "无")

    assert try_out(ask, documents) == ()
    assert len(asked) <= TRIED_AT_MOST
    assert len({question[:4] for question in asked[:9]}) == 9


def test_more_is_tried_when_an_answer_is_about_a_document(rules: Document) -> None:
    other = Document("other", "别的", "别的。")
    asked: list[str] = []
    known = made(rules, other)

    def ask(question: str) -> Answer:
        asked.append(question)
        span = known[question].answer
        if known[question].is_composed:
            return Answer(question, "absent", "无")
        cited = (Citation(span.document, span.start, span.end),)
        return Answer(question, "answered", "甲", citations=cited, confidence=1.0)

    suggestions = Suggestions(ask, [rules, other], known=())
    near = Citation(rules, 0, 10)
    told = Answer("甲？", "answered", "甲", citations=(near,))
    following = suggestions.after(told)
    assert len(following) == 3
    count = len(asked)
    assert suggestions.after(told) == following and len(asked) == count
    assert following[0] not in suggestions.after(replace(told, question=following[0]))


def test_what_was_asked_is_not_suggested_by_the_name_of_its_document(faq: Document) -> None:
    answer = Passage(faq, FAQ.index("带身"), len(FAQ))
    named = GeneratedQuestion(f"《{faq.name}》中，借书证怎么办理？", "question", answer)
    suggestions = Suggestions(lambda asked: Answer(asked, "absent", "无"), [faq], known=[named])
    cited = (Citation(faq, answer.start, answer.end),)
    told = Answer("借书证怎么办理？", "answered", "甲", citations=cited, form="yes_no")
    assert suggestions.after(told) == ()
    assert suggestions.after(replace(told, question="借书证好办吗？")) == (named.question,)


def test_what_the_service_suggests_it_answers(
    rules: Document, table: Document, faq: Document
) -> None:
    service = Service(build([rules, table, faq], None), None, Settings(reader="rules"))
    suggestions = service.suggestions
    assert {one.answer.document.doc_id for one in suggestions.known} >= {"rules", "table"}
    for one in suggestions.known:
        assert one.is_worth_asking(service.answer(one.question))
    only = service.only([faq]).suggestions
    assert only.opening
    assert {one.answer.document.doc_id for one in only.known} == {"faq"}


def test_openers_of_an_english_page_are_english() -> None:
    text = "How do I get a card?\nBring your passport to the desk.\nIs it free?\nYes, it costs nothing."
    kinds = {"How": "question", "Is": "question"}
    document = laid_out("e", "Library cards", text, kinds, {})
    one = GeneratedQuestion("How do I get a card?", "question", Passage(document, 21, 53))
    chinese = GeneratedQuestion("借书证怎么办？", "question", Passage(document, 21, 53))
    both = Suggestions(
        lambda question: Answer(question, "absent", "无"), [document], (one, chinese)
    )
    assert both.opening_in("en") == [one.question]
    assert both.opening_in("zh") == [chinese.question]
    assert one.question in made(document)


def test_a_question_of_an_interview_is_asked_without_who_asks_it() -> None:
    text = "编辑：船票多少钱？\n温砚：成人四元。\n编辑：末班船几点开？\n温砚：二十三点。"
    kinds = {"编辑": "question", "温砚": "answer"}
    asked = made(laid_out("ferry", "夜航渡轮", text, kinds, {}))
    assert asked["末班船几点开？"].answer.text == "温砚：二十三点。"
