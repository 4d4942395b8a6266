"""A fact that several documents state: the same, another value in an older version, a repealed one."""

from collections.abc import Sequence

from conftest import BigramEncoder

from bot.answer import Answer
from bot.question.agreeing import asks_agreement
from bot.service import Service
from bot.settings import Settings
from corpus import Document
from corpus.intake.regulations import FORCE
from index.snapshot import build

TITLE = "西湾停车场收费公告"
ASKED = "白天停车每小时多少钱？"


def notice(
    doc_id: str, price: str, published: str = "", title: str = TITLE, repealed: bool = False
) -> Document:
    text = f"西湾停车场调整收费，白天停车每小时{price}元，夜间停车每小时一元，单日最高三十元。"
    details = ((FORCE, "已废止"),) if repealed else ()
    return Document(doc_id, title, text, published=published, details=details)


OTHER = Document("other", "食堂告示", "食堂周一到周五供应午饭，早餐每份三元。")


def answer(documents: Sequence[Document], asked: str = ASKED) -> Answer:
    encoder = BigramEncoder()
    return Service(build([*documents, OTHER], encoder), encoder, Settings()).answer(asked)


def test_one_document_states_it() -> None:
    found = answer([notice("a", "四")])
    assert found.short_answer == "四元"
    assert found.text == f"{found.citations[0].quote}[1]"


def test_the_newest_version_answers_and_the_older_ones_stand_beside() -> None:
    versions = [
        notice("a", "四", "2020-05-01"),
        notice("b", "八", "2024-05-01"),
        notice("c", "六", "2022-05-01"),
    ]
    found = answer(versions)
    assert found.form == "fact" and found.short_answer == "八元"
    assert [c.document.doc_id for c in found.citations] == ["b", "c", "a"]
    first, line = found.text.splitlines()
    assert "八元" in first
    assert line.startswith(
        f"说法不一，以上出自《{TITLE}》（2024-05-01）；《{TITLE}》（2022-05-01）："
    )
    assert "四元" in line and line.endswith("[3]")


def test_of_copies_without_a_date_the_one_added_last_is_the_newest() -> None:
    found = answer([notice("fee", "四"), notice("fee-2", "六"), notice("fee-3", "八")])
    assert found.short_answer == "八元"
    assert "（没有日期）" in found.text


def test_what_is_repealed_is_named_as_such_and_never_first() -> None:
    found = answer(
        [notice("a", "四", "2020-05-01"), notice("b", "六", "2024-05-01", repealed=True)]
    )
    assert found.short_answer == "四元"
    assert f"《{TITLE}》（2024-05-01，已废止）" in found.text


def test_the_same_value_however_it_is_written() -> None:
    found = answer([notice("a", "4", "2020-05-01"), notice("b", "四", "2024-05-01", "收费的通知")])
    assert found.text.splitlines()[1] == "另有 1 篇说法相同。[2]"
    assert len(found.citations) == 2


def test_more_than_there_is_room_for_become_a_list() -> None:
    prices = "二三四五六七"
    found = answer([notice(f"d{n}", p, f"202{n}-01-01") for n, p in enumerate(prices)])
    assert found.form == "list" and found.short_answer == "七元"
    assert [part.label for part in found.parts][:2] == [
        f"《{TITLE}》（2025-01-01）",
        f"《{TITLE}》（2024-01-01）",
    ]


def test_what_others_report_in_the_same_words_makes_the_answer_no_less_sure() -> None:
    alone = answer([notice("a", "四")])
    titles = ("收费的通知", "停车场的新闻", "市民问答")
    reported = [notice(f"r{n}", "四", title=title) for n, title in enumerate(titles)]
    beside = answer([notice("a", "四"), *reported])
    assert beside.text.splitlines()[1].startswith("另有 3 篇说法相同。")
    assert beside.confidence >= alone.confidence - 0.1


MAGAZINE = Document(
    "magazine",
    "西湾夜话",
    "西湾停车场的老周说，白天停车每小时六元，夜间停车每小时一元，单日最高三十元，他记得很清楚。",
    published="2023-03-01",
)


def test_another_value_in_other_words_stands_beside_with_its_date() -> None:
    found = answer([notice("a", "四", "2024-05-01"), MAGAZINE])
    assert found.short_answer == "四元"
    assert [c.document.doc_id for c in found.citations] == ["a", "magazine"]
    assert found.text.splitlines()[1].startswith("另有 1 处说到：《西湾夜话》（2023-03-01）：西湾")


def test_asked_whether_they_agree_each_document_has_a_line_the_newest_first() -> None:
    documents = [notice("a", "四", "2020-05-01"), notice("b", "六", "2024-05-01", "收费的通知")]
    found = answer(documents, "白天停车每小时多少钱，各处说法对得上吗？")
    assert [c.document.doc_id for c in found.citations] == ["b", "a"]


def test_a_question_that_no_document_answers_stays_refused() -> None:
    found = answer([notice("a", "四"), notice("b", "六", title="收费的通知")], "体检要带身份证吗？")
    assert found.outcome == "absent"


def test_what_asks_whether_several_agree() -> None:
    asks = ("几家报道的数字对得上吗", "两篇稿子矛盾吗", "各地规定口径一样不", "怎么有不同的数")
    others = ("停车每小时多少钱", "哪几份规定写到了遛狗", "郑州、周口两地的条例哪天施行")
    assert all(asks_agreement(asked) for asked in asks)
    assert not any(asks_agreement(asked) for asked in others)
