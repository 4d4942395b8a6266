"""What was removed is nowhere any more: every byte of the home is looked at."""

import fcntl
import json
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest
from support.made_runs import ANSWER, result, run

from bot.earlier_index import earlier_index
from bot.evals import drafts, runs
from bot.evals.drafts import Draft, Drafts, GoldSpan
from bot.evals.runs import Result, Runs, Scored
from bot.forgetting import forget
from bot.index_build import open_index
from bot.index_location import library as library_places
from bot.index_location import locate_index, variant_of
from bot.library import Library
from bot.settings import Settings, load_settings
from bot.storage.feedback import FILE, Feedback, Judgement, timestamp
from corpus import IndexLocked
from corpus.load import corpus_files
from index.snapshot import vectors_by_text
from index.store import Store

SENTENCE = "幸福里的锅炉房在冬至那天换了新锅炉。"
STAYS = "梧桐巷的路灯在立春那天换了新灯泡。"


def words(*settings: str) -> Settings:
    return load_settings(["encoder.name=none-such", "reader=rules", *settings], {})


WORDS = words()


def file(path: Path, sentence: str) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(f"{path.stem}\n\n{sentence}\n", "utf-8")
    return path


def judge(home: Path, number: int, sentence: str, doc_id: str) -> None:
    now = timestamp(datetime.now(UTC))
    citations = (f"{doc_id}.0-5",)
    Feedback(home / FILE).record(
        Judgement(
            str(number), "up", "", "", "问？", "answered", sentence, citations, "gen-000001", now
        )
    )


WHOLE = {"boiler": SENTENCE, "lights": STAYS}


def kept_result(number: int, doc_id: str, sentence: str) -> Result:
    """A result that cites a document and has gold in it."""
    citation = {"doc_id": doc_id, "start": 0, "end": 5}
    gold = [[{**citation, "quote": sentence, "sha256": ""}]]
    case = {"gold": gold, "kind": "fact", "question": sentence, "answers": [sentence[:5]]}
    answer = {**ANSWER, "text": sentence, "short_answer": sentence, "citations": [citation]}
    plain = result(f"q{number}", {"R@1": 1.0})
    return replace(plain, question=sentence, answer={**answer, "case": case})


def nearest(doc_id: str, sentence: str) -> Result:
    """A refusal that names what was found."""
    answer = {**ANSWER, "outcome": "absent", "text": f"没有，最接近的是{sentence}"}
    plain = result("q9", {"R@1": 0.0})
    return replace(plain, hits=(Scored(f"{doc_id}.0-5", 0.5),), answer=answer)


def holding(home: Path, sentence: str) -> list[Path]:
    """The files below `home` with a sentence, in UTF-8 or escaped as in JSON."""
    forms = sentence.encode(), json.dumps(sentence)[1:-1].encode()
    files = [path for path in home.rglob("*") if path.is_file()]
    return [path for path in files if any(form in path.read_bytes() for form in forms)]


@pytest.fixture
def library(home: Path, tmp_path: Path) -> Library:
    """Two documents with feedback, in indexes of two settings with two generations each."""
    library = Library(WORDS)
    library.add([file(tmp_path / "boiler.txt", SENTENCE)])
    open_index(words("split.size=400"))
    library.add([file(tmp_path / "lights.txt", STAYS)])
    open_index(words("split.size=400"))
    judge(home, 1, SENTENCE, "boiler")
    judge(home, 2, STAYS, "lights")
    for name in ("one", "two"):
        kept = [kept_result(n, doc, said) for n, (doc, said) in enumerate(WHOLE.items())]
        Runs(home / runs.FILE).add(run(name, [*kept, nearest("boiler", SENTENCE)]))
    for doc_id, sentence in WHOLE.items():
        Drafts(home / drafts.FILE).add(
            [
                Draft("问？", gold=(GoldSpan(doc_id, 0, 5, sentence),)),
                Draft(sentence, origin=f"made:{doc_id}.0-5:{sentence}"),
            ]
        )
    assert len(holding(home, SENTENCE)) > 5
    return library


def test_no_byte_of_a_removed_document_is_left(library: Library, home: Path) -> None:
    library.remove(["boiler"])
    assert holding(home, SENTENCE) == []
    assert holding(home, STAYS)
    assert [judgement.answer_id for judgement in Feedback(home / FILE).all()] == ["2"]
    [forgotten, kept, refused] = Runs(home / runs.FILE).get("two").results
    assert forgotten.scores == {"R@1": 1.0} and forgotten.question == runs.FORGOTTEN
    assert kept == kept_result(1, "lights", STAYS) and refused.answer["text"] == ""
    assert [draft.number for draft in Drafts(home / drafts.FILE).all()] == [4, 3]
    for root in home.glob("index*"):
        Store(root).verify()
    for settings in (WORDS, words("split.size=400")):
        [*_, last] = open_index(settings).snapshot.collection.documents
        assert last.doc_id == "lights"


def test_no_byte_of_a_replaced_document_is_left(
    library: Library, home: Path, tmp_path: Path
) -> None:
    newer = file(tmp_path / "new/boiler.txt", "幸福里的锅炉房在夏至那天停了。")
    library.add([newer], replacing=True)
    assert holding(home, SENTENCE) == []


def test_the_last_document_of_a_folder_leaves_nothing_either(home: Path, tmp_path: Path) -> None:
    folder = tmp_path / "corpus"
    library = Library(WORDS, folder)
    library.add([file(tmp_path / "boiler.txt", SENTENCE)])
    assert holding(home, SENTENCE)
    library.remove(["boiler"])
    assert holding(home, SENTENCE) == [] and holding(folder, SENTENCE) == []


def test_vectors_of_the_other_documents_are_kept_for_other_settings(
    home: Path, tmp_path: Path, small_models: tuple[Path, Path]
) -> None:
    """Removed without the encoder: its index must not hold the document, nor be made from nothing."""
    with_encoder = words(f"encoder.name={small_models[0]}")
    Library(WORDS).add([file(tmp_path / "boiler.txt", SENTENCE), file(tmp_path / "l.txt", STAYS)])
    before = open_index(with_encoder, progress=False)
    Library(WORDS).remove(["boiler"])
    assert holding(home, SENTENCE) == []
    location = locate_index(variant=variant_of(with_encoder))
    Store(location.root).verify()
    earlier = earlier_index(location, before.encoder, before.generation.facts).vectors
    after = open_index(with_encoder, progress=False).snapshot
    texts = [*after.collection.indexed_texts(), *(one.text for one in after.collection.sentences)]
    assert STAYS in earlier and set(texts) == set(earlier)
    assert "boiler" not in {document.doc_id for document in after.collection.documents}
    assert before.snapshot.dense and after.dense
    was = vectors_by_text(before.snapshot.collection, before.snapshot.dense.stored)
    now = vectors_by_text(after.collection, after.dense.stored)
    assert all((vector == was[text]).all() for text, vector in now.items())
    # What is found by meaning is of the passage that it is of.
    [hit] = after.dense.search(STAYS, 1)
    assert STAYS in hit.passage.text


def test_the_text_goes_from_a_full_disk_too(
    tmp_path: Path,
    small_disk: Path,
    small_models: tuple[Path, Path],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """There is no room to hand the vectors on, and none is needed to delete."""
    monkeypatch.setenv("CHENGWEN_HOME", str(small_disk))
    Library(WORDS).add([file(tmp_path / "boiler.txt", SENTENCE)])
    open_index(words(f"encoder.name={small_models[0]}"), progress=False)
    kept = {file.digest for place in library_places() for file in corpus_files(place)}
    kept -= {file.digest for file in corpus_files(small_disk / "documents")}
    (small_disk / "documents/boiler.txt").unlink()
    with (small_disk / "filler").open("wb", 0) as filler:
        with pytest.raises(OSError, match="space"):
            while True:
                filler.write(b"0" * 4096)
        # Enough for the names of what is left.
        filler.truncate(filler.tell() - 32 * 1024)
    forget(locate_index(variant=variant_of(WORDS)), kept, ["boiler"])
    assert holding(small_disk, SENTENCE) == []


def test_another_corpus_keeps_its_index(home: Path, tmp_path: Path) -> None:
    mine, other = tmp_path / "mine", tmp_path / "other"
    for folder in (mine, other):
        file(folder / "boiler.txt", SENTENCE)
    kept = open_index(WORDS, other).generation.folder
    Library(WORDS, mine).remove(["boiler"])
    assert kept.exists() and open_index(WORDS, other).generation.folder == kept


def test_a_damaged_index_of_the_library_is_deleted(library: Library, home: Path) -> None:
    """Nobody can say what it holds."""
    [root] = [root for root in home.glob("index*") if _split_size(root) == 400]
    for manifest in root.glob("gen-*/manifest.json"):
        manifest.write_bytes(b"{}")
    library.remove(["boiler"])
    assert holding(home, SENTENCE) == [] and not any(root.glob("gen-*"))


def test_a_removal_that_cannot_be_whole_did_not_happen(library: Library, home: Path) -> None:
    """An index of other settings is being written, perhaps with the document."""
    [root] = [root for root in home.glob("index*") if _split_size(root) == 400]
    with (root / "lock").open("ab") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        with pytest.raises(IndexLocked):
            library.remove(["boiler"])
    assert "boiler" in {entry.document.doc_id for entry in library.entries(library.open())}
    library.remove(["boiler"])
    assert holding(home, SENTENCE) == []


def test_a_removal_that_a_crash_broke_off_is_finished(
    library: Library, home: Path, tmp_path: Path
) -> None:
    """The file was set aside, and then the process died."""
    aside = library.folder / ".removed-1"
    aside.mkdir()
    (library.folder / "boiler.txt").rename(aside / "boiler.txt")
    library.add([file(tmp_path / "other.txt", "别的一句话在这里。")])
    assert holding(home, SENTENCE) == []
    assert [judgement.answer_id for judgement in Feedback(home / FILE).all()] == ["2"]


def test_what_can_be_put_back_keeps_its_feedback_while_others_go(
    library: Library, home: Path, tmp_path: Path
) -> None:
    """Until its own time has passed; then nothing is left of it either."""
    library.add([file(tmp_path / "other.txt", "别的一句话在这里。")])
    open_index(words("split.size=400"))
    removal = library.withdraw("boiler")
    library.remove(["other"])
    assert holding(home, "别的一句话在这里。") == []
    library.restore(removal.key)
    told = Feedback(home / FILE).all()
    assert sorted(judgement.answer_id for judgement in told) == ["1", "2"]
    assert Drafts(home / drafts.FILE).all()[-1].gold[0].doc_id == "boiler"
    library.withdraw("boiler")
    library.finish_removals(at_once=True)
    assert holding(home, SENTENCE) == []
    assert [judgement.answer_id for judgement in Feedback(home / FILE).all()] == ["2"]


def _split_size(root: Path) -> object:
    generation, _ = Store(root).open()
    assert generation
    recipe = generation.facts["recipe"]
    assert isinstance(recipe, dict)
    return recipe["size"]
