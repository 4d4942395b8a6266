"""The sites that may show the widget under a token of their own: sites.json in CHENGWEN_HOME."""

from __future__ import annotations

import fcntl
import hashlib
import hmac
import json
import re
import secrets
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, NamedTuple

from bot.origins import is_origin
from corpus import ChengwenError, UsageError
from corpus.intake.decode import shown
from corpus.refusals import refusal_of
from index.disk import write_atomically

FILE = "sites.json"
"""The name of the file in CHENGWEN_HOME."""

DAILY = 2000
"""Questions of one site in 24 hours, unless it is registered with another number."""

FORM = 1
"""The version of the file's format."""

# "#b1241d"
COLOR = re.compile(r"#[0-9a-f]{6}")

# "www.example.org_2"
_NAME = re.compile(r"[a-z0-9][a-z0-9._-]{0,39}")

# A SHA-256 in hexadecimal
_DIGEST = re.compile(r"[0-9a-f]{64}")

_DAILY_LIMIT = 10_000_000
"""More than any site is asked: a typing error is refused."""

_TITLE_LIMIT = 60
"""Characters, for one line in the head of the widget."""

_TOKEN_BYTES = 24
"""Random bytes of a token, which is 32 characters long: nobody guesses 192 bits."""


class SitesUnavailable(ChengwenError):
    """The file of sites cannot be read or written."""

    code = "sites_unavailable"


@dataclass(frozen=True, slots=True)
class Site:
    """A site that shows the widget, and what it is allowed.

    `digest` is the SHA-256 of its token, in hex; the token itself is kept nowhere. `origins` are
    the web pages that may show the widget, `daily` the questions in 24 hours. The site is answered
    from articles that have at least one of `tags`, or from all without any. `title` and `color`
    (#rrggbb) of the widget may be empty.
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
            zh = "名称用小写字母、数字和 . _ -，最多 40 个"
            raise _invalid(self.name, zh, "a name is a-z, 0-9, . _ -, at most 40")
        if not self.origins:
            raise _invalid(self.name, "须有 --origin", "an --origin is needed")
        for origin in self.origins:
            if not is_origin(origin):
                zh = "应写作 https://www.example.org 或 https://*.example.org，不带路径；http 只限 localhost"
                en = (
                    "write https://www.example.org or https://*.example.org, "
                    "without a path; http for localhost only"
                )
                raise _invalid(origin, zh, en)
        if self.color and not COLOR.fullmatch(self.color):
            raise _invalid(self.color, "颜色写作 #b1241d", "a colour is written #b1241d")
        if not 1 <= self.daily <= _DAILY_LIMIT:
            zh = f"每日提问数在 1 与 {_DAILY_LIMIT} 之间"
            raise _invalid(str(self.daily), zh, f"daily questions are 1 to {_DAILY_LIMIT}")
        if len(self.title) > _TITLE_LIMIT or not self.title.isprintable():
            zh = f"标题最多 {_TITLE_LIMIT} 字，在一行内"
            en = f"a title is one line of at most {_TITLE_LIMIT} characters"
            raise _invalid(self.title, zh, en)


class _Content(NamedTuple):
    """The sites of a file that are whole, and what is wrong with the last one that is not."""

    sites: tuple[Site, ...]
    damage: SitesUnavailable | None


_NOTHING = _Content((), None)


class Sites:
    """The sites in the file `path`, none without a file. Changes of the file are seen at once."""

    def __init__(self, path: Path) -> None:
        self.path = path
        # The state of the file and what it held, replaced at once: several threads read it.
        self._cache: tuple[tuple[int, ...], _Content] = ((), _NOTHING)

    def all(self) -> tuple[Site, ...]:
        """All sites, by name. Raises SitesUnavailable, also where one of them is damaged."""
        content = self._content()
        if content.damage:
            raise content.damage
        return content.sites

    def find(self, token: str) -> Site | None:
        """The site of `token`, or None. Raises SitesUnavailable.

        A damaged site does not keep the others from being found. The time of the comparison says
        nothing about other tokens.
        """
        digest = _digest(token)
        content = self._content()
        found = None
        for site in content.sites:
            if hmac.compare_digest(digest, site.digest):
                found = site
        if found is None and content.damage:
            raise content.damage
        return found

    def _content(self) -> _Content:
        try:
            state = self.path.stat()
        except FileNotFoundError:
            return _NOTHING
        except OSError as error:
            raise self._refused(error) from error
        version = (state.st_mtime_ns, state.st_size, state.st_ino)
        cached_version, content = self._cache
        if cached_version != version:
            content = self._load()
            self._cache = version, content
        return content

    def add(self, make: Callable[[str], Site]) -> str:
        """Adds the site that `make` gives for a digest, and gives its token, which is kept nowhere.

        Raises UsageError if there is a site of that name, and SitesUnavailable.
        """
        token = secrets.token_urlsafe(_TOKEN_BYTES)
        site = make(_digest(token))
        with self._locked():
            sites = self.all()
            if any(site.name == other.name for other in sites):
                raise _invalid(site.name, "已有这个名称的网站", "there is a site of that name")
            self._write([*sites, site])
        return token

    def remove(self, name: str) -> None:
        """Removes a site; its token is refused from then on.

        Raises UsageError if there is no site of that name, and SitesUnavailable.
        """
        with self._locked():
            sites = self.all()
            rest = [site for site in sites if site.name != name]
            if len(rest) == len(sites):
                zh = "没有这个网站，见 chengwen site list"
                raise _invalid(name, zh, "no such site, see chengwen site list")
            self._write(rest)

    @contextmanager
    def _locked(self) -> Iterator[None]:
        """Keeps other processes from changing the file during the block."""
        try:
            self.path.parent.mkdir(parents=True, exist_ok=True)
            with open(self.path.with_suffix(".lock"), "ab") as lock:
                fcntl.flock(lock, fcntl.LOCK_EX)
                yield
        except OSError as error:
            raise self._refused(error) from error

    def _write(self, sites: Sequence[Site]) -> None:
        rows = [asdict(site) for site in sorted(sites, key=lambda site: site.name)]
        text = json.dumps({"form": FORM, "sites": rows}, ensure_ascii=False, indent=1)
        write_atomically(self.path, f"{text}\n".encode(), mode=0o600)

    def _load(self) -> _Content:
        try:
            kept = json.loads(self.path.read_text("utf-8"))
            if kept["form"] != FORM:
                raise ValueError(f"form {kept['form']}")
            rows = list(kept["sites"])
        except (ValueError, KeyError, TypeError, RecursionError) as error:
            raise self._unavailable(f"内容有误：{error}", f"it is damaged: {error}") from error
        except OSError as error:
            raise self._refused(error) from error
        sites = []
        damage = None
        for number, row in enumerate(rows, 1):
            try:
                sites.append(_site(row))
            except (ValueError, KeyError, TypeError, UsageError) as error:
                reason = error.en if isinstance(error, UsageError) else error
                zh = f"第 {number} 个网站内容有误：{error}"
                damage = self._unavailable(zh, f"site number {number} is damaged: {reason}")
        return _Content(tuple(sites), damage)

    def _refused(self, error: OSError) -> SitesUnavailable:
        refusal = refusal_of(error, self.path.parent)
        return self._unavailable(refusal.zh, refusal.en)

    def _unavailable(self, zh: str, en: str) -> SitesUnavailable:
        where = shown(self.path)
        return SitesUnavailable(
            f"无法使用网站登记文件 {where}（{zh}）：请检查权限，或从备份恢复。",
            f"The file of sites {where} cannot be used ({en}): "
            "check its permissions, or restore a backup.",
        )


def _site(row: dict[str, Any]) -> Site:
    """The site of a row. Raises ValueError, KeyError, TypeError or UsageError if it is none."""
    texts = [row["name"], row["title"], row["color"], *row["origins"], *row["tags"]]
    if not all(isinstance(text, str) for text in texts):
        raise TypeError("a text is no text")
    if not _DIGEST.fullmatch(row["digest"]):
        raise ValueError("digest")
    if type(row["daily"]) is not int:
        raise TypeError("daily is no whole number")
    lists = {"origins": tuple(row["origins"]), "tags": tuple(row["tags"])}
    return Site(**{**row, **lists})


def _digest(token: str) -> str:
    # A token from a header may hold any code point; lone surrogates too have a digest, of no site.
    return hashlib.sha256(token.encode("utf-8", "surrogatepass")).hexdigest()


def _invalid(value: str, zh: str, en: str) -> UsageError:
    return UsageError(f"{value[:80]} 不可用：{zh}。", f"{value[:80]} is not valid: {en}.")
