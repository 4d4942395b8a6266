"""Reads server-sent events from bytes as they come, however these are cut, and never many at once.

As the HTML standard has it (section 9.2.6, "Interpreting an event stream"), of which only the data
matters here: lines end in CR, LF or CRLF, a line that begins with a colon is a comment, an empty
line ends an event, and an event that the stream breaks off is none.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

LINE_LIMIT = 64 * 1024
"""Bytes of a line, and of the data of an event. A piece of an answer has some hundred."""

STREAM_LIMIT = 8 * 1024 * 1024
"""Bytes of a stream. An answer of 800 tokens has 200,000; a model that thinks first, some times more."""

_LINE_END = re.compile(rb"\r\n|\r|\n")
_MARK = b"\xef\xbb\xbf"


class NotEvents(ValueError):
    """The bytes are no events: too many of them, or no UTF-8."""


class EventReader:
    """Gives the data of each event, in order."""

    def __init__(self, line_limit: int = LINE_LIMIT, stream_limit: int = STREAM_LIMIT) -> None:
        self._line_limit = line_limit
        self._left = stream_limit
        self._line = bytearray()
        """What there is so far of the line that comes."""
        self._data: list[bytes] = []
        self._size = 0
        self._ended_in_return = False
        self._is_first = True

    def feed(self, data: bytes) -> Iterator[str]:
        """The data of the events that end within `data`; take all of them.

        Raises NotEvents, behind what came before it.
        """
        self._left -= len(data)
        if self._left < 0:
            raise NotEvents("the stream is too long")
        if self._ended_in_return and data:
            # The line end of CR was CRLF, cut in two.
            data = data.removeprefix(b"\n")
            self._ended_in_return = False
        if not data:
            return
        self._ended_in_return = data.endswith(b"\r")
        *lines, rest = _LINE_END.split(data)
        for line in lines:
            self._grow(line)
            event = self._take(bytes(self._line))
            self._line.clear()
            if event is not None:
                yield event
        self._grow(rest)

    def _grow(self, part: bytes) -> None:
        if len(self._line) + len(part) > self._line_limit:
            raise NotEvents("a line is too long")
        self._line += part

    def _take(self, line: bytes) -> str | None:
        """Takes a whole line; the data of the event that it ends, if it ends one that has data."""
        if self._is_first:
            line = line.removeprefix(_MARK)
            self._is_first = False
        if not line:
            return self._event()
        name, _, value = line.partition(b":")
        if name == b"data":
            self._add(value.removeprefix(b" "))
        return None

    def _add(self, value: bytes) -> None:
        self._size += len(value) + 1
        if self._size > self._line_limit:
            raise NotEvents("an event is too long")
        self._data.append(value)

    def _event(self) -> str | None:
        data = self._data
        self._data = []
        self._size = 0
        if not data:
            return None
        try:
            return b"\n".join(data).decode("utf-8")
        except UnicodeDecodeError:
            raise NotEvents("an event is no UTF-8") from None
