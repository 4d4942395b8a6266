"""Checks of a model's sentences against the passages that they cite."""

from bot.llm.checks.checker import Checked, Checker

__all__ = ["Checked", "Checker"]
