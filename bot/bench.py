"""`make bench`: how fast and how large, measured on this machine and printed as JSON."""

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

from bot.bench_weights import write_float_folder
from bot.index_build import open_index
from bot.service import Service
from bot.settings import Settings
from index import Encoder
from index.e5.convert import PROMPTS, packed_file
from index.e5.weights import read_packed_model
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
        size = peak_megabytes(server.pid)
        server.terminate()
    return {"ready_seconds": round(ready, 1), "peak_rss_mb": size}


def peak_megabytes(pid: int) -> float | None:
    """The largest resident size of a process so far, MB, or None if the system does not tell."""
    status = Path(f"/proc/{pid}/status")
    if not status.exists():
        return None
    for line in status.read_text().splitlines():
        # VmHWM:    123456 kB
        if line.startswith("VmHWM"):
            return round(int(line.split()[1]) / 1024, 1)
    return None


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


if __name__ == "__main__":
    main()
