"""The NAME.toml beside a document: what its page does not print."""

from __future__ import annotations

import os
import tomllib
from pathlib import Path
from typing import NamedTuple

from corpus.errors import DocumentError
from corpus.intake.decode import decode, read_bytes, shown

LARGEST = 64 * 1024


class Extras(NamedTuple):
    """The address of the original and the tags; a site is the tag "site:NAME"."""

    url: str = ""
    tags: tuple[str, ...] = ()


def read_extras(document: Path) -> Extras:
    """The extras of the file at `document`, from NAME.toml or NAME.SUFFIX.toml; empty where there is none.

    Raises DocumentError where it is not TOML, or holds anything but url, tags and site.
    """
    beside = (document.with_suffix(".toml"), document.with_name(document.name + ".toml"))
    path = next((path for path in beside if os.path.isfile(path)), None)
    if path is None:
        return Extras()
    try:
        fields = tomllib.loads(decode(read_bytes(path, LARGEST), shown(path)))
    except tomllib.TOMLDecodeError as error:
        raise DocumentError(
            f"{shown(path)} 不是有效的 TOML：{error}。请改正后再试。",
            f"{shown(path)} is not valid TOML: {error}. Correct it.",
        ) from error
    url, tags, site = (fields.pop(name, default) for name, default in (("url", ""), ("tags", []), ("site", "")))
    if fields:
        raise _wrong(path, "、".join(fields), ", ".join(fields))
    if not isinstance(url, str) or not (url == "" or url.startswith(("http://", "https://"))):
        raise _wrong(path, "url", "url")
    if not isinstance(site, str) or not isinstance(tags, list) or not all(isinstance(tag, str) for tag in tags):
        raise _wrong(path, "tags 或 site", "tags or site")
    return Extras(url, (*tags, *([f"site:{site}"] if site else [])))


def _wrong(path: Path, zh: str, en: str) -> DocumentError:
    return DocumentError(
        f"{shown(path)} 中的 {zh} 不对。可用的只有 url（网址）、tags（字符串列表）和 site（字符串）。",
        f"{shown(path)} has a wrong {en}. It may hold url (http), tags (a list of strings) and site (a string).",
    )
