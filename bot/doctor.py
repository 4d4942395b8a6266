"""Checks the installation: Python, packages, the folder of state, encoder, index, search, reader, speed."""

from __future__ import annotations

import math
import os
import re
import shutil
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, requires, version
from pathlib import Path
from tempfile import TemporaryFile
from time import perf_counter
from typing import Any

from bot.i18n import Pair
from bot.index_build import OpenIndex, find_encoder, open_to_answer
from bot.index_location import locate_index, variant_of
from bot.service import Service
from bot.settings import Settings, home
from corpus import ChengwenError
from corpus.intake.decode import shown
from corpus.language.text import fold
from corpus.refusals import refusal_of
from index import Retriever
from index.encoder import fingerprint
from index.snapshot import Snapshot
from index.store import Store

TERMS = 50
"""Terms of the corpus' dictionary that are searched for."""

NOTES = 20
"""Notes on documents that are shown."""

TRIED_BYTES = 256 * 1024
"""Bytes written to see whether the disk takes any: more than a disk that is full still has."""

DEPTH = 10
"""Passages among which a term must be found."""

OLDEST_PYTHON = (3, 11)

# The jieba of "jieba>=0.42; python_version >= '3.11'".
_NAME = re.compile(r"^[A-Za-z0-9._-]+")
_REINSTALL = "make install"


@dataclass(frozen=True, slots=True)
class CheckResult:
    """What one check found, in Chinese and English. If `ok` is false, it also says what to do."""

    name: str
    ok: bool
    zh: str
    en: str


def examine(
    settings: Settings, corpus: Path | None = None, index: Path | None = None
) -> Iterator[CheckResult]:
    """Runs one check after the other. Without an index, those of the search are left out."""
    yield _python()
    yield _packages()
    yield _home()
    yield _encoder(settings)
    try:
        location = locate_index(corpus, index, variant_of(settings))
        opened = open_to_answer(settings, corpus, index)
        Store(location.root).verify()
    except ChengwenError as error:
        yield CheckResult("index", False, error.zh, error.en)
        return
    yield _index(opened)
    yield _documents(opened)
    yield _half("lexical", opened.snapshot.lexical, opened.snapshot)
    if opened.snapshot.dense:
        yield _half("dense", opened.snapshot.dense, opened.snapshot)
    service = opened.service(settings)
    of_network = service.notices[len(opened.notices) :]
    yield _reader(service, of_network)
    yield _speed(service)


def _python() -> CheckResult:
    running = ".".join(map(str, sys.version_info[:3]))
    oldest = ".".join(map(str, OLDEST_PYTHON))
    return CheckResult(
        "python",
        sys.version_info[:2] >= OLDEST_PYTHON,
        f"{running}，需要 {oldest} 或更新",
        f"{running}, needs {oldest}",
    )


def _packages() -> CheckResult:
    try:
        requirements = requires("chengwen") or []
    except PackageNotFoundError:
        zh = f"本程序没有安装：请运行 {_REINSTALL}"
        return CheckResult("packages", False, zh, f"not installed: run {_REINSTALL}")
    needed = [_NAME.findall(line)[0] for line in requirements if "extra ==" not in line]
    missing = ", ".join(name for name in needed if not _is_installed(name))
    if missing:
        zh = f"缺少 {missing}：请运行 {_REINSTALL}"
        return CheckResult("packages", False, zh, f"{missing} missing: run {_REINSTALL}")
    return CheckResult("packages", True, f"{len(needed)} 个依赖齐全", f"all {len(needed)} there")


def _is_installed(name: str) -> bool:
    try:
        return bool(version(name))
    except PackageNotFoundError:
        return False


def _home() -> CheckResult:
    """Whether the folder of all state can be written, by a file that goes away again."""
    folder = home()
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with TemporaryFile(dir=folder) as file:
            file.write(bytes(TRIED_BYTES))
            file.flush()
            os.fsync(file.fileno())
        free = shutil.disk_usage(folder).free // 2**20
    except OSError as error:
        refusal = refusal_of(error, folder)
        where = shown(folder)
        zh = f"CHENGWEN_HOME（{where}）不能写入：{refusal.zh}，{refusal.remedy_zh}"
        en = f"CHENGWEN_HOME ({where}) cannot be written: {refusal.en}: {refusal.remedy_en}"
        return CheckResult("home", False, zh, en)
    zh = f"{shown(folder)} 可以写入，还有 {free:,} MB"
    return CheckResult("home", True, zh, f"{shown(folder)} can be written, {free:,} MB free")


def _encoder(settings: Settings) -> CheckResult:
    encoder, notices = find_encoder(settings)
    for zh, en in notices:
        return CheckResult("encoder", False, zh, en)
    assert encoder is not None
    described = f"{encoder.name} ({fingerprint(encoder)})"
    return CheckResult("encoder", True, described, described)


def _index(opened: OpenIndex) -> CheckResult:
    facts = opened.generation.facts
    if opened.refusal:
        zh = f"不是最新的：{opened.refusal.zh}"
        return CheckResult("index", False, zh, f"not up to date: {opened.refusal.en}")
    name = opened.generation.name
    zh = f"{name} 完好且是最新的，{facts['documents']} 篇，{facts['passages']} 段"
    en = (
        f"{name} whole and up to date, {facts['documents']} documents, {facts['passages']} passages"
    )
    return CheckResult("index", True, zh, en)


def _documents(opened: OpenIndex) -> CheckResult:
    """Which files were left out, and what reading left out of the others."""
    noted = [document for document in opened.snapshot.collection.documents if document.notes]
    left_out: Any = opened.generation.facts.get("left_out", ())
    if not noted and not left_out:
        return CheckResult("documents", True, "全部完整读入", "all read whole")
    said = [(f"{d.doc_id}：{zh}", f"{d.doc_id}: {en}") for d in noted for zh, en in d.notes]
    said += [(zh, en) for zh, en in left_out]
    zh = f"{len(noted)} 篇没有完整读入，{len(left_out)} 个文件没有收录"
    en = f"{len(noted)} not read whole, {len(left_out)} files left out"
    details_zh = " ".join(zh for zh, _ in said[:NOTES])
    details_en = " ".join(en for _, en in said[:NOTES])
    return CheckResult("documents", True, f"{zh}。{details_zh}", f"{en}. {details_en}")


def _half(name: str, retriever: Retriever, snapshot: Snapshot) -> CheckResult:
    """Whether terms of the corpus find a passage that has them; the lexical half must find all."""
    terms = known_terms(snapshot)
    not_found = [term for term in terms if not _finds(retriever, term)]
    counted = f"{len(terms) - len(not_found)}/{len(terms)}"
    zh = f"{counted} 个词找到了所在的段落"
    en = f"{counted} words find a passage that has them"
    if not not_found or name == "dense":
        return CheckResult(name, True, zh, en)
    some = "、".join(not_found[:5])
    zh = f"{zh}，未找到 {some}：请运行 chengwen index build"
    en = f"{en}, not {some}: run `chengwen index build`"
    return CheckResult(name, False, zh, en)


def _finds(retriever: Retriever, term: str) -> bool:
    """Whether one of the best DEPTH passages has `term`."""
    hits = retriever.search(term, DEPTH)
    return any(term in fold(hit.passage.text) for hit in hits)


def known_terms(snapshot: Snapshot, most: int = TERMS) -> list[str]:
    """At most `most` terms of the dictionary that the passages have, drawn evenly from all."""
    text = "\n".join(fold(passage.text) for passage in snapshot.collection.passages)
    found = [term for term in snapshot.segmenter.terms if term in text]
    step = max(1, math.ceil(len(found) / most))
    return found[::step]


def _reader(service: Service, notices: Sequence[Pair]) -> CheckResult:
    for zh, en in notices:
        return CheckResult("reader", False, zh, en)
    return CheckResult("reader", True, service.settings.reader, service.settings.reader)


def _speed(service: Service) -> CheckResult:
    question = f"{service.snapshot.collection.documents[0].title}是什么？"[:100]
    service.ask(question)
    started = perf_counter()
    service.ask(f"{question}？")
    spent = round(1000 * (perf_counter() - started))
    return CheckResult("speed", True, f"一个问题 {spent} 毫秒", f"{spent} ms for a question")
