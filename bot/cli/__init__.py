"""The command line: `chengwen`, or `python -m bot.cli`. A module a command, imported when it is called."""
