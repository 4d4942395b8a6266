"""What a web page says of itself: title, author, date and publisher in its head and its data."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC, datetime, timedelta, timezone
from typing import Any, NamedTuple

from corpus.intake.dates import find_date
from corpus.intake.page import fold, tidy

_CHINA = timezone(timedelta(hours=8))
_TITLES = ("articletitle", "og:title", "twitter:title", "dc.title")
_DATES = (
    "article:published_time",
    "og:published_time",
    "og:release_date",
    "pubdate",
    "publishdate",
    "publish_date",
    "publish-date",
    "pubtime",
    "publishtime",
    "firstpublishedtime",
    "datepublished",
    "dc.date",
    "dc.date.issued",
    "dcterms.issued",
    "weibo: article:create_at",
)
_SOURCES = ("contentsource", "source", "mediaid", "og:site_name", "sitename")
_AUTHORS = ("author", "og:article:author", "article:author", "dc.creator")
"""Names of <meta>, in small letters, the surest first; ArticleTitle, PubDate and ContentSource are
those of Chinese government sites."""

# 微信公众平台, 网站, "null": names of no publisher
_NO_NAME = re.compile(
    r"(?:微信公众平台|本站|本网|本网站|网站|网络|互联网|原创|未知|佚名|匿名|管理员|编辑|admin\w*|null|none|undefined|unknown)?",
    re.IGNORECASE,
)
# news.sina.com.cn, https://example.com/a, name@example.com
_ADDRESS = re.compile(r"(?:https?://\S*|[\w-]+(?:\.[\w-]+)+|.*\w@\w.*)", re.IGNORECASE)
# 来源： of 来源：山西日报
_SOURCE_LABEL = re.compile(r"^(?:文章|信息|稿件)?(?:来源|出处|作者)\s*[:：]\s*")
# NewsArticle, BlogPosting, Report
_ARTICLE = re.compile(r".*(?:Article|Posting|Report)|WebPage")
_LONGEST_NAME = 40
"""Characters of the name of a publisher or an author."""

# var ct = "1700440200"; createTime = '2023-11-20 08:30'
_WECHAT_TIME = re.compile(
    r"\b(?:var\s+ct|oriCreateTime|ori_create_time|createTime|create_time)\s*[=:]\s*[\"']([\d :-]{10,19})[\"']"
)
# var nickname = htmlDecode("桐江发布"); nick_name: '桐江发布'
_WECHAT_NAME = re.compile(r"\bnick_?name\s*[=:]\s*(?:htmlDecode\()?[\"']([^\"'<>]{1,40})[\"']")


class Head(NamedTuple):
    """What a page says of itself; `titles` are what may be the title, the surest first.

    `questions` are the questions and answers that the page lists for search engines.
    """

    titles: tuple[str, ...] = ()
    author: str = ""
    date: str = ""
    site: str = ""
    keywords: str = ""
    questions: tuple[tuple[str, str], ...] = ()


def read_head(tree: Any, source: str) -> Head:
    """What the page `tree` says of itself; `source` is its HTML."""
    meta = _meta(tree)
    data = list(_linked_data(tree))
    articles = [each for each in data if _is_of(each, _ARTICLE)]
    titles = [meta.get(name, "") for name in _TITLES]
    titles += [_plain(each.get("headline")) for each in articles]
    titles += [tidy(node.text or "") for node in tree.iterfind(".//title")]
    sources = [meta.get(name, "") for name in _SOURCES]
    sources += [_name(each.get("publisher")) for each in articles]
    authors = [meta.get(name, "") for name in _AUTHORS]
    authors += [_name(each.get("author")) for each in articles]
    dates = [meta.get(name, "") for name in _DATES]
    dates += [_plain(each.get("datePublished") or each.get("pubDate")) for each in data]
    dates += _marked_dates(tree)
    sources += [_site_of_title(tidy(node.text or "")) for node in tree.iterfind(".//title")]
    site = next(filter(None, map(_publisher, sources)), "")
    head = Head(
        tuple(filter(None, titles)),
        next(filter(None, (_author(name, site, titles) for name in authors)), ""),
        next(filter(None, map(iso_date, dates)), ""),
        site,
        meta.get("keywords", ""),
        tuple(_questions(data)),
    )
    return _of_wechat(tree, source, head) if _is_wechat(tree) else head


def _meta(tree: Any) -> dict[str, str]:
    """The <meta> of a page by name, in small letters; of several the first that says anything."""
    found: dict[str, str] = {}
    for node in tree.iter("meta"):
        name = node.get("name") or node.get("property") or node.get("itemprop") or ""
        content = tidy(node.get("content") or "")
        if name and content:
            found.setdefault(name.strip().lower(), content)
    return found


def _linked_data(tree: Any) -> Iterator[dict[str, Any]]:
    """The objects of the JSON-LD of a page, those inside others too where they make a graph."""
    for node in tree.iter("script"):
        if "ld+json" not in (node.get("type") or "").lower():
            continue
        try:
            stack = [json.loads(node.text or "", strict=False)]
        except (ValueError, RecursionError):
            continue
        while stack:
            each = stack.pop()
            if isinstance(each, list):
                stack += reversed(each)
            elif isinstance(each, dict):
                yield each
                stack += [each[key] for key in ("@graph", "mainEntity") if key in each]


def _is_of(data: dict[str, Any], kind: re.Pattern[str]) -> bool:
    kinds = data.get("@type")
    kinds = kinds if isinstance(kinds, list) else [kinds]
    return any(isinstance(each, str) and kind.fullmatch(each) for each in kinds)


def _plain(value: Any) -> str:
    return tidy(value) if isinstance(value, str) else ""


def _name(value: Any) -> str:
    """The names in the JSON-LD of persons or of an organisation, joined by commas."""
    values = value if isinstance(value, list) else [value]
    names = [_plain(each.get("name") if isinstance(each, dict) else each) for each in values]
    return "、".join(filter(None, names))


def _questions(data: Iterable[dict[str, Any]]) -> Iterator[tuple[str, str]]:
    """The questions of a FAQ page and their answers, as HTML."""
    for each in data:
        if not _is_of(each, _QUESTION):
            continue
        answers = each.get("acceptedAnswer") or each.get("suggestedAnswer")
        answers = answers if isinstance(answers, list) else [answers]
        texts = [_plain(answer.get("text")) for answer in answers if isinstance(answer, dict)]
        yield _plain(each.get("name")), " ".join(texts)


_QUESTION = re.compile("Question")


def _marked_dates(tree: Any) -> list[str]:
    """The dates of elements that say that they are when the page was published, the surest first."""
    published = list(tree.iter("time", "span", "em", "div", "p", "abbr"))
    sure = [node for node in published if node.get("itemprop") == "datePublished"]
    times = [node for node in tree.iter("time") if node.get("pubdate") is not None]
    every = list(tree.iter("time"))
    times = times or (every if len(every) == 1 else [])
    found = []
    for node in (*sure, *times):
        stated = node.get("content") or node.get("datetime") or node.get("title")
        found.append(stated or "".join(node.itertext()))
    return found


def iso_date(text: str) -> str:
    """The date in a text, ISO, or empty. A time in UTC gives the day in China."""
    text = tidy(text)
    # 2023112008, 20231120083000: a day with its hour
    packed = re.fullmatch(r"((?:19|20)\d\d)([01]\d)([0-3]\d)(?:\d{2}|\d{4}|\d{6})", text)
    if packed:
        return "-".join(packed.groups())
    if re.fullmatch(r"\d{10}(?:\d{3})?", text):
        return datetime.fromtimestamp(int(text[:10]), _CHINA).date().isoformat()
    # 2023-11-19T23:30:00Z
    if "T" in text:
        try:
            moment = datetime.fromisoformat(text)
        except ValueError:
            moment = datetime.min
        if moment.tzinfo is not None and moment.utcoffset() == UTC.utcoffset(None):
            return moment.astimezone(_CHINA).date().isoformat()
    # 20231120
    packed = re.match(r"(20\d\d)([01]\d)([0-3]\d)(?!\d)", text)
    day = find_date("-".join(packed.groups()) if packed else text)
    return day.isoformat() if day else ""


def _publisher(name: str) -> str:
    """The name of a publisher, or empty where it is an address or says nothing."""
    name = _SOURCE_LABEL.sub("", tidy(name)).strip()
    is_none = _NO_NAME.fullmatch(name) or _ADDRESS.fullmatch(name) or len(name) > _LONGEST_NAME
    return "" if is_none or not re.search(r"[^\W\d_]", name) else name


def _author(name: str, site: str, titles: Iterable[str]) -> str:
    """The name of an author, or empty where it is that of the site."""
    name = _publisher(name)
    ends_titles = any(part.startswith(name) for title in titles for part in _parts(title)[1:])
    return "" if not name or name == site or ends_titles else name


def _site_of_title(title: str) -> str:
    """The name of the site at the end of a title, or empty."""
    parts = _parts(title)
    named = [part for part in parts[1:] if _SITE.fullmatch(part)]
    return _ENGLISH_TWIN.sub("", named[-1]) if named else ""


# The English name in 澎湃新闻-The Paper
_ENGLISH_TWIN = re.compile(r"-[A-Za-z ]+$")
# 和讯网, 当代商报, 澎湃新闻-The Paper, 山西省人民政府门户网站
_SITE = re.compile(
    r"[^\s，。]{1,16}(?:网|网站|门户|[日晚早周时商]报|新闻|在线|传媒|电视台|广播|通讯社|政府|[委局厅]"
    r"|博客)(?:-[A-Za-z ]+)?"
)


def _parts(title: str) -> list[str]:
    """The parts of 题目_新闻频道_某网."""
    return [part.strip() for part in _BAR.split(title)]


# The bars of 题目_某网, 题目|频道 and "Title - Site"
_BAR = re.compile(
    r"\s*[_|｜丨]\s*|\s+[-–—]\s+|\s*--+\s*|(?<=[\u4e00-\u9fff？！。”》）])-(?=[\u4e00-\u9fff])"
)


def page_title(
    titles: Iterable[str], tops: Sequence[str], headings: Iterable[str], others: Iterable[str]
) -> str:
    """The title of a page: of what may be it, what the page prints; or else its only top heading.

    `tops` are the headings of the first level, `headings` all lines that are headings, `others` the
    other lines. A title may have the names of a channel and of the site behind it:
    题目_新闻频道_某网.
    """
    titles = [tidy(title) for title in titles]
    for printed in (headings, others):
        found = _printed_title(titles, printed)
        if found:
            return found
    if len(tops) == 1 and not _SITE.fullmatch(tops[0]):
        return tops[0]
    parts = _parts(titles[0]) if titles else []
    return next((part for part in parts if part and not _SITE.fullmatch(part)), "".join(parts[:1]))


def _printed_title(titles: Iterable[str], printed: Iterable[str]) -> str:
    """The line that prints one of the titles or its longest part that is printed; or empty."""
    lines = {_squeezed(line): line for line in reversed(list(printed))}
    for title in titles:
        for candidate in sorted(_candidates(title), key=len, reverse=True):
            squeezed = _squeezed(candidate)
            if len(squeezed) > 1 and squeezed in lines:
                return lines[squeezed]
    return ""


def _candidates(title: str) -> Iterator[str]:
    """The title, its beginnings and its ends at a bar, and its parts; no name of a site."""
    yield title
    pieces = _parts(title)
    for bar in _BAR.finditer(title):
        pieces += [title[: bar.start()], title[bar.end() :]]
    yield from (piece for piece in pieces if not _SITE.fullmatch(piece))


def _squeezed(text: str) -> str:
    return re.sub(r"\s+", "", fold(tidy(text)))


def _is_wechat(tree: Any) -> bool:
    return _by_id(tree, "js_content") is not None


def _of_wechat(tree: Any, source: str, head: Head) -> Head:
    """What a WeChat page says: its account is the publisher."""
    account = _text_of(tree, "js_name") or _first(_WECHAT_NAME, source)
    titles = filter(None, (_text_of(tree, "activity-name"), *head.titles))
    date = iso_date(_text_of(tree, "publish_time")) or iso_date(_first(_WECHAT_TIME, source))
    site = _publisher(account) or head.site
    authors = [_text_of(tree, "js_author_name"), *_wechat_authors(tree), head.author]
    author = next(filter(None, (_author(name, site, ()) for name in authors)), "")
    return head._replace(titles=tuple(titles), author=author, date=date or head.date, site=site)


def _wechat_authors(tree: Any) -> Iterator[str]:
    """The texts beside the title that are no date, no account and no mark of original work."""
    for node in tree.iter("span", "em"):
        is_meta = "rich_media_meta_text" in (node.get("class") or "").split()
        if is_meta and node.get("id") is None:
            text = tidy("".join(node.itertext()))
            if not find_date(text):
                yield text


def _by_id(tree: Any, name: str) -> Any:
    return next(iter(tree.xpath("//*[@id=$name]", name=name)), None)


def _text_of(tree: Any, name: str) -> str:
    """The text of the element with an id, or empty."""
    node = _by_id(tree, name)
    return "" if node is None else " ".join(tidy("".join(node.itertext())).split())


def _first(pattern: re.Pattern[str], text: str) -> str:
    found = pattern.search(text)
    return found[1] if found else ""
