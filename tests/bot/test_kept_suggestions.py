"""Suggestions are kept with the index: not tried again at the next start, and gone with a document."""

from pathlib import Path

import pytest

from bot.index_build import open_index
from bot.question.suggest import OPENING
from bot.settings import Settings

SETTINGS = Settings(reader="rules", retrieval={"mode": "lexical"})
TEXTS = {
    "河道": "# 丹阳市河道管理条例\n\n第一条 河道管理应当遵循统一规划、分级负责的原则。\n\n"
    "第二条 本条例自2021年3月1日起施行。\n",
    "广场": "# 丹阳市广场管理办法\n\n第一条 广场管理应当遵循方便群众、安全有序的原则。\n\n"
    "第二条 本办法自2019年5月1日起施行。\n",
}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    folder = tmp_path / "articles"
    folder.mkdir()
    for name, text in TEXTS.items():
        (folder / f"{name}.md").write_text(text, "utf-8")
    return folder


def kept(root: Path) -> list[Path]:
    return sorted(root.rglob("*beside-suggestions.json"))


def test_what_was_tried_is_not_tried_again(folder: Path, tmp_path: Path) -> None:
    root = tmp_path / "index"
    first = open_index(SETTINGS, folder, root, progress=False).service(SETTINGS).suggestions
    assert first.opening
    (path,) = kept(root)
    written = path.stat().st_mtime_ns, path.stat().st_ino
    second = open_index(SETTINGS, folder, root, progress=False).service(SETTINGS).suggestions
    assert second.known == first.known
    assert (path.stat().st_mtime_ns, path.stat().st_ino) == written


def test_other_settings_try_anew(folder: Path, tmp_path: Path) -> None:
    root = tmp_path / "index"
    opened = open_index(SETTINGS, folder, root, progress=False)
    assert opened.service(SETTINGS).suggestions.opening
    strict = SETTINGS.model_copy(update={"confidence": 1.0})
    questions = opened.service(strict).suggestions.known
    assert all(one.is_composed for one in questions)


def test_a_damaged_file_is_written_again(folder: Path, tmp_path: Path) -> None:
    root = tmp_path / "index"
    opened = open_index(SETTINGS, folder, root, progress=False)
    first = opened.service(SETTINGS).suggestions.known
    (path,) = kept(root)
    path.write_text("{", "utf-8")
    assert opened.service(SETTINGS).suggestions.known == first
    assert path.stat().st_size > 1


def test_a_removed_document_leaves_no_question(folder: Path, tmp_path: Path) -> None:
    root = tmp_path / "index"
    assert open_index(SETTINGS, folder, root, progress=False).service(SETTINGS).suggestions.opening
    (folder / "广场.md").unlink()
    opened = open_index(SETTINGS, folder, root, progress=False)
    known = opened.service(SETTINGS).suggestions.known
    assert known and all("广场" not in one.question for one in known)
    current = opened.generation.folder
    assert all("广场" not in path.read_text("utf-8") for path in kept(current))


def test_what_is_tried_for_an_opened_document_is_kept_and_goes_with_it(
    folder: Path, tmp_path: Path
) -> None:
    root = tmp_path / "index"
    service = open_index(SETTINGS, folder, root, progress=False).service(SETTINGS)
    square = next(one for one in service.snapshot.collection.documents if "广场" in one.title)
    first = service.suggestions.about(square, "zh", 600)
    assert first and all("广场" in question for question in first)
    (path,) = root.rglob("*beside-suggestions-*.json")
    written = path.stat().st_mtime_ns, path.stat().st_ino
    again = open_index(SETTINGS, folder, root, progress=False).service(SETTINGS)
    assert again.suggestions.about(square, "zh", 600) == first
    assert (path.stat().st_mtime_ns, path.stat().st_ino) == written
    (folder / "广场.md").unlink()
    opened = open_index(SETTINGS, folder, root, progress=False)
    assert opened.service(SETTINGS).suggestions.opening
    assert not list(opened.generation.folder.rglob("*beside-suggestions-*.json"))


def test_something_is_suggested_before_all_is_tried(folder: Path, tmp_path: Path) -> None:
    root = tmp_path / "index"
    opened = open_index(SETTINGS, folder, root, progress=False)
    service = opened.service(SETTINGS)
    assert not service.suggesting.at_once()
    assert service.suggestions.opening and not kept(root)
    service.suggesting.try_all()
    tried = service.suggestions.known
    assert kept(root) and opened.service(SETTINGS).suggesting.at_once()
    # Where a document has gone, what is known of the others goes on.
    (folder / "广场.md").unlink()
    fewer = open_index(SETTINGS, folder, tmp_path / "other", progress=False).service(SETTINGS)
    assert not fewer.suggesting.at_once(tried)
    held = [one for one in tried if one.answer.document.title == "丹阳市河道管理条例"]
    if len(held) >= OPENING:
        assert list(fewer.suggestions.known) == held
    assert {one.answer.document.title for one in fewer.suggestions.known} == {"丹阳市河道管理条例"}
