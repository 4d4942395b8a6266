"""Reads files and decodes bytes of an unknown encoding, or raises an error that says what to do."""

from __future__ import annotations

import codecs
import os
import re
import stat
import tomllib
import unicodedata
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

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
_ATTEMPTS = 3
"""How often a file is read that changes meanwhile. One that is being written goes on changing."""

_STRAY = 2
"""Control characters that any text may have by accident."""

_SAMPLE = 100_000
"""Characters looked at to judge an encoding: enough to tell, and quick."""

_LEAST_USUAL = 0.8
"""Share of common characters from which bytes are UTF-16 without a mark. In Chinese text it is over
0.95; of random ideographs, as bytes of another encoding give, it is under 0.3."""

_LEAST_FAMILIAR = 0.25
"""Least `_familiarity`: half of the characters are common ones."""

# Marks, and the most frequent characters of simplified and traditional text
_EVERYWHERE = frozenset(
    "，。、：；？！“”「」（）《》"
    "的一是不了在人有我他这個个们中来上大为和国國地到以说說时時要就出会會可也你对對生能而子那得于於着"
    "下自之年过過发發后後作里裡用道行所然家种種事成方多经經么去法学學如都同现現当當没沒动動面起看定天分"
    "还還进進好小部其些主样樣理心她本前开開但因只从從想实實日军者意无無力它与與长長把机十民第公此已工使"
    "情明性知全三又关關点點正业業外将將两兩高间間由问問很最重并物手应應战向头頭文体體政美相见見被利什二"
    "等产產或新己制身果加西斯月话話合回特代内內信表化老给給世位次度门門任常先海通教儿兒原东東声聲提立及"
    "比员員解水名真论論处處走义義各入几幾口认認条條平系气氣题題活尔更别別打女变變四神总總何电電数數安少"
    "报報才结結反受目太量再感建务務做接必场場件计計管期市直德资資命山金指克许許统統区區保至队隊形社便空"
    "决決治展马馬科司五基眼书書非则則听聽白却界达達光放强強即像难難且权權思王象完设設式色路记記南品住告"
    "类類求据據程北边邊死张張该該交规規万萬取拉格望觉覺术術领領共确確传傳师師观觀清今切院让讓识識候带帶"
)
_PLAIN = frozenset(map(chr, range(0x20, 0x7F))) | frozenset("\t\n\r")

_ON_THE_WEB = {
    "cp950": "big5",
    "big5hkscs": "big5",
    "utf-16-le": "utf-16le",
    "utf-16-be": "utf-16be",
}
"""Names of encodings that Python and the web (https://encoding.spec.whatwg.org) call otherwise."""

_USUAL = {ord(c): "\n" for c in "\t\r\f\v\x85"}
# "gb18030", "Big5", "UTF-8", "utf-16le", "windows-1252"
_KNOWN = re.compile(
    r"gb\w+|big5\w*|utf-?(?:8|16|32)(?:-?[lb]e)?|shift_jis|euc-\w\w|windows-12\d\d|iso-8859-\d+",
    re.IGNORECASE,
)
# Encodings of one byte give a text for any bytes: pages in GBK declare them by mistake.
_DECODES_ALL = re.compile("windows-12|iso-8859")
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
        data = _read_settled(path, largest + 1)
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
    if data is None:
        raise changing(path)
    if len(data) > largest:
        megabytes = largest // (1024 * 1024)
        raise DocumentError(
            f"{where} 超过 {megabytes} MB。请拆分后再试。",
            f"{where} is larger than {megabytes} MB. Split it and try again.",
        )
    return data


def changing(path: Path) -> DocumentError:
    """The error for a file that changed while it was read."""
    return DocumentError(
        f"{shown(path)} 在读取时被改动。请等写完以后再试。",
        f"{shown(path)} changed while it was read. Try again when it is written.",
    )


def _read_settled(path: Path, most: int) -> bytes | None:
    """The first `most` bytes of a file, or None where it changes at each of `_ATTEMPTS` readings.

    Raises OSError.
    """
    for _ in range(_ATTEMPTS):
        with path.open("rb") as file:
            before = os.fstat(file.fileno())
            data = file.read(most)
            after = os.fstat(file.fileno())
        is_same = (before.st_mtime_ns, before.st_size) == (after.st_mtime_ns, after.st_size)
        is_whole = len(data) == min(most, after.st_size)
        if not stat.S_ISREG(after.st_mode) or (is_same and is_whole):
            return data
    return None


def decode(data: bytes, where: str) -> str:
    """Decodes `data`: by its byte order mark, as UTF-8, as an HTML page declares, as UTF-16 without
    a mark, or as that of GB18030 and Big5 which gives the more common characters, in this order.

    A character cut in half at the very end is left out. `where` names the file in an error. Raises
    DocumentError where `data` is not text or none of these encodings fits.
    """
    return _reading(data, where).text


def charset(data: bytes, where: str) -> str:
    """The encoding in which `decode` reads `data`, by its name on the web. Raises as `decode`."""
    encoding = _reading(data, where).encoding
    return _ON_THE_WEB.get(encoding, encoding)


class _Reading(NamedTuple):
    text: str
    encoding: str


def _reading(data: bytes, where: str) -> _Reading:
    for signature, kind in _SIGNATURES:
        if data.startswith(signature):
            raise DocumentError(
                f"{where} 的内容是 {kind}，与扩展名不符。请改用正确的扩展名，或另存为 UTF-8 文本。",
                f"{where} holds {kind} data, not text as its suffix says. Rename it, or save it as UTF-8 text.",
            )
    for mark, encoding in _MARKS:
        if data.startswith(mark):
            return _checked(_attempt(data[len(mark) :], encoding), where)
    if b"\0" in data[:_SAMPLE]:
        unmarked = _utf_16(data)
        if unmarked is not None:
            return _checked(unmarked, where)
    reading = _attempt(data, "utf-8")
    declared = _DECLARED.search(data[:4096])
    name = declared[1].decode("ascii").lower() if declared else ""
    if reading is None and name and not _DECODES_ALL.match(name):
        reading = _attempt(data, name)
    if reading is None:
        reading = _utf_16(data)
    if reading is None:
        reading = _gb18030_or_big5(data)
    if reading is None and name:
        reading = _attempt(data, name)
    return _checked(reading, where)


def read_toml(path: Path, largest: int) -> dict[str, Any]:
    """Reads a TOML file of at most `largest` bytes. Raises DocumentError where it cannot."""
    try:
        return tomllib.loads(decode(read_bytes(path, largest), shown(path)))
    except tomllib.TOMLDecodeError as error:
        raise DocumentError(
            f"{shown(path)} 不是有效的 TOML：{error}。请改正后再试。",
            f"{shown(path)} is not valid TOML: {error}. Correct it.",
        ) from error


def _attempt(data: bytes, encoding: str) -> _Reading | None:
    """`data` decoded as `encoding`, or None where that fails or the encoding is none that is
    expected.
    """
    if not _KNOWN.fullmatch(encoding):
        return None
    codec = "gb18030" if encoding.lower().startswith("gb") else encoding
    try:
        return _Reading(codecs.getincrementaldecoder(codec)().decode(data), codec)
    except (UnicodeError, LookupError):
        return None


def _checked(reading: _Reading | None, where: str) -> _Reading:
    """`reading` itself. Raises DocumentError where it is None or has too many control characters."""
    sample = (reading.text if reading else "")[:_SAMPLE].translate(_USUAL)
    strange = sum(c != "\n" and unicodedata.category(c) in ("Cc", "Cn") for c in sample)
    if reading is None or strange > _STRAY + len(sample) / 50:
        raise DocumentError(
            f"{where} 不是文本，或编码无法识别。请另存为 UTF-8 文本后再试。",
            f"{where} is not text, or its encoding is unknown. Save it as UTF-8 text and try again.",
        )
    return reading


def _utf_16(data: bytes) -> _Reading | None:
    """`data` decoded as UTF-16 of either byte order, or None where neither gives ordinary text.

    Chinese text in another encoding gives, read as UTF-16, characters of which few are common.
    """
    for encoding in ("utf-16-le", "utf-16-be"):
        # A character cut in half at the end is left out.
        whole = data[: len(data) & ~1]
        sample = _attempt(whole[: 2 * _SAMPLE], encoding)
        if not sample or not sample.text:
            continue
        usual = sum(char in _PLAIN or _is_common(char) for char in sample.text)
        if usual >= _LEAST_USUAL * len(sample.text):
            return _attempt(whole, encoding)
    return None


def _gb18030_or_big5(data: bytes) -> _Reading | None:
    """`data` decoded as GB18030 or as Big5, or None where neither reads as Chinese.

    Most of what is valid in one is valid in the other, but gives rare characters there.
    """
    readings = []
    for encoding in ("gb18030", "cp950", "big5hkscs"):
        reading = _attempt(data, encoding)
        if reading is not None:
            readings.append((_familiarity(reading.text), reading))
    score, best = max(readings, key=lambda scored: scored[0], default=(0.0, None))
    return best if score >= _LEAST_FAMILIAR else None


def _familiarity(text: str) -> float:
    """How common the characters beyond ASCII are, 0 to 1, those of every text counted double."""
    beyond = [char for char in text[:_SAMPLE] if not char.isascii()]
    common = sum(map(_is_common, beyond))
    everywhere = sum(char in _EVERYWHERE for char in beyond)
    return (common + everywhere) / (2 * len(beyond)) if beyond else 1.0


@cache
def _is_common(char: str) -> bool:
    """Whether `char` is a mark, or among the 3,755 or 5,401 characters that the standards GB 2312
    and Big5 put first, as common.
    """
    for encoding, common in (("gb2312", (0xB0, 0xD7)), ("big5", (0xA4, 0xC6))):
        try:
            lead = char.encode(encoding)[0]
        except UnicodeEncodeError:
            continue
        if 0xA1 <= lead <= 0xA3 or common[0] <= lead <= common[1]:
            return True
    return False
