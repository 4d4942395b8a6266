"""`chengwen site`: the sites that show the widget under a token of their own."""

from __future__ import annotations

from argparse import Namespace
from collections.abc import Sequence
from typing import Any

from bot.cli.output import note, pick, show, show_json
from bot.settings import home, load_settings
from bot.storage.sites import FILE, Site, Sites
from corpus import UsageError


def run(arguments: Namespace) -> int:
    """Adds, lists or removes sites. Raises ChengwenError."""
    # A wrong --set is an error here too, although no setting matters.
    load_settings(arguments.set)
    sites = Sites(home() / FILE)
    if arguments.action == "add":
        _add(sites, arguments)
    elif arguments.action == "list":
        _list(sites.all(), arguments.json)
    else:
        sites.remove(arguments.name)
        note(pick(f"已移除网站 {arguments.name}。", f"removed the site {arguments.name}."))
    return 0


def _add(sites: Sites, arguments: Namespace) -> None:
    daily = _read_daily(arguments.daily)

    def make(digest: str) -> Site:
        return Site(
            name=arguments.name,
            digest=digest,
            origins=tuple(arguments.origin),
            title=arguments.title,
            color=arguments.color.lower(),
            daily=daily,
            tags=tuple(arguments.corpus_filter),
        )

    token = sites.add(make)
    if arguments.json:
        show_json({"name": arguments.name, "token": token})
        return
    show(token)
    note(
        pick(
            "以上是令牌，只显示这一次。写进网页的 data-site 属性，见 docs/embed.md。",
            "This is the token, shown only once. Put it into the attribute data-site, see docs/embed.md.",
        )
    )


def _list(sites: Sequence[Site], as_json: bool) -> None:
    if as_json:
        show_json({"sites": [_public_fields(site) for site in sites]})
        return
    for site in sites:
        daily = pick(f"每日 {site.daily} 问", f"{site.daily} questions a day")
        origins, tags = " ".join(site.origins), " ".join(site.tags)
        columns = (site.name, origins, daily, site.title, site.color, tags)
        show("\t".join(column for column in columns if column))
    if not sites:
        note(pick("还没有登记网站。", "no sites yet."))


def _public_fields(site: Site) -> dict[str, Any]:
    """All fields of a site but the digest of its token."""
    return {
        "name": site.name,
        "title": site.title,
        "color": site.color,
        "daily": site.daily,
        "origins": list(site.origins),
        "tags": list(site.tags),
    }


def _read_daily(text: str) -> int:
    # At most 11 digits: more than any limit, and no number that takes long to read.
    if not (text.isascii() and text.isdecimal() and len(text) < 12):
        raise UsageError(
            f"--daily {text[:40]}：应是正整数。",
            f"--daily {text[:40]}: must be a positive whole number.",
        )
    return int(text)
