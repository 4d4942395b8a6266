"""The sites that may show the widget under a token of their own: sites.json in CHENGWEN_HOME, written by a command."""

from __future__ import annotations

import fcntl
import hashlib
import hmac
import json
import os
import re
import secrets
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from tempfile import NamedTemporaryFile
from typing import Any

from bot.settings import is_origin
from corpus import ChengwenError, UsageError
from corpus.intake.decode import shown

FILE = "sites.json"
"""Its name, in CHENGWEN_HOME."""

DAILY = 2000
"""Questions of one site in 24 hours, where nothing else is said."""

FORM = 1
COLOR = re.compile(r"#[0-9a-f]{6}")
_NAME = re.compile(r"[a-z0-9][a-z0-9._-]{0,39}")
_MOST = 10_000_000


class SitesUnavailable(ChengwenError):
    """The file of sites cannot be read or written."""

    code = "sites_unavailable"


@dataclass(frozen=True, slots=True)
class Site:
    """Who it is, and what it may: `origins` are the pages that may show the widget, `daily` its questions in 24 hours.

    `digest` is the SHA-256 of its token, in hex; the token itself is kept nowhere. Of `tags`, an article it is
    answered from has at least one; none: all articles. `title` and `color` (#rrggbb) may be empty.
    """

    name: str
    digest: str
    origins: tuple[str, ...]
    title: str = ""
    color: str = ""
    daily: int = DAILY
    tags: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        """Raises UsageError for a value that cannot be used."""
        if not _NAME.fullmatch(self.name):
            raise _wrong(
                self.name,
                "名称用小写字母、数字和 . _ -，最多 40 个",
                "a name is a-z, 0-9, . _ -, at most 40",
            )
        if not self.origins:
            raise _wrong(self.name, "须有 --origin", "an --origin is needed")
        if wrong := [origin for origin in self.origins if not is_origin(origin)]:
            zh = "应写作 https://www.example.org 或 https://*.example.org，不带路径；http 只限 localhost"
            en = "write https://www.example.org or https://*.example.org, without a path; http for localhost only"
            raise _wrong(wrong[0], zh, en)
        if self.color and not COLOR.fullmatch(self.color):
            raise _wrong(self.color, "颜色写作 #b1241d", "a colour is written #b1241d")
        if not 1 <= self.daily <= _MOST:
            raise _wrong(
                str(self.daily),
                f"每日提问数在 1 与 {_MOST} 之间",
                f"daily questions are 1 to {_MOST}",
            )
        if len(self.title) > 60 or not self.title.isprintable():
            raise _wrong(
                self.title,
                "标题最多 60 字，在一行内",
                "a title is one line of at most 60 characters",
            )


class Sites:
    """The sites in the file `path`; without a file there are none. Changes of the file are seen at once."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._read: tuple[tuple[int, ...], tuple[Site, ...]] | None = None

    def all(self) -> tuple[Site, ...]:
        """Every site, by name. Raises SitesUnavailable."""
        try:
            state = self.path.stat()
        except FileNotFoundError:
            return ()
        except OSError as error:
            raise self._refused(error.strerror or "", error.strerror or "") from error
        version = (state.st_mtime_ns, state.st_size, state.st_ino)
        if self._read is None or self._read[0] != version:
            self._read = version, self._load()
        return self._read[1]

    def find(self, token: str) -> Site | None:
        """The site of this token. Compared in a time that tells nothing of tokens. Raises SitesUnavailable."""
        digest = _digest(token)
        found = [site for site in self.all() if hmac.compare_digest(digest, site.digest)]
        return found[0] if found else None

    def add(self, make: Callable[[str], Site]) -> str:
        """Adds the site that `make` makes of a digest; gives its token, which nobody can find out again.

        Raises UsageError where there is one of that name, and SitesUnavailable.
        """
        token = secrets.token_urlsafe(24)
        site = make(_digest(token))
        with self._writing() as sites:
            if any(site.name == other.name for other in sites):
                raise _wrong(site.name, "已有这个名称的网站", "there is a site of that name")
            self._write([*sites, site])
        return token

    def remove(self, name: str) -> None:
        """Removes a site; its token is worth nothing from then on. Raises UsageError where there is none."""
        with self._writing() as sites:
            rest = [site for site in sites if site.name != name]
            if len(rest) == len(sites):
                raise _wrong(
                    name,
                    "没有这个网站，见 chengwen site list",
                    "no such site, see chengwen site list",
                )
            self._write(rest)

    @contextmanager
    def _writing(self) -> Iterator[tuple[Site, ...]]:
        """The sites, which no other process changes meanwhile."""
        try:
            self.path.parent.mkdir(parents=True, exist_ok=True)
            with open(self.path.with_suffix(".lock"), "ab") as lock:
                fcntl.flock(lock, fcntl.LOCK_EX)
                yield self.all()
        except OSError as error:
            raise self._refused(error.strerror or "", error.strerror or "") from error

    def _write(self, sites: list[Site]) -> None:
        kept = {
            "form": FORM,
            "sites": [asdict(site) for site in sorted(sites, key=lambda site: site.name)],
        }
        text = json.dumps(kept, ensure_ascii=False, indent=1) + "\n"
        # Made for its owner alone, and in the place of the old one only when it is whole.
        with NamedTemporaryFile(
            "w", encoding="utf-8", dir=self.path.parent, prefix=".sites", delete=False
        ) as file:
            try:
                file.write(text)
                file.flush()
                os.fsync(file.fileno())
                os.replace(file.name, self.path)
            except OSError:
                os.unlink(file.name)
                raise

    def _load(self) -> tuple[Site, ...]:
        try:
            kept = json.loads(self.path.read_text("utf-8"))
            if kept["form"] != FORM:
                raise ValueError(f"form {kept['form']}")
            return tuple(_site(fields) for fields in kept["sites"])
        except (ValueError, KeyError, TypeError, UsageError) as error:
            raise self._refused(f"内容有误：{error}", f"it is damaged: {error}") from error
        except OSError as error:
            raise self._refused(error.strerror or "", error.strerror or "") from error

    def _refused(self, zh: str, en: str) -> SitesUnavailable:
        return SitesUnavailable(
            f"无法使用网站登记文件 {shown(self.path)}（{zh}）：请检查权限，或从备份恢复。",
            f"The file of sites {shown(self.path)} cannot be used ({en}): check its permissions, or restore a backup.",
        )


def _site(fields: dict[str, Any]) -> Site:
    return Site(**{**fields, "origins": tuple(fields["origins"]), "tags": tuple(fields["tags"])})


def _digest(token: str) -> str:
    return hashlib.sha256(token.encode("utf-8", "surrogatepass")).hexdigest()


def _wrong(value: str, zh: str, en: str) -> UsageError:
    return UsageError(f"{value[:80]} 不可用：{zh}。", f"{value[:80]} is not valid: {en}.")
