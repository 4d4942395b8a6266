"""Pages and messages from the templates, and the files that pages load."""

from __future__ import annotations

import hashlib
import json
from functools import cache
from pathlib import Path

from fastapi import FastAPI
from fastapi.staticfiles import StaticFiles
from jinja2 import Environment, FileSystemLoader, StrictUndefined

from bot.i18n import pick
from bot.web.punctuation import full_width

STATIC = Path(__file__).parent / "static"

FOLDERS = (
    Path(__file__).parent / "templates",
    Path(__file__).parents[1] / "evals" / "pages" / "templates",
)
"""Where templates stand: those of the site, and those of the operator's pages and reports."""

# Autoescape: whatever is filled into a template stays text.
_TEMPLATES = Environment(
    loader=FileSystemLoader(FOLDERS),
    autoescape=True,
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
)

_TEMPLATES.globals["pick"] = pick
_TEMPLATES.filters["full_width"] = full_width


def render(template: str, **values: object) -> str:
    """Fills in a template. Raises jinja2.UndefinedError where a value is missing."""
    return _TEMPLATES.get_template(template).render(**values)


def json_for_script(value: object) -> str:
    """`value` as JSON that may stand in a script element, where "</" would end the element."""
    # \u003c is the same character to JSON.
    return json.dumps(value, ensure_ascii=False).replace("<", "\\u003c")


@cache
def static_address() -> str:
    """The address of the static files that names their bytes, so that browsers may keep them."""
    digest = hashlib.sha256()
    for path in sorted(STATIC.iterdir()):
        digest.update(path.name.encode() + b"\0" + path.read_bytes())
    return f"/ui/{digest.hexdigest()[:12]}"


def mount_static_files(app: FastAPI) -> None:
    """Serves the static files at the address that names their bytes, and at /ui."""
    for address in (static_address(), "/ui"):
        app.mount(address, StaticFiles(directory=STATIC))
