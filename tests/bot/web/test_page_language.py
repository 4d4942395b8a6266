"""In which language a page is, and what its address has to say of that."""

import pytest
from starlette.requests import HTTPConnection

from bot.web.page_language import PageLanguage, page_language


def asked(query: str, accepted: str) -> PageLanguage:
    headers = [(b"accept-language", accepted.encode())]
    return page_language(
        HTTPConnection({"type": "http", "query_string": query.encode(), "headers": headers})
    )


@pytest.mark.parametrize(
    ("query", "accepted", "language", "kept"),
    [
        ("", "", "zh", ""),
        ("", "en-GB,en;q=0.9", "zh", ""),
        ("lang=en", "zh-CN", "en", "?lang=en"),
        ("", "zh-TW,zh;q=0.9", "zh-Hant", ""),
        ("lang=zh-HK", "", "zh-Hant", "?lang=zh-Hant"),
        ("lang=zh-Hant", "zh-TW", "zh-Hant", ""),
        ("lang=zh-CN", "zh-TW", "zh", "?lang=zh"),
        ("lang=%3Cb%3E", "", "zh", ""),
        ("lang=fr", "zh-TW", "zh-Hant", ""),
    ],
)
def test_the_address_counts_and_then_the_characters_of_the_browser(
    query: str, accepted: str, language: str, kept: str
) -> None:
    found = asked(query, accepted)
    assert (found.language, found.query) == (language, kept)
    assert found.more == kept.replace("?", "&")


def test_every_page_leads_to_itself_in_the_other_languages() -> None:
    english = asked("lang=en", "")
    others = [tuple(other) for other in english.others("/read/甲 ?", {"start": 3})]
    path = "/read/%E7%94%B2%20%3F"
    assert others == [
        ("简体", "zh-CN", f"{path}?start=3"),
        ("繁體", "zh-TW", f"{path}?start=3&lang=zh-Hant"),
    ]
    there = [other.address for other in asked("", "zh-Hant").others("/about")]
    assert there == ["/about?lang=zh", "/about?lang=en"]
