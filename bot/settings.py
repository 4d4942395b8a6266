"""All settings in one frozen object: defaults, then the environment, then `--set`. docs/settings.md is its table."""

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
PLACES = frozenset({"CHENGWEN_HOME", "CHENGWEN_CACHE", "CHENGWEN_DATA"})

_STRICT = ConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True)
_ORIGIN = re.compile(r"https?://(?:[a-z0-9.-]{1,253}|\[[0-9a-f:.]{2,45}\])(?::[0-9]{1,5})?")


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

    @field_validator("origins")
    @classmethod
    def _are_origins(cls, origins: str) -> str:
        if wrong := [o for o in listed(origins) if not _ORIGIN.fullmatch(o)]:
            raise ValueError(f"{wrong[0][:80]} is no origin such as https://www.example.org")
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
        if wrong := [o for o in listed(origins) if not is_origin(o)]:
            raise ValueError(
                f"{wrong[0][:80]} is neither https://www.example.org nor https://*.example.org"
            )
        return origins


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
    """Settings from `environment` (CHENGWEN_GROUP__NAME) and `assignments` ("group.name=value"), the latter winning.

    Raises UsageError for an unknown name or a value out of bounds.
    """
    given = {
        name.removeprefix(PREFIX).lower().replace("__", "."): value
        for name, value in environment.items()
        if name.startswith(PREFIX) and name not in PLACES
    }
    for assignment in assignments:
        name, equals, value = assignment.partition("=")
        if not equals:
            raise UsageError(
                f"--set {assignment}：应写作 名称=值，例如 retrieval.k=5",
                f"--set {assignment}: write name=value, such as retrieval.k=5",
            )
        given[name.strip()] = value.strip()
    tree: dict[str, Any] = {}
    for name, value in given.items():
        *groups, leaf = name.split(".")
        at = tree
        for group in groups:
            at = at.setdefault(group, {})
            if not isinstance(at, dict):
                raise _refused(name, "conflict")
        at[leaf] = value
    try:
        return Settings.model_validate(tree)
    except ValidationError as error:
        first = error.errors()[0]
        raise _refused(".".join(map(str, first["loc"])), first["msg"]) from None


def listed(values: str) -> list[str]:
    """The parts of a setting that holds several, with commas between them."""
    return [part for value in values.split(",") if (part := value.strip())]


def _refused(name: str, why: str) -> UsageError:
    return UsageError(
        f"设置 {name} 不可用（{why}）。全部设置见 docs/settings.md",
        f"setting {name} is not valid ({why}). All settings: docs/settings.md",
    )


def home() -> Path:
    """Where state lives: indexes and, later, what people said."""
    return Path(os.environ.get("CHENGWEN_HOME") or "var").resolve()


_LABEL = r"[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?"
_NAME = rf"{_LABEL}(?:\.{_LABEL})*"
_HERE = rf"localhost|127\.0\.0\.1|\[::1\]|(?:{_NAME}\.)?(?:localhost|test)"
"""This machine, and the names that are kept for it and for tests (RFC 6761): http is no risk there."""

_ALLOWED_ORIGIN = re.compile(
    rf"(?:https://(?:(?:\*\.{_LABEL}\.)?{_NAME}|\[[0-9a-f:.]{{2,45}}\])|http://(?:{_HERE}))(?::(\d{{1,5}}))?"
)
_USUAL = {"https://": ":443", "http://": ":80"}


def is_origin(text: str) -> bool:
    """Whether `text` may be allowed: https://www.example.org, https://*.example.org, http://localhost:8000."""
    found = _ALLOWED_ORIGIN.fullmatch(text)
    return found is not None and len(text) <= 300 and 0 < int(found[1] or 443) < 65_536


def is_among(origin: str, allowed: Iterable[str]) -> bool:
    """Whether a page of `origin` is of one of `allowed`, as a browser reads these in frame-ancestors."""
    return any(_is(_plain(origin), _plain(one)) for one in allowed)


def _is(origin: str, allowed: str) -> bool:
    before, star, after = allowed.partition("*")
    if not star:
        return origin == allowed
    inside = origin[len(before) : len(origin) - len(after)]
    return (
        origin.startswith(before)
        and origin.endswith(after)
        and re.fullmatch(_NAME, inside) is not None
    )


def _plain(origin: str) -> str:
    """`origin` in small letters, without the port that its scheme has anyway."""
    origin = origin.lower()
    scheme = origin.partition("//")[0] + "//"
    return origin.removesuffix(_USUAL.get(scheme, "\n"))
