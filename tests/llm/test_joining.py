"""A file joined from wheels that these tests make: whole, resumed, and refused."""

from pathlib import Path
from zipfile import ZIP_DEFLATED, ZipFile

import pytest

from llm.joining import PartedFile, PartRefused, is_whole, join

WHOLE = bytes(range(250)) * 10
FILE = PartedFile(
    name="small.gguf",
    size=2500,
    part_size=1000,
    sha256="1912c8f5c053dc58247c3e7bf4703b1e7211c45097bca44693a8906fb023e66b",
)


class Index:
    """Makes the wheel of any part of `content`, and remembers which were asked for."""

    def __init__(self, content: bytes = WHOLE, gone_from: int = 100) -> None:
        self.content = content
        self.gone_from = gone_from
        self.asked: list[int] = []

    def fetch(self, number: int, folder: Path) -> Path:
        self.asked.append(number)
        if number >= self.gone_from:
            raise ConnectionError
        data = self.content[(number - 1) * 1000 : number * 1000]
        return wheel(
            folder / f"part{number}.whl", f"model_part{number}/data/part{number:02}.bin", data
        )


def wheel(path: Path, member: str, data: bytes) -> Path:
    with ZipFile(path, "w", ZIP_DEFLATED) as archive:
        archive.writestr(f"{member.split('/')[0]}/__init__.py", "raise SystemExit\n")
        archive.writestr(member, data)
    return path


def names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


def test_the_parts_make_the_file(tmp_path: Path) -> None:
    index = Index()
    path = join(FILE, tmp_path / "cache", index.fetch)
    assert path.read_bytes() == WHOLE
    assert index.asked == [1, 2, 3]
    assert names(path.parent) == ["small.gguf"]


def test_a_file_that_is_there_is_not_fetched(tmp_path: Path) -> None:
    (tmp_path / FILE.name).write_bytes(WHOLE)
    index = Index()
    assert join(FILE, tmp_path, index.fetch).read_bytes() == WHOLE
    assert not index.asked


@pytest.mark.parametrize("damaged", [b"", WHOLE[:-1], WHOLE[:-1] + b"?"])
def test_a_damaged_file_is_fetched_anew(damaged: bytes, tmp_path: Path) -> None:
    (tmp_path / FILE.name).write_bytes(damaged)
    assert join(FILE, tmp_path, Index().fetch).read_bytes() == WHOLE


def test_an_interruption_costs_one_part(tmp_path: Path) -> None:
    with pytest.raises(ConnectionError):
        join(FILE, tmp_path, Index(gone_from=3).fetch)
    assert names(tmp_path) == ["small.gguf.partial"]
    index = Index()
    assert join(FILE, tmp_path, index.fetch).read_bytes() == WHOLE
    assert index.asked == [3]


@pytest.mark.parametrize(
    ("written", "next_part"), [(0, 1), (999, 1), (1000, 2), (1700, 2), (2500, 3)]
)
def test_a_part_cut_short_is_fetched_again(written: int, next_part: int, tmp_path: Path) -> None:
    (tmp_path / "small.gguf.partial").write_bytes(WHOLE[:written])
    index = Index()
    assert join(FILE, tmp_path, index.fetch).read_bytes() == WHOLE
    assert index.asked[0] == next_part


def test_another_file_is_refused_and_removed(tmp_path: Path) -> None:
    with pytest.raises(PartRefused, match=r"small\.gguf"):
        join(FILE, tmp_path, Index(WHOLE[::-1]).fetch)
    assert not names(tmp_path)


@pytest.mark.parametrize(
    ("member", "size"),
    [
        ("m/data/part01.bin", 999),
        ("m/data/part01.bin", 1001),
        ("m/data/part02.bin", 1000),
        ("m/data/part01.py", 1000),
        ("../data/part01.bin", 1000),
    ],
)
def test_a_wheel_without_the_part_is_refused(member: str, size: int, tmp_path: Path) -> None:
    def fetch(_number: int, folder: Path) -> Path:
        return wheel(folder / "w.whl", member, bytes(size))

    with pytest.raises(PartRefused, match=r"w\.whl"):
        join(FILE, tmp_path, fetch)
    assert (tmp_path / "small.gguf.partial").read_bytes() == b""


def test_what_is_no_wheel_is_refused(tmp_path: Path) -> None:
    def fetch(_number: int, folder: Path) -> Path:
        page = folder / "w.whl"
        page.write_text("<html>")
        return page

    with pytest.raises(PartRefused, match=r"w\.whl"):
        join(FILE, tmp_path, fetch)


@pytest.mark.parametrize(("size", "count", "last"), [(2500, 3, 500), (2000, 2, 1000), (1, 1, 1)])
def test_the_last_part_has_the_rest(size: int, count: int, last: int) -> None:
    file = PartedFile("small.gguf", size, 1000, "")
    assert file.count == count
    assert file.bytes_of(count) == last
    assert sum(file.bytes_of(number) for number in range(1, count + 1)) == size


def test_a_file_of_the_right_size_alone_is_not_whole(tmp_path: Path) -> None:
    path = tmp_path / "other"
    path.write_bytes(bytes(2500))
    assert not is_whole(FILE, path)
