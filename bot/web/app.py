"""The web application: our routes first, Gradio mounted last at /, the guard around both."""

from __future__ import annotations

from pathlib import Path

from fastapi import FastAPI
from fastapi.staticfiles import StaticFiles
from starlette.middleware.cors import CORSMiddleware

from bot.feedback import FILE, Feedback
from bot.service import Service
from bot.settings import home
from bot.web.api import error_response, routes
from bot.web.chat import mount_chat
from bot.web.guard import Guard
from bot.web.judgements import judgements
from bot.web.pages import pages
from bot.web.shell import Shell
from corpus import ChengwenError
from index.manifest import Generation

STATIC = Path(__file__).parent / "static"


def create_app(service: Service, generation: Generation | None = None) -> FastAPI:
    """Everything a browser or a program reaches over HTTP, on one service.

    `generation` is the index on disk that it answers from, of which the page of articles tells.
    """
    app = FastAPI(title="城问", docs_url=None, redoc_url=None, openapi_url=None)
    app.add_exception_handler(ChengwenError, error_response)
    # Gradio answers any origin unless it finds exactly this class on the parent.
    app.add_middleware(CORSMiddleware, allow_origins=[])
    app.add_middleware(Shell)
    app.add_middleware(Guard)
    app.include_router(judgements(Feedback(home() / FILE), str(service.index.get("generation") or "")))
    app.include_router(pages(service, generation, service.settings.feedback.days))
    app.include_router(routes(service))
    app.mount("/ui", StaticFiles(directory=STATIC))
    mount_chat(app, service)
    return app
