"""The command line: `chengwen`, or `python -m bot.cli`. A command's module is imported when called."""
