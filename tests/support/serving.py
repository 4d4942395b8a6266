"""A real server on a free port of this machine, and a browser that says what it met."""

import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import uvicorn
from fastapi import FastAPI
from playwright.sync_api import Browser, ConsoleMessage, Frame, Page, expect, sync_playwright

ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
]
ARGUMENTS += ["--disable-component-update", "--disable-sync"]
# Other sites, for tests of what is shown in them.
ARGUMENTS += ["--host-resolver-rules=MAP *.test 127.0.0.1"]

SIZES = {"desktop": (1280, 800), "phone": (390, 844), "narrow": (320, 640)}
"""Screens, CSS pixels."""

OWN = ("data:", "blob:", "chrome:", "chrome-extension:")
"""What addresses begin with that ask no host: the viewer of PDFs is a page of the browser's own."""

LEAVING = "the page is left"
SAYS_WHEN_IT_IS_LEFT = f"addEventListener('beforeunload', () => console.debug('{LEAVING}'))"

# A page that is slow on a busy machine is no wrong page.
expect.set_options(timeout=20_000)


@contextmanager
def serving(app: FastAPI, port: int = 0) -> Iterator[str]:
    """The address of `app`, served by a thread; `port` 0 takes any that is free."""
    listening = socket.create_server(("127.0.0.1", port))
    server = uvicorn.Server(uvicorn.Config(app, log_level="warning"))
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listening]})
    thread.start()
    while not server.started:
        assert thread.is_alive()
        time.sleep(0.05)
    yield f"http://127.0.0.1:{listening.getsockname()[1]}/"
    server.should_exit = True
    thread.join()


@contextmanager
def browsing(chromium: str) -> Iterator[Browser]:
    with sync_playwright() as playwright:
        opened = playwright.chromium.launch(executable_path=chromium, args=ARGUMENTS)
        yield opened
        opened.close()


@contextmanager
def tab(browser: Browser, address: str, **options: Any) -> Iterator[Page]:
    """A page of a visitor's own. It fails a test that asked another host or met an error."""
    settings = {
        "base_url": address,
        "locale": "zh-CN",
        "viewport": {"width": 1280, "height": 800},
        **options,
    }
    context = browser.new_context(**settings)
    page = context.new_page()
    page.add_init_script(SAYS_WHEN_IT_IS_LEFT)
    met: list[str] = []
    leaving = False

    def note(error: str) -> None:
        # As its page is left, Gradio cuts its own open stream and complains of that.
        if not leaving:
            met.append(error)

    def said(message: ConsoleMessage) -> None:
        nonlocal leaving
        if message.text == LEAVING:
            leaving = True
        elif message.type == "error" and not _is_missing(page, message):
            note(message.text)

    def arrived(frame: Frame) -> None:
        nonlocal leaving
        if frame == page.main_frame:
            leaving = False

    page.on("request", lambda r: None if r.url.startswith((address, *OWN)) else met.append(r.url))
    page.on("console", said)
    page.on("framenavigated", arrived)
    page.on("pageerror", lambda e: note(str(e)))
    yield page
    context.close()
    assert not met, met


def resize(page: Page, name: str) -> None:
    """Gives the page the screen of that name."""
    width, height = SIZES[name]
    page.set_viewport_size({"width": width, "height": height})


def _is_missing(page: Page, message: ConsoleMessage) -> bool:
    """Whether the browser only says that the page itself, which a test opened, is not there."""
    return "404 (Not Found)" in message.text and message.location["url"] == page.url
