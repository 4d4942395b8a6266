"""The files of a district office, as LibreOffice, Chromium and shell tools wrote them.

`tests/data/office/make.py` tells how each was made, `expected.toml` what reading it has to give.
"""

import tomllib
from pathlib import Path
from typing import Any

import pytest

from corpus.document import Document
from corpus.errors import DocumentError
from corpus.load import document_files, load

OFFICE = Path(__file__).parents[1] / "data/office"
FILES = OFFICE / "files"
EXPECTED: dict[str, dict[str, Any]] = tomllib.loads((OFFICE / "expected.toml").read_text("utf-8"))
READ = [name for name, wanted in EXPECTED.items() if wanted["outcome"] == "read"]
REFUSED = [name for name, wanted in EXPECTED.items() if wanted["outcome"] == "refused"]
FIELDS = ("title", "url", "published", "source", "authors")


def bare(text: str) -> str:
    """The text without white space."""
    return "".join(text.split())


def faults(document: Document, wanted: dict[str, Any]) -> list[str]:
    """What is wrong with a document."""
    text = bare(document.text)
    found = [f"does not hold {each}" for each in wanted["holds"] if bare(each) not in text]
    found += [f"holds {each}" for each in wanted.get("lacks", []) if bare(each) in text]
    for name in FIELDS:
        value = getattr(document, name)
        read = "、".join(value) if isinstance(value, tuple) else value
        if name in wanted and bare(read) != bare(wanted[name]):
            found.append(f"{name} is {read!r}, not {wanted[name]!r}")
    headings = [unit.text for unit in document.units if unit.kind == "heading"]
    if headings != wanted.get("headings", headings):
        found.append(f"headings are {headings}")
    return found + wrong_notes(document, wanted.get("note"))


def wrong_notes(document: Document, words: list[str] | None) -> list[str]:
    """What is wrong with the notes, where one note should have `words`; empty for no note at all."""
    notes = [zh for zh, _ in document.notes]
    if words is None:
        return []
    if not words:
        return [f"has the note {note}" for note in notes]
    told = any(all(bare(word) in bare(note) for word in words) for note in notes)
    return [] if told else [f"has no note with {words}, but {notes}"]


def test_the_folder_is_that_of_the_expectations() -> None:
    """Sixty files, and nothing that a reader takes for a document besides."""
    assert len(EXPECTED) == 60
    assert {path.name for path in document_files(FILES)} == set(EXPECTED)


@pytest.mark.parametrize("name", READ)
def test_a_file_is_read_whole(name: str) -> None:
    assert faults(load(FILES / name), EXPECTED[name]) == []


@pytest.mark.parametrize("name", REFUSED)
def test_a_file_is_refused_with_what_to_do(name: str) -> None:
    with pytest.raises(DocumentError) as caught:
        load(FILES / name)
    assert [word for word in EXPECTED[name]["says"] if word not in caught.value.zh] == []
    assert name in caught.value.zh and name in caught.value.en
