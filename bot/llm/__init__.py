"""Answers in prose by a language model: the extract first, and every sentence of the model checked."""
