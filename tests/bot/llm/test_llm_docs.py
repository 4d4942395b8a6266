"""docs/llm.md: its settings are settings, its numbers the program's, its words those that readers see."""

import json
import re
from pathlib import Path

import pytest

from bot.llm.failures import NOTICES
from bot.reranking import DEPTH
from bot.settings import Settings, load_settings
from index.remote import breaker, embeddings, retries

TEXT = (Path(__file__).parents[3] / "docs/llm.md").read_text("utf-8")
BLOCKS = re.findall(r"^```\n(.*?)^```$", TEXT, re.MULTILINE | re.DOTALL)
# export CHENGWEN_READER=llm
EXPORTED = re.compile(r"^export (CHENGWEN_\w+)=(\S+)$", re.MULTILINE)
# `CHENGWEN_LLM__EXTRA='{"enable_thinking": false}'`
EXTRA = re.compile(r"CHENGWEN_LLM__EXTRA='([^']*)'")
# ### Ollama, and its three lines
SERVERS = re.findall(r"^### (.+)\n\n((?:- .+\n)+)", TEXT, re.MULTILINE)
ENGLISH_AND_CHINESE = ("DeepSeek", "DashScope（Qwen）", "Ollama", "vLLM", "LM Studio")


@pytest.mark.parametrize("block", BLOCKS)
def test_what_is_exported_can_be_set(block: str) -> None:
    environment = dict(EXPORTED.findall(block))
    assert environment
    assert load_settings([], environment) != Settings()


def test_each_server_has_an_address_a_name_and_what_to_mind() -> None:
    assert tuple(name for name, _ in SERVERS) == ENGLISH_AND_CHINESE
    for _, lines in SERVERS:
        address, name, mind = lines.splitlines()
        assert address.startswith("- 地址 / address: ") and mind.startswith("- 注意 / mind: ")
        named = re.findall(r"`([^` ]+)`", name)[-1]
        for url in re.findall(r"`(http[^`]+)`", address):
            assert url.endswith("/v1")
            settings = load_settings(["reader=llm", f"llm.url={url}", f"llm.model={named}"], {})
            assert settings.llm.url == url


def test_what_is_passed_on_can_be() -> None:
    extras = EXTRA.findall(TEXT)
    assert len(extras) == 3
    for extra in extras:
        settings = load_settings([f"llm.extra={extra}"], {})
        assert settings.llm.fields == json.loads(extra)


def test_every_kind_of_failure_is_there_with_its_words() -> None:
    rows = re.findall(r"^\| `(\w+)` \|.*\| (.+) \|$", TEXT, re.MULTILINE)
    assert dict(rows) == {kind: zh for kind, (zh, _) in NOTICES.items()}


def test_the_numbers_are_those_of_the_program() -> None:
    llm = Settings().llm
    assert (llm.first_seconds, llm.gap_seconds, llm.whole_seconds) == (15, 15, 60)
    assert "15 秒没有第一个字，之后 15 秒没有下一个字，共 60 秒" in TEXT
    assert (llm.question_tokens, llm.site_tokens, llm.day_tokens) == (8_000, 0, 5_000_000)
    assert "（8,000，" in TEXT and "（5,000,000，" in TEXT
    assert (breaker.FAILURES, breaker.PAUSE, retries.MOST) == (5, 30, 2)
    assert "接连失败 5 次就 30 秒不再问" in TEXT and "至多两次" in TEXT
    assert (embeddings.BATCH, embeddings.SMALL_BATCH, DEPTH) == (32, 10, 50)
    assert "每 32 段一批，拒收的改为 10 段" in TEXT and "前 50 段" in TEXT
    assert Settings().encoder.seconds == 5 and "`encoder.seconds`，5 秒" in TEXT
    assert Settings().reranker.seconds == 3 and "`reranker.seconds`，3 秒" in TEXT
