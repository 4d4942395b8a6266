"""Reads what was found: from passages to the sentences that answer."""
