"""The examples of docs/documents.md do what the guide says."""

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from support.printed import Shell

from corpus.load import load

ROOT = Path(__file__).parents[2]
GUIDE = (ROOT / "docs/documents.md").read_text("utf-8")
WORDS = {"CHENGWEN_ENCODER__NAME": "none-such", "CHENGWEN_READER": "rules"}
ARTICLE = ROOT / "corpus/articles/gmw-2020-12-05-chengshi-zhili.txt"


def example(language: str) -> str:
    """The first example in `language`."""
    found = re.search(rf"```{language}\n(.*?)```", GUIDE, re.DOTALL)
    assert found
    return found[1]


@pytest.mark.slow
def test_the_example_in_python_runs() -> None:
    command = [sys.executable, "-c", example("python")]
    environment = os.environ | {"PYTHONPATH": str(ROOT)}
    assert subprocess.run(command, cwd=ROOT, env=environment, check=False).returncode == 0


def test_the_example_beside_a_file_is_heeded(tmp_path: Path) -> None:
    path = tmp_path / "a.txt"
    shutil.copy(ARTICLE, path)
    (tmp_path / "a.toml").write_text(example("toml"), "utf-8")
    document = load(path)
    assert (document.url, document.title) == ("https://example.org/a", "各街道养老床位统计")
    assert (document.source, document.published) == ("某区民政局", "2021-12-31")
    assert document.tags == ("养老", "site:city")


@pytest.mark.slow
def test_the_check_of_a_folder_prints_its_table() -> None:
    command = [sys.executable, "-m", "corpus.check", "corpus/articles"]
    environment = os.environ | {"PYTHONPATH": str(ROOT)}
    done = subprocess.run(
        command, cwd=ROOT, env=environment, capture_output=True, text=True, check=True
    )
    assert done.stdout.splitlines()[-1] == "1 read, 0 refused; 1 kept whole, 0 not counted"
    assert "| gmw-2020-12-05-chengshi-zhili.txt | " in done.stdout


def shell(home: Path, folder: Path, command: str) -> str:
    settings = WORDS | {"CHENGWEN_HOME": str(home)}
    return Shell(folder, settings).run(command)


@pytest.fixture
def given(tmp_path: Path) -> Path:
    """The folder that the commands of the guide are given in."""
    folder = tmp_path / "given"
    texts = {
        "tongzhi.txt": "通知\n\n周一停水。\n",
        "xin/tongzhi.txt": "通知\n\n周二停水。\n",
        "nianbao/2022.txt": "二〇二二年报\n\n全年修路三条。\n",
        "nianbao/深/2023.txt": "二〇二三年报\n\n全年修桥两座。\n",
    }
    for name, text in texts.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text, "utf-8")
    return folder


@pytest.mark.slow
def test_documents_are_added_replaced_and_removed_as_shown(given: Path, home: Path) -> None:
    (commands,) = re.findall(r"```sh\n(./chengwen add .*?)```", GUIDE, re.DOTALL)
    *before, removing = commands.strip().split("\n")
    listed = shell(home, given, "\n".join(before))
    assert "2022" in listed and "2023" in listed and "已替换 tongzhi" in listed
    shell(home, given, removing)
    [document] = (home / "documents").glob("*.txt")
    assert "周二停水" in document.read_text("utf-8")


@pytest.mark.slow
def test_a_backup_is_restored_as_shown(given: Path, home: Path, tmp_path: Path) -> None:
    packing, unpacking = re.findall(r"```sh\n((?:tar|mkdir).*?)```", GUIDE, re.DOTALL)
    shell(home, given, "./chengwen add tongzhi.txt nianbao/")
    (home / "documents/_terms.toml").write_text('[terms]\n"停水" = "water cut"\n', "utf-8")
    (home / "documents/2022.toml").write_text('url = "https://example.org/2022"\n', "utf-8")
    (home / "sites.json").write_text('{"form": 1, "sites": []}', "utf-8")
    shell(home, given, packing)
    restored = tmp_path / "other/home"
    shell(restored, given, unpacking)
    assert not any(restored.glob("index*")) and (restored / "sites.json").exists()
    assert {path.name for path in (restored / "documents").iterdir()} == {
        path.name for path in (home / "documents").iterdir()
    }
    answer = shell(restored, given, "./chengwen ask 全年修桥几座？")
    assert "全年修桥两座。" in answer
    assert shell(restored, given, "./chengwen list") == shell(home, given, "./chengwen list")
