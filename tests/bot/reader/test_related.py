"""Passages beside a refusal: those that speak of what is asked, and none where none does."""

from bot.service import Service
from bot.settings import Settings
from corpus import Document
from index.snapshot import build

BATHS = Document(
    "baths",
    "青浦镇浴室管理办法",
    "第一条 本镇的公共浴室由镇政府管理。\n第二条 浴室的水温每天检查两次，水质每周化验一次。",
)


def beside(asked: str) -> list[str]:
    service = Service(build([BATHS], None), None, Settings(reader="rules"))
    answer = service.answer(asked)
    assert answer.outcome == "absent" and answer.hits
    return [passage.text for passage in answer.related]


def test_what_shares_no_more_than_the_place_is_not_shown() -> None:
    assert beside("青浦镇机场的跑道有多长？") == []


def test_what_speaks_of_it_is_shown() -> None:
    assert any("水温" in text for text in beside("浴室的水温在2019年检查过几次？"))
