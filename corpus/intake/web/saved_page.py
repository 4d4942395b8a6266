"""Reads web pages as browsers save them: the page inside an MHTML file, and the address it came from."""

from __future__ import annotations

import re
from email import message_from_bytes
from email.message import Message
from typing import Any, NamedTuple
from urllib.parse import urlsplit

from corpus.errors import DocumentError

# <!-- saved from url=(0042)https://example.org/a -->
_SAVED_FROM = re.compile(r"<!--\s*saved from url=\(\d+\)\s*(\S+?)\s*-->", re.IGNORECASE)
# Page saved with SingleFile, then a line "url: https://example.org/a"
_SINGLE_FILE = re.compile(r"Page saved with SingleFile\s*\n?\s*url:\s*(\S+)")
# src="cid:frame-1234@mhtml.blink"
_FRAME = re.compile(r"cid:(.+)", re.IGNORECASE)
_HEAD = 4096
"""Characters at the top of a page in which a browser writes the address."""

_LONGEST_ADDRESS = 2048
"""Characters of an address."""

MOST_FRAMES = 50
"""Frames of a page that are read."""


class SavedPage(NamedTuple):
    """The HTML of a saved page as bytes, its encoding where the file names it, and its address.

    `frames` are the pages inside it, by the addresses that it calls them by.
    """

    html: bytes
    charset: str
    url: str
    frames: dict[str, bytes]


def read_mhtml_parts(data: bytes, where: str) -> SavedPage:
    """The page inside an MHTML file, as Chrome, Edge and others save it.

    `where` names the file in an error. Raises DocumentError where no page is in it.
    """
    message = message_from_bytes(data)
    pages = [part for part in message.walk() if part.get_content_type() in _PAGES]
    if not pages:
        raise DocumentError(
            f"{where} 里没有网页，文件可能没有存完整。请在浏览器里打开原页，重新另存为单个文件（mhtml）。",
            f"{where} holds no web page; it may be incomplete. Open the page in a browser and save "
            "it again as a single file (mhtml).",
        )
    address = _header(message, "Snapshot-Content-Location")
    main = _main_page(message, pages, address)
    frames: dict[str, bytes] = {}
    for part in pages[: MOST_FRAMES + 1]:
        if part is not main:
            for name in (_content_id(part), _header(part, "Content-Location")):
                frames[name] = _payload(part)
    frames.pop("", None)
    url = web_address(address) or web_address(_header(main, "Content-Location"))
    return SavedPage(_payload(main), main.get_content_charset() or "", url, frames)


_PAGES = ("text/html", "application/xhtml+xml")


def _main_page(message: Message, pages: list[Message], address: str) -> Message:
    """The page that was saved: the one at its address, the first part that is named, or the first."""
    start = str(message.get_param("start") or "").strip("<> ")
    for part in pages:
        if address and _header(part, "Content-Location") == address:
            return part
    for part in pages:
        if start and _content_id(part) == start:
            return part
    return pages[0]


def _header(part: Message, name: str) -> str:
    return re.sub(r"\s+", "", str(part.get(name) or ""))


def _content_id(part: Message) -> str:
    return _header(part, "Content-ID").strip("<>")


def _payload(part: Message) -> bytes:
    payload = part.get_payload(decode=True)
    return payload if isinstance(payload, bytes) else b""


def frame_name(source: str) -> str:
    """The name of a frame of an MHTML file, from the `src` of an <iframe>."""
    found = _FRAME.fullmatch(source.strip())
    return found[1] if found else source.strip()


def saved_from(source: str, tree: Any) -> str:
    """The address that a saved page names: that of the browser, of SingleFile, or its own; or empty."""
    for pattern in (_SAVED_FROM, _SINGLE_FILE):
        found = pattern.search(source[:_HEAD])
        if found and web_address(found[1]):
            return web_address(found[1])
    own = [node.get("href") for node in tree.iter("link") if _rel(node) == "canonical"]
    own += [node.get("content") for node in tree.iter("meta") if node.get("property") == "og:url"]
    addresses = [web_address(each or "") for each in own]
    return next((each for each in addresses if each and _names_page(each)), "")


def _rel(node: Any) -> str:
    return (node.get("rel") or "").strip().lower()


def _names_page(address: str) -> bool:
    """Whether an address is that of a page, and not of the site."""
    parts = urlsplit(address)
    return parts.path not in ("", "/") or bool(parts.query)


def web_address(text: str) -> str:
    """The address, if it is one of the web; file:, cid: and others give an empty text."""
    text = text.strip().replace("&amp;", "&")
    try:
        parts = urlsplit(text)
    except ValueError:
        return ""
    is_usable = parts.scheme in ("http", "https") and bool(parts.hostname)
    return text if is_usable and len(text) <= _LONGEST_ADDRESS and text.isprintable() else ""
