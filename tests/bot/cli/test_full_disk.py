"""Commands on a disk that is full or cannot be written."""

import os
import subprocess
import sys
from pathlib import Path


def test_an_index_on_a_full_disk_says_so_with_the_path(small_disk: Path, tmp_path: Path) -> None:
    """It is full in the midst of the arrays of the words, of the documents, and at once, in KB."""
    corpus = tmp_path / "corpus"
    corpus.mkdir()
    lines = [f"第{n}条街道有{n}盏路灯，由街道办事处负责养护。" for n in range(1500)]
    (corpus / "a.txt").write_text("路灯\n\n" + "\n\n".join(lines), "utf-8")
    home = small_disk / "home"
    command = [sys.executable, "-m", "bot.cli", "index", "build", "--corpus", str(corpus)]
    words = ["--set", "encoder.name=none-such", "--set", "reader=rules"]
    environment = os.environ | {"CHENGWEN_HOME": str(home)}
    for kept_free in (232, 208, 100, 0):
        ballast = small_disk / "ballast"
        ballast.unlink(missing_ok=True)
        free = os.statvfs(small_disk)
        size = free.f_bavail * free.f_bsize - kept_free * 1024
        ballast.write_bytes(b"x" * size)
        done = subprocess.run(
            [*command, *words], capture_output=True, text=True, env=environment, check=False
        )
        assert done.returncode == 2, done.stderr
        assert "磁盘已满，请腾出空间" in done.stderr and str(home) in done.stderr
        assert "None" not in done.stderr and "Traceback" not in done.stderr
        assert not list(home.rglob("gen-*"))
