"""Finds passages."""

from index.retriever import Encoder, Hit, Retriever, Vectors

__all__ = ["Encoder", "Hit", "Retriever", "Vectors"]
