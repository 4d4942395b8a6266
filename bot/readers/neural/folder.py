"""The reading network as the server runs it: merged, rounded to 8 bits and drawn as a graph, once a machine."""

from __future__ import annotations

import sys
from pathlib import Path

from tqdm import tqdm

from bot.readers.neural.adapter import WEIGHTS, merge, read_adapter
from index.e5.conversion import made_once, packed_file
from index.e5.folder import GRAPH, TOKENIZER, Facts, digest, seal
from index.e5.graph import write_graph
from index.e5.tokenizer import build_tokenizer
from index.e5.weights import read_packed_model

_FORM = 1  # of what `_convert` writes


def reader_folder(cache: Path, weights: Path = WEIGHTS, *, progress: bool = True, packed: Path | None = None) -> Path:
    """A folder under `cache` with the network of `weights`, made if missing or damaged. Raises EncoderUnavailable."""
    read_adapter(weights)
    known = digest(weights)
    folder = cache / f"reader-{known[:12]}-int8-{_FORM}"
    made_once(folder, lambda made: _convert(packed or packed_file(), weights, made, progress))
    return folder


def _convert(packed: Path, weights: Path, folder: Path, progress: bool) -> Facts:
    model = read_packed_model(packed)
    whole, heads = merge(model, *read_adapter(weights))
    title = "首次使用，转换阅读模型 / first use, converting the reader"
    with tqdm(total=model.sizes.layers + 1, desc=title, unit="", file=sys.stderr, disable=not progress) as bar:
        write_graph(whole, folder / GRAPH, bar.update, heads)
        tokenizer = build_tokenizer(model.pieces, model.sizes.positions)
        (folder / TOKENIZER).write_text(tokenizer.to_str(), "utf-8")
        bar.update()
    facts = Facts(f"{digest(packed)} {digest(weights)} int8-{_FORM}", model.sizes.positions)
    seal(folder, sorted(path.name for path in folder.iterdir()), facts)
    return facts
