"""What answers now follows the library, and a request keeps what it began with."""

import asyncio
import fcntl
import gc
import json
import weakref
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Event
from time import monotonic, sleep
from typing import Any
from urllib.request import Request, urlopen

import pytest
from conftest import BigramEncoder
from support.asking import UNLIMITED, HeldEncoder, words_of
from support.serving import serving

from bot.index_build import OpenIndex, open_index
from bot.library import Library
from bot.library_lock import LOCK
from bot.live import Live, Watch
from bot.service import Service
from bot.settings import load_settings
from bot.storage.daily_counts import DailyCounts
from bot.storage.sites import FILE, Site, Sites
from bot.web.app import create_app
from bot.web.embed import WidgetSites
from bot.web.first_screen import first_screen
from bot.web.work_queue import WorkQueue, whole_answer
from corpus import Document, IndexLocked
from index.snapshot import build

pytestmark = pytest.mark.slow

WORDS = load_settings(["encoder.name=none-such", "reader=rules"], {})
PATIENCE = 60.0
"""Seconds for what takes about one: a busy machine fails nothing."""

LIGHTS = Document("lights", "路灯", "梧桐巷的路灯在立春那天换了新灯泡。", tags=("照明",))
BOILER = Document("boiler", "锅炉", "幸福里的锅炉房在冬至那天换了新锅炉。", tags=("供热",))


def service_of(*documents: Document) -> Service:
    return Service(build(documents, None), None, WORDS)


def file(path: Path, title: str, sentence: str) -> Path:
    path.write_text(f"{title}\n\n{sentence}\n", "utf-8")
    return path


def watch_of(opened: OpenIndex, corpus: Path | None = None) -> Watch:
    live = Live(opened.service(WORDS), opened.generation)
    return Watch(live, opened.encoder, WORDS, corpus)


def held(watch: Watch) -> set[str]:
    return set(watch.live.documents)


@pytest.fixture
def watch(home: Path) -> Watch:
    return watch_of(open_index(WORDS))


def test_a_request_keeps_the_service_that_it_began_with(article: Document) -> None:
    encoder = HeldEncoder()
    before = Service(build([BOILER], encoder), encoder, WORDS)
    live = Live(before)
    queue = WorkQueue(live)

    async def scene() -> None:
        encoder.open.clear()
        begun = asyncio.create_task(whole_answer(queue.stream("锅炉房换了什么？")))
        while not queue._working:
            await asyncio.sleep(0.01)
        live.replace(service_of(LIGHTS), None)
        encoder.open.set()
        answer = await begun
        assert [citation.document.doc_id for citation in answer.citations] == ["boiler"]
        later = await whole_answer(queue.stream("锅炉房换了什么？"))
        assert later.outcome != "answered" and later.citations == ()

    asyncio.run(scene())


def test_the_service_before_goes_when_no_request_has_it() -> None:
    """At once: a server has what it began with left out of the search for garbage."""
    encoder = BigramEncoder()
    live = Live(Service(build([BOILER], encoder), encoder, WORDS))
    live.service.ask("锅炉房换了什么？")
    snapshot = live.service.snapshot
    parts = (live.service, snapshot, snapshot.lexical, snapshot.dense, snapshot.segmenter)
    # A Snapshot has slots, and no place for a weak reference.
    before = [weakref.ref(part) for part in parts if part is not None and part is not snapshot]
    del parts, snapshot
    gc.collect()
    gc.disable()
    try:
        live.replace(service_of(LIGHTS), None)
        assert [part() for part in before] == [None] * 4
    finally:
        gc.enable()


def test_no_answer_is_lost_while_the_library_changes(home: Path, tmp_path: Path) -> None:
    """Many ask without a pause; each answer is of one generation, that of its citations."""
    settings = load_settings(["encoder.name=none-such", "reader=rules", *UNLIMITED], {})
    opened = open_index(settings)
    live = Live(opened.service(settings), opened.generation)
    watch = Watch(live, None, settings)
    held_by = {opened.generation.name: held(watch)}
    answers: list[dict[str, Any]] = []
    done = Event()

    def ask(address: str) -> None:
        body = json.dumps({"question": "梧桐巷的路灯换了什么？", "stream": False}).encode()
        head = {"Content-Type": "application/json"}
        while not done.is_set():
            with urlopen(Request(f"{address}api/ask", body, head), timeout=PATIENCE) as reply:
                answers.append(json.load(reply))

    with serving(create_app(live)) as address, ThreadPoolExecutor(4) as pool:
        asking = [pool.submit(ask, address) for _ in range(4)]
        try:
            for number in range(3):
                name = f"lights-{number}.txt"
                text = f"梧桐巷的路灯在第{number}天换了新灯泡。"
                Library(settings).add([file(tmp_path / name, f"路灯{number}", text)])
                assert watch.refresh()
                assert live.generation is not None
                held_by[live.generation.name] = held(watch)
                with urlopen(f"{address}readyz", timeout=PATIENCE) as reply:
                    assert json.load(reply)["generation"] == live.generation.name
                before = len(answers)
                while len(answers) < before + 8:
                    sleep(0.01)
                    assert [one.result(0) for one in asking if one.done()] == []
        finally:
            done.set()
        for one in asking:
            one.result(PATIENCE)
    assert {answer["index"]["generation"] for answer in answers} == held_by.keys()
    for answer in answers:
        cited = {citation["doc_id"] for citation in answer["citations"]}
        assert cited <= held_by[answer["index"]["generation"]]


def test_a_change_is_told_once_it_answers() -> None:
    live = Live(service_of(BOILER))
    told: list[set[str]] = []
    live.tell(lambda: told.append(set(live.documents)))
    live.replace(service_of(LIGHTS), None)
    assert told == [{"lights"}]


def test_what_is_added_and_removed_is_taken_in(watch: Watch, tmp_path: Path) -> None:
    first, before = watch.live.now, held(watch)
    assert not watch.refresh()
    assert watch.live.now == first
    library = Library(WORDS)
    library.add([file(tmp_path / "lights.txt", "路灯", LIGHTS.text)])
    assert watch.refresh() and held(watch) == {*before, "lights"}
    assert not watch.refresh()
    library.remove(["lights"])
    assert watch.refresh() and held(watch) == before


def test_a_file_that_is_put_into_the_folder_is_taken_in(home: Path, tmp_path: Path) -> None:
    """Nobody has built an index of it."""
    corpus = tmp_path / "corpus"
    corpus.mkdir()
    file(corpus / "boiler.txt", "锅炉", BOILER.text)
    watch = watch_of(open_index(WORDS, corpus), corpus)
    file(corpus / "lights.txt", "路灯", LIGHTS.text)
    assert watch.refresh() and held(watch) == {"boiler", "lights"}
    assert watch.live.generation == open_index(WORDS, corpus).generation


def test_what_is_said_of_a_missing_encoder_is_said_on(watch: Watch, tmp_path: Path) -> None:
    before = watch.live.service.notices
    assert len(before) == 1
    for number in (1, 2):
        Library(WORDS).add([file(tmp_path / f"{number}.txt", f"第{number}篇", f"第{number}句。")])
        assert watch.refresh() and watch.live.service.notices == before


def test_nothing_is_taken_in_that_is_being_added(watch: Watch, tmp_path: Path) -> None:
    library = Library(WORDS)
    library.add([file(tmp_path / "lights.txt", "路灯", LIGHTS.text)])
    with (library.folder / LOCK).open("ab") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        with pytest.raises(IndexLocked):
            watch.refresh()
    assert watch.refresh()


def test_the_library_is_looked_at_until_the_block_ends(watch: Watch, tmp_path: Path) -> None:
    """Also what has changed before the first look."""
    Library(WORDS).add([file(tmp_path / "lights.txt", "路灯", LIGHTS.text)])
    with watch.looking() as thread:
        deadline = monotonic() + PATIENCE
        while "lights" not in held(watch):
            assert monotonic() < deadline
            sleep(0.1)
        assert thread.daemon
    thread.join(PATIENCE)
    assert not thread.is_alive()


def test_sites_answer_from_what_is_held_now(home: Path) -> None:
    live = Live(service_of(LIGHTS, BOILER))
    widget_sites = WidgetSites(Sites(home / FILE), live, DailyCounts())
    tags = {"照明": {"lights"}, "供热": {"boiler"}}
    names = dict(zip(tags, ("lighting", "heating"), strict=True))
    sites = {tag: Site(names[tag], "", ("https://a.example",), tags=(tag,)) for tag in tags}

    def answering(tag: str) -> set[str]:
        hits = widget_sites.service_for(sites[tag]).answer("换了什么？").hits
        return {hit.passage.document.doc_id for hit in hits}

    assert {tag: answering(tag) for tag in tags} == tags
    more = Document("bulbs", "灯泡", "灯泡在立春那天换了新的。", tags=("照明",))
    live.replace(service_of(LIGHTS, more), None)
    assert {tag: answering(tag) for tag in tags} == {"照明": {"lights", "bulbs"}, "供热": set()}


def test_the_chat_opens_with_what_is_held_now(article: Document) -> None:
    live = Live(Service(words_of(article), None, WORDS))
    before = first_screen(live.service, "zh")
    live.replace(service_of(LIGHTS), None)
    after = first_screen(live.service, "zh")
    assert before.alone == article and after.alone == LIGHTS
