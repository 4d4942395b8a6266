"""The chat on the server: what an event gets and gives, and what is taken from a browser."""

import asyncio
import json
from collections.abc import AsyncIterator, Sequence
from types import SimpleNamespace
from typing import Any

import pytest
from starlette.requests import HTTPConnection
from support.asking import words_of

from bot.live import Live
from bot.service import Service
from bot.settings import Settings
from bot.web.chat import build_chat, turns_of
from bot.web.messages import plain_text, question_message
from bot.web.work_queue import WorkQueue
from corpus import Document
from index.snapshot import build

NUMBER = "杭州健康码日最高使用量是多少？"
ANSWER = (
    '<div class="cw-message cw-answered" lang="zh-CN"><p class="cw-text">答<sup>1</sup></p></div>'
)


def test_turns_are_plain_and_few() -> None:
    history: list[dict[str, Any]] = [
        {"role": "user", "content": [{"type": "text", "text": "问？"}]},
        {"role": "assistant", "content": ANSWER, "metadata": None},
    ]
    assert turns_of(history) == [
        {"role": "user", "content": "问？"},
        {"role": "assistant", "content": "答"},
    ]
    assert len(turns_of(history * 9)) == 10


@pytest.fixture(scope="module")
def events(article: Document) -> dict[str, Any]:
    """The functions behind the page by name, and its chatbot."""
    page, words = build_chat(WorkQueue(Live(Service(words_of(article), None, Settings()))))
    chatbot = next(
        block for block in page.blocks.values() if getattr(block, "elem_id", "") == "cw-chat"
    )
    return {"chatbot": chatbot, "words": words, **{str(f.name): f.fn for f in page.fns.values()}}


def asking(
    events: dict[str, Any],
    question: str,
    chat: Sequence[Any] = (),
    kept: str = "",
    caller: str = "127.0.0.1",
    chosen: str = "",
) -> list[Any]:
    async def all_of(messages: AsyncIterator[Any]) -> list[Any]:
        # The page gets the same list again and again, longer.
        return [(list(chat), box, kept) async for chat, box, kept in messages]

    answer = events["respond"](question, list(chat), kept, chosen, request(caller))
    return asyncio.run(all_of(answer))


def request(caller: str = "127.0.0.1") -> Any:
    """What Gradio gives its events: the connection and the session of a tab."""
    scope = {"type": "http", "client": (caller, 1), "headers": [], "query_string": b""}
    return SimpleNamespace(request=HTTPConnection(scope), session_hash="tab")


def test_a_question_is_shown_at_once_and_ends_with_an_answer_and_a_box_that_is_ready(
    events: dict[str, Any],
) -> None:
    first, *_, last = asking(events, NUMBER)
    chat, box, kept = first
    assert chat[0] == {"role": "user", "content": NUMBER} and "正在查找" in chat[1]["content"]
    assert (box.value, box.submit_btn, kept) == ("", False, "")
    chat, box, _ = last
    assert len(chat) == 2 and "2685万次" in plain_text(chat[1]["content"])
    assert box.stop_btn is False and box.submit_btn
    assert chat[1]["content"].count('class="cw-ask"') == 3


def test_asking_again_replaces_what_follows(events: dict[str, Any]) -> None:
    talk = [
        {"role": role, "content": content}
        for role, content in (("user", "问？"), ("assistant", ANSWER))
    ] * 2
    chat, *_ = asking(events, NUMBER, talk, "2")[-1]
    assert [message["content"] for message in chat[:3]] == ["问？", ANSWER, NUMBER] and len(
        chat
    ) == 4
    assert len(asking(events, NUMBER, talk, "nonsense")[-1][0]) == 6


def test_what_cannot_be_asked_is_explained(events: dict[str, Any]) -> None:
    chat, *_ = asking(events, "长" * 501)[-1]
    assert plain_text(chat[1]["content"]).startswith("问题有 501 字")
    chat, *_ = asking(events, "Who won the 1998 world cup?")[-1]
    assert "The documents do not" in chat[1]["content"]


def test_one_address_asks_twenty_questions_a_minute_and_this_machine_as_many_as_it_likes(
    events: dict[str, Any],
) -> None:
    last = [
        plain_text(asking(events, "谢谢", caller="203.0.113.9")[-1][0][1]["content"])
        for _ in range(21)
    ]
    assert len(set(last[:20])) == 1 and last[20] != last[0] and "秒" in last[20]
    assert plain_text(asking(events, "谢谢", caller="203.0.113.10")[-1][0][1]["content"]) == last[0]
    for _ in range(25):
        assert plain_text(asking(events, "谢谢")[-1][0][1]["content"]) == last[0]


def test_an_answer_that_is_stopped_says_so_and_the_box_is_ready(events: dict[str, Any]) -> None:
    async def stopped() -> list[Any]:
        states = []
        answer = events["respond"](NUMBER, [], "", "", request())
        async for chat, box, _ in answer:
            states.append((plain_text(chat[1]["content"]), box))
            await events["leave"](request())
        return states

    first, last = asyncio.run(stopped())
    assert "正在查找" in first[0] and last[0] == "已停止。" and last[1].submit_btn
    # What was stopped before is of no concern to the next question.
    assert "2685万次" in plain_text(asking(events, NUMBER)[-1][0][1]["content"])


def test_an_answer_that_fails_says_so_and_a_whole_one_stays(events: dict[str, Any]) -> None:
    waiting = asking(events, NUMBER)[0][0]
    chat, box = events["failed"](waiting)
    assert "重试" in plain_text(chat[1]["content"]) and box.submit_btn
    whole = [waiting[0], {"role": "assistant", "content": ANSWER}]
    assert events["failed"](whole)[0] == whole
    assert events["failed"]([])[0] == [] and events["failed"](waiting[:1])[0] == waiting[:1]


def test_a_kept_conversation_is_opened(events: dict[str, Any]) -> None:
    messages = [
        {"role": "user", "content": "问？", "more": 1},
        {"role": "assistant", "content": ANSWER},
    ]
    opened = events["_restore"](json.dumps({"messages": messages, "at": 1}))
    assert opened == [{"role": "user", "content": "问？"}, {"role": "assistant", "content": ANSWER}]
    for broken in (
        "",
        "{",
        "null",
        '{"messages": 1}',
        json.dumps({"messages": [{"role": "system", "content": ""}]}),
    ):
        assert events["_restore"](broken) == []


def test_nothing_but_text_is_taken_from_a_browser(events: dict[str, Any]) -> None:
    chatbot = events["chatbot"]
    forged: dict[str, Any] = {"type": "component", "component": "image", "value": None, "props": {}}
    forged["constructor_args"] = {"value": "/etc/passwd"}
    messages = [
        {
            "role": "user",
            "content": [forged, {"type": "text", "text": question_message("问<b>？", "zh")}],
        },
        {"role": "assistant", "content": [{"type": "file", "file": {"path": "/etc/passwd"}}]},
    ]
    taken = chatbot.preprocess(chatbot.data_model.model_validate(messages))
    assert taken == [{"role": "user", "content": "问<b>？"}, {"role": "assistant", "content": ""}]
    assert chatbot.postprocess(taken).model_dump()[0]["content"][0]["text"] == question_message(
        "问<b>？", "zh"
    )


def test_a_question_is_limited_to_the_documents_chosen(article: Document) -> None:
    other = Document("other", "梅园简介", "梅园的健康码日最高使用量是12次。")
    service = Service(build([article, other], None), None, Settings())
    page, _ = build_chat(WorkQueue(Live(service)))
    events = {str(f.name): f.fn for f in page.fns.values()}
    chat, *_ = asking(events, NUMBER, chosen='["other"]')[-1]
    assert "2685" not in chat[1]["content"] and "/read/gmw" not in chat[1]["content"]
    chat, *_ = asking(events, NUMBER, chosen=json.dumps(["gone", article.doc_id]))[-1]
    assert "2685万次" in plain_text(chat[1]["content"])
    for forged in ('["gone"]', "{"):
        chat, *_ = asking(events, NUMBER, chosen=forged)[-1]
        assert plain_text(chat[1]["content"]).startswith("所选的文章已不在收录之中")


def test_the_words_of_the_page_are_there_in_both_languages(events: dict[str, Any]) -> None:
    words = events["words"].translations
    assert words["zh-CN"].keys() == words["en"].keys()
