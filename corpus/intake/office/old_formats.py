"""Says of files of formats that are not read, pictures among them, how to save them anew."""

from __future__ import annotations

from pathlib import Path

from corpus.errors import DocumentError
from corpus.intake.decode import shown
from corpus.intake.office.office_file import OLE, real_kind

_KINDS = (
    (
        (".doc", ".dot", ".wps", ".wpt", ".rtf", ".odt", ".pages"),
        "docx",
        "Word 或 WPS",
        "Word or WPS",
    ),
    (
        (".xls", ".xlt", ".xlsb", ".et", ".ett", ".ods", ".numbers"),
        "xlsx",
        "Excel 或 WPS",
        "Excel or WPS",
    ),
    (
        (".ppt", ".pps", ".pptx", ".pptm", ".ppsx", ".dps", ".dpt", ".odp", ".key"),
        "pdf",
        "PowerPoint 或 WPS",
        "PowerPoint or WPS",
    ),
    ((".ofd", ".caj", ".xps"), "pdf", "它的阅读器", "its reader"),
)
"""Suffixes, the format in which to save such a file anew, and the program that can."""

_PICTURES = (".jpg", ".jpeg", ".png", ".gif", ".bmp", ".tif", ".tiff", ".webp", ".heic")

_RENAMED = {
    ".doc": "docx",
    ".xls": "xlsx",
    ".dot": "docx",
    ".xlt": "xlsx",
    ".et": "xlsx",
    ".wps": "docx",
}
"""What a file with this suffix is if it is a package: it was only named as an old one."""


def refusal(path: Path, head: bytes) -> DocumentError | None:
    """Why a file of a format that is not read is refused; None for a file of any other suffix.

    `head` is the beginning of the file, some 4,000 bytes.
    """
    suffix = path.suffix.lower()
    if suffix in _PICTURES:
        return DocumentError(
            f"{shown(path)} 是图片，不能直接读入。请先做文字识别，把文字存为 txt 或 docx 后再收录。",
            f"{shown(path)} is a picture, which cannot be read. Run it through text recognition, "
            "save the text as txt or docx, and add that.",
        )
    kind = next((kind for kind in _KINDS if suffix in kind[0]), None)
    if kind is None:
        return None
    _, newer, program_zh, program_en = kind
    where = shown(path)
    if head.startswith(b"PK") and suffix in _RENAMED:
        real = _RENAMED[suffix]
        return DocumentError(
            f"{where} 的内容是新版 Office 文件，与扩展名不符。请把扩展名改为 {real} 后再收录。",
            f"{where} holds a newer Office file, not what its suffix says. Rename it to {real}.",
        )
    is_real = head.startswith(OLE[:4]) or suffix == ".rtf"
    found = None if is_real else real_kind(head, newer)
    if found:
        return DocumentError(
            f"{where} {found.zh}。{found.do_zh}。", f"{where} {found.en}. {found.do_en}."
        )
    return DocumentError(
        f"{where} 是 {suffix[1:]} 格式，不能直接读入。"
        f"请用{program_zh}打开，另存为 {newer}，再收录。",
        f"{where} is a {suffix[1:]} file, which cannot be read. Open it in {program_en}, save it "
        f"as {newer}, and add that.",
    )
