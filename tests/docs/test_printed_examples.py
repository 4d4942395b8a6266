"""The examples in Python run as printed against a service, and those of data are what the program takes."""

import json
import re
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest
from support.asking import ANSWER, application
from support.printed import ADDRESS, PAGES, ROOT, Block, blocks
from support.serving import serving

from bot.evals.datasets import read_dataset
from corpus import Document
from corpus.language.terms import SYNONYMS_FILE, TERMS_FILE, read_vocabulary

OF_ALL = [block for page in PAGES for block in blocks(page)]


def of(language: str, holding: str = "") -> list[Block]:
    """The blocks of a language that have certain words in them."""
    return [block for block in OF_ALL if block.language == language and holding in block.text]


def place(block: Block) -> str:
    return block.place


@pytest.fixture(scope="module")
def address(article: Document) -> Iterator[str]:
    with serving(application(article, "api.per_minute=1000")) as address:
        yield address.rstrip("/")


def run(text: str, address: str) -> str:
    command = [sys.executable, "-c", text.replace(ADDRESS, address)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout


@pytest.mark.slow
@pytest.mark.parametrize("block", of("python", ADDRESS), ids=place)
def test_an_example_of_a_client_runs(block: Block, address: str) -> None:
    if "mcp" in block.text:
        pytest.importorskip("mcp")
    assert ANSWER in run(block.text, address)


@pytest.mark.slow
def test_the_example_of_clients_prints_citations_and_streams(address: str) -> None:
    (block,) = [block for block in of("python", ADDRESS) if block.page.name == "clients.md"]
    whole, citation, stream = run(block.text, address).splitlines()
    assert whole == stream == ANSWER
    assert f"{address}/read/" in citation


def test_every_key_of_an_example_fits_into_a_header() -> None:
    """The real client fails on a key that is not ASCII before it has sent anything."""
    keys = [
        key
        for block in OF_ALL
        for key in re.findall(r"api_key=\"([^\"]*)\"|Bearer ([^'\"]+)", block.text)
    ]
    assert len(keys) >= 3
    assert all("".join(key).isascii() and "".join(key) for key in keys)


@pytest.mark.slow
@pytest.mark.parametrize("block", [b for b in of("python") if ADDRESS not in b.text], ids=place)
def test_an_example_without_a_service_runs(block: Block) -> None:
    run(block.text, "")


@pytest.mark.parametrize("block", of("toml"), ids=place)
def test_an_example_of_toml_can_be_read(block: Block) -> None:
    assert tomllib.loads(block.text)


def test_the_word_lists_are_taken(tmp_path: Path) -> None:
    (terms,) = of("toml", "[terms]")
    (synonyms,) = of("toml", "[synonyms]")
    (tmp_path / TERMS_FILE).write_text(terms.text, "utf-8")
    (tmp_path / SYNONYMS_FILE).write_text(synonyms.text, "utf-8")
    document = tmp_path / "a.txt"
    document.write_text("办证\n\n凭借阅证入馆。\n", "utf-8")
    vocabulary = read_vocabulary([document])
    assert vocabulary.terms == {"借阅证": "library card; reader card", "通借通还": ""}
    assert vocabulary.synonyms != type(vocabulary)().synonyms


@pytest.mark.parametrize("block", of("json"), ids=place)
def test_an_example_of_json_can_be_read(block: Block) -> None:
    assert json.loads(block.text)


def test_the_question_of_a_set_can_be_evaluated(tmp_path: Path, article: Document) -> None:
    (block,) = of("json", '"gold"')
    path = tmp_path / "set.jsonl"
    path.write_text(block.text, "utf-8")
    dataset = read_dataset(path, [article])
    (case,) = dataset.cases
    assert case.question == "杭州健康码日最高使用量是多少？"
    assert json.loads(block.text)["gold"][0][0]["quote"] in article.text
