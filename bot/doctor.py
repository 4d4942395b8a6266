"""Looks the installation over: Python, packages, encoder, index, both halves of the search, reader, speed."""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, requires, version
from pathlib import Path
from time import perf_counter

from bot.index_build import Notice, OpenIndex, find_encoder, open_index
from bot.index_location import find, variant
from bot.service import Service
from bot.settings import Settings
from corpus import ChengwenError
from corpus.language.text import fold
from index import Retriever
from index.encoder import fingerprint
from index.snapshot import Snapshot
from index.store import Store

TERMS = 50
"""How many words of the corpus' dictionary are looked for."""

DEPTH = 10
OLDEST_PYTHON = (3, 11)

_NAME = re.compile(r"^[A-Za-z0-9._-]+")
_REINSTALL = "make install"


@dataclass(frozen=True, slots=True)
class Check:
    """What was looked at, whether it is well, and what was found; where it is not well, also what to do."""

    name: str
    ok: bool
    zh: str
    en: str


def examine(
    settings: Settings, corpus: Path | None = None, index: Path | None = None
) -> Iterator[Check]:
    """One check after the other; those of the search are left out where there is no index to search."""
    yield _python()
    yield _packages()
    encoder = _encoder(settings)
    yield encoder
    try:
        place = find(corpus, index, variant(settings))
        opened = open_index(settings, corpus, index)
        Store(place.root).verify()
    except ChengwenError as error:
        yield Check("index", False, error.zh, error.en)
        return
    yield _index(opened)
    yield _half("lexical", opened.snapshot.lexical, opened.snapshot)
    if opened.snapshot.dense:
        yield _half("dense", opened.snapshot.dense, opened.snapshot)
    service = opened.service(settings)
    yield _reader(service, service.notices[len(opened.notices) :])
    yield _speed(service)


def _python() -> Check:
    found = ".".join(map(str, sys.version_info[:3]))
    oldest = ".".join(map(str, OLDEST_PYTHON))
    return Check(
        "python",
        sys.version_info[:2] >= OLDEST_PYTHON,
        f"{found}，需要 {oldest} 或更新",
        f"{found}, needs {oldest}",
    )


def _packages() -> Check:
    try:
        wanted = [
            _NAME.findall(line)[0] for line in requires("chengwen") or () if "extra ==" not in line
        ]
    except PackageNotFoundError:
        return Check(
            "packages",
            False,
            f"本程序没有安装：请运行 {_REINSTALL}",
            f"not installed: run {_REINSTALL}",
        )
    missing = [name for name in wanted if not _is_installed(name)]
    if missing:
        names = ", ".join(missing)
        return Check(
            "packages",
            False,
            f"缺少 {names}：请运行 {_REINSTALL}",
            f"{names} missing: run {_REINSTALL}",
        )
    return Check("packages", True, f"{len(wanted)} 个依赖齐全", f"all {len(wanted)} there")


def _is_installed(name: str) -> bool:
    try:
        return bool(version(name))
    except PackageNotFoundError:
        return False


def _encoder(settings: Settings) -> Check:
    encoder, notices = find_encoder(settings)
    for zh, en in notices:
        return Check("encoder", False, zh, en)
    assert encoder is not None
    described = f"{encoder.name} ({fingerprint(encoder)})"
    return Check("encoder", True, described, described)


def _index(opened: OpenIndex) -> Check:
    facts, generation = opened.generation.facts, opened.generation.name
    zh = f"{generation} 完好且是最新的，{facts['documents']} 篇，{facts['passages']} 段"
    en = f"{generation} whole and up to date, {facts['documents']} documents, {facts['passages']} passages"
    return Check("index", True, zh, en)


def _half(name: str, retriever: Retriever, snapshot: Snapshot) -> Check:
    """Whether words of the corpus find a passage that has them. Only the lexical half must find every one."""
    terms = known_terms(snapshot)
    lost = [
        t
        for t in terms
        if not any(t in fold(hit.passage.text) for hit in retriever.search(t, DEPTH))
    ]
    counted = f"{len(terms) - len(lost)}/{len(terms)}"
    if not lost or name == "dense":
        return Check(
            name,
            True,
            f"{counted} 个词找到了所在的段落",
            f"{counted} words find a passage that has them",
        )
    some = "、".join(lost[:5])
    zh = f"{counted} 个词找到了所在的段落，未找到 {some}：请运行 chengwen index build"
    return Check(
        name,
        False,
        zh,
        f"{counted} words find a passage that has them, not {some}: run `chengwen index build`",
    )


def known_terms(snapshot: Snapshot, most: int = TERMS) -> list[str]:
    """Words of the dictionary, given and mined, that the passages have, drawn evenly from all of them."""
    text = "\n".join(fold(passage.text) for passage in snapshot.collection.passages)
    found = [term for term in snapshot.segmenter.terms if term in text]
    return found[:: -(-len(found) // most)] if found else []


def _reader(service: Service, notices: Sequence[Notice]) -> Check:
    for zh, en in notices:
        return Check("reader", False, zh, en)
    return Check("reader", True, service.settings.reader, service.settings.reader)


def _speed(service: Service) -> Check:
    question = f"{service.snapshot.collection.documents[0].title}是什么？"[:100]
    service.ask(question)
    started = perf_counter()
    service.ask(f"{question}？")
    spent = round(1000 * (perf_counter() - started))
    return Check("speed", True, f"一个问题 {spent} 毫秒", f"{spent} ms for a question")
