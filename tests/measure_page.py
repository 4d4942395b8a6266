"""`make bench-page`: how soon the chat shows its first step and its whole answer, in Chromium on loopback, as JSON."""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path
from statistics import median
from typing import Any

from playwright.sync_api import Page
from support.serving import browsing

from bot.bench import read_questions

APP = Path(__file__).resolve().parents[1] / "app.py"
ASKED = 20

# Milliseconds from the key to the frame that shows the first step of a new message, and to the one that shows it whole.
WATCH = """() => {
  const times = (window.measured = {});
  let start = 0, before = 0;
  const messages = () => document.querySelectorAll("#cw-chat .cw-message");
  const note = (name, asked = start) =>
    requestAnimationFrame(() => { if (asked === start) times[name] ??= performance.now() - start; });
  document.addEventListener("keydown", (event) => {
    if (event.key !== "Enter") return;
    delete times.first;
    delete times.whole;
    [start, before] = [performance.now(), messages().length];
  }, true);
  new MutationObserver(() => {
    const last = [...messages()].at(-1);
    if (!start || messages().length === before) return;
    note("first");
    if (!last.classList.contains("cw-waiting") && document.querySelector("#cw-box .submit-button")) note("whole");
  }).observe(document.body, { subtree: true, childList: true, attributes: true, characterData: true });
}"""


def main() -> None:
    """Asks ASKED questions one after another in one conversation and prints the medians."""
    chromium = (
        shutil.which("chromium")
        or shutil.which("chromium-browser")
        or shutil.which("google-chrome")
    )
    if not chromium:
        sys.exit("未找到 Chromium / no Chromium found")
    environment = os.environ | {"HOST": "127.0.0.1", "PORT": "0"}
    with subprocess.Popen(
        [sys.executable, str(APP)], stdout=subprocess.PIPE, text=True, env=environment
    ) as server:
        assert server.stdout
        try:
            with browsing(chromium) as browser:
                times = ask_all(
                    browser.new_context(locale="zh-CN").new_page(), server.stdout.readline().strip()
                )
        finally:
            server.terminate()
    result = {
        f"{name}_ms": round(median(time[name] for time in times)) for name in ("first", "whole")
    }
    print(json.dumps({"asked": len(times), **result}))


def ask_all(page: Page, address: str) -> list[dict[str, Any]]:
    """The times of every question."""
    page.goto(address)
    page.wait_for_selector("#cw-chat .cw-ask")
    page.evaluate(WATCH)
    return [measure(page, question) for question in read_questions(count=ASKED)]


def measure(page: Page, question: str) -> dict[str, Any]:
    """The times of one question."""
    page.locator("#cw-box textarea").fill(question)
    page.keyboard.press("Enter")
    page.wait_for_function("() => window.measured.whole")
    page.wait_for_timeout(200)
    return dict(page.evaluate("window.measured"))


if __name__ == "__main__":
    main()
