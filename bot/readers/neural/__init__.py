"""Reads by a small network: the span that answers, how sure it is, and that there is none. Trained here."""
