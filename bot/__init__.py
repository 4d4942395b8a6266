"""Answers questions from what is found."""
