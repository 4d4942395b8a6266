"""Every link of the documents leads somewhere: to a file of the repository, and to a heading that is there."""

import re
from pathlib import Path

import pytest
from support.printed import PAGES, ROOT, name_of, without_blocks

# [词](docs/api.md#提问), ![图](images/how.svg)
_LINK = re.compile(r"\]\(([^)\s]+)\)")
# <img src="docs/images/chat-phone.png" width="280">
_SOURCE = re.compile(r'(?:src|href)="([^"]+)"')
# ## 备份与恢复 / Backup
_HEADING = re.compile(r"^#{1,6} (.+)$", re.MULTILINE)
# docs/llm.md, as the program and its tests speak of a page
_NAMED = re.compile(r"docs/[\w-]+\.md")
KINDS = (".py", ".toml", ".html", ".js", ".md")


def links(page: Path) -> list[str]:
    text = without_blocks(page.read_text("utf-8"))
    return [*_LINK.findall(text), *_SOURCE.findall(text)]


def anchors(page: Path) -> set[str]:
    """The names of its headings, as GitHub makes them: lower case, no punctuation, hyphens for spaces."""
    found: set[str] = set()
    for heading in _HEADING.findall(without_blocks(page.read_text("utf-8"))):
        words = re.sub(r"[^\w\- ]", "", re.sub(r"\]\([^)]*\)", "]", heading).lower())
        name = words.replace(" ", "-")
        again = sum(1 for other in found if re.fullmatch(rf"{re.escape(name)}(-\d+)?", other))
        found.add(f"{name}-{again}" if again else name)
    return found


@pytest.mark.parametrize("page", PAGES, ids=name_of)
def test_every_link_of_a_page_leads_somewhere(page: Path) -> None:
    for link in links(page):
        if re.match(r"https?://", link):
            continue
        name, _, anchor = link.partition("#")
        target = (page.parent / name).resolve() if name else page
        assert target.exists() and target.is_relative_to(ROOT), link
        if anchor:
            assert anchor in anchors(target), link


def test_every_picture_is_shown_somewhere() -> None:
    shown = {(page.parent / link).resolve() for page in PAGES for link in links(page)}
    kept = set((ROOT / "docs/images").iterdir())
    assert kept - shown == set()


def test_every_page_that_the_program_names_is_there() -> None:
    for top in ("corpus", "index", "bot", "tests"):
        for path in (ROOT / top).rglob("*"):
            if path.suffix in KINDS and "data" not in path.parts:
                for name in _NAMED.findall(path.read_text("utf-8", "replace")):
                    assert (ROOT / name).is_file(), f"{path}: {name}"


def test_every_page_can_be_reached_from_the_readme() -> None:
    reached = {ROOT / "README.md"}
    waiting = list(reached)
    while waiting:
        page = waiting.pop()
        for link in links(page):
            target = (page.parent / link.partition("#")[0]).resolve()
            if target.suffix == ".md" and target.exists() and target not in reached:
                reached.add(target)
                waiting.append(target)
    assert {page for page in PAGES if page not in reached} == set()
