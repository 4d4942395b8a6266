"""Reads PDF files into pages."""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

import pypdf

from corpus.errors import DocumentError
from corpus.intake.page import Line, Page, tidy
from corpus.intake.pdf.content import draw
from corpus.intake.pdf.drawing import Drawing, Rule, main_turn, turned_rules
from corpus.intake.pdf.fonts import OBSTINATE, Fonts
from corpus.intake.pdf.paragraphs import body_size, lines_of, title_of
from corpus.intake.pdf.raw_pages import Dropped, raw_pages
from corpus.intake.pdf.reading_order import reading_order
from corpus.intake.pdf.running import line_text, running_lines
from corpus.intake.pdf.segments import Baseline, Placed, baselines
from corpus.intake.raw_text import pdf_pages
from corpus.losses import compared

MOST_PAGES = 2000
"""Pages of a file. One of dense Chinese text takes some 0.04 s, and the process has 30 s; a file of
more pages fails there, after a long wait.
"""

_GARBAGE = 0.5
"""Share of the characters of a page that are none (private use, control, replaced) from which the
page is not readable.
"""

_SHOWN = 3
"""Names of attached files that a note gives."""

_TABLE_WALLS = 3
"""Vertical rules that a line crosses inside a table: two columns have three."""

# "Microsoft Word - 报告.doc", "untitled", "文档1", "C:\\报告", "report.indd"
_NO_TITLE = re.compile(
    r"(?:microsoft \w+ - |untitled|无标题|未命名|文档\s?\d*$|document\s?\d*$|幻灯片|powerpoint|[a-z]:\\|/"
    r"|https?:).*|.*\.(?:docx?|wps|pdf|xlsx?|pptx?|indd|tex|dvi|html?|mht|rtf|txt|cdr|ai)$",
    re.IGNORECASE,
)
# Programs in which people write documents, and those that print pages of the web
_WRITER = re.compile(
    r"word|office|writer|wps|tex|indesign|quarkxpress|pages|acrobat|powerpoint|excel|typst|方正|founder",
    re.IGNORECASE,
)
_BROWSER = re.compile(
    r"skia|chrom|mozilla|firefox|webkit|safari|edg|wkhtml|weasy|prince", re.IGNORECASE
)
# "https://example.org/a 1/3" at the foot of a printed page
_ADDRESS = re.compile(r"https?://[^\s]+")


class _Sheet(NamedTuple):
    """A page: its lines from top to bottom and its ruled lines. `aside` is text in another direction.

    `state` is "" where it is read, else "empty", "unreadable" or "broken". `unread` is how many
    characters of it the file does not name.
    """

    lines: list[Baseline]
    rules: list[Rule]
    aside: list[Baseline]
    state: str = ""
    unread: int = 0


def read_pdf(path: Path) -> Page:
    """Reads the text of a PDF in reading order, without running heads and page numbers, its lines
    joined into paragraphs, its tables as rows.

    Raises DocumentError where the file needs a password, has more than `MOST_PAGES` pages, or does
    not say which characters its text is made of.
    """
    with path.open("rb") as file:
        reader = pypdf.PdfReader(file)
        _open(reader, path)
        sheets = _sheets(reader)
        metadata = _metadata(reader)
        attached = _attached(reader)
    states = [sheet.state for sheet in sheets]
    _check_readable(states, path)
    body = body_size(
        (part.text, part.size) for sheet in sheets for line in sheet.lines for part in line
    )
    running = running_lines(
        [sheet.lines for sheet in sheets], [_in_tables(sheet) for sheet in sheets], body
    )
    marks = _watermarks(sheets)
    placed = list(_placed(sheets, running, marks))
    lines = lines_of(placed, body)
    dropped = []
    for sheet, own in zip(sheets, running, strict=True):
        texts = tuple(line_text(sheet.lines[i]) for i in own)
        dropped.append(Dropped(texts, tuple(marks)))
    return Page(
        tuple(lines),
        title=title_of(placed, lines, body) or _named(metadata, lines),
        url=_address({text for page in dropped for text in page.running}),
        notes=(*_notes(states), *_of_unread(sheets), *_of_attached(attached)),
        raw=tuple(raw_pages(_seen(path, sheets), lines, dropped)),
        is_web_page=not _WRITER.search(metadata.programs)
        or bool(_BROWSER.search(metadata.programs)),
    )


def _check_readable(states: Sequence[str], path: Path) -> None:
    """Raises DocumentError where no page says which characters its text is made of."""
    if "unreadable" in states and set(states) <= {"unreadable", "empty"}:
        raise DocumentError(
            f"{path} 的文字没有写明对应的字符，读出来是乱码。请从原文件重新导出，或先做文字识别。",
            f"{path} does not say which characters its text is made of. Export it again from the "
            "original, or run text recognition first.",
        )


def _open(reader: pypdf.PdfReader, path: Path) -> None:
    """Decrypts the file, for which no password is needed where only its owner has set one.

    Raises DocumentError.
    """
    if reader.is_encrypted and not reader.decrypt(""):
        raise DocumentError(
            f"{path} 有密码保护，无法读取。请去除密码后再试。",
            f"{path} is protected by a password. Remove the password and try again.",
        )
    pages = len(reader.pages)
    if pages > MOST_PAGES:
        raise DocumentError(
            f"{path} 有 {pages} 页，超过了 {MOST_PAGES} 页的上限。请拆分成几个文件后再试。",
            f"{path} has {pages} pages, more than the {MOST_PAGES} that can be read. "
            "Split it into several files.",
        )


def _sheets(reader: pypdf.PdfReader) -> list[_Sheet]:
    """The pages of the file. Raises what pypdf raises where none of them can be parsed."""
    fonts = Fonts()
    sheets: list[_Sheet] = []
    failure: Exception | None = None
    for number in range(len(reader.pages)):
        try:
            sheets.append(_sheet(draw(reader.pages[number], fonts)))
        except OBSTINATE as error:
            failure = error
            sheets.append(_Sheet([], [], [], "broken"))
    if failure and all(sheet.state == "broken" for sheet in sheets):
        raise failure
    return sheets


def _sheet(drawing: Drawing) -> _Sheet:
    fragments = drawing.fragments
    letters = [letter for part in fragments for letter in part.text if not letter.isspace()]
    strange = sum(unicodedata.category(letter) in ("Co", "Cc", "Cn") for letter in letters)
    strange += letters.count("\ufffd")
    if drawing.unreadable > len(letters) or strange > _GARBAGE * len(letters):
        return _Sheet([], [], [], "unreadable")
    if not letters:
        return _Sheet([], [], [], "empty")
    turn = main_turn(fragments)
    rules = turned_rules(drawing.rules, turn)
    upright = [part for part in fragments if part.turn == turn]
    aside: list[Baseline] = []
    for other in sorted({part.turn for part in fragments} - {turn}):
        aside += baselines(part for part in fragments if part.turn == other)
    return _Sheet(baselines(upright, rules), rules, aside, unread=drawing.unreadable)


def _in_tables(sheet: _Sheet) -> frozenset[int]:
    """The lines of a page that vertical rules cross as they cross a row of a table."""
    walls = [rule for rule in sheet.rules if rule.left == rule.right]
    found = set()
    for number, line in enumerate(sheet.lines):
        middle = line[0].base + 0.3 * line[0].size
        crossed = {round(wall.left) for wall in walls if wall.bottom <= middle <= wall.top}
        if len(crossed) >= _TABLE_WALLS:
            found.add(number)
    return frozenset(found)


def _watermarks(sheets: Sequence[_Sheet]) -> frozenset[str]:
    """The text in another direction that stands on most pages."""
    count = Counter(line_text(line) for sheet in sheets for line in sheet.aside)
    return frozenset(text for text, times in count.items() if times >= max(3, len(sheets) / 2))


def _placed(
    sheets: Sequence[_Sheet], running: Sequence[frozenset[int]], marks: frozenset[str]
) -> Iterator[Placed]:
    """The lines of all pages in reading order, without the running ones and the watermarks."""
    for number, (sheet, own) in enumerate(zip(sheets, running, strict=True), 1):
        kept = [line for i, line in enumerate(sheet.lines) if i not in own]
        aside = [line for line in sheet.aside if line_text(line) not in marks]
        for line in (*reading_order(kept, sheet.rules), *reading_order(aside, ())):
            yield Placed(line, number)


def _seen(path: Path, sheets: Sequence[_Sheet]) -> list[str]:
    """The text of each page as pdfium sees it; empty for those of which something else is told."""
    pages = pdf_pages(path)
    if len(pages) != len(sheets):
        return []
    return [
        "" if sheet.state in ("unreadable", "broken") else page
        for sheet, page in zip(sheets, pages, strict=True)
    ]


def _attached(reader: pypdf.PdfReader) -> list[str]:
    """The names of the files inside the file."""
    try:
        return list(reader.attachments)
    except OBSTINATE:
        return []


def _of_unread(sheets: Sequence[_Sheet]) -> Iterator[tuple[str, str]]:
    count = sum(sheet.unread for sheet in sheets)
    pages = [number for number, sheet in enumerate(sheets, 1) if sheet.unread]
    if count:
        yield (
            f"第 {_ranges(pages, '至', '、')} 页有 {count} 个字符没有写明是什么字，没有读入。请对照原件检查。",
            f"{count} characters on page {_ranges(pages, 'to', ', ')} do not say what they are and "
            "were not read. Compare the original.",
        )


def _of_attached(names: Sequence[str]) -> Iterator[tuple[str, str]]:
    if names:
        shown = "、".join(tidy(name) for name in names[:_SHOWN])
        yield (
            f"里面附有 {len(names)} 个文件（{shown}），没有读入；请另存后单独添加。",
            f"{len(names)} files are attached inside ({shown}) and were not read. "
            "Save them and add them by themselves.",
        )


class _Metadata(NamedTuple):
    """The title of a file and the programs that made it, as it names them itself."""

    title: str
    programs: str


def _metadata(reader: pypdf.PdfReader) -> _Metadata:
    try:
        found = reader.metadata
        if found is None:
            return _Metadata("", "")
        return _Metadata(
            tidy(str(found.title or "")), f"{found.creator or ''} {found.producer or ''}"
        )
    except OBSTINATE:
        return _Metadata("", "")


def _named(metadata: _Metadata, lines: Sequence[Line]) -> str:
    """The title in the metadata, where it is one: a file made from another often has the other's."""
    title = metadata.title
    if _NO_TITLE.fullmatch(title) or "\ufffd" in title:
        return ""
    beginning = compared("".join(line.text for line in lines[:20]))
    is_printed = bool(compared(title)) and compared(title) in beginning
    return title if is_printed or _BROWSER.search(metadata.programs) else ""


def _address(dropped: Iterable[str]) -> str:
    """The address that a browser printed at the edge of the pages, or empty."""
    found = {match[0] for text in dropped for match in _ADDRESS.finditer(text)}
    return found.pop() if len(found) == 1 else ""


def _notes(states: Sequence[str]) -> Iterator[tuple[str, str]]:
    """What is said of pages that gave no text."""
    total = len(states)
    for state, zh, en in (
        (
            "empty",
            "没有文字（共 {} 页），可能是扫描页；请先做文字识别。",
            "no text, and may be scanned. Run text recognition first.",
        ),
        (
            "unreadable",
            "的文字没有写明对应的字符（共 {} 页），没有读入；请从原文件重新导出，或先做文字识别。",
            "text without saying its characters, which was not read. Export the file again, or run "
            "text recognition first.",
        ),
        (
            "broken",
            "已损坏（共 {} 页），没有读入；请重新导出。",
            "damaged content, which was not read. Export the file again.",
        ),
    ):
        pages = [number for number, own in enumerate(states, 1) if own == state]
        if pages and len(pages) < total:
            page, holds = ("Page", "holds") if len(pages) == 1 else ("Pages", "hold")
            yield (
                f"第 {_ranges(pages, '至', '、')} 页{zh.format(total)}",
                f"{page} {_ranges(pages, 'to', ', ')} of {total} {holds} {en}",
            )


def _ranges(pages: Sequence[int], to: str, comma: str) -> str:
    """Numbers of pages with neighbours as one: 2 至 4、7."""
    ranges: list[list[int]] = []
    for page in pages:
        if ranges and page == ranges[-1][1] + 1:
            ranges[-1][1] = page
        else:
            ranges.append([page, page])
    return comma.join(f"{a} {to} {b}" if a != b else str(a) for a, b in ranges)
