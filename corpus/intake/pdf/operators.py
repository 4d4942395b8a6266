"""Reads the content of a PDF page into operators and operands.

pypdf does so too, in some 40 ms for a page of 1,600 characters that Chromium printed; 500 such
pages would take the whole time that a file may take. This takes a quarter of it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache
from typing import TypeAlias

Operand: TypeAlias = "float | bytes | str | list[Operand] | dict[str, Operand]"
"""A number, a string, a name with its stroke (/F1), an array or a dictionary."""

# White space, then one token
_TOKEN = re.compile(
    rb"[\x00\t\n\x0c\r ]*(?:"
    # -12.5
    rb"(?P<number>[+-]*(?:\d+\.?\d*|\.\d+))"
    # /F1
    rb"|(?P<name>/[^\x00\t\n\x0c\r ()<>\[\]{}/%]*)"
    # <4E00 4E8C>, but not the beginning of <<
    rb"|<(?P<hex>[0-9A-Fa-f\x00\t\n\x0c\r ]*)>"
    # (a simple string), and the beginning of any other
    rb"|\((?P<plain>[^()\\\r]*)\)|(?P<string>\()"
    # Tj, T*, '
    rb"|(?P<operator>[A-Za-z'\"][A-Za-z0-9*]*)"
    rb"|(?P<mark><<|>>|[\[\]])|(?P<other>%[^\r\n]*|[^\x00\t\n\x0c\r ])"
    rb")"
)
# What has a meaning in a string: \) and \\ and \053, a line end after \, parentheses
_IN_STRING = re.compile(rb"\\([0-7]{1,3}|\r\n|[\s\S]?)|[()]")
# The end of an image that stands in the content itself
_END_OF_IMAGE = re.compile(rb"[\x00\t\n\x0c\r ]EI(?=[\x00\t\n\x0c\r ]|$)")
# /A#20B
_ESCAPED = re.compile(r"#([0-9A-Fa-f]{2})")
_ESCAPES = {b"n": b"\n", b"r": b"\r", b"t": b"\t", b"b": b"\b", b"f": b"\f"}
_CONSTANTS = {b"true", b"false", b"null"}

_MOST_OPERANDS = 64
"""Operands kept for an operator; none takes more than six, and a broken file may have millions."""


def operators(content: bytes) -> Iterator[tuple[bytes, list[Operand]]]:
    """Each operator of the content and its operands, in order. What makes no sense is passed over."""
    operands: list[Operand] = []
    outer: list[list[Operand]] = []
    token = _TOKEN.match(content)
    while token:
        at = token.end()
        kind = token.lastgroup
        if kind == "number":
            try:
                operands.append(float(token["number"]))
            except ValueError:
                operands.append(_number(token["number"]))
        elif kind == "operator":
            operator = token["operator"]
            if operator == b"ID":
                end = _END_OF_IMAGE.search(content, at)
                at = end.end() if end else len(content)
            elif operator not in _CONSTANTS:
                yield operator, (outer[0] if outer else operands)[-_MOST_OPERANDS:]
                outer, operands = [], []
        elif kind == "hex":
            operands.append(_hexadecimal(token["hex"]))
        elif kind == "name":
            operands.append(_name(token["name"]))
        elif kind == "plain":
            operands.append(token["plain"])
        elif kind == "string":
            text, at = _string(content, at)
            operands.append(text)
        elif kind == "mark":
            operands = _bracket(token["mark"], operands, outer)
        token = _TOKEN.match(content, at)


def _bracket(mark: bytes, operands: list[Operand], outer: list[list[Operand]]) -> list[Operand]:
    """Opens or closes an array or a dictionary; the operands that go on from there."""
    if mark in (b"[", b"<<"):
        outer.append(operands)
        return []
    if not outer:
        return operands
    whole = outer.pop()
    if mark == b"]":
        whole.append(operands)
    else:
        pairs = zip(operands[::2], operands[1::2], strict=False)
        whole.append({name: value for name, value in pairs if isinstance(name, str)})
    return whole


def _number(token: bytes) -> float:
    """A number with several signs, of which the last counts: --5."""
    return float(token) if token[1:2] not in (b"+", b"-") else _number(token[1:])


def _name(token: bytes) -> str:
    name = token.decode("latin-1")
    return _ESCAPED.sub(lambda found: chr(int(found[1], 16)), name) if "#" in name else name


@lru_cache(maxsize=4096)
def _hexadecimal(digits: bytes) -> bytes:
    packed = bytes(digits).translate(None, b"\x00\t\n\x0c\r ")
    return bytes.fromhex((packed + b"0" * (len(packed) % 2)).decode("ascii"))


def _string(content: bytes, at: int) -> tuple[bytes, int]:
    """The string whose opening parenthesis stands before `at`, and where the content goes on."""
    parts: list[bytes] = []
    depth = 1
    for found in _IN_STRING.finditer(content, at):
        parts.append(content[at : found.start()])
        at = found.end()
        if found[0] == b"(":
            depth += 1
        elif found[0] == b")":
            depth -= 1
        if not depth:
            return b"".join(parts), at
        parts.append(_escaped(found[1]) if found[1] is not None else found[0])
    return b"".join(parts), len(content)


def _escaped(code: bytes) -> bytes:
    """What a backslash and `code` stand for."""
    if code[:1].isdigit() and code[:1] < b"8":
        return bytes([int(code, 8) & 255])
    if code in (b"\n", b"\r", b"\r\n"):
        return b""
    return _ESCAPES.get(code, code)
