"""Files into text: decoding, parsers in a child process, cleaning of saved pages. `corpus.load` is the way in."""
