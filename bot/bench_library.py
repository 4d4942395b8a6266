"""Part of `make bench`: a document is added while a server runs, in libraries of three sizes.

Texts come from $CHENGWEN_DATA (`news_corpus.jsonl`, `laws/`); without it they are put together from the
sentences of the bundled article, and have its few words alone. Processor time is what counts where
other programs run.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path
from random import Random
from statistics import median
from tempfile import TemporaryDirectory
from threading import Event, Thread
from time import perf_counter, sleep
from typing import Any, NamedTuple
from urllib.request import Request, urlopen

from bot.index_location import BUNDLED
from corpus.language.sentences import sentences
from corpus.load import load

ROOT = Path(__file__).resolve().parents[1]
SIZES = (1, 100, 1000)
"""Documents of the libraries."""

BY_WORDS = ("--set", "encoder.name=none-such", "--set", "reader=rules")
"""How the largest is searched: to encode its texts for the first time takes half an hour."""

MADE_SENTENCES = 12
"""Sentences of a text that is put together; about as long as a short piece of news."""

SMALL = "梧桐巷的路灯\n\n梧桐巷的路灯在立春那天换了新灯泡。\n"
ASKED = "梧桐巷的路灯在哪天换了新灯泡？"
"""The file that is added, and what only it answers."""

BEFORE_SECONDS, AFTER_SECONDS = 5.0, 5.0
"""How long is asked before the file is added and after it is in the answers."""

PATIENCE = 300.0
"""Seconds in which a server answers, and takes in what was added."""

LOAD_MODELS = (
    "from bot.index_build import find_encoder, find_network\n"
    "from bot.settings import load_settings\n"
    "import sys; settings = load_settings(sys.argv[2::2])\n"
    "find_encoder(settings); find_network(settings)"
)
"""A program that loads the models, with all that these import, and ends."""


class Asked(NamedTuple):
    """A question that was asked: when, on the clock of `perf_counter`, and how long it took, seconds."""

    at: float
    seconds: float
    finds: bool


@dataclass(slots=True)
class Asking:
    """Asks a server without a pause, in a thread."""

    address: str
    asked: list[Asked] = field(default_factory=list)
    done: Event = field(default_factory=Event)

    def run(self) -> None:
        """Asks until `done` is set."""
        body = json.dumps({"question": ASKED, "stream": False}).encode()
        request = Request(f"{self.address}/api/ask", body, {"Content-Type": "application/json"})
        while not self.done.is_set():
            at = perf_counter()
            with urlopen(request, timeout=PATIENCE) as reply:
                answer = json.load(reply)
            finds = any(one["doc_id"].startswith("small") for one in answer["hits"])
            self.asked.append(Asked(at, perf_counter() - at, finds))

    def found_from(self) -> float:
        """Waits for the first answer with the file among its hits, and gives when it had come.

        Whether it is sure enough to cite it is another matter.
        """
        deadline = perf_counter() + PATIENCE
        while perf_counter() < deadline:
            for one in self.asked:
                if one.finds:
                    return one.at + one.seconds
            sleep(0.05)
        raise TimeoutError(f"{self.address} does not answer from what was added")


def measure_libraries() -> list[dict[str, Any]]:
    """One row for each of SIZES."""
    rows = []
    for size in SIZES:
        with TemporaryDirectory() as folder:
            documents = Path(folder, "home", "documents")
            documents.mkdir(parents=True)
            # The bundled article is the first document.
            texts = _fill(documents, size - 1)
            options = BY_WORDS if size == SIZES[-1] else ()
            row = {"documents": size, "texts": texts} | _measure(Path(folder), options)
            print(json.dumps(row, ensure_ascii=False), file=sys.stderr)
            rows.append(row)
    return rows


def _measure(folder: Path, options: Sequence[str]) -> dict[str, Any]:
    environment = os.environ | {"CHENGWEN_HOME": str(folder / "home"), "HOST": "127.0.0.1"}
    environment |= {"PORT": "0", "CHENGWEN_API__PER_MINUTE": "1000000"}
    models, _ = _run([sys.executable, "-c", LOAD_MODELS, *options], environment)
    chengwen = [sys.executable, "-m", "bot.cli"]
    _run([*chengwen, "index", "build", *options], environment)
    small = folder / "small.txt"
    small.write_text(SMALL, "utf-8")
    started = perf_counter()
    with _serving([*chengwen, "serve", *options], environment) as (server, address):
        ready = {"cpu_s": _cpu(server.pid), "wall_s": round(perf_counter() - started, 1)}
        asking = Asking(address)
        thread = Thread(target=asking.run, daemon=True)
        thread.start()
        sleep(BEFORE_SECONDS)
        resting = megabytes(server.pid, "VmRSS")
        with suppress(OSError):
            # From now on the largest size is that of the swap (proc(5), clear_refs).
            Path(f"/proc/{server.pid}/clear_refs").write_text("5")
        begun = perf_counter()
        adding, took = _run([*chengwen, "add", str(small), *options], environment)
        answered = asking.found_from()
        sleep(AFTER_SECONDS)
        asking.done.set()
        thread.join()
        peak = megabytes(server.pid, "VmHWM")
    return {
        "encoder": "words only" if options else "default",
        "models_cpu_s": models,
        "ready": ready,
        "add": {"cpu_s": adding, "beyond_models_cpu_s": round(adding - models, 1), "wall_s": took},
        "answers_s_after_add": round(answered - begun - took, 1),
        "request_ms": _pauses(asking.asked, begun),
        "rss_mb": {"before": resting, "peak_in_swap": peak},
    }


def _pauses(asked: Iterable[Asked], begun: float) -> dict[str, float]:
    """Milliseconds of a request: the median and the longest before, and the longest from `begun` on."""
    before = [one.seconds for one in asked if one.at + one.seconds < begun]
    since = [one.seconds for one in asked if one.at + one.seconds >= begun]
    return {
        "median_before": round(1000 * median(before), 1),
        "longest_before": round(1000 * max(before), 1),
        "longest_since": round(1000 * max(since), 1),
    }


def _fill(folder: Path, count: int) -> str:
    """Writes `count` documents into a folder. What their texts are."""
    news = Path(os.environ.get("CHENGWEN_DATA", ""), "news_corpus.jsonl")
    if not news.is_file():
        _write(folder, _made(), count)
        return "sentences of the bundled article"
    laws = sorted((news.parent / "laws").glob("*.md")) if count >= SIZES[1] else []
    for law in laws:
        shutil.copy(law, folder)
    _write(folder, _news(news), count - len(laws))
    return "news and regulations" if laws else "news"


def _write(folder: Path, texts: Iterator[str], count: int) -> None:
    for number, text in enumerate(islice(texts, count)):
        (folder / f"news-{number:04}.txt").write_text(f"新闻之{number}\n\n{text}\n", "utf-8")


def _made() -> Iterator[str]:
    """Texts of different sentences of the bundled article, the same at every call."""
    text = load(BUNDLED).text
    told = [text[start:end] for start, end in sentences(text)]
    draw = Random(1)
    while True:
        yield "".join(draw.sample(told, MADE_SENTENCES))


def _news(path: Path) -> Iterator[str]:
    with path.open(encoding="utf-8") as file:
        for line in file:
            text = " ".join(json.loads(line)["text"].split())
            if len(text) > 200:
                yield text


@contextmanager
def _serving(
    argv: Sequence[str], environment: Mapping[str, str]
) -> Iterator[tuple[subprocess.Popen[str], str]]:
    """A server that has shown its page once, and its address."""
    with subprocess.Popen(argv, stdout=subprocess.PIPE, text=True, env=environment) as server:
        try:
            assert server.stdout
            address = server.stdout.readline().strip()
            _fetch(f"{address}/readyz")
            _fetch(f"{address}/")
            yield server, address
        finally:
            server.terminate()


def _fetch(address: str) -> None:
    with urlopen(address, timeout=PATIENCE) as response:
        response.read()


def _run(argv: Sequence[str], environment: Mapping[str, str]) -> tuple[float, float]:
    """Runs a program. Seconds of processor time, those of its children included, and of the clock."""
    before, started = os.times(), perf_counter()
    subprocess.run(argv, env=environment, check=True, capture_output=True)
    after = os.times()
    used = after.children_user + after.children_system
    used -= before.children_user + before.children_system
    return round(used, 1), round(perf_counter() - started, 1)


def _cpu(pid: int) -> float | None:
    """Seconds of processor time that a process has used, or None if the system does not tell."""
    status = Path(f"/proc/{pid}/stat")
    if not status.exists():
        return None
    # Behind the name, which may have spaces and is in brackets: utime and stime are the 12th and 13th.
    fields = status.read_text().rpartition(")")[2].split()
    return round((int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK"), 1)


def megabytes(pid: int, name: str) -> float | None:
    """A size in the status of a process, MB, or None if the system does not tell."""
    status = Path(f"/proc/{pid}/status")
    if not status.exists():
        return None
    for line in status.read_text().splitlines():
        # VmHWM:    123456 kB
        if line.startswith(name):
            return round(int(line.split()[1]) / 1024, 1)
    return None


if __name__ == "__main__":
    print(json.dumps(measure_libraries(), ensure_ascii=False, indent=2))
