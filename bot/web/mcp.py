"""/mcp: the tools of bot/tools.py over HTTP, through the same door, where the package they need is installed."""

from __future__ import annotations

from collections.abc import Sequence
from importlib.util import find_spec

from fastapi import FastAPI

from bot.web.door import Door
from bot.web.entry import BODY_LIMIT
from bot.web.refusals import NotAllowed
from index import Hit

PATH = "/mcp"


def add_tools(app: FastAPI, door: Door) -> None:
    """Adds /mcp, and what it needs while `app` runs; nothing without the extra [mcp]."""
    if find_spec("mcp") is None:
        return
    from bot.tools import over_http, tools  # the package it needs is an extra

    async def search(question: str, k: int) -> Sequence[Hit]:
        return (await door.search(question, k))[0]

    # Every request stands for itself: there is no stream to open and no session to end.
    @app.api_route(PATH, methods=["GET", "HEAD", "PUT", "PATCH", "DELETE"], include_in_schema=False)
    async def nothing() -> None:
        raise NotAllowed("/mcp 只接受 POST。", "/mcp takes POST only.")

    inner = over_http(tools(door.ask, search, door.admit), PATH, BODY_LIMIT)
    app.router.routes.extend(inner.routes)
    app.router.lifespan_context = inner.router.lifespan_context
