"""Prose by a language model from candidate sentences, every marked sentence checked against them."""
