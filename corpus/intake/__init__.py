"""Files into text: decoding, parsers in a child process, and the cleaning of saved web pages. `corpus.load` is the way in."""
