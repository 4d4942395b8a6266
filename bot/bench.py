"""`make bench`: how fast and how large, measured on this machine and printed as JSON.

Also writes the bundled encoder's weights in 32 bits, as the torch encoder to compare with.
"""

from __future__ import annotations

import json
import math
import os
import platform
import subprocess
import sys
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path
from statistics import median, quantiles
from tempfile import TemporaryDirectory
from time import perf_counter
from typing import Any
from urllib.request import urlopen

import numpy as np
from safetensors.numpy import save_file

from bot.bench_library import measure_libraries, megabytes
from bot.index_build import open_index
from bot.service import Service
from bot.settings import Settings
from index import Encoder
from index.e5.convert import PROMPTS, packed_file
from index.e5.tokenizer import build_tokenizer
from index.e5.weights import Floats, PackedModel, read_packed_model
from index.encoder import TextEncoder, load_encoder
from index.snapshot import Snapshot

ROOT = Path(__file__).resolve().parents[1]
QUESTIONS = ROOT / "tests/data/questions.jsonl"
ASKED = 30
"""Questions that are timed."""

PASSAGES = 64
"""Passages that an encoder is given at once."""

ROUNDS = 3
"""Times that each encoder is measured. The best counts: other work can only slow it down."""

WARM_UP = ("城市治理是什么？", "城市治理體系是什麼？", "What is urban governance?")
"""A question of each script, because each has tables of its own to load."""


def main() -> None:
    """Prints one JSON object; progress goes to standard error."""
    settings = Settings()
    opened = open_index(settings)
    facts = opened.generation.facts
    questions = read_questions()
    # By rules first: caches would shorten the few milliseconds of a second round.
    by_rules = time_questions(opened.service(Settings(reader="rules")), questions)
    by_default = time_questions(opened.service(settings), questions)
    encoders = None
    if opened.encoder:
        encoders = compare_encoders(opened.encoder, opened.snapshot, questions)
    result = {
        "machine": {
            "processors": os.cpu_count(),
            "python": platform.python_version(),
            "system": platform.platform(),
        },
        "corpus": {name: facts[name] for name in ("documents", "passages", "sentences")},
        "question_by_rules": by_rules,
        "question": by_default,
        "encoder": encoders,
        "server": measure_server(),
        "library": measure_libraries(),
    }
    print(json.dumps(result, ensure_ascii=False, indent=2))


def read_questions(path: Path = QUESTIONS, count: int = ASKED) -> list[str]:
    """`count` different questions of a set, drawn evenly from all of it."""
    rows = [json.loads(line) for line in path.read_text("utf-8").splitlines()]
    questions = list(dict.fromkeys(row["question"] for row in rows))
    step = max(1, len(questions) // count)
    return questions[::step][:count]


def time_questions(service: Service, questions: Sequence[str]) -> dict[str, float]:
    """Milliseconds from a question to its answer; each question is asked once of a warm service."""
    for question in WARM_UP:
        service.ask(question)
    spent = [1000 * seconds(partial(service.ask, question)) for question in questions]
    return {
        "asked": len(spent),
        "p50_ms": round(median(spent), 1),
        "p95_ms": round(quantiles(spent, n=20)[-1], 1),
    }


def compare_encoders(
    encoder: Encoder, snapshot: Snapshot, questions: Sequence[str]
) -> dict[str, Any]:
    """Speed of our encoder and of the same weights in torch in 32 bits, measured in turns."""
    passages = snapshot.collection.indexed_texts()
    copies = PASSAGES // len(passages) + 1
    passages = (passages * copies)[:PASSAGES]
    ours = EncoderSpeed(encoder)
    theirs = EncoderSpeed(torch_encoder())
    for _ in range(ROUNDS):
        for speed in (ours, theirs):
            speed.measure(questions, passages)
    return {
        "onnx_int8": ours.rates(len(passages)),
        "torch_fp32": theirs.rates(len(passages)),
        "times_faster": {
            "query": round(theirs.query / ours.query, 2),
            "passages": round(theirs.passages / ours.passages, 2),
        },
    }


class EncoderSpeed:
    """The best times of an encoder so far, in seconds: for one query, and for all passages."""

    def __init__(self, encoder: Encoder) -> None:
        self.query = math.inf
        self.passages = math.inf
        self._encoder = encoder

    def measure(self, questions: Sequence[str], passages: list[str]) -> None:
        """Encodes each question alone and all passages at once; keeps times that are better."""
        encode_query = self._encoder.encode_query
        each = [seconds(partial(encode_query, [question])) for question in questions]
        self.query = min(self.query, median(each))
        whole = seconds(partial(self._encoder.encode_document, passages))
        self.passages = min(self.passages, whole)

    def rates(self, passages: int) -> dict[str, float]:
        """The times as they are reported; `passages` is the number encoded at once."""
        return {
            "query_ms": round(1000 * self.query, 2),
            "passages_per_second": round(passages / self.passages, 1),
        }


def measure_server() -> dict[str, float | None]:
    """Seconds from the start of `app.py` until it answers, and its largest resident size, MB."""
    argv = [sys.executable, str(ROOT / "app.py")]
    environment = os.environ | {"HOST": "127.0.0.1", "PORT": "0"}
    started = perf_counter()
    with subprocess.Popen(argv, stdout=subprocess.PIPE, text=True, env=environment) as server:
        assert server.stdout
        address = server.stdout.readline().strip()
        for path in ("/readyz", "/", "/api/suggestions"):
            with urlopen(address + path, timeout=60) as response:
                response.read()
        ready = perf_counter() - started
        size = megabytes(server.pid, "VmHWM")
        server.terminate()
    return {"ready_seconds": round(ready, 1), "peak_rss_mb": size}


def seconds(work: Callable[[], object]) -> float:
    """Seconds that `work` takes."""
    started = perf_counter()
    work()
    return perf_counter() - started


def torch_encoder() -> TextEncoder:
    """An encoder in torch with the default's weights in 32 bits. Raises EncoderUnavailable."""
    with TemporaryDirectory() as folder:
        write_float_folder(read_packed_model(packed_file()), Path(folder))
        encoder = load_encoder(folder)
    encoder.model.prompts.update(PROMPTS)
    return encoder


_EMBEDDINGS = {"emb.pos": "position_embeddings", "emb.type": "token_type_embeddings"}
_MATRICES = {
    "q": "attention.self.query",
    "k": "attention.self.key",
    "v": "attention.self.value",
    "ao": "attention.output.dense",
    "fi": "intermediate.dense",
    "fo": "output.dense",
}
_NORMS = {"aln": "attention.output.LayerNorm", "oln": "output.LayerNorm"}


def write_float_folder(model: PackedModel, folder: Path) -> None:
    """Fills a folder that `transformers` and `sentence_transformers` load."""
    sizes = model.sizes
    config = {
        "architectures": ["BertModel"],
        "model_type": "bert",
        "hidden_size": sizes.hidden,
        "num_hidden_layers": sizes.layers,
        "num_attention_heads": sizes.heads,
        "intermediate_size": sizes.feed_forward,
        "vocab_size": sizes.vocabulary,
        "max_position_embeddings": sizes.positions,
        "type_vocab_size": sizes.types,
        "layer_norm_eps": sizes.epsilon,
        "pad_token_id": model.pieces.pad,
    }
    tokenizer = build_tokenizer(model.pieces, sizes.positions).to_str()
    (folder / "config.json").write_text(json.dumps(config), "utf-8")
    (folder / "tokenizer_config.json").write_text(json.dumps(_tokenizer_config(model)), "utf-8")
    (folder / "tokenizer.json").write_text(tokenizer, "utf-8")
    save_file(_tensors(model), folder / "model.safetensors", metadata={"format": "pt"})


def _tokenizer_config(model: PackedModel) -> dict[str, object]:
    pieces = model.pieces
    begin, end = pieces.texts[pieces.bos], pieces.texts[pieces.eos]
    return {
        "bos_token": begin,
        "cls_token": begin,
        "eos_token": end,
        "sep_token": end,
        "pad_token": pieces.texts[pieces.pad],
        "unk_token": pieces.texts[pieces.unk],
        "tokenizer_class": "PreTrainedTokenizerFast",
        "model_max_length": model.sizes.positions,
    }


def _tensors(model: PackedModel) -> dict[str, Floats]:
    """The weights under the names of transformers' BertModel."""
    hidden = model.sizes.hidden
    tensors = {"embeddings.word_embeddings.weight": model.words.floats()}
    for packed, theirs in _EMBEDDINGS.items():
        tensors[f"embeddings.{theirs}.weight"] = model.vectors[packed].reshape(-1, hidden)
    norms = {"emb.ln": "embeddings.LayerNorm"}
    for number in range(model.sizes.layers):
        layer = f"encoder.layer.{number}"
        for packed, theirs in _NORMS.items():
            norms[f"l{number}.{packed}"] = f"{layer}.{theirs}"
        for packed, theirs in _MATRICES.items():
            weight = model.matrices[f"l{number}.{packed}.w"]
            tensors[f"{layer}.{theirs}.weight"] = weight.floats()
            tensors[f"{layer}.{theirs}.bias"] = model.vectors[f"l{number}.{packed}.b"]
    for packed, theirs in norms.items():
        tensors[f"{theirs}.weight"] = model.vectors[f"{packed}.w"]
        tensors[f"{theirs}.bias"] = model.vectors[f"{packed}.b"]
    # Mean pooling does not use the pooler, but transformers reports missing weights without it.
    tensors["pooler.dense.weight"] = np.zeros((hidden, hidden), np.float32)
    tensors["pooler.dense.bias"] = np.zeros(hidden, np.float32)
    return {name: np.ascontiguousarray(values) for name, values in tensors.items()}


if __name__ == "__main__":
    main()
