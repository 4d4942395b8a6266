"""The command line: `chengwen`, or `python -m bot.cli`. The module of a command is imported when it is called."""
