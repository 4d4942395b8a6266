"""The examples of docs/documents.md do what the guide says."""

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from corpus.load import load

ROOT = Path(__file__).parents[2]
GUIDE = (ROOT / "docs/documents.md").read_text("utf-8")
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
    assert done.stdout.splitlines()[-1] == "1 read, 0 refused; 1 kept whole"
    assert "| gmw-2020-12-05-chengshi-zhili.txt | " in done.stdout
