"""`make bench`: how fast and how large, measured on this machine and printed as JSON."""

from __future__ import annotations

import json
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
PASSAGES = 64
ROUNDS = 3
WARM_UP = ("城市治理是什么？", "城市治理體系是什麼？", "What is urban governance?")
"""A question of each script, for each has tables of its own to read."""


def main() -> None:
    """Prints one JSON object; progress goes to standard error."""
    settings = Settings()
    opened = open_index(settings)
    questions = read_questions()
    result = {
        "machine": {
            "processors": os.cpu_count(),
            "python": platform.python_version(),
            "system": platform.platform(),
        },
        "corpus": {
            name: opened.generation.facts[name] for name in ("documents", "passages", "sentences")
        },
        # By rules first: what is remembered of a question would make the few milliseconds of the second round fewer.
        "question_by_rules": time_questions(opened.service(Settings(reader="rules")), questions),
        "question": time_questions(opened.service(settings), questions),
        "encoder": compare_encoders(opened.encoder, opened.snapshot, questions)
        if opened.encoder
        else None,
        "server": measure_server(),
    }
    print(json.dumps(result, ensure_ascii=False, indent=2))


def read_questions(path: Path = QUESTIONS, count: int = ASKED) -> list[str]:
    """`count` different questions of a set, drawn evenly from all of it."""
    rows = [json.loads(line) for line in path.read_text("utf-8").splitlines()]
    questions = list(dict.fromkeys(row["question"] for row in rows))
    return questions[:: max(1, len(questions) // count)][:count]


def time_questions(service: Service, questions: Sequence[str]) -> dict[str, float]:
    """Milliseconds from question to answer, each asked once by a warm service."""
    for question in WARM_UP:
        service.ask(question)
    spent = [1000 * seconds(lambda q=question: service.ask(q)) for question in questions]  # type: ignore[misc]
    return {
        "asked": len(spent),
        "p50_ms": round(median(spent), 1),
        "p95_ms": round(quantiles(spent, n=20)[-1], 1),
    }


def compare_encoders(
    encoder: Encoder, snapshot: Snapshot, questions: Sequence[str]
) -> dict[str, Any]:
    """Speed of our encoder and of the same weights in torch and 32 bits, in turns on the same texts."""
    passages = snapshot.collection.indexed_texts()
    passages = (passages * (PASSAGES // len(passages) + 1))[:PASSAGES]
    forms: dict[str, Encoder] = {"onnx_int8": encoder, "torch_fp32": torch_encoder()}
    best: dict[str, dict[str, float]] = {
        name: {"query": float("inf"), "passages": float("inf")} for name in forms
    }
    for _ in range(ROUNDS):
        for name, form in forms.items():
            each = [seconds(partial(form.encode_query, [question])) for question in questions]
            whole = seconds(partial(form.encode_document, passages))
            best[name]["query"] = min(best[name]["query"], median(each))
            best[name]["passages"] = min(best[name]["passages"], whole)
    result: dict[str, Any] = {
        name: {
            "query_ms": round(1000 * found["query"], 2),
            "passages_per_second": round(len(passages) / found["passages"], 1),
        }
        for name, found in best.items()
    }
    ours, theirs = best["onnx_int8"], best["torch_fp32"]
    return result | {"times_faster": {kind: round(theirs[kind] / ours[kind], 2) for kind in ours}}


def measure_server() -> dict[str, float | None]:
    """Seconds from the start of `app.py` until it answers, and its largest resident size, MB, once it has."""
    argv, environment = (
        [sys.executable, str(ROOT / "app.py")],
        os.environ | {"HOST": "127.0.0.1", "PORT": "0"},
    )
    started = perf_counter()
    with subprocess.Popen(argv, stdout=subprocess.PIPE, text=True, env=environment) as server:
        assert server.stdout
        address = server.stdout.readline().strip()
        for path in ("/readyz", "/", "/api/suggestions"):
            with urlopen(address + path, timeout=60) as response:
                response.read()
        ready = perf_counter() - started
        size = peak_megabytes(server.pid)
        server.terminate()
    return {"ready_seconds": round(ready, 1), "peak_rss_mb": size}


def peak_megabytes(pid: int) -> float | None:
    """The largest resident size of a process so far, or None where the system does not tell."""
    status = Path(f"/proc/{pid}/status")
    lines = status.read_text().splitlines() if status.exists() else []
    found = [int(line.split()[1]) / 1024 for line in lines if line.startswith("VmHWM")]
    return round(found[0], 1) if found else None


def seconds(work: Callable[[], object]) -> float:
    """How long `work` takes."""
    started = perf_counter()
    work()
    return perf_counter() - started


def torch_encoder() -> TextEncoder:
    """The default's weights in torch and 32 bits, to compare with. Raises EncoderUnavailable."""
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
    sizes, pieces = model.sizes, model.pieces
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
        "pad_token_id": pieces.pad,
    }
    tokens = {
        "bos": pieces.bos,
        "cls": pieces.bos,
        "eos": pieces.eos,
        "sep": pieces.eos,
        "pad": pieces.pad,
    }
    settings = {f"{kind}_token": pieces.texts[place] for kind, place in tokens.items()}
    settings |= {
        "tokenizer_class": "PreTrainedTokenizerFast",
        "unk_token": pieces.texts[pieces.unk],
    }
    (folder / "config.json").write_text(json.dumps(config), "utf-8")
    (folder / "tokenizer_config.json").write_text(
        json.dumps(settings | {"model_max_length": sizes.positions}), "utf-8"
    )
    (folder / "tokenizer.json").write_text(
        build_tokenizer(pieces, sizes.positions).to_str(), "utf-8"
    )
    save_file(_tensors(model), folder / "model.safetensors", metadata={"format": "pt"})


def _tensors(model: PackedModel) -> dict[str, Floats]:
    """The weights under BertModel's names."""
    hidden = model.sizes.hidden
    tensors = {"embeddings.word_embeddings.weight": model.words.floats()}
    for name, theirs in _EMBEDDINGS.items():
        tensors[f"embeddings.{theirs}.weight"] = model.vectors[name].reshape(-1, hidden)
    norms = {"emb.ln": "embeddings.LayerNorm"}
    for number in range(model.sizes.layers):
        norms |= {
            f"l{number}.{name}": f"encoder.layer.{number}.{theirs}"
            for name, theirs in _NORMS.items()
        }
        for name, theirs in _MATRICES.items():
            tensors[f"encoder.layer.{number}.{theirs}.weight"] = model.matrices[
                f"l{number}.{name}.w"
            ].floats()
            tensors[f"encoder.layer.{number}.{theirs}.bias"] = model.vectors[f"l{number}.{name}.b"]
    for name, theirs in norms.items():
        tensors[f"{theirs}.weight"], tensors[f"{theirs}.bias"] = (
            model.vectors[f"{name}.{part}"] for part in "wb"
        )
    # Mean pooling has no use for BERT's own pooler, but without one transformers reports missing weights.
    tensors |= {"pooler.dense.weight": np.zeros((hidden, hidden), np.float32)}
    tensors |= {"pooler.dense.bias": np.zeros(hidden, np.float32)}
    return {name: np.ascontiguousarray(values) for name, values in tensors.items()}


if __name__ == "__main__":
    main()
