"""Starts the server: `python app.py`, the same as `chengwen serve`. The address is HOST and PORT of the environment."""

import sys

from bot.cli.__main__ import main

if __name__ == "__main__":
    sys.exit(main(["serve", *sys.argv[1:]]))
