"""The chat page. The only module that imports Gradio, after every switch that keeps it from calling out.

The server keeps no conversation: the browser sends it with each question, and static/history.js keeps it there.
"""

from __future__ import annotations

import json
import os
from collections.abc import AsyncIterator, Sequence
from functools import partial
from typing import Any, TypeAlias
from uuid import uuid4

from fastapi import FastAPI
from starlette.requests import HTTPConnection

os.environ.update(
    GRADIO_ANALYTICS_ENABLED="False",
    HF_HUB_DISABLE_TELEMETRY="1",
    HF_HUB_OFFLINE="1",
    DO_NOT_TRACK="1",
)

import gradio as gr

from bot.i18n import LANGUAGES, TAGS, texts
from bot.limits import QUESTION_LIMIT, TURNS_SENT, check_history, check_question
from bot.question.analysis import language_of
from bot.service import Service
from bot.web.messages import asked, growing, known, plain, said, waiting
from bot.web.templates import render
from bot.web.work_queue import WorkQueue
from corpus import ChengwenError

AT_ONCE = 8
"""Questions answered at the same time."""

IN_LINE = 64
"""Questions that may wait; further ones are refused."""

KEPT_AT_MOST = 400
"""Messages of a conversation that is opened again."""

Messages: TypeAlias = list[dict[str, Any]]


def mount_chat(app: FastAPI, queue: WorkQueue) -> None:
    """Mounts the page at /. Call it last: Gradio takes every address that is still free."""
    page, words = build_chat(queue)
    page.queue(max_size=IN_LINE, default_concurrency_limit=AT_ONCE, api_open=False)
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


def build_chat(queue: WorkQueue) -> tuple[gr.Blocks, gr.I18n]:
    """The page, unmounted, and its words in every language."""
    words = gr.I18n(**{TAGS[language]: _words(queue.service, language) for language in LANGUAGES})
    ready = partial(gr.Textbox, submit_btn=_word(words, "send"), stop_btn=False)
    busy = partial(gr.Textbox, submit_btn=False, stop_btn=_word(words, "stop"))

    # No event gives gr.skip() to the chatbot: Gradio would go on with a new one, which lacks what _text_alone has set.
    async def respond(
        typed: str, chat: Messages, kept: str, request: gr.Request
    ) -> AsyncIterator[Any]:
        before = chat[: int(kept)] if kept.isdecimal() else chat
        chat = [*before, {"role": "user", "content": typed}]
        box = busy(value="")
        caller: Any = request.request  # None only where Gradio calls itself, which it does not here
        async for message in _messages(queue, caller, typed, before):
            chat[len(before) + 1 :] = [{"role": "assistant", "content": message}]
            yield chat, box, ""
            box = gr.skip()
        yield chat, ready(), ""

    def stopped(chat: Messages) -> Any:
        return ended(chat, "stopped"), ready()

    def failed(chat: Messages) -> Any:
        return ended(chat, "failed"), ready()

    with gr.Blocks(
        title=texts("site", "zh")["title"], analytics_enabled=False, fill_height=True
    ) as page:
        chatbot = _chatbot(words)
        box = _box(words)
        kept, saved = _unseen("cw-kept"), _unseen("cw-saved")
        asking = box.submit(
            respond,
            [box, chatbot, kept],
            [chatbot, box, kept],
            concurrency_limit=AT_ONCE,
            show_progress="hidden",
            api_visibility="private",
        )
        asking.failure(failed, chatbot, [chatbot, box], queue=False, api_visibility="private")
        box.stop(
            stopped,
            chatbot,
            [chatbot, box],
            cancels=[asking],
            queue=False,
            api_visibility="private",
        )
        saved.change(
            _opened, saved, chatbot, queue=False, show_progress="hidden", api_visibility="private"
        )
    return page, words


async def _messages(
    queue: WorkQueue, caller: HTTPConnection, typed: str, before: Messages
) -> AsyncIterator[str]:
    """The bot's message, as it grows."""
    language = language_of(typed)
    yield waiting(language)
    try:
        question, turns = check_question(typed), check_history(turns_of(before))
        # Whoever sits at this machine asks as often as they like.
        if not queue.addresses.is_local(caller):
            queue.admit(caller)
        answer = await queue.ask(question, turns)
    except ChengwenError as error:
        yield said(error.message(language), language)
        return
    for message in growing(answer, language, uuid4().hex):
        yield message


def turns_of(history: Sequence[dict[str, Any]]) -> list[dict[str, str]]:
    """The last messages of a chat as plain turns."""
    texts = ((turn["role"], text_of(turn["content"])) for turn in history[-TURNS_SENT:])
    return [
        {"role": role, "content": plain(text) if role == "assistant" else text}
        for role, text in texts
    ]


def text_of(content: Any) -> str:
    """The text in a message's content: a string, or a list of parts."""
    parts = [content] if isinstance(content, str) else content
    return "".join(part if isinstance(part, str) else part.get("text") or "" for part in parts)


def _words(service: Service, language: str) -> dict[str, str]:
    """What Gradio shows, by the names it is asked for: ours, and its own that it lacks in Chinese."""
    chat = texts("chat", language)
    documents = service.snapshot.collection.documents
    invite = chat["invite_one"] if len(documents) == 1 else chat["invite"]
    invite = invite.format(n=len(documents), title=documents[0].title if documents else "")
    opening = render(
        "welcome.html", chat=chat, invite=invite, questions=service.suggestions.opening
    )
    return {**chat, "opening": " ".join(opening.split("\n"))}


def _word(words: gr.I18n, name: str) -> Any:
    """A text that the browser puts in its language. Gradio takes it wherever it takes a string, and does not say so."""
    return words(name)


def _opened(saved: str) -> Messages:
    """A conversation as the browser kept it, or none: an error would leave the page covered.

    Of a message of the bot that was not made here, the words are left.
    """
    try:
        messages = [
            (m["role"], str(m["content"])) for m in json.loads(saved)["messages"][:KEPT_AT_MOST]
        ]
    except (ValueError, TypeError, KeyError, RecursionError):
        return []
    if any(role not in ("user", "assistant") for role, _ in messages):
        return []
    return [
        {"role": role, "content": known(text) if role == "assistant" else text}
        for role, text in messages
    ]


def ended(chat: Messages, why: str) -> Messages:
    """A conversation whose last answer did not end well: the sentences it has, and why there are no more."""
    if not chat or chat[-1]["role"] != "assistant":
        return chat
    html = text_of(chat[-1]["content"])
    language = "en" if 'lang="en"' in html else "zh"
    begun = plain(html) if 'class="cw-text"' in html else ""
    # Gradio may tell of one that was stopped as of a failure too.
    if begun.endswith(texts("message", language)["stopped"]):
        return chat
    text = f"{begun} {texts('message', language)[why]}".strip()
    return [*chat[:-1], {"role": "assistant", "content": said(text, language)}]


def _chatbot(words: gr.I18n) -> gr.Chatbot:
    chatbot = gr.Chatbot(
        elem_id="cw-chat",
        label=_word(words, "conversation"),
        show_label=False,
        container=False,
        scale=1,
        height="auto",
        placeholder=_word(words, "opening"),
        buttons=[],
        allow_tags=False,
        reasoning_tags=None,
        latex_delimiters=[],
        layout="bubble",
        autoscroll=False,
        group_consecutive_messages=False,
    )
    _text_alone(chatbot)
    return chatbot


def _box(words: gr.I18n) -> gr.Textbox:
    return gr.Textbox(
        elem_id="cw-box",
        label=_word(words, "ask"),
        placeholder=_word(words, "placeholder"),
        submit_btn=_word(words, "send"),
        max_lines=6,
        max_length=QUESTION_LIMIT,
        autofocus=True,
    )


def _unseen(name: str) -> gr.Textbox:
    """A box for the page's script, which nobody sees."""
    return gr.Textbox(elem_id=name, visible="hidden", label=name)


def _text_alone(chatbot: gr.Chatbot) -> None:
    """Shows what people wrote as they wrote it, and takes nothing but text from a browser.

    Gradio would render their words as Markdown, and build on the server any component that a forged message names. It
    writes a .pyi file beside every subclass of a component, so the two methods are set on the object.
    """
    postprocess = chatbot.postprocess

    def taken(payload: Any) -> Messages:
        messages = [message.model_dump() for message in payload.root] if payload else []
        texts = [(m["role"], text_of(m["content"])) for m in messages]
        return [
            {"role": role, "content": plain(text) if role == "user" else text}
            for role, text in texts
        ]

    def shown(value: Sequence[dict[str, Any]] | None) -> Any:
        return postprocess([_shown(message) for message in value or []])  # type: ignore[misc]

    vars(chatbot).update(preprocess=taken, postprocess=shown)


def _shown(message: dict[str, Any]) -> dict[str, Any]:
    question = text_of(message["content"])
    language = language_of(question)
    return (
        {**message, "content": asked(question, language)} if message["role"] == "user" else message
    )


def _theme() -> gr.themes.Base:
    fonts = ("system-ui", "PingFang SC", "Microsoft YaHei", "Noto Sans CJK SC", "sans-serif")
    return gr.themes.Base(
        primary_hue="red", neutral_hue="stone", font=fonts, font_mono=("ui-monospace", "monospace")
    )
