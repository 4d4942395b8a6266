"""All settings in one frozen object: defaults, then the environment, then `--set`. docs/settings.md is its table."""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from corpus import UsageError

PREFIX = "CHENGWEN_"
PLACES = frozenset({"CHENGWEN_HOME", "CHENGWEN_CACHE", "CHENGWEN_DATA"})

_STRICT = ConfigDict(frozen=True, extra="forbid")


class RetrievalSettings(BaseModel):
    """How passages are found."""

    model_config = _STRICT

    mode: Literal["dense", "lexical", "fused"] = Field("fused", description="which half of the search, or both")
    weight: float = Field(0.5, ge=0, le=1, description="share of the dense half in the fused score")
    candidates: int = Field(100, ge=1, le=10_000, description="passages each half gives to the fusion")
    k: int = Field(10, ge=1, le=100, description="passages returned with an answer")


class EncoderSettings(BaseModel):
    """What makes the vectors."""

    model_config = _STRICT

    name: str = Field("default", min_length=1, max_length=500, description="bundled model, or any by name or folder")
    threads: int = Field(0, ge=0, le=256, description="processor threads for the encoder; 0: one a core")


class SplitSettings(BaseModel):
    """How documents are cut."""

    model_config = _STRICT

    size: int = Field(250, ge=50, le=2000, description="longest passage, characters")


class FeedbackSettings(BaseModel):
    """What is kept of what people say about answers."""

    model_config = _STRICT

    days: int = Field(90, ge=0, le=3650, description="age from which `chengwen purge` deletes feedback, days; 0: all")


class Settings(BaseModel):
    """Every setting, with its bounds."""

    model_config = _STRICT

    retrieval: RetrievalSettings = RetrievalSettings()
    encoder: EncoderSettings = EncoderSettings()
    split: SplitSettings = SplitSettings()
    feedback: FeedbackSettings = FeedbackSettings()
    reader: Literal["rules"] = Field("rules", description="what reads the passages and answers")
    refusal: Literal["on", "off"] = Field("on", description="off: always answer with the nearest sentence")


def load_settings(assignments: Iterable[str] = (), environment: Mapping[str, str] = os.environ) -> Settings:
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


def _refused(name: str, why: str) -> UsageError:
    return UsageError(
        f"设置 {name} 不可用（{why}）。全部设置见 docs/settings.md",
        f"setting {name} is not valid ({why}). All settings: docs/settings.md",
    )


def home() -> Path:
    """Where state lives: indexes and, later, what people said."""
    return Path(os.environ.get("CHENGWEN_HOME") or "var").resolve()
