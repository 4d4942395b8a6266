"""Turns files into text: decodes them, parses them in a child process, cleans saved pages.

`corpus.load` calls it.
"""
