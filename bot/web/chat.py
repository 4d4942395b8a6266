"""The chat page. The only module that imports Gradio, after every switch that keeps it from calling out."""

from __future__ import annotations

import os
from collections.abc import AsyncIterator, Sequence
from functools import partial
from typing import Any

from anyio.to_thread import run_sync
from fastapi import FastAPI

os.environ.update(GRADIO_ANALYTICS_ENABLED="False", HF_HUB_DISABLE_TELEMETRY="1", HF_HUB_OFFLINE="1", DO_NOT_TRACK="1")

import gradio as gr

from bot.limits import QUESTION_LIMIT, check_history, check_question
from bot.service import Service
from bot.web.markup import asked, growing, message, plain, said, waiting
from bot.web.page import DESCRIPTION, TITLE
from corpus import UsageError
from corpus.text import is_english

AT_ONCE = 8
"""Questions answered at the same time."""

IN_LINE = 64
"""Questions that may wait; further ones are refused."""

WELCOME = "可以直接提问，也可以从下面的问题开始"

TURNS = 10
"""Messages before the question that it may refer to."""


def mount_chat(app: FastAPI, service: Service) -> None:
    """Mounts the page at /. Call it last: Gradio takes every address that is still free."""
    page = build_chat(service)
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
    )


def build_chat(service: Service) -> gr.ChatInterface:
    """The page, unmounted."""

    async def respond(typed: str, history: Sequence[dict[str, Any]]) -> AsyncIterator[Any]:
        language = "en" if is_english(typed) else "zh"
        yield waiting(language)
        try:
            question, turns = check_question(typed), check_history(turns_of(history))
        except UsageError as error:
            yield message(said(error.message(language)), language)
            return
        answer = await run_sync(partial(service.ask, question, turns))
        shown = ""
        for shown in growing(answer, language):
            yield shown
        yield gr.ChatMessage(shown, options=[{"value": s} for s in answer.suggestions])

    return gr.ChatInterface(
        respond,
        chatbot=_chatbot(),
        textbox=_box(),
        examples=service.suggestions.opening,
        title=TITLE,
        description=f'<p class="cw-tagline">{DESCRIPTION}</p>',
        concurrency_limit=AT_ONCE,
        api_visibility="private",
        analytics_enabled=False,
    )


def turns_of(history: Sequence[dict[str, Any]]) -> list[dict[str, str]]:
    """The last messages of a chat as plain turns."""
    texts = ((turn["role"], text_of(turn["content"])) for turn in history[-TURNS:])
    return [{"role": role, "content": plain(text) if role == "assistant" else text} for role, text in texts]


def text_of(content: Any) -> str:
    """The text in a message's content: a string, or a list of parts."""
    parts = [content] if isinstance(content, str) else content
    return "".join(part if isinstance(part, str) else part.get("text") or "" for part in parts)


def _chatbot() -> gr.Chatbot:
    chatbot = gr.Chatbot(
        elem_id="cw-chat",
        label="对话",
        show_label=False,
        container=False,
        height="calc(100dvh - 178px)",
        min_height=280,
        placeholder=WELCOME,
        buttons=[],
        allow_tags=False,
        reasoning_tags=None,
        latex_delimiters=[],
        layout="bubble",
        group_consecutive_messages=False,
    )
    _text_alone(chatbot)
    return chatbot


def _box() -> gr.Textbox:
    return gr.Textbox(
        elem_id="cw-box",
        label="请输入问题",
        placeholder="请输入问题，按回车键发送",
        submit_btn="发送",
        stop_btn="停止",
        max_length=QUESTION_LIMIT,
        autofocus=True,
    )


def _text_alone(chatbot: gr.Chatbot) -> None:
    """Shows what people wrote as they wrote it, and takes nothing but text from a browser.

    Gradio would render their words as Markdown, and build on the server any component that a forged message names. It
    writes a .pyi file beside every subclass of a component, so the two methods are set on the object.
    """
    postprocess = chatbot.postprocess

    def taken(payload: Any) -> list[dict[str, Any]]:
        messages = [message.model_dump() for message in payload.root] if payload else []
        texts = [(m["role"], text_of(m["content"])) for m in messages]
        return [{"role": role, "content": plain(text) if role == "user" else text} for role, text in texts]

    def shown(value: Sequence[dict[str, Any]] | None) -> Any:
        return postprocess(
            [{**m, "content": asked(text_of(m["content"]))} if m["role"] == "user" else m for m in value or []]  # type: ignore[misc]
        )

    vars(chatbot).update(preprocess=taken, postprocess=shown)


def _theme() -> gr.themes.Base:
    fonts = ("system-ui", "PingFang SC", "Microsoft YaHei", "Noto Sans CJK SC", "sans-serif")
    return gr.themes.Base(primary_hue="red", neutral_hue="stone", font=fonts, font_mono=("ui-monospace", "monospace"))
