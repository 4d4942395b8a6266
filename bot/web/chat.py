"""The chat page. Only this module imports Gradio, once it is told to call no other machine.

The server keeps no conversation. The browser keeps it, by static/history.js, and sends it with each
question.
"""

from __future__ import annotations

import json
import os
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import aclosing
from functools import partial
from typing import Any, NamedTuple, TypeAlias

from fastapi import FastAPI

os.environ.update(
    GRADIO_ANALYTICS_ENABLED="False",
    HF_HUB_DISABLE_TELEMETRY="1",
    HF_HUB_OFFLINE="1",
    DO_NOT_TRACK="1",
)

import gradio as gr

from bot.i18n import LANGUAGES, TAGS, texts
from bot.limits import QUESTION_LIMIT, TURNS_SENT
from bot.traditional import spoken_for
from bot.web.chat_messages import Asked, Visits, bot_messages
from bot.web.messages import (
    bot_message,
    ended_message,
    plain_text,
    question_message,
    safe_message,
)
from bot.web.work_queue import WorkQueue

CONCURRENT_QUESTIONS = 8
"""Questions of the page that are answered at the same time."""

WAITING_QUESTIONS = 64
"""Questions of the page that may wait for those; more are refused."""

RESTORED_MESSAGES = 400
"""Messages that are restored of a conversation, the first ones."""

Messages: TypeAlias = list[dict[str, Any]]


def mount_chat(app: FastAPI, queue: WorkQueue) -> None:
    """Mounts the page at /. Call it last: Gradio answers at every address that is still free."""
    page, words = build_chat(queue)
    page.queue(
        max_size=WAITING_QUESTIONS,
        default_concurrency_limit=questions_at_once(queue),
        api_open=False,
    )
    gr.mount_gradio_app(
        app,
        page,
        path="/",
        footer_links=[],
        run_history=False,
        show_error=False,
        max_file_size=1,
        ssr_mode=False,
        enable_monitoring=False,
        pwa=False,
        mcp_server=False,
        theme=_theme(),
        i18n=words,
    )


def questions_at_once(queue: WorkQueue) -> int:
    """Questions of the page that are answered at the same time: with a model most of them wait for it."""
    if queue.prose is None:
        return CONCURRENT_QUESTIONS
    return CONCURRENT_QUESTIONS + queue.prose.streams_at_most


def build_chat(queue: WorkQueue) -> tuple[gr.Blocks, gr.I18n]:
    """The page, unmounted, and its words in every language."""
    words = gr.I18n(**{TAGS[language]: texts("chat", language) for language in LANGUAGES})
    respond, leave, failed = _responses(queue, words)
    at_once = questions_at_once(queue)
    with gr.Blocks(
        title=texts("site", "zh")["title"], analytics_enabled=False, fill_height=True
    ) as page:
        chatbot = _chatbot(words)
        box = _question_box(words)
        kept, saved = _hidden_box("cw-kept"), _hidden_box("cw-saved")
        chosen = _hidden_box("cw-chosen")
        asking = box.submit(
            respond,
            [box, chatbot, kept, chosen],
            [chatbot, box, kept],
            concurrency_limit=at_once,
            show_progress="hidden",
            api_visibility="private",
        )
        asking.failure(failed, chatbot, [chatbot, box], queue=False, api_visibility="private")
        # Not by `cancels`: until Gradio has cancelled an event it drops the next, so that a question
        # sent at once would be lost.
        box.stop(leave, queue=False, api_visibility="private")
        # Gradio notices by itself only when the next words come, which a model may keep waiting. Without
        # a model no answer takes so long that it matters.
        if queue.prose is not None:
            page.unload(leave)
        saved.change(
            _restore, saved, chatbot, queue=False, show_progress="hidden", api_visibility="private"
        )
    return page, words


class _Responses(NamedTuple):
    """What the page does when a question is sent, when its answer is stopped or its tab closed, and
    when its answer fails.
    """

    respond: Callable[[str, Messages, str, str, gr.Request], AsyncIterator[Any]]
    leave: Callable[[gr.Request], Awaitable[None]]
    failed: Callable[[Messages], Any]


def _responses(queue: WorkQueue, words: gr.I18n) -> _Responses:
    """Each gives the conversation and the box for the question; an answer, each of its states.

    None gives gr.skip() to the chatbot: Gradio would go on with a new one, without the methods that
    _restrict_to_text has set.
    """
    ready = partial(gr.Textbox, submit_btn=_translated(words, "send"), stop_btn=False)
    busy = partial(gr.Textbox, submit_btn=False, stop_btn=_translated(words, "stop"))
    visits = Visits()

    async def respond(
        typed: str, chat: Messages, kept: str, chosen: str, request: gr.Request
    ) -> AsyncIterator[Any]:
        before = chat[: int(kept)] if kept.isdecimal() else chat
        chat = [*before, {"role": "user", "content": typed}]
        box = busy(value="")
        caller: Any = request.request  # None only where Gradio calls itself, which it does not here
        with visits.answering(request.session_hash or "") as left:
            asked = Asked(typed, turns_of(before), chosen)
            messages = bot_messages(queue, caller, asked, left)
            async with aclosing(messages):
                async for message in messages:
                    chat[len(before) + 1 :] = [{"role": "assistant", "content": message}]
                    yield chat, box, ""
                    box = gr.skip()
            if left.is_set():
                chat = end_early(chat, "stopped")
        yield chat, ready(), ""

    # In the event loop, not in a thread as Gradio would run what is not async.
    async def leave(request: gr.Request) -> None:
        visits.leave(request.session_hash or "")

    def failed(chat: Messages) -> Any:
        return end_early(chat, "failed"), ready()

    return _Responses(respond, leave, failed)


def turns_of(history: Sequence[dict[str, Any]]) -> list[dict[str, str]]:
    """The last TURNS_SENT messages of a chat as turns of a history, their text plain."""
    texts = ((turn["role"], text_of(turn["content"])) for turn in history[-TURNS_SENT:])
    return [
        {"role": role, "content": plain_text(text) if role == "assistant" else text}
        for role, text in texts
    ]


def text_of(content: Any) -> str:
    """The text in a message's content: a string, or a list of parts."""
    parts = [content] if isinstance(content, str) else content
    return "".join(part if isinstance(part, str) else part.get("text") or "" for part in parts)


def _translated(words: gr.I18n, name: str) -> Any:
    """A text that the browser shows in its own language.

    Gradio accepts it for any string, which its types do not say.
    """
    return words(name)


def _restore(saved: str) -> Messages:
    """The conversation that a browser kept, its messages made safe to show.

    Empty where it cannot be read: an error would leave the page covered.
    """
    try:
        messages = [
            (m["role"], str(m["content"]))
            for m in json.loads(saved)["messages"][:RESTORED_MESSAGES]
        ]
    except (ValueError, TypeError, KeyError, RecursionError):
        return []
    if any(role not in ("user", "assistant") for role, _ in messages):
        return []
    return [
        {"role": role, "content": safe_message(text) if role == "assistant" else text}
        for role, text in messages
    ]


def end_early(chat: Messages, why: str) -> Messages:
    """`chat` with the reason appended to its last answer, which ended early.

    `why` names the text, "stopped" or "failed". Of the answer its sentences are kept; a whole one
    stays as it is.
    """
    if not chat or chat[-1]["role"] != "assistant":
        return chat
    html = text_of(chat[-1]["content"])
    if "cw-waiting" not in html:
        return chat
    language = next((name for name, tag in TAGS.items() if f'lang="{tag}"' in html), "zh")
    text = texts("message", language)[why]
    has_extract = "cw-pair" in html
    message = ended_message(html, text, language) if has_extract else bot_message(text, language)
    return [*chat[:-1], {"role": "assistant", "content": message}]


def _chatbot(words: gr.I18n) -> gr.Chatbot:
    """The conversation on the page."""
    chatbot = gr.Chatbot(
        elem_id="cw-chat",
        label=_translated(words, "conversation"),
        show_label=False,
        container=False,
        scale=1,
        height="auto",
        buttons=[],
        allow_tags=False,
        reasoning_tags=None,
        latex_delimiters=[],
        layout="bubble",
        autoscroll=False,
        group_consecutive_messages=False,
    )
    _restrict_to_text(chatbot)
    return chatbot


def _question_box(words: gr.I18n) -> gr.Textbox:
    """The box for the question."""
    return gr.Textbox(
        elem_id="cw-box",
        label=_translated(words, "ask"),
        placeholder=_translated(words, "placeholder"),
        submit_btn=_translated(words, "send"),
        max_lines=6,
        max_length=QUESTION_LIMIT,
        autofocus=True,
    )


def _hidden_box(name: str) -> gr.Textbox:
    """A box that only the page's script reads and fills."""
    return gr.Textbox(elem_id=name, visible="hidden", label=name)


def _restrict_to_text(chatbot: gr.Chatbot) -> None:
    """Makes `chatbot` show questions as they were written, and take nothing but text from a browser.

    Gradio would render questions as Markdown, and would build on the server any component that a
    forged message names. The two methods are set on the object, because Gradio writes a .pyi file
    beside every subclass of a component.
    """
    postprocess = chatbot.postprocess

    def taken(payload: Any) -> Messages:
        messages = [message.model_dump() for message in payload.root] if payload else []
        texts = [(m["role"], text_of(m["content"])) for m in messages]
        return [
            {"role": role, "content": plain_text(text) if role == "user" else text}
            for role, text in texts
        ]

    def shown(value: Sequence[dict[str, Any]] | None) -> Any:
        return postprocess([_as_html(message) for message in value or []])  # type: ignore[misc]

    vars(chatbot).update(preprocess=taken, postprocess=shown)


def _as_html(message: dict[str, Any]) -> dict[str, Any]:
    """`message` with a question of the visitor as HTML."""
    question = text_of(message["content"])
    language = spoken_for(question)
    return (
        {**message, "content": question_message(question, language)}
        if message["role"] == "user"
        else message
    )


def _theme() -> gr.themes.Base:
    """Colours, and fonts that are on the visitor's machine: none is fetched."""
    fonts = ("system-ui", "PingFang SC", "Microsoft YaHei", "Noto Sans CJK SC", "sans-serif")
    return gr.themes.Base(
        primary_hue="red", neutral_hue="stone", font=fonts, font_mono=("ui-monospace", "monospace")
    )
