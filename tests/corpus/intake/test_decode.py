from __future__ import annotations

import io
import os
from pathlib import Path, PosixPath

import pytest

from corpus.errors import DocumentError
from corpus.intake.decode import charset, decode, read_bytes

SIMPLIFIED = "问：灵活就业人员每月要交多少医保费？\r\n答：四百六十五元。\r\n"
TRADITIONAL = "問：彈性就業人員每月要繳多少健保費？\r\n答：四百六十五元。\r\n"
SHORT = "市政府通知"


@pytest.mark.parametrize(
    "encoding", ["utf-8", "utf-8-sig", "gb18030", "utf-16", "utf-16-le", "utf-16-be", "utf-32"]
)
@pytest.mark.parametrize("text", [SIMPLIFIED, TRADITIONAL])
def test_an_encoding_is_known_without_being_named(text: str, encoding: str) -> None:
    assert decode(text.encode(encoding), "x") == text


@pytest.mark.parametrize("encoding", ["big5", "cp950", "big5hkscs"])
def test_traditional_text_in_big5(encoding: str) -> None:
    assert decode(TRADITIONAL.encode(encoding), "x") == TRADITIONAL


@pytest.mark.parametrize(
    ("text", "encoding"),
    [
        (SHORT, "gb18030"),
        ("關於公園開放時間的公告", "big5"),
        ("市政府公告", "big5"),
        ("开放时间", "gb18030"),
        ("開放時間", "big5"),
    ],
)
def test_a_few_characters_are_enough(text: str, encoding: str) -> None:
    assert decode(text.encode(encoding), "x") == text


def test_latin_text_in_utf_16_is_read_although_it_is_valid_utf_8() -> None:
    assert decode("Opening hours\n".encode("utf-16-le"), "x") == "Opening hours\n"


def test_a_few_nul_bytes_are_no_harm() -> None:
    assert decode(SIMPLIFIED.encode() + b"\0", "x") == SIMPLIFIED + "\0"


@pytest.mark.parametrize("data", [bytes(range(256)) * 40, b"\0" * 400, os.urandom(4000)])
def test_what_is_no_text_is_refused(data: bytes) -> None:
    with pytest.raises(DocumentError, match="不是文本"):
        decode(data, "x")


def test_a_file_is_read_whole(tmp_path: Path) -> None:
    path = tmp_path / "a.txt"
    path.write_bytes(b"abc")
    assert read_bytes(path, 3) == b"abc"
    with pytest.raises(DocumentError, match="超过"):
        read_bytes(path, 2)


class _Written(io.FileIO):
    """A file that another program adds to each time it is read."""

    def read(self, size: int | None = -1, /) -> bytes:
        data = super().read(size)
        with Path(str(self.name)).open("ab") as more:
            more.write(b"b")
        return data or b""


class _GrowingPath(PosixPath):
    """A path that opens its file as such a one."""

    def open(self, *arguments: object, **options: object) -> _Written:  # type: ignore[override]
        return _Written(str(self))


def test_a_file_that_goes_on_changing_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "growing.txt"
    path.write_bytes(b"a" * 10)
    with pytest.raises(DocumentError, match="改动"):
        read_bytes(_GrowingPath(path), 1000)
    assert path.read_bytes() == b"a" * 10 + b"bbb"


def test_a_page_in_gbk_that_declares_an_encoding_of_one_byte_is_read() -> None:
    text = "<meta charset=iso-8859-1><p>白鹭湖治理的做法与经验，湖区管理处今年清淤三十万方。</p>"
    assert decode(text.encode("gbk"), "a.html") == text


@pytest.mark.parametrize(
    ("encoding", "name"),
    [
        ("utf-8", "utf-8"),
        ("utf-8-sig", "utf-8"),
        ("gb18030", "gb18030"),
        ("big5", "big5"),
        ("utf-16-le", "utf-16le"),
        ("utf-16-be", "utf-16be"),
    ],
)
def test_the_encoding_of_a_text_has_its_name_on_the_web(encoding: str, name: str) -> None:
    text = TRADITIONAL if encoding == "big5" else SIMPLIFIED
    assert charset(text.encode(encoding), "x") == name
