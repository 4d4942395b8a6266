"""A small real language model on this machine, for tests and a first try: `make llm`. No part of the product."""
