"""Many streams of prose at the same time against a scripted model; a table, and the same as JSON on the last line.

The model is silent until all streams of a round are open, however slow the machine is. Every question is about one of
twenty towns, and the answer must be that town's: words of another are cross-talk. The first argument is the number of
streams, further ones are the server's: `python tests/load_prose.py 200 --set api.parallel=2`.
"""

import asyncio
import json
import os
import random
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from typing import Any, NamedTuple

import httpx
from support.prose import MODEL, TOWNS, question_about, quoted, towns
from support.scripted_model import Exchange, Step, answering, scripted_model

ROOT = Path(__file__).resolve().parents[1]

ROUNDS = 8
"""Each has as many streams as are open at once; memory is looked at after each."""

ALONE = 80
"""Questions that are asked one at a time; the first quarter warms up."""

ARRIVING = 5.0
"""Seconds in which those of a round arrive."""

PAUSE = 0.05
"""Seconds between its pieces, of four characters."""

LIMITS = ("api.per_minute=1000000", "api.waiting=10000", "llm.streams=10000", "llm.day_tokens=0")
PATIENT = ("llm.first_seconds=600", "llm.gap_seconds=600", "llm.whole_seconds=900")


class Round(NamedTuple):
    """What a round of streams gave; times are seconds since the model began to speak."""

    failures: list[str]
    refused: int
    firsts: list[float]
    wholes: list[float]
    memory_at_once: int
    """Of the server while all streams are open, resident, MB."""
    memory: int
    """After the round."""


class Chorus:
    """A model that begins to speak when as many have asked as `expected` says."""

    def __init__(self) -> None:
        self.expected = 0
        self.asked = 0
        self.began = 0.0
        self.pause = PAUSE
        self.at_once: Callable[[], object] = lambda: None
        """What is done when all streams are open, before the first word."""

    def expect(self, streams: int) -> None:
        self.expected += streams

    def script(self, exchange: Exchange) -> Iterator[Step]:
        self.asked += 1
        if self.asked == self.expected:
            self.at_once()
            self.began = time.perf_counter()
        # This one's round: numbers are counted from 1 over all rounds.
        mine = self.expected
        while self.asked < mine:
            yield 0.02
        yield from answering(lambda messages: quoted(messages, 1), pause=self.pause)(exchange)


@contextmanager
def server(url: str) -> Iterator[tuple[str, int]]:
    """The address of a server on the towns, and its process."""
    with TemporaryDirectory() as place:
        corpus = Path(place) / "corpus"
        corpus.mkdir()
        for town in towns():
            (corpus / f"{town.doc_id}.txt").write_text(f"{town.title}\n\n{town.text}\n", "utf-8")
        settings = ["reader=llm", f"llm.url={url}", f"llm.model={MODEL}", *LIMITS, *PATIENT]
        argv = [sys.executable, str(ROOT / "app.py"), "--corpus", str(corpus)]
        for setting in settings:
            argv += ["--set", setting]
        argv += sys.argv[2:]
        home = {"CHENGWEN_HOME": f"{place}/home", "HOST": "127.0.0.1", "PORT": "0"}
        with subprocess.Popen(
            argv, stdout=subprocess.PIPE, text=True, env=os.environ | home
        ) as process:
            assert process.stdout
            try:
                yield process.stdout.readline().strip(), process.pid
            finally:
                process.terminate()


class Asker:
    """Asks, and holds every answer against its question."""

    def __init__(self, address: str, chorus: Chorus) -> None:
        self._address = f"{address}/api/ask"
        self._chorus = chorus
        self.failures: list[str] = []
        self.firsts: list[float] = []
        self.wholes: list[float] = []
        self.refused = 0

    async def ask(self, client: httpx.AsyncClient, at: int) -> None:
        """One question, on a connection of its own; who is told to come back does."""
        await asyncio.sleep(random.uniform(0, ARRIVING))
        while (wait := await self._asked(client, at)) is not None:
            self.refused += 1
            await asyncio.sleep(wait)

    async def _asked(self, client: httpx.AsyncClient, at: int) -> float | None:
        """The seconds to wait where the service is busy."""
        streamed, done = "", None
        body = {"question": question_about(at)}
        async with client.stream("POST", self._address, json=body) as response:
            async for name, data in events(response):
                if name == "error" and data["error"]["code"] == "busy":
                    return float(data["error"]["retry_after"])
                if name == "delta":
                    if not streamed:
                        self.firsts.append(time.perf_counter() - self._chorus.began)
                    streamed += data["text"]
                elif name in ("done", "error"):
                    done = data
        self.wholes.append(time.perf_counter() - self._chorus.began)
        why = wrong(at, streamed, done)
        if why:
            self.failures.append(why)
        return None


async def events(response: httpx.Response) -> Any:
    """(name, data) of each event."""
    name = ""
    async for line in response.aiter_lines():
        field, _, value = line.partition(": ")
        if field == "event":
            name = value
        elif field == "data":
            yield name, json.loads(value)


def wrong(at: int, streamed: str, done: Any) -> str:
    """What is wrong with an answer, or nothing."""
    name = TOWNS[at]
    expected = f"{name}镇有{100 + at}座凉亭。[1]"
    if done is None or "text" not in done:
        return f"no answer: {done}"
    if not done["ai_generated"]:
        return f"an extract: {done['notices']}"
    if streamed != done["text"] or done["text"] != expected:
        return f"{question_about(at)} got {streamed!r} and {done['text']!r}"
    return ""


async def run(address: str, pid: int, streams: int, chorus: Chorus) -> Round:
    """A round: all are open before the model says its first word."""
    asker = Asker(address, chorus)
    seen: list[int] = []
    chorus.at_once = lambda: seen.append(memory_of(pid))
    chorus.expect(streams)
    limits = httpx.Limits(max_connections=None, max_keepalive_connections=0)
    async with httpx.AsyncClient(timeout=900, limits=limits) as client:
        asking = [asker.ask(client, at % len(TOWNS)) for at in range(streams)]
        ended = await asyncio.gather(*asking, return_exceptions=True)
    asker.failures += [repr(error) for error in ended if error is not None]
    return Round(
        asker.failures, asker.refused, asker.firsts, asker.wholes, max(seen), memory_of(pid)
    )


async def beyond_extract(address: str, chorus: Chorus) -> list[float]:
    """How much later the first sentence comes than the extract alone takes, one question at a time.

    Seconds, in order. The model says all that it has at once: its own time is next to nothing.
    """
    chorus.pause = 0.0
    found: list[float] = []
    async with httpx.AsyncClient(timeout=900) as client:
        for at in range(ALONE):
            chorus.expect(1)
            body = {"question": question_about(at % len(TOWNS))}
            started = time.perf_counter()
            first = extract = 0.0
            async with client.stream("POST", f"{address}/api/ask", json=body) as response:
                async for name, data in events(response):
                    if name == "delta" and not first:
                        first = time.perf_counter() - started
                    elif name == "done":
                        spent = data["milliseconds"]
                        extract = (spent["total"] - spent["write"]) / 1000
            found.append(first - extract)
    return sorted(found[ALONE // 4 :])


def memory_of(pid: int) -> int:
    """What a process holds in memory, MB."""
    status = Path(f"/proc/{pid}/status").read_text()
    (line,) = [line for line in status.splitlines() if line.startswith("VmRSS")]
    return int(line.split()[1]) // 1024


def row(number: int, one: Round) -> str:
    firsts = sorted(one.firsts)
    late = firsts[int(0.95 * len(firsts))] if firsts else float("nan")
    middle = median(firsts) if firsts else float("nan")
    seconds = (middle, late, max(one.wholes, default=0.0))
    times = " | ".join(f"{value:.2f}" for value in seconds)
    counts = f"{len(one.failures)} | {one.refused}"
    return f"| {number} | {counts} | {times} | {one.memory_at_once} | {one.memory} |"


def main() -> int:
    """0, or 1 where an answer failed or was another's."""
    streams = int(sys.argv[1]) if len(sys.argv) > 1 else 200
    chorus = Chorus()
    with scripted_model(chorus.script) as model, server(model.url) as (address, pid):
        asyncio.run(run(address, pid, 20, chorus))
        before = memory_of(pid)
        rounds = [asyncio.run(run(address, pid, streams, chorus)) for _ in range(ROUNDS)]
        chorus.at_once = lambda: None
        later = asyncio.run(beyond_extract(address, chorus))
    print(f"{streams} streams at once, {ROUNDS} rounds; {before} MB after a round of 20")
    print(
        "| round | failures | told to come back | first words p50 s | p95 s | all whole s "
        "| MB with all open | MB after |"
    )
    print("|---|---|---|---|---|---|---|---|")
    for number, one in enumerate(rounds, 1):
        print(row(number, one))
    middle, late = 1000 * median(later), 1000 * later[int(0.95 * len(later))]
    print(f"first sentence beyond the extract: p50 {middle:.1f} ms, p95 {late:.1f} ms (at most 20)")
    for failure in [why for one in rounds for why in one.failures][:10]:
        print(failure, file=sys.stderr)
    machine = {"processors": os.cpu_count(), "load": os.getloadavg()[0]}
    figures = [one._asdict() for one in rounds]
    found = {"machine": machine, "before": before, "rounds": figures, "beyond_extract": later}
    print(json.dumps(found, ensure_ascii=False))
    return int(any(one.failures for one in rounds))


if __name__ == "__main__":
    sys.exit(main())
