"""What leaves this machine is told at the start and on /about, and a model only where there is one."""

import logging

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient

from bot.cli.serve import _warn_of_servers
from bot.elsewhere import asked_servers, warnings
from bot.live import Live
from bot.service import Service
from bot.settings import Settings, load_settings
from bot.web.pages import pages_router
from corpus import Document
from index.snapshot import build

HERE = ("reader=llm", "llm.url=http://127.0.0.1:11434/v1", "llm.model=qwen2.5:7b")
THERE = ("reader=llm", "llm.url=https://dashscope.aliyuncs.com/v1", "llm.model=qwen-plus")
ENCODER = ("encoder.url=https://vectors.example.org:8443/v1", "encoder.model=bge-m3")
RERANKER = ("reranker.url=https://order.example.org",)
SECRET = "sk-canary-0123456789"


def told(*assignments: str) -> list[str]:
    return [english for _, english in warnings(load_settings(assignments, {}))]


def about(*assignments: str, english: bool = False) -> str:
    settings = load_settings(assignments, {"CHENGWEN_LLM__KEY": SECRET})
    app = FastAPI()
    document = Document("d", "题", "甲有五个。")
    app.include_router(pages_router(Live(Service(build([document], None), None, settings))))
    return TestClient(app).get("/about?lang=en" if english else "/about").text


def test_what_stays_here_is_no_matter() -> None:
    assert not told() and not told(*HERE)
    # Named, and not used: nothing is sent.
    assert not told("llm.url=https://api.deepseek.com/v1", "llm.model=x")
    assert list(asked_servers(Settings())) == []
    (server,) = asked_servers(load_settings(HERE, {}))
    assert server == ("llm", "qwen2.5:7b", "127.0.0.1:11434", True)


def test_every_server_elsewhere_is_told_with_what_it_gets() -> None:
    model, encoder, reranker = told(*THERE, *ENCODER, *RERANKER)
    assert "qwen-plus is at dashscope.aliyuncs.com" in model and "last turns" in model
    assert "bge-m3 is at vectors.example.org:8443" in encoder and "all documents" in encoder
    assert "reranker is at order.example.org" in reranker and "first 50 passages" in reranker


def test_the_log_says_so_at_the_start(caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.WARNING):
        _warn_of_servers(load_settings(HERE, {}))
        assert not caplog.records
        _warn_of_servers(load_settings(THERE, {"CHENGWEN_LLM__KEY": SECRET}))
    (record,) = caplog.records
    assert "qwen-plus 在 dashscope.aliyuncs.com，不在本机" in record.getMessage()
    assert SECRET not in record.getMessage()


def test_without_a_model_the_page_speaks_of_none() -> None:
    page = about()
    assert "语言模型" not in page and "内容不发往别处" in page
    assert "没有人工智能生成的文字" in page
    assert "language model" not in about(english=True)


def test_with_a_model_here_the_page_names_it() -> None:
    page = about(*HERE)
    assert "人工智能生成 · qwen2.5:7b" in page and "不把内容发往别处" in page
    assert "没有人工智能生成的文字" not in page


@pytest.mark.parametrize("english", [False, True])
def test_with_servers_elsewhere_the_page_says_what_is_sent_where(english: bool) -> None:
    page = about(*THERE, *ENCODER, *RERANKER, english=english)
    hosts = ("dashscope.aliyuncs.com", "vectors.example.org:8443", "order.example.org")
    assert all(host in page for host in hosts)
    assert "内容不发往别处" not in page and "nothing is sent elsewhere" not in page
    assert SECRET not in page and "{" not in page
