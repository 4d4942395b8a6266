"""Reads files and decodes bytes of an unknown encoding, or raises an error that says what to do."""

from __future__ import annotations

import codecs
import re
import tomllib
import unicodedata
from pathlib import Path
from typing import Any

from corpus.errors import DocumentError

_MARKS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
_SIGNATURES = (
    (b"%PDF-", "PDF"),
    (b"PK\x03\x04", "ZIP/DOCX"),
    (b"\xd0\xcf\x11\xe0", "DOC"),
    (b"\x89PNG", "PNG"),
    (b"\xff\xd8\xff", "JPEG"),
    (b"GIF8", "GIF"),
    (b"\x7fELF", "ELF"),
    (b"\x1f\x8b", "gzip"),
    (b"SQLite format 3", "SQLite"),
)
_STRAY = 2
"""Control characters that any text may have by accident."""

_SAMPLE = 100_000
"""Characters looked at to judge an encoding: enough to tell, and quick."""

_USUAL = {ord(c): "\n" for c in "\t\r\f\v\x85"}
# "gb18030", "Big5", "UTF-8", "utf-16le", "windows-1252"
_KNOWN = re.compile(
    r"gb\w+|big5\w*|utf-?(?:8|16|32)(?:-?[lb]e)?|shift_jis|euc-\w\w|windows-12\d\d|iso-8859-\d+",
    re.IGNORECASE,
)
# <meta charset="gb2312">, <?xml version="1.0" encoding="utf-8"
_DECLARED = re.compile(
    rb"<(?:meta|\?xml)[^>]{0,200}?(?:charset|encoding)\s*=\s*[\"']?\s*([\w-]{2,20})", re.IGNORECASE
)


def shown(path: Path) -> str:
    """The path as a message can show it, whatever bytes it is made of."""
    return str(path).encode("utf-8", "replace").decode()


def read_bytes(path: Path, largest: int) -> bytes:
    """Reads a file of at most `largest` bytes. Raises DocumentError where it cannot."""
    where = shown(path)
    try:
        with path.open("rb") as file:
            data = file.read(largest + 1)
    except IsADirectoryError as error:
        raise DocumentError(
            f"{where} 是文件夹，不是文件。请给出其中的文件。",
            f"{where} is a folder. Name a file in it.",
        ) from error
    except FileNotFoundError as error:
        raise DocumentError(
            f"找不到 {where}。请检查路径。", f"{where} does not exist. Check the path."
        ) from error
    except (OSError, ValueError) as error:
        raise DocumentError(
            f"无法读取 {where}：{error}。请检查路径和权限。",
            f"Cannot read {where}: {error}. Check the path and permissions.",
        ) from error
    if len(data) > largest:
        megabytes = largest // (1024 * 1024)
        raise DocumentError(
            f"{where} 超过 {megabytes} MB。请拆分后再试。",
            f"{where} is larger than {megabytes} MB. Split it and try again.",
        )
    return data


def decode(data: bytes, where: str) -> str:
    """Decodes `data`: by its byte order mark, as UTF-8, as an HTML page declares, or as GB18030, in
    this order.

    A character cut in half at the very end is left out. `where` names the file in an error. Raises
    DocumentError where `data` is not text or none of these encodings fits.
    """
    for signature, kind in _SIGNATURES:
        if data.startswith(signature):
            raise DocumentError(
                f"{where} 的内容是 {kind}，与扩展名不符。请改用正确的扩展名，或另存为 UTF-8 文本。",
                f"{where} holds {kind} data, not text as its suffix says. Rename it, or save it as UTF-8 text.",
            )
    for mark, encoding in _MARKS:
        if data.startswith(mark):
            return _checked(_attempt(data[len(mark) :], encoding), where)
    text = _attempt(data, "utf-8")
    declared = _DECLARED.search(data[:4096])
    if text is None and declared:
        text = _attempt(data, declared[1].decode("ascii"))
    if text is None:
        text = _attempt(data, "gb18030")
        text = text if text is not None and _reads_as_chinese(text) else None
    return _checked(text, where)


def read_toml(path: Path, largest: int) -> dict[str, Any]:
    """Reads a TOML file of at most `largest` bytes. Raises DocumentError where it cannot."""
    try:
        return tomllib.loads(decode(read_bytes(path, largest), shown(path)))
    except tomllib.TOMLDecodeError as error:
        raise DocumentError(
            f"{shown(path)} 不是有效的 TOML：{error}。请改正后再试。",
            f"{shown(path)} is not valid TOML: {error}. Correct it.",
        ) from error


def _attempt(data: bytes, encoding: str) -> str | None:
    """`data` decoded as `encoding`, or None where that fails or the encoding is none that is
    expected.
    """
    if not _KNOWN.fullmatch(encoding):
        return None
    try:
        return codecs.getincrementaldecoder(
            "gb18030" if encoding.lower().startswith("gb") else encoding
        )().decode(data)
    except (UnicodeError, LookupError):
        return None


def _checked(text: str | None, where: str) -> str:
    """`text` itself. Raises DocumentError where it is None or has too many control characters."""
    sample = (text or "")[:_SAMPLE].translate(_USUAL)
    strange = sum(c != "\n" and unicodedata.category(c) in ("Cc", "Cn") for c in sample)
    if text is None or strange > _STRAY + len(sample) / 50:
        raise DocumentError(
            f"{where} 不是文本，或编码无法识别。请另存为 UTF-8 文本后再试。",
            f"{where} is not text, or its encoding is unknown. Save it as UTF-8 text and try again.",
        )
    return text


def _reads_as_chinese(text: str) -> bool:
    """Whether most characters beyond ASCII are common.

    A wrong guess of the encoding gives rare ones.
    """
    beyond = [c for c in text if not c.isascii()][:_SAMPLE]
    return 2 * sum(map(_is_common, beyond)) >= len(beyond)


def _is_common(char: str) -> bool:
    """Whether `char` is a mark or a Chinese character of GB 2312."""
    try:
        lead = char.encode("gb2312")[0]
    except UnicodeEncodeError:
        return False
    return 0xA1 <= lead <= 0xA3 or 0xB0 <= lead <= 0xD7
