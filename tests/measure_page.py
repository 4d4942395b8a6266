"""`make bench-page`: how soon the chat shows its first step and its whole answer, in Chromium on loopback, as JSON.

Medians in milliseconds of ASKED questions for a fact and of ASKED for several sentences, about the bundled article.
"""

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

APP = Path(__file__).resolve().parents[1] / "app.py"
DATA = Path(__file__).with_name("data")
ASKED = 20
BUNDLED = "gmw-"
"""What the id of the bundled article begins with."""

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
            address = server.stdout.readline().strip()
            with browsing(chromium) as browser:
                times = {
                    name: ask_all(
                        browser.new_context(locale="zh-CN").new_page(), address, questions
                    )
                    for name, questions in (("fact", facts()), ("composed", composed()))
                }
        finally:
            server.terminate()
    print(json.dumps({name: medians(measured) for name, measured in times.items()}))


def facts() -> list[str]:
    """Questions for a fact or a number."""
    rows = read_rows("questions.jsonl")
    return [row["question"] for row in rows if row["kind"] in ("fact", "number")][:ASKED]


def composed() -> list[str]:
    """Questions that several sentences of the bundled article answer."""
    rows = read_rows("composed-articles.jsonl")
    about = [row for row in rows if row["gold"] and row["gold"][0][0]["doc_id"].startswith(BUNDLED)]
    return [row["question"] for row in about][:ASKED]


def read_rows(name: str) -> list[dict[str, Any]]:
    """The rows of a set of questions."""
    return [json.loads(line) for line in (DATA / name).read_text("utf-8").splitlines()]


def medians(times: list[dict[str, Any]]) -> dict[str, int]:
    """How many questions were asked, and the medians of their times."""
    shown = {f"{name}_ms": round(median(t[name] for t in times)) for name in ("first", "whole")}
    return {"asked": len(times), **shown}


def ask_all(page: Page, address: str, questions: list[str]) -> list[dict[str, Any]]:
    """The times of every question."""
    page.goto(address)
    page.wait_for_selector("#cw-box .submit-button")
    page.wait_for_timeout(1000)
    page.evaluate(WATCH)
    return [measure(page, question) for question in questions]


def measure(page: Page, question: str) -> dict[str, Any]:
    """The times of one question."""
    page.locator("#cw-box textarea").fill(question)
    page.keyboard.press("Enter")
    page.wait_for_function("() => window.measured.whole")
    page.wait_for_timeout(200)
    return dict(page.evaluate("window.measured"))


if __name__ == "__main__":
    main()
