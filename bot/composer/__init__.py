"""Answers made of several cited sentences: each form of answer has a file of its own."""
