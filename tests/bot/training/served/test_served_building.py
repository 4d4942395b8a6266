"""The file of windows: its mixture, what it is never made of, and that it is the same again."""

import gzip
import json
from collections import Counter
from dataclasses import replace
from io import BytesIO
from pathlib import Path
from zipfile import ZipFile

import numpy as np
import pytest
from conftest import BigramEncoder
from support.characters import character_tokenizer

from bot.training.kinds import DRCD
from bot.training.served import __main__ as command
from bot.training.served.building import Means, Plan, build_windows
from bot.training.served.kept import FORMAT, Origin, ServedWindows, load_served
from bot.training.served.libraries import SOURCES, libraries_in
from corpus import UsageError
from corpus.load import document_files

REGULATIONS = Path(__file__).parents[3] / "data" / "regulations"
TOTAL = 600
SEED = 3


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a set of each kind but STARD, as $CHENGWEN_DATA has them."""
    data = tmp_path_factory.mktemp("data")
    (data / "laws").mkdir()
    for file in document_files(REGULATIONS):
        (data / "laws" / file.name).write_bytes(file.read_bytes())
    paragraphs = [_paragraph(number) for number in range(60)]
    squad = {
        "data": [{"title": f"{100 + n}号桥", "paragraphs": [p]} for n, p in enumerate(paragraphs)]
    }
    (data / DRCD).write_text(json.dumps(squad), "utf-8")
    lines = [json.dumps({"_id": f"n{n}", "title": "", "text": _news(n)}) for n in range(60)]
    (data / "news_corpus.jsonl.gz").write_bytes(gzip.compress("\n".join(lines).encode()))
    return data


def _paragraph(number: int) -> dict[str, object]:
    text = f"这座桥建于{1900 + number}年，全长{300 + number}米。" + "桥上有石狮，桥下有码头。" * 40
    answer = f"{300 + number}米"
    question = f"{1900 + number}年建的{100 + number}号桥有多长？"
    answers = [{"text": answer, "answer_start": text.index(answer)}]
    return {"context": text, "qas": [{"id": str(number), "question": question, "answers": answers}]}


def _news(number: int) -> str:
    return (
        f"8月{number % 28 + 1}日，第{number + 2}届桥梁展览会在成都开幕。展览面积达到{number + 10}万平方米。"
        f"参展企业数量达到{number + 40}家。" + "观众在馆内参观了各类展品。" * 30
    )


@pytest.fixture(scope="module")
def plan(folder: Path, tmp_path_factory: pytest.TempPathFactory) -> Plan:
    return Plan(folder, TOTAL, SEED, tmp_path_factory.mktemp("served") / "parts")


def means() -> Means:
    return Means(BigramEncoder(), character_tokenizer([]))


@pytest.fixture(scope="module")
def built(plan: Plan) -> ServedWindows:
    return build_windows(plan, means(), lambda *_: None)


def contents(windows: ServedWindows) -> list[tuple[Origin, bytes, int, int]]:
    pairs = zip(windows.origins, windows.samples, strict=True)
    return [(origin, one.ids.tobytes(), one.start, one.end) for origin, one in pairs]


def test_each_source_has_its_share(built: ServedWindows) -> None:
    found = {(row[0], row[1]): row[2] + row[3] for row in built.counts()}
    for name in ("drcd", "laws", "written", "news_corpus"):
        wanted = SOURCES[name].share * TOTAL
        assert 0.8 * wanted < found[SOURCES[name].group, name] < wanted + 4
    swapped = sum(count for (part, _), count in found.items() if part == "swaps")
    assert 0 < swapped <= sum(found.values()) / 6 + 1


def test_two_to_three_windows_without_an_answer_to_each_with_one(built: ServedWindows) -> None:
    plain = [row for row in built.counts() if row[0] in ("encyclopaedia", "news")]
    positive = sum(row[2] for row in plain)
    negative = sum(row[3] for row in plain)
    assert 1.8 < negative / positive <= 3
    assert all(row[2] == 0 for row in built.counts() if row[0] == "swaps")


def test_documents_for_reporting_are_never_shown(folder: Path, built: ServedWindows) -> None:
    shown = {origin.doc_id for origin in built.origins}
    reported = sorted(document_files(folder / "laws"))[2::3]
    held: set[str] = set()
    for library in libraries_in(folder, "laws", SEED):
        held |= {document.title for document in library.documents}
    assert held and not held & {file.stem for file in reported}
    # Of DRCD the first and the last of each five paragraphs are not for training.
    numbers = {int(name.rpartition("-")[2]) % 5 for name in shown if name.startswith("drcd")}
    assert numbers == {1, 2, 3}
    assert not shown & {file.stem for file in document_files(REGULATIONS.parent / "tables")}


def test_written_documents_of_a_library_have_titles_of_their_own(folder: Path) -> None:
    makers: set[str] = set()
    for library in libraries_in(folder, "written", SEED):
        titles = Counter(document.title for document in library.documents)
        assert max(titles.values()) == 1
        makers |= {made.maker for made in library.questions}
    assert makers == {"tables", "faq"}


def test_broken_off_it_goes_on_and_gives_the_same(
    plan: Plan, built: ServedWindows, tmp_path: Path
) -> None:
    def break_off(source: str, *_: int) -> None:
        if source == "laws":
            raise KeyboardInterrupt

    again = replace(plan, parts=tmp_path / "parts")
    with pytest.raises(KeyboardInterrupt):
        build_windows(again, means(), break_off)
    kept = {path.name.partition("-")[0] for path in again.parts.iterdir()}
    assert kept == {"drcd", "laws"}
    going_on = means()
    assert contents(build_windows(again, going_on, lambda *_: None)) == contents(built)
    # The libraries that are kept are not encoded again.
    assert isinstance(going_on.encoder, BigramEncoder)
    assert not any("这座桥建于" in text for text in going_on.encoder.encoded)


def test_the_file_gives_back_what_was_written(built: ServedWindows, tmp_path: Path) -> None:
    built.save(tmp_path / "served.npz")
    read = load_served(tmp_path / "served.npz")
    assert (read.seed, read.files) == (built.seed, built.files)
    assert contents(read) == contents(built) and read.counts() == built.counts()


def test_what_holds_no_windows_is_refused(built: ServedWindows, tmp_path: Path) -> None:
    path = tmp_path / "served.npz"
    with pytest.raises(UsageError, match="不是训练窗口"):
        load_served(path)
    built.only(range(9)).save(path)
    whole = path.read_bytes()
    other = BytesIO()
    np.save(other, np.zeros(3))
    contents = (b"", b"no archive", whole[:-20], whole[:40], damaged(whole), other.getvalue())
    for content in (*contents, archive([FORMAT]), archive({}), archive({"format": FORMAT})):
        path.write_bytes(content)
        with pytest.raises(UsageError, match="不是训练窗口"):
            load_served(path)
    path.write_bytes(archive({"format": FORMAT + 1}))
    with pytest.raises(UsageError, match="另一个版本"):
        load_served(path)


def damaged(whole: bytes) -> bytes:
    """An archive with one byte of its longest file altered."""
    with ZipFile(BytesIO(whole)) as files:
        longest = max(files.infolist(), key=lambda file: file.compress_size)
    # Ahead of what is packed stand 30 bytes, the name and an extra part of at most 20.
    middle = longest.header_offset + 50 + len(longest.filename) + longest.compress_size // 2
    return whole[:middle] + bytes([whole[middle] ^ 0xFF]) + whole[middle + 1 :]


def archive(facts: object) -> bytes:
    """An archive of facts without arrays."""
    written = BytesIO()
    np.savez(written, facts=np.array(json.dumps(facts)))
    return written.getvalue()


@pytest.mark.parametrize("group", ["news", "regulations", "tables"])
def test_a_kind_of_text_is_left_out_with_its_swaps(built: ServedWindows, group: str) -> None:
    left = built.without([group])
    assert 0 < len(left.samples) < len(built.samples)
    assert group not in {origin.group for origin in left.origins}
    assert len(left.samples) == len(left.origins)


@pytest.mark.encoder
def test_the_command_writes_the_file_and_the_counts(
    folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    output = tmp_path / "served.npz"
    assert command.main([str(folder), "--output", str(output), "--windows", "60"]) == 0
    rows = [line.split() for line in capsys.readouterr().out.splitlines()]
    assert sum(int(row[2]) + int(row[3]) for row in rows) == len(load_served(output).samples)
    assert list(tmp_path.iterdir()) == [output]
