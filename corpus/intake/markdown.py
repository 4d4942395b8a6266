"""Reads Markdown: CommonMark with the tables, struck text and footnotes of GitHub.

Markup is taken away, so that the text is as it would be printed. Where the standard was made for
languages with spaces it is read as Chinese authors write it: 「**重点：**内容」 is bold, the lines of a
paragraph that are sentences or items stay lines, and prose indented by four spaces is no code.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from markdown_it import MarkdownIt
from markdown_it.rules_block.table import escapedSplit
from markdown_it.token import Token

from corpus.intake.dates import find_date
from corpus.intake.front_matter import front_matter
from corpus.intake.markdown_html import block_lines, inline_text, without_comments
from corpus.intake.markdown_rules import FOOTNOTE, FOOTNOTE_MARK, parsed_text, parser
from corpus.intake.page import (
    Line,
    Page,
    ends_sentence,
    fold,
    introduces,
    is_wide,
    join,
    opens_paragraph,
    row_text,
    tidy,
    width,
)
from corpus.intake.raw_lines import markdown_lines
from corpus.intake.text_tables import tables

# 作者：温如岚; 2020年5月1日: a line about the article, which is not joined to the next
_LABEL = re.compile(r"[\u4e00-\u9fff]{2,6}:\S|(?:19|20)\d\d\s?[-年/.]")
_LONGEST_LABEL = 60
"""Columns of a line about the article."""

# "##一、安装", "#　总则": a heading whose mark no space follows
_TIGHT_HEADING = re.compile(r"(#{1,6})[\s\u3000]*([^\s#].*)")
_LONGEST_HEADING = 80
"""Columns of a heading without a space behind its mark: a longer line is text."""

# What is left of marks that the author set wrongly: 「** 重点**」
_LEFT = re.compile(r"(?<!\*)\*\*(?!\*)")
# "> > " and "1. " before a row that is quoted or in an item
_BEFORE_ROW = re.compile(r"^\s*(?:>\s*|[-*+]\s+|\d{1,9}[.)]\s+)+(?=\|)|^\s*(?:>\s*)+")
# - [x] done
_TASK = re.compile(r"^\[[ xX]\]\s+")


def read_markdown(text: str) -> Page:
    """Reads Markdown.

    The title is that of the front matter, or the heading with which the text begins.
    """
    text = "\n".join(text.removeprefix("\ufeff").replace("\0", "").splitlines())
    fields, text = front_matter(text)
    text = without_comments(text)
    lines = _Reader(text).lines()
    title = tidy(fields.get("title", ""))
    if not title and lines and lines[0].kind == "heading":
        title = lines[0].text
    day = find_date(fields.get("date", ""))
    return Page(
        tuple(lines),
        title=title,
        author=tidy(fields.get("author", "")),
        date=day.isoformat() if day else "",
        site=tidy(fields.get("source", "")),
        url=fields["url"] if fields.get("url", "").startswith("http") else "",
        raw=tuple(markdown_lines(text)),
    )


class _Piece(NamedTuple):
    """A line inside a paragraph, and whether it ends with a break that its author set."""

    text: str
    is_broken: bool


class _Reader:
    """Turns the tokens of a text into lines."""

    def __init__(self, text: str) -> None:
        self._parser: MarkdownIt = parser()
        self._source = text.split("\n")
        self._env: dict[str, dict[str, Sequence[Token]]] = {FOOTNOTE: {}}
        self._tokens = self._parser.parse(text, self._env)
        self._lines: list[Line] = []
        self._lists: list[str] = []
        self._marker = ""
        self._cited: list[str] = []
        self._told: set[str] = set()

    def lines(self) -> list[Line]:
        """All lines of the text that have anything in them, in order."""
        at = 0
        while at < len(self._tokens):
            at = self._read(at)
        self._notes()
        for label in self._env[FOOTNOTE]:
            self._cited.append(label)
        self._notes()
        return [line for line in self._lines if line.text.strip()]

    def _read(self, at: int) -> int:
        """Reads the block at token `at`; the number of the token behind what was read."""
        token = self._tokens[at]
        if token.type in ("bullet_list_open", "ordered_list_open"):
            self._lists.append(token.type)
        elif token.type in ("bullet_list_close", "ordered_list_close"):
            self._lists.pop()
        elif token.type == "list_item_open":
            # The number of an item that is a list itself goes to the first of its items.
            if self._lists[-1] == "ordered_list_open":
                self._marker = f"{token.info}{token.markup} "
        elif token.type == "list_item_close":
            self._marker = ""
        elif token.type == "heading_open":
            self._heading(token, self._tokens[at + 1])
        elif token.type == "paragraph_open":
            is_first = self._tokens[at - 1].type == "list_item_open"
            self._paragraph(self._tokens[at + 1], is_first)
        elif token.type == "table_open":
            return self._table(at)
        elif token.type in ("fence", "code_block"):
            self._code(token)
        elif token.type == "html_block":
            self._html(token.content)
        # The notes that a block cites stand behind it, so that they are read with it.
        if token.level == 0 and token.nesting <= 0 and not self._lists:
            self._notes()
        return at + 1

    def _add(self, text: str, kind: str = "", level: int = 0) -> None:
        text = tidy(text)
        if text and self._marker:
            text = self._marker + text
            self._marker = ""
        if text:
            self._lines.append(Line(text, kind, level=level))

    def _heading(self, token: Token, inline: Token) -> None:
        """A heading; one that is underlined is none where it is a paragraph above a rule."""
        pieces = self._pieces(inline)
        is_underlined = token.markup in ("-", "=")
        if is_underlined and (len(pieces) > 1 or ends_sentence(pieces[0].text)):
            self._text(pieces)
            return
        self._add(" ".join(piece.text for piece in pieces), "heading", int(token.tag[1:]))

    def _paragraph(self, inline: Token, is_first: bool) -> None:
        """A paragraph; the `is_first` of an item may begin with the box of a task."""
        pieces = self._pieces(inline)
        if is_first and pieces:
            text = _TASK.sub("", pieces[0].text)
            pieces = [_Piece(text, pieces[0].is_broken), *pieces[1:]]
        if self._lists:
            self._item(pieces)
        else:
            self._text(pieces)

    def _item(self, pieces: Sequence[_Piece]) -> None:
        """A paragraph of an item: the first has its number, printed as written."""
        for text in _joined(pieces):
            self._add(text, "item", len(self._lists))

    def _text(self, pieces: Sequence[_Piece]) -> None:
        """A paragraph: its lines made whole; rows where it draws a table; headings set tightly."""
        rows = tables([piece.text for piece in pieces])
        run: list[_Piece] = []
        for i, piece in enumerate(pieces):
            heading = _tight_heading(piece.text)
            if i not in rows and not heading:
                run.append(piece)
                continue
            self._whole(run)
            run = []
            row = rows.get(i)
            if row:
                self._add(row.text, row.kind)
            elif heading:
                self._add(heading[2], "heading", len(heading[1]))
        self._whole(run)

    def _whole(self, pieces: Sequence[_Piece]) -> None:
        for text in _joined(pieces):
            self._add(text)

    def _code(self, token: Token) -> None:
        """Code, with its line ends; what is indented and reads as prose is a paragraph."""
        if token.type == "code_block" and _is_prose(token.content):
            for line in token.content.splitlines():
                self._add(line)
            return
        kept = [_code_line(line) for line in token.content.split("\n")]
        text = "\n".join(kept).strip("\n").rstrip()
        if text.strip():
            self._lines.append(Line(text, "code"))

    def _table(self, at: int) -> int:
        """The rows of a table from token `at` on; the number of the token behind it."""
        cells: list[str] = []
        line, kind = "", "header"
        while self._tokens[at].type != "table_close":
            token = self._tokens[at]
            if token.type == "tr_open":
                cells = []
                line = self._source[token.map[0]] if token.map else ""
            elif token.type == "tbody_open":
                kind = "row"
            elif token.type == "inline":
                cells.append(self._cell(token))
            elif token.type == "tr_close":
                self._row(line, cells, kind)
            at += 1
        self._notes()
        return at + 1

    def _row(self, line: str, cells: list[str], kind: str) -> None:
        """A row of a table, with the cells that it has more than the first row.

        A line without a bar is text that stands below the table.
        """
        if "|" not in line:
            self._add(" ".join(cells))
            return
        written = escapedSplit(
            _BEFORE_ROW.sub("", line).strip().removeprefix("|").removesuffix("|")
        )
        for cell in written[len(cells) :]:
            cells.append(self._cell(parsed_text(self._parser, self._env, cell.strip())))
        self._marker = ""
        text = row_text(cells)
        if text:
            self._lines.append(Line(text, kind))

    def _cell(self, inline: Token) -> str:
        return " ".join(piece.text for piece in self._pieces(inline))

    def _html(self, content: str) -> None:
        self._lines += block_lines(content)

    def _notes(self) -> None:
        """The footnotes that were cited and not yet told."""
        cited, self._cited = self._cited, []
        for label in cited:
            if label not in self._told:
                self._told.add(label)
                for inline in self._env[FOOTNOTE].get(label, ()):
                    self._whole(self._pieces(inline))

    def _pieces(self, inline: Token) -> list[_Piece]:
        """The lines of a paragraph as printed, without its marks."""
        pieces: list[_Piece] = []
        current: list[str] = []
        for token in inline.children or ():
            if token.type in ("softbreak", "hardbreak"):
                pieces.append(_Piece("".join(current), token.type == "hardbreak"))
                current = []
            elif token.type == FOOTNOTE_MARK:
                self._cited.append(token.content)
            elif token.type == "text":
                current.append(_without_left_marks(token.content))
            elif token.type == "html_inline":
                current.append(inline_text(token.content))
            elif token.type != "image":
                current.append(token.content)
        return [*pieces, _Piece("".join(current), False)]


def _without_left_marks(text: str) -> str:
    """Text without marks of bold that fitted no rule, where they stand beside Chinese."""
    kept = []
    end = 0
    for match in _LEFT.finditer(text):
        beside = text[: match.start()].rstrip()[-1:] + text[match.end() :].lstrip()[:1]
        is_mark = any(map(is_wide, beside))
        kept.append(text[end : match.start()] + ("" if is_mark else match[0]))
        end = match.end()
    return "".join(kept) + text[end:]


def _tight_heading(text: str) -> re.Match[str] | None:
    """The mark and the text of a heading whose mark no space follows, or None.

    Not "#1 号楼", not "#话题#", and no sentence.
    """
    found = _TIGHT_HEADING.fullmatch(text.strip())
    if not found or "#" in found[2] or width(found[2]) > _LONGEST_HEADING:
        return None
    is_text = ends_sentence(found[2]) or introduces(found[2])
    is_number = re.match(r"\d+\s", found[2]) is not None
    return found if any(map(is_wide, found[2])) and not (is_text or is_number) else None


def _joined(pieces: Sequence[_Piece]) -> Iterator[str]:
    """The paragraphs of the lines between two blank ones.

    A line goes on in the next, unless its author broke it, it ends as a sentence or with a colon,
    it is one about the article, or the next opens a paragraph.
    """
    current: list[str] = []
    is_open = False
    for piece in pieces:
        text = tidy(piece.text)
        opens = opens_paragraph(piece.text) or _is_label(text)
        if current and (opens or not is_open):
            yield join(*current)
            current = []
        current += [text] if text else []
        ends = ends_sentence(text) or introduces(text) or _is_label(text)
        is_open = bool(current) and not piece.is_broken and not ends
    if current:
        yield join(*current)


def _is_label(text: str) -> bool:
    """Whether a line is one about the article: 作者：温如岚."""
    return width(text) <= _LONGEST_LABEL and bool(_LABEL.match(fold(text[:20])))


def _is_prose(code: str) -> bool:
    """Whether indented lines are Chinese sentences, and no code."""
    bare = "".join(code.split())
    lines = [line for line in code.splitlines() if line.strip()]
    return 2 * sum(map(is_wide, bare)) > len(bare) and any(map(ends_sentence, lines))


def _code_line(line: str) -> str:
    """A line of code in normal form, with its indentation."""
    indent = len(line) - len(line.lstrip(" \t"))
    return line[:indent].expandtabs(4) + tidy(line)
