"""Gradio's page as it is sent: adapted in either language, with nothing of another site."""

import json
import re
from collections.abc import Iterator

import pytest
from fastapi.testclient import TestClient
from support.asking import words_of

from bot.i18n import texts
from bot.live import Live
from bot.service import Service
from bot.settings import Settings
from bot.web.app import create_app
from bot.web.first_screen import FirstScreen
from bot.web.gradio_page import adapt_page
from corpus import Document

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def client(article: Document) -> Iterator[TestClient]:
    with TestClient(
        create_app(Live(Service(words_of(article), None, Settings()))), base_url="http://127.0.0.1"
    ) as client:
        yield client


def test_the_page_has_our_head_and_frame(client: TestClient) -> None:
    page = client.get("/").text
    assert 'lang="zh-CN"' in page and "<title>城问</title>" in page and 'get: () => "zh-CN"' in page
    assert 'content="依据收录的文章回答问题，逐句注明出处。"' in page
    head = page.split("<script>window.gradio_config")[0]
    assert not [
        word for word in ("og:", "twitter:", "githubusercontent", "gradio.app/") if word in head
    ]
    assert 'href="/documents"' in page and 'href="/?lang=en"' in page and "请以原文为准" in page
    assert client.head("/").status_code == 200


def test_the_first_screen_is_in_the_page_before_any_script_has_run(client: TestClient) -> None:
    page = client.get("/").text
    first = page.split('<section class="cw-first"')[1].split("</section>")[0]
    assert "【实践新论】积极探索城市治理的“时代良方”</h2>" in first and "光明网-理论频道" in first
    assert "3,034 字" in first and first.count("data-ask=") == 3
    assert 'href="/read/gmw-2020-12-05-chengshi-zhili"' in first
    assert page.count('class="cw-ask"') == 3 and 'id="cw-wanted">[]</script>' in page


def test_the_page_in_english_stays_english_from_page_to_page(client: TestClient) -> None:
    page = client.get("/?lang=en").text
    assert 'lang="en"' in page and "<title>Chengwen</title>" in page and 'get: () => "en"' in page
    assert 'href="/documents?lang=en"' in page and 'href="/" lang="zh-CN"' in page
    assert client.get("/?lang=%E4%B8%AD%00").text.count('lang="zh-CN"') >= 1


@pytest.mark.parametrize("language", ["zh", "en"])
def test_the_words_of_the_script_are_in_the_page(client: TestClient, language: str) -> None:
    page = client.get("/", params={"lang": language}).text
    found = re.search(r'id="cw-texts">(.*?)</script>', page)
    assert found and json.loads(found[1]) == texts("client", language)


def test_only_previews_leave_the_page() -> None:
    head = b'<meta charset="utf-8"><meta property="og:x"\ncontent="y">'
    html = (
        b'<html lang="en"><head>'
        + head
        + b'</head><body class="x"><p lang="en">a</p></body></html>'
    )
    made = adapt_page(html, "zh", FirstScreen(0)).decode()
    assert (
        made.startswith(
            '<html lang="zh-CN" class="cw-page cw-chat-page"><head><meta charset="utf-8"><title>城问</title>'
        )
        and "og:" not in made
    )
    inner = made.split('<body class="x">')[1]
    assert inner.index("<header") < inner.index('<p lang="en">a</p>') < inner.index("<footer")
    assert made.endswith("</body></html>")
