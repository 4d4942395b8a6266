"""`make llm`: installs the model where it is missing, and serves it until Ctrl-C.

Run from the root of the repository with PYTHONPATH=tests: `python -m llm [--port PORT]`.
"""

from __future__ import annotations

import argparse
import os
import sys

from corpus.errors import ended
from llm.model import install
from llm.server import command, environment_of_clients, environment_of_server, key_file


def main() -> int:
    """Becomes the server; returns only where that fails."""
    parser = argparse.ArgumentParser(prog="llm", description=__doc__)
    parser.add_argument("--port", type=int, default=8093)
    port = parser.parse_args().port
    install()
    key = key_file()
    address = f"http://127.0.0.1:{port}/v1"
    lines = [
        f"export {name}={value}" for name, value in environment_of_clients(address, key).items()
    ]
    sys.stderr.write(
        "在另一个终端 / in another terminal:\n\n" + "\n".join(lines) + "\nmake run\n\n"
    )
    serve = command(port)
    os.execve(serve[0], serve, environment_of_server(key.read_text()))


if __name__ == "__main__":
    sys.exit(ended(main))
