"""The folder of articles: copies in, documents out, nothing overwritten, nothing lost."""

import tomllib
from pathlib import Path

import pytest
from conftest import ARTICLE
from support.faults import tree

from bot.library import add, entries, remove
from corpus import DocumentError, UsageError
from corpus.load import load

TEXT = "物业公开\n\n物业公司要公开收支，接受业主监督。\n"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "articles"


def file(path: Path, text: str = TEXT) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, "utf-8")
    return path


def test_a_file_is_copied_with_its_address_and_read_back(folder: Path, tmp_path: Path) -> None:
    [[path, document]], known = add(folder, [ARTICLE], url="https://example.org/a?q=%22一%22")
    assert known == [] and path.read_bytes() == ARTICLE.read_bytes()
    assert document.url == load(path).url == "https://example.org/a?q=%22一%22"
    assert document.doc_id == ARTICLE.stem and document.text == load(ARTICLE).text
    assert sorted(p.name for p in folder.iterdir()) == [f"{ARTICLE.stem}.toml", ARTICLE.name]


def test_the_same_document_twice_is_one(folder: Path, tmp_path: Path) -> None:
    first, other = file(tmp_path / "甲.txt"), file(tmp_path / "乙.txt")
    [[path, _]], _ = add(folder, [first, other])
    before = tree(folder)
    assert add(folder, [other]) == ([], entries(folder))
    assert add(folder, [path]) == ([], entries(folder))
    assert tree(folder) == before and len(before) == 1


def test_another_document_of_the_same_name_gets_a_name_of_its_own(
    folder: Path, tmp_path: Path
) -> None:
    """The stem too: a.txt and a.md would share a.toml."""
    files = [
        file(tmp_path / "1/a.txt"),
        file(tmp_path / "2/a.txt", TEXT.replace("公开", "公布")),
        file(tmp_path / "3/A.md", TEXT.replace("公开", "公示")),
    ]
    added, _ = add(folder, files, "")
    assert [path.name for path, _ in added] == ["a.txt", "a-2.txt", "A-3.md"]
    assert len({document.doc_id for _, document in added}) == 3
    assert {path.read_bytes() for path, _ in added} == {path.read_bytes() for path in files}


@pytest.mark.parametrize(
    ("name", "kept"),
    [
        ("城市治理 2020.txt", "城市治理 2020.txt"),
        ("-rf.TXT", "rf.txt"),
        ('a<b>:"c|?*.md', "a-b-c.md"),
        (".隐藏.txt", "隐藏.txt"),
        ("长" * 80 + ".txt", "长" * 60 + ".txt"),
        ("a\nb.txt", "a-b.txt"),
    ],
)
def test_names_of_files_are_made_safe(folder: Path, tmp_path: Path, name: str, kept: str) -> None:
    [[path, document]], _ = add(folder, [file(tmp_path / name)])
    assert path.name == kept
    assert add(folder, [tmp_path / name]) == ([], entries(folder))
    assert document.text == load(path).text


def test_what_begins_with_an_underscore_is_no_document(folder: Path, tmp_path: Path) -> None:
    add(folder, [file(tmp_path / "b.txt", "旧的一句。")])
    before = entries(folder)
    file(folder / "_terms.toml", '[terms]\n"社区" = "community"')
    file(folder / "_notes.md", "# 说明\n\n给编目的人看。")
    assert entries(folder) == before
    with pytest.raises(DocumentError, match=r"_terms\.toml"):
        add(folder, [folder / "_terms.toml"])
    with pytest.raises(DocumentError, match=r"_notes\.md"):
        add(folder, [folder / "_notes.md"])
    # Taking away the mark before it must not make it one of those that are passed over.
    [[path, _]], _ = add(folder, [file(tmp_path / "-_a.txt", "新的一句。")])
    assert path.name == "a.txt" and path in [known.path for known in entries(folder)]


def test_extras_come_along(folder: Path, tmp_path: Path) -> None:
    given = file(tmp_path / "a.txt")
    file(tmp_path / "a.toml", 'url = "https://example.org/旧"\ntags = ["社区"]\nsite = "x"')
    add(folder, [given])
    assert tomllib.loads((folder / "a.toml").read_text("utf-8")) == {
        "url": "https://example.org/旧",
        "tags": ["社区", "site:x"],
    }


def test_copies_are_for_every_user_to_read_and_leave_nothing_else(
    folder: Path, tmp_path: Path
) -> None:
    given = file(tmp_path / "a.txt")
    given.chmod(0o600)
    [[path, _]], _ = add(folder, [given], url="https://example.org/a")
    assert sorted(folder.iterdir()) == [folder / "a.toml", path]
    assert {oct(file.stat().st_mode & 0o777) for file in folder.iterdir()} == {"0o644"}


def test_one_bad_file_and_none_is_added(folder: Path, tmp_path: Path) -> None:
    for bad in (
        tmp_path / "none.txt",
        file(tmp_path / "empty.txt", " \n"),
        file(tmp_path / "a.exe"),
        tmp_path,
    ):
        with pytest.raises(DocumentError):
            add(folder, [file(tmp_path / "good.txt"), bad])
    assert not folder.exists()


@pytest.mark.parametrize(
    "url",
    ["example.org", "javascript:alert(1)", "https://", 'https://a"b', "https://a b", "\udcff"],
)
def test_an_unusable_address_is_refused(folder: Path, tmp_path: Path, url: str) -> None:
    with pytest.raises(UsageError, match="--url"):
        add(folder, [file(tmp_path / "a.txt")], url)
    with pytest.raises(UsageError, match="--url"):
        add(folder, [file(tmp_path / "a.txt")] * 2, "https://example.org")


def test_a_folder_that_cannot_be_written_is_named(tmp_path: Path) -> None:
    with pytest.raises(DocumentError, match="--corpus"):
        add(file(tmp_path / "blocked") / "articles", [ARTICLE])


def test_removing_takes_the_file_its_extras_and_its_copies(folder: Path, tmp_path: Path) -> None:
    add(folder, [ARTICLE, file(tmp_path / "a.txt")])
    kept = tree(folder)
    copy = file(folder / "b.txt", TEXT.replace("业主", "居民"))
    file(folder / "b.toml", 'url = "https://example.org/b"')
    file(folder / "z.txt", copy.read_text("utf-8"))
    doc_id = next(document.doc_id for path, document in entries(folder) if path == copy)
    assert remove(folder, doc_id) == [copy, folder / "z.txt"]
    assert tree(folder) == kept


@pytest.mark.parametrize("doc_id", ["none", "", "../a", "\udcff"])
def test_removing_what_is_not_there_changes_nothing(folder: Path, doc_id: str) -> None:
    add(folder, [ARTICLE])
    before = tree(folder)
    with pytest.raises(UsageError, match="chengwen list"):
        remove(folder, doc_id)
    assert tree(folder) == before


def test_files_and_documents_are_matched_whatever_they_are_called(folder: Path) -> None:
    """Two ids that collide, a file that cannot be read, and one document in two files."""
    file(folder / "a b.txt", "甲篇\n\n社区服务要贴近居民。\n")
    file(folder / "a-b.md", "乙篇\n\n城市大脑指挥交通。\n")
    file(folder / "a.b.txt", " ")
    file(folder / "重.txt")
    file(folder / "重复.txt")
    assert [(path.name, document.title) for path, document in entries(folder)] == [
        ("a b.txt", "甲篇"),
        ("a-b.md", "乙篇"),
        ("重.txt", "物业公开"),
    ]
