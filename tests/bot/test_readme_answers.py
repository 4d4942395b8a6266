"""The answers that the README shows are those that are given."""

import re
from pathlib import Path

import pytest
from conftest import ARTICLE
from support.asking import VOCABULARY

from bot.service import Service
from bot.settings import Settings
from corpus.load import load
from index.encoder import TextEncoder
from index.snapshot import build

README = Path(__file__).parents[2] / "README.md"

# > **文章提到北京了吗？** — 没有提到北京。
_ASKED = re.compile(r"^> \*\*(?P<question>[^*]+)\*\*(?: — )?(?P<answer>.*)$")


def examples() -> list[tuple[str, str]]:
    """The questions of the README with the lines of their answers."""
    found: list[tuple[str, str]] = []
    for line in README.read_text("utf-8").splitlines():
        asked = _ASKED.match(line)
        if asked:
            found.append((asked["question"], asked["answer"]))
        elif found and line.startswith("> "):
            question, answer = found.pop()
            found.append((question, f"{answer}\n{line[2:]}"))
    return found


@pytest.fixture(scope="module")
def service(encoder: TextEncoder) -> Service:
    return Service(build([load(ARTICLE)], encoder, vocabulary=VOCABULARY), encoder, Settings())


@pytest.mark.encoder
@pytest.mark.parametrize(("question", "shown"), examples())
def test_an_answer_of_the_readme_is_given(service: Service, question: str, shown: str) -> None:
    given = service.answer(question).text
    pieces = [piece for line in shown.splitlines() for piece in line.split("……") if piece]
    assert pieces and all(piece in given for piece in pieces)


def test_the_readme_has_examples() -> None:
    assert len(examples()) == 3
