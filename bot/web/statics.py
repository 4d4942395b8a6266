"""Scripts, styles and pictures of the pages: asked about each time under /ui, kept for good under `fixed()`."""

from __future__ import annotations

import hashlib
from functools import cache
from pathlib import Path

from fastapi import FastAPI
from fastapi.staticfiles import StaticFiles

STATIC = Path(__file__).parent / "static"


@cache
def fixed() -> str:
    """Where they are with exactly these bytes: what a page loads from there, its next visit need not ask for."""
    digest = hashlib.sha256()
    for path in sorted(STATIC.iterdir()):
        digest.update(path.name.encode() + b"\0" + path.read_bytes())
    return f"/ui/{digest.hexdigest()[:12]}"


def add_statics(app: FastAPI) -> None:
    """Adds both places."""
    for place in (fixed(), "/ui"):
        app.mount(place, StaticFiles(directory=STATIC))
