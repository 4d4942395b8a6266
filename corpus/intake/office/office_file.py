"""Opens the packages of Word and Excel, or says why a file is none and what to do about it."""

from __future__ import annotations

import re
import zipfile
import zlib
from pathlib import Path
from typing import NamedTuple

from corpus.errors import DocumentError
from corpus.intake.decode import shown

OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
"""Begins the files of Office before 2007, and of every version where they have a password."""

_ENCRYPTED = "EncryptedPackage".encode("utf-16-le")
"""The name of the stream in which a file with a password lies."""

UNPACKED = {"docx": 100 * 1024 * 1024, "xlsx": 400 * 1024 * 1024}
"""Most bytes that a file may unpack to, by kind: guards against archives that unpack without end.

A tree of 100 MB of XML takes the memory that a child process has. The sheets of a workbook are
read as a stream, and 200,000 rows of seven cells are 73 MB.
"""

_HEAD = 4096
"""Bytes at the beginning of a file that tell what it is."""

_TAIL = 64
"""Bytes kept of each piece that is searched, lest a word be cut in two."""

_PIECE = 1024 * 1024
"""Bytes searched at a time."""

_CONTENTS = (
    (re.compile(re.escape(OLE[:4])), "旧版 Office 文件", "an old Office file", ""),
    # <?mso-application progid="Word.Document"?>
    (
        re.compile(
            rb".{0,3000}?(?:<\?mso-application|urn:schemas-microsoft-com:office:spreadsheet"
            rb"|schemas\.microsoft\.com/office/word/2003)",
            re.DOTALL,
        ),
        "Office 2003 的 XML",
        "XML of Office 2003",
        "",
    ),
    # <html>, <!DOCTYPE html>, <table>, and what Excel writes as a web page: <meta http-equiv=...>
    (
        re.compile(
            rb"(?:\xef\xbb\xbf)?\s*(?:<!--.{0,500}?-->\s*)?"
            rb"<(?:html|!doctype\s+html|table|meta|head)\b",
            re.IGNORECASE | re.DOTALL,
        ),
        "网页（HTML）",
        "a web page (HTML)",
        "html",
    ),
    # MIME-Version: 1.0
    (
        re.compile(rb"\s*MIME-Version:", re.I),
        "单个文件的网页（MHTML）",
        "a web page (MHTML)",
        "mht",
    ),
    (re.compile(rb"\{\\rtf"), "RTF", "RTF", ""),
    (re.compile(rb"%PDF-"), "PDF", "a PDF", "pdf"),
)
"""How the files begin that are found under another suffix, what they are, and what to rename them to.

Where there is no such suffix, Office has to save them anew.
"""

# <!DOCTYPE in UTF-8, and in either UTF-16
_DOCTYPES = (b"<!DOCTYPE", "<!DOCTYPE".encode("utf-16-le"), "<!DOCTYPE".encode("utf-16-be"))
_STRICT = b"http://purl.oclc.org/ooxml/"
"""Begins the names of strict Open XML, which the libraries do not read."""


class _Found(NamedTuple):
    """What a file really is, in Chinese and English, and what to do with it."""

    zh: str
    en: str
    do_zh: str
    do_en: str


_DAMAGED = _Found(
    "不是有效的 Office 文件，可能已损坏或没有下载完整",
    "is no valid Office file; it may be damaged or only partly downloaded",
    "请重新导出或下载后再试",
    "Export or download it again",
)


def check_office_file(path: Path, kind: str) -> None:
    """Checks that a file is a package of `kind`, "docx" or "xlsx", that can be opened safely.

    Raises DocumentError where it is of another kind, has a password, is damaged, unpacks to too
    much, has entities of its own, or is strict Open XML.
    """
    found = _other_content(path, kind)
    if found:
        raise _refused(path, found)
    try:
        with zipfile.ZipFile(path) as archive:
            found = _wrong_archive(archive, kind)
    except (zipfile.BadZipFile, zlib.error, EOFError, OSError, NotImplementedError) as error:
        raise _refused(path, _DAMAGED) from error
    if found:
        raise _refused(path, found)


def _refused(path: Path, found: _Found) -> DocumentError:
    where = shown(path)
    return DocumentError(
        f"{where} 无法解析：{found.zh}。{found.do_zh}。",
        f"{where} cannot be parsed: it {found.en}. {found.do_en}.",
    )


def _other_content(path: Path, kind: str) -> _Found | None:
    """What a file is that is no ZIP archive; None where it is one."""
    data = path.read_bytes()
    head = data[:_HEAD]
    if head.startswith(b"PK"):
        return None
    if head.startswith(OLE) and _ENCRYPTED in data:
        return _Found(
            "文件有密码保护", "has a password", "请去掉密码后再试", "Remove the password first"
        )
    return real_kind(head, kind) or _DAMAGED


def real_kind(head: bytes, newer: str) -> _Found | None:
    """What the first bytes of a file show it to be, where that is no ZIP archive.

    `newer` is the suffix under which Office should save it.
    """
    for beginning, zh, en, suffix in _CONTENTS:
        if beginning.match(head):
            do_zh = f"用 Office 或 WPS 打开，另存为 {newer}，再收录"
            do_en = f"open it in Office or WPS and save it as {newer}"
            return _Found(
                f"内容是{zh}，与扩展名不符",
                f"holds {en}, not what its suffix says",
                f"请把扩展名改为 {suffix} 后再收录，或{do_zh}" if suffix else f"请{do_zh}",
                f"Rename it to {suffix}, or {do_en}" if suffix else f"O{do_en[1:]}",
            )
    return None


def _wrong_archive(archive: zipfile.ZipFile, kind: str) -> _Found | None:
    """Why an archive is no package of `kind` that can be opened safely; None where it is one."""
    entries = archive.infolist()
    if any(entry.flag_bits & 1 for entry in entries):
        return _Found(
            "压缩包有密码保护",
            "is an archive with a password",
            "请去掉密码后再试",
            "Remove the password first",
        )
    if sum(entry.file_size for entry in entries) > UNPACKED[kind]:
        return _Found(
            "解压后过大",
            "unpacks to too much data",
            "请检查文件，或拆分后再试",
            "Check the file, or split it",
        )
    names = {entry.filename for entry in entries}
    found = _other_package(names, kind)
    if found:
        return found
    if _STRICT in archive.read("_rels/.rels"):
        return _Found(
            "文件是“严格 Open XML”格式",
            "is in the format Strict Open XML",
            f"请在 Office 中另存为普通的 {kind}（不带“严格”二字）",
            f"Save it in Office as an ordinary {kind}, without Strict",
        )
    for name in sorted(names):
        if name.endswith((".xml", ".rels")) and _has_doctype(archive, name):
            return _Found(
                f"其中的 {name} 带有实体声明，Office 不会写出这样的文件",
                f"holds entities of its own in {name}, which Office never writes",
                "请在 Office 或 WPS 中打开，另存一份再试",
                "Open it in Office or WPS and save it anew",
            )
    return None


def _other_package(names: set[str], kind: str) -> _Found | None:
    """What an archive with these entries is, where that is not `kind`."""
    if "[Content_Types].xml" in names and "_rels/.rels" in names:
        folders = {"word/": "docx", "xl/": "xlsx", "ppt/": "pptx"}
        kinds = {folders.get(name[: name.find("/") + 1], "") for name in names} - {""}
        if kinds and kind not in kinds:
            found = min(kinds)
            return _Found(
                f"内容是 {found}，与扩展名不符",
                f"holds a {found}, not what its suffix says",
                f"请把扩展名改为 {found} 后再收录",
                f"Rename it to {found}",
            )
        return None
    if "mimetype" in names and "content.xml" in names:
        return _Found(
            "内容是 OpenDocument 文件，与扩展名不符",
            "holds an OpenDocument file, not what its suffix says",
            f"请用 Office 或 WPS 打开，另存为 {kind}，再收录",
            f"Open it in Office or WPS and save it as {kind}",
        )
    return _Found(
        f"内容是压缩包，不是 {kind} 文件",
        f"is an archive and no {kind}",
        "请解压后收录其中的文件",
        "Unpack it and add the files in it",
    )


def _has_doctype(archive: zipfile.ZipFile, name: str) -> bool:
    """Whether an XML part declares a document type, in which entities are declared."""
    with archive.open(name) as part:
        last = b""
        while piece := part.read(_PIECE):
            if any(mark in last + piece for mark in _DOCTYPES):
                return True
            last = piece[-_TAIL:]
    return False
