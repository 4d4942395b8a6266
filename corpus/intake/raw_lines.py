"""Counts what text and Markdown files hold, by other code than what reads them, so that a loss can
be told.

Each function gives the lines of a file that `corpus.losses` looks for in the document.
"""

from __future__ import annotations

import html
import re
from collections.abc import Iterator, Sequence

_BARS = str.maketrans("│┃║┆┊｜￨", "|||||||")

_PROSE = 20
"""Characters from which a line with a colon or an English full stop at its end is surely text: a
shorter one of a page that was copied may be a label of its menus."""

_BETWEEN = 2
"""Lines between two of an article that are no list of links: such a list has more titles."""

# 第三条, 一、, (三), 2. 提交材料, ①: none of 3.5 and 1.html
_LISTED = re.compile(
    r"第|[一二三四五六七八九十]{1,3}、|[（(][一二三四五六七八九十\d]{1,3}[）)]|\d{1,2}[.．、]\s*[^\W\da-z]|[①-⑳]"
)
# 地址：人民路1号, 联 系 人：张三, but not 2020年增长：3
_ENTRY = re.compile(r"[^\W\d_]{1,4}(?:\s?[^\W\d_]){1,4}\s?[：:]\s?\S")

# ```python
_FENCE = re.compile(r"\s*(?:>\s*)*(`{3,}|~{3,})")
# "- [x] done", "+ done", "> quoted"
_LEADING = re.compile(r"^(?:\s*(?:>|[-*+](?=\s)(?:\s+\[[ xX]\](?=\s))?))+")
# [1]: https://example.org, but not [^1]: a footnote
_DEFINITION = re.compile(r"\s{0,3}\[(?!\^)[^\]]+\]:\s*<?(?:\S*[/.#]\S*)(?:\s+[\"'(].*)?$")
# What stands for something else inside a line, and what stays of it
_INLINE = (
    # ![图](a.png), ![图][1]
    (re.compile(r"!\[[^\[\]]*\](?:\([^()]*(?:\([^()]*\)[^()]*)*\)|\[[^\[\]]*\])"), ""),
    # [城市](https://example.org), [城市][1]
    (re.compile(r"\[([^\[\]]+)\](?:\([^()]*(?:\([^()]*\)[^()]*)*\)|\[[^\[\]]*\])"), r"\1"),
    # [^1] and [^1]:
    (re.compile(r"\[\^[^\]\s]+\]:?"), ""),
    # <https://example.org>
    (re.compile(r"<((?:https?|mailto):[^>\s]+)>"), r"\1"),
    # <b>, </td>, <br/>
    (re.compile(r"</?[A-Za-z][A-Za-z0-9]*(?:\s[^<>]*)?/?>"), " "),
)


def text_lines(text: str) -> list[str]:
    """The lines of a text file that hold a letter or a digit, without white space at their ends.

    The ruled lines of a table that is drawn hold none.
    """
    lines = map(str.strip, text.translate(_BARS).splitlines())
    return [line for line in lines if any(map(str.isalnum, line))]


def telling_lines(lines: Sequence[str]) -> list[str]:
    """Those of the lines of a page that was copied from a portal that are surely its article's.

    They are sentences, rows, articles of a law, items of a list, entries such as 地址:人民路1号
    beside another, and a line or two between such lines. A title in a list of links has none of
    these forms, and a heading cannot be told from it: where a page leaves these out, it is no loss.
    """
    entries = [bool(_ENTRY.match(line)) for line in lines]
    telling: list[int] = []
    for i, line in enumerate(lines):
        is_entry = entries[i] and any(entries[max(0, i - 1) : i] + entries[i + 1 : i + 2])
        if _is_text(line) or is_entry:
            between = range(telling[-1] + 1, i) if telling else range(0)
            telling += between if len(between) <= _BETWEEN else ()
            telling.append(i)
    return [lines[i] for i in telling]


def _is_text(line: str) -> bool:
    is_sentence = line[-1] in "。；;" or (len(line) >= _PROSE and line[-1] in "：.:")
    is_row = "\t" in line or (line[0] == "|" and line.count("|") > 2)
    return is_sentence or is_row or bool(_LISTED.match(line))


def markdown_lines(text: str) -> list[str]:
    """The lines of a Markdown text, which has no front matter and comments any more, without
    addresses and marks.
    """
    return list(_plain_lines(text))


def _plain_lines(text: str) -> Iterator[str]:
    fence = ""
    for line in text.splitlines():
        found = _FENCE.match(line)
        if found and (not fence or found[1].startswith(fence)):
            fence = "" if fence else found[1]
            continue
        plain = line if fence else _plain(line)
        if plain.strip():
            yield plain


def _unmarked(text: str) -> str:
    for pattern, kept in _INLINE:
        text = pattern.sub(kept, text)
    return text


def _plain(line: str) -> str:
    """A line without its marks."""
    if _DEFINITION.match(line):
        return ""
    # Nothing inside `code` is a mark.
    *parts, rest = re.split(r"(`[^`]+`)", _LEADING.sub("", line))
    plain = [
        part[1:-1] if part[:1] == "`" and part[-1:] == "`" else _unmarked(part) for part in parts
    ]
    line = "".join([*plain, _unmarked(rest)])
    # A ruler of a table: |:--|--:|
    return "" if set(line) <= set("|:- \t") else html.unescape(line)
