"""The user's documents: copies in, documents out, nothing overwritten, nothing lost."""

import fcntl
import tomllib
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from conftest import ARTICLE
from support.faults import tree

from bot.library import Library
from bot.library_additions import Addition, Additions, LibraryEntry
from bot.library_lock import unchanged
from bot.settings import load_settings
from corpus import DocumentError, IndexLocked, UsageError
from corpus.load import load

TEXT = "物业公开\n\n物业公司要公开收支，接受业主监督。\n"


WORDS = load_settings(["encoder.name=none-such", "reader=rules"], {})


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "articles"


def add(folder: Path, files: list[Path], url: str = "", replacing: bool = False) -> Additions:
    return Library(WORDS, folder).add(files, url, replacing)


def entries(folder: Path) -> list[LibraryEntry]:
    library = Library(WORDS, folder)
    return library.entries(library.open())


def remove(folder: Path, *doc_ids: str) -> list[Path]:
    return Library(WORDS, folder).remove(doc_ids)


def names(folder: Path) -> list[str]:
    """What is in the folder, but for the lock."""
    return sorted(path.name for path in folder.iterdir() if path.name != ".lock")


def file(path: Path, text: str = TEXT) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, "utf-8")
    return path


def test_a_file_is_copied_with_its_address_and_read_back(folder: Path, tmp_path: Path) -> None:
    additions = add(folder, [ARTICLE], url="https://example.org/a?q=%22一%22")
    [(path, document)] = [addition.entry for addition in additions.new]
    assert additions.known == [] and path.read_bytes() == ARTICLE.read_bytes()
    assert document.url == load(path).url == "https://example.org/a?q=%22一%22"
    assert document.doc_id == ARTICLE.stem and document.text == load(ARTICLE).text
    assert names(folder) == [f"{ARTICLE.stem}.toml", ARTICLE.name]


def test_the_same_document_twice_is_one(folder: Path, tmp_path: Path) -> None:
    first, other = file(tmp_path / "甲.txt"), file(tmp_path / "乙.txt")
    [addition] = add(folder, [first, other]).new
    before = tree(folder)
    [held] = entries(folder)
    there = Additions(known=[Addition(held, ())])
    assert add(folder, [other]) == there
    assert add(folder, [addition.entry.path]) == there
    assert tree(folder) == before and len(names(folder)) == 1


def test_another_document_of_the_same_name_gets_a_name_of_its_own(
    folder: Path, tmp_path: Path
) -> None:
    """The stem too: a.txt and a.md would share a.toml."""
    files = [
        file(tmp_path / "1/a.txt"),
        file(tmp_path / "2/a.txt", TEXT.replace("公开", "公布")),
        file(tmp_path / "3/A.md", TEXT.replace("公开", "公示")),
    ]
    added = [addition.entry for addition in add(folder, files).new]
    assert [path.name for path, _ in added] == ["a.txt", "a-2.txt", "A-3.md"]
    assert len({document.doc_id for _, document in added}) == 3
    assert {path.read_bytes() for path, _ in added} == {path.read_bytes() for path in files}


def test_another_text_of_the_same_title_is_said(folder: Path, tmp_path: Path) -> None:
    [old] = add(folder, [file(tmp_path / "1/a.txt")]).new
    newer = file(tmp_path / "2/b.txt", TEXT.replace("监督", "检查"))
    [addition] = add(folder, [newer]).new
    assert addition.older == (old.entry,)
    assert names(folder) == ["a.txt", "b.txt"]


def test_replacing_removes_what_has_the_same_title(folder: Path, tmp_path: Path) -> None:
    add(
        folder, [file(tmp_path / "1/a.txt"), file(tmp_path / "1/c.txt", "别的一篇\n\n别的一句。\n")]
    )
    newer = file(tmp_path / "2/a.txt", TEXT.replace("监督", "检查"))
    [addition] = add(folder, [newer], replacing=True).new
    assert [older.document.title for older in addition.older] == ["物业公开"]
    texts = [entry.document.text for entry in entries(folder)]
    assert len(texts) == 2 and not any("监督" in text for text in texts)


def test_replacing_with_what_is_there_already_removes_the_others_of_its_title(
    folder: Path, tmp_path: Path
) -> None:
    newer = file(tmp_path / "2/a.txt", TEXT.replace("监督", "检查"))
    add(folder, [file(tmp_path / "1/a.txt"), newer])
    assert len(entries(folder)) == 2
    [known] = add(folder, [newer], replacing=True).known
    assert [older.document.title for older in known.older] == ["物业公开"]
    assert [entry.document.text for entry in entries(folder)] == [known.entry.document.text]


def test_what_is_given_together_replaces_nothing_of_it(folder: Path, tmp_path: Path) -> None:
    file(tmp_path / "in/a.txt")
    file(tmp_path / "in/b.txt", TEXT.replace("监督", "检查"))
    add(folder, [tmp_path / "in"])
    before = tree(folder)
    for _ in range(2):
        assert len(add(folder, [tmp_path / "in"], replacing=True).known) == 2
        assert tree(folder) == before
    newer = file(tmp_path / "in/c.txt", TEXT.replace("监督", "查看"))
    assert len(add(folder, [tmp_path / "in"], replacing=True).new) == 1
    assert len(entries(folder)) == 3
    add(folder, [newer], replacing=True)
    assert [entry.document.text for entry in entries(folder)] == [load(newer).text]


def test_two_new_ones_replace_the_same_old_one(folder: Path, tmp_path: Path) -> None:
    add(folder, [file(tmp_path / "1/a.txt")])
    files = [
        file(tmp_path / "2/a.txt", TEXT.replace("监督", "检查")),
        file(tmp_path / "3/a.txt", TEXT.replace("监督", "查看")),
    ]
    assert len(add(folder, files, replacing=True).new) == 2
    assert not any("监督" in entry.document.text for entry in entries(folder))


def test_folders_are_added_with_what_is_in_them(folder: Path, tmp_path: Path) -> None:
    file(tmp_path / "in/一.txt")
    file(tmp_path / "in/深/二.md", "# 城市大脑\n\n城市大脑指挥交通。\n")
    file(tmp_path / "in/深/.隐藏.txt", "看不见。\n")
    file(tmp_path / "in/坏.exe")
    additions = add(folder, [tmp_path / "in"])
    assert names(folder) == ["一.txt", "二.md"]
    assert len(additions.new) == 2
    [refused] = additions.refused
    assert "坏.exe" in refused.zh and "坏.exe" in refused.en


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
    [addition] = add(folder, [file(tmp_path / name)]).new
    path, document = addition.entry
    assert path.name == kept
    assert add(folder, [tmp_path / name]) == Additions(
        known=[Addition(one, ()) for one in entries(folder)]
    )
    assert document.text == load(path).text


def test_what_begins_with_an_underscore_is_no_document(folder: Path, tmp_path: Path) -> None:
    add(folder, [file(tmp_path / "b.txt", "旧的一句。")])
    before = entries(folder)
    file(folder / "_terms.toml", '[terms]\n"社区" = "community"')
    file(folder / "_notes.md", "# 说明\n\n给编目的人看。")
    assert entries(folder) == before
    refused = add(folder, [folder / "_terms.toml", folder / "_notes.md"]).refused
    assert "_terms.toml" in refused[0].en and "_notes.md" in refused[1].en
    # Taking away the mark before it must not make it one of those that are passed over.
    [addition] = add(folder, [file(tmp_path / "-_a.txt", "新的一句。")]).new
    path = addition.entry.path
    assert path.name == "a.txt" and path in [known.path for known in entries(folder)]


def test_extras_come_along(folder: Path, tmp_path: Path) -> None:
    given = file(tmp_path / "a.txt")
    said = 'url = "https://example.org/旧"\ntags = ["社区"]\nsite = "x"\ntitle = "改过的题目"\n'
    file(tmp_path / "a.toml", said)
    [addition] = add(folder, [given]).new
    assert tomllib.loads((folder / "a.toml").read_text("utf-8")) == tomllib.loads(said)
    assert addition.entry.document.title == "改过的题目"
    assert addition.entry.document.tags == ("社区", "site:x")


def test_copies_are_for_every_user_to_read_and_leave_nothing_else(
    folder: Path, tmp_path: Path
) -> None:
    given = file(tmp_path / "a.txt")
    given.chmod(0o600)
    [addition] = add(folder, [given], url="https://example.org/a").new
    assert names(folder) == ["a.toml", addition.entry.path.name]
    modes = {(folder / name).stat().st_mode & 0o777 for name in names(folder)}
    assert modes == {0o644}


def test_bad_files_are_named_and_the_good_ones_are_in(folder: Path, tmp_path: Path) -> None:
    bad = [tmp_path / "none.txt", file(tmp_path / "empty.txt", " \n"), file(tmp_path / "a.exe")]
    additions = add(folder, [*bad[:2], file(tmp_path / "good.txt"), *bad[2:]])
    assert [path.name in error.en for path, error in zip(bad, additions.refused, strict=True)]
    assert names(folder) == ["good.txt"]


def test_only_bad_files_leave_nothing(folder: Path, tmp_path: Path) -> None:
    assert len(add(folder, [file(tmp_path / "a.exe")]).refused) == 1
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
    kept = names(folder)
    copy = file(folder / "b.txt", TEXT.replace("业主", "居民"))
    file(folder / "b.toml", 'url = "https://example.org/b"')
    file(folder / "z.txt", copy.read_text("utf-8"))
    doc_id = next(document.doc_id for path, document in entries(folder) if path == copy)
    assert remove(folder, doc_id) == [copy, folder / "z.txt"]
    assert names(folder) == kept


def test_several_are_removed_at_once_or_none(folder: Path, tmp_path: Path) -> None:
    add(folder, [ARTICLE, file(tmp_path / "a.txt"), file(tmp_path / "b.txt", "乙\n\n另一句话。\n")])
    with pytest.raises(UsageError, match="none"):
        remove(folder, "a", "none")
    assert len(entries(folder)) == 3
    assert [path.name for path in remove(folder, "b", "a")] == ["a.txt", "b.txt"]
    assert [entry.document.doc_id for entry in entries(folder)] == [ARTICLE.stem]


@pytest.mark.parametrize("doc_id", ["none", "", "../a", "\udcff"])
def test_removing_what_is_not_there_changes_nothing(folder: Path, doc_id: str) -> None:
    add(folder, [ARTICLE])
    before = tree(folder)
    with pytest.raises(UsageError, match="chengwen list"):
        remove(folder, doc_id)
    assert tree(folder) == before


def test_what_comes_with_the_program_is_not_removed(home: Path, tmp_path: Path) -> None:
    library = Library(WORDS)
    with pytest.raises(UsageError, match="--corpus"):
        library.add([file(tmp_path / "a.txt")])
        library.remove([ARTICLE.stem])
    assert [entry.path.parent for entry in library.entries(library.open())] == [
        ARTICLE.parent,
        home / "documents",
    ]


def test_a_change_that_another_holds_up_did_not_happen(
    folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    add(folder, [ARTICLE])
    monkeypatch.setattr("bot.library_lock.WAIT_SECONDS", 0.2)
    before = tree(folder)
    with (folder / ".lock").open("ab") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        with pytest.raises(IndexLocked):
            add(folder, [file(tmp_path / "a.txt")])
        with pytest.raises(IndexLocked):
            remove(folder, ARTICLE.stem)
    assert tree(folder) == before


def test_a_server_that_reads_is_waited_for(folder: Path, tmp_path: Path) -> None:
    add(folder, [ARTICLE])
    with ThreadPoolExecutor(1) as pool, unchanged(folder):
        adding = pool.submit(add, folder, [file(tmp_path / "a.txt")])
        with pytest.raises(TimeoutError):
            adding.result(0.5)
        assert names(folder) == [ARTICLE.name]
        # Further readers do not wait.
        with unchanged(folder):
            pass
    assert len(adding.result().new) == 1


def test_what_is_being_added_is_not_read_by_a_server(folder: Path) -> None:
    add(folder, [ARTICLE])
    with (folder / ".lock").open("ab") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        with pytest.raises(IndexLocked), unchanged(folder):
            pass


def test_nothing_is_in_that_the_index_does_not_follow(home: Path, tmp_path: Path) -> None:
    """The index is being written by another process: exit 4, and the document is not there."""
    library = Library(WORDS)
    library.add([file(tmp_path / "a.txt")])
    before = tree(library.folder)
    # Without an encoder the index lies beside the usual one.
    [index_lock] = home.glob("index*/lock")
    with index_lock.open("ab") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        with pytest.raises(IndexLocked):
            library.add([file(tmp_path / "b.txt", "乙\n\n另一句话。\n")])
        with pytest.raises(IndexLocked):
            library.remove(["a"])
    assert tree(library.folder) == before


def test_what_a_crash_left_is_swept(home: Path, tmp_path: Path) -> None:
    library = Library(WORDS)
    library.add([file(tmp_path / "a.txt")])
    file(library.folder / ".b.txt-0123456789abcdef", "一半")
    file(library.folder / "b.toml", 'url = "https://example.org/b"')
    file(library.folder / ".removed-1/c.txt", "正在移除。")
    [addition] = library.add([file(tmp_path / "b.txt", "乙\n\n另一句话。\n")]).new
    assert addition.entry.path.name == "b.txt" and addition.entry.document.url == ""
    assert names(library.folder) == ["a.txt", "b.txt"]


def test_a_folder_of_the_users_own_keeps_its_other_files(folder: Path, tmp_path: Path) -> None:
    file(folder / "pyproject.toml", "[project]\n")
    add(folder, [file(tmp_path / "a.txt")])
    assert names(folder) == ["a.txt", "pyproject.toml"]


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
        ("重复.txt", "物业公开"),
    ]


def test_an_index_that_is_named_follows_the_library(home: Path, tmp_path: Path) -> None:
    library = Library(WORDS, index=tmp_path / "named")
    for number in (1, 2):
        sentence = f"第{number}篇\n\n第{number}句话。\n"
        [addition] = library.add([file(tmp_path / f"{number}.txt", sentence)]).new
        assert addition.entry in library.entries(library.open())
    assert [path.name for path in library.remove(["1"])] == ["1.txt"]
    assert "1" not in {entry.document.doc_id for entry in library.entries(library.open())}
