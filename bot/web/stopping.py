"""The end of the server: answers under way are finished, streams that never end are not waited for."""

from __future__ import annotations

import asyncio

from starlette.types import ASGIApp, Receive, Scope, Send

from bot.web.http_errors import Stopping

RETRY_AFTER = 5
"""Seconds after which a server that was stopped to be started again may be there."""

_LASTING = "/gradio_api/heartbeat/"
"""Open as long as the chat page is. Ending it ends the page's answer too, so it is ended last."""

_POLL = 0.05
"""Seconds between two looks at what is still under way."""


class Stop:
    """What is under way, and how it is ended."""

    def __init__(self) -> None:
        self._answers: set[asyncio.Timeout] = set()
        self._lasting: set[asyncio.Timeout] = set()

    def under_way(self, path: str) -> set[asyncio.Timeout]:
        """The requests of the kind that `path` is of: to be waited for, or never ending."""
        return self._lasting if path.startswith(_LASTING) else self._answers

    async def finish(self, seconds: float) -> None:
        """Ends all that is under way as soon as only what never ends is left, or after `seconds`."""
        loop = asyncio.get_running_loop()
        deadline = loop.time() + seconds
        while self._answers and loop.time() < deadline:
            await asyncio.sleep(_POLL)
        for limit in (*self._answers, *self._lasting):
            limit.reschedule(loop.time())


class EndedByStop:
    """Wraps an application, and raises Stopping for a request that `stop` ends."""

    def __init__(self, app: ASGIApp, stop: Stop) -> None:
        self._app = app
        self._stop = stop

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serves a request. Raises Stopping."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        under_way = self._stop.under_way(scope["path"])
        limit = asyncio.timeout(None)
        try:
            async with limit:
                under_way.add(limit)
                await self._app(scope, receive, send)
        except TimeoutError:
            if not limit.expired():
                raise
            raise Stopping(
                f"服务正在停止：请 {RETRY_AFTER} 秒后再试。",
                f"The service is stopping: try again in {RETRY_AFTER} seconds.",
                RETRY_AFTER,
            ) from None
        finally:
            under_way.discard(limit)
