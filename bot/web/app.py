"""The web application: our routes first, Gradio mounted last at /, the guard around both."""

from __future__ import annotations

from pathlib import Path

from fastapi import FastAPI
from fastapi.staticfiles import StaticFiles
from starlette.middleware.cors import CORSMiddleware

from bot.service import Service
from bot.web.api import error_response, routes
from bot.web.chat import mount_chat
from bot.web.guard import Guard
from bot.web.page import Page
from corpus import ChengwenError

STATIC = Path(__file__).parent / "static"


def create_app(service: Service) -> FastAPI:
    """Everything a browser or a program reaches over HTTP, on one service."""
    app = FastAPI(title="城问", docs_url=None, redoc_url=None, openapi_url=None)
    app.add_exception_handler(ChengwenError, error_response)
    # Gradio answers any origin unless it finds exactly this class on the parent.
    app.add_middleware(CORSMiddleware, allow_origins=[])
    app.add_middleware(Page)
    app.add_middleware(Guard)
    app.include_router(routes(service))
    app.mount("/ui", StaticFiles(directory=STATIC))
    mount_chat(app, service)
    return app
