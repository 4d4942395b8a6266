"""All settings in one frozen object: defaults, environment, then `--set`. See docs/settings.md."""

from __future__ import annotations

import os
import re
from collections.abc import Iterable, Mapping
from ipaddress import ip_network
from pathlib import Path
from typing import Any, Literal

from pydantic import BaseModel, Field, SecretStr, ValidationError, field_validator, model_validator

from bot.model_settings import STRICT, Address, EncoderSettings, RerankerSettings
from bot.model_settings import LlmSettings as LlmSettings
from bot.origins import is_origin
from corpus import UsageError
from corpus.intake.decode import shown
from corpus.refusals import refusal_of

PREFIX = "CHENGWEN_"
"""Of the environment variables that are settings."""

FOLDERS = frozenset({"CHENGWEN_HOME", "CHENGWEN_CACHE", "CHENGWEN_DATA"})

SECRETS = frozenset({"llm.key", "encoder.key", "reranker.key", "api.keys", "operator.token"})
"""Settings that a file may hold: CHENGWEN_LLM__KEY_FILE names the file of llm.key."""

KEYS = frozenset({"llm.key", "encoder.key", "reranker.key"})
"""Secrets of others' servers. They stay out of command lines, which every user of a machine sees."""

# https://www.example.org, http://[::1]:8000
_ORIGIN = re.compile(r"https?://(?:[a-z0-9.-]{1,253}|\[[0-9a-f:.]{2,45}\])(?::[0-9]{1,5})?")


class RetrievalSettings(BaseModel):
    """How passages are found."""

    model_config = STRICT

    mode: Literal["dense", "lexical", "fused"] = Field(
        "fused", description="which half of the search, or both"
    )
    weight: float = Field(0.5, ge=0, le=1, description="share of the dense half in the fused score")
    candidates: int = Field(
        100, ge=1, le=10_000, description="passages each half gives to the fusion"
    )
    k: int = Field(10, ge=1, le=100, description="passages returned with an answer")


class SplitSettings(BaseModel):
    """How documents are cut."""

    model_config = STRICT

    size: int = Field(250, ge=50, le=2000, description="longest passage, characters")


class FeedbackSettings(BaseModel):
    """What is kept of what people say about answers."""

    model_config = STRICT

    days: int = Field(
        90,
        ge=0,
        le=3650,
        description="age from which `chengwen purge` deletes feedback, days; 0: all",
    )


class ApiSettings(BaseModel):
    """Who may ask over HTTP, and how much."""

    model_config = STRICT

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

    model_config = STRICT

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

    model_config = STRICT

    url: Address = Field(
        "",
        description="address of the service for links that leave it; empty: the one asked for",
    )


class PageSettings(BaseModel):
    """What the pages show."""

    model_config = STRICT

    originals: Literal["on", "off"] = Field(
        "on", description="files of the documents may be opened; off: their text alone"
    )


class OperatorSettings(BaseModel):
    """Who may see the operator's pages."""

    model_config = STRICT

    token: SecretStr = Field(
        SecretStr(""),
        min_length=16,
        max_length=200,
        description="opens the operator's pages; none: they do not exist",
    )


class Settings(BaseModel):
    """Every setting, with its bounds."""

    model_config = STRICT

    retrieval: RetrievalSettings = RetrievalSettings()
    encoder: EncoderSettings = EncoderSettings()
    split: SplitSettings = SplitSettings()
    feedback: FeedbackSettings = FeedbackSettings()
    operator: OperatorSettings = OperatorSettings()
    api: ApiSettings = ApiSettings()
    embed: EmbedSettings = EmbedSettings()
    page: PageSettings = PageSettings()
    public: PublicSettings = PublicSettings()
    reranker: RerankerSettings = RerankerSettings()
    llm: LlmSettings = LlmSettings()
    reader: Literal["rules", "neural", "llm"] = Field(
        "neural",
        description="rules alone, a small network beside them, or a language model that writes from both",
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

    @model_validator(mode="after")
    def _names_its_models(self) -> Settings:
        """Raises UsageError where a model is wanted and not named."""
        if self.reader == "llm" and not (self.llm.url and self.llm.model):
            raise UsageError(
                "reader=llm 需要语言模型：请设置 llm.url（到 /v1 为止）和 llm.model，见 docs/llm.md。",
                "reader=llm needs a language model: set llm.url (up to /v1) and llm.model, "
                "see docs/llm.md.",
            )
        if bool(self.encoder.url) != bool(self.encoder.model):
            raise UsageError(
                "encoder.url 和 encoder.model 须一起设置，见 docs/llm.md。",
                "encoder.url and encoder.model go together, see docs/llm.md.",
            )
        return self


def has_model(settings: Settings) -> bool:
    """Whether a language model writes the answers."""
    return settings.reader == "llm"


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
    """CHENGWEN_RETRIEVAL__K=5 gives {"retrieval.k": "5"}; CHENGWEN_LLM__KEY_FILE what the file holds.

    Raises UsageError for a file that cannot be read.
    """
    values = {}
    for variable, value in environment.items():
        if variable.startswith(PREFIX) and variable not in FOLDERS:
            name = variable.removeprefix(PREFIX).lower().replace("__", ".")
            secret = name.removesuffix("_file")
            if secret != name and secret in SECRETS:
                values[secret] = _kept_in_file(Path(value), variable)
            else:
                values.setdefault(name, value)
    return values


def _kept_in_file(path: Path, variable: str) -> str:
    """The secret in a file, without the line end behind it. Raises UsageError."""
    try:
        return path.read_text("utf-8").strip()
    except (OSError, ValueError) as error:
        why = refusal_of(error, path) if isinstance(error, OSError) else None
        zh, en = (why.zh, why.en) if why else ("不是 UTF-8 文字", "it is not UTF-8 text")
        raise UsageError(
            f"{variable} 所指的文件 {shown(path)} 无法读取：{zh}。",
            f"the file {shown(path)} that {variable} names cannot be read: {en}.",
        ) from None


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
        name = name.strip()
        if name in KEYS:
            variable = PREFIX + name.upper().replace(".", "__")
            raise UsageError(
                f"{name} 不能写在命令行上，同机的人都看得见：请设环境变量 {variable}，"
                f"或以 {variable}_FILE 指明文件。",
                f"{name} does not belong on a command line, which everyone on this machine sees: set "
                f"{variable}, or {variable}_FILE to the name of a file.",
            )
        values[name] = value.strip()
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
