"""Measures of the answers that users get."""
