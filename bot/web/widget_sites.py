"""Questions through the widget of a registered site: whose they are, how many, what answers."""

from __future__ import annotations

from threading import Lock

from starlette.requests import HTTPConnection

from bot.service import Service
from bot.storage.daily_counts import DailyCounts
from bot.storage.sites import Site, Sites
from bot.web.http_errors import Forbidden, TooMany

HEADER = "x-chengwen-site"
"""The header in which the widget sends the token of its site."""


class WidgetSites:
    """Knows a site by its token, counts its questions, and answers it from its own articles.

    `admit` and `site_of` are not safe for several threads: the event loop's is meant.
    """

    def __init__(
        self, sites: Sites, service: Service, daily_counts: DailyCounts | None = None
    ) -> None:
        self.sites = sites
        self._service = service
        self._daily_counts = daily_counts or DailyCounts()
        self._services: dict[frozenset[str], Service] = {}
        self._making = Lock()

    def site_of(self, connection: HTTPConnection) -> Site | None:
        """The site whose widget asks; None where no widget does. Raises Forbidden for a wrong token."""
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
        """Counts a question of `site`, where there is one.

        Raises TooMany, and does not count it, where the site has asked enough in 24 hours.
        """
        if site is None:
            return
        wait = self._daily_counts.wait(site.name, site.daily)
        if wait:
            raise TooMany(
                "本网站今天的提问已达上限，请明天再问。",
                "No more questions can be taken from this site today.",
                wait,
            )
        self._daily_counts.add(site.name)

    def service_for(self, site: Site | None) -> Service:
        """The service that answers `site`: of its tags, or the whole one where it has none.

        The first of some tags takes about a second to make.
        """
        tags = frozenset(site.tags) if site else frozenset()
        with self._making:
            if tags not in self._services:
                self._services[tags] = self._service.narrowed(tags)
            return self._services[tags]
