"""Starts the server: `python app.py`, the same as `chengwen serve`. The address is HOST and PORT of the environment.

A service that hosts Gradio apps runs this file too. It gives the address under Gradio's names, or
takes `demo` and launches it.
"""

from __future__ import annotations

import os
import sys
from collections.abc import MutableMapping

from bot.cli.__main__ import main

_GRADIO_NAMES = {"HOST": "GRADIO_SERVER_NAME", "PORT": "GRADIO_SERVER_PORT"}


def take_address(environment: MutableMapping[str, str]) -> None:
    """Sets HOST and PORT to what Gradio's own variables say, where these two are not set."""
    for name, of_gradio in _GRADIO_NAMES.items():
        if value := environment.get(of_gradio):
            environment.setdefault(name, value)


class Demo:
    """What a Gradio service launches: the whole server in place of a page alone."""

    def queue(self, *_: object, **__: object) -> Demo:
        """The same: the page has a queue already."""
        return self

    def launch(
        self,
        *_: object,
        server_name: str | None = None,
        server_port: int | None = None,
        **__: object,
    ) -> None:
        """Serves until a signal stops it. Raises SystemExit where it cannot."""
        if server_name:
            os.environ["HOST"] = server_name
        if server_port:
            os.environ["PORT"] = str(server_port)
        take_address(os.environ)
        if code := main(["serve"]):
            raise SystemExit(code)


demo = Demo()

if __name__ == "__main__":
    take_address(os.environ)
    sys.exit(main(["serve", *sys.argv[1:]]))
