"""`make load`: many ask at the same time, over HTTP, as streams; a table, and the same as JSON on the last line.

A visitor's connection is not kept while they think: each question makes one of its own. Options are the server's:
`python tests/load.py --set api.parallel=2`.
"""

import json
import os
import random
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from itertools import cycle
from pathlib import Path
from typing import Any, NamedTuple

from locust import (
    FastHttpUser,
    task,
)  # replaces the blocking calls of the standard library: sleep yields
from locust.contrib.fasthttp import FAILURE_EXCEPTIONS, ResponseContextManager
from locust.env import Environment
from locust.stats import RequestStats, StatsEntry

ROOT = Path(__file__).resolve().parents[1]
QUESTIONS = ROOT / "tests/data/questions.jsonl"
LIMIT = ("--set", "api.per_minute=1000000")  # all of them have one address
PATIENCE = 30.0
"""Seconds in which the server must be itself again after the crowd."""

questions = cycle(
    random.Random(7).sample(
        rows := [json.loads(row)["question"] for row in QUESTIONS.open(encoding="utf-8")], len(rows)
    )
)


class Phase(NamedTuple):
    """`clients` arrive within `arriving` seconds, think `think` seconds on the average, and go after `seconds`."""

    name: str
    clients: int
    arriving: float
    think: float
    seconds: float
    refusable: bool = False
    """Whether refusals are no failure; who is refused asks again when told to."""


WARM_UP = Phase("warm-up", 2, 1, 0, 4)
FEW = Phase("20 clients, think 1 s", 20, 1, 1, 20)
MANY = Phase("200 clients, think 5 s", 200, 5, 5, 60)
CROWD = Phase("200 clients, no thinking", 200, 2, 0, 15, refusable=True)


@dataclass(frozen=True, slots=True)
class Figure:
    """Something measured, and the most it should be."""

    phase: str
    what: str
    value: float | None
    target: float | None = None


class Chatter(FastHttpUser):
    """Asks, reads the whole answer, thinks, and asks again."""

    phase = WARM_UP

    def wait_time(self) -> float:
        """Seconds of thinking, never the same, so that they do not walk in step."""
        return random.uniform(0.5, 1.5) * self.phase.think

    def on_start(self) -> None:
        """Arrives at a moment of their own; locust itself brings a second's worth of visitors all at once."""
        time.sleep(random.uniform(0, self.phase.arriving))

    @task
    def ask(self) -> None:
        """One question; a failure is whatever keeps it from being answered as it should be."""
        question, started = next(questions), time.perf_counter()
        headers = {"Connection": "close", "Accept": "text/event-stream"}
        with self.client.post(
            "/api/ask",
            json={"question": question},
            headers=headers,
            stream=True,
            catch_response=True,
        ) as response:
            try:
                wait = self._read(response, question, started)
            except FAILURE_EXCEPTIONS as error:
                response.failure(f"cut off: {type(error).__name__}")
                return
        time.sleep(wait)

    def _read(self, response: ResponseContextManager, question: str, started: float) -> int:
        """Notes when each event came. Gives the seconds to wait where it was refused, else 0."""
        if response.status_code == 503 and self.phase.refusable:
            self._note("refused", started)
            response.success()  # type: ignore[no-untyped-call]
            return int(json.loads(response.content)["error"]["retry_after"])
        if response.status_code != 200:
            response.failure(f"status {response.status_code}")  # type: ignore[no-untyped-call]
            return 0
        seen: set[str] = set()
        for name, data in events(response):
            if name not in seen:
                self._note(name, started)
            seen.add(name)
            if name == "error" and self.phase.refusable and data["error"]["code"] == "busy":
                self._note("refused", started)
                return int(data["error"]["retry_after"])
            if name == "error" or (name == "done" and data["question"] != question):
                response.failure(f"{name}: {data.get('error')}")  # type: ignore[no-untyped-call]
        if not seen >= {"status", "sources", "delta", "citations", "done"}:
            response.failure(f"only {sorted(seen)}")  # type: ignore[no-untyped-call]
        return 0

    def _note(self, name: str, started: float) -> None:
        spent = 1000 * (time.perf_counter() - started)
        self.environment.events.request.fire(
            request_type="SSE",
            name=name,
            response_time=spent,
            response_length=0,
            exception=None,
            context={},
        )


def events(response: ResponseContextManager) -> Iterator[tuple[str, Any]]:
    """(name, data) of each event, as soon as it is there."""
    while block := response.stream.readline(b"\n\n"):
        fields = dict(
            line.split(": ", 1)
            for line in block.decode().strip().split("\n")
            if not line.startswith(":")
        )
        if fields:
            yield fields["event"], json.loads(fields["data"])


def run(phase: Phase, address: str) -> RequestStats:
    """What the phase gave. Answers under way are waited for, except a crowd's: it goes all at once."""
    Chatter.phase = phase
    stop = None if phase.refusable else 30
    environment = Environment(
        user_classes=[Chatter], host=address, stop_timeout=stop, catch_exceptions=False
    )
    runner = environment.create_local_runner()
    runner.start(phase.clients, spawn_rate=min(phase.clients, 100))
    time.sleep(phase.seconds)
    runner.quit()
    print(f"{phase.name}: {os.getloadavg()[0]:.1f}", file=sys.stderr)
    return environment.stats


def recovery(address: str) -> float:
    """Seconds from now until a question is answered."""
    Chatter.phase = CROWD
    started = time.perf_counter()
    environment = Environment(user_classes=[Chatter], host=address)
    environment.create_local_runner()  # which keeps the statistics
    one = Chatter(environment)
    while not entry(environment.stats, "done").num_requests:
        assert time.perf_counter() - started < PATIENCE, "no answer after the crowd has gone"
        one.ask()
    return time.perf_counter() - started


def entry(stats: RequestStats, event: str) -> StatsEntry:
    """What is known of one event."""
    return stats.get(event, "SSE")


def figures(phase: Phase, stats: RequestStats, first: float) -> list[Figure]:
    """Those of a phase in which all are answered; `first` is the target for the first event, milliseconds."""
    found = [Figure(phase.name, "failures", stats.total.num_failures, 0)]
    for event, name, target in (
        ("status", "first status", first),
        ("delta", "first words", None),
        ("done", "whole", None),
    ):
        for share in (0.5, 0.95):
            value = entry(stats, event).get_response_time_percentile(share)
            found.append(
                Figure(
                    phase.name,
                    f"{name} p{share:.0%}"[:-1] + " ms",
                    value,
                    target if share > 0.9 else None,
                )
            )
    return [
        *found,
        Figure(
            phase.name,
            "answers a second",
            round(entry(stats, "done").num_requests / phase.seconds, 1),
        ),
    ]


def overload(address: str) -> list[Figure]:
    """More than may work and wait, and what comes after."""
    stats = run(CROWD, address)
    seconds = recovery(address)
    refused, done = entry(stats, "refused"), entry(stats, "done")
    return [
        Figure(CROWD.name, "failures", stats.total.num_failures, 0),
        Figure(
            CROWD.name,
            "share refused",
            round(refused.num_requests / (refused.num_requests + done.num_requests), 2),
        ),
        Figure(CROWD.name, "refusal p50 ms", refused.get_response_time_percentile(0.5)),
        Figure(CROWD.name, "refusal p95 ms", refused.get_response_time_percentile(0.95), 100),
        Figure(CROWD.name, "whole p95 ms", done.get_response_time_percentile(0.95)),
        Figure(CROWD.name, "answers a second", round(done.num_requests / CROWD.seconds, 1)),
        Figure("afterwards", "first answer s", round(seconds, 2), 5),
    ]


@contextmanager
def server() -> Iterator[tuple[str, int]]:
    """The address of a server that is ready, and its process."""
    environment = os.environ | {"HOST": "127.0.0.1", "PORT": "0"}
    argv = [sys.executable, str(ROOT / "app.py"), *LIMIT, *sys.argv[1:]]
    with subprocess.Popen(argv, stdout=subprocess.PIPE, text=True, env=environment) as process:
        assert process.stdout
        try:
            yield process.stdout.readline().strip(), process.pid
        finally:
            process.terminate()


def table(found: list[Figure]) -> str:
    """As Markdown."""
    rows = ["| | | measured | target |", "|---|---|---|---|"]
    for one in found:
        value = "–" if one.value is None else f"{one.value:g}"
        rows.append(
            f"| {one.phase} | {one.what} | {value} | {'' if one.target is None else f'≤ {one.target:g}'} |"
        )
    return "\n".join(rows)


def main() -> int:
    """0, or 1 where a question failed; a target missed is only to be seen."""
    before = os.getloadavg()[0]
    with server() as (address, pid):
        run(WARM_UP, address)
        found = figures(FEW, run(FEW, address), 50)
        found += figures(MANY, run(MANY, address), 1500)
        found += overload(address)
        status = Path(f"/proc/{pid}/status")
        peak = [
            int(line.split()[1])
            for line in status.read_text().splitlines()
            if line.startswith("VmHWM")
        ]
    found.append(Figure("server", "peak memory MB", round(peak[0] / 1024)))
    load = {
        "processors": os.cpu_count(),
        "load_before": round(before, 2),
        "load_after": round(os.getloadavg()[0], 2),
    }
    print(table(found))
    print(
        json.dumps({"machine": load, "figures": [asdict(one) for one in found]}, ensure_ascii=False)
    )
    return int(any(one.what == "failures" and one.value for one in found))


if __name__ == "__main__":
    sys.exit(main())
