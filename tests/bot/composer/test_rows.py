"""The rows of a table, one a line, of small documents and by words alone."""

from functools import cache

from support.documents import document_of, header, row

from bot.answer import Answer
from bot.service import Service
from bot.settings import Settings
from index.snapshot import build

FERRIES = document_of(
    "清江轮渡航线一览",
    header("航线", "码头", "票价（元）", "首班", "末班", "老年卡"),
    row("南渡线", "东码头", "3", "6:00", "22:00", "半价"),
    row("北渡线", "东码头", "2", "6:30", "21:30", "免费"),
    row("夜渡线", "西码头", "5", "20:00", "1:00", "半价"),
    title="清江轮渡航线一览",
)
PRICES = document_of(
    "清江菜场摊位一览",
    header("摊位", "租金（元）", "位置"),
    row("一号摊", "300", "进门"),
    row("二号摊", "260", "里侧"),
    title="清江菜场摊位一览",
    doc_id="prices",
)


@cache
def service() -> Service:
    return Service(build([FERRIES, PRICES], None), None, Settings(refusal="off"))


def ask(question: str) -> Answer:
    return service().answer(question)


def names(answer: Answer) -> list[str]:
    return [part.label for part in answer.parts]


def test_each_row_has_a_line_with_its_name() -> None:
    answer = ask("各条轮渡航线的末班船是几点？")
    assert answer.form == "list"
    assert names(answer) == ["南渡线", "北渡线", "夜渡线"]
    assert [one.quote for one in answer.citations] == [
        "南渡线 | 东码头 | 3 | 6:00 | 22:00 | 半价",
        "北渡线 | 东码头 | 2 | 6:30 | 21:30 | 免费",
        "夜渡线 | 西码头 | 5 | 20:00 | 1:00 | 半价",
    ]


def test_the_rows_with_a_value_are_shown_and_no_others() -> None:
    assert names(ask("哪些轮渡航线老年卡半价？")) == ["南渡线", "夜渡线"]
    assert names(ask("东码头有哪些航线？")) == ["南渡线", "北渡线"]
    assert names(ask("票价超过2元的航线有哪些？")) == ["南渡线", "夜渡线"]


def test_a_single_first_row_is_a_single_fact() -> None:
    answer = ask("哪条航线末班最晚？")
    assert (answer.form, answer.short_answer) == ("fact", "夜渡线")
    assert [one.quote for one in answer.citations] == ["夜渡线 | 西码头 | 5 | 20:00 | 1:00 | 半价"]


def test_a_row_is_called_by_its_first_cell_where_what_is_asked_for_differs_in_all() -> None:
    answer = ask("清江菜场各摊位的位置")
    assert names(answer) == ["一号摊", "二号摊"]
