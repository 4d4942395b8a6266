"""Pages and messages from the templates; whatever is filled in is escaped."""

from __future__ import annotations

import hashlib
from functools import cache
from pathlib import Path

from fastapi import FastAPI
from fastapi.staticfiles import StaticFiles
from jinja2 import Environment, FileSystemLoader, StrictUndefined

FOLDERS = (
    Path(__file__).parent / "templates",
    Path(__file__).parents[1] / "evals" / "pages" / "templates",
)
"""Where templates stand: those of the site, and those of the operator's pages and reports."""

_TEMPLATES = Environment(
    loader=FileSystemLoader(FOLDERS),
    autoescape=True,
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
)


def render(template: str, **values: object) -> str:
    """The template filled in. Raises jinja2.UndefinedError where a value is missing."""
    return _TEMPLATES.get_template(template).render(**values)


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
