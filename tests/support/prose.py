"""What the tests of prose over HTTP share: a model that says what it is given, and an application that asks it."""

import re
from collections.abc import Mapping, Sequence
from typing import Any

from fastapi import FastAPI

from bot.live import Live
from bot.service import Service
from bot.settings import load_settings
from bot.web.app import create_app
from corpus import Document
from index.snapshot import build
from support.asking import UNLIMITED, words_of
from support.scripted_model import Script, answering

MODEL = "scripted-7b"

TOWNS = tuple("东南西北甲乙丙丁戊己庚辛壬癸子丑寅卯辰巳")

# "[2] 《供热条例》第二章：供热期为五个月。（……）"
_CANDIDATE = re.compile(r"^\[(\d)\] (?:《.*?》.*?：)?(.*?)(?:（.*）)?$", re.MULTILINE)


def quoted(messages: Sequence[Mapping[str, str]], most: int = 2) -> str:
    """What a faithful model writes: the first `most` of its numbered sentences, each with its mark."""
    found = _CANDIDATE.findall(messages[-1]["content"])[:most]
    return "".join(f"{text.rstrip('。；;，,')}。[{number}]" for number, text in found)


def faithful(most: int = 2, pause: float = 0.0) -> Script:
    """Says the first `most` sentences that it is given, in pieces with `pause` seconds between them."""
    return answering(lambda messages: quoted(messages, most), pause=pause)


PATIENT = ("llm.first_seconds=120", "llm.gap_seconds=120", "llm.whole_seconds=240")
"""A model is late only where a test is about that."""


def settings_of(url: str, *settings: str) -> tuple[str, ...]:
    return ("reader=llm", f"llm.url={url}", f"llm.model={MODEL}", *PATIENT, *UNLIMITED, *settings)


def writing(article: Document, url: str, *settings: str) -> FastAPI:
    """The application on one article, with the model at `url` to write."""
    chosen = load_settings(settings_of(url, *settings), {})
    return create_app(Live(Service(words_of(article), None, chosen)))


def towns() -> list[Document]:
    """Twenty towns; each has a number of pavilions of its own, and nothing else tells them apart."""
    return [
        Document(f"town-{at}", f"{name}镇志", f"{name}镇有{100 + at}座凉亭。\n{name}镇有一条河。")
        for at, name in enumerate(TOWNS)
    ]


def question_about(at: int) -> str:
    return f"{TOWNS[at]}镇有多少座凉亭？"


def writing_of_towns(url: str, *settings: str) -> FastAPI:
    """The application on the towns."""
    chosen = load_settings(settings_of(url, *settings), {})
    return create_app(Live(Service(build(towns(), None), None, chosen)))


def without_times(answer: Mapping[str, Any]) -> dict[str, Any]:
    """An answer object without what is another each time."""
    return {
        name: value for name, value in answer.items() if name not in ("answer_id", "milliseconds")
    }
