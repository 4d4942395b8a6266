"""The parser of Markdown, with the rules that Chinese text and footnotes need."""

from __future__ import annotations

import re

from markdown_it import MarkdownIt
from markdown_it.rules_block import StateBlock
from markdown_it.rules_block.reference import reference
from markdown_it.rules_core import StateCore
from markdown_it.rules_inline import StateInline
from markdown_it.rules_inline.state_inline import Delimiter
from markdown_it.token import Token
from markdown_it.utils import EnvType

from corpus.intake.page import is_wide

FOOTNOTE = "footnote"
"""The key of the notes in the parser's environment: label → inline tokens."""

FOOTNOTE_MARK = "footnote_mark"
"""The type of the token of a mark such as [^1]; its content is the label."""

# [^1]: 数据来自区民政局。
_NOTE = re.compile(r"\[\^([^\]\s]{1,100})\]:[ \t]*(.*)")
# [^1]
_MARK = re.compile(r"\[\^([^\]\s]{1,100})\]")
# https://a.b/c, a.html, #part, <a b>; not the words of 「[注]: 数据来自区民政局」
_ADDRESS = re.compile(
    r"\[(?:[^\[\]\\]|\\.)*\]:\s*(?:<|(?=[\x21-\x7e]*[/.#])[\x21-\x7e]+(?:\s|$)|\S+\.\w{2,5}(?:\s|$))"
)
_MOST_NESTED = 60
"""Lists and quotes inside each other. What stands deeper is not read, and Python's own limit is near."""


def parser() -> MarkdownIt:
    """A parser of CommonMark with tables, struck text and footnotes."""
    made = MarkdownIt("commonmark", {"html": True, "maxNesting": _MOST_NESTED}).enable(
        ["table", "strikethrough"]
    )
    made.block.ruler.before(
        "reference", FOOTNOTE, _footnote, {"alt": ["paragraph", "reference", "blockquote", "list"]}
    )
    made.block.ruler.at("reference", _definition)
    made.inline.ruler.before("link", FOOTNOTE_MARK, _footnote_mark)
    made.inline.ruler.at("emphasis", _emphasis)
    made.core.ruler.after("inline", FOOTNOTE, _parse_notes)
    # So that \*\* stays apart from what is left of marks.
    made.core.ruler.disable("text_join")
    return made


def _footnote(state: StateBlock, first: int, last: int, silent: bool) -> bool:
    """A block rule: a note, the lines that go on from it, and paragraphs of it that are indented."""
    found = _NOTE.fullmatch(_line(state, first))
    if not found or state.is_code_block(first):
        return False
    if silent:
        return True
    paragraphs = [[found[2]]]
    following = first + 1
    while following < last:
        line = _line(state, following)
        is_blank = state.isEmpty(following)
        is_indented = state.sCount[following] - state.blkIndent >= 4
        goes_on = bool(paragraphs[-1]) and not _begins_block(state, following, last)
        if not is_blank and not is_indented and not goes_on:
            break
        if is_blank:
            paragraphs.append([])
        else:
            paragraphs[-1].append(line)
        following += 1
    state.env[FOOTNOTE].setdefault(found[1], ["\n".join(lines) for lines in paragraphs if lines])
    state.line = following
    return True


def _begins_block(state: StateBlock, number: int, last: int) -> bool:
    """Whether a line begins what ends a paragraph: a heading, a list, a rule, code, another note."""
    if _NOTE.match(_line(state, number)) or state.sCount[number] < state.blkIndent:
        return True
    rules = state.md.block.ruler.getRules("paragraph")
    return any(rule(state, number, last, True) for rule in rules)


def _line(state: StateBlock, number: int) -> str:
    """A line of the text without the marks of the blocks around it."""
    return state.src[state.bMarks[number] + state.tShift[number] : state.eMarks[number]]


def _definition(state: StateBlock, first: int, last: int, silent: bool) -> bool:
    """A block rule: the address of links, where it is one and no text."""
    begin = state.bMarks[first] + state.tShift[first]
    end = state.eMarks[min(first + 1, state.lineMax - 1)]
    return bool(_ADDRESS.match(state.src[begin:end])) and reference(state, first, last, silent)


def _footnote_mark(state: StateInline, silent: bool) -> bool:
    """An inline rule: the mark of a note that the text has."""
    found = _MARK.match(state.src, state.pos) if state.src[state.pos] == "[" else None
    if not found or found[1] not in state.env.get(FOOTNOTE, {}):
        return False
    if not silent:
        state.push(FOOTNOTE_MARK, "", 0).content = found[1]
    state.pos = found.end()
    return True


def _emphasis(state: StateInline, silent: bool) -> bool:
    """An inline rule: marks of emphasis.

    Beside a wide character two or three open before any text and close behind any. One between
    digits or Latin letters is an asterisk: 2*3*4.
    """
    mark = state.src[state.pos]
    if silent or mark not in "*_":
        return False
    scanned = state.scanDelims(state.pos, mark == "*")
    before = state.src[state.pos - 1 : state.pos] or " "
    after = state.src[state.pos + scanned.length : state.pos + scanned.length + 1] or " "
    opens, closes = scanned.can_open, scanned.can_close
    if scanned.length in (2, 3) and (is_wide(before) or is_wide(after)):
        opens, closes = not after.isspace(), not before.isspace()
    elif mark == "*" and scanned.length == 1 and f"{before}{after}".isalnum() and before.isascii():
        opens = closes = not after.isascii()
    for _ in range(scanned.length):
        state.push("text", "", 0).content = mark
        state.delimiters.append(
            Delimiter(ord(mark), scanned.length, len(state.tokens) - 1, -1, opens, closes)
        )
    state.pos += scanned.length
    return True


def _parse_notes(state: StateCore) -> None:
    """A core rule: the text of notes, parsed into tokens, when all addresses are known."""
    for label, paragraphs in state.env[FOOTNOTE].items():
        parsed = [parsed_text(state.md, state.env, paragraph) for paragraph in paragraphs]
        state.env[FOOTNOTE][label] = parsed


def parsed_text(md: MarkdownIt, env: EnvType, text: str) -> Token:
    """A line of text parsed into tokens, when all addresses are known."""
    inline = Token("inline", "", 0, content=text)
    children: list[Token] = []
    md.inline.parse(text, md, env, children)
    inline.children = children
    return inline
