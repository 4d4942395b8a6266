"""All settings in one frozen object: defaults, environment, then `--set`. See docs/settings.md."""

from __future__ import annotations

import os
import re
from collections.abc import Iterable, Mapping
from ipaddress import ip_network
from pathlib import Path
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field, SecretStr, ValidationError, field_validator

from corpus import UsageError

PREFIX = "CHENGWEN_"
"""Of the environment variables that are settings."""

FOLDERS = frozenset({"CHENGWEN_HOME", "CHENGWEN_CACHE", "CHENGWEN_DATA"})

_STRICT = ConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True)
# https://www.example.org, http://[::1]:8000
_ORIGIN = re.compile(r"https?://(?:[a-z0-9.-]{1,253}|\[[0-9a-f:.]{2,45}\])(?::[0-9]{1,5})?")
# https://www.example.org/chengwen/
_ADDRESS = re.compile(rf"{_ORIGIN.pattern}(?:/[A-Za-z0-9._~/-]*)?")


class RetrievalSettings(BaseModel):
    """How passages are found."""

    model_config = _STRICT

    mode: Literal["dense", "lexical", "fused"] = Field(
        "fused", description="which half of the search, or both"
    )
    weight: float = Field(0.5, ge=0, le=1, description="share of the dense half in the fused score")
    candidates: int = Field(
        100, ge=1, le=10_000, description="passages each half gives to the fusion"
    )
    k: int = Field(10, ge=1, le=100, description="passages returned with an answer")


class EncoderSettings(BaseModel):
    """What makes the vectors."""

    model_config = _STRICT

    name: str = Field(
        "default",
        min_length=1,
        max_length=500,
        description="bundled model, or any by name or folder",
    )
    threads: int = Field(
        0, ge=0, le=256, description="processor threads for the encoder; 0: one a core"
    )


class SplitSettings(BaseModel):
    """How documents are cut."""

    model_config = _STRICT

    size: int = Field(250, ge=50, le=2000, description="longest passage, characters")


class FeedbackSettings(BaseModel):
    """What is kept of what people say about answers."""

    model_config = _STRICT

    days: int = Field(
        90,
        ge=0,
        le=3650,
        description="age from which `chengwen purge` deletes feedback, days; 0: all",
    )


class ApiSettings(BaseModel):
    """Who may ask over HTTP, and how much."""

    model_config = _STRICT

    keys: SecretStr = Field(
        SecretStr(""), min_length=0, max_length=4000, description="keys, with commas; none: open"
    )
    origins: str = Field(
        "", min_length=0, max_length=4000, description="other sites whose pages may call the API"
    )
    hosts: str = Field(
        "", min_length=0, max_length=4000, description="names it is served by; empty: any"
    )
    proxies: str = Field(
        "", min_length=0, max_length=4000, description="proxies whose X-Forwarded-For is believed"
    )
    per_minute: int = Field(
        20, ge=1, le=1_000_000, description="questions of one address in a minute"
    )
    per_day: int = Field(
        100_000, ge=1, le=1_000_000_000, description="questions of all in 24 hours"
    )
    parallel: int = Field(2, ge=1, le=64, description="questions answered at the same time")
    waiting: int = Field(
        64, ge=0, le=10_000, description="questions that may wait; further ones get 503"
    )
    connections: int = Field(
        2000, ge=8, le=50_000, description="connections answered at the same time; others get 503"
    )
    request_seconds: int = Field(
        30, ge=1, le=600, description="seconds in which a request must come whole"
    )

    @field_validator("origins")
    @classmethod
    def _are_origins(cls, origins: str) -> str:
        for origin in listed(origins):
            if not _ORIGIN.fullmatch(origin):
                raise ValueError(f"{origin[:80]} is no origin such as https://www.example.org")
        return origins

    @field_validator("proxies")
    @classmethod
    def _are_networks(cls, proxies: str) -> str:
        for proxy in listed(proxies):
            ip_network(proxy, strict=False)
        return proxies


class EmbedSettings(BaseModel):
    """Which other sites may show the widget without a token."""

    model_config = _STRICT

    origins: str = Field(
        "", min_length=0, max_length=4000, description="sites whose pages may show the widget"
    )

    @field_validator("origins")
    @classmethod
    def _may_be_allowed(cls, origins: str) -> str:
        for origin in listed(origins):
            if not is_origin(origin):
                raise ValueError(
                    f"{origin[:80]} is neither https://www.example.org nor https://*.example.org"
                )
        return origins


class PublicSettings(BaseModel):
    """Where the service is known to others."""

    model_config = _STRICT

    url: str = Field(
        "",
        min_length=0,
        max_length=500,
        description="address of the service for links that leave it; empty: the one asked for",
    )

    @field_validator("url")
    @classmethod
    def _is_address(cls, url: str) -> str:
        if url and not _ADDRESS.fullmatch(url):
            raise ValueError(f"{url[:80]} is no address such as https://bot.example.org")
        return url


class PageSettings(BaseModel):
    """What the pages show."""

    model_config = _STRICT

    originals: Literal["on", "off"] = Field(
        "on", description="files of the documents may be opened; off: their text alone"
    )


class OperatorSettings(BaseModel):
    """Who may see the operator's pages."""

    model_config = _STRICT

    token: SecretStr = Field(
        SecretStr(""),
        min_length=16,
        max_length=200,
        description="opens the operator's pages; none: they do not exist",
    )


class Settings(BaseModel):
    """Every setting, with its bounds."""

    model_config = _STRICT

    retrieval: RetrievalSettings = RetrievalSettings()
    encoder: EncoderSettings = EncoderSettings()
    split: SplitSettings = SplitSettings()
    feedback: FeedbackSettings = FeedbackSettings()
    operator: OperatorSettings = OperatorSettings()
    api: ApiSettings = ApiSettings()
    embed: EmbedSettings = EmbedSettings()
    page: PageSettings = PageSettings()
    public: PublicSettings = PublicSettings()
    reader: Literal["rules", "neural"] = Field(
        "neural",
        description="what reads the passages: a small network beside the rules, or these alone",
    )
    rerank: Literal["on", "off"] = Field(
        "on", description="cited passages come first; off: as they were found"
    )
    refusal: Literal["on", "off"] = Field(
        "on", description="off: always answer with the nearest sentence"
    )
    confidence: float = Field(
        0.0, ge=0, le=1, description="answers less sure than this are refused; 0: by rules alone"
    )


def load_settings(
    assignments: Iterable[str] = (), environment: Mapping[str, str] = os.environ
) -> Settings:
    """Settings from `environment` (CHENGWEN_GROUP__NAME) and `assignments` ("group.name=value").

    Assignments win. Raises UsageError for an unknown name or a value out of bounds.
    """
    values = {**_from_environment(environment), **_from_assignments(assignments)}
    try:
        return Settings.model_validate(_nested(values))
    except ValidationError as error:
        first = error.errors()[0]
        name = ".".join(map(str, first["loc"]))
        raise _refused(name, first["msg"]) from None


def _from_environment(environment: Mapping[str, str]) -> dict[str, str]:
    """CHENGWEN_RETRIEVAL__K=5 gives {"retrieval.k": "5"}."""
    values = {}
    for variable, value in environment.items():
        if variable.startswith(PREFIX) and variable not in FOLDERS:
            name = variable.removeprefix(PREFIX).lower().replace("__", ".")
            values[name] = value
    return values


def _from_assignments(assignments: Iterable[str]) -> dict[str, str]:
    """retrieval.k=5 gives {"retrieval.k": "5"}. Raises UsageError for one without =."""
    values = {}
    for assignment in assignments:
        name, equals, value = assignment.partition("=")
        if not equals:
            raise UsageError(
                f"--set {assignment}：应写作 名称=值，例如 retrieval.k=5",
                f"--set {assignment}: write name=value, such as retrieval.k=5",
            )
        values[name.strip()] = value.strip()
    return values


def _nested(values: Mapping[str, str]) -> dict[str, Any]:
    """{"retrieval.k": "5"} gives {"retrieval": {"k": "5"}}.

    Raises UsageError if a name is both a group and a value.
    """
    tree: dict[str, Any] = {}
    for name, value in values.items():
        *groups, leaf = name.split(".")
        branch = tree
        for group in groups:
            branch = branch.setdefault(group, {})
            if not isinstance(branch, dict):
                raise _refused(name, "conflict")
        branch[leaf] = value
    return tree


def listed(values: str) -> list[str]:
    """The parts of a setting that holds several, separated by commas."""
    parts = [part.strip() for part in values.split(",")]
    return [part for part in parts if part]


def _refused(name: str, why: str) -> UsageError:
    return UsageError(
        f"设置 {name} 不可用（{why}）。全部设置见 docs/settings.md",
        f"setting {name} is not valid ({why}). All settings: docs/settings.md",
    )


def home() -> Path:
    """The folder of all state: the user's documents, indexes, feedback, runs, counts.

    CHENGWEN_HOME, or else chengwen in the user's data folder (XDG Base Directory Specification).
    """
    named = os.environ.get("CHENGWEN_HOME")
    if named:
        return Path(named).resolve()
    data = os.environ.get("XDG_DATA_HOME") or ""
    # The specification has relative paths ignored.
    folder = Path(data) if os.path.isabs(data) else Path.home() / ".local" / "share"
    return folder / "chengwen"


_LABEL = r"[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?"
_HOST = rf"{_LABEL}(?:\.{_LABEL})*"
_LOCAL_HOST = rf"localhost|127\.0\.0\.1|\[::1\]|(?:{_HOST}\.)?(?:localhost|test)"
"""This machine, and names reserved for it and for tests (RFC 6761): http is no risk there."""

# https://www.example.org, https://*.example.org:8443, https://[2001:db8::1], http://localhost:8000
_ALLOWED_ORIGIN = re.compile(
    rf"(?:https://(?:(?:\*\.{_LABEL}\.)?{_HOST}|\[[0-9a-f:.]{{2,45}}\])|http://(?:{_LOCAL_HOST}))"
    r"(?::(\d{1,5}))?"
)
_ORIGIN_LIMIT = 300
"""Characters of an origin: a host name has at most 253 (RFC 1035), beside scheme and port."""

_USUAL_PORTS = {"https://": ":443", "http://": ":80"}


def is_origin(text: str) -> bool:
    """Whether `text` may be allowed, such as https://*.example.org or http://localhost:8000."""
    origin = _ALLOWED_ORIGIN.fullmatch(text)
    if origin is None or len(text) > _ORIGIN_LIMIT:
        return False
    port = int(origin[1] or 443)
    return 0 < port < 65_536


def is_among(origin: str, allowed: Iterable[str]) -> bool:
    """Whether `origin` matches one of `allowed`, as a browser matches those of frame-ancestors."""
    plain = _normalised(origin)
    return any(_matches(plain, _normalised(pattern)) for pattern in allowed)


def _matches(origin: str, pattern: str) -> bool:
    """Whether a normalised origin is the `pattern`; its * stands for labels of a host name."""
    before, star, after = pattern.partition("*")
    if not star:
        return origin == pattern
    if not (origin.startswith(before) and origin.endswith(after)):
        return False
    labels = origin[len(before) : len(origin) - len(after)]
    return re.fullmatch(_HOST, labels) is not None


def _normalised(origin: str) -> str:
    """`origin` in lower case, without the port that its scheme has anyway."""
    origin = origin.lower()
    scheme = origin.partition("//")[0] + "//"
    usual_port = _USUAL_PORTS.get(scheme)
    return origin.removesuffix(usual_port) if usual_port else origin
