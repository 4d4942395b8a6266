"""Reads PDF files: from the operators of a page to fragments, lines, tables and paragraphs."""
