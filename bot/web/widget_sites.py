"""Questions that come through the widget of a site: which site that is, how many it may ask, what answers them."""

from __future__ import annotations

from threading import Lock

from starlette.requests import HTTPConnection

from bot.question.scope import narrowed
from bot.service import Service
from bot.storage.daily_counts import DailyCounts
from bot.storage.sites import Site, Sites
from bot.web.http_errors import Forbidden, TooMany

HEADER = "x-chengwen-site"
"""The header in which the widget sends the token of its site."""


class WidgetSites:
    """Knows a site by its token, counts its questions, and answers it from its articles.

    `admit` and `site_of` are for one thread: the event loop's.
    """

    def __init__(self, sites: Sites, service: Service, days: DailyCounts | None = None) -> None:
        self.sites = sites
        self._service = service
        self._days = days or DailyCounts()
        self._narrow: dict[frozenset[str], Service] = {}
        self._turn = Lock()

    def site_of(self, connection: HTTPConnection) -> Site | None:
        """The site whose widget asks; None for any other door. Raises Forbidden for a token that is of no site."""
        token = connection.headers.get(HEADER)
        if token is None:
            return None
        site = self.sites.find(token)
        if site is None:
            raise Forbidden(
                "这个网站没有登记，或登记已取消。", "This site is not registered, or no longer."
            )
        return site

    def is_widget(self, connection: HTTPConnection) -> bool:
        """Whether the widget of a registered site asks."""
        token = connection.headers.get(HEADER)
        return token is not None and self.sites.find(token) is not None

    def admit(self, site: Site | None) -> None:
        """Counts a question of `site`. Raises TooMany, and does not count it, where it has asked enough in 24 hours."""
        if site is None:
            return
        if wait := self._days.wait(site.name, site.daily):
            raise TooMany(
                "本网站今天的提问已达上限，请明天再问。",
                "No more questions can be taken from this site today.",
                wait,
            )
        self._days.add(site.name)

    def service_for(self, site: Site | None) -> Service:
        """What answers `site`: the whole service, or one of its tags. The first time that takes about a second."""
        tags = frozenset(site.tags if site else ())
        with self._turn:
            if tags not in self._narrow:
                self._narrow[tags] = narrowed(self._service, tags)
            return self._narrow[tags]
