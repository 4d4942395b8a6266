"""The folder of a converted model. Its config.json vouches for every byte of the files it names, and for itself."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from pathlib import Path

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
