"""Reads web pages: HTML, and pages that a browser saved."""
