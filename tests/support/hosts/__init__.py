"""Pages of other sites with the widget in them, as tests need them: plain, hostile, two widgets, the article itself."""

import re
from html import escape
from pathlib import Path

from fastapi import FastAPI, Request
from fastapi.responses import HTMLResponse

from corpus import Document

PAGES = Path(__file__).parent
WIDE = {ord(character): ord(character) + 0xFEE0 for character in "0123456789%()"}
STRICT = "default-src 'none'; script-src {bot}; frame-src {bot}; style-src 'self'; base-uri 'none'"


def hosts(bot: str, document: Document) -> FastAPI:
    """/NAME is NAME.html with the widget of `bot`; its attributes are the parameters of the address."""
    app = FastAPI()

    @app.get("/reset.css")
    async def reset() -> HTMLResponse:
        return HTMLResponse(
            "* { all: unset !important; } p { display: block !important; }", media_type="text/css"
        )

    @app.get("/{name}")
    async def page(request: Request, name: str) -> HTMLResponse:
        given = "".join(f' {key}="{escape(value)}"' for key, value in request.query_params.items())
        filled = {"bot": bot, "attributes": given, "article": printed(document.text)}
        html = (PAGES / f"{name}.html").read_text("utf-8")
        for key, value in filled.items():
            html = html.replace(f"{{{key}}}", value)
        return HTMLResponse(
            html,
            headers={"content-security-policy": STRICT.format(bot=bot)}
            if name == "hostile"
            else {},
        )

    return app


def printed(text: str) -> str:
    """`text` as a careless publisher prints it: runs in nested elements, numbers in full width, hard spaces, notes."""
    return "\n".join(
        f"<p>\u3000\u3000{_line(line)}</p>" for line in text.split("\n") if line.strip()
    )


def _line(line: str) -> str:
    runs = re.findall(r".{1,7}", line)
    return "".join(_run(run, n) for n, run in enumerate(runs))


def _run(run: str, n: int) -> str:
    inner = escape(run)
    return (
        inner,
        f"<span><b>{inner[:2]}<i>{inner[2:]}</i></b></span>" if "&" not in inner else inner,
        f"<font>{inner.translate(WIDE)}</font>\u00a0",
        f"{inner}<sup>[{n}]</sup>",
        f"<em>{inner}</em>\n        <!-- {n} --><span style='display:none'>hidden</span>",
    )[n % 5]
