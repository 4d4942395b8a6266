"""From files to an index: built once, brought up to date by what changed, refused or replaced where it is unsound."""

import fcntl
import os
import resource
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from support.faults import reap, spawn

import bot.index_location
from bot.earlier_index import earlier_index
from bot.index_build import (
    OpenIndex,
    build_index,
    find_encoder,
    is_stale,
    open_index,
    open_service,
    open_to_answer,
)
from bot.index_location import ARTICLES, IndexLocation, build_fingerprint, locate_index, variant_of
from bot.library import Library
from bot.settings import Settings, load_settings
from corpus import DocumentError, IndexDamaged, IndexForeign, IndexLocked
from index import Vectors
from index.disk import IndexUnavailable
from index.encoder import TextEncoder
from index.store import Store

pytestmark = pytest.mark.xdist_group(
    "sentence_transformers"
)  # takes seconds to import: in one process

WORDS = load_settings(["encoder.name=none-such"], {})
"""Settings whose encoder no machine has: an index of words, built in no time."""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A corpus of two short articles."""
    corpus = tmp_path / "corpus"
    corpus.mkdir()
    (corpus / "a.txt").write_text("垃圾分类\n\n垃圾分类要靠居民自觉，也要靠社区引导。\n", "utf-8")
    (corpus / "b.txt").write_text("城市大脑\n\n城市大脑指挥交通，车流更加顺畅。\n", "utf-8")
    return corpus


@pytest.fixture
def one(small_models: tuple[Path, Path]) -> Settings:
    return load_settings([f"encoder.name={small_models[0]}"], {})


@pytest.fixture
def two(small_models: tuple[Path, Path]) -> Settings:
    return load_settings([f"encoder.name={small_models[1]}"], {})


def flip(path: Path) -> None:
    data = bytearray(path.read_bytes())
    data[len(data) // 2] ^= 1
    path.write_bytes(data)


def hits_of(opened: OpenIndex, question: str = "谁指挥交通") -> list[tuple[str, float]]:
    retriever = opened.snapshot.dense or opened.snapshot.lexical
    return [(hit.passage.passage_id, hit.score) for hit in retriever.search(question, 5)]


@pytest.mark.slow
def test_an_index_is_built_once_and_then_read(folder: Path, one: Settings) -> None:
    built, read = (open_index(one, folder, progress=False) for _ in range(2))
    assert built.generation == read.generation
    assert hits_of(built) == hits_of(read) != []
    assert built.identity == {
        "generation": "gen-000001",
        "encoder": one.encoder.name,
        "fingerprint": built.generation.facts["fingerprint"],
    }
    assert {k: built.generation.facts[k] for k in ("documents", "passages", "sentences")} == {
        "documents": 2,
        "passages": 4,
        "sentences": 4,
    }


def test_where_indexes_lie(folder: Path, home: Path, tmp_path: Path) -> None:
    """The articles' by name; any other by content, wherever the folder lies; or where --index says."""
    assert locate_index().root == home / "index"
    assert locate_index(ARTICLES).root.parent == home / "corpora"
    place = locate_index(folder)
    assert place.root.parent == home / "corpora" and len(place.root.name) == 16
    moved = shutil.copytree(folder, tmp_path / "moved")
    assert locate_index(moved).root == place.root
    (moved / "a.toml").write_text('url = "https://example.org/a"')
    assert locate_index(moved).root != place.root
    assert locate_index(folder, tmp_path / "x") == IndexLocation(
        (folder,), place.content, tmp_path / "x", named=True
    )
    assert place.command == f"chengwen index build --corpus {folder}"


def test_indexes_of_other_settings_lie_beside_the_usual_one(
    folder: Path, home: Path, tmp_path: Path
) -> None:
    assert (
        variant_of(Settings())
        == variant_of(load_settings(["retrieval.mode=dense", "encoder.threads=1"], {}))
        == ()
    )
    kinds = [
        variant_of(load_settings([assignment], {}))
        for assignment in (
            "split.size=400",
            "encoder.name=/x/y",
        )
    ]
    assert kinds[0] == ("split.size=400",)
    places = [
        locate_index(corpus, None, kind) for corpus in (None, folder) for kind in ((), *kinds)
    ]
    assert len({place.root for place in places}) == 6
    for place in places[1:3]:
        assert place.root.parent == home and place.root.name.startswith("index-")
    for place in places[4:]:
        assert place.root.parent == home / "corpora" and place.root.name.startswith(
            f"{place.content[:16]}-"
        )
    assert places[4].command == f"chengwen index build --corpus {folder} --set split.size=400"
    assert locate_index(folder, tmp_path / "x", kinds[0]).root == tmp_path / "x"


@pytest.mark.slow
def test_a_sweep_builds_every_index_once_and_encodes_no_text_twice(
    folder: Path, small_models: tuple[Path, Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    encoded: list[str] = []
    encode = TextEncoder.encode_document

    def counted(self: TextEncoder, sentences: list[str]) -> Vectors:
        encoded.extend(sentences)
        return encode(self, sentences)

    (folder / "c.txt").write_text("物业\n\n" + "物业公司要公开收支，接受业主监督。\n" * 5, "utf-8")
    name = f"encoder.name={small_models[0]}"
    grid: list[list[str]] = [
        [],
        ["split.size=50"],
        ["split.size=400"],
    ]
    swept = [load_settings([name, *assignments], {}) for assignments in grid]
    built = [open_index(swept[0], folder, progress=False)]
    monkeypatch.setattr(TextEncoder, "encode_document", counted)
    built += [open_index(settings, folder, progress=False) for settings in swept[1:]]
    first, *others = (
        {*c.indexed_texts(), *(s.text for s in c.sentences)}
        for c in (o.snapshot.collection for o in built)
    )
    texts = [text for text in encoded if text in first.union(*others)]
    assert sorted(texts) == sorted(set.union(*others) - first) != []
    for opened, settings in zip(built, swept, strict=True):
        again = open_index(settings, folder, progress=False)
        assert again.generation == opened.generation and again.generation.number == 1
        assert hits_of(again) == hits_of(opened)


@pytest.mark.parametrize(
    "change",
    [
        lambda folder: (folder / "b.txt").write_text(
            "城市大脑\n\n城市大脑也管停车，车位一目了然。\n", "utf-8"
        ),
        lambda folder: (folder / "b.txt").unlink(),
        lambda folder: (folder / "c.txt").write_text(
            "物业\n\n物业公司要公开收支，接受业主监督。\n", "utf-8"
        ),
        lambda folder: (folder / "a.toml").write_text('url = "https://example.org/a"'),
    ],
)
def test_a_changed_corpus_makes_the_index_stale(
    folder: Path, change: Callable[[Path], object], tmp_path: Path
) -> None:
    index = tmp_path / "index"
    open_index(WORDS, folder, index, progress=False)
    change(folder)
    opened = open_index(WORDS, folder, index, progress=False)
    assert opened.generation.number == 2
    assert open_index(WORDS, folder, index, progress=False).generation.number == 2


def test_only_what_changed_is_encoded_again(folder: Path, one: Settings) -> None:
    """The index of a changed folder lies elsewhere, and still takes its vectors from the one before."""
    opened = open_index(one, folder, progress=False)
    assert opened.encoder
    (folder / "c.txt").write_text("物业\n\n物业公司要公开收支，接受业主监督。\n", "utf-8")
    place = locate_index(folder)
    assert place.root != opened.generation.folder.parent
    known = earlier_index(place, opened.encoder, opened.generation.facts).vectors
    assert set(known) >= {s.text for s in opened.snapshot.collection.sentences}
    assert "物业公司要公开收支，接受业主监督。" not in known
    assert open_index(one, folder, progress=False).generation.facts["documents"] == 3


def test_cutting_otherwise_makes_the_index_stale(folder: Path) -> None:
    generation = open_index(WORDS, folder, progress=False).generation
    place = locate_index(folder)
    assert not is_stale(generation, place, WORDS, None)
    assert is_stale(generation, place, load_settings(["split.size=100"], {}), None)
    for assignment in ("retrieval.weight=0.3", "retrieval.candidates=50", "retrieval.mode=dense"):
        assert not is_stale(generation, place, load_settings([assignment], {}), None)


@pytest.mark.parametrize("name", ["_terms.toml", "_synonyms.toml"])
@pytest.mark.parametrize("one_file", [False, True])
def test_another_word_list_makes_the_index_stale(folder: Path, name: str, one_file: bool) -> None:
    corpus = folder / "a.txt" if one_file else folder
    generation = open_index(WORDS, corpus, progress=False).generation
    (folder / "_notes.md").write_text("不是文档。", "utf-8")
    assert not is_stale(generation, locate_index(corpus), WORDS, None)
    (folder / name).write_text("", "utf-8")
    assert is_stale(generation, locate_index(corpus), WORDS, None)
    generation = open_index(WORDS, corpus, progress=False).generation
    (folder / name).write_text("# 注释", "utf-8")
    assert is_stale(generation, locate_index(corpus), WORDS, None)


def test_a_wrong_word_list_is_named(folder: Path) -> None:
    (folder / "_terms.toml").write_text("terms = 1", "utf-8")
    with pytest.raises(DocumentError, match=r"_terms\.toml"):
        open_index(WORDS, folder, progress=False)


def test_without_an_encoder_words_are_searched_and_it_is_said(folder: Path, one: Settings) -> None:
    opened = open_index(WORDS, folder, progress=False)
    assert opened.snapshot.dense is None and opened.identity["encoder"] is None
    [(zh, en)] = opened.notices
    assert "只按词语检索" in zh and "none-such" in zh and "words only" in en and "none-such" in en
    answer = open_service(WORDS, folder).ask("谁指挥交通？")
    assert answer.notices == (zh,) and answer.hits[0].passage.document.doc_id == "b"


def test_an_index_without_vectors_gets_them_once_there_is_an_encoder(
    folder: Path, tmp_path: Path, one: Settings
) -> None:
    named = tmp_path / "named"
    assert open_index(WORDS, folder, named, progress=False).snapshot.dense is None
    with_vectors = open_index(one, folder, named, progress=False)
    assert with_vectors.snapshot.dense and with_vectors.generation.number == 2
    again = open_index(WORDS, folder, named, progress=False)
    assert again.snapshot.dense is None and again.generation.number == 2


def test_another_encoder_has_an_index_of_its_own_and_does_not_replace_one_that_was_named(
    folder: Path, tmp_path: Path, one: Settings, two: Settings
) -> None:
    for settings in (one, two, one, two):
        assert open_index(settings, folder, progress=False).generation.number == 1
    named = tmp_path / "named"
    open_index(one, folder, named, progress=False)
    for corpus in (folder, None):
        with pytest.raises(IndexForeign, match="不能混用") as caught:
            open_index(two, corpus, named, progress=False)
        assert caught.value.exit_code == 3
        for part in (
            one.encoder.name,
            two.encoder.name,
            f"chengwen index build --corpus {folder} --index {named}",
        ):
            assert part in caught.value.zh and part in caught.value.en
    assert build_index(two, None, named, progress=False).generation.number == 2
    assert open_index(two, None, named, progress=False).snapshot.dense


def test_an_encoder_whose_vectors_changed_is_found_by_the_probe(
    folder: Path, one: Settings
) -> None:
    opened = open_index(one, folder, progress=False)
    store = Store(opened.generation.folder.parent)
    stored: Any = opened.generation.facts["probe"]
    probe = [[-value for value in row] for row in stored]
    source = opened.generation.folder
    store.write(
        {**opened.generation.facts, "probe": probe},
        lambda target: [
            shutil.copy(f, target) for f in source.iterdir() if f.name != "manifest.json"
        ],
    )
    with pytest.raises(IndexForeign):
        open_index(one, folder, progress=False)
    assert opened.encoder
    facts = opened.generation.facts
    assert earlier_index(locate_index(folder), opened.encoder, facts).vectors == {}
    assert build_index(one, folder, progress=False).generation.number == 3
    assert open_index(one, folder, progress=False).generation.number == 3


def test_an_index_named_alone_is_used_as_it_is(folder: Path, tmp_path: Path) -> None:
    named = tmp_path / "named"
    built = open_index(WORDS, folder, named, progress=False)
    (folder / "c.txt").write_text("物业\n\n物业公司要公开收支，接受业主监督。\n", "utf-8")
    opened = open_index(WORDS, None, named, progress=False)
    assert opened.generation == built.generation and hits_of(opened) == hits_of(built)
    assert build_index(WORDS, None, named, progress=False).generation.facts["documents"] == 3


def test_an_index_of_another_version_is_refused_when_named_alone(
    folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    named = tmp_path / "named"
    open_index(WORDS, folder, named, progress=False)
    monkeypatch.setattr(bot.index_location, "SNAPSHOT_FORMAT", 0)
    with pytest.raises(IndexForeign, match="另一版本"):
        open_index(WORDS, None, named, progress=False)
    assert open_index(WORDS, folder, named, progress=False).generation.number == 2


def test_damage_gives_way_to_the_generation_before_and_a_build_heals(folder: Path) -> None:
    good = hits_of(build_index(WORDS, folder, progress=False))
    damaged = build_index(WORDS, folder, progress=False).generation
    flip(damaged.folder / "documents.jsonl")
    opened = open_index(WORDS, folder, progress=False)
    assert opened.generation.number == 1 and hits_of(opened) == good
    assert "gen-000002" in opened.notices[-1][0] and "gen-000001" in opened.notices[-1][1]
    build_index(WORDS, folder, progress=False)
    assert [g.number for g in Store(damaged.folder.parent).verify()] == [1, 3]


def test_damage_without_a_generation_to_fall_back_on_is_an_error(
    folder: Path, tmp_path: Path
) -> None:
    only = build_index(WORDS, folder, progress=False).generation
    flip(only.folder / "words.json")
    with pytest.raises(IndexDamaged, match="chengwen index build"):
        open_index(WORDS, folder, progress=False)
    assert hits_of(build_index(WORDS, folder, progress=False))
    # A generation of other content is whole, but would answer from what is no longer there.
    named = tmp_path / "named"
    build_index(WORDS, folder, named, progress=False)
    (folder / "b.txt").unlink()
    flip(build_index(WORDS, folder, named, progress=False).generation.folder / "words.json")
    with pytest.raises(IndexDamaged):
        open_index(WORDS, folder, named, progress=False)


def test_a_second_writer_is_told_to_wait(folder: Path) -> None:
    root = build_index(WORDS, folder, progress=False).generation.folder.parent
    with (root / "lock").open("ab") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        with pytest.raises(IndexLocked) as caught:
            build_index(WORDS, folder, progress=False)
        assert caught.value.exit_code == 4
        assert open_index(WORDS, folder, progress=False).generation.number == 1


def test_a_home_that_is_no_folder_is_named(folder: Path, home: Path) -> None:
    home.write_text("")
    with pytest.raises(IndexUnavailable, match=str(home)):
        open_index(WORDS, folder, progress=False)


@pytest.mark.filterwarnings("ignore:.*fork:DeprecationWarning")
def test_a_full_disk_leaves_the_index_as_it_was(folder: Path, one: Settings) -> None:
    before = open_index(one, folder, progress=False)
    for bytes_allowed in (0, 100, 1500):

        def build_in_little_room(largest: int = bytes_allowed) -> None:
            resource.setrlimit(resource.RLIMIT_FSIZE, (largest, resource.RLIM_INFINITY))
            os.environ["OMP_NUM_THREADS"] = "1"
            build_index(WORDS, folder, progress=False)

        assert reap(spawn(build_in_little_room)) == IndexUnavailable.exit_code
        after = open_index(one, folder, progress=False)
        assert after.generation == before.generation and hits_of(after) == hits_of(before)


def changed(folder: Path) -> None:
    (folder / "c.txt").write_text("物业\n\n物业公司要公开收支，接受业主监督。\n", "utf-8")


@contextmanager
def unwritable(settings: Settings, corpus: Path, index: Path | None = None) -> Iterator[None]:
    """The index cannot be written, by any user: a folder stands where its lock belongs."""
    lock = locate_index(corpus, index, variant_of(settings)).root / "lock"
    lock.unlink(missing_ok=True)
    lock.mkdir(parents=True)
    try:
        yield
    finally:
        lock.rmdir()


@pytest.mark.parametrize("named", [False, True])
def test_an_earlier_index_answers_where_a_new_one_cannot_be_written(
    folder: Path, tmp_path: Path, one: Settings, named: bool
) -> None:
    """Of one corpus, in its own folder or, as content names it, in another; figures need a new one."""
    index = tmp_path / "index" if named else None
    before = open_index(one, folder, index, progress=False)
    changed(folder)
    with unwritable(one, folder, index):
        opened = open_to_answer(one, folder, index)
        with pytest.raises(IndexUnavailable):
            open_index(one, folder, index, progress=False)
    assert opened.generation == before.generation and hits_of(opened) == hits_of(before)
    assert opened.refusal and opened.snapshot.dense
    [(zh, en)] = opened.notices
    assert "索引不是最新的" in zh and "gen-000001" in zh and before.generation.made in zh
    assert "not up to date" in en and str(opened.refusal.en) in en
    answer = opened.service(one).ask("谁指挥交通？")
    assert zh in answer.notices and answer.hits
    fresh = open_to_answer(one, folder, index)
    assert fresh.refusal is None and fresh.notices == ()
    assert fresh.generation.facts["documents"] == 3


@pytest.mark.slow
def test_changes_without_the_encoder_leave_its_vectors(
    folder: Path, home: Path, tmp_path: Path, small_models: tuple[Path, Path]
) -> None:
    """The models are missing for a while: what was encoded before need not be again."""
    model = tmp_path / "model"
    shutil.copytree(small_models[0], model)
    settings = load_settings([f"encoder.name={model}", "reader=rules"], {})
    library = Library(settings, folder, tmp_path / "index")
    before = library.open()
    assert before.snapshot.dense
    model.rename(tmp_path / "gone")
    for number in range(3):
        (tmp_path / f"new{number}.txt").write_text(
            f"第{number}座\n\n公园在第{number}街。\n", "utf-8"
        )
        without = Library(settings, folder, tmp_path / "index")
        without.add([tmp_path / f"new{number}.txt"])
        assert without.open().snapshot.dense is None
    doc_id = before.snapshot.collection.documents[0].doc_id
    Library(settings, folder, tmp_path / "index").remove([doc_id])
    (tmp_path / "gone").rename(model)
    encoder, _ = find_encoder(settings)
    place = locate_index(folder, tmp_path / "index", variant_of(settings))
    known = earlier_index(place, encoder, {"recipe": build_fingerprint(settings)})
    sentences = before.snapshot.collection.sentences
    left = {one.text for one in sentences if one.document.doc_id != doc_id}
    gone = {one.text for one in sentences} - left
    assert left and left <= known.vectors.keys() and gone.isdisjoint(known.vectors)
    assert len(known.documents) == 4
    after = open_index(settings, folder, tmp_path / "index", progress=False)
    assert after.snapshot.dense and len(after.snapshot.collection.documents) == 4
    # Once they are in an index in use, none is kept for them.
    assert len(Store(tmp_path / "index").generations()) == 2


def test_an_index_that_cannot_be_read_or_compared_does_not_stand_in(
    folder: Path, tmp_path: Path, one: Settings, two: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    open_index(one, folder, progress=False)
    changed(folder)
    other = tmp_path / "other"
    other.mkdir()
    (other / "d.txt").write_text("公园\n\n全市有一百座公园。\n", "utf-8")
    for settings, corpus in ((two, folder), (one, other)):
        with unwritable(settings, corpus), pytest.raises(IndexUnavailable):
            open_to_answer(settings, corpus)
    with unwritable(WORDS, folder):
        assert open_to_answer(WORDS, folder).snapshot.dense is None
    monkeypatch.setattr(bot.index_location, "SNAPSHOT_FORMAT", 0)
    with unwritable(one, folder), pytest.raises(IndexUnavailable):
        open_to_answer(one, folder)


def test_an_index_of_another_corpus_does_not_stand_in_where_it_is_named(
    folder: Path, tmp_path: Path
) -> None:
    named = tmp_path / "named"
    open_index(WORDS, folder, named, progress=False)
    other = tmp_path / "other"
    other.mkdir()
    (other / "d.txt").write_text("公园\n\n全市有一百座公园。\n", "utf-8")
    with unwritable(WORDS, other, named), pytest.raises(IndexUnavailable):
        open_to_answer(WORDS, other, named)


def test_damage_is_not_made_up_for_by_what_stands_in(folder: Path, tmp_path: Path) -> None:
    named = tmp_path / "named"
    build_index(WORDS, folder, named, progress=False)
    changed(folder)
    flip(build_index(WORDS, folder, named, progress=False).generation.folder / "words.json")
    with unwritable(WORDS, folder, named), pytest.raises(IndexDamaged):
        open_to_answer(WORDS, folder, named)


def test_files_left_out_are_written_down(folder: Path) -> None:
    (folder / "broken.pdf").write_bytes(b"%PDF-1.4 nothing")
    facts = open_index(WORDS, folder, progress=False).generation.facts
    assert facts["documents"] == 2
    left_out: Any = facts["left_out"]
    [[zh, en]] = left_out
    assert "broken.pdf" in zh and "broken.pdf" in en


def test_when_files_came_is_written_down_of_two_the_first(folder: Path) -> None:
    shutil.copy(folder / "a.txt", folder / "c.txt")
    for name, time in (
        ("a.txt", 1_700_000_000),
        ("b.txt", 1_600_000_000),
        ("c.txt", 1_500_000_000),
    ):
        os.utime(folder / name, (time, time))
    facts = open_index(WORDS, folder, progress=False).generation.facts
    assert facts["added"] == {"a": "2017-07-14T02:40:00+00:00", "b": "2020-09-13T12:26:40+00:00"}
    assert open_index(WORDS, progress=False).generation.facts["added"] == {}


def test_a_corpus_that_is_not_there_is_named(tmp_path: Path) -> None:
    for path in (tmp_path / "none", tmp_path / "none.txt"):
        with pytest.raises(DocumentError, match=path.name):
            open_index(WORDS, path, progress=False)


def test_the_build_fingerprint_is_the_same_twice_and_in_json() -> None:
    assert build_fingerprint(Settings()) == build_fingerprint(Settings())
    assert set(build_fingerprint(Settings())) == {"form", "code", "size"}


@pytest.mark.encoder
def test_the_article_with_the_real_encoder() -> None:
    opened = open_index(Settings(), progress=False)
    assert opened.notices == () and opened.identity["encoder"] == "multilingual-e5-small"
    service = open_service(Settings())
    answer = service.ask("成都市每年投入多少社区资金？")
    assert answer.index == opened.identity
    assert answer.short_answer == "15个亿" and answer.outcome == "answered"
    # The sentence before it says 构建, of another level.
    (cited,) = service.ask("微观层面要构建什么体系？").citations
    assert cited.quote == "在微观层面要形成差异化、分类化的行动体系。"
