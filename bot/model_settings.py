"""Settings of the models: what makes vectors, what re-orders passages, what writes prose.

Each may be another program that is reached over HTTP.
"""

from __future__ import annotations

import json
import re
from typing import Annotated, Any, Literal
from urllib.parse import urlsplit

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, SecretStr

STRICT = ConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True)

OURS = frozenset(
    {"model", "messages", "stream", "n", "tools", "tool_choice", "functions", "function_call"}
)
"""What `llm.extra` may not name: what is asked is ours alone, and no model is given tools."""

# http://127.0.0.1:11434/v1, https://api.example.org, http://[::1]:8000/v1; no user, query or fragment
_LABEL = r"[A-Za-z0-9_][A-Za-z0-9_-]{0,62}"
_SERVER = re.compile(
    rf"https?://(?:{_LABEL}(?:\.{_LABEL})*|\[[0-9A-Fa-f:.]+\])(?::[0-9]{{1,5}})?(?:/[\w.~%/-]*)?",
    re.ASCII,
)
# "sk-0aB_.9": what a header can carry.
_KEY = re.compile(r"[\x21-\x7e]*")


def _checked_address(url: str) -> str:
    if url and not (_SERVER.fullmatch(url) and _can_be_called(url)):
        raise ValueError("no address such as http://127.0.0.1:11434/v1")
    return url.rstrip("/")


def _can_be_called(url: str) -> bool:
    """Whether the port, if any, is one, and the host: neither [:::] nor 256.1.1.1 nor xn--a."""
    # It takes httpx, which loads for a fifth of a second and which nobody needs without a server.
    from index.remote.connection import is_address

    try:
        return is_address(url) and urlsplit(url).port != 0
    except ValueError:
        return False


def _checked_key(key: SecretStr) -> SecretStr:
    if not _KEY.fullmatch(key.get_secret_value()):
        raise ValueError("a key has no spaces, and only ASCII characters")
    return key


def _checked_extra(extra: str) -> str:
    fields = _object(extra)
    taken = sorted(OURS & fields.keys())
    if taken:
        raise ValueError(f"{', '.join(taken)} may not be set")
    return extra


def _object(text: str) -> dict[str, Any]:
    """A JSON object, empty for an empty text. Raises ValueError, which quotes nothing of it."""
    try:
        fields = json.loads(text or "{}", parse_constant=_no_constant)
    except (ValueError, RecursionError):
        fields = None
    if not isinstance(fields, dict):
        raise ValueError('no JSON object such as {"top_p": 0.8}')
    return fields


def _no_constant(name: str) -> None:
    """Raises ValueError: NaN and Infinity are no JSON, though Python reads them."""
    raise ValueError(name)


Address = Annotated[str, Field(min_length=0, max_length=500), AfterValidator(_checked_address)]
"""The address of a server; none where it is empty."""

Key = Annotated[SecretStr, Field(min_length=0, max_length=4000), AfterValidator(_checked_key)]
"""The key of a server; none where it is empty."""


class EncoderSettings(BaseModel):
    """What makes the vectors."""

    model_config = STRICT

    name: str = Field(
        "default",
        min_length=1,
        max_length=500,
        description="bundled model, or any by name or folder",
    )
    threads: int = Field(
        0, ge=0, le=256, description="processor threads for the encoder; 0: one a core"
    )
    url: Address = Field(
        "",
        description="server of OpenAI-compatible embeddings, with /v1; it takes the place of encoder.name",
    )
    model: str = Field(
        "", min_length=0, max_length=200, description="name of the model at encoder.url"
    )
    key: Key = Field(SecretStr(""), description="key of encoder.url")
    seconds: float = Field(
        5.0, ge=0.01, le=600, description="longest wait for the vector of a question"
    )


class RerankerSettings(BaseModel):
    """What re-orders the first passages that were found."""

    model_config = STRICT

    name: str = Field(
        "",
        min_length=0,
        max_length=500,
        description="folder of a CrossEncoder; with reranker.url, the name of the model there",
    )
    url: Address = Field("", description="address that has /rerank below it")
    key: Key = Field(SecretStr(""), description="key of reranker.url")
    seconds: float = Field(
        3.0, ge=0.01, le=600, description="longest wait for the order of a question's passages"
    )


class LlmSettings(BaseModel):
    """The language model that writes prose, and how long and how much it may."""

    model_config = STRICT

    url: Address = Field("", description="OpenAI-compatible server, with /v1")
    model: str = Field("", min_length=0, max_length=200, description="name of the model there")
    key: Key = Field(SecretStr(""), description="its key, if any")
    extra: Annotated[str, AfterValidator(_checked_extra)] = Field(
        "",
        min_length=0,
        max_length=4000,
        description="JSON object of further fields of a request; null leaves out one of ours",
    )
    proxy: Address = Field("", description="proxy on the way there; none: directly")
    first_seconds: float = Field(
        15.0, ge=0.01, le=3600, description="longest wait for the first words, retries included"
    )
    gap_seconds: float = Field(15.0, ge=0.01, le=3600, description="longest wait for further words")
    whole_seconds: float = Field(
        60.0, ge=0.01, le=7200, description="longest time that an answer may take"
    )
    streams: int = Field(
        200, ge=1, le=10_000, description="answers written at the same time; others are extracts"
    )
    answer_tokens: int = Field(
        800, ge=16, le=100_000, description="most tokens that the model may write for an answer"
    )
    question_tokens: int = Field(
        8_000, ge=100, le=1_000_000, description="most tokens of one question, retries included"
    )
    site_tokens: int = Field(
        0, ge=0, le=10**12, description="most tokens of one site in 24 hours; 0: no limit"
    )
    day_tokens: int = Field(
        5_000_000, ge=0, le=10**12, description="most tokens of all in 24 hours; 0: no limit"
    )
    unsupported: Literal["drop", "mark"] = Field(
        "drop", description="sentences without support: left out, or marked 未找到依据"
    )

    @property
    def fields(self) -> dict[str, Any]:
        """What `extra` adds to a request."""
        return _object(self.extra)
