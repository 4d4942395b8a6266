from __future__ import annotations

import codecs
import hashlib
import json
import re
import subprocess
import sys
import tempfile
from pathlib import Path
from threading import Event, Thread

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from corpus.document import Section, fingerprint, slug
from corpus.errors import DocumentError
from corpus.load import LARGEST, CorpusFile, digest_of, load, load_folders, read_corpus

PROSE = "城市是人类栖居之场所。\n治理是共同的事。\n"
ID = re.compile(r"[A-Za-z0-9_-]{1,64}")


def write(path: Path, content: str | bytes) -> Path:
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    return path


def refusal(path: Path) -> DocumentError:
    with pytest.raises(DocumentError) as caught:
        load(path)
    return caught.value


def test_prose_without_a_title_is_called_after_its_file(tmp_path: Path) -> None:
    document = load(write(tmp_path / "随笔.txt", PROSE))
    assert document.title == "随笔"
    assert document.text == PROSE.strip()
    assert document.sections == (Section("", 0, len(document.text)),)
    assert (document.source, document.published, document.authors, document.url, document.tags) == (
        "",
        "",
        (),
        "",
        (),
    )


@pytest.mark.parametrize(
    "data",
    [
        PROSE.encode(),
        PROSE.encode("utf-8-sig"),
        PROSE.encode("gb18030"),
        PROSE.encode("utf-16"),
        codecs.BOM_UTF16_BE + PROSE.encode("utf-16-be"),
        PROSE.replace("\n", "\r\n").encode(),
        PROSE.replace("\n", "\r\n", 1).encode(),
        ("\u3000\u3000" + PROSE.replace("\n", "\n\u200b\n \t\n")).encode(),
        PROSE.replace("城", "城\x00\u200b\ufeff").encode(),
        PROSE.encode() + "治".encode()[:2],
        PROSE.encode("gb18030") + "治".encode("gb18030")[:1],
    ],
)
def test_one_text_in_many_bytes(tmp_path: Path, data: bytes) -> None:
    assert load(write(tmp_path / "a.txt", data)).text == PROSE.strip()


def test_characters_are_composed_and_otherwise_left_alone(tmp_path: Path) -> None:
    document = load(
        write(
            tmp_path / "a.txt",
            "Cafe\u0301 in Nan\u0303o is open, \uff08it says\uff09\uff0c till 9.\n",
        )
    )
    assert document.text == "Caf\u00e9 in Na\u00f1o is open, \uff08it says\uff09\uff0c till 9."


@pytest.mark.parametrize(
    ("name", "data", "zh", "en"),
    [
        ("a.txt", b"%PDF-1.7 \x00", "PDF", "holds PDF data"),
        ("a.txt", b"PK\x03\x04....", "ZIP/DOCX", "holds ZIP/DOCX data"),
        ("a.txt", bytes(range(256)) * 4, "编码", "encoding is unknown"),
        ("a.txt", b"\x00\x01\x02\x03" * 50, "不是文本", "not text"),
        (
            "a.txt",
            "caf\u00e9 society, na\u00efvet\u00e9".encode("latin-1"),
            "编码",
            "encoding is unknown",
        ),
        ("a.txt", b"", "没有文字", "holds no text"),
        ("a.txt", b" \n\t\n\xe3\x80\x80\n", "没有文字", "holds no text"),
        ("a.md", b"---\ntitle: x\n---\n", "没有文字", "holds no text"),
        ("a.html", b"<html><body></body></html>", "没有文字", "holds no text"),
        ("a.pdf", b"%PDF-1.7 nothing follows", "无法解析", "cannot be parsed"),
        ("a.docx", b"not a zip at all", "无法解析", "cannot be parsed"),
        ("a.doc", b"\xd0\xcf\x11\xe0", "另存为 docx", "save it as docx"),
        ("a.exe", b"MZ", "不支持", "cannot be read"),
    ],
)
def test_a_file_that_is_no_document_is_refused_with_a_reason(
    tmp_path: Path, name: str, data: bytes, zh: str, en: str
) -> None:
    error = refusal(write(tmp_path / name, data))
    assert zh in error.zh and en in error.en
    assert name in error.zh and name in error.en


def test_a_file_kept_beside_the_documents_is_refused(tmp_path: Path) -> None:
    error = refusal(write(tmp_path / "_notes.txt", PROSE))
    assert "_notes.txt" in error.zh and "改名" in error.zh and "Rename it" in error.en


def test_what_is_not_a_file_is_refused(tmp_path: Path) -> None:
    assert "找不到" in refusal(tmp_path / "none.txt").zh
    (tmp_path / "folder.txt").mkdir()
    assert "is a folder" in refusal(tmp_path / "folder.txt").en
    assert "is a folder" in refusal(tmp_path).en
    assert "Cannot read" in refusal(tmp_path / ("x" * 300 + ".txt")).en


def test_a_file_over_the_limit_is_refused(tmp_path: Path) -> None:
    error = refusal(write(tmp_path / "a.txt", b"a" * (LARGEST + 1)))
    assert "超过 20 MB" in error.zh and "larger than 20 MB" in error.en


def test_the_toml_beside_a_file_gives_what_the_page_does_not(tmp_path: Path) -> None:
    path = write(tmp_path / "a.txt", PROSE)
    write(
        tmp_path / "a.toml",
        'url = "https://example.org/a"\ntags = ["治理", "城市"]\nsite = "gmw"\n',
    )
    document = load(path)
    assert (document.url, document.tags) == ("https://example.org/a", ("治理", "城市", "site:gmw"))
    write(tmp_path / "b.txt", PROSE)
    write(tmp_path / "b.txt.toml", 'tags = ["乙"]')
    assert load(tmp_path / "b.txt").tags == ("乙",)


@pytest.mark.parametrize("published", ['"2020-12-05"', "2020-12-05"])
def test_the_toml_beside_a_file_puts_right_what_was_read(tmp_path: Path, published: str) -> None:
    text = "槐树下\n来源：江城日报 2019-01-02 08:00\n" + PROSE
    path = write(tmp_path / "a.txt", text)
    read = load(path)
    assert (read.title, read.source, read.published) == ("槐树下", "江城日报", "2019-01-02")
    write(
        tmp_path / "a.toml", f'title = "街边的槐树"\nsource = "江城晚报"\npublished = {published}\n'
    )
    document = load(path)
    right = ("街边的槐树", "江城晚报", "2020-12-05")
    assert (document.title, document.source, document.published) == right
    assert document.text == read.text


@pytest.mark.parametrize(
    ("content", "field"),
    [
        ("url = 3", "url"),
        ('url = "javascript:alert(1)"', "url"),
        ("tags = [1]", "tags"),
        ('tags = "甲"', "tags"),
        ("site = 1", "site"),
        ("title = 1", "title"),
        ('title = "甲\\n乙"', "title"),
        ('source = ["甲"]', "source"),
        ('published = "2020年12月5日"', "published"),
        ('published = "2020-13-05"', "published"),
        ('published = "20201205"', "published"),
        ("published = 2020", "published"),
        ("published = 2020-12-05T10:00:00Z", "published"),
        ("x = 1", "x"),
    ],
)
def test_a_wrong_field_of_a_toml_is_named(tmp_path: Path, content: str, field: str) -> None:
    path = write(tmp_path / "a.txt", PROSE)
    write(tmp_path / "a.toml", content)
    error = refusal(path)
    assert f"a.toml 中的 {field} 不对" in error.zh and f"a.toml has a wrong {field}." in error.en


@pytest.mark.parametrize("content", ["= =", "url"])
def test_a_wrong_toml_is_refused_by_name(tmp_path: Path, content: str) -> None:
    path = write(tmp_path / "a.txt", PROSE)
    write(tmp_path / "a.toml", content)
    assert "a.toml" in refusal(path).en


@pytest.mark.parametrize(
    ("stem", "doc_id"),
    [("gmw-2020_12", "gmw-2020_12"), ("two words.v2", "two-words-v2"), ("x" * 64, "x" * 64)],
)
def test_an_ascii_name_is_the_id(stem: str, doc_id: str) -> None:
    assert slug(stem) == doc_id


def test_any_other_name_is_hashed() -> None:
    assert re.fullmatch(r"doc-[0-9a-f]{12}", slug("城市治理"))
    assert re.fullmatch(r"2020-[0-9a-f]{12}", slug("2020治理"))
    assert slug("城市治理") != slug("社区治理")
    assert len(slug("x" * 65)) == 64 and slug("x" * 65) != slug("x" * 66)


@given(st.text(st.characters(exclude_categories=["Cs"]), max_size=300))
def test_an_id_is_always_well_formed(stem: str) -> None:
    assert ID.fullmatch(slug(stem))


def test_a_folder_by_name_with_its_errors_and_without_its_doubles(tmp_path: Path) -> None:
    write(tmp_path / "b.txt", "乙文的第一句话。")
    write(tmp_path / "a.md", "# 春天\n\n甲文的第一句话。")
    write(tmp_path / "c.txt", "春天\n甲文的第一句话。")
    write(tmp_path / "d.txt", b"\x00\x01\x02")
    write(tmp_path / "e.jpg", b"\xff\xd8\xff")
    write(tmp_path / "b.toml", 'tags = ["x"]')
    write(tmp_path / ".hidden.txt", "藏")
    write(tmp_path / "_terms.toml", '[terms]\n"甲文" = "first"')
    write(tmp_path / "_notes.txt", "丙文的第一句话。")
    (tmp_path / "a_files").mkdir()
    documents, errors, _ = load_folders([tmp_path])
    assert [(d.doc_id, d.text) for d in documents] == [
        ("a", "春天\n甲文的第一句话。"),
        ("b", "乙文的第一句话。"),
    ]
    assert ["d.txt" in errors[0].en, "e.jpg" in errors[1].en, len(errors)] == [True, True, 2]
    assert read_corpus(tmp_path)[0] == documents


def test_two_files_of_one_name_have_two_ids(tmp_path: Path) -> None:
    for suffix, text in ((".txt", "甲。"), (".md", "乙。"), (".text", "丙。")):
        write(tmp_path / f"a{suffix}", text)
    documents = load_folders([tmp_path]).documents
    assert [d.text for d in documents] == ["乙。", "丙。", "甲。"]
    assert documents[0].doc_id == "a"
    assert all(re.fullmatch(r"a-[0-9a-f]{12}", d.doc_id) for d in documents[1:])
    assert len({d.doc_id for d in documents}) == 3


def test_a_folder_with_nothing_to_read_says_what_to_do(tmp_path: Path) -> None:
    with pytest.raises(DocumentError, match="没有文档") as caught:
        load_folders([tmp_path])
    assert "Put txt, md, html, pdf, docx, xlsx or csv files into it" in caught.value.en
    write(tmp_path / "a.txt", b"")
    with pytest.raises(DocumentError, match="没有文字"):
        load_folders([tmp_path])
    with pytest.raises(DocumentError, match="无法打开"):
        load_folders([tmp_path / "none"])


def test_the_fingerprint_is_of_title_and_text(tmp_path: Path) -> None:
    one, same, other = (
        load(write(tmp_path / f"{n}.md", f"# 题\n\n{t}。"))
        for n, t in (("a", "甲"), ("b", "甲"), ("c", "乙"))
    )
    assert fingerprint(one) == fingerprint(same) != fingerprint(other)
    assert fingerprint(one) == hashlib.sha256("题\n题\n甲。".encode()).hexdigest()


def test_a_corpus_is_a_folder_a_file_or_a_question_set(tmp_path: Path) -> None:
    path = write(tmp_path / "a.txt", PROSE)
    assert read_corpus(path) == ([load(path)], [], [(CorpusFile(path, digest_of(path)), "a")])
    squad = write(
        tmp_path / "set.json",
        json.dumps({"data": [{"paragraphs": [{"context": "一。", "qas": []}]}]}),
    )
    documents, errors, _ = read_corpus(squad)
    assert [(d.doc_id, d.text) for d in documents] == [("set-00000", "一。")]
    assert errors == []
    with pytest.raises(DocumentError):
        read_corpus(tmp_path / "none")


@pytest.mark.parametrize("suffix", [".txt", ".md"])
@settings(max_examples=150, deadline=None)
@given(
    data=st.one_of(
        st.binary(max_size=400),
        st.text(max_size=200).map(lambda text: text.encode("utf-8", "ignore")),
    )
)
def test_any_bytes_give_a_document_or_a_document_error(suffix: str, data: bytes) -> None:
    with tempfile.TemporaryDirectory() as folder:
        path = write(Path(folder) / f"a{suffix}", data)
        try:
            document = load(path)
        except DocumentError as error:
            assert error.zh and error.en
            return
    assert document.text and document.title
    assert not re.search(
        r"[\x00-\x09\x0b-\x1f\x7f-\x9f\u200b\ufeff\ud800-\udfff]", document.text + document.title
    )
    assert "\n".join(document.text[s.start : s.end] for s in document.sections) == document.text


def test_reading_imports_no_parser() -> None:
    parsers = ("pypdf", "docx", "trafilatura", "lxml", "markdown_it")
    code = f"import sys, corpus.load; sys.exit(len({set(parsers)} & set(sys.modules)))"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


@pytest.mark.slow
def test_a_file_that_changes_while_it_is_parsed_is_refused(tmp_path: Path) -> None:
    path = write(tmp_path / "a.md", "# 治理\n\n城市治理。\n")
    done = Event()

    def change() -> None:
        number = 0
        while not done.wait(0.01):
            number += 1
            path.write_text(f"# 治理\n\n城市治理，第{number}次。\n", "utf-8")

    writer = Thread(target=change)
    writer.start()
    try:
        assert "改动" in refusal(path).zh
    finally:
        done.set()
        writer.join()
    assert load(path).title == "治理"
