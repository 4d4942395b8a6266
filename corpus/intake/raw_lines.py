"""Counts what text and Markdown files hold, by other code than what reads them, so that a loss can
be told.

Each function gives the lines of a file that `corpus.losses` looks for in the document.
"""

from __future__ import annotations

import html
import re
from collections.abc import Iterator

_BARS = str.maketrans("│┃║┆┊｜￨", "|||||||")

_PROSE = 20
"""Characters of a sentence that is surely text: shorter lines of a saved page may be its menus."""

# <!-- note -->
_COMMENT = re.compile(r"<!--(?:(?!-->)[\s\S])*-->")
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
    """The lines of a text file that are sentences or have cells, without white space at their ends.

    The menus, buttons and lists of links of a page that was copied are none of these.
    """
    lines = text.translate(_BARS).splitlines()
    return [line for line in map(str.strip, lines) if _is_text(line)]


def _is_text(line: str) -> bool:
    is_sentence = len(line) >= _PROSE and line[-1] in "。；：.;:"
    return is_sentence or "\t" in line or line.startswith(("|", "第"))


def markdown_lines(text: str) -> list[str]:
    """The lines of a Markdown text without its front matter, comments, addresses and marks."""
    # Behind the last end of a comment none is looked for: that would take long.
    end = text.rfind("-->") + len("-->") if "-->" in text else 0
    return list(_plain_lines(_COMMENT.sub("", text[:end]) + text[end:]))


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


def _plain(line: str) -> str:
    """A line without its marks."""
    if _DEFINITION.match(line):
        return ""
    line = _LEADING.sub("", line)
    for pattern, kept in _INLINE:
        line = pattern.sub(kept, line)
    # A ruler of a table: |:--|--:|
    return "" if set(line) <= set("|:- \t") else html.unescape(line)
