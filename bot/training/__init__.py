"""Trains the reading network on question sets, with checkpoints, and writes what comes of it with a card."""
