"""Sites: which origins may be named, what the file keeps, what the command prints, and what a site is answered from."""

import hashlib
import json
import os
import stat
import threading
from pathlib import Path
from typing import Any

import pytest

from bot.cli.__main__ import main
from bot.origins import is_among, is_origin
from bot.service import Service
from bot.settings import Settings, load_settings
from bot.storage.sites import FILE, Site, Sites, SitesUnavailable
from corpus import Document, UsageError
from index.snapshot import build

PARKS = Document("parks", "公园", "全市有120座公园。", tags=("绿化",))
TREES = Document("trees", "行道树", "全市有30万棵行道树。", tags=("绿化", "道路"))
ROADS = Document("roads", "道路", "全市有800条道路。", tags=("道路",))


def add(home: Path, *arguments: str) -> int:
    return main(["site", "add", *arguments])


@pytest.mark.parametrize(
    "origin",
    [
        "https://www.example.gov.cn",
        "https://example.gov.cn:8443",
        "https://*.x.gov.cn",
        "https://[::1]:8443",
        "http://localhost:8000",
        "http://127.0.0.1",
        "http://www.gov.test:8000",
        "https://xn--fiqs8s.cn",
    ],
)
def test_origins_that_may_be_named(origin: str) -> None:
    assert is_origin(origin)


@pytest.mark.parametrize(
    "origin",
    [
        "http://www.example.gov.cn",
        "https://www.example.org/",
        "https://www.example.org/path",
        "https://*",
        "https://*.cn",
        "*",
        "'none'",
        "https://a.b; script-src *",
        "https://a.b https://c.d",
        "https://a.*.org",
        "https://u:p@a.b",
        "https://a.b:0",
        "https://a.b:70000",
        "https://A.b",
        "https://中国.cn",
        "https://a.b\n",
        "data:",
        "null",
        "",
        "https://-a.b",
        "http://evil.test.org",
    ],
)
def test_origins_that_may_not(origin: str) -> None:
    assert not is_origin(origin)
    with pytest.raises(UsageError):
        load_settings([f"embed.origins=https://ok.example,x{origin}"], {})
    with pytest.raises(UsageError):
        Site("a", "", (origin,))


def test_an_origin_is_meant_as_a_browser_would() -> None:
    allowed = ["https://www.example.org", "https://*.x.gov.cn", "http://localhost:8000"]
    for origin in (
        "https://www.example.org",
        "https://WWW.example.org:443",
        "https://a.b.x.gov.cn",
    ):
        assert is_among(origin, allowed)
    for origin in (
        "https://x.gov.cn",
        "https://evilx.gov.cn",
        "https://evil.org/.x.gov.cn",
        "https://evil.org#.x.gov.cn",
        "http://www.example.org",
        "https://www.example.org:8443",
        "https://www.example.org.evil.org",
        "http://localhost",
        "null",
        "",
    ):
        assert not is_among(origin, allowed)


def test_a_token_is_kept_as_its_digest_only(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert (
        add(
            home,
            "portal",
            "--origin",
            "https://a.example",
            "--title",
            "问一问",
            "--color",
            "#B1241D",
        )
        == 0
    )
    token = capsys.readouterr().out.strip()
    kept = (home / FILE).read_text("utf-8")
    assert len(token) == 32 and token not in kept
    assert json.loads(kept)["sites"][0]["digest"] == hashlib.sha256(token.encode()).hexdigest()
    assert stat.S_IMODE((home / FILE).stat().st_mode) == 0o600
    site = Sites(home / FILE).find(token)
    assert site and (site.title, site.color, site.daily, site.origins) == (
        "问一问",
        "#b1241d",
        2000,
        ("https://a.example",),
    )
    for wrong in ("", token[:-1], token + "x", token.swapcase(), site.digest, "\ud800"):
        assert Sites(home / FILE).find(wrong) is None
    assert main(["site", "list", "--json"]) == 0
    shown = capsys.readouterr().out
    assert json.loads(shown)["sites"][0]["name"] == "portal" and site.digest not in shown


def test_tokens_differ_and_a_removed_one_is_worth_nothing(
    home: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    sites = Sites(home / FILE)
    tokens = []
    for name in ("b", "a"):
        assert add(home, name, "--origin", "https://*.example.org", "--json", "--daily", "7") == 0
        tokens.append(json.loads(capsys.readouterr().out)["token"])
    assert [site.name for site in sites.all()] == ["a", "b"] and tokens[0] != tokens[1]
    assert main(["site", "remove", "b"]) == 0
    assert sites.find(tokens[0]) is None
    found = sites.find(tokens[1])
    assert found and found.daily == 7
    assert main(["site", "remove", "b"]) == 2


@pytest.mark.parametrize(
    "arguments",
    [
        ["x"],
        ["x", "--origin", "https://a.b/c"],
        ["../x", "--origin", "https://a.b"],
        ["x", "--origin", "https://a.b", "--color", "red"],
        ["x", "--origin", "https://a.b", "--daily", "0"],
        ["x", "--origin", "https://a.b", "--daily", "-1"],
        ["x", "--origin", "https://a.b", "--title", "长" * 61],
        ["x", "--origin", "https://a.b", "--title", "a\nb"],
        ["taken", "--origin", "https://a.b"],
    ],
)
def test_what_cannot_be_used_is_refused_and_changes_nothing(
    home: Path, arguments: list[str]
) -> None:
    assert add(home, "taken", "--origin", "https://a.example") == 0
    before = (home / FILE).read_bytes()
    assert add(home, *arguments) == 2
    assert (home / FILE).read_bytes() == before


@pytest.mark.parametrize(
    "text", ["", "{", "[]", '{"form": 2, "sites": []}', '{"form": 1, "sites": [{"name": "a"}]}']
)
def test_a_damaged_file_is_named_and_left_alone(home: Path, text: str) -> None:
    home.mkdir()
    (home / FILE).write_text(text)
    with pytest.raises(SitesUnavailable, match=r"sites\.json"):
        Sites(home / FILE).all()
    assert add(home, "a", "--origin", "https://a.example") == 2
    assert (home / FILE).read_text() == text


@pytest.mark.parametrize("text", ["[" * 200_000, '{"form": 1, "sites": 5}', '{"form": 1}', "5"])
def test_a_file_that_is_no_list_of_sites_is_named(home: Path, text: str) -> None:
    home.mkdir()
    (home / FILE).write_text(text)
    sites = Sites(home / FILE)
    for call in (sites.all, lambda: sites.find("x")):
        with pytest.raises(SitesUnavailable, match=r"sites\.json.*备份"):
            call()


DAMAGED_SITES: list[dict[str, object]] = [
    {"digest": 5},
    {"digest": "é" * 64},
    {"digest": "0" * 63},
    {"name": None},
    {"title": ["a"]},
    {"color": 5},
    {"daily": 1.5},
    {"daily": True},
    {"origins": "https://a.example"},
    {"origins": None},
    {"origins": [5]},
    {"tags": [["a"]]},
    {"more": 1},
]


@pytest.mark.parametrize("damage", DAMAGED_SITES)
def test_a_damaged_site_is_named_and_the_others_are_found(
    home: Path, damage: dict[str, object]
) -> None:
    path = home / FILE
    sites = Sites(path)
    tokens = [
        sites.add(lambda digest, name=name: Site(name, digest, ("https://a.example",)))  # type: ignore[misc]
        for name in "abc"
    ]
    content = json.loads(path.read_text("utf-8"))
    content["sites"][1] |= damage
    path.write_text(json.dumps(content), "utf-8")
    before = path.read_bytes()
    found = [sites.find(tokens[n]) for n in (0, 2)]
    assert [site and site.name for site in found] == ["a", "c"]
    for call in (sites.all, lambda: sites.find("x"), lambda: sites.remove("a")):
        with pytest.raises(SitesUnavailable, match="第 2 个网站") as caught:
            call()
        assert "site number 2 is damaged" in caught.value.en and str(path) in caught.value.en
    assert path.read_bytes() == before


@pytest.mark.parametrize(
    ("allowed", "refused"),
    [
        ({"name": "a" * 40}, {"name": "a" * 41}),
        ({"title": "长" * 60}, {"title": "长" * 61}),
        ({"daily": 1}, {"daily": 0}),
        ({"daily": 10_000_000}, {"daily": 10_000_001}),
        ({"color": ""}, {"color": "#B1241D"}),
    ],
)
def test_limits_of_what_is_registered(allowed: dict[str, Any], refused: dict[str, Any]) -> None:
    given = {"name": "a", "digest": "", "origins": ("https://a.example",)}
    Site(**{**given, **allowed})
    with pytest.raises(UsageError, match="不可用"):
        Site(**{**given, **refused})


def test_a_site_is_asked_two_thousand_questions_a_day_unless_it_says_more() -> None:
    assert Site("a", "", ("https://a.example",)).daily == 2000


def test_the_folder_of_the_file_is_made_and_the_file_can_be_read_by_people(tmp_path: Path) -> None:
    sites = Sites(tmp_path / "a" / "b" / FILE)
    sites.add(lambda digest: Site("a", digest, ("https://a.example",), title="问一问"))
    lines = sites.path.read_text("utf-8").splitlines()
    assert '   "title": "问一问",' in lines and len(lines) > 10
    assert SitesUnavailable.code == "sites_unavailable"


def test_a_value_that_is_refused_is_named_in_short() -> None:
    with pytest.raises(UsageError) as caught:
        Site("x" * 100, "", ("https://a.example",))
    assert caught.value.zh.startswith("x" * 80 + " 不可用：名称")
    assert caught.value.en.startswith("x" * 80 + " is not valid: a name")


def test_the_file_is_read_again_only_when_it_changed(home: Path) -> None:
    """Another time, size or inode is a change; the time alone can be the same on a coarse clock."""
    path, sites = home / FILE, Sites(home / FILE)
    sites.add(lambda digest: Site("a", digest, ("https://a.example",)))
    first, state = sites.all(), path.stat()
    assert sites.all() is first
    assert json.loads(path.read_text("utf-8"))["form"] == 1

    path.write_text(path.read_text("utf-8") + "\n", "utf-8")
    os.utime(path, ns=(state.st_atime_ns, state.st_mtime_ns))
    longer = sites.all()
    assert longer == first and longer is not first

    os.utime(path, ns=(0, 0))
    later = sites.all()
    assert later == first and later is not longer

    beside = path.with_name("beside")
    beside.write_bytes(path.read_bytes())
    os.utime(beside, ns=(0, 0))
    beside.replace(path)
    assert sites.all() == first and sites.all() is not later


@pytest.mark.parametrize("place", ["a folder", "below a file"])
def test_a_file_that_the_system_refuses_is_named(tmp_path: Path, place: str) -> None:
    path = tmp_path / "sites" / FILE
    if place == "a folder":
        path.mkdir(parents=True)
    else:
        path.parent.write_text("no folder")
    sites = Sites(path)
    for call in (
        sites.all,
        lambda: sites.find("x"),
        lambda: sites.add(lambda digest: Site("a", digest, ("https://a.example",))),
        lambda: sites.remove("a"),
    ):
        with pytest.raises(SitesUnavailable, match="请检查权限") as caught:
            call()
        assert str(path) in caught.value.zh and "check its permissions" in caught.value.en


def test_many_at_once_lose_none(home: Path) -> None:
    def one(n: int) -> None:
        Sites(home / FILE).add(lambda digest: Site(f"s{n:02}", digest, ("https://a.example",)))

    threads = [threading.Thread(target=one, args=(n,)) for n in range(16)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert [site.name for site in Sites(home / FILE).all()] == [f"s{n:02}" for n in range(16)]
    assert sorted(os.listdir(home)) == ["sites.json", "sites.lock"]


def test_a_site_is_answered_from_its_articles_only() -> None:
    service = Service(build([PARKS, TREES, ROADS], None), None, Settings())
    assert service.ask("全市有多少条道路？").citations[0].document is ROADS
    green = service.narrowed(frozenset({"绿化"}))
    assert {hit.passage.document.doc_id for hit in green.ask("全市有多少？").hits} == {
        "parks",
        "trees",
    }
    assert not any(c.document is ROADS for c in green.ask("全市有多少条道路？").citations)
    assert green.ask("全市有多少座公园？").citations[0].document is PARKS
    both = service.narrowed(frozenset({"绿化", "道路"}))
    assert both.ask("全市有多少条道路？").citations[0].document is ROADS
    assert service.narrowed(frozenset()) is service
    assert service.narrowed(frozenset({"无"})).ask("全市有多少座公园？").outcome == "absent"


def test_few_articles_among_many_are_found() -> None:
    many = [
        Document(f"d{n}", f"第{n}条道路", f"第{n}条道路长{n}公里。", tags=("道路",))
        for n in range(300)
    ]
    service = Service(build([*many, PARKS], None), None, Settings())
    narrow = service.narrowed(frozenset({"绿化"}))
    assert [hit.passage.document for hit in narrow.search("道路和公园", 10)] == [PARKS]
