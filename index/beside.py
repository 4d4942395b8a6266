"""What is found out with a generation later, kept in its folder: it goes when the generation goes.

A file beside-NAME is no part of what the generation was sealed as: without it nothing is damaged, and
what it says can be found out again. It has a seal of its own.
"""

from __future__ import annotations

import json
import os
import secrets
from collections.abc import Mapping
from typing import Any

from index.disk import JSON, ChangedFile, read_manifest, sealed
from index.manifest import BESIDE, MANIFEST, Generation


def read_beside(generation: Generation, name: str) -> dict[str, Any] | None:
    """What was kept last under `name`; None where there is nothing, or no longer what was written."""
    try:
        kept = read_manifest(generation.folder / f"{BESIDE}{name}")
    except (ChangedFile, OSError):
        return None
    return kept if kept.get("generation") == generation.seal else None


def write_beside(generation: Generation, name: str, body: Mapping[str, JSON]) -> None:
    """Keeps `body` with a generation: all of it or what was there before, even after a crash.

    Nothing is written where the generation is gone. Raises OSError where the disk refuses.
    """
    data = sealed({**body, "generation": generation.seal})
    # All through one descriptor: another generation may come to lie under the same name meanwhile.
    folder = os.open(generation.folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        if _seal_in(folder) == generation.seal:
            _put(folder, f"{BESIDE}{name}", data)
    finally:
        os.close(folder)


def _seal_in(folder: int) -> str:
    """The seal of the manifest in an open folder."""
    with os.fdopen(os.open(MANIFEST, os.O_RDONLY, dir_fd=folder), "rb") as file:
        return str(json.load(file)["seal"])


def _put(folder: int, name: str, data: bytes) -> None:
    partial = f".{name}-{secrets.token_hex(8)}"
    try:
        created = os.open(partial, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o666, dir_fd=folder)
        with os.fdopen(created, "wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        os.replace(partial, name, src_dir_fd=folder, dst_dir_fd=folder)
        os.fsync(folder)
    except OSError:
        if partial in os.listdir(folder):
            os.unlink(partial, dir_fd=folder)
        raise
