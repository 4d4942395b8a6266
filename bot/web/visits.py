"""Questions that come through the widget of a site: which site that is, how many it may ask, what answers them."""

from __future__ import annotations

import math
import time
from collections.abc import Callable
from threading import Lock

from starlette.requests import HTTPConnection

from bot.scope import narrowed
from bot.service import Service
from bot.sites import Site, Sites
from bot.web.rates import DAY
from bot.web.refusals import Forbidden, TooMany

HEADER = "x-chengwen-site"
"""The header in which the widget sends the token of its site."""


class Visits:
    """Knows a site by its token, counts its questions, and answers it from its articles.

    `clock` gives seconds and never goes back. `admit` and `site_of` are for one thread: the event loop's.
    """

    def __init__(self, sites: Sites, service: Service, clock: Callable[[], float] = time.monotonic) -> None:
        self.sites = sites
        self._service = service
        self._clock = clock
        self._asked: dict[str, tuple[float, int]] = {}
        self._narrow: dict[frozenset[str], Service] = {}
        self._turn = Lock()

    def site_of(self, connection: HTTPConnection) -> Site | None:
        """The site whose widget asks; None for any other door. Raises Forbidden for a token that is of no site."""
        token = connection.headers.get(HEADER)
        if token is None:
            return None
        site = self.sites.find(token)
        if site is None:
            raise Forbidden("这个网站没有登记，或登记已取消。", "This site is not registered, or no longer.")
        return site

    def is_widget(self, connection: HTTPConnection) -> bool:
        """Whether the widget of a registered site asks."""
        token = connection.headers.get(HEADER)
        return token is not None and self.sites.find(token) is not None

    def admit(self, site: Site | None) -> None:
        """Counts a question of `site`. Raises TooMany, and does not count it, where it has asked enough in 24 hours."""
        if site is None:
            return
        now = self._clock()
        since, asked = self._asked.get(site.name, (now, 0))
        if now - since >= DAY:
            since, asked = now, 0
        if asked >= site.daily:
            wait = math.ceil(since + DAY - now)
            raise TooMany(
                "本网站今天的提问已达上限，请明天再问。", "No more questions can be taken from this site today.", wait
            )
        known = {other.name for other in self.sites.all()}
        self._asked = {name: kept for name, kept in self._asked.items() if name in known}
        self._asked[site.name] = since, asked + 1

    def service_for(self, site: Site | None) -> Service:
        """What answers `site`: the whole service, or one of its tags. The first time that takes about a second."""
        tags = frozenset(site.tags if site else ())
        with self._turn:
            if tags not in self._narrow:
                self._narrow[tags] = narrowed(self._service, tags)
            return self._narrow[tags]
