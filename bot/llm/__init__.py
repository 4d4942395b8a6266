"""Answers in prose by a language model in another program: an upgrade, never a need."""
