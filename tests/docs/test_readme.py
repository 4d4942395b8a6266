"""The README: short, the same in both languages, its figures measured, its answers those that are given."""

import re
from pathlib import Path

import pytest
from conftest import ARTICLE
from support.asking import VOCABULARY
from support.printed import ROOT, blocks, halves, numbers

from bot.service import Service
from bot.settings import Settings
from corpus.load import load
from index.encoder import TextEncoder
from index.snapshot import build

README = ROOT / "README.md"
CHINESE, ENGLISH = halves(README)
LONGEST = 120
"""Lines of a language."""

ORDER = (
    ("试一试", "Try it"),
    ("我的文件", "My documents"),
    ("答得好的，答得不好的", "What it answers well, and badly"),
    ("放到服务器上", "On a server"),
    ("放进我的网站", "In my site"),
    ("量一量", "Measure it"),
    ("再往下", "Further"),
)

# > **文章提到北京了吗？** — 没有提到北京。
_ASKED = re.compile(r"^ *> \*\*(?P<question>[^*]+)\*\*(?: — )?(?P<answer>.*)$")
# [部署](docs/deploy.md), ![图](docs/images/fact.png)
_LINK = re.compile(r"\]\(([^)#]+)[^)]*\)")
# | 法规 | 106 | .726 | .934 | .828 |
_ROW = re.compile(r"^\|[^|]+\|(.*\d.*)\|$", re.MULTILINE)


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
    assert len(examples()) == 4


@pytest.mark.parametrize("half", [CHINESE, ENGLISH])
def test_it_is_short(half: str) -> None:
    assert len(half.strip().splitlines()) <= LONGEST


def test_both_languages_have_one_order() -> None:
    for half, language in ((CHINESE, 0), (ENGLISH, 1)):
        headings = re.findall(r"^## (.+)$", half, re.MULTILINE)
        assert headings == [pair[language] for pair in ORDER]


def test_both_languages_have_the_same_commands_and_links() -> None:
    given = [block.commands for block in blocks(README)]
    half = len(given) // 2
    assert given[:half] == given[half:]
    assert set(_LINK.findall(CHINESE)) == set(_LINK.findall(ENGLISH))


def test_both_languages_have_the_same_rows() -> None:
    assert _ROW.findall(CHINESE) == _ROW.findall(ENGLISH) != []


def test_both_languages_have_the_same_figures() -> None:
    """Shares are what was measured: .726 stands in both."""
    chinese, english = (
        {figure for figure in numbers(half) if figure.startswith(".")}
        for half in (CHINESE, ENGLISH)
    )
    assert chinese == english != set()


def test_every_figure_is_in_the_benchmarks() -> None:
    measured = set(numbers((ROOT / "docs/benchmarks.md").read_text("utf-8")))
    shares = {figure for figure in numbers(CHINESE) if figure.startswith(".")}
    assert shares - measured == set()


def test_its_pictures_are_small() -> None:
    shown = re.findall(r"docs/images/[\w-]+\.png", CHINESE)
    assert len(set(shown)) == 5
    for name in shown:
        assert Path(ROOT / name).stat().st_size < 300_000, name
