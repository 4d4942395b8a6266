"""Pages as browsers save them: MHTML, SingleFile, and the address that each names."""

from __future__ import annotations

import base64
import quopri
from pathlib import Path

import pytest

from corpus.errors import DocumentError
from corpus.intake.web.page import read_html, read_mhtml
from corpus.intake.web.saved_page import frame_name, web_address
from corpus.load import document_of, load

pytestmark = pytest.mark.slow

PARAGRAPH = (
    "城市治理要下绣花功夫,把工作做到群众心坎上,把问题解决在基层一线,这是多年实践得出的结论。"
)
ADDRESS = "https://example.org/2023/a.html?id=1"


def html(body: str = "", head: str = "", charset: str = "utf-8") -> str:
    return (
        f"<html><head><meta charset='{charset}'>{head}<title>绣花功夫</title></head><body>"
        f"<h1>绣花功夫</h1><p>{PARAGRAPH}</p><p>又{PARAGRAPH}</p>{body}</body></html>"
    )


def part(
    content: bytes, location: str, kind: str = "text/html", how: str = "quoted-printable"
) -> bytes:
    coded = (
        quopri.encodestring(content) if how == "quoted-printable" else base64.encodebytes(content)
    )
    head = f"Content-Type: {kind}\r\nContent-Transfer-Encoding: {how}\r\n{location}\r\n\r\n"
    return b"------b\r\n" + head.encode() + coded + b"\r\n"


def mhtml(*parts: bytes, address: str = ADDRESS) -> bytes:
    head = (
        "From: <Saved by Blink>\r\n"
        f"Snapshot-Content-Location: {address}\r\n"
        "Subject: =?utf-8?Q?=E7=BB=A3=E8=8A=B1=E5=8A=9F=E5=A4=AB?=\r\n"
        "Date: Mon, 20 Nov 2023 00:30:00 -0000\r\nMIME-Version: 1.0\r\n"
        'Content-Type: multipart/related;\r\n\ttype="text/html";\r\n\tboundary="----b"\r\n\r\n'
    )
    return head.encode() + b"".join(parts) + b"------b--\r\n"


@pytest.mark.parametrize("how", ["quoted-printable", "base64"])
@pytest.mark.parametrize("suffix", [".mhtml", ".mht"])
def test_a_page_saved_as_one_file_is_read_with_its_address(
    tmp_path: Path, how: str, suffix: str
) -> None:
    path = tmp_path / f"a{suffix}"
    style = part(b"p{color:red}", "Content-Location: cid:css@mhtml.blink", "text/css")
    main = part(html().encode(), f"Content-Location: {ADDRESS}", how=how)
    path.write_bytes(mhtml(main, style))
    document = load(path)
    assert document.text == f"绣花功夫\n{PARAGRAPH}\n又{PARAGRAPH}"
    assert (document.title, document.url) == ("绣花功夫", ADDRESS)


def test_the_part_at_the_address_of_the_file_is_the_page(tmp_path: Path) -> None:
    path = tmp_path / "a.mhtml"
    other = part("<p>广告。</p>".encode(), "Content-Location: https://example.net/ad")
    main = part(html().encode(), f"Content-Location: {ADDRESS}")
    path.write_bytes(mhtml(other, main))
    assert PARAGRAPH in document_of(path, read_mhtml(path)).text


def test_the_page_in_a_frame_stands_in_the_place_of_the_frame(tmp_path: Path) -> None:
    path = tmp_path / "a.mhtml"
    inner = part(
        f"<html><body><p>框里的{PARAGRAPH}</p></body></html>".encode(),
        "Content-ID: <frame-1@mhtml.blink>\r\nContent-Location: https://example.org/frame",
    )
    body = "<iframe src='cid:frame-1@mhtml.blink'></iframe><p>框后的话也在。</p>"
    path.write_bytes(mhtml(part(html(body).encode(), f"Content-Location: {ADDRESS}"), inner))
    text = document_of(path, read_mhtml(path)).text
    assert text.endswith(f"又{PARAGRAPH}\n框里的{PARAGRAPH}\n框后的话也在。")


def test_a_frame_that_the_page_itself_holds(tmp_path: Path) -> None:
    path = tmp_path / "a.html"
    path.write_text(html(f"<iframe srcdoc='<p>框里的{PARAGRAPH}</p>'></iframe>"), encoding="utf-8")
    assert document_of(path, read_html(path)).text.endswith(f"\n框里的{PARAGRAPH}")


def test_a_part_in_the_encoding_that_the_file_names(tmp_path: Path) -> None:
    path = tmp_path / "a.mht"
    content = html(charset="utf-8").encode("gb18030")
    path.write_bytes(
        mhtml(part(content, f"Content-Location: {ADDRESS}", 'text/html; charset="gb2312"'))
    )
    assert PARAGRAPH in document_of(path, read_mhtml(path)).text


@pytest.mark.parametrize("content", [b"", b"abc", mhtml(part(b"x", "", "image/png"))])
def test_a_file_without_a_page_is_refused_with_what_to_do(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "a.mhtml"
    path.write_bytes(content)
    with pytest.raises(DocumentError, match="重新另存为单个文件") as caught:
        read_mhtml(path)
    assert "a.mhtml" in caught.value.en


@pytest.mark.parametrize(
    ("before", "head"),
    [
        (f"<!-- saved from url=(0036){ADDRESS} -->\n", ""),
        (
            f"<!--\n Page saved with SingleFile \n url: {ADDRESS} \n saved date: Mon Nov 20 2023\n-->",
            "",
        ),
        ("", f"<link rel='canonical' href='{ADDRESS}'>"),
        ("", f"<meta property='og:url' content='{ADDRESS}'>"),
        (
            f"<!-- saved from url=(0036){ADDRESS} -->\n",
            "<link rel='canonical' href='https://example.org/other'>",
        ),
    ],
)
def test_the_address_that_a_saved_page_names(tmp_path: Path, before: str, head: str) -> None:
    path = tmp_path / "a.html"
    path.write_text(f"<!DOCTYPE html>{before}{html(head=head)}", encoding="utf-8")
    assert read_html(path).url == ADDRESS


@pytest.mark.parametrize(
    "head",
    [
        "<link rel='canonical' href='file:///home/me/a.html'>",
        "<link rel='canonical' href='/a.html'>",
        "<link rel='canonical' href='https://example.org/'>",
        "<meta property='og:url' content='javascript:alert(1)'>",
    ],
)
def test_addresses_that_are_none_of_the_page(tmp_path: Path, head: str) -> None:
    path = tmp_path / "a.html"
    path.write_text(
        f"<!-- saved from url=(0014)about:internet -->{html(head=head)}", encoding="utf-8"
    )
    assert read_html(path).url == ""


def test_the_address_beside_the_file_wins(tmp_path: Path) -> None:
    path = tmp_path / "a.html"
    path.write_text(html(head=f"<link rel='canonical' href='{ADDRESS}'>"), encoding="utf-8")
    (tmp_path / "a.toml").write_text('url = "https://example.org/own"\n', encoding="utf-8")
    assert load(path).url == "https://example.org/own"


@pytest.mark.parametrize(
    ("text", "address"),
    [
        (" https://example.org/a?b=1&amp;c=2 ", "https://example.org/a?b=1&c=2"),
        ("http://[", ""),
        ("https:///a", ""),
        ("file:///a", ""),
        ("https://example.org/" + "a" * 3000, ""),
    ],
)
def test_addresses_of_the_web(text: str, address: str) -> None:
    assert web_address(text) == address


def test_names_of_frames() -> None:
    assert frame_name("cid:frame-1@mhtml.blink") == "frame-1@mhtml.blink"
    assert frame_name(" https://example.org/f ") == "https://example.org/f"
