"""Chinese and English say the same: what a reader may type or set stands in both halves of a page."""

import re
from pathlib import Path

import pytest
from support.printed import PAGES, ROOT, halves, name_of, without_blocks

# | `api.keys` | `CHENGWEN_API__KEYS` |
_SETTING = re.compile(r"^\| `([a-z.]+_?[a-z]*)` \|", re.MULTILINE)
SETTINGS = set(_SETTING.findall((ROOT / "docs/settings.md").read_text("utf-8")))
# data-title, /api/ask, ./chengwen eval run, embed.origins, {doc_id}
_ATTRIBUTE = re.compile(r"\bdata-[a-z-]+")
_ADDRESS = re.compile(
    r"(?<![\w.}])/(?:api|v1|mcp|embed|read|file|documents|evals|metrics)[a-z_./{}]*"
)
_COMMAND = re.compile(r"\./chengwen ([a-z]+)")
# 字
_CHINESE = re.compile(r"[\u4e00-\u9fff]")
# Words of English: two letters or more, behind one another.
_ENGLISH = re.compile(r"(?:\b[a-z]{2,}\b[ ,]+){4,}")

DIVIDED = {
    "docs/api.md": "\n---\n",
    "docs/embed.md": "\n---\n",
    "docs/documents.md": "\n## English\n",
}


def named(text: str) -> set[str]:
    """The attributes, addresses, commands and settings that a text names."""
    found = {*_ATTRIBUTE.findall(text), *_COMMAND.findall(text)}
    found |= {address.rstrip("./") for address in _ADDRESS.findall(text)}
    return found | {name for name in SETTINGS if "." in name and name in text}


@pytest.mark.parametrize("name", DIVIDED)
def test_both_halves_name_the_same(name: str) -> None:
    chinese, english = (ROOT / name).read_text("utf-8").split(DIVIDED[name])
    assert named(chinese) == named(english)


def test_both_halves_of_the_readme_name_the_same() -> None:
    chinese, english = halves(ROOT / "README.md")
    assert named(chinese) == named(english)


@pytest.mark.parametrize("page", PAGES, ids=name_of)
def test_every_page_is_in_both_languages(page: Path) -> None:
    text = without_blocks(page.read_text("utf-8"))
    assert len(_CHINESE.findall(text)) > 100
    assert len(_ENGLISH.findall(text)) > 3
